"""pdfium asked about thousands of characters and objects at once.

A page has hundreds of characters and objects, and what pdfium tells of one is told in a fraction of the time that a call from
Python takes. The calls are therefore made without conversions, by loops that run in C, and the answers stand in arrays.
"""

import ctypes
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

import pypdfium2.raw as raw

_FLOATS = array("f").itemsize
_INT, _ADDRESS = ctypes.c_int, ctypes.c_void_p

Call = Callable[..., int]
Points = tuple["array[float]", "array[float]"]
"""Abscissae and ordinates."""


def _call(function: Any, *arguments: Any, result: Any = _INT) -> Call:
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, _ADDRESS).value or 0)


_unicode = _call(raw.FPDFText_GetUnicode, _ADDRESS, _INT, result=ctypes.c_uint)
_loose_box = _call(raw.FPDFText_GetLooseCharBox, _ADDRESS, _INT, _ADDRESS)
_angle = _call(raw.FPDFText_GetCharAngle, _ADDRESS, _INT, result=ctypes.c_float)
_text_object = _call(raw.FPDFText_GetTextObject, _ADDRESS, _INT, result=_ADDRESS)
_page_object = _call(raw.FPDFPage_GetObject, _ADDRESS, _INT, result=_ADDRESS)
_form_object = _call(raw.FPDFFormObj_GetObject, _ADDRESS, ctypes.c_ulong, result=_ADDRESS)
_kind = _call(raw.FPDFPageObj_GetType, _ADDRESS)
_bounds = _call(raw.FPDFPageObj_GetBounds, *[_ADDRESS] * 5)
_draw_mode = _call(raw.FPDFPath_GetDrawMode, *[_ADDRESS] * 3)
_path_segment = _call(raw.FPDFPath_GetPathSegment, _ADDRESS, _INT, result=_ADDRESS)
_point = _call(raw.FPDFPathSegment_GetPoint, *[_ADDRESS] * 3)
_segment_kind = _call(raw.FPDFPathSegment_GetType, _ADDRESS)
_clip_path = _call(raw.FPDFPageObj_GetClipPath, _ADDRESS, result=_ADDRESS)
_clip_count = _call(raw.FPDFClipPath_CountPaths, _ADDRESS)
_clip_segments = _call(raw.FPDFClipPath_CountPathSegments, _ADDRESS, _INT)
_clip_segment = _call(raw.FPDFClipPath_GetPathSegment, _ADDRESS, _INT, _INT, result=_ADDRESS)
_closes = _call(raw.FPDFPathSegment_GetClose, _ADDRESS)


def address(handle: Any) -> int:
    """What a handle of pdfium points to; 0 for none."""
    return ctypes.cast(handle, _ADDRESS).value or 0


def handle(item: int) -> Any:
    """An object's address as a handle, for calls that are made one at a time."""
    return ctypes.cast(item, raw.FPDF_PAGEOBJECT)


class Characters:
    """The characters of a text page: their code points, and their boxes in page space as lefts, tops, rights, bottoms.

    ``known`` says of each whether it has a box.
    """

    def __init__(self, text_page: Any, count: int) -> None:
        at = address(text_page)
        boxes = array("f", bytes(4 * _FLOATS * count))
        start = boxes.buffer_info()[0]
        self.codes: list[int] = list(map(_unicode, repeat(at), range(count)))
        self.known = list(map(_loose_box, repeat(at), range(count), range(start, start + 4 * _FLOATS * count, 4 * _FLOATS)))
        self.lefts, self.tops, self.rights, self.bottoms = (boxes[side::4] for side in range(4))


def angles(text_page: Any, characters: Iterable[int]) -> list[float]:
    """How far characters are turned against the page, in radians; -1 where pdfium does not know."""
    return list(map(_angle, repeat(address(text_page)), characters))


def text_objects(text_page: Any, characters: Iterable[int]) -> list[int]:
    """The text objects that characters belong to; those that pdfium added have none (0 or ``None``)."""
    return list(map(_text_object, repeat(address(text_page)), characters))


def clip_paths(items: Sequence[int], most: int) -> Iterable[list[Points]]:
    """For each object its clip paths, at most ``most`` with at most so many points each, in page space."""
    clips = list(map(_clip_path, items))
    counts = [min(found, most) for found in map(_clip_count, clips)]
    owners = [clip for clip, found in zip(clips, counts, strict=True) for _ in range(max(0, found))]
    orders = [order for found in counts for order in range(found)]
    lengths = [max(0, min(found, most)) for found in map(_clip_segments, owners, orders)]
    ends = [
        segment
        for owner, order, length in zip(owners, orders, lengths, strict=True)
        for segment in map(_clip_segment, repeat(owner), repeat(order), range(length))
    ]
    xs, ys = _points(ends)
    path, at = 0, 0
    for found in counts:
        paths: list[Points] = []
        for length in lengths[path : path + max(0, found)]:
            if length:
                paths.append((xs[at : at + length], ys[at : at + length]))
                at += length
        path += max(0, found)
        yield paths


def objects(page: Any, count: int) -> list[int]:
    """The first ``count`` objects of a page."""
    return list(map(_page_object, repeat(address(page)), range(count)))


def form_objects(form: int, count: int) -> list[int]:
    """The first ``count`` objects of a form XObject."""
    return list(map(_form_object, repeat(form), range(count)))


def kinds(items: Sequence[int]) -> list[int]:
    """The types of objects (``FPDF_PAGEOBJ_…``)."""
    return list(map(_kind, items))


def drawn_paths(paths: Sequence[int]) -> Iterable[tuple[int, float, float, float, float, int]]:
    """Paths that are filled or stroked: the path, its bounds (left, bottom, right, top), whether it is stroked."""
    count = len(paths)
    bounds = array("f", bytes(4 * _FLOATS * count))
    sides = _addresses(bounds, 4, count)
    modes = array("i", bytes(2 * array("i").itemsize * count))
    known = list(map(_bounds, paths, *sides))
    list(map(_draw_mode, paths, *_addresses(modes, 2, count)))
    for at, path in enumerate(paths):
        if known[at] and (modes[2 * at] or modes[2 * at + 1]):
            yield path, bounds[4 * at], bounds[4 * at + 1], bounds[4 * at + 2], bounds[4 * at + 3], modes[2 * at + 1]


def segments(path: int, count: int) -> tuple[Points, list[int], list[int]]:
    """The first ``count`` segments of a path: where they end (its own coordinates), their types, whether they close a shape."""
    found = list(map(_path_segment, repeat(path), range(count)))
    return _points(found), list(map(_segment_kind, found)), list(map(_closes, found))


def _points(found: Sequence[int]) -> Points:
    points = array("f", bytes(2 * _FLOATS * len(found)))
    list(map(_point, found, *_addresses(points, 2, len(found))))
    return points[0::2], points[1::2]


def _addresses(values: "array[Any]", width: int, count: int) -> list[range]:
    """For each of ``width`` values of a record, where it is to be written for each of ``count`` records."""
    start, size = values.buffer_info()[0], values.itemsize
    return [range(start + side * size, start + (side + width * count) * size, width * size) for side in range(width)]
