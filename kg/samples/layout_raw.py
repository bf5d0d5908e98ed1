"""Text as converters leave it that know no tables: no tabs, blank cells gone, long texts wrapped, a space for a page break.

Positions are lost on purpose: only the form, the codes and the arithmetic can tell in which column a figure stood.
"""

from collections.abc import Iterable, Iterator

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
            yield from _head_lines(head)
            for row in rows:
                yield from _row_lines(row)


def _head_lines(head: tuple[tuple[Head, ...], ...]) -> Iterator[str]:
    """Short labels of a head row share a line, long ones are wrapped into narrow columns."""
    for labels in head:
        yield from _shared((label.text for label in labels), _HEAD_CELL)


def _row_lines(row: Row) -> Iterator[str]:
    """Cells that are not blank on one line, a cell too wide for its column on lines of its own."""
    yield from _shared(row.cells, _CELL.get(len(row.cells), _CELL_OTHERWISE))


def _shared(cells: Iterable[str], width: int) -> Iterator[str]:
    together: list[str] = []
    for cell in cells:
        if columns(cell) <= width:
            together += [cell] if cell else []
            continue
        if together:
            yield " ".join(together)
        yield from wrapped(cell, width)
        together = []
    if together:
        yield " ".join(together)
