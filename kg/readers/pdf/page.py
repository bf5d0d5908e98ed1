"""One page as pdfium gives it."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from itertools import compress

import pypdfium2 as pdfium

from kg.readers.pdf import bulk
from kg.readers.pdf.marks import ORDER, Frame, Glyph, PageMarks, Rectangle, TooMuch, X, Y
from kg.readers.pdf.ruling import read_rules

MAX_GLYPHS = 100_000
_CLIP_SLACK = 2.0
_MAX_CLIPS = 64
_ANGLE_SAMPLES = 24
_HYPHENS = frozenset({0x02, 0xFFFE})
_SPACES = frozenset({0x20, 0xA0, 0x3000})
_IGNORED = frozenset({*range(0x00, 0x20), 0x7F, 0x200B, 0xFEFF, 0xFFFF} - _HYPHENS)
_UNTURNED = _IGNORED | _SPACES
_SPECIAL = re.compile(f"[{''.join(map(chr, sorted(_HYPHENS | _SPACES | _IGNORED)))}\ud800-\udfff]")


class OpenPage:
    """A page that pdfium holds open: ``marks`` are what stands on it, :meth:`hidden` what of it is not shown.

    Raises :class:`TooMuch` beyond the limits.
    """

    def __init__(self, page: pdfium.PdfPage, number: int) -> None:
        self._page = page
        self._text = page.get_textpage()
        count = self._text.count_chars()
        if count > MAX_GLYPHS:
            raise TooMuch("characters on a page", MAX_GLYPHS)
        characters = bulk.Characters(self._text.raw, count)
        frame = _frame(page, self._text, characters)
        self.marks = PageMarks(number, frame, tuple(_glyphs(characters, frame)), *read_rules(page, frame))

    def close(self) -> None:
        """Give the page back; its marks stay."""
        self._text.close()
        self._page.close()

    def hidden(self) -> frozenset[int]:
        """The indexes of glyphs that the page clips away: a cell over two pages may carry its whole text on both."""
        glyphs, frame = self.marks.glyphs, self.marks.frame
        owners = bulk.text_objects(self._text.raw, (glyph[ORDER] for glyph in glyphs))
        clipped = list({owner for owner in owners if owner})
        clips = dict(zip(clipped, (_clip(paths, frame) for paths in bulk.clip_paths(clipped, _MAX_CLIPS)), strict=True))
        return frozenset(
            glyph[ORDER]
            for glyph, owner in zip(glyphs, owners, strict=True)
            if owner and (clip := clips[owner]) is not None and not _shows(clip, glyph)
        )


def _shows(clip: Rectangle, glyph: Glyph) -> bool:
    left, top, right, bottom = clip
    return left - _CLIP_SLACK <= glyph[X] <= right + _CLIP_SLACK and top - _CLIP_SLACK <= glyph[Y] <= bottom + _CLIP_SLACK


def _clip(paths: Iterable[bulk.Points], frame: Frame) -> Rectangle | None:
    """The rectangle that all clip paths of an object leave, in the frame; ``None`` where nothing clips it."""
    left, top, right, bottom = -math.inf, -math.inf, math.inf, math.inf
    for xs, ys in paths:
        one = frame.box(min(xs), min(ys), max(xs), max(ys))
        left, top, right, bottom = max(left, one[0]), max(top, one[1]), min(right, one[2]), min(bottom, one[3])
    return (left, top, right, bottom) if left > -math.inf else None


def _frame(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, characters: bulk.Characters) -> Frame:
    """The frame, upright for what most of some characters say."""
    left, bottom, right, top = _visible(page)
    shown = (page.get_rotation() // 90) % 4
    count = len(characters.codes)
    chosen = [index for index in range(0, count, max(1, count // _ANGLE_SAMPLES)) if characters.codes[index] not in _UNTURNED]
    votes = Counter(-round(angle / (math.pi / 2)) % 4 for angle in bulk.angles(textpage.raw, chosen) if angle >= 0)
    upright = votes.most_common(1)[0][0] if votes else shown
    return Frame(left, bottom, right, top, upright, shown)


def _visible(page: pdfium.PdfPage) -> Rectangle:
    """The crop box inside the media box."""
    media = page.get_mediabox()
    crop = page.get_cropbox()
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if right > left and top > bottom else media


def _glyphs(characters: bulk.Characters, frame: Frame) -> list[Glyph]:
    """The characters inside the frame, in the file's order. Whole lists go through loops that run in C: pages have thousands."""
    written = "".join(map(chr, characters.codes))
    texts = list(written)
    lead = 0
    for found in _SPECIAL.finditer(written):
        index, code, text = found.start(), ord(found[0]), ""
        if 0xD800 <= code < 0xDC00:
            lead = code
        elif 0xDC00 <= code < 0xE000:
            text = chr(0x10000 + ((lead - 0xD800) << 10) + (code - 0xDC00)) if lead else "\ufffd"
            lead = 0
        elif code in _SPACES:  # one that pdfium adds of its own has no width
            text = " " if characters.rights[index] > characters.lefts[index] else ""
        elif code in _HYPHENS:
            text = "-"
        texts[index] = text
    if not all(characters.known):
        texts = [text if known else "" for text, known in zip(texts, characters.known, strict=True)]
    lefts, tops, rights, bottoms = frame.boxes(characters.lefts, characters.bottoms, characters.rights, characters.tops)
    xs = [(left + right) / 2 for left, right in zip(lefts, rights, strict=True)]
    ys = [(top + bottom) / 2 for top, bottom in zip(tops, bottoms, strict=True)]
    glyphs = list(compress(zip(lefts, tops, rights, bottoms, xs, ys, texts, range(len(texts)), strict=True), texts))
    width, height = frame.size()
    if xs and (min(xs) < -1 or max(xs) > width + 1 or min(ys) < -1 or max(ys) > height + 1):
        return [glyph for glyph in glyphs if -1 <= glyph[X] <= width + 1 and -1 <= glyph[Y] <= height + 1]
    return glyphs
