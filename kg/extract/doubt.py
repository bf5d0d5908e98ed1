"""Figures of a scan that may be misread: recognition was not sure of them, or a sum or an identity of the form fails with them.

None is changed: the print is on the page, and a person compares.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from kg.document import Document
from kg.forms.schema import TableForm
from kg.records import Observation, Placement, Role, Table

SURE = 0.9
_Place = tuple[int, str]
Figures = Mapping[_Place, Observation]


def doubted(table: Table, document: Document, form: TableForm) -> Table:
    """The table with its doubtful figures marked; those that stand open stay so."""
    figures = {(cell.row, cell.column): cell for cell in table.observations if cell.column}
    failing = {place for places in _failing(table, figures, form) for place in places}

    def judged(cell: Observation) -> Observation:
        sure = all(piece.confidence >= SURE for piece in document.fragments_of(cell.span))
        doubtful = not sure or (cell.row, cell.column) in failing
        return replace(cell, placement=Placement.DOUBTFUL) if doubtful and cell.column else cell

    return replace(table, observations=tuple(map(judged, table.observations)))


def _failing(table: Table, figures: Figures, form: TableForm) -> Iterator[list[_Place]]:
    """The places of every identity and every sum that does not hold; roundings of its addends are allowed for."""
    for places in (*_identities(table, figures, form), *_sums(table, figures)):
        present = [place for place in places if place in figures]
        if not present:
            continue
        stated, parts = figures.get(places[0]), [figures[place].amount for place in places[1:] if place in figures]
        amount = stated.amount if stated is not None else Decimal(0)
        if abs(amount - sum(parts, Decimal(0))) > table.resolution * (len(parts) + 1) / 2:
            yield present


def _identities(table: Table, figures: Figures, form: TableForm) -> Iterator[list[_Place]]:
    """Within each row of a panel: a total and its parts, those whose columns the table has."""
    printed = {column for _, column in figures}
    for panel in form.panels:
        rows = [row.position for row in table.rows if row.key.startswith(panel.prefix)]
        for identity in panel.identities:
            parts = [part for part in identity.parts if part in printed]
            if identity.total in printed and parts:
                yield from ([(row, identity.total), *((row, part) for part in parts)] for row in rows)


def _sums(table: Table, figures: Figures) -> Iterator[list[_Place]]:
    """Down each column: a row and the rows that are part of it; a total over those that are part of none."""
    below: dict[int, list[int]] = defaultdict(list)
    for row in table.rows:
        if row.parent is not None and row.role is not Role.OF_WHICH:
            below[row.parent].append(row.position)
    for column in {column for _, column in figures}:
        for parent, rows in below.items():
            yield [(parent, column), *((row, column) for row in rows)]
