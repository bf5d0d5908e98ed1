"""What is read of a page: glyphs and ruled lines, in one frame of coordinates.

The frame is the page as it is shown (``/Rotate`` applied), in points from the top left corner. A page whose text stands
sideways there is turned upright for reading; :meth:`Frame.shown` leads back.
"""

from dataclasses import dataclass
from typing import NamedTuple

from kg.document import Box

Rectangle = tuple[float, float, float, float]


class TooMuch(Exception):
    """A page beyond the limits; ``args`` hold what there is too much of and the limit."""


class Glyph(NamedTuple):
    """A character with its box and its middle in the frame; ``order`` is pdfium's number of it. A tuple: pages have thousands."""

    left: float
    top: float
    right: float
    bottom: float
    x: float
    y: float
    text: str
    order: int


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

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of page space in the frame: from the left, from the top."""
        if self.turns == 0:
            return x - self.left, self.top - y
        left, top, _, _ = self._turned(x, y, x, y, self.turns)
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
