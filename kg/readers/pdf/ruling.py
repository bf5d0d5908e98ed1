"""The ruled lines of a page: thin filled shapes, stroked lines, the edges of stroked boxes.

Contents of form XObjects have coordinates of their own, so their matrices are composed on the way down.
"""

from collections.abc import Sequence
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kg.readers.pdf import bulk
from kg.readers.pdf.marks import Frame, Rectangle, Rule, TooMuch

MAX_OBJECTS = 60_000
MAX_SEGMENTS = 200_000
_MAX_FORM_DEPTH = 8
_THIN = 3.5

Matrix = tuple[float, float, float, float, float, float]


def read_rules(page: pdfium.PdfPage, frame: Frame) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The horizontal and the vertical lines of a page. Raises :class:`TooMuch` beyond the limits."""
    rules = _Rules(frame)
    count = raw.FPDFPage_CountObjects(page.raw)
    rules.count(count)
    rules.walk(bulk.objects(page.raw, count), None, 0)
    return tuple(rules.horizontal), tuple(rules.vertical)


class _Rules:
    """Collects the lines."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self.horizontal: list[Rule] = []
        self.vertical: list[Rule] = []
        self._objects = 0
        self._segments = 0

    def count(self, objects: int) -> None:
        self._objects += objects
        if self._objects > MAX_OBJECTS:
            raise TooMuch("objects on a page", MAX_OBJECTS)

    def walk(self, items: Sequence[int], matrix: Matrix | None, depth: int) -> None:
        kinds = bulk.kinds(items)
        paths = [item for item, kind in zip(items, kinds, strict=True) if kind == raw.FPDF_PAGEOBJ_PATH]
        for path, left, bottom, right, top, stroked in bulk.drawn_paths(paths):
            corners = (left, bottom, right, top) if matrix is None else _moved((left, bottom, right, top), matrix)
            box = self._frame.box(*corners)
            small = box[2] - box[0] < _THIN and box[3] - box[1] < _THIN
            if not small and not self._thin(box):
                self._shapes(path, matrix, bool(stroked))
        if depth < _MAX_FORM_DEPTH and raw.FPDF_PAGEOBJ_FORM in kinds:
            for item, kind in zip(items, kinds, strict=True):
                if kind == raw.FPDF_PAGEOBJ_FORM:
                    self._form(item, matrix, depth)

    def _form(self, item: int, matrix: Matrix | None, depth: int) -> None:
        form = bulk.handle(item)
        own = _matrix_of(item)
        count = raw.FPDFFormObj_CountObjects(form)
        self.count(count)
        self.walk(bulk.form_objects(item, count), own if matrix is None else _product(own, matrix), depth + 1)

    def _thin(self, box: Rectangle) -> bool:
        left, top, right, bottom = box
        if right - left <= _THIN < bottom - top:
            self.vertical.append(Rule((left + right) / 2, top, bottom))
        elif bottom - top <= _THIN < right - left:
            self.horizontal.append(Rule((top + bottom) / 2, left, right))
        else:
            return False
        return True

    def _shapes(self, item: int, matrix: Matrix | None, stroked: bool) -> None:
        """The parts of a path: a thin part is a line whether filled or stroked, the edges of others count if stroked."""
        count = raw.FPDFPath_CountSegments(bulk.handle(item))
        self._segments += count
        if self._segments > MAX_SEGMENTS:
            raise TooMuch("path segments on a page", MAX_SEGMENTS)
        if not count:
            return
        (own_xs, own_ys), kinds, closing = bulk.segments(item, count)
        own = _matrix_of(item)
        a, b, c, d, e, f = own if matrix is None else _product(own, matrix)
        xs, ys = self._frame.points(
            [a * x + c * y + e for x, y in zip(own_xs, own_ys, strict=True)],
            [b * x + d * y + f for x, y in zip(own_xs, own_ys, strict=True)],
        )
        starts = [index for index, kind in enumerate(kinds) if kind == raw.FPDF_SEGMENT_MOVETO and index]
        for start, end in pairwise([0, *starts, count]):
            self._shape(xs[start:end], ys[start:end], closing[start:end], stroked)

    def _shape(self, xs: Sequence[float], ys: Sequence[float], closing: Sequence[int], stroked: bool) -> None:
        if len(xs) < 2 or self._thin((min(xs), min(ys), max(xs), max(ys))) or not stroked:
            return
        points: list[tuple[float, float]] = []
        for x, y, closes in zip(xs, ys, closing, strict=True):
            points.append((x, y))
            if closes:
                points.append(points[0])
        for (x, y), (to_x, to_y) in pairwise(points):  # what _thin does, without a call for each side of each cell
            if -_THIN <= x - to_x <= _THIN:
                if not -_THIN <= y - to_y <= _THIN:
                    self.vertical.append(Rule((x + to_x) / 2, *((y, to_y) if y < to_y else (to_y, y))))
            elif -_THIN <= y - to_y <= _THIN:
                self.horizontal.append(Rule((y + to_y) / 2, *((x, to_x) if x < to_x else (to_x, x))))


def _matrix_of(item: int) -> Matrix:
    found = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(bulk.handle(item), found)
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
