"""Text with a line for each paragraph and table row, cells separated by tabs: what converters make of ruled tables."""

from collections.abc import Iterator

from kg.samples.blocks import Block, Caption, Entry, Head, Heading, PageBreak, Paragraph, Row, Table
from kg.samples.composing import compose
from kg.samples.facts import SampleDisclosure
from kg.samples.style import Layout


def write_tabbed(sample: SampleDisclosure, layout: Layout) -> str:
    """The disclosure as tabbed text; the same sample and layout always give the same text."""
    parts: list[str] = []
    before: Block | None = None
    for block in compose(sample, layout):
        text = _text(block, layout)
        if text:
            gap = "\n" if isinstance(block, Entry) and isinstance(before, Entry) else "\n\n"
            parts += [gap, text] if parts else [text]
            before = block
    return "".join(parts) + "\n"


def _text(block: Block, layout: Layout) -> str:
    match block:
        case Heading(text, level):
            marks = "#" * (level + 1) + " " if layout.heading_marks else ""
            return marks + layout.prose(text)
        case Paragraph(text, term):
            bold = text.replace(term, f"**{term}**", 1) if term else text
            return layout.prose(bold)
        case Entry(text):
            return f"- {layout.prose(text)}"
        case Caption(issuer, unit):
            return "\n\n".join(text for text in (issuer, unit) if text)
        case Table():
            return "\n".join(_lines(block, layout))
        case PageBreak():
            return ""


def _lines(table: Table, layout: Layout) -> Iterator[str]:
    for line in grid(table.head):
        yield "\t".join(line)
    for row in table.rows:
        yield "\t".join(_cells(row, layout))


def _cells(row: Row, layout: Layout) -> Iterator[str]:
    for cell in row.cells:
        yield f"<b>{cell}</b>" if cell and row.strong and layout.bold else cell


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
