"""Tables that run over pages, made one: repeated heads stay rows, a cut cell keeps its pieces.

A table goes on where it ends a page and a table with the same sides begins the next, with nothing but page numbers and
running heads between. The next piece may have fewer inner lines (a total row alone has merged cells): its columns are found
among the edges known so far.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.readers.composing import Piece, RawCell, RawTable, Row
from kg.readers.pdf.layout import PageLayout, PageTable, TextLine

_SAME_EDGE = 6.0
_HEAD_ROWS = 6
_FIGURE = re.compile(r"-?[\d,]*\d(?:\.\d+)?%?")


@dataclass(frozen=True)
class PlacedLine:
    """A line of text with its page; ``first`` says that a new page begins with it."""

    line: TextLine
    page: int
    first: bool


@dataclass
class _Open:
    """A table that may go on, with the column edges known so far, and the columns whose cells in its last row are full."""

    table: RawTable
    columns: tuple[float, ...]
    full: frozenset[int] = frozenset()


def stitch(pages: Sequence[PageLayout]) -> tuple[PlacedLine | RawTable, ...]:
    """All pages as one sequence of lines and whole tables."""
    items: list[PlacedLine | RawTable] = []
    going_on: _Open | None = None
    for page in pages:
        first = True
        for item in page.items:
            if isinstance(item, TextLine):
                items.append(PlacedLine(item, page.number, first))
                if not item.furniture:
                    first, going_on = False, None
                continue
            edges = _edges(going_on.columns, item) if going_on is not None and first else None
            if going_on is None or edges is None:
                edges = tuple(range(len(item.columns)))
                going_on = _Open(RawTable(len(item.columns) - 1, []), item.columns)
                items.append(going_on.table)
            _append(going_on, item, page.number, edges)
            first = False
    return tuple(items)


def _edges(known: Sequence[float], table: PageTable) -> tuple[int, ...] | None:
    """For each column edge of ``table`` its index among the ``known`` ones; ``None`` when it is another table.

    A first cell over the whole width is a title: another table.
    """
    if table.cells[0].column_span == len(table.columns) - 1:
        return None
    edges: list[int] = []
    for position in table.columns:
        index = min(range(len(known)), key=lambda at: abs(known[at] - position))
        if abs(known[index] - position) > _SAME_EDGE or (edges and index <= edges[-1]):
            return None
        edges.append(index)
    return tuple(edges) if edges[0] == 0 and edges[-1] == len(known) - 1 else None


def _append(going_on: _Open, table: PageTable, page: int, edges: Sequence[int]) -> None:
    whole = going_on.table
    rows: list[Row] = [{} for _ in range(table.height)]
    for cell in table.cells:
        column = edges[cell.column]
        span = edges[cell.column + cell.column_span] - column
        rows[cell.row][column] = RawCell([Piece(cell.text, page, cell.box)], cell.row_span, span)
    if whole.rows:
        head = _repeated_rows(whole.rows, rows)
        if head < len(rows) and _is_rest(whole.rows[-1], rows[head], going_on.full):
            for column, rest in rows[head].items():
                if rest.text:
                    whole.rows[-1][column].pieces += rest.pieces
            del rows[head]
        whole.breaks.append(len(whole.rows))
    whole.rows += rows
    going_on.full = frozenset(edges[cell.column] for cell in table.cells if cell.full and cell.row == table.height - 1)


def _repeated_rows(before: Sequence[Row], rows: Sequence[Row]) -> int:
    """How many rows at the beginning repeat the head of the table."""
    count = 0
    for own, head in zip(rows[:_HEAD_ROWS], before, strict=False):
        if {column: cell.text for column, cell in own.items()} != {column: cell.text for column, cell in head.items()}:
            break
        count += 1
    return count


def _is_rest(before: Row, after: Row, full: frozenset[int]) -> bool:
    """Whether a row is what a page break left of the row before: words only, none in the first column, only below words that
    fill their cells (a text that goes on was broken where its line was full)."""
    words = {column: cell.text for column, cell in after.items() if cell.text}
    if not words or 0 in words or set(before) != set(after):
        return False
    return all(
        column in full and before[column].text and not _FIGURE.fullmatch(text) and not _FIGURE.fullmatch(before[column].text)
        for column, text in words.items()
    )
