"""One small font in place of those that a PDF does not carry with it, for a process that reads and never draws.

For a font that is not embedded pdfium looks for one of the machine's and works out the outline of every character that the page
shows, twice: with a Chinese font that is most of the time a page takes. Reading needs only where characters stand, which the
PDF says itself. The stand-in has one glyph, a box, for all characters, so that nothing is looked for and what is read is the same
on every machine. Latin fonts are left to those that pdfium brings.
"""

import ctypes
import struct
from functools import cache
from typing import Any

import pypdfium2.raw as raw

_EM = 1000
_TOP, _BOTTOM = 880, -120
_FIRST, _LAST = 0x20, 0x2FFFF
_LATIN = 0
_HANDLE = 1


@cache
def install() -> Any:
    """Make pdfium take the stand-in from now on, in this process; returns what has to live as long as it does."""
    data = _font()
    types = dict(raw.FPDF_SYSFONTINFO._fields_)

    def found(_info: Any, _weight: int, _italic: int, charset: int, *_rest: Any) -> int:
        return 0 if charset == _LATIN else _HANDLE

    def read(_info: Any, _handle: Any, table: int, buffer: Any, size: int) -> int:
        if table:
            return 0
        if size >= len(data):
            ctypes.memmove(buffer, data, len(data))
        return len(data)

    info = raw.FPDF_SYSFONTINFO(version=1, MapFont=types["MapFont"](found), GetFontData=types["GetFontData"](read))
    raw.FPDF_SetSystemFontInfo(info)
    return info


def _font() -> bytes:
    """A TrueType font (ISO/IEC 14496-22) of two glyphs: none, and a box as large as the em."""
    box = struct.pack(">5h", 1, 0, _BOTTOM, _EM, _TOP) + struct.pack(">HH4B", 3, 0, 1, 1, 1, 1)
    box += struct.pack(">4h", 0, 0, _EM, 0) + struct.pack(">4h", _BOTTOM, _EM, 0, -_EM)
    tables = {
        b"cmap": struct.pack(">HHHHL", 0, 1, 3, 10, 12) + struct.pack(">HHLLL3L", 13, 0, 28, 0, 1, _FIRST, _LAST, 1),
        b"glyf": box,
        b"head": struct.pack(">4LHHqq4hHH3h", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _EM, 0, 0, 0, _BOTTOM, _EM, _TOP, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">L3hH11hH", 0x10000, _TOP, _BOTTOM, 0, _EM, *[0] * 11, 1),
        b"hmtx": struct.pack(">Hhh", _EM, 0, 0),
        b"loca": struct.pack(">3L", 0, 0, len(box)),
        b"maxp": struct.pack(">L14H", 0x10000, 2, 4, 1, 0, 0, 1, *[0] * 8),
    }
    directory = struct.pack(">L4H", 0x10000, len(tables), 64, 2, 48)
    body, start = b"", len(directory) + 16 * len(tables)
    for tag, table in tables.items():
        directory += struct.pack(">4s3L", tag, 0, start + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return directory + body
