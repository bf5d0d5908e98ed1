"""A page in reading order: lines of text and tables, page numbers and running heads set apart."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter, itemgetter
from typing import NamedTuple

from kg.document import Box
from kg.readers.composing import joined
from kg.readers.pdf.columns import in_reading_order
from kg.readers.pdf.lattice import Lattice, RuledCell, lattices
from kg.readers.pdf.marks import BOTTOM, LEFT, ORDER, RIGHT, TEXT, TOP, Glyph, PageMarks, Y

_SAME_LINE = 0.5
_WORD_GAP = 0.15
_OVERSTRIKE = 0.25
_MARGIN = 0.12
_PAGE_NUMBER = re.compile(r"[-—–·~\s]*(?:第\s*)?\d{1,4}\s*页?[-—–·~\s]*(?:(?:/|[,，]?\s*共)\s*\d{1,4}\s*页?)?[-—–·~\s]*")
_MIN_REPEATS = 4
_LONG = 6
_VERY_LONG = 16
_LABELLED = re.compile(r".{2,8}[:：]")
_SAME_PLACE = 3.0
_ROOM = 3.0
_DOWN = itemgetter(Y, LEFT)
_ROW_BY_ROW = attrgetter("row", "column")


@dataclass(frozen=True)
class TextLine:
    """A printed line; ``furniture`` says that it is a page number or a running head."""

    text: str
    box: Box
    furniture: bool = False


class PageCell(NamedTuple):
    """A cell's text, its wrapped lines joined, and its rectangle; ``full`` says that the last line has no room for more."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    box: Box
    full: bool = False


@dataclass(frozen=True)
class PageTable:
    """A table on one page. ``columns`` are its column edges in points."""

    box: Box
    columns: tuple[float, ...]
    height: int
    cells: tuple[PageCell, ...]


@dataclass(frozen=True)
class PageLayout:
    """A page's lines and tables from top to bottom, in the frame of the page."""

    number: int
    width: float
    height: float
    items: tuple[TextLine | PageTable, ...]


def lay_out(marks: PageMarks, hidden: frozenset[int] = frozenset()) -> PageLayout:
    """The layout of a page, without the glyphs of ``hidden``. Raises :class:`kg.readers.pdf.marks.TooMuch`."""
    glyphs = [glyph for glyph in marks.glyphs if glyph[ORDER] not in hidden] if hidden else marks.glyphs
    found = [lattice for lattice in lattices(marks.horizontal, marks.vertical, glyphs) if _is_table(lattice)]
    inside = {glyph[ORDER] for lattice in found for cell in lattice.cells for glyph in cell.glyphs}
    width, height = marks.frame.size()
    outside = glyph_lines([glyph for glyph in glyphs if glyph[ORDER] not in inside])
    lines = [line for line in outside if any(glyph[TEXT] != " " for glyph in line)]
    placed: list[tuple[float, int, float, TextLine | PageTable]] = [
        (lattice.box.top, 0, lattice.box.left, _table(lattice)) for lattice in found
    ]
    for line in in_reading_order(lines, width):
        shown = _text_line(line.glyphs)
        placed.append((shown.box.top if line.top is None else line.top, line.rank, shown.box.left, shown))
    placed.sort(key=lambda entry: entry[:3])
    return PageLayout(marks.number, width, height, tuple(item for *_, item in placed))


def _is_table(lattice: Lattice) -> bool:
    """A lattice of one column or of one cell only frames running text."""
    return len(lattice.columns) > 2 and sum(any(glyph[TEXT] != " " for glyph in cell.glyphs) for cell in lattice.cells) > 1


def _table(lattice: Lattice) -> PageTable:
    cells = tuple(sorted((_cell(cell) for cell in lattice.cells), key=_ROW_BY_ROW))
    return PageTable(lattice.box, lattice.columns, len(lattice.rows) - 1, cells)


def _cell(cell: RuledCell) -> PageCell:
    text, full = "", False
    if cell.glyphs:
        lines = glyph_lines(cell.glyphs)
        text = _spelled(lines[0])
        full = _is_full(lines[0], cell.box)
        for line in lines[1:]:
            text = joined(text, _spelled(line), broken=not full)
            full = _is_full(line, cell.box)
    return PageCell(cell.row, cell.column, cell.row_span, cell.column_span, text, cell.box, full)


def _is_full(line: Sequence[Glyph], box: Box) -> bool:
    """Whether a line leaves less room in its cell than margins and a character or a short number take, which is not broken."""
    left = (box.right - box.left) - (max(glyph[RIGHT] for glyph in line) - line[0][LEFT])
    return left < _ROOM * (line[0][BOTTOM] - line[0][TOP])


def glyph_lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs gathered to printed lines, each from left to right; a glyph struck twice (bold) counts once."""
    lines: list[list[Glyph]] = []
    limit = -1.0
    for glyph in sorted(glyphs, key=_DOWN):
        _, top, _, bottom, _, y, _, _ = glyph
        if y < limit:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
        limit = y + _SAME_LINE * (bottom - top if bottom - top > 1 else 1)
    return [_struck_once(line) for line in lines]


def _struck_once(line: list[Glyph]) -> list[Glyph]:
    line.sort()
    kept: list[Glyph] = []
    before, last = "", ""
    for glyph in line:
        text = glyph[TEXT]
        if text != " " and ((text == last and _again(glyph, kept[-1])) or (text == before and _again(glyph, kept[-2]))):
            continue
        kept.append(glyph)
        before, last = last, text
    return kept


def _again(glyph: Glyph, other: Glyph) -> bool:
    return glyph[LEFT] - other[LEFT] < _OVERSTRIKE * (glyph[BOTTOM] - glyph[TOP])


def _spelled(line: Sequence[Glyph]) -> str:
    words: list[str] = []
    end = line[0][LEFT]
    for left, top, right, bottom, _, _, text, _ in line:
        if left - end > _WORD_GAP * (bottom - top) and words and words[-1] != " ":
            words.append(" ")
        if text != " " or (words and words[-1] != " "):
            words.append(text)
        end = right if right > end else end
    return "".join(words).rstrip()


def _text_line(line: Sequence[Glyph]) -> TextLine:
    box = Box(line[0][LEFT], min(one[TOP] for one in line), max(one[RIGHT] for one in line), max(one[BOTTOM] for one in line))
    return TextLine(_spelled(line), box)


def mark_furniture(pages: Sequence[PageLayout]) -> tuple[PageLayout, ...]:
    """The pages with page numbers and running heads marked.

    A page number stands alone in the outer margin. A running head stands at one place of most pages with one text, digits
    apart; a line with a colon is none (a table's issuer and unit may be repeated over its pages).
    """
    places: dict[tuple[str, int], int] = defaultdict(int)
    for page in pages:
        for line in _marginal(page):
            places[_running(page, line)] += 1
    often = {key for key, count in places.items() if count >= _MIN_REPEATS and 2 * count > len(pages)}
    return tuple(
        replace(
            page,
            items=tuple(
                replace(item, furniture=True)
                if isinstance(item, TextLine)
                and _in_margin(page, item)
                and (_PAGE_NUMBER.fullmatch(item.text) or _running(page, item) in often)
                else item
                for item in page.items
            ),
        )
        for page in pages
    )


def suspected(before: PageLayout, after: PageLayout) -> bool:
    """Whether a line outside all tables of one page also stands on the other, at another height: one of the two may be
    clipped away. A running head stands at one height; a label with its value (issuer, unit) is printed above every table."""
    return _repeats(before, after) or _repeats(after, before)


def _repeats(page: PageLayout, other: PageLayout) -> bool:
    heights = {(item.text, round(item.box.top)) for item in other.items if isinstance(item, TextLine)}
    lines = [item for item in page.items if isinstance(item, TextLine) and len(item.text) > _LONG and not _LABELLED.match(item.text)]
    if not lines:
        return False
    texts = "\n".join(
        text for item in other.items for text in ([item.text] if isinstance(item, TextLine) else [cell.text for cell in item.cells])
    )
    again = [len(line.text) for line in lines if line.text in texts and (line.text, round(line.box.top)) not in heights]
    return len(again) > 1 or any(length > _VERY_LONG for length in again)


def _marginal(page: PageLayout) -> list[TextLine]:
    return [item for item in page.items if isinstance(item, TextLine) and _in_margin(page, item) and not re.search("[:：]", item.text)]


def _in_margin(page: PageLayout, line: TextLine) -> bool:
    return line.box.bottom < _MARGIN * page.height or line.box.top > (1 - _MARGIN) * page.height


def _running(page: PageLayout, line: TextLine) -> tuple[str, int]:
    from_top = line.box.top < page.height / 2
    distance = line.box.top if from_top else line.box.top - page.height
    return re.sub(r"\d+", "#", line.text), round(distance / _SAME_PLACE)
