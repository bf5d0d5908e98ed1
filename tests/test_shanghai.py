"""The Shanghai family: made-up documents in several styles, and the four real ones when the shared data is there."""

import io
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pdfplumber
import pytest

from kg.coverage import NumberClass, coverage
from kg.document import Document, Grid
from kg.extract.disclosure import extract
from kg.flat import flat_facts
from kg.ingest import Toolbox, load
from kg.iri import Minter
from kg.readers.formats import read_document
from kg.readers.pdf.layout import PageTable
from kg.readers.pdf.reading import read_pages
from kg.records import Disclosure, DisclosureKind
from kg.triples import emit
from tests.made_files import Content, as_docx, as_html, as_pdf, as_xlsx
from tests.made_shanghai import Facts, Made, Style

STYLES = {
    "plain": Style(),
    "unit": Style(word="预算单位", divided=True, zero="0.00", item_form="codes"),
    "without-years": Style(titles_with_year=False, item_form="dashes", zero="0"),
    "total-first": Style(total_first=True, item_form="unquoted", year=2026),
}


def figures(disclosure: Disclosure) -> Facts:
    return {
        (str(fact["table"]), str(fact["row"]), str(fact["column"])): Decimal(str(fact["amount"]))
        for fact in flat_facts(disclosure)
        if fact["kind"] == "observation"
    }


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("write", [as_pdf, as_docx, as_html, as_xlsx])
def test_every_figure_of_a_made_document(write: Callable[[tuple[Content, ...]], bytes], style: Style, tools: Toolbox) -> None:
    made = Made(style)
    document = read_document("made", write(made.content))
    disclosure = extract(document, tools.families, tools.codes)
    assert disclosure.pack == "shanghai"
    assert (disclosure.issuer, disclosure.region, disclosure.fiscal_year) == (style.issuer, "310106", style.year)
    assert disclosure.kind is (DisclosureKind.UNIT if "单位" in style.word else DisclosureKind.DEPARTMENT)
    assert figures(disclosure) == made.facts
    assert [(item.code, item.amount.value) for item in disclosure.statements.items] == [
        ("2010301", Decimal("1234600.00")),
        ("2010302", Decimal("880000.00")),
        ("2080505", Decimal("96000.00")),
        ("2210201", Decimal("50000.00")),
    ]
    assert [table.kind for table in disclosure.tables if table.declarations] == ["government-fund-expenditure", "state-capital-expenditure"]
    assert coverage(document, disclosure).missed == ()


def test_the_unit_of_the_three_public_table_is_its_own(tools: Toolbox) -> None:
    made = Made(Style())
    content = [item.replace("　　单位：万元", "") if isinstance(item, str) else item for item in made.content]
    disclosure = extract(read_document("made.pdf", as_pdf(content)), tools.families, tools.codes)
    table = disclosure.table("three-public-expenses")
    assert table is not None
    assert (table.unit, table.unit_factor) == ("", 10000)


def test_a_part_of_the_three_public_expenses_may_be_told_twice(tools: Toolbox) -> None:
    again = "公务用车运行费3.00万元，比2024年预算增加1.00万元。公务用车运行费3.00万元，比2024年预算增加1.00万元。"
    document = read_document("made.html", as_html((*Made(Style()).content, again)))
    found = extract(document, tools.families, tools.codes).statements
    assert [str(one.value) for one in found.figures if one.measure == "vehicle-running"] == ["30000.00", "30000.00"]
    assert [one.key for one in found.changes if one.section == "three-public"].count("vehicle-running") == 2


# ---- the real ones ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus(shared: Path) -> list[Path]:
    found = sorted((shared / "corpus" / "shanghai").glob("*.pdf"))
    assert found
    return found


@pytest.fixture(scope="module")
def read_corpus(corpus: list[Path], tools: Toolbox) -> dict[str, tuple[Document, Disclosure]]:
    documents = {path.name: load(path)[0] for path in corpus}
    return {name: (document, extract(document, tools.families, tools.codes)) for name, document in documents.items()}


def test_the_cells_are_those_of_pdfplumber(corpus: list[Path]) -> None:
    """Page by page: the same tables with the same cells, wrapped lines joined."""
    compared = 0
    for path in corpus:
        data = path.read_bytes()
        layouts, _ = read_pages(path.name, data)
        with pdfplumber.open(io.BytesIO(data)) as opened:
            for page, layout in zip(opened.pages, layouts, strict=True):
                found = [table.extract() for table in page.find_tables()]
                # A frame around running text (a contents list, a page) is a table to pdfplumber.
                theirs = [sorted(_bare(cell) for row in rows for cell in row if cell and _bare(cell)) for rows in found if len(rows[0]) > 1]
                ours = [
                    sorted(_bare(cell.text) for cell in item.cells if _bare(cell.text))
                    for item in layout.items
                    if isinstance(item, PageTable)
                ]
                assert ours == [cells for cells in theirs if cells], f"{path.name}, page {layout.number}"
                compared += sum(map(len, ours))
                page.close()
    assert compared > 4500


def _bare(text: str) -> str:
    return "".join(text.split())


def test_every_narrative_item_of_the_gold(shared: Path, read_corpus: dict[str, tuple[Document, Disclosure]]) -> None:
    gold = json.loads((shared / "gold" / "shanghai.json").read_text("utf-8"))["narrative_items"]
    for name, items in gold.items():
        found = read_corpus[name][1].statements.items
        assert [(*one.path, f"{one.amount.value / 10000:.2f}", one.code, one.span.page) for one in found] == [
            (*item[2:5], f"{Decimal(item[5]):.2f}", item[6], int(item[1])) for item in items
        ]


def test_every_number_is_accounted_for_and_every_cell_has_page_and_box(read_corpus: dict[str, tuple[Document, Disclosure]]) -> None:
    for name, (document, disclosure) in read_corpus.items():
        counts = coverage(document, disclosure).counts()
        assert counts[NumberClass.NOT_EXTRACTED] == 0, name
        shown = [cell for block in document.blocks if isinstance(block, Grid) for row in block.rows for cell in row if cell.text]
        assert all(cell.span.page and cell.span.box for cell in shown), name
        assert all(fact["page"] and fact["box"] for fact in flat_facts(disclosure)), name
        assert len(disclosure.tables) == 9, name


@pytest.mark.parametrize("wrapped", [False, True], ids=["rows on lines", "long names wrapped"])
def test_the_same_documents_as_bare_text_say_the_same_or_leave_it_open(
    read_corpus: dict[str, tuple[Document, Disclosure]], tools: Toolbox, wrapped: bool
) -> None:
    for name, (document, disclosure) in read_corpus.items():
        text = "\n".join(_bare_lines(document, wrapped))
        bare = read_document(f"{name}.txt", text.encode())
        again = extract(bare, tools.families, tools.codes)
        expected, found = figures(disclosure), figures(again)
        assert {place: amount for place, amount in found.items() if expected.get(place) != amount} == {}, name
        left_open = sum(not cell.column for table in again.tables for cell in table.observations)
        assert len(expected) - len(found) <= left_open + len(coverage(bare, again).missed), name
        assert len(found) > 0.95 * len(expected), name


def _bare_lines(document: Document, wrapped: bool) -> Iterator[str]:
    for block in document.blocks:
        if not isinstance(block, Grid):
            yield block.text
            continue
        for row in block.rows:
            cells = [cell.text for cell in row if cell.text]
            name = next((at for at, cell in enumerate(cells) if not cell[0].isdigit()), None) if wrapped else None
            if name and len(cells[name]) > 8:
                yield " ".join([*cells[:name], cells[name][:8]])
                yield cells[name][8:]
                cells = cells[name + 1 :]
            if cells:
                yield " ".join(cells)


def test_the_identities_of_the_tables_hold(read_corpus: dict[str, tuple[Document, Disclosure]]) -> None:
    """Total = basic + project, staff + running; parents and totals = their children, give or take the last digit."""
    for name, (_, disclosure) in read_corpus.items():
        assert list(_broken(disclosure)) == [], name


def _broken(disclosure: Disclosure) -> Iterator[str]:
    parts = {
        "expenditure": ("basic", "project"),
        "general-budget-expenditure": ("basic", "project"),
        "basic-expenditure-economic": ("staff", "running"),
    }
    for table in disclosure.tables:
        cells = {(cell.row, cell.column): cell.amount for cell in table.observations}
        for row in table.rows:
            addends = [cells.get((row.position, part), Decimal(0)) for part in parts.get(table.kind, ())]
            stated = cells.get((row.position, "total"), Decimal(0))
            if addends and abs(stated - sum(addends)) > table.resolution * (len(addends) + 1) / 2:
                yield f"{table.kind} {row.key}"
            children = [child.position for child in table.rows if child.parent == row.position]
            for column in {column for position, column in cells if position == row.position} if children else set():
                total_of = sum(cells.get((child, column), Decimal(0)) for child in children)
                if abs(cells[row.position, column] - total_of) > table.resolution * (len(children) + 1) / 2:
                    yield f"{table.kind} {row.key} {column}: {total_of}"


def test_department_and_unit_and_two_years_are_one_department(read_corpus: dict[str, tuple[Document, Disclosure]], tools: Toolbox) -> None:
    minter = Minter("https://budget-kg.example/")
    departments = {name: minter.department(disclosure.region, disclosure.issuer) for name, (_, disclosure) in read_corpus.items()}
    assert len(set(departments.values())) == len(departments) / 2
    for _, disclosure in read_corpus.values():
        graph = emit(disclosure, tools.pack("shanghai"), minter).data.decode()
        assert graph.count("/ontology#sourceBox>") >= sum(len(table.observations) for table in disclosure.tables)
