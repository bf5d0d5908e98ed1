"""What is read of a page: glyphs and ruled lines, in one frame of coordinates.

The frame is the page as it is shown (``/Rotate`` applied), in points from the top left corner. A page whose text stands
sideways there is turned upright for reading; :meth:`Frame.shown` leads back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from kg.document import Box

Rectangle = tuple[float, float, float, float]
Numbers = Sequence[float]


class TooMuch(Exception):
    """A page beyond the limits; ``args`` hold what there is too much of and the limit."""


Glyph = tuple[float, float, float, float, float, float, str, int]
"""A character in the frame: its box (left, top, right, bottom), its middle (across, down), its text, pdfium's number of it.

Pages have thousands: a bare tuple is made, unpacked and compared in a third of the time that one with names takes.
"""
LEFT: Final = 0
TOP: Final = 1
RIGHT: Final = 2
BOTTOM: Final = 3
X: Final = 4
Y: Final = 5
TEXT: Final = 6
ORDER: Final = 7


class Rule(NamedTuple):
    """A straight line: at ``at`` across the other axis, from ``start`` to ``end`` along its own."""

    at: float
    start: float
    end: float


@dataclass(frozen=True)
class Frame:
    """How page space becomes the frame: the visible box of the page, and quarter turns clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int
    shown_turns: int

    def box(self, left: float, bottom: float, right: float, top: float) -> Rectangle:
        """A rectangle of page space (y upwards) in the frame: left, top, right, bottom."""
        if self.turns == 0:
            return left - self.left, self.top - top, right - self.left, self.top - bottom
        return self._turned(left, bottom, right, top, self.turns)

    def boxes(self, lefts: Numbers, bottoms: Numbers, rights: Numbers, tops: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """What :meth:`box` does, for thousands of rectangles at once: their lefts, tops, rights, bottoms."""
        if self.turns == 0:
            return _beyond(lefts, self.left), _before(tops, self.top), _beyond(rights, self.left), _before(bottoms, self.top)
        if self.turns == 1:
            return _beyond(bottoms, self.bottom), _beyond(lefts, self.left), _beyond(tops, self.bottom), _beyond(rights, self.left)
        if self.turns == 2:
            return _before(rights, self.right), _beyond(bottoms, self.bottom), _before(lefts, self.right), _beyond(tops, self.bottom)
        return _before(tops, self.top), _before(rights, self.right), _before(bottoms, self.top), _before(lefts, self.right)

    def points(self, xs: Numbers, ys: Numbers) -> tuple[Numbers, Numbers]:
        """Points of page space in the frame: from the left, from the top."""
        left, top, _, _ = self.boxes(xs, ys, xs, ys)
        return left, top

    def _turned(self, left: float, bottom: float, right: float, top: float, turns: int) -> Rectangle:
        if turns == 0:
            return left - self.left, self.top - top, right - self.left, self.top - bottom
        if turns == 1:
            return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        if turns == 2:
            return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        return self.top - top, self.right - right, self.top - bottom, self.right - left

    def size(self) -> tuple[float, float]:
        """Width and height of the frame."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turns % 2 else (width, height)

    def shown(self, box: Box) -> Box:
        """A box of the frame on the page as it is shown."""
        if self.turns == self.shown_turns:
            return box
        if self.turns == 0:
            left, bottom, right, top = box.left + self.left, self.top - box.bottom, box.right + self.left, self.top - box.top
        elif self.turns == 1:
            left, bottom, right, top = box.top + self.left, box.left + self.bottom, box.bottom + self.left, box.right + self.bottom
        elif self.turns == 2:
            left, bottom, right, top = self.right - box.right, box.top + self.bottom, self.right - box.left, box.bottom + self.bottom
        else:
            left, bottom, right, top = self.right - box.bottom, self.top - box.right, self.right - box.top, self.top - box.left
        return Box(*self._turned(left, bottom, right, top, self.shown_turns))


@dataclass(frozen=True)
class PageMarks:
    """What stands on a page: glyphs in the file's order, horizontal and vertical rules."""

    number: int
    frame: Frame
    glyphs: tuple[Glyph, ...]
    horizontal: tuple[Rule, ...]
    vertical: tuple[Rule, ...]


def _beyond(values: Numbers, edge: float) -> Numbers:
    return [value - edge for value in values] if edge else values


def _before(values: Numbers, edge: float) -> Numbers:
    return [edge - value for value in values]
