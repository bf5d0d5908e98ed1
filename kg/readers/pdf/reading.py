"""A PDF file to the lines and tables that a document is composed of."""

from dataclasses import replace

import pypdfium2 as pdfium

from kg.document import Box
from kg.errors import RefusedFile
from kg.readers.composing import Piece, RawTable
from kg.readers.pdf.items import Item, TextItem
from kg.readers.pdf.layout import PageLayout, lay_out, mark_furniture, suspected
from kg.readers.pdf.marks import Frame, PageMarks, TooMuch
from kg.readers.pdf.page import OpenPage
from kg.readers.pdf.stitch import stitch

MAX_PAGES = 1_000
MAX_GLYPHS = 3_000_000


class NoText(RefusedFile):
    """A PDF without any text: pictures of pages, for another reader."""


def read_items(name: str, data: bytes) -> list[Item]:
    """The lines and whole tables of a PDF, boxes on the pages as they are shown.

    Raises :class:`RefusedFile` for a broken or encrypted file, one beyond the limits or without any text: a scan has none,
    and reading it is another reader's work.
    """
    pages, frames = read_pages(name, data)
    items: list[Item] = []
    for item in stitch(mark_furniture(pages)):
        if isinstance(item, RawTable):
            items.append(_shown(item, frames))
        else:
            box = _rounded(frames[item.page].shown(item.line.box))
            items.append(TextItem(Piece(item.line.text, item.page, box), item.first, item.line.furniture))
    return items


def read_pages(name: str, data: bytes) -> tuple[list[PageLayout], dict[int, Frame]]:
    """The layout of every page, and how its coordinates lead to the page as it is shown. Raises as :func:`read_items`."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise RefusedFile(_why(str(error)), name) from error
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise RefusedFile(f"{count:,} pages; the limit is {MAX_PAGES:,}", name)
        layouts: list[PageLayout] = []
        frames: dict[int, Frame] = {}
        doubtful: dict[int, tuple[PageMarks, frozenset[int]]] = {}
        before: OpenPage | None = None
        glyphs = 0
        for number in range(1, count + 1):
            layout, page = _page(document, number, name)
            glyphs += len(page.marks.glyphs)
            if glyphs > MAX_GLYPHS:
                raise RefusedFile(f"more than {MAX_GLYPHS:,} characters", name, f"page {number}")
            if before is not None and suspected(layouts[-1], layout):
                doubtful |= {one.marks.number: (one.marks, one.hidden()) for one in (before, page)}
            if before is not None:
                before.close()
            layouts.append(layout)
            frames[number] = page.marks.frame
            before = page
        for number, (marks, hidden) in doubtful.items():
            if hidden:
                layouts[number - 1] = lay_out(marks, hidden)
        if not glyphs:
            raise NoText("the PDF has no text (a scan?)", name)
        return layouts, frames
    finally:
        document.close()


def _page(document: pdfium.PdfDocument, number: int, name: str) -> tuple[PageLayout, OpenPage]:
    try:
        page = OpenPage(document[number - 1], number)
        return lay_out(page.marks), page
    except pdfium.PdfiumError as error:
        raise RefusedFile("the page is broken", name, f"page {number}") from error
    except TooMuch as error:
        what, limit = error.args
        raise RefusedFile(f"too many {what}; the limit is {limit:,}", name, f"page {number}") from error


def _why(message: str) -> str:
    if "assword" in message:
        return "the PDF is encrypted"
    if "ecurity" in message:
        return "the PDF is encrypted in a way that cannot be read"
    return "the PDF is broken"


def _shown(table: RawTable, frames: dict[int, Frame]) -> RawTable:
    for row in table.rows:
        for cell in row.values():
            cell.pieces = [
                replace(piece, box=_rounded(frames[piece.page].shown(piece.box))) if piece.box is not None else piece
                for piece in cell.pieces
            ]
    return table


def _rounded(box: Box) -> Box:
    return Box(round(box.left, 1), round(box.top, 1), round(box.right, 1), round(box.bottom, 1))
