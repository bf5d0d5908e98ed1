"""How a table is printed: widths of columns, wrapped cells, and which rows come on which page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.samples.files.content import Grid
from kg.samples.files.manners import Manner

_PADDING = 4.0
_LATIN = 0.56
"""The width of a Latin character or digit, in font sizes; a Chinese one has 1."""
_NARROWEST = 18.0
_WIDEST_NAME = 150.0
_WIDEST = 110.0
_WORDS = re.compile(r"[\d.,%]+|.", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """The height that is left on the page on which a table begins, and that of the pages after it."""

    left: float
    whole: float


@dataclass(frozen=True)
class PrintedCell:
    """A cell with its place on the page's piece of the table and its lines of text."""

    row: int
    column: int
    rows: int
    columns: int
    lines: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True)
class TablePiece:
    """What of a table comes on one page: the heights of its rows and its cells."""

    heights: tuple[float, ...]
    cells: tuple[PrintedCell, ...]


@dataclass(frozen=True)
class _Row:
    """A row ready for print: the lines of every cell by column, and which row of the grid it is (part of)."""

    of: int
    lines: tuple[tuple[str, ...], ...]
    height: float


def length(text: str, size: float) -> float:
    """How wide a text is in points, a little more rather than less."""
    return sum(size if ord(character) > 0x2000 else size * _LATIN for character in text)


def widths_of(grid: Grid, whole: float, size: float) -> tuple[float, ...]:
    """The widths of the columns: those given, at most ``whole``; else figures have the room they need and words share the rest."""
    if grid.widths:
        return tuple(width * min(1.0, whole / sum(grid.widths)) for width in grid.widths)
    least, wanted = [], []
    covered = grid.covered()
    for column in range(len(grid.rows[0])):
        texts = [row[column] for at, row in enumerate(grid.rows) if (at, column) not in covered and grid.span(at, column)[1] == 1]
        figures = max((length(word, size) for text in texts for word in _WORDS.findall(text)), default=0.0)
        words = max((length(text, size) for text in texts), default=0.0)
        least.append(max(_NARROWEST, figures + _PADDING + 1))
        wanted.append(min(max(least[-1], words + _PADDING + 1), max(least[-1], _WIDEST if column else _WIDEST_NAME)))
    spare = whole - sum(least)
    asked = sum(wanted) - sum(least)
    share = min(1.0, spare / asked) if asked > 0 else 1.0
    return tuple(low + (high - low) * share for low, high in zip(least, wanted, strict=True))


def table_pages(grid: Grid, widths: Sequence[float], size: float, page: Page, manner: Manner) -> Iterator[TablePiece]:
    """The pieces of a table, one a page; a row higher than a page is cut whatever the manner."""
    rows = [_row(grid, widths, size, at) for at in range(len(grid.rows))]
    head, waiting = rows[: grid.head], rows
    left = page.left
    first = True
    while waiting:
        repeated = head if manner.repeat_heads and not first else []
        taken = list(repeated)
        left -= sum(row.height for row in repeated)
        while waiting and waiting[0].height <= left:
            taken.append(waiting[0])
            left -= waiting[0].height
            waiting = waiting[1:]
        if waiting and (manner.cut_cells or len(taken) == len(repeated)):
            above, below = _cut(waiting[0], left, size)
            if above is not None:
                taken.append(above)
                waiting = [below, *waiting[1:]]
        yield _piece(grid, taken)
        left = page.whole
        first = False


def _row(grid: Grid, widths: Sequence[float], size: float, at: int) -> _Row:
    covered = grid.covered()
    lines = []
    for column, text in enumerate(grid.rows[at]):
        width = sum(widths[column : column + grid.span(at, column)[1]])
        lines.append(() if (at, column) in covered or not text else _wrapped(text, width, size))
    deep = max((len(cell) for column, cell in enumerate(lines) if grid.span(at, column)[0] == 1), default=1)
    return _Row(at, tuple(lines), _height(max(deep, 1), size))


def _height(lines: int, size: float) -> float:
    return 6 + (size + 1) * lines


def _wrapped(text: str, width: float, size: float) -> tuple[str, ...]:
    """The lines of a cell; only a number wider than the cell is broken."""
    lines = [""]
    for word in _WORDS.findall(text):
        if lines[-1] and length(lines[-1] + word, size) > width - _PADDING:
            lines.append("")
        lines[-1] += word
    return tuple(lines)


def _cut(row: _Row, left: float, size: float) -> tuple[_Row | None, _Row]:
    """A row in what fits into ``left`` and the rest; nothing where no line, or all but none, would stay.

    Cells of one line stay above.
    """
    room = int((left - 6) // (size + 1))
    deep = max(len(cell) for cell in row.lines)
    if not 1 <= room < deep:
        return None, row
    above = replace(row, lines=tuple(cell[:room] for cell in row.lines), height=_height(room, size))
    rest = tuple(cell[room:] for cell in row.lines)
    return above, replace(row, lines=rest, height=_height(deep - room, size))


def _piece(grid: Grid, rows: Sequence[_Row]) -> TablePiece:
    cells = []
    seen: set[tuple[int, int]] = set()
    owners = {place: owner for owner, (height, width) in grid.spans.items() for place in _places(owner, height, width)}
    for at, row in enumerate(rows):
        for column in range(len(row.lines)):
            if (at, column) in seen:
                continue
            owner = owners.get((row.of, column), (row.of, column))
            _, width = grid.span(*owner)
            end = at + 1
            while end < len(rows) and owners.get((rows[end].of, column)) == owner:
                end += 1
            seen |= set(_places((at, column), end - at, width))
            lines = row.lines[column]
            cells.append(PrintedCell(at, column, end - at, width, lines, row.of in grid.strong))
    return TablePiece(tuple(row.height for row in rows), tuple(cells))


def _places(owner: tuple[int, int], height: int, width: int) -> Iterator[tuple[int, int]]:
    for down in range(height):
        for right in range(width):
            yield owner[0] + down, owner[1] + right
