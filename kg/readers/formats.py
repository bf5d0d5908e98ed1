"""Which reader a file needs: told by its content, never by its name alone."""

from collections.abc import Callable

from kg.document import Document
from kg.errors import RefusedFile
from kg.readers.pdf.apart import read_pdf
from kg.readers.text import read_text

MAX_BYTES = 100_000_000
_PDF_HEAD = 1024
_EXECUTABLE = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")

Reader = Callable[[str, bytes], Document]


def read_document(name: str, data: bytes) -> Document:
    """Read a file of any known format. Raises :class:`RefusedFile` for what no reader takes."""
    if len(data) > MAX_BYTES:
        raise RefusedFile(f"{len(data):,} bytes; the limit is {MAX_BYTES:,}", name)
    return reader_of(name, data)(name, data)


def reader_of(name: str, data: bytes) -> Reader:
    """The reader for a content. Text is what nothing else is; raises :class:`RefusedFile` for a program."""
    if b"%PDF-" in data[:_PDF_HEAD]:
        return read_pdf
    if data.startswith(_EXECUTABLE):
        raise RefusedFile("this is a program, not a document", name)
    return read_text
