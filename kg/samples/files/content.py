"""What every kind of file is written from: words, captions and grids in reading order, cells merged as publishers merge them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kg.samples.blocks import Block, Caption, Entry, Head, Heading, PageBreak, Paragraph, Row, Table
from kg.samples.composing import compose
from kg.samples.facts import SampleDisclosure
from kg.samples.files.manners import Manner
from kg.samples.layout_tabbed import grid
from kg.samples.style import LAYOUTS, Layout

Spans = dict[tuple[int, int], tuple[int, int]]

BODY = 9
"""The level of running text; headings have those of :class:`kg.samples.blocks.Heading`."""
_CLASSES = 2
_TOTALS = frozenset({"总计", "合计"})


@dataclass(frozen=True)
class Words:
    """A line of text. ``level`` 0 is the title, 1 a part, 2 a section, 3 a subsection, ``BODY`` a paragraph."""

    text: str
    level: int = BODY


@dataclass(frozen=True)
class Grid:
    """A table: rows of equal length, merged cells (row, column) → (rows, columns), how many rows are its head, which are bold.

    ``widths`` are those of the columns in points; without them they follow from what the columns hold.
    """

    rows: tuple[tuple[str, ...], ...]
    spans: Spans = field(default_factory=dict)
    widths: tuple[float, ...] = ()
    head: int = 0
    strong: frozenset[int] = frozenset()

    def covered(self) -> set[tuple[int, int]]:
        """The places that merged cells cover beside their own."""
        return {
            (row + down, column + right)
            for (row, column), (height, width) in self.spans.items()
            for down in range(height)
            for right in range(width)
            if down or right
        }

    def span(self, row: int, column: int) -> tuple[int, int]:
        """Rows and columns of the cell at a place."""
        return self.spans.get((row, column), (1, 1))


Content = Words | Caption | Grid | PageBreak


def content_of(sample: SampleDisclosure, manner: Manner) -> tuple[Content, ...]:
    """A disclosure in its house style; what only text has (tags, lines broken by hand, cut cells) is left to the file."""
    layout = replace(
        LAYOUTS[sample.layout],
        head_width=None,
        name_width=None,
        spare_cell=False,
        page_lines=None,
        table_page=None,
        sheet_page=None,
        contents_page=None,
    )
    return tuple(_content(block, layout, manner) for block in compose(sample, layout))


def _content(block: Block, layout: Layout, manner: Manner) -> Content:
    match block:
        case Heading(text, level):
            return Words(layout.prose(text), level)
        case Paragraph(text) | Entry(text):
            return Words(layout.prose(text))
        case Table():
            return _grid(block, layout, manner)
        case Caption() | PageBreak():
            return block


def _grid(table: Table, layout: Layout, manner: Manner) -> Grid:
    rows = [*map(tuple, grid(table.head)), *(row.cells for row in table.rows)]
    head = len(table.head)
    spans = dict(_head_spans(table.head))
    if head:
        if manner.merged_totals:
            for at, row in enumerate(table.rows, start=head):
                rows[at], span = _total(row)
                spans |= {(at, 0): (1, span)} if span > 1 else {}
    else:
        spans |= dict(_sheet_spans(table.rows))
    strong = frozenset(at for at, row in enumerate(table.rows, start=head) if row.strong and (layout.bold or not head))
    return Grid(tuple(rows), spans, (), head, strong)


def _head_spans(head: tuple[tuple[Head, ...], ...]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The merged cells of a head, placed as :func:`kg.samples.layout_tabbed.grid` places them."""
    width = sum(cell.columns for cell in head[0]) if head else 0
    free = [set(range(width)) for _ in head]
    for at, cells in enumerate(head):
        for cell in cells:
            column = min(free[at])
            for line in free[at : at + cell.rows]:
                line -= set(range(column, column + cell.columns))
            if (cell.rows, cell.columns) != (1, 1):
                yield (at, column), (cell.rows, cell.columns)


def _total(row: Row) -> tuple[tuple[str, ...], int]:
    """A total row with its word over all label columns, and how many these are; any other row as it is."""
    at = next((at for at, text in enumerate(row.cells) if text), 0)
    if row.cells[at].replace(" ", "") not in _TOTALS:
        return row.cells, 1
    labels = next((column for column, text in enumerate(row.cells) if column > at and text), at + 1)
    return (row.cells[at], *[""] * (labels - 1), *row.cells[labels:]), labels


def _sheet_spans(rows: Sequence[Row]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The merged cells of a performance sheet: above its head values reach to the next label, below levels reach down."""
    head = next((at for at, row in enumerate(rows) if row.strong), len(rows))
    wide: Spans = {}
    for at, row in enumerate(rows[:head]):
        filled = [column for column, text in enumerate(row.cells) if text]
        for column, following in zip(filled, [*filled[1:], len(row.cells)], strict=True):
            wide[at, column] = (1, following - column)
    for at, row in enumerate(rows[head + 1 :], start=head + 1):
        wide |= {(at, column): (1, 1) for column in range(_CLASSES) if row.cells[column]}
    for (at, column), (_, width) in wide.items():
        end = head if at < head else len(rows)
        last = at + 1
        while width == 1 and last < end and not any(rows[last].cells[: column + 1]):
            last += 1
        if (last - at, width) != (1, 1):
            yield (at, column), (last - at, width)
