"""From lines and tables of any format to a document: its text is written, and every piece keeps its place in it.

A table row becomes one line of the text with a tab between the cells. What stands in rows of its own above or below a table
but was drawn inside its lines (a title, the issuer and the unit, a note) is running text.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.document import Block, Box, Cell, Document, Fragment, Grid, Line, Span
from kg.errors import RefusedFile
from kg.readers.radicals import without_radicals

MAX_CELLS = 400_000
MAX_CHARACTERS = 20_000_000
_BREAKS = re.compile(r"[\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LABELLED = re.compile("[:：]")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_LONG_NOTE = 12
_MOST_LABELS = 3


@dataclass(frozen=True)
class Piece:
    """A part of a cell's text; in paged formats with the page and the rectangle that show it, of scans with its confidence."""

    text: str
    page: int = 0
    box: Box | None = None
    confidence: float = 1.0


@dataclass
class RawCell:
    """A cell with its spans; several pieces where a page break cuts it."""

    pieces: list[Piece]
    row_span: int = 1
    column_span: int = 1

    @property
    def text(self) -> str:
        text = ""
        for piece in self.pieces:
            text = joined(text, piece.text)
        return text


Row = dict[int, RawCell]


@dataclass
class RawTable:
    """Rows of cells by column (places covered by a merged cell are left out), and the rows that begin a page.

    ``loose``: the format does not say which cells are merged (a spreadsheet's title stands in one narrow cell).
    """

    width: int
    rows: list[Row]
    breaks: list[int] = field(default_factory=list)
    loose: bool = False


def joined(first: str, second: str, broken: bool = False) -> str:
    """Two pieces of a wrapped text as one: a space only where two Latin words meet.

    ``broken``: the line was ended on purpose, not for want of room. Two numbers that stand so one under the other are two.
    """
    if not first:
        return second
    latin = first[-1:].isascii() and first[-1:].isalpha() and second[:1].isascii() and second[:1].isalpha()
    numbers = broken and first[-1:].isdigit() and _NUMBER.fullmatch(second) and _NUMBER.fullmatch(first.split()[-1])
    return f"{first} {second}" if latin or numbers else first + second


class Composer:
    """Collects the blocks of a document in reading order."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._parts: list[str] = []
        self._size = 0
        self._line = 1
        self._cells = 0
        self._blocks: list[Block] = []
        self._fragments: list[Fragment] = []
        self._furniture: list[Span] = []

    def line(self, pieces: Sequence[Piece], page_break: bool = False, furniture: bool = False) -> None:
        """A line of running text; pieces that stand beside each other are kept apart by a space."""
        shown = [piece for piece in pieces if piece.text.strip()]
        if not shown:
            return
        start = self._size
        for order, piece in enumerate(shown):
            if order:
                self._write(" ")
            self._piece(piece)
        span = Span(self._line, start, self._size, shown[0].page, shown[0].box if len(shown) == 1 else None)
        if furniture:
            self._furniture.append(span)
        else:
            self._blocks.append(Line(self._since(start), span, page_break))
        self._end_line()

    def table(self, table: RawTable) -> None:
        """A table; its captions and notes become lines."""
        first, last = _body(table)
        for row in table.rows[:first]:
            self._caption(row)
        if first < last:
            self._grid(table, first, last)
        for row in table.rows[last:]:
            self._caption(row)

    def document(self, data: bytes, reader: str, notes: Sequence[str] = ()) -> Document:
        """What was collected. Raises :class:`RefusedFile` when there is no text at all."""
        written = "".join(self._parts)
        if not written.strip():
            raise RefusedFile("the file has no text", self._name)
        text = without_radicals(written)
        return Document(
            self._name,
            hashlib.sha256(data).hexdigest(),
            text,
            tuple(self._blocks),
            reader,
            tuple(notes),
            written if written != text else "",
            tuple(self._fragments),
            tuple(self._furniture),
        )

    def _caption(self, row: Row) -> None:
        self.line([piece for _, cell in sorted(row.items()) for piece in cell.pieces])

    def _grid(self, table: RawTable, first: int, last: int) -> None:
        rows = []
        for order, row in enumerate(table.rows[first:last]):
            self._cells += table.width
            if self._cells > MAX_CELLS:
                raise RefusedFile(f"more than {MAX_CELLS:,} cells", self._name)
            cells = []
            for column in range(table.width):
                if column:
                    self._write("\t")
                cells.append(self._cell(row.get(column), order, column))
            rows.append(tuple(cells))
            self._end_line()
        breaks = tuple(index - first for index in table.breaks if first < index < last)
        self._blocks.append(Grid(tuple(rows), breaks))

    def _cell(self, cell: RawCell | None, row: int, column: int) -> Cell:
        start = self._size
        if cell is None:
            return Cell("", row, column, Span(self._line, start, start))
        so_far = ""
        for piece in cell.pieces:
            if len(joined(so_far, piece.text)) > len(so_far) + len(piece.text):
                self._write(" ")
            self._piece(piece)
            so_far = joined(so_far, piece.text)
        where = cell.pieces[0] if cell.pieces else Piece("")
        span = Span(self._line, start, self._size, where.page, where.box)
        return Cell(self._since(start), row, column, span, cell.row_span, cell.column_span)

    def _piece(self, piece: Piece) -> None:
        text = piece.text if piece.text.isprintable() else _CONTROL.sub("", _BREAKS.sub(" ", piece.text))
        if piece.box is not None and text:
            self._fragments.append(Fragment(self._size, self._size + len(text), piece.page, piece.box, piece.confidence))
        self._write(text)

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._size += len(text)
        if self._size > MAX_CHARACTERS:
            raise RefusedFile(f"more than {MAX_CHARACTERS:,} characters of text", self._name)

    def _since(self, start: int) -> str:
        """The text written since ``start``, unified."""
        wanted = self._size - start
        tail: list[str] = []
        for part in reversed(self._parts):
            if wanted <= 0:
                break
            tail.append(part)
            wanted -= len(part)
        return without_radicals("".join(reversed(tail)))

    def _end_line(self) -> None:
        self._write("\n")
        self._line += 1


def _body(table: RawTable) -> tuple[int, int]:
    """The first row of the table proper, and the one after its last."""
    first, last = 0, len(table.rows)
    while first < last and _is_caption(table, table.rows[first]):
        first += 1
    while first < last and _is_note(table, table.rows[last - 1]):
        last -= 1
    return first, last


def _texts(row: Row) -> list[tuple[int, RawCell]]:
    return [(column, cell) for column, cell in sorted(row.items()) if cell.text.strip()]


def _is_caption(table: RawTable, row: Row) -> bool:
    texts = _texts(row)
    if len(texts) <= 1:
        return not texts or table.loose or 2 * texts[0][1].column_span > table.width or bool(_LABELLED.search(texts[0][1].text))
    return len(texts) <= _MOST_LABELS and all(_LABELLED.search(cell.text) for _, cell in texts)


def _is_note(table: RawTable, row: Row) -> bool:
    texts = _texts(row)
    if len(texts) != 1:
        return not texts and table.loose
    column, cell = texts[0]
    return cell.column_span >= table.width or (table.loose and column == 0 and len(cell.text) > _LONG_NOTE)
