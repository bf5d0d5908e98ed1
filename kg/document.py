"""The document model: what a reader hands to an extractor.

A :class:`Document` is a sequence of blocks in reading order. Readers fill it and know nothing of budgets; extractors
read it and know nothing of file formats. Verbatim text is never overwritten: a normalised form is a second value.

A place is told in two ways that serve every format: character offsets into ``Document.text`` (the source itself for plain
text, the reader's own writing of it for everything else), and for paged formats page and box as well.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Box:
    """A rectangle on a page as it is shown, in points (1/72 inch) from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def fragment(self) -> str:
        """As ``xywh=left,top,width,height``, the spatial dimension of a media fragment (W3C Media Fragments URI 1.0)."""
        return f"xywh={self.left:g},{self.top:g},{round(self.right - self.left, 1):g},{round(self.bottom - self.top, 1):g}"

    def joined(self, other: "Box") -> "Box":
        """The smallest box around both."""
        return Box(min(self.left, other.left), min(self.top, other.top), max(self.right, other.right), max(self.bottom, other.bottom))


@dataclass(frozen=True)
class Span:
    """Where a text stands: ``line`` from 1, ``start`` and ``end`` as character offsets into ``Document.text``.

    ``page`` counts from 1 and is 0 in formats without pages; ``box`` is then ``None``.
    """

    line: int
    start: int
    end: int
    page: int = 0
    box: Box | None = None

    @property
    def place(self) -> str:
        """Page and box in one text, ``page=17&xywh=72,100.5,80,14``; empty in formats without pages."""
        if not self.page:
            return ""
        return f"page={self.page}&{self.box.fragment}" if self.box else f"page={self.page}"


@dataclass(frozen=True)
class Fragment:
    """A piece of ``Document.text`` and the rectangle of the page that shows it. A cell over two pages has two.

    ``confidence`` is how sure the recognition of a scan is of it, from 0 to 1; what is no scan is sure.
    """

    start: int
    end: int
    page: int
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True)
class Line:
    """One line of running text. ``text`` is verbatim without its line break; ``page_break`` says a page ends before it."""

    text: str
    span: Span
    page_break: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a grid. ``text`` is verbatim (may be empty); ``column`` counts from 0 and empty cells keep their place.

    A merged cell stands at its first row and column with its spans; the places it covers hold empty cells.
    """

    text: str
    row: int
    column: int
    span: Span
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True)
class Grid:
    """Consecutive rows of cells, as the reader found them; one printed table may be several grids (page breaks).

    ``breaks`` are the indexes of the rows that begin a new page inside the grid.
    """

    rows: tuple[tuple[Cell, ...], ...]
    breaks: tuple[int, ...] = ()

    @property
    def span(self) -> Span:
        first, last = self.rows[0][0].span, self.rows[-1][-1].span
        return Span(first.line, first.start, last.end, first.page)


Block = Line | Grid


@dataclass(frozen=True)
class Document:
    """A file as read. ``sha256`` is of its bytes and identifies the revision; ``text`` is the decoded source.

    ``printed`` is the text character for character as the file has it, where ``text`` unifies characters of one shape
    (radicals for characters); empty where there was nothing to unify. ``fragments`` lead from offsets to pages, in order;
    ``furniture`` is text of ``text`` that is no block: page numbers, running heads.
    """

    name: str
    sha256: str
    text: str
    blocks: tuple[Block, ...]
    reader: str
    notes: tuple[str, ...] = field(default=())
    printed: str = ""
    fragments: tuple[Fragment, ...] = ()
    furniture: tuple[Span, ...] = ()

    def lines(self) -> Iterator[Line]:
        """The running text, without grids."""
        return (block for block in self.blocks if isinstance(block, Line))

    def quote(self, span: Span) -> str:
        """The verbatim source text at ``span``."""
        return (self.printed or self.text)[span.start : span.end]

    @cached_property
    def _starts(self) -> list[int]:
        return [fragment.start for fragment in self.fragments]

    def fragments_of(self, span: Span) -> tuple[Fragment, ...]:
        """The pieces of pages that show ``span``, in order; empty for a format without pages and for an empty span."""
        first = max(0, bisect_right(self._starts, span.start) - 1)
        last = bisect_left(self._starts, span.end)
        return tuple(piece for piece in self.fragments[first:last] if piece.end > span.start)
