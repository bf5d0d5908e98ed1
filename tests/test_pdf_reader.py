"""The PDF reader on pages that the tests draw, and against pdfplumber."""

import io

import pdfplumber
import pytest
from reportlab.pdfgen.canvas import Canvas

from kg.document import Document, Grid, Line
from kg.readers.pdf.apart import draw_pdf_page, read_pdf
from kg.readers.pdf.items import compose
from kg.readers.pdf.reading import read_items
from tests.pdf_pages import HEIGHT, WIDTH, Draw, all_of, clipped, form, pdf, table, text

WIDTHS = (40, 40, 160, 90, 90)
HEAD = (("科目编码", "", "科目名称", "支出预算", ""), ("类", "款", "", "合计", "基本支出"))
BODY = (
    ("201", "", "一般公共服务支出", "1,234.50", "1,000.50"),
    ("201", "03", "政府办公厅（室）及\n相关机构事务", "1,234.50", "1,000.50"),
    ("", "", "合计", "1,234.50", ""),
)
MERGED = {(0, 0): (1, 2), (0, 2): (2, 1), (0, 3): (1, 2)}


def read(data: bytes) -> Document:
    return compose("made.pdf", data, read_items("made.pdf", data))


def grids(document: Document) -> list[list[list[str]]]:
    return [[[cell.text for cell in row] for row in block.rows] for block in document.blocks if isinstance(block, Grid)]


def lines(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Line)]


def budget(**style: object) -> Draw:
    return table(60, 100, WIDTHS, HEAD + BODY, spans=MERGED, **style)  # type: ignore[arg-type]


EXPECTED = [
    ["科目编码", "", "科目名称", "支出预算", ""],
    ["类", "款", "", "合计", "基本支出"],
    ["201", "", "一般公共服务支出", "1,234.50", "1,000.50"],
    ["201", "03", "政府办公厅（室）及相关机构事务", "1,234.50", "1,000.50"],
    ["", "", "合计", "1,234.50", ""],
]


@pytest.mark.parametrize("style", ["strokes", "fills", "boxes", "path"])
def test_a_table_is_read_however_its_lines_are_drawn(style: str) -> None:
    document = read(pdf(budget(lines=style)))
    assert grids(document) == [EXPECTED]


def test_merged_cells_keep_their_spans_and_every_cell_its_page_and_box() -> None:
    grid = next(block for block in read(pdf(budget())).blocks if isinstance(block, Grid))
    cells = {(cell.row, cell.column): cell for row in grid.rows for cell in row}
    assert (cells[0, 0].row_span, cells[0, 0].column_span) == (1, 2)
    assert (cells[0, 2].row_span, cells[0, 2].column_span) == (2, 1)
    shown = [cell for cell in cells.values() if cell.text]
    assert all(cell.span.page == 1 and cell.span.box is not None for cell in shown)
    box = cells[2, 3].span.box
    assert box is not None
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((300, 140, 390, 160), abs=1)


def test_open_sides_are_closed() -> None:
    assert grids(read(pdf(budget(open_sides=True)))) == [EXPECTED]


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_rotated_page_reads_as_it_is_shown(rotate: int) -> None:
    """The drawing is turned against the page's rotation, as programs do that print a table on a page laid sideways."""

    def sideways(canvas: Canvas) -> None:
        canvas.translate(*{90: (WIDTH, 0), 180: (WIDTH, HEIGHT), 270: (0, HEIGHT)}[rotate])
        canvas.rotate(rotate)
        canvas.translate(0, {90: WIDTH - HEIGHT, 180: 0, 270: WIDTH - HEIGHT}[rotate])
        budget()(canvas)

    document = read(pdf(sideways, rotate=rotate))
    assert grids(document) == [EXPECTED]
    box = next(fragment.box for fragment in document.fragments if document.text[fragment.start : fragment.end] == "1,000.50")
    shown_width, shown_height = (HEIGHT, WIDTH) if rotate % 180 else (WIDTH, HEIGHT)
    assert 0 <= box.left < box.right <= shown_width
    assert 0 <= box.top < box.bottom <= shown_height
    assert box.right - box.left > box.bottom - box.top, "a cell wider than high is shown so"


def test_a_page_whose_text_stands_sideways_is_turned_for_reading() -> None:
    def sideways(canvas: Canvas) -> None:
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
        canvas.translate(0, WIDTH - HEIGHT)
        budget()(canvas)

    document = read(pdf(sideways))
    assert grids(document) == [EXPECTED]
    box = next(fragment.box for fragment in document.fragments if document.text[fragment.start : fragment.end] == "1,000.50")
    assert box.bottom - box.top > box.right - box.left, "on the page as it is shown the cell stands upright"


def test_forms_are_placed_by_their_matrices() -> None:
    inner = form(budget(), dx=0, dy=-30)
    outer = form(inner, dx=25, dy=0)
    document = read(pdf(all_of(outer, text(60, 40, "表前的一行字"))))
    assert grids(document) == [EXPECTED]
    box = next(fragment.box for fragment in document.fragments if document.text[fragment.start : fragment.end] == "1,000.50")
    assert (box.left, box.top) == pytest.approx((60 + 25 + 330, 100 + 30 + 40), abs=1)


def test_a_table_goes_on_over_pages_with_and_without_its_head() -> None:
    head = table(60, 60, WIDTHS, HEAD + BODY[:1], spans=MERGED)
    again = table(60, 60, WIDTHS, HEAD + BODY[1:2], spans=MERGED)
    total = table(60, 60, (240, 90, 90), (("合计", "1,234.50", ""),))
    page_number = [text(290, HEIGHT - 30, f"- {number} -") for number in (1, 2, 3)]
    document = read(pdf(*(all_of(*page) for page in zip((head, again, total), page_number, strict=True))))
    [grid] = [block for block in document.blocks if isinstance(block, Grid)]
    assert [[cell.text for cell in row] for row in grid.rows] == [
        *EXPECTED[:3],
        *EXPECTED[:2],
        EXPECTED[3],
        ["合计", "", "", "1,234.50", ""],
    ]
    assert grid.breaks == (3, 6)
    assert [row[3].span.page for row in grid.rows] == [1, 1, 1, 2, 2, 2, 3]
    assert [document.quote(span).replace(" ", "") for span in document.furniture] == ["-1-", "-2-", "-3-"]
    assert lines(document) == []


def test_a_cell_cut_by_a_page_break_keeps_both_pieces() -> None:
    narrow = (*WIDTHS[:2], 48, *WIDTHS[3:])
    first = table(60, 60, narrow, [*HEAD, ("201", "", "一般公共", "5", "5")], spans=MERGED)
    rest = table(60, 60, narrow, (("", "", "服务支出", "", ""), ("202", "", "外交支出", "6", "6")))
    document = read(pdf(first, rest))
    [rows] = grids(document)
    assert rows[2:] == [["201", "", "一般公共服务支出", "5", "5"], ["202", "", "外交支出", "6", "6"]]
    cell = next(cell for block in document.blocks if isinstance(block, Grid) for row in block.rows for cell in row if "服务" in cell.text)
    assert [(piece.page, document.text[piece.start : piece.end]) for piece in document.fragments_of(cell.span)] == [
        (1, "一般公共"),
        (2, "服务支出"),
    ]


def test_two_figures_in_one_cell_are_not_one_and_a_wrapped_figure_is() -> None:
    """Without the line between two rows their figures stand in one cell."""
    narrow = (40, 40, 160, 90, 30)
    body = ("201", "", "教育支出", "1234\n5678", "1,234,\n567")
    [rows] = grids(read(pdf(table(60, 100, narrow, [*HEAD, body], spans=MERGED))))
    assert rows[2] == ["201", "", "教育支出", "1234 5678", "1,234,567"]


def test_a_row_of_words_below_a_cell_with_room_is_a_row_of_its_own() -> None:
    first = table(60, 60, WIDTHS, [*HEAD, ("收入", "5", "201 外交", "5", "5")], spans=MERGED)
    second = table(60, 60, WIDTHS, (("", "", "202 国防", "", ""), ("", "", "203 教育", "6", "6")))
    [rows] = grids(read(pdf(first, second)))
    assert [row[2] for row in rows[2:]] == ["201 外交", "202 国防", "203 教育"]


def test_what_is_clipped_away_is_not_read() -> None:
    """One large cell over two pages: both pages hold its whole text, each shows its part."""
    words = [f"第{word}句话很长很长很长很长很长很长很长很长" for word in "一二三四五六"]

    def whole(shift: float) -> Draw:
        return all_of(*(text(60, 100 + 20 * order + shift, sentence) for order, sentence in enumerate(words)))

    first = clipped(whole(0), left=50, top=95, width=400, height=62)
    second = clipped(whole(-60), left=50, top=95, width=400, height=62)
    assert lines(read(pdf(first, second))) == words


def test_radicals_become_characters_and_the_print_is_kept() -> None:
    document = read(pdf(text(60, 60, "财政⽀⼊⽬⻔")))
    assert lines(document) == ["财政支入目门"]
    assert document.quote(document.blocks[0].span) == "财政⽀⼊⽬⻔"


def test_text_without_lines_is_running_text() -> None:
    rows = [("201", "一般公共服务支出", "1,234.50"), ("合计", "", "1,234.50")]
    draws = [
        text(x, 60 + 20 * order, words) for order, row in enumerate(rows) for x, words in zip((60, 100, 300), row, strict=True) if words
    ]
    assert lines(read(pdf(all_of(*draws)))) == ["201 一般公共服务支出 1,234.50", "合计 1,234.50"]


def test_a_frame_around_a_page_is_no_table() -> None:
    frame = table(30, 30, (500,), (("",),) * 20)
    document = read(pdf(all_of(frame, text(60, 60, "第一行"), text(60, 82, "第二行"))))
    assert grids(document) == []
    assert lines(document) == ["第一行", "第二行"]


def test_captions_inside_the_lines_are_running_text() -> None:
    rows = [("2025年部门支出预算总表", "", "", "", ""), ("编制部门：某局", "", "", "单位：元", ""), *HEAD, *BODY]
    spans = {(0, 0): (1, 5), (1, 0): (1, 3), (1, 3): (1, 2)} | {(row + 2, column): size for (row, column), size in MERGED.items()}
    document = read(pdf(table(60, 60, WIDTHS, rows, spans=spans)))
    assert lines(document) == ["2025年部门支出预算总表", "编制部门：某局 单位：元"]
    assert grids(document) == [EXPECTED]


def test_bold_by_striking_twice_counts_once() -> None:
    assert lines(read(pdf(all_of(text(60, 60, "合计11.00"), text(60.4, 60, "合计11.00"))))) == ["合计11.00"]


@pytest.mark.parametrize("style", ["strokes", "fills", "boxes", "path"])
def test_pdfplumber_finds_the_same_cells(style: str) -> None:
    data = pdf(budget(lines=style))
    assert plumbed(data) == grids(read(data))


def plumbed(data: bytes) -> list[list[list[str]]]:
    """The tables that pdfplumber finds, wrapped lines joined."""
    with pdfplumber.open(io.BytesIO(data)) as opened:
        found = [found.extract() for page in opened.pages for found in page.find_tables()]
    return [[[(cell or "").replace("\n", "") for cell in row] for row in rows] for rows in found]


def test_a_page_is_drawn_with_what_is_hidden_blacked_out() -> None:
    data = pdf(budget())
    document = read(data)
    box = next(fragment.box for fragment in document.fragments if document.text[fragment.start : fragment.end] == "1,000.50")
    plain, hidden = (draw_pdf_page("made.pdf", data, 1, 72, boxes) for boxes in ((), (box,)))
    assert plain.startswith(b"\x89PNG")
    assert _pixel(plain, box.left + 3, box.top + 15) != (0, 0, 0)
    assert _pixel(hidden, box.left + 3, box.top + 15) == (0, 0, 0)


def _pixel(png: bytes, x: float, y: float) -> tuple[int, int, int]:
    import zlib

    width = int.from_bytes(png[16:20], "big")
    channels = {2: 3, 6: 4}[png[25]]
    start = png.index(b"IDAT") + 4
    rows = zlib.decompress(png[start : start + int.from_bytes(png[start - 8 : start - 4], "big")])
    at = int(y) * (width * channels + 1) + 1 + int(x) * channels
    return rows[at], rows[at + 1], rows[at + 2]


def test_fonts_that_a_file_does_not_carry_are_not_looked_for() -> None:
    """The child process has a stand-in for them: with no CJK font on the machine as with many, the same is read."""
    data = pdf(all_of(budget(), text(60, 40, "2025年部门支出预算总表")), text(60, 40, "单位：元 1,234.50"))
    apart, here = read_pdf("made.pdf", data), read(data)
    assert grids(apart) == [EXPECTED]
    assert lines(apart) == lines(here) == ["2025年部门支出预算总表", "单位：元 1,234.50"]


PROSE = [f"{word}、承担本区域内公共服务与社会治理的日常工作任务，并报送情况" for word in "一二三四五六七八九十"]


def _in_columns(shift: float = 0) -> Draw:
    left, right = (
        [text(x, 120 + down + 18 * row, line) for row, line in enumerate(PROSE[at : at + 5])]
        for at, x, down in ((0, 40, 0), (5, 320, shift))
    )
    return all_of(*left, *right)


@pytest.mark.parametrize("shift", [0, 7], ids=["at one height", "at different heights"])
def test_prose_in_two_columns_is_read_column_by_column(shift: float) -> None:
    page = all_of(
        text(180, 60, "2025年部门预算编制说明这一行标题横跨两栏的中间"),
        _in_columns(shift),
        text(40, 400, "编制部门：某局"),
        text(480, 400, "单位：元"),
    )
    assert lines(read(pdf(page))) == ["2025年部门预算编制说明这一行标题横跨两栏的中间", *PROSE, "编制部门：某局 单位：元"]


def test_rows_of_figures_without_ruled_lines_are_read_across() -> None:
    rows = [(f"2010{row}", "一般公共服务支出的一个较长的科目名称", f"1,234.5{row}", f"{row},000.00") for row in range(1, 9)]
    draws = [text(x, 100 + 18 * at, words) for at, row in enumerate(rows) for x, words in zip((40, 90, 330, 450), row, strict=True)]
    assert lines(read(pdf(all_of(*draws)))) == [" ".join(row) for row in rows]


def test_a_contents_list_is_read_across() -> None:
    entries = [(f"{word}、部门预算的一个部分的名称", str(at)) for at, word in enumerate("一二三四五六七", start=3)]
    draws = [text(x, 100 + 20 * at, words) for at, entry in enumerate(entries) for x, words in zip((40, 520), entry, strict=True)]
    assert lines(read(pdf(all_of(*draws)))) == [" ".join(entry) for entry in entries]
