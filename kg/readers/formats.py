"""Which reader a file needs: told by its content, never by its name alone."""

import re
from collections.abc import Callable

from kg.document import Document
from kg.errors import RefusedFile
from kg.readers.bundle import is_bundle, read_bundle
from kg.readers.docx import read_docx
from kg.readers.html import read_html
from kg.readers.legacy_word import read_doc
from kg.readers.ooxml import opened
from kg.readers.pdf.apart import read_pdf
from kg.readers.spreadsheet import read_spreadsheet
from kg.readers.text import read_text

MAX_BYTES = 100_000_000
_HEAD = 1024
_EXECUTABLE = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*|<!--.{0,2000}?-->\s*){0,4}<(?:!doctype\s+html|html|head|body|meta|table|div)\b", re.I | re.S
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

Reader = Callable[[str, bytes], Document]


def read_document(name: str, data: bytes) -> Document:
    """Read a file of any known format. Raises :class:`RefusedFile` for what no reader takes."""
    if len(data) > MAX_BYTES:
        raise RefusedFile(f"{len(data):,} bytes; the limit is {MAX_BYTES:,}", name)
    if is_bundle(data):
        return read_bundle(name, data, read_document)
    return reader_of(name, data)(name, data)


def reader_of(name: str, data: bytes) -> Reader:
    """The reader for a content. Text is what nothing else is; raises :class:`RefusedFile` for what cannot be a document."""
    if b"%PDF-" in data[:_HEAD]:
        return read_pdf
    if data.startswith(_EXECUTABLE):
        raise RefusedFile("this is a program, not a document", name)
    if data.startswith(_ZIP):
        return _office(name, data)
    if data.startswith(_OLE):
        return _legacy(name, data)
    if _PAGE.match(_without_mark(data)):
        return read_html
    return read_text


def _office(name: str, data: bytes) -> Reader:
    with opened(name, data) as archive:
        parts = set(archive.namelist())
    if "word/document.xml" in parts:
        return read_docx
    if {"xl/workbook.xml", "xl/workbook.bin"} & parts:
        return read_spreadsheet
    raise RefusedFile("an archive that is neither a DOCX nor an XLSX", name)


def _legacy(name: str, data: bytes) -> Reader:
    """Word, Excel and encrypted files of the old container, by the names of its streams."""
    if _stream("EncryptedPackage") in data:
        raise RefusedFile("the file is encrypted", name)
    if _stream("_VBA_PROJECT") in data:
        raise RefusedFile("the file holds macros; save it without them", name)
    if _stream("WordDocument") in data:
        return read_doc
    if _stream("Workbook") in data or _stream("Book") in data:
        return read_spreadsheet
    raise RefusedFile("an old Office file that is neither a DOC nor an XLS", name)


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le")


def _without_mark(data: bytes) -> bytes:
    head = data[:8192]
    if head.startswith(_MARKS[1:]):
        return head.decode("utf-16", "ignore").encode()
    return head.removeprefix(_MARKS[0])
