"""The document model: what a reader hands to an extractor.

A :class:`Document` is a sequence of blocks in reading order. Readers fill it and know nothing of budgets; extractors
read it and know nothing of file formats. Verbatim text is never overwritten: a normalised form is a second value.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Span:
    """Where a text stands: ``line`` from 1, ``start`` and ``end`` as character offsets into ``Document.text``."""

    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Line:
    """One line of running text. ``text`` is verbatim without its line break; ``page_break`` says a page ends before it."""

    text: str
    span: Span
    page_break: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a grid. ``text`` is verbatim (may be empty); ``column`` counts from 0 and empty cells keep their place."""

    text: str
    row: int
    column: int
    span: Span


@dataclass(frozen=True)
class Grid:
    """Consecutive rows of cells, as the reader found them; one printed table may be several grids (page breaks)."""

    rows: tuple[tuple[Cell, ...], ...]

    @property
    def span(self) -> Span:
        first, last = self.rows[0][0].span, self.rows[-1][-1].span
        return Span(first.line, first.start, last.end)


Block = Line | Grid


@dataclass(frozen=True)
class Document:
    """A file as read. ``sha256`` is of its bytes and identifies the revision; ``text`` is the decoded source."""

    name: str
    sha256: str
    text: str
    blocks: tuple[Block, ...]
    reader: str
    notes: tuple[str, ...] = field(default=())

    def lines(self) -> Iterator[Line]:
        """The running text, without grids."""
        return (block for block in self.blocks if isinstance(block, Line))

    def quote(self, span: Span) -> str:
        """The verbatim source text at ``span``."""
        return self.text[span.start : span.end]
