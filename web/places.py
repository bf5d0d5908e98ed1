"""Where a finding's figures and sentences are printed: the tables cut down to the rows in question, the text to its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kg.document import Span
from kg.terms import PREFIXES, TERMS
from web.site import View
from web.source import SourceLine, excerpt, printed_place, source_of
from web.tables import PrintedRow, PrintedTable, read_table

PLACES = 6
"""Places that are shown with what is printed around them; the others are named."""
_COLUMNS = 7
_NEIGHBOURS = 1


@dataclass(frozen=True)
class Operand:
    """What took part: a figure or a row of a table, or a statement.

    ``kind`` is the class of a statement, empty for what stands in a table. ``line`` is 0 where it is not known.
    """

    iri: str
    row: str
    label: str
    line: int
    printed: str
    start: int | None
    end: int | None
    title: str
    number: str
    table: str
    kind: str


@dataclass(frozen=True)
class TablePlace:
    """A printed table cut down to the rows around what took part; ``hits`` are the cells and rows to point at, ``columns`` those
    that are shown, ``aside`` those of them that a narrow page leaves out too."""

    table: PrintedTable
    hits: tuple[str, ...]
    operands: tuple[Operand, ...]
    columns: tuple[str, ...]

    @property
    def aside(self) -> tuple[str, ...]:
        pointed = {column for column in self.columns if any(_points(row, column, self.hits) for row in self.table.rows)}
        return tuple(column for column in self.columns[1:] if column not in pointed) if pointed else ()


@dataclass(frozen=True)
class TextPlace:
    """Statements that are printed in one place, and the lines around it."""

    operands: tuple[Operand, ...]
    lines: tuple[SourceLine, ...]


@dataclass(frozen=True)
class Places:
    """Where a finding's operands are printed; ``left`` are those that are only named."""

    tables: tuple[TablePlace, ...]
    texts: tuple[TextPlace, ...]
    left: tuple[Operand, ...]


def read_operands(data: View, finding: str, text: str = "") -> list[Operand]:
    """What took part in a finding, in the order of the source; ``text`` (of the source) gives places to what has only a row."""
    found = {row.text("operand"): data.said(row.text("operand")) for row in data.rows("finding-operands", finding=finding)}
    ordered = sorted(found, key=lambda iri: (int(found[iri].get(f"{TERMS}sourceStart", -1)), iri))
    return [_operand(data, iri, found[iri], text) for iri in ordered]


def _operand(data: View, iri: str, own: Mapping[str, str], text: str) -> Operand:
    """A cell, a row, or a statement of the text, with its row and table where it has them; ``own`` is what is said of it."""
    row = own.get(f"{TERMS}row", iri)
    said = own if row == iri else data.said(row)
    labelled = said if _is_row(said) else {}
    table = labelled.get(f"{TERMS}inTable", "")
    of_table = data.said(table) if table else {}
    printed = own.get(f"{TERMS}printedText", "")
    places = (own.get(f"{TERMS}{name}") for name in ("sourceStart", "sourceEnd"))
    start, end = (int(place) if place else None for place in places)
    if start is not None and end is None:
        start, end = (start, start + len(printed)) if f"{TERMS}row" in own else printed_place(text, start, printed)
    return Operand(
        iri=iri,
        row=row,
        label=labelled.get(f"{TERMS}printedLabel") or own.get(f"{PREFIXES['rdfs']}label") or own.get(f"{TERMS}statedSubject", ""),
        line=int(labelled.get(f"{TERMS}sourceLine") or 0) or (text.count("\n", 0, start) + 1 if text and start is not None else 0),
        printed=printed,
        start=start if end is not None else None,
        end=end,
        title=of_table.get(f"{PREFIXES['dcterms']}title", ""),
        number=of_table.get(f"{TERMS}printedNumber", ""),
        table=table,
        kind="" if table else own.get(f"{PREFIXES['rdf']}type", ""),
    )


def _is_row(said: Mapping[str, str]) -> bool:
    return f"{TERMS}inTable" in said and f"{TERMS}printedLabel" in said


def read_places(data: View, finding: str) -> tuple[list[Operand], Places]:
    """The operands of a finding, and where they are printed."""
    text, hidden = _source(data, finding)
    operands = read_operands(data, finding, text)
    by_table: dict[str, list[Operand]] = {}
    by_place: dict[tuple[int, int], list[Operand]] = {}
    left: list[Operand] = []
    for operand in operands:
        if operand.table and (operand.table in by_table or len(by_table) < PLACES):
            by_table.setdefault(operand.table, []).append(operand)
            continue
        place = (operand.start, operand.end) if not operand.table and operand.start is not None and operand.end is not None else None
        if text and place and (place in by_place or len(by_place) < PLACES):
            by_place.setdefault(place, []).append(operand)
        else:
            left.append(operand)
    texts = [TextPlace(tuple(members), tuple(excerpt(text, *place, hidden))) for place, members in by_place.items()]
    tables = [_table_place(data, table, members) for table, members in by_table.items()]
    return operands, Places(tuple(place for place in tables if place), tuple(texts), tuple(left))


def _table_place(data: View, iri: str, operands: Sequence[Operand]) -> TablePlace | None:
    table = read_table(data, iri)
    if table is None:
        return None
    hits = tuple(operand.iri for operand in operands)
    return TablePlace(cut(table, {operand.row for operand in operands}), hits, tuple(operands), shown_columns(table, hits))


def cut(table: PrintedTable, rows: set[str]) -> PrintedTable:
    """The same table with some rows and those beside them; all rows where none is named."""
    near = {index + step for index, row in enumerate(table.rows) if row.iri in rows for step in range(-_NEIGHBOURS, _NEIGHBOURS + 1)}
    kept = tuple(row for index, row in enumerate(table.rows) if index in near)
    return replace(table, rows=kept or table.rows)


def shown_columns(table: PrintedTable, hits: Sequence[str]) -> tuple[str, ...]:
    """The columns of an excerpt: all of a narrow table; of a wide one the first, those pointed at, and what stands beside them."""
    columns = table.columns
    if len(columns) <= _COLUMNS:
        return columns
    wanted = {0}
    pointed = [index for index, column in enumerate(columns) if any(_points(row, column, hits) for row in table.rows)]
    for step in (0, -1, 1, -2, 2, -3, 3):
        for index in pointed or [0]:
            if 0 <= index + step < len(columns) and (step == 0 or len(wanted) < _COLUMNS):
                wanted.add(index + step)
    return tuple(columns[index] for index in sorted(wanted))


def _points(row: PrintedRow, column: str, hits: Sequence[str]) -> bool:
    return any(figure.iri in hits for figure in row.in_column(column))


def _source(data: View, finding: str) -> tuple[str, Sequence[Span]]:
    """The text of the disclosure that a finding is about and what of it is personal; empty where the source is not kept."""
    row = next(data.rows("finding-source", finding=finding), None)
    read = source_of(data, row.text("sha256")) if row else None
    return (read.document.text, read.hidden) if read else ("", ())
