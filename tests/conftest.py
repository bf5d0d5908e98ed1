"""Shared fixtures: tools loaded once, the store of the examples, and the data beside the checkout when it is there."""

import os
from pathlib import Path

import pytest

from kg.ingest import Toolbox, ingest
from kg.iri import Minter
from kg.links import build_links
from kg.settings import Settings
from kg.store import EmbeddedStore
from kg.validate.jobs import Judge, validate_store

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
NO_SHARED = "skipped: shared data not present"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate-golden", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture(scope="session")
def tools() -> Toolbox:
    return Toolbox.load()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of seeds, gold and conformance data; tests that need it are skipped without it."""
    if not (SHARED / "README.md").is_file():
        pytest.skip(NO_SHARED)
    return SHARED


@pytest.fixture(scope="session")
def seeds(shared: Path) -> list[Path]:
    return sorted((shared / "seeds").glob("*.txt"))


@pytest.fixture(scope="session")
def examples() -> list[Path]:
    found = sorted((ROOT / "examples").glob("*.txt"))
    assert len(found) == 5
    return found


@pytest.fixture(scope="session")
def example_store(tmp_path_factory: pytest.TempPathFactory, examples: list[Path], tools: Toolbox) -> Path:
    """A store with the five examples, linked, validated and published. Tests read it and never write."""
    path = tmp_path_factory.mktemp("examples") / "store"
    with EmbeddedStore(path) as store:
        report = ingest(examples, store, Settings(), tools, lambda message: None)
        assert not report.refused
        build_links(store, Minter())
        list(validate_store(store, Settings(), Judge.load(), lambda message: None))
    return path


def missing(program: str) -> None:
    """Skip a test that needs a program this machine lacks; in CI a lack is a failure."""
    message = f"{program} is not installed"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
