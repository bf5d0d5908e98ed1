"""A page as a picture, with rectangles blacked out: what the source view shows."""

import struct
import zlib
from collections.abc import Sequence

import pypdfium2 as pdfium

from kg.document import Box
from kg.errors import RefusedFile

MAX_PIXELS = 20_000_000
_POINTS = 72
_BLACK = (0, 0, 0, 255)


def draw_page(name: str, data: bytes, number: int, dpi: int, blackouts: Sequence[Box]) -> bytes:
    """Page ``number`` (from 1) as PNG at ``dpi``; ``blackouts`` are filled black before anything is encoded.

    Raises :class:`RefusedFile` when the file or the page cannot be read, or the picture would be too large.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise RefusedFile("the PDF is broken or encrypted", name) from error
    try:
        if not 1 <= number <= len(document):
            raise RefusedFile("there is no such page", name, f"page {number}")
        page = document[number - 1]
        scale = dpi / _POINTS
        width, height = page.get_size()
        if width * height * scale * scale > MAX_PIXELS:
            raise RefusedFile("the page is too large to draw", name, f"page {number}")
        bitmap = page.render(scale=scale, rev_byteorder=True)
        for box in blackouts:
            left, top = int(box.left * scale), int(box.top * scale)
            bitmap.fill_rect(_BLACK, left, top, int(box.right * scale) + 1 - left, int(box.bottom * scale) + 1 - top)
        return _png(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels)
    finally:
        document.close()


def _png(pixels: bytes, width: int, height: int, stride: int, channels: int) -> bytes:
    """PNG (ISO/IEC 15948): RGB or RGBA by ``channels``, eight bits each, no filter."""
    lines = b"".join(b"\0" + pixels[row * stride : row * stride + width * channels] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines, 6)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
