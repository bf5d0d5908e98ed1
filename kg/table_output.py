"""Query answers for people and for pipes."""

from typing import TextIO

import pyoxigraph as ox
from rich.console import Console
from rich.table import Table

from kg.store import Answer

_RESULTS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
_GRAPHS = {"turtle": ox.RdfFormat.TURTLE, "ntriples": ox.RdfFormat.N_TRIPLES}


def write_answer(answer: Answer, form: str, out: TextIO) -> None:
    """Write an answer as table, csv, tsv, json, xml, turtle or ntriples.

    A form that does not fit the kind of answer falls back to its plain one: triples to N-Triples, rows to CSV (a yes or no
    has no CSV and is printed as a word).
    """
    if isinstance(answer, ox.QueryTriples):
        kind = _GRAPHS.get(form, ox.RdfFormat.N_TRIPLES)
        out.write((answer.serialize(format=kind) or b"").decode())
    elif isinstance(answer, ox.QueryBoolean):
        if form in ("json", "xml"):
            out.write((answer.serialize(format=_RESULTS[form]) or b"").decode() + "\n")
        else:
            out.write(f"{str(bool(answer)).lower()}\n")
    elif form == "table":
        _table(answer, out)
    else:
        out.write((answer.serialize(format=_RESULTS.get(form, ox.QueryResultsFormat.CSV)) or b"").decode())


def _table(answer: ox.QuerySolutions, out: TextIO) -> None:
    names = [variable.value for variable in answer.variables]
    table = Table(*names, box=None, pad_edge=False, header_style="bold")
    numeric = dict.fromkeys(names, True)
    rows = []
    for solution in answer:
        row = []
        for name in names:
            value = solution[name]
            row.append("" if value is None else getattr(value, "value", str(value)))
            if value is not None and not (isinstance(value, ox.Literal) and value.datatype.value.endswith(("decimal", "integer"))):
                numeric[name] = False
        rows.append(row)
    for column in table.columns:
        column.justify = "right" if numeric[str(column.header)] else "left"
        column.overflow = "fold"
    for row in rows:
        table.add_row(*row)
    Console(file=out, width=None if out.isatty() else 200, highlight=False, markup=False).print(table)
