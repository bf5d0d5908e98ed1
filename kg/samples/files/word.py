"""DOCX (ISO/IEC 29500), written as XML: merged cells, repeated heads, and text in runs as Word divides it."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from kg.samples.blocks import Caption, PageBreak
from kg.samples.files.content import BODY, Content, Grid, Words
from kg.samples.files.manners import Manner

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPES = (
    "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
    "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
    f"<Override PartName='/word/document.xml' ContentType='{_MAIN}'/></Types>"
)
_RELATIONS = (
    "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='rId1' "
    "Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' Target='word/document.xml'/></Relationships>"
)
_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RUNS = re.compile(r"[\x20-\x7e]+|[^\x20-\x7e]+")
"""Word divides text where the font changes, between Chinese characters and digits."""
_TWIPS = 9638
_SIZES = (36, 30, 26, 24)


def as_docx(content: Sequence[Content], manner: Manner) -> bytes:
    """A document with one section; the same content gives the same bytes."""
    body = "".join(part for item in content for part in _parts(item, manner))
    document = f"<w:document xmlns:w='{_SPACE}'><w:body>{body}<w:sectPr><w:pgSz w:w='11906' w:h='16838'/></w:sectPr></w:body></w:document>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELATIONS), ("word/document.xml", document)):
            data = f"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n{text}".encode()
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _parts(item: Content, manner: Manner) -> Iterator[str]:
    match item:
        case Words(text, level):
            size = 21 if level == BODY else _SIZES[level]
            yield _paragraph(_runs(text, size, bold=level != BODY))
        case Caption(issuer, unit):
            tab = "<w:r><w:tab/></w:r>" if issuer and unit else ""
            yield _paragraph(_runs(issuer, 18) + tab + _runs(unit, 18))
        case Grid():
            yield from _table(item, manner)
        case PageBreak():
            yield _paragraph("<w:r><w:br w:type='page'/></w:r>")


def _paragraph(runs: str) -> str:
    return f"<w:p>{runs}</w:p>"


def _runs(text: str, size: int, *, bold: bool = False) -> str:
    properties = f"<w:rPr><w:rFonts w:hint='eastAsia'/>{'<w:b/>' * bold}<w:sz w:val='{size}'/></w:rPr>"
    return "".join(f"<w:r>{properties}<w:t xml:space='preserve'>{escape(run)}</w:t></w:r>" for run in _RUNS.findall(text))


def _table(grid: Grid, manner: Manner) -> Iterator[str]:
    columns = len(grid.rows[0])
    below = {  # places that a cell of a row above reaches down to, with that cell's width
        (row + down, column): width for (row, column), (height, width) in grid.spans.items() for down in range(1, height)
    }
    covered = grid.covered()
    yield "<w:tbl><w:tblPr><w:tblW w:w='5000' w:type='pct'/></w:tblPr><w:tblGrid>"
    yield f"<w:gridCol w:w='{_TWIPS // columns}'/>" * columns
    yield "</w:tblGrid>"
    for row, cells in enumerate(grid.rows):
        yield "<w:tr><w:trPr><w:tblHeader/></w:trPr>" if manner.repeat_heads and row < grid.head else "<w:tr>"
        for column, text in enumerate(cells):
            if (row, column) in below:
                yield _cell("", below[row, column], "<w:vMerge/>", strong=False)
            elif (row, column) not in covered:
                height, width = grid.span(row, column)
                yield _cell(text, width, "<w:vMerge w:val='restart'/>" if height > 1 else "", strong=row in grid.strong)
        yield "</w:tr>"
    yield "</w:tbl>"


def _cell(text: str, width: int, merge: str, *, strong: bool) -> str:
    span = f"<w:gridSpan w:val='{width}'/>" if width > 1 else ""
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{_paragraph(_runs(text, 18, bold=strong))}</w:tc>"
