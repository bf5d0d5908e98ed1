"""The flat form of ``kg facts``: one JSON object a figure, for people and programs that want no graph."""

from collections.abc import Iterator

from kg.amounts import plain
from kg.extract.narrative_flat import to_flat, where
from kg.records import Disclosure, Observation, Placement, Table, TableRow

Fact = dict[str, object]


def flat_facts(disclosure: Disclosure) -> Iterator[Fact]:
    """Every figure of every table in printed order, then what the prose and the performance sheets say.

    ``kind`` is ``observation``; ``detail`` for a row below the keys of the flat form (the parts of a carry-over source);
    ``ambiguous`` for a figure whose column is open, with its ``candidates``; ``issuer-row`` for a row that carries the
    department's own name. Blank cells print nothing; a printed zero does.
    """
    for table in disclosure.tables:
        rows = {row.position: row for row in table.rows}
        for observation in table.observations:
            yield _observation(disclosure, table, rows[observation.row], observation)
        for issuer_row in table.issuer_rows:
            for observation in issuer_row.observations:
                yield {**_observation(disclosure, table, issuer_row.row, observation), "kind": "issuer-row"}
    yield from to_flat(disclosure.statements)


def _observation(disclosure: Disclosure, table: Table, row: TableRow, cell: Observation) -> Fact:
    fact: Fact = {
        "document": disclosure.document,
        "kind": "detail" if row.detail else "observation" if cell.column else "ambiguous",
        "table": table.kind,
        "row": row.key,
        "column": cell.column or None,
        "amount": plain(cell.amount),
        "issuer": disclosure.issuer,
        "fiscal_year": disclosure.fiscal_year,
        "printed": cell.printed,
        "unit": table.unit,
        "code_printed": row.code_printed,
        "code_official": row.code_official,
        "name": row.name,
        "role": cell.role.value,
        "placement": cell.placement.value,
        **where(cell.span),
        "table_row": row.position,
        "table_column": cell.table_column,
    }
    if row.project and not row.key.startswith("item:"):
        fact["project"] = row.project
    if cell.placement in (Placement.AMBIGUOUS, Placement.INCONSISTENT) and not cell.column:
        fact["candidates"] = list(cell.candidates)
    return fact
