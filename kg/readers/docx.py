"""DOCX (ISO/IEC 29500): paragraphs and tables of the main part in their order, straight from the XML.

Numbers that Word sets itself before paragraphs (一、 1.) are written out, since headings are known by them. Deleted text,
field codes and the fallback copies of drawings are left out.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from zipfile import ZipFile

from lxml import etree

from kg.document import Document
from kg.readers.composing import Composer, Piece, RawCell, RawTable, Row, joined
from kg.readers.ooxml import opened, parsed, part

_MAIN = "word/document.xml"
_NUMBERING = "word/numbering.xml"
_STYLES = "word/styles.xml"
_MAX_SPAN = 400
_DIGITS = "零一二三四五六七八九"


def _tag(name: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}"


_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_P, _TABLE, _ROW, _CELL, _RUN_TEXT, _TAB, _BREAK = map(_tag, ("p", "tbl", "tr", "tc", "t", "tab", "br"))
_LEFT_OUT = {_tag("del"), _tag("moveFrom"), _tag("instrText"), _tag("pPr"), _tag("rPr"), _FALLBACK}
_WRAPPERS = {_tag("sdt"), _tag("sdtContent"), _tag("ins"), _tag("moveTo"), _tag("customXml"), _tag("smartTag"), _tag("body")}
_VALUE = _tag("val")


def read_docx(name: str, data: bytes) -> Document:
    """Read a DOCX. Raises :class:`kg.errors.RefusedFile` for a broken, encrypted or too large one and for macros."""
    with opened(name, data) as archive:
        root = parsed(part(archive, _MAIN, name), name, _MAIN)
        numbers = _numbers(archive, name)
    composer = Composer(name)
    body = root.find(_tag("body"))
    if body is not None:
        _Writer(composer, numbers).blocks(body)
    return composer.document(data, "docx")


@dataclass
class _Writer:
    """Hands paragraphs and tables to the composer."""

    composer: Composer
    numbers: "_Numbers"

    def blocks(self, parent: etree._Element) -> None:
        for child in parent:
            if child.tag == _P:
                self._paragraph(child)
            elif child.tag == _TABLE:
                self._table(child)
            elif child.tag in _WRAPPERS:
                self.blocks(child)

    def _paragraph(self, paragraph: etree._Element) -> None:
        before = self.numbers.before(paragraph)
        for order, line in enumerate(_text(paragraph).split("\n")):
            self.composer.line([Piece((before if order == 0 else "") + line)])

    def _table(self, table: etree._Element) -> None:
        rows = list(_rows(table))
        if _is_layout(rows):
            for row in rows:
                for cell in _cells(row):
                    self.blocks(cell)
            return
        self.composer.table(self._grid(rows))
        for row in rows:
            for cell in _cells(row):
                for inner in _nested(cell):
                    self._table(inner)

    def _grid(self, rows: list[etree._Element]) -> RawTable:
        grid: list[Row] = []
        above: dict[int, RawCell] = {}
        width = 0
        for row in rows:
            cells: Row = {}
            column = _number(row.find(f"{_tag('trPr')}/{_tag('gridBefore')}"), 0)
            for cell in _cells(row):
                span = max(1, _number(cell.find(f"{_tag('tcPr')}/{_tag('gridSpan')}"), 1))
                merge = cell.find(f"{_tag('tcPr')}/{_tag('vMerge')}")
                if merge is not None and merge.get(_VALUE, "continue") == "continue" and column in above:
                    above[column].row_span += 1
                else:
                    cells[column] = above[column] = RawCell([Piece(self._cell_text(cell))], 1, span)
                column += span
            width = max(width, column)
            grid.append(cells)
        return RawTable(width, grid)

    def _cell_text(self, cell: etree._Element) -> str:
        text = ""
        for paragraph in _paragraphs(cell):
            for order, line in enumerate(_text(paragraph).split("\n")):
                text = joined(text, (self.numbers.before(paragraph) if order == 0 else "") + line.strip(), broken=True)
        return text


def _text(element: etree._Element) -> str:
    """The text of a paragraph; a line break becomes one, a tab two spaces."""
    parts: list[str] = []
    for child in element:
        if child.tag in _LEFT_OUT:
            continue
        if child.tag == _RUN_TEXT:
            parts.append(child.text or "")
        elif child.tag == _TAB:
            parts.append("  ")
        elif child.tag in (_BREAK, _tag("cr")):
            parts.append("" if child.get(_tag("type")) == "page" else "\n")
        elif child.tag == _tag("noBreakHyphen"):
            parts.append("-")
        else:
            parts.append(_text(child))
            if child.tag == _P:
                parts.append("\n")
    return "".join(parts)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == _ROW:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _rows(child)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == _CELL:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _cells(child)


def _paragraphs(cell: etree._Element) -> Iterator[etree._Element]:
    for child in cell:
        if child.tag == _P:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _paragraphs(child)


def _nested(cell: etree._Element) -> Iterator[etree._Element]:
    for child in cell:
        if child.tag == _TABLE:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _nested(child)


def _is_layout(rows: list[etree._Element]) -> bool:
    """A table of one column only arranges what it holds."""
    return all(len(list(_cells(row))) <= 1 for row in rows)


def _number(element: etree._Element | None, default: int) -> int:
    value = element.get(_VALUE, "") if element is not None else ""
    return min(int(value), _MAX_SPAN) if value.isdigit() else default


@dataclass
class _Level:
    text: str
    form: str
    start: int


@dataclass
class _Numbers:
    """The lists of a document: their levels, which style has which, and how far each has counted."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    counted: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def before(self, paragraph: etree._Element) -> str:
        """The number that stands before a paragraph, counted on; empty without one."""
        properties = paragraph.find(_tag("pPr"))
        if properties is None:
            return ""
        own = _list_of(properties)
        style = properties.find(_tag("pStyle"))
        found = own or (self.styles.get(style.get(_VALUE, "")) if style is not None else None)
        if found is None or found[0] not in self.levels or found[1] not in self.levels[found[0]]:
            return ""
        which, depth = found
        levels, counts = self.levels[which], self.counted[which]
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        text = levels[depth].text
        for level, definition in levels.items():
            text = text.replace(f"%{level + 1}", _written(counts.get(level, definition.start), definition.form))
        return text if levels[depth].form not in ("bullet", "none") else ""


def _list_of(properties: etree._Element) -> tuple[str, int] | None:
    which = properties.find(f"{_tag('numPr')}/{_tag('numId')}")
    if which is None:
        return None
    return which.get(_VALUE, ""), _number(properties.find(f"{_tag('numPr')}/{_tag('ilvl')}"), 0)


def _numbers(archive: ZipFile, name: str) -> _Numbers:
    parts = set(archive.namelist())
    numbers = _Numbers()
    if _NUMBERING not in parts:
        return numbers
    root = parsed(part(archive, _NUMBERING, name), name, _NUMBERING)
    abstract = {
        entry.get(_tag("abstractNumId"), ""): {
            _depth(level): _Level(_value(level, "lvlText"), _value(level, "numFmt") or "decimal", _number(level.find(_tag("start")), 1))
            for level in entry.iter(_tag("lvl"))
        }
        for entry in root.iter(_tag("abstractNum"))
    }
    for entry in root.iter(_tag("num")):
        target = entry.find(_tag("abstractNumId"))
        if target is not None and target.get(_VALUE, "") in abstract:
            numbers.levels[entry.get(_tag("numId"), "")] = abstract[target.get(_VALUE, "")]
    if _STYLES in parts:
        for style in parsed(part(archive, _STYLES, name), name, _STYLES).iter(_tag("style")):
            properties = style.find(_tag("pPr"))
            if properties is not None and (found := _list_of(properties)) is not None:
                numbers.styles[style.get(_tag("styleId"), "")] = found
    return numbers


def _depth(level: etree._Element) -> int:
    printed = level.get(_tag("ilvl"), "")
    return int(printed) if printed.isdigit() else 0


def _value(parent: etree._Element, child: str) -> str:
    """The value of a child element, empty without one."""
    found = parent.find(_tag(child))
    return found.get(_VALUE, "") if found is not None else ""


def _written(number: int, form: str) -> str:
    """A number as its list writes it; a form that is not known is written in digits."""
    if form in ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital") and 0 < number < 100:
        tens, ones = divmod(number, 10)
        return ("" if not tens else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")
    if form in ("upperLetter", "lowerLetter") and 0 < number <= 26:
        return chr((ord("A") if form == "upperLetter" else ord("a")) + number - 1)
    return str(number)
