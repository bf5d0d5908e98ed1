"""One page as pdfium gives it."""

import math
from collections import Counter

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kg.readers.pdf import bulk
from kg.readers.pdf.marks import Frame, Glyph, PageMarks, Rectangle, TooMuch
from kg.readers.pdf.ruling import read_rules

MAX_GLYPHS = 100_000
_CLIP_SLACK = 2.0
_MAX_CLIPS = 64
_ANGLE_SAMPLES = 24
_HYPHENS = frozenset({0x02, 0xFFFE})
_SPACES = frozenset({0x20, 0xA0, 0x3000})
_IGNORED = frozenset({*range(0x00, 0x20), 0x7F, 0x200B, 0xFEFF, 0xFFFF} - _HYPHENS)
_SURROGATES = frozenset(range(0xD800, 0xE000))
_SPECIAL = _HYPHENS | _SPACES | _IGNORED | _SURROGATES


class OpenPage:
    """A page that pdfium holds open: ``marks`` are what stands on it, :meth:`hidden` what of it is not shown.

    Raises :class:`TooMuch` beyond the limits.
    """

    def __init__(self, page: pdfium.PdfPage, number: int) -> None:
        self._page = page
        self._text = page.get_textpage()
        frame = _frame(page, self._text)
        self.marks = PageMarks(number, frame, tuple(_glyphs(self._text, frame)), *read_rules(page, frame))

    def close(self) -> None:
        """Give the page back; its marks stay."""
        self._text.close()
        self._page.close()

    def hidden(self) -> frozenset[int]:
        """The indexes of glyphs that the page clips away: a cell over two pages may carry its whole text on both."""
        glyphs, frame = self.marks.glyphs, self.marks.frame
        owners = bulk.text_objects(self._text.raw, (glyph.order for glyph in glyphs))
        clips = {owner: _clip(owner, frame) for owner in set(owners) if owner}
        return frozenset(
            glyph.order
            for glyph, owner in zip(glyphs, owners, strict=True)
            if owner and (clip := clips[owner]) is not None and not _shows(clip, glyph)
        )


def _shows(clip: Rectangle, glyph: Glyph) -> bool:
    left, top, right, bottom = clip
    return left - _CLIP_SLACK <= glyph.x <= right + _CLIP_SLACK and top - _CLIP_SLACK <= glyph.y <= bottom + _CLIP_SLACK


def _clip(owner: int, frame: Frame) -> Rectangle | None:
    """The rectangle that all clip paths of an object leave, in the frame; ``None`` where nothing clips it."""
    left, top, right, bottom = -math.inf, -math.inf, math.inf, math.inf
    for xs, ys in bulk.clip_paths(owner, _MAX_CLIPS):
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


def _glyphs(textpage: pdfium.PdfTextPage, frame: Frame) -> list[Glyph]:
    characters = bulk.Characters(textpage.raw, textpage.count_chars())
    sides = (characters.lefts, characters.tops, characters.rights, characters.bottoms)
    width, height = frame.size()
    most_right, most_down = width + 1, height + 1
    upright, across, up = frame.turns == 0, frame.left, frame.top
    found: list[Glyph] = []
    new, lead = tuple.__new__, 0  # a named tuple made without a call of Python's own
    for index, (code, known, left, top, right, bottom) in enumerate(zip(characters.codes, characters.known, *sides, strict=True)):
        text = chr(code)
        if code in _SPECIAL:
            if code in _IGNORED:
                continue
            if 0xD800 <= code < 0xDC00:
                lead = code
                continue
            if 0xDC00 <= code < 0xE000:
                text = chr(0x10000 + ((lead - 0xD800) << 10) + (code - 0xDC00)) if lead else "\ufffd"
                lead = 0
            elif code in _SPACES:
                if right <= left:
                    continue  # one that pdfium adds of its own; those that the page has have a width
                text = " "
            else:
                text = "-"
        if not known:
            continue
        if upright:  # what frame.box does, without a call for each of thousands of characters
            left, top, right, bottom = left - across, up - top, right - across, up - bottom
        else:
            left, top, right, bottom = frame.box(left, bottom, right, top)
        x, y = (left + right) / 2, (top + bottom) / 2
        if -1 <= x <= most_right and -1 <= y <= most_down:
            found.append(new(Glyph, (left, top, right, bottom, x, y, text, index)))
    return found
