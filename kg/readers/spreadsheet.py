"""XLSX and XLS: every visible sheet as its name, then its tables; empty rows divide tables.

A spreadsheet holds numbers, not their print: a number is written in its shortest exact form, so that 1234.5 stands for a
printed 1,234.50. Leading zeros of codes are lost here; the extractor knows how many digits a code has. Text that looks like
a formula is text, and of a formula its stored result is read.
"""

import datetime
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from kg.document import Document
from kg.errors import RefusedFile
from kg.readers.composing import Composer, Piece, RawCell, RawTable, Row
from kg.readers.ooxml import opened

MAX_CELLS = 2_000_000
MAX_SHEETS = 200
_MAX_PLACES = Decimal("0.000001")
_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表格|table)\s*\d*", re.IGNORECASE)

Value = object


def read_spreadsheet(name: str, data: bytes) -> Document:
    """Read a spreadsheet. Raises :class:`RefusedFile` for a broken, encrypted or too large one and for macros."""
    if data.startswith(b"PK"):
        opened(name, data).close()
    composer = Composer(name)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
            if len(shown) > MAX_SHEETS:
                raise RefusedFile(f"{len(shown):,} sheets; the limit is {MAX_SHEETS:,}", name)
            for title in shown:
                _sheet(composer, book.get_sheet_by_name(title), name)
    except CalamineError as error:
        raise RefusedFile(f"the spreadsheet cannot be read ({_short(str(error))})", name) from error
    return composer.document(data, "spreadsheet")


def _short(message: str) -> str:
    return message.splitlines()[0][:120] if message else "broken"


def _sheet(composer: Composer, sheet: CalamineSheet, name: str) -> None:
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise RefusedFile(f"more than {MAX_CELLS:,} cells", name, f"sheet {sheet.name}")
    if not _DEFAULT_NAME.fullmatch(sheet.name):
        composer.line([Piece(sheet.name)])
    rows = [[_written(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    merged = {(top, left): (bottom - top + 1, right - left + 1) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()}
    for first, last in _pieces(rows):
        composer.table(_table(rows, first, last, merged))


def _pieces(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """The runs of rows that are not empty."""
    first: int | None = None
    for index, row in enumerate([*rows, []]):
        if any(row):
            first = index if first is None else first
        elif first is not None:
            yield first, index
            first = None


def _table(rows: Sequence[Sequence[str]], first: int, last: int, merged: dict[tuple[int, int], tuple[int, int]]) -> RawTable:
    width = max(at + 1 for row in rows[first:last] for at, text in enumerate(row) if text)
    grid: list[Row] = []
    covered = {
        (row + down, column + right)
        for (row, column), (height, span) in merged.items()
        if first <= row < last
        for down in range(min(height, last - row))
        for right in range(min(span, width - column))
        if down or right
    }
    for index in range(first, last):
        cells: Row = {}
        for column, text in enumerate(rows[index][:width]):
            if (index, column) not in covered:
                height, span = merged.get((index, column), (1, 1))
                cells[column] = RawCell([Piece(text)], min(height, last - index), min(span, width - column))
        grid.append(cells)
    return RawTable(width, grid, loose=True)


def _written(value: Value) -> str:
    """A cell's value as text."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    number = _decimal(value)
    if number is None:
        return str(value).strip()
    exact = number.quantize(_MAX_PLACES).normalize()
    return f"{exact:f}"


def _decimal(value: Value) -> Decimal | None:
    """A binary fraction as the shortest decimal that stands for it; ``None`` for anything else."""
    if not isinstance(value, float) or value != value or abs(value) > 1e18:
        return None
    return Decimal(repr(value))
