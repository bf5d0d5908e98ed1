"""Drawing a flow: where its nodes and bands lie. Coordinates are those of the drawing's view box; money stays exact until here."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from web.dashboard.flow import Flow, Link, Node

_TOP = 36.0
_LEAST = 1.5
_WIDE_GLYPH, _NARROW_GLYPH = 14.0, 7.8


@dataclass(frozen=True)
class Frame:
    """The shape of a drawing. For each level that it shows: where its nodes stand, on which side of them their names stand
    (``end``: to the left), and how much room a name has."""

    width: float
    body: float
    gap: float
    node: float
    places: tuple[tuple[float, str, float], ...]


WIDE = Frame(1000, 300, 26, 12, ((188, "end", 178), (402, "start", 190), (630, "start", 154), (806, "start", 172)))
NARROW = Frame(358, 300, 30, 9, ((0, "start", 130), (150, "start", 120), (349, "end", 110)))


@dataclass(frozen=True)
class Box:
    """A node with its label; ``is_high`` has room for a second line."""

    node: Node
    x: float
    y: float
    width: float
    height: float
    label_x: float
    label_y: float
    anchor: str
    label: str
    is_high: bool


@dataclass(frozen=True)
class Band:
    """A link as a closed path."""

    link: Link
    path: str


@dataclass(frozen=True)
class Drawing:
    """A drawing; ``heads`` are the places of the headings of its levels: (x, anchor)."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    bands: tuple[Band, ...]
    heads: tuple[tuple[float, str], ...]


def draw(flow: Flow, frame: Frame, label: Callable[[Node], str]) -> Drawing:
    """Lay a flow out in a frame; levels that the frame has no place for are left out."""
    levels = [flow.nodes(level) for level in range(len(frame.places))]
    most = max((sum((flow.amount(node) for node in nodes), Decimal(0)) for nodes in levels), default=Decimal(0)) or Decimal(1)
    scale = frame.body / float(most)
    boxes: dict[Node, Box] = {}
    for nodes, (x, anchor, room) in zip(levels, frame.places, strict=True):
        y = _TOP
        for node in nodes:
            height = max(float(flow.amount(node)) * scale, _LEAST)
            label_x = x - 8 if anchor == "end" and x > room else x + (frame.node + 8 if anchor == "start" else 0)
            if anchor == "end" and x <= frame.width - frame.node < x + room:
                label_x = x - 6
            middle = y + height / 2
            high = height >= 36
            beside = 0.0 if high else text_width(f" {flow.amount(node) / 10000:,.2f}")
            words = shorten(label(node), room - beside)
            boxes[node] = Box(node, x, y, frame.node, height, label_x, middle - 3 if high else middle + 5, anchor, words, high)
            y += height + frame.gap
    links = [link for link in flow.links if link.origin in boxes and link.target in boxes]
    bottom = max((box.y + box.height for box in boxes.values()), default=_TOP)
    heads = tuple((x if anchor == "start" else x + (0 if x > frame.width / 2 else frame.node), anchor) for x, anchor, _ in frame.places)
    return Drawing(frame.width, bottom + 14, tuple(boxes.values()), tuple(_bands(links, boxes, scale)), heads)


def _bands(links: Sequence[Link], boxes: dict[Node, Box], scale: float) -> list[Band]:
    """Bands leave and enter each node in the order of the nodes at their other ends, so that they cross little."""
    leave = _offsets(links, boxes, scale, lambda link: (link.origin, boxes[link.target].y))
    enter = _offsets(links, boxes, scale, lambda link: (link.target, boxes[link.origin].y))
    found = []
    for link in links:
        origin, target = boxes[link.origin], boxes[link.target]
        thick = max(float(link.amount) * scale, _LEAST)
        x1, x2 = origin.x + origin.width, target.x
        y1, y2, bend = origin.y + leave[link], target.y + enter[link], (origin.x + origin.width + target.x) / 2
        found.append(
            Band(
                link,
                f"M{x1:.1f} {y1:.1f}C{bend:.1f} {y1:.1f} {bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}v{thick:.1f}"
                f"C{bend:.1f} {y2 + thick:.1f} {bend:.1f} {y1 + thick:.1f} {x1:.1f} {y1 + thick:.1f}z",
            )
        )
    return found


def _offsets(links: Sequence[Link], boxes: dict[Node, Box], scale: float, order: Callable[[Link], tuple[Node, float]]) -> dict[Link, float]:
    used: dict[Node, float] = {}
    found: dict[Link, float] = {}
    for link in sorted(links, key=lambda link: order(link)[1]):
        node = order(link)[0]
        found[link] = used.get(node, 0.0)
        used[node] = found[link] + float(link.amount) * scale
    return found


def text_width(text: str) -> float:
    """About how wide a text of 14 px is; East Asian characters are twice as wide as others."""
    return sum(_WIDE_GLYPH if unicodedata.east_asian_width(sign) in "WF" else _NARROW_GLYPH for sign in text)


def shorten(text: str, room: float) -> str:
    """A text that fits its room, its end given way to … where it must."""
    if text_width(text) <= room:
        return text
    kept = ""
    for sign in text:
        if text_width(kept + sign) + _WIDE_GLYPH > room:
            break
        kept += sign
    return f"{kept.rstrip()}…"
