"""One page as pdfium gives it: glyphs and ruled lines, in one frame of coordinates.

The frame is the page as it is shown (``/Rotate`` applied), in points from the top left corner. A page whose text stands
sideways there is turned upright for reading; :meth:`Frame.shown` leads back. Contents of form XObjects have coordinates of
their own, so their matrices are composed on the way down.
"""

import ctypes
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kg.document import Box

MAX_OBJECTS = 60_000
MAX_SEGMENTS = 200_000
MAX_GLYPHS = 100_000
_MAX_FORM_DEPTH = 8
_THIN = 3.5
_CLIP_SLACK = 2.0
_ANGLE_SAMPLES = 24
_HYPHENS = (0x02, 0xFFFE)
_SPACES = frozenset({0x20, 0xA0, 0x3000})
_IGNORED = frozenset({*range(0x00, 0x20), 0x7F, 0x200B, 0xFEFF, 0xFFFF} - set(_HYPHENS))

Matrix = tuple[float, float, float, float, float, float]
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


@dataclass(frozen=True)
class Rule:
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


def read_page(page: pdfium.PdfPage, number: int) -> PageMarks:
    """Read one page. Raises :class:`TooMuch` beyond the limits."""
    textpage = page.get_textpage()
    try:
        frame = _frame(page, textpage)
        glyphs = tuple(_glyphs(textpage, frame))
        horizontal, vertical = _Rules(frame).read(page)
        return PageMarks(number, frame, glyphs, horizontal, vertical)
    finally:
        textpage.close()


def hidden_glyphs(page: pdfium.PdfPage, marks: PageMarks) -> frozenset[int]:
    """The indexes of glyphs that the page clips away: a cell over two pages may carry its whole text on both."""
    textpage = page.get_textpage()
    try:
        hidden = set()
        clips: dict[int, Rectangle | None] = {}
        for glyph in marks.glyphs:
            item = raw.FPDFText_GetTextObject(textpage.raw, glyph.order)
            if not item:
                continue
            key = ctypes.cast(item, ctypes.c_void_p).value or 0
            if key not in clips:
                clips[key] = _clip(item, marks.frame)
            clip = clips[key]
            if clip is not None and not (
                clip[0] - _CLIP_SLACK <= glyph.x <= clip[2] + _CLIP_SLACK and clip[1] - _CLIP_SLACK <= glyph.y <= clip[3] + _CLIP_SLACK
            ):
                hidden.add(glyph.order)
        return frozenset(hidden)
    finally:
        textpage.close()


def _clip(item: Any, frame: Frame) -> Rectangle | None:
    """The rectangle that all clip paths of an object leave, in the frame; ``None`` where nothing clips it."""
    path = raw.FPDFPageObj_GetClipPath(item)
    left, top, right, bottom = -math.inf, -math.inf, math.inf, math.inf
    x, y = ctypes.c_float(), ctypes.c_float()
    for order in range(min(raw.FPDFClipPath_CountPaths(path), 64)):
        xs, ys = [], []
        count = min(raw.FPDFClipPath_CountPathSegments(path, order), 64)
        for at in range(count):
            raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(path, order, at), x, y)
            xs.append(x.value)
            ys.append(y.value)
            if at == 2 and count <= 5 and xs[0] != xs[2] and ys[0] != ys[2] and (xs[1], ys[1]) in ((xs[0], ys[2]), (xs[2], ys[0])):
                break  # a rectangle: its opposite corners are known
        if xs:
            one = frame.box(min(xs), min(ys), max(xs), max(ys))
            left, top, right, bottom = max(left, one[0]), max(top, one[1]), min(right, one[2]), min(bottom, one[3])
    return (left, top, right, bottom) if left > -math.inf else None


def _frame(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> Frame:
    left, bottom, right, top = _visible(page)
    shown = (page.get_rotation() // 90) % 4
    count = textpage.count_chars()
    if count > MAX_GLYPHS:
        raise TooMuch("characters on a page", MAX_GLYPHS)
    votes: Counter[int] = Counter()
    for index in range(0, count, max(1, count // _ANGLE_SAMPLES)):
        if raw.FPDFText_GetUnicode(textpage.raw, index) not in _IGNORED | _SPACES:
            angle = raw.FPDFText_GetCharAngle(textpage.raw, index)
            if angle >= 0:
                votes[-round(angle / (math.pi / 2)) % 4] += 1
    upright = votes.most_common(1)[0][0] if votes else shown
    return Frame(left, bottom, right, top, upright, shown)


def _visible(page: pdfium.PdfPage) -> Rectangle:
    """The crop box inside the media box."""
    media = page.get_mediabox()
    crop = page.get_cropbox()
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if right > left and top > bottom else media


def _glyphs(textpage: pdfium.PdfTextPage, frame: Frame) -> Iterator[Glyph]:
    count = textpage.count_chars()
    width, height = frame.size()
    handle, rectangle = textpage.raw, raw.FS_RECTF()
    unicode, loose = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    upright, across, up = frame.turns == 0, frame.left, frame.top
    lead = 0
    for index in range(count):
        code = unicode(handle, index)
        if code in _IGNORED:
            continue
        if 0xD800 <= code < 0xDC00:
            lead = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((lead - 0xD800) << 10) + (code - 0xDC00) if lead else 0xFFFD
            lead = 0
        if not loose(handle, index, rectangle):
            continue
        if upright:  # what frame.box does, without a call for each of thousands of characters
            left, top, right, bottom = rectangle.left - across, up - rectangle.top, rectangle.right - across, up - rectangle.bottom
        else:
            left, top, right, bottom = frame.box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        x, y = (left + right) / 2, (top + bottom) / 2
        if -1 <= x <= width + 1 and -1 <= y <= height + 1:
            if code not in _SPACES:
                yield Glyph(left, top, right, bottom, x, y, "-" if code in _HYPHENS else chr(code), index)
            elif right > left:  # one that the page has; those that pdfium adds of its own have no width
                yield Glyph(left, top, right, bottom, x, y, " ", index)


class _Rules:
    """Collects the ruled lines of a page: thin filled shapes, stroked lines, the edges of stroked boxes."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._horizontal: list[Rule] = []
        self._vertical: list[Rule] = []
        self._objects = 0
        self._segments = 0
        self._bounds = tuple(ctypes.c_float() for _ in range(4))
        self._x, self._y = ctypes.c_float(), ctypes.c_float()

    def read(self, page: pdfium.PdfPage) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        count = raw.FPDFPage_CountObjects(page.raw)
        self._walk(count, partial(raw.FPDFPage_GetObject, page.raw), None, 0)
        return tuple(self._horizontal), tuple(self._vertical)

    def _walk(self, count: int, get: Callable[[int], Any], matrix: Matrix | None, depth: int) -> None:
        self._objects += count
        if self._objects > MAX_OBJECTS:
            raise TooMuch("objects on a page", MAX_OBJECTS)
        for index in range(count):
            item = get(index)
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(item, matrix)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
                own = _matrix_of(item)
                inner = own if matrix is None else _product(own, matrix)
                self._walk(raw.FPDFFormObj_CountObjects(item), partial(raw.FPDFFormObj_GetObject, item), inner, depth + 1)

    def _path(self, item: Any, matrix: Matrix | None) -> None:
        left, bottom, right, top = self._bounds
        if not raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            return
        corners = (left.value, bottom.value, right.value, top.value)
        if matrix is not None:
            corners = _moved(corners, matrix)
        box = self._frame.box(*corners)
        if box[2] - box[0] < _THIN and box[3] - box[1] < _THIN:
            return
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item, fill, stroke)
        if not fill.value and not stroke.value:
            return
        if not self._thin(box):
            self._shapes(item, matrix, bool(stroke.value))

    def _thin(self, box: Rectangle) -> bool:
        left, top, right, bottom = box
        if right - left <= _THIN < bottom - top:
            self._vertical.append(Rule((left + right) / 2, top, bottom))
        elif bottom - top <= _THIN < right - left:
            self._horizontal.append(Rule((top + bottom) / 2, left, right))
        else:
            return False
        return True

    def _shapes(self, item: Any, matrix: Matrix | None, stroked: bool) -> None:
        """The parts of a path: a thin part is a line whether filled or stroked, the edges of others count if stroked."""
        count = raw.FPDFPath_CountSegments(item)
        self._segments += count
        if self._segments > MAX_SEGMENTS:
            raise TooMuch("path segments on a page", MAX_SEGMENTS)
        own = _matrix_of(item)
        whole = own if matrix is None else _product(own, matrix)
        points: list[tuple[float, float]] = []
        for index in range(count):
            segment = raw.FPDFPath_GetPathSegment(item, index)
            raw.FPDFPathSegment_GetPoint(segment, self._x, self._y)
            x, y = _point(self._x.value, self._y.value, whole)
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
                self._shape(points, stroked)
                points = []
            points.append((x, y))
            if raw.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        self._shape(points, stroked)

    def _shape(self, points: list[tuple[float, float]], stroked: bool) -> None:
        if len(points) < 2:
            return
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if self._thin(self._frame.box(min(xs), min(ys), max(xs), max(ys))) or not stroked:
            return
        for (x, y), (to_x, to_y) in pairwise(points):
            self._thin(self._frame.box(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)))


def _matrix_of(item: Any) -> Matrix:
    found = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _point(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    return matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]


def _moved(corners: Rectangle, matrix: Matrix) -> Rectangle:
    moved = [_point(x, y, matrix) for x in (corners[0], corners[2]) for y in (corners[1], corners[3])]
    xs, ys = [x for x, _ in moved], [y for _, y in moved]
    return min(xs), min(ys), max(xs), max(ys)
