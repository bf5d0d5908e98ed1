"""A map of links: what stands in one column on the left, what it leads to on the right, a line for every row."""

from dataclasses import dataclass

from web.query.results import Result, Shown

MOST = 60
STEP = 28
LEFT, RIGHT, WIDTH = 300, 460, 760
"""Where the names end and begin, and the whole width, in the units of the drawing."""
_LONGEST = 22


@dataclass(frozen=True)
class Node:
    """A thing with its height on the map; ``short`` is its name cut to the room there is."""

    thing: Shown
    y: int

    @property
    def short(self) -> str:
        return self.thing.text if len(self.thing.text) <= _LONGEST else self.thing.text[: _LONGEST - 1] + "…"


@dataclass(frozen=True)
class LinkMap:
    """``lines`` are (height on the left, height on the right, words); ``left_out`` counts links without room."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    lines: tuple[tuple[int, int, str], ...]
    height: int
    left_out: int


def map_links(result: Result) -> LinkMap | None:
    """The links of a graph, or those between the first two columns of things; ``None`` when there are none."""
    pairs = list(result.links) or _pairs(result)
    if not pairs:
        return None
    left: dict[Shown, int] = {}
    right: dict[Shown, int] = {}
    lines = []
    for source, words, target in pairs[:MOST]:
        begin = left.setdefault(source, (len(left) + 1) * STEP)
        end = right.setdefault(target, (len(right) + 1) * STEP)
        lines.append((begin, end, words))
    height = (max(len(left), len(right)) + 1) * STEP
    return LinkMap(_nodes(left), _nodes(right), tuple(dict.fromkeys(lines)), height, max(0, len(pairs) - MOST))


def _nodes(placed: dict[Shown, int]) -> tuple[Node, ...]:
    return tuple(Node(thing, y) for thing, y in placed.items())


def _pairs(result: Result) -> list[tuple[Shown, str, Shown]]:
    columns = [index for index in range(len(result.columns)) if any((value := row[index]) and value.link for row in result.rows)]
    if len(columns) < 2:
        return []
    first, second = columns[:2]
    heading = result.columns[second].heading
    pairs = ((row[first], row[second]) for row in result.rows)
    return [(source, heading, target) for source, target in pairs if source is not None and target is not None]
