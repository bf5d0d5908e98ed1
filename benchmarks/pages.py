"""``python -m benchmarks.pages [STORE]``: how long the pages take with 1,000 disclosures, over HTTP, one after the other.

Without a store one is made: generated disclosures of three years with planted faults, ingested and validated (minutes). Each kind of page
is asked with several addresses spread over the store, so that no page is asked twice before all others were. Beside the times stand the
CPU milliseconds of the server for one answer, which hold when others load the machine (Linux only, 0 elsewhere).

Pages of questions are measured twice. "question" is what readers meet once the server has made the answers ready, half a minute after a
publication. "question, not ready" is the page when the query runs while the reader waits: before that, after other values were filled in,
and over a store that never comes to rest. It stands in the table and is not held against the limits.
"""

import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from benchmarks.servers import free_port
from kg.iri import VOCABULARY
from kg.questions import load_questions
from kg.samples import write_text
from kg.samples.generate import generate
from kg.samples.plant import PLANTABLE
from kg.store import Rooms, Snapshot
from kg.upkeep.remove import forget_ready

DEPARTMENTS, YEARS = 334, ("2024", "2025", "2026")
EACH = 6
"""Addresses of each kind of page."""
LIMIT_MEDIAN_MS, LIMIT_P95_MS, LIMIT_SEARCH_MS = 300.0, 1000.0, 50.0
NOT_READY = "question, not ready"
_READY_SECONDS = 600
_WORDS = ("三公", "医疗", "职业年金", "培训", "办公", "2025", "教育局", "工资", "满意度", "采购", "水利", "基金")
_BUDGET = "PREFIX budget: <https://budget-kg.example/ontology#> PREFIX qb: <http://purl.org/linked-data/cube#> "
_KINDS: Mapping[str, str] = {
    "department": "SELECT ?s { ?s a budget:Department }",
    "disclosure": "SELECT ?s { ?s a budget:Disclosure }",
    "table": "SELECT ?s { ?s a budget:BudgetTable }",
    "row": "SELECT ?s { ?s a budget:TableRow } LIMIT 20000",
    "cell": "SELECT ?s { ?s a budget:BudgetObservation } LIMIT 20000",
    "project of a year": "SELECT ?s { ?s a budget:ProjectYear }",
    "project": "SELECT ?s { ?s a budget:BudgetProject }",
    "policy document": "SELECT ?s { ?s a budget:PolicyDocument }",
    "code": "SELECT ?s { ?s a budget:FunctionalCode }",
    "year": "SELECT DISTINCT ?s { ?d a budget:Disclosure ; budget:fiscalYear ?s }",
    "fund source": "SELECT ?s { ?s a budget:FundSource }",
    "region": "SELECT DISTINCT ?s { ?d a budget:Department ; budget:region ?s }",
    "change": "SELECT ?s { ?s a budget:ChangeStatement } LIMIT 20000",
    "target": "SELECT ?s { ?s a budget:IndicatorTarget } LIMIT 20000",
    "finding": "SELECT ?s { ?s a budget:Finding } LIMIT 20000",
}
"""The kinds of things that have pages."""


@dataclass(frozen=True)
class Served:
    """A running server: its address and the number of its process."""

    address: str
    process: int


@dataclass
class Taken:
    """Milliseconds of every answer, and CPU milliseconds of the server for all of them."""

    times: list[float]
    cpu: float


def main(arguments: Sequence[str] = ()) -> int:
    """Print median, 95th percentile and longest of each kind, in milliseconds; 1 when a limit is exceeded."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(arguments[0]) if arguments else made_store(Path(folder))
        paths = addresses(store)
        with _serving(store, ready_after=0) as served:
            live = _measured_live(served, store, paths["question"])
        forget_ready(Rooms(store))
        with _serving(store, ready_after=1) as served:
            _await_ready(store, len(paths["question"]))
            taken = _measure(served, paths | _kept_and_drafted(served.address))
        return _report({**taken, NOT_READY: live})


def addresses(store: Path) -> dict[str, list[str]]:
    """Kind of page → paths, drawn from the whole store with a fixed seed."""
    drawn = random.Random(7)
    snapshot = Snapshot(store)
    found: dict[str, list[str]] = {}
    for kind, text in _KINDS.items():
        things = sorted(row["s"].value for row in snapshot.query(_BUDGET + text))
        chosen = drawn.sample(things, min(EACH, len(things)))
        found[kind] = [f"/doc/{thing.removeprefix(VOCABULARY)}.html" for thing in chosen]
    departments = [VOCABULARY + path.removeprefix("/doc/").removesuffix(".html") for path in found["department"]]
    hashes = [path.removeprefix("/doc/disclosure/").removesuffix(".html") for path in found["disclosure"]]
    found["disclosure, English"] = [f"/en{path}" for path in found["disclosure"]]
    found["network"] = [path.replace("/doc/", "/network/").replace(".html", ".json") for path in found["department"]]
    found["source"] = [f"/source/{key}" for key in hashes]
    triples = [hashes[start : start + 3] for start in range(0, len(hashes) - 2)]
    measures = ("absolute", "head", "share")
    found["compare three"] = [
        f"/compare?{'&'.join(f'd={key}' for key in keys)}&by={measures[number % 3]}" for number, keys in enumerate(triples)
    ]
    found["compare six"] = [f"/compare?{'&'.join(f'd={key}' for key in hashes[start : start + 6])}" for start in range(len(hashes) - 5)]
    found["choose for comparison"] = [f"/compare?find={quote(word)}" for word in _WORDS]
    found["home"] = ["/", "/en/"]
    found["search"] = [f"/search?q={quote(word)}" for word in _WORDS]
    found["suggest"] = [f"/search/suggest?q={quote(word)}" for word in _WORDS]
    rules = sorted({row["s"].value for row in snapshot.query(_BUDGET + "SELECT DISTINCT ?s { ?f a budget:Finding ; budget:rule ?s }")})
    found["findings"] = ["/findings", "/findings?page=2", "/en/findings"]
    found["findings by severity"] = [f"/findings?severity={severity}" for severity in ("violation", "warning", "info")]
    found["findings by year"] = [f"/findings?year={year}" for year in YEARS]
    found["findings by rule"] = [f"/findings?rule={quote(rule, safe='')}" for rule in rules[:EACH]]
    found["findings by department"] = [f"/findings?department={quote(department, safe='')}" for department in departments]
    found["findings of a disclosure"] = [f"/findings?disclosure={quote(VOCABULARY + 'disclosure/' + key, safe='')}" for key in hashes]
    found["rule"] = [f"/doc/{rule.removeprefix(VOCABULARY)}.html" for rule in rules[:EACH]]
    found["rules"] = ["/rules", "/en/rules"]
    found["query, gallery"] = ["/query", "/query?tag=staff"]
    found["question"] = [f"/query/{question.name}" for question in load_questions()]
    found["ontology"] = ["/ontology"]
    found["check"] = ["/check"]
    return found


def _measured_live(served: Served, store: Path, questions: Sequence[str], rounds: int = 3) -> Taken:
    """What pages of questions take while nothing is ready, the first round left out."""
    found = Taken([], 0.0)
    for number in range(rounds + 1):
        forget_ready(Rooms(store))
        once = _measure(served, {NOT_READY: questions}, rounds=1, warm_up=False)[NOT_READY]
        if number:
            found.times += once.times
            found.cpu += once.cpu
    return found


def _await_ready(store: Path, questions: int) -> None:
    """Until the server has made the answers ready. Raises :class:`RuntimeError` when it does not."""
    began = time.monotonic()
    while time.monotonic() < began + _READY_SECONDS:
        if len([path for path in Rooms(store).ready.glob("*/*") if not path.suffix]) >= questions:
            print(f"{questions} answers ready after {time.monotonic() - began:.0f} s")
            return
        time.sleep(1)
    raise RuntimeError("the answers of questions do not become ready")


def _measure(served: Served, paths: Mapping[str, Sequence[str]], rounds: int = 3, warm_up: bool = True) -> dict[str, Taken]:
    """What every kind takes, the first round left out (``warm_up``) for what a page asks only once."""
    connection = HTTPConnection(urlsplit(served.address).netloc, timeout=120)
    taken: dict[str, Taken] = {kind: Taken([], 0.0) for kind in paths}
    for number in range(rounds + warm_up):
        is_counted = number >= warm_up
        for kind, wanted in paths.items():
            before = cpu_seconds(served.process)
            for path in wanted:
                start = time.perf_counter()
                connection.request("GET", path, headers={"Accept": "text/html"})
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    raise RuntimeError(f"{path}: {response.status}")
                if is_counted:
                    taken[kind].times.append((time.perf_counter() - start) * 1000)
            if is_counted:
                taken[kind].cpu += (cpu_seconds(served.process) - before) * 1000
    return taken


def cpu_seconds(process: int) -> float:
    """What a process and those below it have used so far."""
    parents, used = {}, {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            fields = entry.read_text().rpartition(")")[2].split()
            parents[int(entry.parent.name)], used[int(entry.parent.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    family = {process}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(used.get(member, 0) for member in family) / os.sysconf("SC_CLK_TCK") if used else 0.0


def _report(taken: Mapping[str, Taken]) -> int:
    failed = False
    print("pages, milliseconds           median      p95  longest      CPU   asked")
    for kind, each in taken.items():
        times, cpu = each.times, each.cpu
        if not times:
            continue
        ordered = sorted(times)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        median = statistics.median(ordered)
        too_slow = median > LIMIT_MEDIAN_MS or p95 > LIMIT_P95_MS or (kind == "search" and median > LIMIT_SEARCH_MS)
        is_held = kind != NOT_READY
        failed |= too_slow and is_held
        print(
            f"  {kind:<26} {median:8.0f} {p95:8.0f} {ordered[-1]:8.0f} {cpu / len(ordered):8.0f} {len(ordered):7}"
            f"{('  too slow' if is_held else '  over the limits, not held against them') if too_slow else ''}"
        )
    print(f"  limits: median {LIMIT_MEDIAN_MS:.0f}, p95 {LIMIT_P95_MS:.0f}, search {LIMIT_SEARCH_MS:.0f}")
    return int(failed)


def _kept_and_drafted(address: str) -> dict[str, list[str]]:
    """Pages that somebody must have made before: a kept answer, and a checked draft."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=120)

    def posted(path: str, body: bytes, media_type: str) -> str:
        connection.request("POST", path, body, {"Content-Type": media_type})
        response = connection.getresponse()
        response.read()
        return str(response.headers["Location"])

    form = urlencode({"question": "q06-three-public-expenses"}).encode()
    kept = posted("/q", form, "application/x-www-form-urlencoded")
    text = write_text(next(iter(generate(2, 1, [2026]))))
    part = f'--part\r\nContent-Disposition: form-data; name="file"; filename="draft.txt"\r\n\r\n{text}\r\n--part--\r\n'
    draft = posted("/check", part.encode(), "multipart/form-data; boundary=part")
    for _ in range(1200):
        connection.request("GET", draft)
        response = connection.getresponse()
        response.read()
        if "Refresh" not in response.headers:
            break
        time.sleep(0.1)
    return {"kept answer": [kept, f"/en{kept}"], "embedded answer": [kept.replace("/q/", "/embed/")], "checked draft": [draft]}


def made_store(folder: Path) -> Path:
    """A store with about 1,000 validated disclosures, each with one fault of another kind."""
    kg = [sys.executable, "-m", "kg.cli"]
    corpus, store = folder / "corpus", folder / "store"
    faults = [argument for rule in PLANTABLE for argument in ("--fault", rule)]
    subprocess.run(
        [*kg, "samples", "generate", "--out", corpus, "--departments", str(DEPARTMENTS), "--years", ",".join(YEARS), *faults],
        check=True,
        capture_output=True,
    )
    texts = [str(path) for path in sorted(corpus.rglob("*.txt"))]
    subprocess.run([*kg, "ingest", "--store", store, *texts], check=True, capture_output=True)
    return store


@contextmanager
def _serving(store: Path, ready_after: int) -> Iterator[Served]:
    """``kg serve`` with one web process; ``ready_after`` is its option."""
    port = free_port()
    options = ["--port", str(port), "--workers", "1", "--rate-limit", "0", "--ready-after", str(ready_after)]
    command = [sys.executable, "-m", "kg.cli", "serve", "--store", str(store), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=os.environ, text=True) as server:
        assert server.stderr is not None
        try:
            line = next((line for line in server.stderr if line.startswith("ready: ")), "")
            if not line:
                raise RuntimeError("kg serve did not start")
            yield Served(line.removeprefix("ready: ").strip(), server.pid)
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
