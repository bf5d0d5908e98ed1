"""Into the store: one graph a file, replaced when it comes again; what is refused leaves everything as it was."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import StoreError
from kg.ingest import Report, Toolbox, disclosure_of, ingest
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot


def _ingest(store: Path, tools: Toolbox, *paths: Path) -> Report:
    with EmbeddedStore(store) as target:
        return ingest(list(paths), target, Settings(), tools, lambda message: None)


def _count(store: Path, pattern: str) -> int:
    answer = Snapshot(store).query(f"PREFIX budget: <https://budget-kg.example/ontology#> SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    assert isinstance(answer, ox.QuerySolutions)
    return int(next(iter(answer))["n"].value)


def _quads(store: Path) -> list[bytes]:
    return sorted(Snapshot(store).quads())


def test_ingesting_twice_is_ingesting_once(tmp_path: Path, examples: list[Path], tools: Toolbox) -> None:
    first = _ingest(tmp_path / "s", tools, *examples[:2])
    before = _quads(tmp_path / "s")
    second = _ingest(tmp_path / "s", tools, *examples[:2])
    assert [entry.outcome for entry in first.ingested] == ["new", "new"]
    assert [entry.outcome for entry in second.ingested] == ["unchanged", "unchanged"]
    assert _quads(tmp_path / "s") == before


def test_the_order_of_files_does_not_matter(tmp_path: Path, examples: list[Path], tools: Toolbox) -> None:
    _ingest(tmp_path / "a", tools, *examples[:3])
    _ingest(tmp_path / "b", tools, *reversed(examples[:3]))
    assert _quads(tmp_path / "a") == _quads(tmp_path / "b")


def test_a_corrected_file_is_a_new_revision_and_the_old_one_is_archived(tmp_path: Path, examples: list[Path], tools: Toolbox) -> None:
    corrected = tmp_path / "corrected.txt"
    corrected.write_text(examples[0].read_text("utf-8").replace("5.20", "5.30"), "utf-8")
    _ingest(tmp_path / "s", tools, examples[0])
    report = _ingest(tmp_path / "s", tools, corrected)
    assert [entry.outcome for entry in report.ingested] == ["revised"]
    assert _count(tmp_path / "s", "?d a budget:Disclosure") == 1
    archive = ox.Store.read_only(str(tmp_path / "s" / "archive"))
    assert len(list(archive.named_graphs())) == 1


def test_an_older_revision_does_not_push_out_the_newer_one(tmp_path: Path, examples: list[Path], tools: Toolbox) -> None:
    text = examples[0].read_text("utf-8")
    older = tmp_path / "older.txt"
    signed = "2026 年 3 月 13 日" if "2026 年 3 月 13 日" in text else "2026年3月13日"
    assert signed in text
    older.write_text(text.replace(signed, "2026年1月2日"), "utf-8")
    _ingest(tmp_path / "s", tools, examples[0])
    report = _ingest(tmp_path / "s", tools, older)
    assert [entry.outcome for entry in report.ingested] == ["superseded"]
    assert _count(tmp_path / "s", f'?d budget:fileName "{examples[0].name}"') == 1


def test_refused_files_name_themselves_and_change_nothing(tmp_path: Path, examples: list[Path], tools: Toolbox) -> None:
    _ingest(tmp_path / "s", tools, examples[0])
    before = _quads(tmp_path / "s")
    bad = []
    for name, data in (("empty.txt", b""), ("noise.txt", bytes(range(256)) * 9), ("letter.txt", "一封信".encode())):
        (tmp_path / name).write_bytes(data)
        bad.append(tmp_path / name)
    report = _ingest(tmp_path / "s", tools, *bad, tmp_path / "absent.txt")
    assert [refusal.file.rsplit("/", 1)[-1] for refusal in report.refused] == ["empty.txt", "noise.txt", "letter.txt", "absent.txt"]
    assert all(refusal.reason for refusal in report.refused)
    assert _quads(tmp_path / "s") == before
    assert len(list((tmp_path / "s" / "sources").iterdir())) == 1


def test_a_second_writer_is_told_so_and_readers_go_on(tmp_path: Path, examples: list[Path], tools: Toolbox) -> None:
    _ingest(tmp_path / "s", tools, examples[0])
    with EmbeddedStore(tmp_path / "s"):
        with pytest.raises(StoreError, match="another process"):
            EmbeddedStore(tmp_path / "s")
        assert _count(tmp_path / "s", "?d a budget:Disclosure") == 1


def test_a_folder_that_is_no_store_is_told_from_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store here"):
        Snapshot(tmp_path)
    (tmp_path / "SCHEMA").write_text("99\n")
    with pytest.raises(StoreError, match="schema version 99"):
        Snapshot(tmp_path)


def test_personal_data_is_in_the_restricted_room_alone(tmp_path: Path, seeds: list[Path], tools: Toolbox) -> None:
    report = _ingest(tmp_path / "s", tools, *seeds)
    texts = {datum.text for entry in report.ingested for datum in disclosure_of(entry.file, tools).personal}
    assert len(texts) >= 8
    public = b"".join(_quads(tmp_path / "s")).decode()
    assert not [text for text in texts if text in public]
    restricted = str(ox.Store.read_only(str(tmp_path / "s" / "restricted")))
    assert not [text for text in texts if text not in restricted]


def test_no_triple_stands_in_two_graphs(example_store: Path) -> None:
    lines = [line.rsplit(b" ", 2)[0] for line in Snapshot(example_store).quads()]
    assert len(lines) == len(set(lines))


def test_the_leaf_view_adds_up_to_the_printed_totals(example_store: Path) -> None:
    answer = Snapshot(example_store).query(
        """PREFIX budget: <https://budget-kg.example/ontology#>
        PREFIX code: <https://budget-kg.example/code/>
        PREFIX qb: <http://purl.org/linked-data/cube#>
        SELECT ?d ?total (SUM(?amount) AS ?sum) (COUNT(?amount) AS ?n) WHERE {
          ?d budget:totalExpenditure ?total . ?table budget:inDisclosure ?d .
          ?o qb:dataSet ?table ; budget:leafView <https://budget-kg.example/code/leaf-view/expenditure> ; budget:amount ?amount
        } GROUP BY ?d ?total"""
    )
    assert isinstance(answer, ox.QuerySolutions)
    rows = list(answer)
    assert len(rows) == 5
    for row in rows:
        assert 2 * abs(float(row["sum"].value) - float(row["total"].value)) <= 100 * (int(row["n"].value) + 1)
