"""Ruled lines and glyphs to tables: cells with their spans, boxes and glyphs.

Lines that touch form a lattice; its lines' positions are the edges of rows and columns, and where no line divides two
neighbours they are one merged cell. A side that a publisher leaves open (no outer line) is closed where the other lines end.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum
from operator import itemgetter
from typing import NamedTuple

from kg.document import Box
from kg.readers.pdf.marks import ORDER, Glyph, Rule, TooMuch, X, Y

_SNAP = 1.5
_GAP = 2.5
_SHORTEST = 6.0
_OPEN_SIDE = 6.0
_MAX_PAIRS = 6_000_000
_AT = itemgetter(0)
_START = itemgetter(1)


class RuledCell(NamedTuple):
    """A cell of a lattice, merged or not, with the glyphs inside."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True)
class Lattice:
    """A table as its lines draw it. ``columns`` are the edges from left to right, one more than there are columns."""

    box: Box
    columns: tuple[float, ...]
    rows: tuple[float, ...]
    cells: tuple[RuledCell, ...]


def lattices(horizontal: Sequence[Rule], vertical: Sequence[Rule], glyphs: Sequence[Glyph]) -> tuple[Lattice, ...]:
    """The tables of a page from top to bottom; a glyph belongs to the smallest one around it."""
    rows = [rule for rule in _merged(horizontal) if rule.end - rule.start > _SHORTEST]
    columns = [rule for rule in _merged(vertical) if rule.end - rule.start > _SHORTEST / 2]
    if len(rows) * len(columns) > _MAX_PAIRS:
        raise TooMuch("crossings of ruled lines on a page", _MAX_PAIRS)
    meshes = [mesh for part in _components(rows, columns) if (mesh := _Mesh.of(*part)) is not None]
    meshes.sort(key=lambda mesh: mesh.area)
    waiting: Sequence[Glyph] = glyphs
    found = []
    for mesh in meshes:
        inside = mesh.held(waiting)
        if inside and len(meshes) > 1:
            taken = {glyph[ORDER] for glyph in inside}
            waiting = [glyph for glyph in waiting if glyph[ORDER] not in taken]
        found.append(mesh.lattice(inside))
    return tuple(sorted(found, key=lambda lattice: (lattice.box.top, lattice.box.left)))


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Rules at one position joined where they overlap or nearly touch."""
    merged: list[Rule] = []
    for group in _near(sorted(rules, key=_AT)) if rules else ():
        at = fsum([at for at, _, _ in group]) / len(group)
        group.sort(key=_START)
        _, start, end = group[0]
        for _, next_start, next_end in group:
            if next_start > end + _GAP:
                merged.append(Rule(at, start, end))
                start, end = next_start, next_end
            elif next_end > end:
                end = next_end
        merged.append(Rule(at, start, end))
    return merged


def _near(rules: Sequence[Rule]) -> Iterable[list[Rule]]:
    ends = [index for index, (before, rule) in enumerate(pairwise(rules), start=1) if rule[0] - before[0] > _SNAP]
    for start, end in pairwise([0, *ends, len(rules)]):
        yield list(rules[start:end])


def _components(rows: Sequence[Rule], columns: Sequence[Rule]) -> Iterable[tuple[list[Rule], list[Rule]]]:
    parts = _Sets(len(rows) + len(columns))
    for at, row in enumerate(rows):
        for order, column in enumerate(columns, start=len(rows)):
            if row.start - _GAP <= column.at <= row.end + _GAP and column.start - _GAP <= row.at <= column.end + _GAP:
                parts.join(at, order)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for at, row in enumerate(rows):
        groups[parts.root(at)][0].append(row)
    for order, column in enumerate(columns, start=len(rows)):
        groups[parts.root(order)][1].append(column)
    return groups.values()


class _Sets:
    """Disjoint sets of numbers; the least member is the root."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, member: int) -> int:
        parent = self._parent
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    def join(self, one: int, other: int) -> None:
        first, second = self.root(one), self.root(other)
        self._parent[max(first, second)] = min(first, second)


@dataclass
class _Mesh:
    """Edges of rows and columns, and which pieces of them are drawn."""

    ys: list[float]
    xs: list[float]
    drawn_rows: list[list[bool]] = field(default_factory=list)
    drawn_columns: list[list[bool]] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Sequence[Rule], columns: Sequence[Rule]) -> "_Mesh | None":
        """The mesh of connected rules; ``None`` when they enclose nothing."""
        if len(rows) < 2 or not columns:
            return None
        rows, columns = _closed(rows, columns)
        ys, xs = _snapped(rule.at for rule in rows), _snapped(rule.at for rule in columns)
        if len(ys) < 2 or len(xs) < 2:
            return None
        mesh = cls(ys, xs)
        mesh.drawn_rows = _drawn(rows, ys, xs)
        mesh.drawn_columns = _drawn(columns, xs, ys)
        return mesh

    @property
    def area(self) -> float:
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])

    def held(self, glyphs: Iterable[Glyph]) -> list[Glyph]:
        left, top, right, bottom = self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]
        return [glyph for glyph in glyphs if left <= glyph[X] <= right and top <= glyph[Y] <= bottom]

    def lattice(self, glyphs: Sequence[Glyph]) -> Lattice:
        height, width = len(self.ys) - 1, len(self.xs) - 1
        merged = _Sets(height * width)
        for row in range(height):
            for column in range(width):
                at = row * width + column
                if column + 1 < width and not self.drawn_columns[column + 1][row]:
                    merged.join(at, at + 1)
                if row + 1 < height and not self.drawn_rows[row + 1][column]:
                    merged.join(at, at + width)
        roots = [merged.root(at) for at in range(height * width)]
        inside: dict[int, list[Glyph]] = defaultdict(list)
        inner_xs, inner_ys = self.xs[1:-1], self.ys[1:-1]
        for glyph in glyphs:
            inside[roots[bisect_right(inner_ys, glyph[Y]) * width + bisect_right(inner_xs, glyph[X])]].append(glyph)
        members: dict[int, list[int]] = defaultdict(list)
        for at, root in enumerate(roots):
            members[root].append(at)
        cells = []
        for root, places in members.items():
            row, column = divmod(places[0], width)
            last_row, last_column = divmod(places[-1], width)
            if len(places) > 1:  # a merged cell need not be a rectangle
                sides = [at % width for at in places]
                column, last_column = min(sides), max(sides)
            box = Box(self.xs[column], self.ys[row], self.xs[last_column + 1], self.ys[last_row + 1])
            cells.append(RuledCell(row, column, last_row - row + 1, last_column - column + 1, box, tuple(inside.get(root, ()))))
        return Lattice(Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]), tuple(self.xs), tuple(self.ys), tuple(cells))


def _snapped(positions: Iterable[float]) -> list[float]:
    groups: list[list[float]] = []
    for position in sorted(positions):
        if groups and position - groups[-1][-1] <= _SNAP:
            groups[-1].append(position)
        else:
            groups.append([position])
    return [fsum(group) / len(group) for group in groups]


def _drawn(rules: Sequence[Rule], own: Sequence[float], across: Sequence[float]) -> list[list[bool]]:
    """For each edge, for each interval of the other axis, whether a rule covers its middle."""
    drawn = [[False] * (len(across) - 1) for _ in own]
    middles = [(first + second) / 2 for first, second in pairwise(across)]
    for rule in rules:
        at = min(range(len(own)), key=lambda index: abs(own[index] - rule.at))
        for index in range(bisect_right(middles, rule.start - _GAP), len(middles)):
            if middles[index] > rule.end + _GAP:
                break
            drawn[at][index] = True
    return drawn


def _closed(rows: Sequence[Rule], columns: Sequence[Rule]) -> tuple[list[Rule], list[Rule]]:
    """The rules with a line added along each side where most of the others run on to one common end without one."""
    closed_rows, closed_columns = list(rows), list(columns)
    top, bottom = min(rule.at for rule in rows), max(rule.at for rule in rows)
    left, right = min(rule.at for rule in columns), max(rule.at for rule in columns)
    start, end = min(rule.start for rule in rows), max(rule.end for rule in rows)
    if left - start > _OPEN_SIDE and _common([rule.start for rule in rows], start):
        closed_columns.append(Rule(start, top, bottom))
        left = start
    if end - right > _OPEN_SIDE and _common([rule.end for rule in rows], end):
        closed_columns.append(Rule(end, top, bottom))
        right = end
    start, end = min(rule.start for rule in columns), max(rule.end for rule in columns)
    if top - start > _OPEN_SIDE and _common([rule.start for rule in columns], start):
        closed_rows.append(Rule(start, left, right))
    if end - bottom > _OPEN_SIDE and _common([rule.end for rule in columns], end):
        closed_rows.append(Rule(end, left, right))
    return closed_rows, closed_columns


def _common(ends: Sequence[float], outermost: float) -> bool:
    return 2 * sum(abs(end - outermost) <= _GAP for end in ends) > len(ends)
