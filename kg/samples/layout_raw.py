"""Text as converters leave it that know no tables: no tabs, blank cells gone, long texts wrapped, a space for a page break.

Positions are lost on purpose: only the form, the codes and the arithmetic can tell in which column a figure stood.
"""

from collections.abc import Iterable, Iterator, Mapping

from kg.amounts import parse_number
from kg.samples.blocks import Block, Caption, Entry, Head, Heading, PageBreak, Paragraph, Row, Table
from kg.samples.composing import compose
from kg.samples.facts import SampleDisclosure
from kg.samples.style import Layout
from kg.samples.wrapping import columns, wrapped

_LINE = 56
_PAGE = 40
_CELL = {16: 14, 15: 14, 9: 18, 7: 26}
"""Columns of a line and of the wide cells of a table by its number of columns, a Chinese character counting two."""
_CELL_OTHERWISE = 40
_HEAD_CELL = 8
_BLANK_COLUMN = 2
_NARROW_COLUMN = 4
"""Measured on a seed: the head of a column without figures is wrapped to one character, of one with figures to two and more."""


def write_raw(sample: SampleDisclosure, layout: Layout) -> str:
    """The disclosure as raw text; the same sample and layout always give the same text."""
    lines: list[str] = []
    on_page = 0
    for block in compose(sample, layout):
        if isinstance(block, PageBreak):
            on_page = _PAGE
        for line in _lines(block, layout):
            begins_page = on_page >= _PAGE
            lines.append(f" {line}" if begins_page else line)
            on_page = 1 if begins_page else on_page + 1
    return "\n\n".join(lines) + "\n"


def _lines(block: Block, layout: Layout) -> Iterator[str]:
    match block:
        case Heading(text) | Paragraph(text) | Entry(text):
            yield from wrapped(layout.prose(text), _LINE)
        case Caption(issuer, unit):
            yield " ".join(text for text in (issuer, unit) if text)
        case Table(head, rows):
            yield from _head_lines(head, {} if layout.even_columns else _column_widths(rows))
            for row in rows:
                yield from _row_lines(row)


def _head_lines(head: tuple[tuple[Head, ...], ...], widths: Mapping[int, int]) -> Iterator[str]:
    """Short labels of a head row share a line, long ones are wrapped into their columns."""
    taken: set[tuple[int, int]] = set()
    for depth, labels in enumerate(head):
        cells = []
        column = 0
        for label in labels:
            while (depth, column) in taken:
                column += 1
            taken |= {(depth + down, column + right) for down in range(label.rows) for right in range(label.columns)}
            cells.append((label.text, widths.get(column, _HEAD_CELL) if label.columns == 1 else _HEAD_CELL))
            column += label.columns
        yield from _shared(cells)


def _column_widths(rows: tuple[Row, ...]) -> dict[int, int]:
    """How wide a table makes its columns of figures: as wide as they need, blank ones one character."""
    printed = [row for row in rows if "※" not in row.cells]
    size = max((len(row.cells) for row in printed), default=0)
    widths = {}
    for column in range(size):
        cells = [row.cells[column] for row in printed if column < len(row.cells) and row.cells[column]]
        if not cells:
            widths[column] = _BLANK_COLUMN
        elif all(parse_number(cell) is not None for cell in cells) and not all(cell.isdigit() for cell in cells):
            widths[column] = max(_NARROW_COLUMN, *(columns(cell) + columns(cell) % 2 for cell in cells))
    return widths


def _row_lines(row: Row) -> Iterator[str]:
    """Cells that are not blank on one line, a cell too wide for its column on lines of its own."""
    width = _CELL.get(len(row.cells), _CELL_OTHERWISE)
    yield from _shared((cell, width) for cell in row.cells)


def _shared(cells: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Cells with their widths: what fits stands on one line with its neighbours, what does not is wrapped on lines of its own."""
    together: list[str] = []
    for cell, width in cells:
        if columns(cell) <= width:
            together += [cell] if cell else []
            continue
        if together:
            yield " ".join(together)
        yield from wrapped(cell, width)
        together = []
    if together:
        yield " ".join(together)
