"""Scans: what recognition is not sure of and what breaks a sum is marked doubtful; ten scanned disclosures are read (soak)."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from kg.document import Document
from kg.errors import RefusedFile
from kg.extract.disclosure import extract
from kg.flat import flat_facts
from kg.ingest import ingest
from kg.readers import formats
from kg.readers.composing import Piece, RawTable
from kg.readers.formats import read_document
from kg.readers.pdf import apart
from kg.readers.pdf.items import Item, TextItem, compose
from kg.readers.pdf.reading import read_items
from kg.samples import SampleDisclosure
from kg.samples.corpus import FILES
from kg.samples.files.content import content_of
from kg.samples.files.manners import manner_of
from kg.samples.files.scanned_pdf import as_scan
from kg.samples.generate import generate
from kg.settings import Settings
from kg.store import EmbeddedStore
from tests.read_back import plain, stated_figures, toolbox
from web.app import create_app

Place = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def sample() -> SampleDisclosure:
    return next(generate(5, 1, (2025,)))


@dataclass(frozen=True)
class Read:
    """The figures of a document, and the places that are to be looked at again."""

    figures: dict[Place, Decimal]
    doubtful: frozenset[Place]


def read(items: Sequence[Item]) -> Read:
    document = compose("scan.pdf", b"", items, "scan")
    return figures_of(list(flat_facts(extract(document, toolbox().families, toolbox().codes))))


def figures_of(facts: Sequence[dict[str, object]]) -> Read:
    found = [fact for fact in facts if fact["kind"] in ("observation", "detail")]
    places = [tuple(plain(str(fact.get(name) or "")) for name in ("table", "row", "project", "column")) for fact in found]
    figures = {place: Decimal(str(fact["amount"])) for place, fact in zip(places, found, strict=True)}
    return Read(figures, frozenset(place for place, fact in zip(places, found, strict=True) if fact["placement"] == "doubtful"))  # type: ignore[arg-type]


def changed(items: Sequence[Item], change: Callable[[Piece], Piece], row: str) -> list[Item]:
    """The items with the figures of the expenditure table's row of that name changed."""
    for item in items:
        if isinstance(item, RawTable) and any(cell.text == "支出预算" for line in item.rows[:3] for cell in line.values()):
            for line in item.rows:
                if any(cell.text == row for cell in line.values()):
                    for cell in line.values():
                        cell.pieces = [change(piece) if "." in piece.text else piece for piece in cell.pieces]
    return list(items)


def test_a_clean_scan_has_nothing_doubtful(sample: SampleDisclosure) -> None:
    clean = read(read_items("a.pdf", FILES["pdf"](sample)))
    assert clean.figures
    assert not clean.doubtful


def test_a_figure_that_recognition_is_not_sure_of_is_doubtful(sample: SampleDisclosure) -> None:
    items = changed(read_items("a.pdf", FILES["pdf"](sample)), lambda piece: replace(piece, confidence=0.6), "住房公积金")
    doubtful = read(items).doubtful
    assert doubtful
    assert {(place[0], place[1]) for place in doubtful} == {("expenditure", "2210201")}


def test_a_misread_digit_makes_its_sums_doubtful(sample: SampleDisclosure) -> None:
    items = changed(read_items("a.pdf", FILES["pdf"](sample)), lambda piece: replace(piece, text="9" + piece.text), "住房公积金")
    found = read(items)
    assert ("expenditure", "2210201", "", "total") in found.doubtful
    assert ("expenditure", "22102", "", "total") in found.doubtful
    assert not any(place[1].startswith("208") for place in found.doubtful), "what no failing sum touches is not doubted"


def test_a_title_with_one_character_misread_heads_its_table(sample: SampleDisclosure) -> None:
    items = read_items("a.pdf", FILES["pdf"](sample))
    word = "部门" if any(isinstance(item, TextItem) and item.piece.text.endswith("部门收入总体情况表") for item in items) else "单位"
    misread: list[Item] = [
        replace(item, piece=replace(item.piece, text=item.piece.text.replace(word, f"{word[0]}内")))
        if isinstance(item, TextItem) and item.piece.text.endswith("总体情况表")
        else item
        for item in items
    ]
    assert misread != items
    assert read(misread).figures == read(items).figures


def test_colons_that_a_scan_loses_are_not_missed(sample: SampleDisclosure) -> None:
    """编制部门 X 单位 万元, 其中 一般财力: spaces stand where the colons were."""

    def without(piece: Piece) -> Piece:
        return replace(piece, text=piece.text.replace("：", " ").replace(":", " "))

    items = read_items("a.pdf", FILES["pdf"](sample))
    whole = read(items).figures
    lost: list[Item] = [replace(item, piece=without(item.piece)) if isinstance(item, TextItem) else item for item in items]
    for item in lost:
        for row in item.rows if isinstance(item, RawTable) else ():
            for cell in row.values():
                cell.pieces = [without(piece) for piece in cell.pieces]
    assert read(lost).figures == whole


def test_a_table_page_marks_what_is_doubtful(sample: SampleDisclosure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(FILES["pdf"](sample))

    def scanned_file(name: str, data: bytes) -> Document:
        items = changed(read_items(name, data), lambda piece: replace(piece, confidence=0.6), "住房公积金")
        return compose(name, data, items, "scan")

    monkeypatch.setattr(formats, "read_pdf", scanned_file)
    with EmbeddedStore(tmp_path / "store") as store:
        report = ingest([file], store, Settings(), toolbox(), lambda message: None)
        assert not report.refused
    disclosure = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    client = create_app(tmp_path / "store", Settings()).test_client()
    page = client.get(f"/doc/disclosure/{disclosure}/table/expenditure.html").text
    assert page.count('aria-label="识别存疑，请与原件核对"') == 2
    assert "2 个识别存疑" in page


def test_without_its_libraries_a_scan_is_refused_with_what_to_install(sample: SampleDisclosure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "find_spec", lambda name: None)
    words = content_of(sample, manner_of(sample.layout))[:2]
    with pytest.raises(RefusedFile, match=r"no text.*budget-kg\[scan\]"):
        read_document("scan.pdf", as_scan(words, manner_of(sample.layout)))


def scanned(sample: SampleDisclosure, dpi: int) -> tuple[int, int, list[str]]:
    """How many figures are stated and how many read right, and those that are wrong without a mark."""
    manner = manner_of(sample.layout)
    document = read_document("scan.pdf", as_scan(content_of(sample, manner), manner, dpi))
    found = figures_of(list(flat_facts(extract(document, toolbox().families, toolbox().codes))))
    stated = stated_figures(sample)
    near = {(table, row) for table, row, _, _ in found.doubtful} | {(table, column) for table, _, _, column in found.doubtful}
    silent = []
    for place in stated.keys() | found.figures.keys():
        if found.figures.get(place) == stated.get(place) or place in found.doubtful:
            continue
        if place in found.figures or not {(place[0], place[1]), (place[0], place[3])} & near:
            silent.append(f"{sample.issuer}: {place} = {stated.get(place)}, read {found.figures.get(place)}")
    return len(stated), sum(found.figures.get(place) == amount for place, amount in stated.items()), silent


@pytest.mark.soak
@pytest.mark.parametrize(("dpi", "least"), [(200, Decimal("0.999")), (150, Decimal("0.98"))])
def test_ten_scanned_disclosures(dpi: int, least: Decimal) -> None:
    pytest.importorskip("rapidocr", reason="skipped: budget-kg[scan] is not installed")
    with ProcessPoolExecutor(2) as pool:
        results = list(pool.map(partial(scanned, dpi=dpi), generate(5, 10, (2025,))))
    stated, right = sum(one[0] for one in results), sum(one[1] for one in results)
    assert [silent for one in results for silent in one[2]] == []
    assert right >= least * stated, f"{right} of {stated}"
