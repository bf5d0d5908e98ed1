"""Plain text, with tab-separated tables or without any positions."""

import hashlib
import re

from kg.document import Block, Cell, Document, Grid, Line, Span
from kg.errors import RefusedFile

MAX_BYTES = 20_000_000
MAX_LINES = 400_000
MAX_CELLS_IN_ROW = 400
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_MAX_CONTROL_SHARE = 0.001


def read_text(name: str, data: bytes) -> Document:
    """Read UTF-8 (with or without mark), UTF-16 with mark, or GB 18030.

    A line with a tab is a row of cells; consecutive rows form a grid. A form feed, or one leading space before text (a
    habit of PDF converters), marks a page break. Raises :class:`RefusedFile` for an empty file, a binary file, or one
    beyond the limits.
    """
    if not data.strip():
        raise RefusedFile("the file is empty", name)
    if len(data) > MAX_BYTES:
        raise RefusedFile(f"{len(data):,} bytes; the limit for text is {MAX_BYTES:,}", name)
    text = _decode(name, data)
    blocks: list[Block] = []
    rows: list[tuple[Cell, ...]] = []
    offset = 0
    for number, raw in enumerate(text.splitlines(keepends=True), start=1):
        if number > MAX_LINES:
            raise RefusedFile(f"more than {MAX_LINES:,} lines", name, f"line {number}")
        content = raw.rstrip("\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029")
        if "\t" in content:
            rows.append(_cells(name, content, len(rows), number, offset))
        else:
            if rows:
                blocks.append(Grid(tuple(rows)))
                rows = []
            if content.strip():
                broken = content[0] in " \f" and not content.startswith("  ")
                blocks.append(Line(content, Span(number, offset, offset + len(content)), broken))
        offset += len(raw)
    if rows:
        blocks.append(Grid(tuple(rows)))
    return Document(name, hashlib.sha256(data).hexdigest(), text, tuple(blocks), "text")


def _cells(name: str, content: str, row: int, number: int, offset: int) -> tuple[Cell, ...]:
    parts = content.split("\t")
    if len(parts) > MAX_CELLS_IN_ROW:
        raise RefusedFile(f"{len(parts)} cells in one row; the limit is {MAX_CELLS_IN_ROW}", name, f"line {number}")
    cells = []
    at = offset
    for column, part in enumerate(parts):
        lead = len(part) - len(part.lstrip())
        verbatim = part.strip()
        start = at + lead
        cells.append(Cell(verbatim, row, column, Span(number, start, start + len(verbatim))))
        at += len(part) + 1
    return tuple(cells)


def _decode(name: str, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = len(_CONTROL.findall(text))
        if strange > max(2, len(text) * _MAX_CONTROL_SHARE):
            raise RefusedFile("this is not text (control characters)", name)
        return text
    raise RefusedFile("this is not text in UTF-8, UTF-16 or GB 18030", name)
