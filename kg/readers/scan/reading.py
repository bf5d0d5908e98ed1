"""A PDF of scanned pages to the lines and tables that a PDF with text gives, every piece with its confidence."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pypdfium2 as pdfium

from kg.document import Box
from kg.errors import RefusedFile
from kg.readers.composing import Piece, RawTable
from kg.readers.pdf.items import Item, TextItem
from kg.readers.pdf.lattice import lattices
from kg.readers.pdf.layout import PageLayout, lay_out, mark_furniture
from kg.readers.pdf.marks import Frame, Glyph, PageMarks, Rule
from kg.readers.pdf.stitch import stitch
from kg.readers.scan.picture import Picture, Rectangle, Ruling, inked, rulings, straightened, text_lines, without
from kg.readers.scan.recognition import Recogniser

DPI = 200
MAX_PAGES = 100
MAX_LINES = 3_000
MAX_PIXELS = 20_000_000
_POINTS = 72
_MARGIN = 4
_CELL_MARGIN = 2


@dataclass(frozen=True)
class _Read:
    """What recognition found in a line, at its middle in points on the straightened page."""

    x: float
    y: float
    confidence: float


@dataclass(frozen=True)
class _Page:
    layout: PageLayout
    lines: tuple[_Read, ...]
    turned: float


def read_scan(name: str, data: bytes) -> list[Item]:
    """The lines and whole tables of the pictures, boxes on the pages as they are shown.

    Raises :class:`RefusedFile` for a broken file or one beyond the limits.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise RefusedFile("the PDF is broken or encrypted", name) from error
    try:
        if len(document) > MAX_PAGES:
            raise RefusedFile(f"{len(document):,} scanned pages; the limit is {MAX_PAGES:,}", name)
        recogniser = Recogniser()
        pages = {number: _page(document[number - 1], number, recogniser, name) for number in range(1, len(document) + 1)}
    finally:
        document.close()
    items: list[Item] = []
    for item in stitch(mark_furniture([page.layout for page in pages.values()])):
        if isinstance(item, RawTable):
            for row in item.rows:
                for cell in row.values():
                    cell.pieces = [_told(piece, pages[piece.page]) for piece in cell.pieces]
            items.append(item)
        else:
            piece = _told(Piece(item.line.text, item.page, item.line.box), pages[item.page])
            items.append(TextItem(piece, item.first, item.line.furniture))
    return items


def _page(page: pdfium.PdfPage, number: int, recogniser: Recogniser, name: str) -> _Page:
    width, height = page.get_size()
    scale = DPI / _POINTS
    if width * height * scale * scale > MAX_PIXELS:
        raise RefusedFile("the page is too large to recognise", name, f"page {number}")
    shown = page.render(scale=scale, grayscale=True).to_numpy()
    picture, turned = straightened(shown.reshape(shown.shape[0], shown.shape[1]))
    ink = inked(picture)
    drawn = rulings(ink, DPI)
    rules = [_rule(line, scale) for line in drawn]
    across = tuple(rule for rule, line in zip(rules, drawn, strict=True) if line.horizontal)
    down = tuple(rule for rule, line in zip(rules, drawn, strict=True) if not line.horizontal)
    boxes = list(_lines(without(ink, drawn, DPI), across, down, scale))
    if len(boxes) > MAX_LINES:
        raise RefusedFile(f"more than {MAX_LINES:,} lines of text", name, f"page {number}")
    found = recogniser.lines([_cut(picture, box) for box in boxes])
    glyphs: list[Glyph] = []
    reads: list[_Read] = []
    for order, ((left, top, right, bottom), line) in enumerate(zip(boxes, found, strict=True)):
        x, y = (left + right) / 2 / scale, (top + bottom) / 2 / scale
        reads.append(_Read(x, y, line.confidence))
        if line.text:
            glyphs.append((left / scale, top / scale, right / scale, bottom / scale, x, y, line.text, order))
    marks = PageMarks(number, Frame(0, 0, width, height, 0, 0), tuple(glyphs), across, down)
    return _Page(lay_out(marks), tuple(reads), turned)


def _rule(line: Ruling, scale: float) -> Rule:
    left, top, right, bottom = (edge / scale for edge in line.box)
    return Rule((top + bottom) / 2, left, right) if line.horizontal else Rule((left + right) / 2, top, bottom)


def _lines(ink: Picture, across: tuple[Rule, ...], down: tuple[Rule, ...], scale: float) -> Iterator[Rectangle]:
    """The boxes of lines of text: cell by cell within tables, then of what is left of the page."""
    rest = ink.copy()
    for table in lattices(across, down, ()):
        if len(table.columns) <= 2:
            continue
        for cell in table.cells:
            box = cell.box
            left, top = round(box.left * scale) + _CELL_MARGIN, round(box.top * scale) + _CELL_MARGIN
            right, bottom = round(box.right * scale) - _CELL_MARGIN, round(box.bottom * scale) - _CELL_MARGIN
            if right > left and bottom > top:
                yield from text_lines(rest, (left, top, right, bottom), DPI)
                rest[top:bottom, left:right] = 0
    yield from text_lines(rest, (0, 0, rest.shape[1], rest.shape[0]), DPI)


def _cut(picture: Picture, box: Rectangle) -> Picture:
    left, top, right, bottom = box
    return picture[max(0, top - _MARGIN) : bottom + _MARGIN, max(0, left - _MARGIN) : right + _MARGIN]


def _told(piece: Piece, page: _Page) -> Piece:
    """A piece with the least confidence of its lines, its box turned back to the page as it is shown."""
    box = piece.box
    if box is None:
        return piece
    inside = [line.confidence for line in page.lines if box.left <= line.x <= box.right and box.top <= line.y <= box.bottom]
    return replace(piece, box=_turned(box, page), confidence=round(min(inside, default=1.0), 3))


def _turned(box: Box, page: _Page) -> Box:
    """The box around the same place of the page before it was straightened; its size is kept."""
    angle = math.radians(page.turned)
    middle_x, middle_y = page.layout.width / 2, page.layout.height / 2
    x, y = (box.left + box.right) / 2 - middle_x, (box.top + box.bottom) / 2 - middle_y
    across = x * math.cos(angle) - y * math.sin(angle) - x
    down = x * math.sin(angle) + y * math.cos(angle) - y
    return Box(round(box.left + across, 1), round(box.top + down, 1), round(box.right + across, 1), round(box.bottom + down, 1))
