"""Many files: by several processes, going on after a break, told how far it is and what was refused."""

import csv
import io
import os
from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import BudgetError, RefusedFile
from kg.ingest import Report, Toolbox, ingest, write_report
from kg.meter import Meter
from kg.processes import Processes, jobs_for
from kg.program import program
from kg.settings import Settings
from kg.store import EmbeddedStore, Rooms, Snapshot


def _ingest(store: Path, tools: Toolbox, *paths: Path, jobs: int = 1, again: bool = False, base: str = "") -> Report:
    settings = Settings(base) if base else Settings()
    with EmbeddedStore(store) as opened:
        return ingest(paths, opened, settings, tools, lambda message: None, jobs=jobs, again=again)


def _blind(tools: Toolbox) -> Toolbox:
    """Knows no table, so that a file that is read is refused."""
    families = tuple(replace(family, pack=family.pack.model_copy(update={"tables": ()})) for family in tools.families)
    return Toolbox(families, tools.codes)


def test_the_number_of_processes_changes_nothing(tmp_path: Path, examples: list[Path], tools: Toolbox) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("一封信", "utf-8")
    files = (examples[0], letter, *examples[1:3])
    reports = [_ingest(tmp_path / f"by-{jobs}", tools, *files, jobs=jobs) for jobs in (1, 2)]
    assert [[(entry.file, entry.outcome) for entry in report.ingested] for report in reports] == [[(f, "new") for f in (examples[:3])]] * 2
    assert [[Path(refusal.file).name for refusal in report.refused] for report in reports] == [["letter.txt"]] * 2
    assert list(Snapshot(tmp_path / "by-1").quads()) == list(Snapshot(tmp_path / "by-2").quads())


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, examples: list[Path], tools: Toolbox) -> Path:
    store = tmp_path_factory.mktemp("many") / "store"
    _ingest(store, tools, examples[0])
    return store


def test_what_is_done_is_not_done_again(filled: Path, examples: list[Path], tools: Toolbox) -> None:
    """Not even read; but read where it is asked for, or where the addresses would be others."""
    before = list(Snapshot(filled).quads())
    (entry,) = _ingest(filled, _blind(tools), examples[0]).ingested
    assert (entry.outcome, entry.triples) == ("unchanged", 0)
    assert len(_ingest(filled, _blind(tools), examples[0], again=True).refused) == 1
    assert len(_ingest(filled, _blind(tools), examples[0], base="https://elsewhere.example/").refused) == 1
    assert list(Snapshot(filled).quads()) == before
    (entry,) = _ingest(filled, tools, examples[0], again=True).ingested
    assert (entry.outcome, entry.triples > 0) == ("unchanged", True)


def test_the_manifest_claims_no_more_than_there_is(tmp_path: Path, examples: list[Path], tools: Toolbox) -> None:
    store = tmp_path / "store"
    (entry,) = _ingest(store, tools, examples[0]).ingested
    manifest = Rooms(store).manifest
    assert manifest.read_text().split()[0] == entry.sha256
    # A process that was killed while it wrote its line.
    manifest.write_text(manifest.read_text()[:-3])
    assert len(_ingest(store, _blind(tools), examples[0]).refused) == 1
    (entry,) = _ingest(store, tools, examples[0]).ingested
    assert (entry.outcome, entry.triples > 0) == ("unchanged", True)
    assert _ingest(store, _blind(tools), examples[0]).ingested[0].outcome == "unchanged"
    # A graph that the owner dropped.
    with EmbeddedStore(store) as opened:
        opened.update(f"DROP GRAPH <{Settings().base}graph/disclosure/{entry.sha256[:16]}>")
    (entry,) = _ingest(store, tools, examples[0]).ingested
    assert entry.outcome == "new"
    assert bool(Snapshot(store).query("ASK { ?d a <https://budget-kg.example/ontology#Disclosure> }"))


def test_a_program_has_a_digest() -> None:
    assert len(program()) == 64
    assert int(program(), 16)


def test_the_time_left_is_foretold_from_what_took_time() -> None:
    seconds = iter([0.0, *(10.0 * number for number in range(1, 20))])
    meter = Meter(1000, lambda: next(seconds))
    said = [meter.passed(quick=number < 3) + meter.left() for number in range(8)]
    assert said[0] == "[1/1000]"
    assert said[6] == "[7/1000]"
    assert said[7] == "[8/1000] (0.1/s, 4 h 25 min left)"
    assert Meter(1, lambda: 0.0).passed() == "[1/1]"


def test_the_report_names_every_file(tmp_path: Path) -> None:
    output = io.StringIO()
    write_report(Report((), (RefusedFile("empty", "a,b.txt", "page 3"),)), output)
    rows = list(csv.DictReader(io.StringIO(output.getvalue())))
    assert rows == [{"file": "a,b.txt", "outcome": "refused", "sha256": "", "triples": "", "place": "page 3", "reason": "empty"}]


def test_few_files_need_no_processes() -> None:
    assert jobs_for(7, None) == 1
    assert jobs_for(7, 3) == 3
    assert 1 <= jobs_for(10_000, None) <= 1250


def _nothing() -> None:
    pass


def _end(status: int) -> int:
    os._exit(status)


def test_a_process_that_is_ended_is_an_error_with_its_purpose() -> None:
    processes: Processes[int, int] = Processes(1, _nothing, (), _end, "ingest")
    with pytest.raises(BudgetError, match="a process of the ingest was ended from outside"):
        list(processes.each([1]))
    processes.close()
