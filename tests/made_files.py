"""Writes the content of a document (lines and tables) as a file of each format."""

from collections.abc import Sequence

from kg.document import Document, Line
from kg.samples.files import ruled_pdf, web_page, word, workbook
from kg.samples.files.content import Grid, Spans, Words
from kg.samples.files.manners import Manner

__all__ = ["Content", "Grid", "Spans", "as_docx", "as_html", "as_pdf", "as_xlsx", "content_of"]

Content = str | Grid
_MANNER = Manner(repeat_heads=False, codes_as_numbers=True, one_sheet=True)


def content_of(document: Document) -> tuple[Content, ...]:
    """What a document holds, ready to be written in another format."""
    content: list[Content] = []
    for block in document.blocks:
        if isinstance(block, Line):
            content.append(block.text)
        else:
            width = max(map(len, block.rows))
            content.append(Grid(tuple(tuple(cell.text for cell in row) + ("",) * (width - len(row)) for row in block.rows)))
    return tuple(content)


def as_docx(content: Sequence[Content]) -> bytes:
    return word.as_docx(_worded(content), _MANNER)


def as_html(content: Sequence[Content]) -> bytes:
    return web_page.as_html(_worded(content), _MANNER)


def as_xlsx(content: Sequence[Content]) -> bytes:
    return workbook.as_xlsx(_worded(content), _MANNER)


def as_pdf(content: Sequence[Content]) -> bytes:
    return ruled_pdf.as_pdf(_worded(content), _MANNER)


def _worded(content: Sequence[Content]) -> list[Words | Grid]:
    return [Words(item) if isinstance(item, str) else item for item in content]
