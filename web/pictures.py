"""Pages of sources as pictures, personal data blacked out before anything is encoded; kept for a while in a folder."""

import hashlib
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from kg.document import Box, Document, Span
from kg.readers.pdf.apart import draw_pdf_page
from kg.whole_file import write_whole

DPI = 110
_POINTS = 72
_MOST = 1_000
"""Pictures in the folder; the oldest make room for new ones."""
_AT_ONCE = 2
_PATIENCE = 20
_MARGIN = 1.0
"""Points around a blackened rectangle: a glyph may stand a little over its box."""


class BusyError(Exception):
    """Too many pages are being drawn."""


@dataclass(frozen=True)
class Picture:
    """A page as PNG, with its size in points (1/72 inch)."""

    data: bytes
    width: float
    height: float


class Pictures:
    """Draws pages, each in a process of its own, and keeps what it drew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._slots = BoundedSemaphore(_AT_ONCE)

    def page(self, document: Document, raw: bytes, number: int, hidden: Sequence[Span]) -> Picture:
        """Page ``number`` (from 1) without what is ``hidden``. Raises :class:`kg.errors.RefusedFile` when there is no such page or
        it cannot be drawn, and :class:`BusyError`."""
        boxes = blackouts(document, number, hidden)
        path = self.folder / f"{_key(document.sha256, number, boxes)}.png"
        with suppress(FileNotFoundError):
            return _picture(path.read_bytes())
        if not self._slots.acquire(timeout=_PATIENCE):
            raise BusyError
        try:
            data = draw_pdf_page(document.name, raw, number, DPI, boxes)
        finally:
            self._slots.release()
        self._keep(path, data)
        return _picture(data)

    def _keep(self, path: Path, data: bytes) -> None:
        """Keep a picture if that is possible; a page can always be drawn again."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, data)
            held = sorted(self.folder.glob("*.png"), key=lambda entry: entry.stat().st_mtime)
            for old in held[:-_MOST]:
                old.unlink(missing_ok=True)


def is_paged(document: Document, raw: bytes) -> bool:
    """Whether there are pictures of its pages: of a PDF that is no part of a bundle."""
    return bool(document.fragments) and document.reader == "pdf" and b"%PDF-" in raw[:1024]


def sheets(document: Document) -> int:
    """The number of the last page that has text."""
    return max((fragment.page for fragment in document.fragments), default=0)


def blackouts(document: Document, number: int, hidden: Sequence[Span]) -> list[Box]:
    """The rectangles of a page that show what is hidden: whole lines and cells, never less than the words."""
    boxes = [fragment.box for span in hidden for fragment in document.fragments_of(span) if fragment.page == number]
    return [Box(box.left - _MARGIN, box.top - _MARGIN, box.right + _MARGIN, box.bottom + _MARGIN) for box in dict.fromkeys(boxes)]


def _key(sha256: str, number: int, boxes: Sequence[Box]) -> str:
    """The name of a picture: it changes with what is blacked out."""
    said = "\n".join([sha256, str(number), str(DPI), *(box.fragment for box in boxes)])
    return hashlib.sha256(said.encode()).hexdigest()


def _picture(data: bytes) -> Picture:
    width, height = struct.unpack(">II", data[16:24])
    return Picture(data, width * _POINTS / DPI, height * _POINTS / DPI)
