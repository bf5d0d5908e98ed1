"""Draws small PDFs for the reader's tests: ruled tables in the ways that publishing programs draw them.

The font is one of the Adobe CID fonts that need not be embedded, so that no font file is asked for.
"""

import io
from collections.abc import Callable, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
SIZE = 9
ROW = 20
WIDTH, HEIGHT = A4

Spans = dict[tuple[int, int], tuple[int, int]]
Draw = Callable[[Canvas], None]


def pdf(*pages: Draw, rotate: int = 0, encrypt: str = "") -> bytes:
    """A PDF with one page for each drawing; ``rotate`` is the page's /Rotate."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    # The library exchanges width and height of a page that it rotates; here the page itself stays upright.
    size = (HEIGHT, WIDTH) if rotate % 180 else A4
    canvas = Canvas(out, pagesize=size, invariant=1, encrypt=encrypt or None)
    for draw in pages:
        canvas.setFont(FONT, SIZE)
        if rotate:
            canvas.setPageRotation(rotate)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def text(x: float, top: float, words: str) -> Draw:
    """A line of text whose upper edge is ``top`` points below the page's."""
    return lambda canvas: canvas.drawString(x, HEIGHT - top - SIZE, words)


def all_of(*draws: Draw) -> Draw:
    def draw(canvas: Canvas) -> None:
        for one in draws:
            one(canvas)

    return draw


def table(left: float, top: float, widths: Sequence[float], rows: Sequence[Sequence[str]], *, spans: Spans | None = None,
          lines: str = "strokes", open_sides: bool = False, heights: Sequence[float] = ()) -> Draw:  # fmt: skip
    """A ruled table; ``spans`` merges cells (rows, columns) from a place on.

    ``lines``: ``strokes`` (one stroke for each edge of a cell), ``fills`` (thin filled rectangles), ``boxes`` (a stroked
    rectangle for each cell), ``path`` (one path for everything). ``heights`` are those of the rows, one line each if not given.
    """

    def draw(canvas: Canvas) -> None:
        merged = spans or {}
        covered = {
            (row + down, column + right)
            for (row, column), (height, width) in merged.items()
            for down in range(height)
            for right in range(width)
            if down or right
        }
        xs = [left + sum(widths[:index]) for index in range(len(widths) + 1)]
        tall = heights or [ROW] * len(rows)
        ys = [HEIGHT - top - sum(tall[:index]) for index in range(len(rows) + 1)]
        path = canvas.beginPath()
        for row, cells in enumerate(rows):
            for column, words in enumerate(cells):
                if (row, column) in covered:
                    continue
                height, width = merged.get((row, column), (1, 1))
                x, y = xs[column], ys[row + height]
                right, upper = xs[column + width], ys[row]
                edges = [(x, y, right, y), (x, upper, right, upper)]
                edges += [(x, y, x, upper)] if column or not open_sides else []
                edges += [(right, y, right, upper)] if column + width < len(widths) or not open_sides else []
                if lines == "boxes":
                    canvas.rect(x, y, right - x, upper - y)
                for x0, y0, x1, y1 in edges:
                    if lines == "strokes":
                        canvas.line(x0, y0, x1, y1)
                    elif lines == "fills":
                        canvas.rect(x0 - 0.25, y0 - 0.25, x1 - x0 + 0.5, y1 - y0 + 0.5, stroke=0, fill=1)
                    elif lines == "path":
                        path.moveTo(x0, y0)
                        path.lineTo(x1, y1)
                for order, part in enumerate(words.split("\n")):
                    canvas.drawString(x + 2, upper - SIZE - 1 - order * (SIZE + 1), part)
        if lines == "path":
            canvas.drawPath(path)

    return draw


def form(draw: Draw, *, dx: float, dy: float) -> Draw:
    """The drawing inside a form XObject that is placed ``dx`` to the right and ``dy`` up."""

    def place(canvas: Canvas) -> None:
        name = f"form{dx}-{dy}"
        canvas.beginForm(name)
        canvas.setFont(FONT, SIZE)
        draw(canvas)
        canvas.endForm()
        canvas.saveState()
        canvas.translate(dx, dy)
        canvas.doForm(name)
        canvas.restoreState()

    return place


def clipped(draw: Draw, *, left: float, top: float, width: float, height: float) -> Draw:
    """The drawing with everything outside a rectangle clipped away (but still in the file)."""

    def place(canvas: Canvas) -> None:
        canvas.saveState()
        window = canvas.beginPath()
        window.rect(left, HEIGHT - top - height, width, height)
        canvas.clipPath(window, stroke=0)
        draw(canvas)
        canvas.restoreState()

    return place
