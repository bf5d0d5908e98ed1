"""PDF with ruled tables, as word processors and spreadsheets print it: wrapped cells, tables over pages, pages that lie across.

The font is Adobe's standard Chinese one, which need not be embedded: the same disclosure gives the same bytes on every
machine. (The library cannot embed the PostScript outlines of the Noto fonts.)
"""

import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kg.samples.blocks import Caption, PageBreak
from kg.samples.files.content import BODY, Content, Grid, Words
from kg.samples.files.manners import Lines, Manner, Wide
from kg.samples.files.table_pages import Page, TablePiece, table_pages, widths_of

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
_A4 = (595, 842)
_MARGIN = 40
_BODY_SIZE = 10.5
_SIZES = (20, 15, 12, 11)
_LEADING = 1.6
_CELL_SIZE = 8.0
_MANY_COLUMNS = 8
_ROOM_FOR_TABLE = 160
_FIGURE = re.compile(r"-?[\d,]*\d(?:\.\d+)?")
_LINE = re.compile(r".{1,48}(?![\d.,%])")
"""Lines of a paragraph; like a word processor this breaks no number."""
_NUMBER = re.compile(r"表\s*\d+")
_RULE = 0.5
_BOLD = 0.2


def as_pdf(content: Sequence[Content], manner: Manner) -> bytes:
    """A PDF; the same content and manner give the same bytes.

    Raises :class:`ValueError` where the library that writes PDFs is not installed (``budget-kg[samples]``).
    """
    try:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont
        from reportlab.pdfgen.canvas import Canvas
    except ImportError as error:
        raise ValueError("to write PDF, install reportlab: pip install 'budget-kg[samples]'") from error
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=_A4, invariant=1)
    _Printer(canvas, manner).print(content)
    canvas.save()
    return out.getvalue()


class _Printer:
    """Prints one thing under the other and begins pages."""

    def __init__(self, canvas: "Canvas", manner: Manner) -> None:
        self._canvas = canvas
        self._manner = manner
        self._number = 0
        self._size: tuple[float, float] = _A4
        self._top = 0.0
        self._across = False

    def print(self, content: Sequence[Content]) -> None:
        self._begin(across=False)
        for at, item in enumerate(content):
            match item:
                case Words(text, level):
                    self._before_table(content, at)
                    self._words(text, level)
                case Caption(issuer, unit):
                    self._caption(issuer, unit)
                case Grid():
                    self._grid(item)
                case PageBreak():
                    self._next(across=self._across)
        self._end()

    def _begin(self, *, across: bool) -> None:
        """A page, upright or across; one that a /Rotate turns is drawn on sideways."""
        canvas = self._canvas
        self._across = across
        self._number += 1
        self._size = (_A4[1], _A4[0]) if across else _A4
        rotated = across and self._manner.wide is Wide.ROTATED
        # The library exchanges the sides of a page that it rotates: given the sides as shown, it writes an upright page.
        canvas.setPageSize(self._size)
        canvas.setPageRotation(90 if rotated else 0)
        if rotated:
            canvas.transform(0, 1, -1, 0, _A4[0], 0)
        self._top = _MARGIN

    def _end(self) -> None:
        self._text((self._size[0] - 20) / 2, self._size[1] - 22, f"- {self._number} -", 9)
        self._canvas.showPage()

    def _next(self, *, across: bool) -> None:
        self._end()
        self._begin(across=across)

    def _text(self, x: float, baseline: float, text: str, size: float, *, bold: bool = False) -> None:
        """``baseline`` is counted from the top of the page; bold text is struck twice, as many programs do it."""
        self._canvas.setFont(FONT, size)
        self._canvas.drawString(x, self._size[1] - baseline, text)
        if bold:
            self._canvas.drawString(x + _BOLD, self._size[1] - baseline, text)

    def _width(self, text: str, size: float) -> float:
        return float(self._canvas.stringWidth(text, FONT, size))

    def _words(self, text: str, level: int) -> None:
        size = _BODY_SIZE if level == BODY else _SIZES[level]
        for line in _LINE.findall(text) if level == BODY else [text]:
            if self._top + size * _LEADING > self._size[1] - _MARGIN:
                self._next(across=self._across)
            self._top += size * _LEADING
            x = (self._size[0] - self._width(line, size)) / 2 if level < 2 else _MARGIN
            self._text(x, self._top, line, size, bold=level != BODY)

    def _caption(self, issuer: str, unit: str) -> None:
        self._top += _CELL_SIZE * _LEADING
        self._text(_MARGIN, self._top, issuer, _CELL_SIZE)
        self._text(self._size[0] - _MARGIN - self._width(unit, _CELL_SIZE), self._top, unit, _CELL_SIZE)

    def _before_table(self, content: Sequence[Content], at: int) -> None:
        """A table's name begins a page where little is left of the last, or where the table needs a page that lies otherwise."""
        before = content[at - 1] if at else None
        grid = next((one for one in content[at + 1 : at + 4] if isinstance(one, Grid)), None)
        if _is_number(before) or (grid is None and isinstance(before, Grid)):
            return
        across = grid is not None and self._lies_across(grid)
        if across != self._across or (grid is not None and self._top + _ROOM_FOR_TABLE > self._size[1]):
            self._next(across=across)

    def _lies_across(self, grid: Grid) -> bool:
        return self._manner.wide is not Wide.UPRIGHT and len(grid.rows[0]) > _MANY_COLUMNS

    def _grid(self, grid: Grid) -> None:
        widths = widths_of(grid, self._size[0] - 2 * _MARGIN, _CELL_SIZE)
        self._top += 4
        page = Page(self._size[1] - _MARGIN - self._top, self._size[1] - 2 * _MARGIN)
        for order, piece in enumerate(table_pages(grid, widths, _CELL_SIZE, page, self._manner)):
            if order:
                self._next(across=self._across)
            self._piece(piece, widths)
        self._top += 6

    def _piece(self, piece: TablePiece, widths: Sequence[float]) -> None:
        lefts = [_MARGIN + sum(widths[:at]) for at in range(len(widths) + 1)]
        tops = [self._top + sum(piece.heights[:at]) for at in range(len(piece.heights) + 1)]
        boxes = []
        for cell in piece.cells:
            left, right = lefts[cell.column], lefts[cell.column + cell.columns]
            top, bottom = tops[cell.row], tops[cell.row + cell.rows]
            boxes.append((left, top, right, bottom))
            leading = _CELL_SIZE + 1
            baseline = (top + bottom - leading * len(cell.lines)) / 2 + _CELL_SIZE
            for line in cell.lines:
                right_side = bool(_FIGURE.fullmatch("".join(cell.lines)))
                x = right - 2 - self._width(line, _CELL_SIZE) if right_side else left + 2
                self._text(x, baseline, line, _CELL_SIZE, bold=cell.strong)
                baseline += leading
        self._rules(boxes)
        self._top = tops[-1]

    def _rules(self, boxes: Sequence[tuple[float, float, float, float]]) -> None:
        canvas, height = self._canvas, self._size[1]
        canvas.setLineWidth(_RULE)
        path = canvas.beginPath()
        for left, top, right, bottom in boxes:
            if self._manner.lines is Lines.BOXES:
                canvas.rect(left, height - bottom, right - left, bottom - top)
            elif self._manner.lines is Lines.PATH:
                path.rect(left, height - bottom, right - left, bottom - top)
        for x, y, to_x, to_y in sorted({edge for box in boxes for edge in _edges(*box)}):
            if self._manner.lines is Lines.STROKES:
                canvas.line(x, height - y, to_x, height - to_y)
            elif self._manner.lines is Lines.FILLS:
                canvas.rect(x, height - to_y, max(to_x - x, _RULE), max(to_y - y, _RULE), stroke=0, fill=1)
        if boxes and self._manner.lines is Lines.PATH:
            canvas.drawPath(path)


def _is_number(item: Content | None) -> bool:
    return isinstance(item, Words) and _NUMBER.fullmatch(item.text) is not None


def _edges(left: float, top: float, right: float, bottom: float) -> Iterator[tuple[float, float, float, float]]:
    yield left, top, right, top
    yield left, bottom, right, bottom
    yield left, top, left, bottom
    yield right, top, right, bottom
