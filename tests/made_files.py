"""Writes the content of a document (lines and tables) as a file of each format."""

import html
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import docx
import xlsxwriter

from kg.document import Document, Line
from tests import pdf_pages

Spans = dict[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Grid:
    """A table: its rows, its merged cells, and for drawing the widths of its columns."""

    rows: tuple[tuple[str, ...], ...]
    spans: Spans = field(default_factory=dict)
    widths: tuple[float, ...] = ()

    def covered(self) -> set[tuple[int, int]]:
        """The places that merged cells cover beside their own."""
        return {
            (row + down, column + right)
            for (row, column), (height, width) in self.spans.items()
            for down in range(height)
            for right in range(width)
            if down or right
        }


Content = str | Grid
_AMOUNT = re.compile(r"-?\d{1,3}(?:,\d{3})*\.\d{2}")
_CODE = re.compile(r"\d{2,7}")
# Lines of at most fifty characters; like a word processor this breaks no number.
_WRAPPED = re.compile(r".{1,50}(?![\d.,])")
_LEFT, _TOP, _BOTTOM = 30, 40.0, 790


def content_of(document: Document) -> tuple[Content, ...]:
    """What a document holds, ready to be written in another format."""
    content: list[Content] = []
    for block in document.blocks:
        if isinstance(block, Line):
            content.append(block.text)
        else:
            width = max(map(len, block.rows))
            content.append(Grid(tuple(tuple(cell.text for cell in row) + ("",) * (width - len(row)) for row in block.rows)))
    return tuple(content)


def as_docx(content: Sequence[Content]) -> bytes:
    made = docx.Document()
    for item in content:
        if isinstance(item, str):
            made.add_paragraph(item)
            continue
        table = made.add_table(len(item.rows), len(item.rows[0]))
        for row, cells in enumerate(item.rows):
            written = table.rows[row].cells
            for column, text in enumerate(cells):
                written[column].text = text
        for (row, column), (height, width) in item.spans.items():
            table.cell(row, column).merge(table.cell(row + height - 1, column + width - 1)).text = item.rows[row][column]
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def as_html(content: Sequence[Content]) -> bytes:
    parts = ["<!DOCTYPE html><html><head><meta charset='utf-8'><title>公开</title><style>td{color:red}</style></head><body>"]
    for item in content:
        if isinstance(item, str):
            parts.append(f"<p><span style='font-family:宋体'>{html.escape(item)}</span></p>")
            continue
        covered = item.covered()
        parts.append("<table border=1>")
        for row, cells in enumerate(item.rows):
            parts.append("<tr>")
            for column, text in enumerate(cells):
                if (row, column) not in covered:
                    height, width = item.spans.get((row, column), (1, 1))
                    parts.append(f"<td rowspan={height} colspan={width}><p>{html.escape(text)}</p></td>")
            parts.append("</tr>")
        parts.append("</table>")
    return "".join([*parts, "<script>var hidden = 1;</script></body></html>"]).encode()


def as_xlsx(content: Sequence[Content], *, numbers: bool = True) -> bytes:
    """One sheet, a free row before and after every table. With ``numbers`` amounts and codes are numbers, as Excel makes them."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        at = 0
        for item in content:
            if isinstance(item, str):
                sheet.write_string(at, 0, item)
                at += 1
                continue
            at += 1
            covered = item.covered()
            for (row, column), (height, width) in item.spans.items():
                sheet.merge_range(at + row, column, at + row + height - 1, column + width - 1, "")
            for row, cells in enumerate(item.rows):
                for column, text in enumerate(cells):
                    if (row, column) in covered or not text:
                        continue
                    if numbers and (_AMOUNT.fullmatch(text) or _CODE.fullmatch(text)):
                        sheet.write_number(at + row, column, float(text.replace(",", "")))
                    else:
                        sheet.write_string(at + row, column, text)
            at += len(item.rows) + 1
    return out.getvalue()


def as_pdf(content: Sequence[Content]) -> bytes:
    """On pages: a table begins where its title stands and goes on over the next pages; text is wrapped in its cell."""
    pages: list[list[pdf_pages.Draw]] = [[]]
    top = _TOP
    for index, item in enumerate(content):
        if isinstance(item, str):
            following = next((other for other in content[index + 1 : index + 4] if isinstance(other, Grid)), None)
            if top > 700 or (following is not None and top > 200):
                pages.append([])
                top = _TOP
            for line in _WRAPPED.findall(item):
                pages[-1].append(pdf_pages.text(_LEFT, top, line))
                top += 16
            continue
        widths = item.widths or _shares(item)
        rows = [
            tuple(_wrapped(text, _width(item, widths, row, column)) for column, text in enumerate(cells))
            for row, cells in enumerate(item.rows)
        ]
        heights = _heights(item, rows)
        first = 0
        while first < len(rows):
            last = first + 1
            while last < len(rows) and top + sum(heights[first : last + 1]) < _BOTTOM:
                last += 1
            spans = {(row - first, column): size for (row, column), size in item.spans.items() if first <= row < last}
            pages[-1].append(pdf_pages.table(_LEFT, top, widths, rows[first:last], spans=spans, heights=heights[first:last]))
            top += sum(heights[first:last]) + 10
            first = last
            if first < len(rows):
                pages.append([])
                top = _TOP
    return pdf_pages.pdf(*(pdf_pages.all_of(*draws) for draws in pages))


def _length(text: str) -> float:
    """How wide a text is in points."""
    return sum(pdf_pages.SIZE if ord(character) > 0x2000 else pdf_pages.SIZE * 0.56 for character in text)


def _shares(grid: Grid) -> tuple[float, ...]:
    """Widths by what the columns hold: figures on one line, names wrapped as need be."""
    wanted = [
        min(max((_length(row[column]) for row in grid.rows), default=0) + 8, 110 if column else 140) for column in range(len(grid.rows[0]))
    ]
    wanted = [max(width, 18) for width in wanted]
    scale = min(1.0, (pdf_pages.WIDTH - 2 * _LEFT) / sum(wanted))
    return tuple(width * scale for width in wanted)


def _width(grid: Grid, widths: Sequence[float], row: int, column: int) -> float:
    return sum(widths[column : column + grid.spans.get((row, column), (1, 1))[1]])


def _wrapped(text: str, width: float) -> str:
    lines = [""]
    for character in text:
        if lines[-1] and _length(lines[-1] + character) > width - 4:
            lines.append("")
        lines[-1] += character
    return "\n".join(lines)


def _heights(grid: Grid, rows: Sequence[Sequence[str]]) -> list[float]:
    """Every row as high as its highest cell that is not merged downwards."""
    line = pdf_pages.SIZE + 1
    return [
        8 + line * max(text.count("\n") + 1 for column, text in enumerate(cells) if grid.spans.get((row, column), (1, 1))[0] == 1)
        for row, cells in enumerate(rows)
    ]
