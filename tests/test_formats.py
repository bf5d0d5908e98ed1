"""The same disclosure in every format gives the same facts; files of several parts; peculiarities of each format."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
import xlsxwriter
from click.testing import CliRunner
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from kg.cli import main
from kg.document import Document, Grid, Line
from kg.errors import RefusedFile
from kg.extract.disclosure import extract
from kg.flat import flat_facts
from kg.ingest import Toolbox, load, load_as_one
from kg.readers.formats import read_document
from tests.made_files import Content, as_docx, as_html, as_pdf, as_xlsx, content_of
from tests.made_files import Grid as MadeGrid
from tests.made_shanghai import Made, Style

Writer = Callable[[tuple[Content, ...]], bytes]
PLACES = {"document", "line", "page", "box"}


def facts(document: Document, tools: Toolbox, *left_out: str) -> list[dict[str, object]]:
    found = flat_facts(extract(document, tools.families, tools.codes))
    return [{name: value for name, value in fact.items() if name not in PLACES and name not in left_out} for fact in found]


def grids(document: Document) -> list[list[list[str]]]:
    return [[[cell.text for cell in row] for row in block.rows] for block in document.blocks if isinstance(block, Grid)]


def lines(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Line)]


@pytest.mark.parametrize("write", [as_docx, as_html, as_pdf])
def test_an_example_says_the_same_in_every_format(write: Writer, examples: list[Path], tools: Toolbox) -> None:
    for example in examples:
        source, _ = load(example)
        written = read_document(example.name, write(content_of(source)))
        assert facts(written, tools, "table_row") == facts(source, tools, "table_row"), example.name


def test_the_tables_of_an_example_say_the_same_in_a_spreadsheet(examples: list[Path], tools: Toolbox) -> None:
    """Numbers lose their print there, codes their zeros: amounts, rows and columns stay."""
    compared = 0
    for example in examples:
        source, _ = load(example)
        if not any(isinstance(block, Grid) for block in source.blocks):
            continue
        written = read_document(example.name, as_xlsx(content_of(source)))
        lost = ("printed", "table_column", "code_printed")
        wanted, found = (
            [fact for fact in facts(document, tools, *lost) if fact["kind"] in ("observation", "detail", "issuer-row")]
            for document in (source, written)
        )
        assert found == wanted, example.name
        compared += len(found)
    assert compared > 300


# ---- parts of one disclosure --------------------------------------------------------------------------------------------


def parts(folder: Path) -> tuple[Path, Path]:
    """The prose of a made-up disclosure as DOCX, its tables as XLSX."""
    content = Made(Style()).content
    titles = {index for index, item in enumerate(content) if isinstance(item, MadeGrid) for index in (index - 2, index - 1, index)}
    prose, tables = folder / "prose.docx", folder / "tables.xlsx"
    prose.write_bytes(as_docx([item for index, item in enumerate(content) if index not in titles]))
    tables.write_bytes(as_xlsx([item for index, item in enumerate(content) if index in titles]))
    return prose, tables


def test_parts_read_as_one_are_the_whole(tmp_path: Path, tools: Toolbox) -> None:
    prose, tables = parts(tmp_path)
    document, data = load_as_one([tables, prose])
    again, same = load_as_one([prose, tables])
    assert (document, data) == (again, same)
    hashes = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in (prose, tables))
    assert document.sha256 == hashlib.sha256("".join(hashes).encode()).hexdigest()
    found = extract(document, tools.families, tools.codes)
    figures = {(fact["table"], fact["row"], fact["column"]) for fact in flat_facts(found) if fact["kind"] == "observation"}
    assert figures == set(Made(Style()).facts)
    assert [item.code for item in found.statements.items] == ["2010301", "2010302", "2080505", "2210201"]


def test_the_command_takes_parts_as_one(tmp_path: Path) -> None:
    prose, tables = parts(tmp_path)
    store = str(tmp_path / "store")
    run = CliRunner().invoke(main, ["ingest", "--store", store, "--as-one", str(prose), str(tables)])
    assert run.exit_code == 0, run.output
    assert "1 ingested, 0 refused" in run.output
    again = CliRunner().invoke(main, ["ingest", "--store", store, "--as-one", str(tables), str(prose)])
    assert "unchanged" in again.output


def test_a_broken_part_is_named(tmp_path: Path) -> None:
    prose, _ = parts(tmp_path)
    broken = tmp_path / "tables.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(RefusedFile, match=r"tables\.xlsx"):
        load_as_one([prose, broken])


# ---- DOCX ---------------------------------------------------------------------------------------------------------------


def saved(made: object) -> bytes:
    out = io.BytesIO()
    made.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def test_numbers_that_word_sets_are_written_out() -> None:
    made = docx.Document()
    numbering = made.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "90")
    for depth, (form, text) in enumerate((("chineseCounting", "%1、"), ("decimal", "%2."))):
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), str(depth))
        for name, value in (("w:start", "1"), ("w:numFmt", form), ("w:lvlText", text)):
            child = OxmlElement(name)
            child.set(qn("w:val"), value)
            level.append(child)
        abstract.append(level)
    numbering.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "90")
    reference = OxmlElement("w:abstractNumId")
    reference.set(qn("w:val"), "90")
    number.append(reference)
    numbering.append(number)
    for words, depth in (("总体", 0), ("甲", 1), ("乙", 1), ("收入", 0), ("丙", 1)):
        properties = made.add_paragraph(words)._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = depth
        properties.get_or_add_numId().val = 90
    assert lines(read_document("a.docx", saved(made))) == ["一、总体", "1.甲", "2.乙", "二、收入", "1.丙"]


def test_merged_and_nested_cells_of_word() -> None:
    made = docx.Document()
    outer = made.add_table(3, 3)
    outer.cell(0, 0).merge(outer.cell(0, 1)).text = "宽"
    outer.cell(0, 2).merge(outer.cell(2, 2)).text = "高"
    for row, column, text in ((1, 0, "甲"), (1, 1, "1,000.00"), (2, 0, "乙"), (2, 1, "2.00")):
        outer.cell(row, column).text = text
    layout = made.add_table(1, 1)
    layout.cell(0, 0).paragraphs[0].text = "表前"
    inner = layout.cell(0, 0).add_table(2, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text, inner.cell(1, 1).text = "子", "丑", "3"
    document = read_document("a.docx", saved(made))
    assert grids(document) == [[["宽", "", "高"], ["甲", "1,000.00", ""], ["乙", "2.00", ""]], [["子", "丑"], ["", "3"]]]
    first = next(block for block in document.blocks if isinstance(block, Grid)).rows[0]
    assert [(cell.row_span, cell.column_span) for cell in first] == [(1, 2), (1, 1), (3, 1)]
    assert lines(document) == ["表前"]


def test_deleted_text_is_not_read() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("预算")
    deleted = OxmlElement("w:del")
    run = OxmlElement("w:r")
    words = OxmlElement("w:delText")
    words.text = "旧数"
    run.append(words)
    deleted.append(run)
    paragraph._p.append(deleted)
    assert lines(read_document("a.docx", saved(made))) == ["预算"]


# ---- HTML ---------------------------------------------------------------------------------------------------------------


def test_merged_nested_and_hidden_parts_of_a_page() -> None:
    page = """<!DOCTYPE html><html><head><title>x</title></head><body><p>甲<br>乙</p>
    <table><tr><td>布局<table><caption>表名</caption><thead><tr><th rowspan="2">科目</th><th colspan="2">合计</th></tr>
    <tr><td><p>基本</p><p>支出</p></td><td>项目</td></tr></thead><tr><td>201</td><td>1.00</td><td></td></tr></table></td></tr></table>
    <div style="display: none">看不见 9</div><script>1</script></body></html>"""
    for encoding in ("utf-8", "gb18030", "utf-16"):
        document = read_document("a.htm", page.replace("<head>", f"<head><meta charset={encoding}>").encode(encoding))
        assert grids(document) == [[["科目", "合计", ""], ["", "基本支出", "项目"], ["201", "1.00", ""]]]
        assert lines(document) == ["甲", "乙", "布局", "表名"]


def test_two_figures_on_lines_of_one_cell_are_not_one() -> None:
    page = "<html><body><table><tr><td>科目</td><td>合计</td></tr><tr><td>教育<br>支出</td><td>1234<br>5678</td></tr></table></body></html>"
    assert grids(read_document("a.html", page.encode())) == [[["科目", "合计"], ["教育支出", "1234 5678"]]]
    written = docx.Document()
    table = written.add_table(2, 2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), ("科目", "合计", "教育", "1234"), strict=True):
        cell.text = text
    table.cell(1, 1).add_paragraph("5678")
    out = io.BytesIO()
    written.save(out)
    assert grids(read_document("a.docx", out.getvalue())) == [[["科目", "合计"], ["教育", "1234 5678"]]]


# ---- spreadsheets -------------------------------------------------------------------------------------------------------


def test_a_sheet_keeps_what_is_text_and_writes_numbers_out() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("表1 收支总表")
        hidden = book.add_worksheet("底稿")
        hidden.hide()
        hidden.write_string(0, 0, "看不见")
        sheet.merge_range(0, 0, 0, 2, "某局")
        for column, text in enumerate(("编码", "名称", "合计")):
            sheet.write_string(1, column, text)
        sheet.write_string(2, 0, "0205")
        sheet.write_string(2, 1, "=SUM(A1)")
        sheet.write_number(2, 2, 0.1 + 0.2)
        sheet.write_number(3, 0, 205)
        sheet.write_formula(3, 2, "=1000*1.5", value=1500)
        sheet.write_string(5, 0, "第二张表的行")
        sheet.write_string(5, 1, "甲")
    document = read_document("a.xlsx", out.getvalue())
    assert lines(document) == ["表1 收支总表", "某局"]
    assert grids(document) == [
        [["编码", "名称", "合计"], ["0205", "=SUM(A1)", "0.3"], ["205", "", "1500"]],
        [["第二张表的行", "甲"]],
    ]
