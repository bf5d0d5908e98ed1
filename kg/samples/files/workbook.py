"""XLSX as finance offices fill it: a sheet a table or everything on one, amounts as numbers, merged titles and heads."""

import datetime
import io
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from kg.samples.blocks import Caption, PageBreak
from kg.samples.files.content import BODY, Content, Grid, Words
from kg.samples.files.manners import Manner

_AMOUNT = re.compile(r"-?\d{1,3}(?:,?\d{3})*(?:\.\d+)?")
_CODE = re.compile(r"\d{2,7}")
_TABLE = re.compile(r"表\s*\d+")
_TITLE = 2
_CREATED = datetime.datetime(2026, 1, 1)
_NEAR = 3


def as_xlsx(content: Sequence[Content], manner: Manner) -> bytes:
    """A workbook; amounts are numbers in the format of their print, a free row stands after a table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        formats = _Formats(book)
        for name, items in _sheets(content, manner):
            _Sheet(book.add_worksheet(name), formats, manner).fill(items)
    return out.getvalue()


def _sheets(content: Sequence[Content], manner: Manner) -> Iterator[tuple[str, list[Content]]]:
    """What stands on each sheet, with its name."""
    if manner.one_sheet:
        yield "Sheet1", list(content)
        return
    begun: list[Content] = []
    number = 0
    for at, item in enumerate(content):
        if isinstance(item, Words) and _begins(content, at) and begun:
            number += 1
            yield f"Sheet{number}", begun
            begun = []
        begun.append(item)
    yield f"Sheet{number + 1}", begun


def _begins(content: Sequence[Content], at: int) -> bool:
    """Whether a part, a numbered table or a sheet with its own title begins here."""
    item = content[at]
    if not isinstance(item, Words):
        return False
    if item.level == 1 or _TABLE.fullmatch(item.text):
        return True
    before = content[at - 1] if at else None
    titled = isinstance(before, Words) and _TABLE.fullmatch(before.text)
    return item.level == _TITLE and not titled and any(isinstance(near, Grid) for near in content[at + 1 : at + _NEAR])


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool, bool], Format] = {}

    def get(self, number: str = "", *, strong: bool = False, boxed: bool = False) -> Format:
        key = (number, strong, boxed)
        if key not in self._made:
            wanted = {"text_wrap": boxed, "bold": strong, "border": int(boxed), "valign": "vcenter"}
            self._made[key] = self._book.add_format(wanted | ({"num_format": number} if number else {}))
        return self._made[key]


class _Sheet:
    """Fills one sheet from top to bottom."""

    def __init__(self, sheet: Worksheet, formats: _Formats, manner: Manner) -> None:
        self._sheet = sheet
        self._formats = formats
        self._manner = manner
        self._at = 0

    def fill(self, items: Sequence[Content]) -> None:
        before: Content | None = None
        for item in items:
            match item:
                case Words(text, level):
                    self._sheet.write_string(self._at, 0, text, self._formats.get(strong=level != BODY))
                    self._at += 1
                case Caption(issuer, unit):
                    texts = [text for text in (issuer, unit) if text]
                    for column, text in enumerate(texts):
                        self._sheet.write_string(self._at, column * 3, text, self._formats.get())
                    self._at += bool(texts)
                case Grid():
                    self._at += not isinstance(before, Caption)
                    self._table(item)
                    self._at += len(item.rows) + 1
                case PageBreak():
                    self._sheet.set_h_pagebreaks([self._at])
            before = item

    def _table(self, grid: Grid) -> None:
        covered = grid.covered()
        codes = _code_columns(grid)
        for (row, column), (height, width) in grid.spans.items():
            style = self._formats.get(strong=row in grid.strong, boxed=True)
            self._sheet.merge_range(self._at + row, column, self._at + row + height - 1, column + width - 1, "", style)
        for row, cells in enumerate(grid.rows):
            for column, text in enumerate(cells):
                if (row, column) not in covered:
                    self._cell(row, column, text, strong=row in grid.strong, code=column in codes)

    def _cell(self, row: int, column: int, text: str, *, strong: bool, code: bool) -> None:
        at = self._at + row
        if code and _CODE.fullmatch(text) and not self._manner.codes_as_numbers:
            self._sheet.write_string(at, column, text, self._formats.get("@", strong=strong, boxed=True))
        elif _AMOUNT.fullmatch(text):
            whole, _, decimals = text.partition(".")
            shown = ("#,##0" if "," in whole else "0") + (f".{'0' * len(decimals)}" if decimals else "")
            self._sheet.write_number(at, column, Fraction(text.replace(",", "")), self._formats.get(shown, strong=strong, boxed=True))
        else:
            self._sheet.write_string(at, column, text, self._formats.get(strong=strong, boxed=True))


def _code_columns(grid: Grid) -> set[int]:
    """The columns whose last head cell is the name of a code level."""
    return {column for column, text in enumerate(grid.rows[grid.head - 1] if grid.head else ()) if text in ("类", "款", "项")}
