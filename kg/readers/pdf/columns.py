"""Prose in two columns: which lines of a page stand beside each other, and in which order they are read.

Lines of one height are one line until here. A run of lines is prose in columns where a strip in the middle of the page stays free of
characters all the way down, and what stands left of it fills its column and is words: rows of figures without ruled lines leave
free strips as well, and are read across.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from kg.readers.pdf.marks import BOTTOM, RIGHT, TEXT, TOP, Glyph, X

_MIDDLE = (0.3, 0.7)
_MIN_LINES = 5
_MIN_CHARACTERS = 10
_MOST_DIGITS = 0.2
_FULL = 3.0
_MOST_ROOM = 2.0


@dataclass(frozen=True)
class OrderedLine:
    """A line; one of columns is read at the height ``top``, where they begin, by its ``rank``. Others at their own height."""

    glyphs: list[Glyph]
    top: float | None = None
    rank: int = 0


@dataclass(frozen=True)
class _Run:
    """Lines from ``first`` to before ``last`` that leave the strip from ``left`` to ``right`` free."""

    first: int
    last: int
    left: float
    right: float


def in_reading_order(lines: Sequence[list[Glyph]], width: float) -> list[OrderedLine]:
    """The lines of a page of that width, those of columns divided: the left column, then the right one."""
    ordered: list[OrderedLine] = []
    at = 0
    for run in _runs(lines, width):
        divided = [_divided(line, run) for line in lines[run.first : run.last]]
        left, right = [one for one, _ in divided if one], [other for _, other in divided if other]
        if not _is_prose(left, right, run):
            continue
        ordered += map(OrderedLine, lines[at : run.first])
        top = min(glyph[TOP] for glyph in lines[run.first])
        ordered += [OrderedLine(line, top, rank) for rank, line in enumerate([*left, *right])]
        at = run.last
    return [*ordered, *map(OrderedLine, lines[at:])]


def _runs(lines: Sequence[list[Glyph]], width: float) -> Iterator[_Run]:
    middle = (width * _MIDDLE[0], width * _MIDDLE[1])
    first, strip = 0, middle
    for at, line in enumerate(lines):
        free = _free(line, *strip)
        if free is None or (at > first and _is_apart(lines[at - 1], line)):
            if at - first >= _MIN_LINES:
                yield _Run(first, at, *strip)
            free = _free(line, *middle) if strip != middle else free
            first = at if free is not None else at + 1
        strip = free or middle
    if len(lines) - first >= _MIN_LINES:
        yield _Run(first, len(lines), *strip)


def _is_apart(before: Sequence[Glyph], line: Sequence[Glyph]) -> bool:
    """Whether more room is between two lines than between those of a column."""
    return line[0][TOP] - before[0][BOTTOM] > _MOST_ROOM * (line[0][BOTTOM] - line[0][TOP])


def _free(line: Sequence[Glyph], left: float, right: float) -> tuple[float, float] | None:
    """The widest strip between ``left`` and ``right`` that a line leaves free; ``None`` if it is narrower than a character."""
    at, best = left, (left, left)
    for index in range(max(0, bisect_left(line, (left,)) - 1), len(line)):
        start, _, end, _, _, _, text, _ = line[index]
        if start >= right:
            break
        if text != " ":
            if start - at > best[1] - best[0]:
                best = (at, start)
            at = max(at, end)
    if right - at > best[1] - best[0]:
        best = (at, right)
    return best if best[1] - best[0] >= line[0][BOTTOM] - line[0][TOP] else None


def _divided(line: Sequence[Glyph], run: _Run) -> tuple[list[Glyph], list[Glyph]]:
    middle = (run.left + run.right) / 2
    left, right = [glyph for glyph in line if glyph[X] < middle], [glyph for glyph in line if glyph[X] >= middle]
    return (left if _has_words(left) else []), (right if _has_words(right) else [])


def _has_words(glyphs: Sequence[Glyph]) -> bool:
    return any(glyph[TEXT] != " " for glyph in glyphs)


def _is_prose(left: Sequence[list[Glyph]], right: Sequence[list[Glyph]], run: _Run) -> bool:
    if min(len(left), len(right)) < _MIN_LINES:
        return False
    for side in (left, right):
        if fmean(map(len, side)) < _MIN_CHARACTERS:
            return False
    glyphs = [glyph for line in (*left, *right) for glyph in line]
    if sum(glyph[TEXT].isdigit() for glyph in glyphs) > _MOST_DIGITS * len(glyphs):
        return False
    size = median(glyph[BOTTOM] - glyph[TOP] for glyph in glyphs)
    return run.left - median(line[-1][RIGHT] for line in left) < _FULL * size
