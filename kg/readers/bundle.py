"""Several files that are one disclosure: a DOCX with the prose and an XLSX with the tables, read as one document.

They are kept as one archive beside the store. Its identity is the SHA-256 of their sorted hashes, so that neither order nor
names count; what has most running text is read first.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.document import Block, Box, Cell, Document, Fragment, Grid, Line, Span
from kg.errors import RefusedFile
from kg.readers.ooxml import opened, part

_COMMENT = b"budget-kg: files of one disclosure"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SEPARATOR = "\n"

Reader = Callable[[str, bytes], Document]


def bundled(files: Sequence[tuple[str, bytes]]) -> bytes:
    """The files as one archive; the same files give the same bytes, whatever their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = _COMMENT
        for order, (name, data) in enumerate(sorted(files, key=lambda file: (_hash(file[1]), file[0])), start=1):
            archive.writestr(zipfile.ZipInfo(f"{order}/{name}", _EPOCH), data)
    return out.getvalue()


def is_bundle(data: bytes) -> bool:
    """Whether :func:`bundled` made it."""
    return data.startswith(b"PK") and data.endswith(_COMMENT)


def read_bundle(name: str, data: bytes, reader: Reader) -> Document:
    """Every file of the archive by ``reader``, as one document. Raises :class:`RefusedFile` with the file that is wrong."""
    with opened(name, data) as archive:
        files = [(entry.split("/", 1)[-1], part(archive, entry, name)) for entry in archive.namelist()]
    if any(is_bundle(inner) for _, inner in files):
        raise RefusedFile("a bundle of files inside a bundle", name)
    documents = [reader(inner_name, inner) for inner_name, inner in files]
    documents.sort(key=lambda document: (-sum(len(line.text) for line in document.lines()), document.sha256))
    identity = _hash("".join(sorted(document.sha256 for document in documents)).encode())
    return replace(_joined(documents), name=name, sha256=identity)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _joined(documents: Sequence[Document]) -> Document:
    """The documents one after the other: offsets, lines and pages of each are moved behind those before it."""
    blocks: list[Block] = []
    fragments: list[Fragment] = []
    furniture: list[Span] = []
    texts: list[str] = []
    printed: list[str] = []
    offset = lines = pages = 0
    for document in documents:
        move = _Move(offset, lines, pages)
        blocks += [move.block(block) for block in document.blocks]
        fragments += [replace(one, start=one.start + offset, end=one.end + offset, page=one.page + pages) for one in document.fragments]
        furniture += [move.span(span) for span in document.furniture]
        texts.append(document.text)
        printed.append(document.printed or document.text)
        offset += len(document.text) + len(_SEPARATOR)
        lines += document.text.count("\n") + 1
        pages += max((fragment.page for fragment in document.fragments), default=0)
    text, verbatim = _SEPARATOR.join(texts), _SEPARATOR.join(printed)
    return Document(
        "",
        "",
        text,
        tuple(blocks),
        "+".join(document.reader for document in documents),
        tuple(f"{document.name}: {document.reader}" for document in documents),
        verbatim if verbatim != text else "",
        tuple(fragments),
        tuple(furniture),
    )


class _Move:
    """Moves places behind the documents before."""

    def __init__(self, offset: int, lines: int, pages: int) -> None:
        self._offset = offset
        self._lines = lines
        self._pages = pages

    def span(self, span: Span) -> Span:
        box: Box | None = span.box
        page = span.page + self._pages if span.page else 0
        return Span(span.line + self._lines, span.start + self._offset, span.end + self._offset, page, box)

    def block(self, block: Block) -> Block:
        if isinstance(block, Line):
            return replace(block, span=self.span(block.span))
        return Grid(tuple(tuple(self._cell(cell) for cell in row) for row in block.rows), block.breaks)

    def _cell(self, cell: Cell) -> Cell:
        return replace(cell, span=self.span(cell.span))
