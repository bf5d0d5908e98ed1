"""Text with a line for each paragraph and table row, cells separated by tabs: what converters make of ruled tables."""

from collections.abc import Iterator

from kg.samples.blocks import Block, Caption, Entry, Head, Heading, PageBreak, Paragraph, Row, Table
from kg.samples.composing import compose
from kg.samples.facts import SampleDisclosure
from kg.samples.style import Layout
from kg.samples.wrapping import pieces

_LINE = 42
"""Characters on a printed line, for finding out where pages end."""
_SECTION = 2
_GAP = "\n\n"


def write_tabbed(sample: SampleDisclosure, layout: Layout) -> str:
    """The disclosure as tabbed text; the same sample and layout always give the same text."""
    writer = _Writer(layout)
    parts: list[str] = []
    before: Block | None = None
    for block in compose(sample, layout):
        text = writer.text(block)
        if text:
            gap = "\n" if isinstance(block, Entry) and isinstance(before, Entry) else _GAP
            parts += [gap, text] if parts else [text]
            before = block
    return "".join(parts) + "\n"


class _Writer:
    """Sets block after block, and knows which mark comes next and how full the page is."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._marked = 0
        self._line = 0

    def text(self, block: Block) -> str:
        """The block as text, empty for a page break."""
        layout = self._layout
        match block:
            case Heading(text, level):
                return self._heading(layout.prose(text), level)
            case Paragraph(text, term):
                bold = text.replace(term, f"**{term}**", 1) if term else text
                return self._paragraph(layout.prose(bold))
            case Entry(text):
                return f"- {layout.prose(text)}"
            case Caption(issuer, unit):
                return _GAP.join(text for text in (issuer, unit) if text)
            case Table():
                lines = list(_lines(block, layout))
                self._line += len(lines)
                return "\n".join(lines)
            case PageBreak():
                self._line = 0
                return ""

    def _heading(self, text: str, level: int) -> str:
        self._line += 1
        if self._layout.marks and level >= _SECTION:
            mark = self._layout.marks[self._marked % len(self._layout.marks)]
            self._marked += 1
            return mark.format(text)
        return f"{'#' * (level + 1)} {text}" if self._layout.heading_marks else text

    def _paragraph(self, text: str) -> str:
        """The text, in two pieces where the page ends within it; numbers are not cut."""
        page = self._layout.page_lines
        lines = -(-len(text) // _LINE)
        left = 0 if page is None else page - self._line % page
        self._line += lines
        if page is None or not 0 < left < lines:
            return text
        head = ""
        for piece in pieces(text):
            if len(head) >= left * _LINE:
                break
            head += piece
        return _GAP.join(part.strip() for part in (head, text[len(head) :]) if part.strip())


def _lines(table: Table, layout: Layout) -> Iterator[str]:
    for line in grid(table.head):
        yield "\t".join(line)
    for row in table.rows:
        yield "\t".join(_cells(row, layout))


def _cells(row: Row, layout: Layout) -> Iterator[str]:
    for at, cell in enumerate(row.cells):
        strong = (row.strong and layout.bold) or at < row.strong_cells
        yield f"<b>{cell}</b>" if cell and strong else cell


def grid(head: tuple[tuple[Head, ...], ...]) -> list[list[str]]:
    """A head with every covered place as an empty cell: one list of texts a line, all of the same length."""
    width = sum(cell.columns for cell in head[0]) if head else 0
    lines = [[""] * width for _ in head]
    taken = [[False] * width for _ in head]
    for at, cells in enumerate(head):
        for cell in cells:
            column = taken[at].index(False)
            lines[at][column] = cell.text
            for covered in taken[at : at + cell.rows]:
                covered[column : column + cell.columns] = [True] * cell.columns
    return lines
