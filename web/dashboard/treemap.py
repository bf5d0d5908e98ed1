"""Drawing a whole as an area: squarified rectangles, as in Bruls, Huizing and van Wijk (2000)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from web.dashboard.money import Money
from web.dashboard.sankey import shorten, text_width

_HEADING = 22.0
_SMALLEST = 420.0
"""The area in square pixels below which the parts of a class are drawn together."""


@dataclass(frozen=True)
class Part:
    """A leaf, or with ``count`` above 1 the small leaves of a class together (``cell`` is empty then)."""

    code: str
    label: str
    amount: Decimal
    is_project: bool
    cell: str = ""
    count: int = 1


@dataclass(frozen=True)
class Group:
    """A class with its leaves."""

    code: str
    parts: tuple[Part, ...]

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal(0))


@dataclass(frozen=True)
class Area:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Tile:
    """A drawn part: its lines of text are those that fit."""

    part: Part
    area: Area
    name: str
    has_amount: bool


@dataclass(frozen=True)
class Block:
    """A drawn class: ``name_room`` is the room of its heading, 0 where it has none; ``tint`` is 1, 2 or 3."""

    group: Group
    area: Area
    tiles: tuple[Tile, ...]
    name_room: float
    tint: int


def groups_of(money: Sequence[Money], within: str) -> list[Group]:
    """The leaves of the expenditure table by class, the largest first; of one class only where ``within`` is its code."""
    held: dict[str, list[Part]] = {}
    for entry in money:
        if entry.kind == "expenditure" and entry.is_leaf and entry.amount > 0 and entry.class_code and entry.key.startswith(within):
            part = Part(entry.key, entry.label, entry.amount, entry.column == "project", entry.cell)
            held.setdefault(entry.class_code, []).append(part)
    groups = [Group(code, tuple(sorted(parts, key=lambda part: -part.amount))) for code, parts in held.items()]
    return sorted(groups, key=lambda group: (-group.amount, group.code))


def draw_tree(groups: Sequence[Group], width: float, height: float) -> list[Block]:
    """Lay the groups out in a rectangle."""
    whole = sum((group.amount for group in groups), Decimal(0))
    if not whole:
        return []
    per_area = float(whole) / (width * height)
    blocks = []
    areas = squarify([group.amount for group in groups], Area(0, 0, width, height))
    for index, (group, area) in enumerate(zip(groups, areas, strict=True)):
        has_name = area.height > 2.5 * _HEADING and area.width > 40
        head = _HEADING if has_name else 0.0
        inner = Area(area.x, area.y + head, area.width, area.height - head)
        parts = _with_others(group.parts, per_area)
        tiles = (_tile(part, place) for part, place in zip(parts, squarify([part.amount for part in parts], inner), strict=True))
        blocks.append(Block(group, area, tuple(tiles), area.width - 4 if has_name else 0.0, min(index, 2) + 1))
    return blocks


def _with_others(parts: Sequence[Part], per_area: float) -> list[Part]:
    small = [part for part in parts if float(part.amount) / per_area < _SMALLEST]
    if len(small) < 2:
        return list(parts)
    amount = sum((part.amount for part in small), Decimal(0))
    others = Part(small[0].code[:3], "", amount, all(part.is_project for part in small), count=len(small))
    return [*(part for part in parts if part not in small), others]


def _tile(part: Part, area: Area) -> Tile:
    has_name = area.width > 50 and area.height > 26
    amount_room = area.height > (46 if has_name else 22) and area.width > text_width(f"{part.amount / 10000:,.2f}") + 10
    return Tile(part, area, shorten(part.label, area.width - 14) if has_name else "", amount_room)


def squarify(amounts: Sequence[Decimal], area: Area) -> list[Area]:
    """One rectangle for each amount (all positive, the largest first), as near to squares as rows allow."""
    whole = float(sum(amounts, Decimal(0)))
    sizes = [float(amount) / whole * area.width * area.height for amount in amounts]
    found: list[Area] = []
    left, rest = 0, area
    while left < len(sizes):
        short = min(rest.width, rest.height)
        end = left + 1
        while end < len(sizes) and _worst(sizes[left : end + 1], short) <= _worst(sizes[left:end], short):
            end += 1
        row, rest = _row(sizes[left:end], rest)
        found += row
        left = end
    return found


def _worst(sizes: Sequence[float], short: float) -> float:
    """The worst ratio of sides in a row along the short side."""
    together = sum(sizes)
    if together <= 0 or short <= 0:
        return float("inf")
    return max(short**2 * max(sizes) / together**2, together**2 / (short**2 * min(sizes)))


def _row(sizes: Sequence[float], area: Area) -> tuple[list[Area], Area]:
    """The rectangles of a row, and what is left beside it."""
    together = sum(sizes)
    found = []
    if area.width >= area.height:
        thick, y = together / area.height if area.height else 0.0, area.y
        for size in sizes:
            length = size / thick if thick else 0.0
            found.append(Area(area.x, y, thick, length))
            y += length
        return found, Area(area.x + thick, area.y, max(area.width - thick, 0.0), area.height)
    thick, x = together / area.width if area.width else 0.0, area.x
    for size in sizes:
        length = size / thick if thick else 0.0
        found.append(Area(x, area.y, length, thick))
        x += length
    return found, Area(area.x, area.y + thick, area.width, max(area.height - thick, 0.0))
