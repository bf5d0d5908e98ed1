"""A scanned page as a picture: turned straight, its ruled lines found, and the boxes of its lines of text.

Everything is in pixels from the top left corner of the straightened picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

Picture = Any
"""A grey picture: a numpy array of bytes, rows first."""

Rectangle = tuple[int, int, int, int]
"""Left, top, right, bottom."""

_MOST_TURNED = 4.0
_LEVEL = 0.02
_PAPER = 255
_POINTS = 72
_SHORTEST_ACROSS = 30  # longer than the character 一 of a heading
_SHORTEST_DOWN = 14
_THICKEST_RULE = 3.5
_SMALL = 2.2
_NEAR = 1.8
_LEAST = 3.0
_GAP = 9.0
_DARKER = 18


@dataclass(frozen=True)
class Ruling:
    """A drawn line: its rectangle."""

    box: Rectangle

    @property
    def horizontal(self) -> bool:
        left, top, right, bottom = self.box
        return right - left > bottom - top


def straightened(picture: Picture) -> tuple[Picture, float]:
    """The picture turned so that its lines are level, and by how many degrees counter-clockwise it was turned."""
    height, width = picture.shape
    ink = cv2.resize(cv2.threshold(picture, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1], None, fx=0.4, fy=0.4)
    turn = 0.0
    for step, reach in ((0.4, _MOST_TURNED), (0.1, 0.4), (0.02, 0.1)):
        turn = max(map(float, np.arange(turn - reach, turn + reach + step / 2, step)), key=partial(_sharpness, ink))
    if abs(turn) < _LEVEL:
        return picture, 0.0
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1)
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=_PAPER), turn


def _sharpness(ink: Picture, angle: float) -> float:
    """How sharply rows of ink stand out from each other when the picture is turned by ``angle`` degrees."""
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    rows = cv2.warpAffine(ink, matrix, (width, height)).sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


def inked(picture: Picture) -> Picture:
    """Ink as 255 on 0, whatever the shade of the paper."""
    size = 31
    return cv2.adaptiveThreshold(picture, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, size, _DARKER)


def rulings(ink: Picture, dpi: int) -> list[Ruling]:
    """The ruled lines: long thin runs of ink."""
    thickest = _THICKEST_RULE * dpi / _POINTS
    found = []
    bridged = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    for kernel in ((int(_SHORTEST_ACROSS * dpi / _POINTS), 1), (1, int(_SHORTEST_DOWN * dpi / _POINTS))):
        runs = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones(kernel[::-1], np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(runs, np.ones((3, 3), np.uint8)))
        for left, top, width, height, _ in stats[1:count]:
            ruling = Ruling((int(left), int(top), int(left + width), int(top + height)))
            if min(width, height) - 2 <= thickest * 2 and ruling.horizontal == (kernel[1] == 1):
                found.append(ruling)
    return found


def without(ink: Picture, lines: Sequence[Ruling], dpi: int) -> Picture:
    """The ink without the ruled lines and without specks: small spots that stand near nothing larger, as points of numbers do."""
    rest = ink.copy()
    for line in lines:
        left, top, right, bottom = line.box
        rest[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1] = 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(rest)
    sides = stats[:count, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    small = sides < _SMALL * dpi / _POINTS
    small[0] = False
    large = np.where(small[labels], 0, rest)
    reach = 2 * int(_NEAR * dpi / _POINTS) + 1
    near = np.unique(labels[(cv2.dilate(large, np.ones((reach, reach), np.uint8)) > 0) & small[labels]])
    alone = small.copy()
    alone[near] = False
    rest[alone[labels]] = 0
    return rest


def text_lines(ink: Picture, area: Rectangle, dpi: int) -> Iterator[Rectangle]:
    """The boxes of the lines of text within an area, from top to bottom and left to right."""
    left, top, right, bottom = area
    part = ink[top:bottom, left:right]
    if not part.any():
        return
    gap = int(_GAP * dpi / _POINTS)
    for first, last in _runs(part.any(axis=1), 1):
        for begin, end in _runs(part[first:last].any(axis=0), gap):
            rows = part[first:last, begin:end].any(axis=1).nonzero()[0]
            upper, lower = int(rows[0]), int(rows[-1]) + 1
            if max(lower - upper, end - begin) >= _LEAST * dpi / _POINTS:
                yield left + begin, top + first + upper, left + end, top + first + lower


def _runs(marked: Picture, gap: int) -> Iterator[tuple[int, int]]:
    """The runs of marked places, those nearer than ``gap`` as one."""
    places = marked.nonzero()[0]
    if not len(places):
        return
    begin = int(places[0])
    for before, after in pairwise(places):
        if after - before > gap:
            yield begin, int(before) + 1
            begin = int(after)
    yield begin, int(places[-1]) + 1
