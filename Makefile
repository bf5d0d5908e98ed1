# budget-kg. `make demo` and `make test` set up everything they need; their second run is quick.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STORE ?= kg-store
PORT ?= 8000
PAGES_STORE ?=
BENCH_DOCUMENTS ?= 100

.PHONY: help demo test bench bench-report soak serve lint clean system assets screenshots lock

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(VENV)/.ready: requirements.lock pyproject.toml
	@echo "== setting up $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

system:  ## programs that tests use beside Python: Chromium, a CJK font, Java, Virtuoso
	@sh tests/system-packages.sh

demo: $(VENV)/.ready  ## ingest the examples, validate them, serve the web face
	@echo "== ingesting examples/ into $(STORE)"
	@$(BIN)/kg ingest --store $(STORE) examples
	@$(BIN)/kg reason classify --store $(STORE)
	@$(BIN)/kg stats --store $(STORE)
	@$(BIN)/kg serve --store $(STORE) --port $(PORT)

serve: $(VENV)/.ready  ## serve the store that is there
	@$(BIN)/kg serve --store $(STORE) --port $(PORT)

test: $(VENV)/.ready system  ## all tests
	$(BIN)/python -m pytest -q -m "not soak" -n auto --dist loadfile

lint: $(VENV)/.ready  ## ruff, mypy, import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/.bench: $(VENV)/.ready requirements-bench.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.lock
	@touch $@

bench: $(VENV)/.bench  ## what is claimed about speed, measured beside peers
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.readers
	$(BIN)/python -m benchmarks.shacl_engines
	$(BIN)/python -m benchmarks.pages $(PAGES_STORE)
	$(BIN)/python -m benchmarks.drafts
	$(BIN)/python -m benchmarks.networks $(PAGES_STORE)

bench-report: $(VENV)/.ready  ## write docs/benchmarks/report.md anew (BENCH_DOCUMENTS=100)
	$(BIN)/python -m benchmarks report $(BENCH_DOCUMENTS)

$(VENV)/.scan: $(VENV)/.ready requirements-scan.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-scan.lock
	@touch $@

soak: $(VENV)/.scan system  ## what takes too long for every day
	$(BIN)/python -m pytest -q -m soak

screenshots: $(VENV)/.ready system  ## pictures of every page in screenshots/, to be looked at
	$(BIN)/python -m tests.screenshots

assets:  ## build what the pages load into web/static/vendor (needs Node; the output is committed)
	cd web/assets && npm ci --no-audit --no-fund && npm run build

lock: $(VENV)/.ready  ## write the lists of pinned versions anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --extra dev --python-version 3.11 --no-emit-index-url --no-annotate -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --extra dev --extra bench --python-version 3.11 --no-emit-index-url --no-annotate -c requirements.lock -o requirements-bench.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --extra dev --extra scan --python-version 3.11 --no-emit-index-url --no-annotate -c requirements.lock -o requirements-scan.lock pyproject.toml

clean:  ## remove what was made
	rm -rf $(VENV) $(STORE) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
