"""HTML pages: text and tables in their order; scripts, styles and what is hidden are left out."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as parser

from kg.document import Document
from kg.errors import RefusedFile
from kg.readers.composing import Composer, Piece, RawCell, RawTable, Row, joined

MAX_BYTES = 20_000_000
_MAX_SPAN = 400
_MAX_DEPTH = 200
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{3,20})", re.IGNORECASE)
_LEFT_OUT = {"script", "style", "noscript", "template", "head", "iframe", "object", "select", "svg"}
_INLINE = {
    *("a", "abbr", "b", "bdo", "big", "cite", "code", "em", "font", "i", "ins", "kbd", "label", "mark", "o:p", "q", "ruby", "s", "small"),
    *("span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "st1:chsdate", "st1:chmetcnv"),
}
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def read_html(name: str, data: bytes) -> Document:
    """Read an HTML page. Raises :class:`RefusedFile` when it is too large or no page."""
    if len(data) > MAX_BYTES:
        raise RefusedFile(f"{len(data):,} bytes; the limit for a page is {MAX_BYTES:,}", name)
    text = _decoded(data)
    try:
        root = parser.document_fromstring(text, parser=parser.HTMLParser(no_network=True, huge_tree=False, remove_comments=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise RefusedFile("this is no page that can be read", name) from error
    writer = _Writer(name)
    writer.element(root)
    writer.flush()
    return writer.composer.document(data, "html")


def _decoded(data: bytes) -> str:
    """The page as text: by its mark, its declaration, or what fits; characters that do not fit are replaced."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    declared = _CHARSET.search(data[:4096])
    names = ["utf-8-sig", "gb18030"]
    if declared and declared[1].lower() in (b"gb2312", b"gbk", b"gb18030"):
        names.reverse()
    for encoding in names:
        try:
            return data.decode(encoding).replace("<?xml", "<!xml", 1)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


class _Writer:
    """Gathers inline text to lines and hands lines and tables to the composer."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.composer = Composer(name)
        self._words: list[str] = []

    def flush(self) -> None:
        self.composer.line([Piece(_spaced("".join(self._words)))])
        self._words = []

    def element(self, element: etree._Element, depth: int = 0) -> None:
        """An element with what it holds, its tail left to the caller."""
        if depth > _MAX_DEPTH:
            raise RefusedFile("elements are nested too deeply", self._name)
        if not isinstance(element.tag, str) or element.tag in _LEFT_OUT or _is_hidden(element):
            return
        if element.tag == "table" and not _is_layout(element):
            self.flush()
            self.composer.table(_grid(element))
            return
        if element.tag == "br":
            self.flush()
            return
        block = element.tag not in _INLINE
        if block:
            self.flush()
        self._words.append(element.text or "")
        for child in element:
            self.element(child, depth + 1)
            self._words.append(child.tail or "")
        if block:
            self.flush()


def _spaced(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _is_hidden(element: etree._Element) -> bool:
    return element.get("hidden") is not None or _HIDDEN.search(element.get("style", "")) is not None


def _is_layout(table: etree._Element) -> bool:
    """A table of one column, or one whose cells hold tables, only arranges what it holds."""
    rows = list(_rows(table))
    return all(len(list(_cells(row))) <= 1 for row in rows) or any(
        next(cell.iter("table"), None) is not None for row in rows for cell in _cells(row)
    )


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    return (child for child in row if child.tag in ("td", "th"))


def _grid(table: etree._Element) -> RawTable:
    rows: list[Row] = []
    covered: dict[int, int] = {}
    width = 0
    caption = table.find("caption")
    for row in _rows(table):
        cells: Row = {}
        column = 0
        below: dict[int, int] = {}
        for cell in _cells(row):
            while covered.get(column, 0) > 0:
                column += 1
            height, span = _span(cell, "rowspan"), _span(cell, "colspan")
            cells[column] = RawCell([Piece(_cell_text(cell))], height, span)
            for at in range(column, column + span):
                below[at] = height
            column += span
        width = max(width, column, *(at + 1 for at, left in covered.items() if left > 0), 0)
        covered = {at: left - 1 for at, left in covered.items() if left > 1}
        covered |= {at: height - 1 for at, height in below.items() if height > 1}
        rows.append(cells)
    if caption is not None and width:
        rows.insert(0, {0: RawCell([Piece(_cell_text(caption))], 1, width)})
    return RawTable(width, rows)


def _span(cell: etree._Element, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isdigit() and len(value) < 6 else 1


def _cell_text(cell: etree._Element) -> str:
    if not len(cell):
        return _spaced(cell.text or "")
    text = ""
    for line in _lines(cell):
        text = joined(text, _spaced(line), broken=True)
    return text


def _lines(element: etree._Element) -> Iterator[str]:
    """The lines of a cell: blocks and breaks divide them."""
    words = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _LEFT_OUT and not _is_hidden(child):
            inner = list(_lines(child))
            if child.tag in _INLINE:
                words.append(inner[0] if inner else "")
                if len(inner) > 1:
                    yield "".join(words)
                    yield from inner[1:-1]
                    words = [inner[-1]]
            else:
                yield "".join(words)
                yield from inner
                words = []
        words.append(child.tail or "")
    yield "".join(words)
