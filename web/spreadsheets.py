"""Files for spreadsheets: CSV with a byte order mark, and XLSX. What a document says never becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import xlsxwriter

BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = Decimal | str | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST = 32_767
"""Characters that a cell of XLSX may have."""
_DIGITS = 15
"""Digits that a number of a spreadsheet holds exactly; a longer one stays a text."""
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def guarded(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def to_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """CSV as spreadsheets open it; nothing is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(guarded, headings))
    for row in rows:
        writer.writerow(f"{cell:f}" if isinstance(cell, Decimal) else guarded(cell or "") for cell in row)
    return BOM + text.getvalue()


def to_xlsx(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet: numbers as numbers, texts as texts."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"title": title})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, _shortened(heading), bold)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal) and len(cell.as_tuple().digits) <= _DIGITS:
                sheet.write_number(line, column, Fraction(cell))
            elif cell is not None:
                sheet.write_string(line, column, _shortened(f"{cell:f}" if isinstance(cell, Decimal) else cell))
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
