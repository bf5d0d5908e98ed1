"""What a store holds, per disclosure: tables, figures, triples, findings."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

import pyoxigraph as ox
from rich.console import Console
from rich.table import Table

from kg.queries import named
from kg.store import Reader


@dataclass(frozen=True)
class DisclosureStats:
    """One disclosure; ``triples`` are those of its own graph."""

    issuer: str
    year: int
    kind: str
    file: str
    tables_found: int
    tables_expected: int
    figures: int
    blanks: int
    triples: int
    violations: int
    warnings: int
    infos: int


def disclosure_stats(store: Reader) -> Iterator[DisclosureStats]:
    """The disclosures of the main store, by year and department."""
    answer = store.query(named("disclosure-stats"))
    assert isinstance(answer, ox.QuerySolutions)
    for row in answer:

        def number(name: str, row: ox.QuerySolution = row) -> int:
            value = row[name]
            return int(value.value) if value is not None else 0

        yield DisclosureStats(
            row["issuer"].value,
            number("year"),
            row["kind"].value.rsplit("/", 1)[1],
            row["file"].value,
            number("found"),
            number("expected"),
            number("figures"),
            number("blanks"),
            number("triples"),
            number("violations"),
            number("warnings"),
            number("infos"),
        )


_COLUMNS = (
    ("department", "issuer"), ("year", "year"), ("kind", "kind"), ("tables", "tables"), ("figures", "figures"), ("blank cells", "blanks"),
    ("triples", "triples"), ("violations", "violations"), ("warnings", "warnings"), ("infos", "infos"), ("file", "file"),
)  # fmt: skip


def write_stats(rows: Iterable[DisclosureStats], form: str, out: TextIO) -> None:
    """Print the figures as ``table`` or ``csv``; ``tables`` reads "found/expected"."""
    if form == "csv":
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(title for title, _ in _COLUMNS)
        writer.writerows([_cell(row, name) for _, name in _COLUMNS] for row in rows)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, name in _COLUMNS:
        table.add_column(title, justify="left" if name in ("issuer", "kind", "file") else "right")
    for row in rows:
        table.add_row(*(_cell(row, name) for _, name in _COLUMNS))
    Console(file=out, width=None if out.isatty() else 200, highlight=False, markup=False).print(table)


def _cell(row: DisclosureStats, name: str) -> str:
    return f"{row.tables_found}/{row.tables_expected}" if name == "tables" else str(getattr(row, name))
