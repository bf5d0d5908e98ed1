"""What the pages of the graph's things show: for each kind of thing a template and what it needs beside the thing itself."""

from decimal import Decimal
from typing import Any

from flask import g

from kg.terms import TERMS
from kg.validate.report.words import CAUSES
from web.compare.columns import MOST
from web.dashboard.headlines import HEADLINES, read_headlines, table_rank
from web.dashboard.page import dashboard
from web.findings import read_findings
from web.home import findings_by_disclosure
from web.places import read_places
from web.rules import rule_words
from web.site import Row, View
from web.sums import columns, steps
from web.tables import PrintedTable, read_table
from web.things import Thing

_IN_DEPARTMENT_TABLE = (*HEADLINES[:6], "threePublic")
_DIMENSIONS = (
    "fiscalYear",
    "department",
    "direction",
    "lineItem",
    "functionalCode",
    "economicCode",
    "fundSource",
    "expenditureType",
    "projectYear",
    "role",
    "placement",
    "leafView",
)
Page = tuple[str, dict[str, Any]]


def department(data: View, thing: Thing) -> Page:
    rows = sorted(data.rows("disclosures", department=thing.iri), key=lambda row: (row.text("year"), row.text("kind")))
    figures = {row.text("disclosure"): read_headlines(data, row.text("disclosure")) for row in rows}
    held = [name for name in _IN_DEPARTMENT_TABLE if any(TERMS + name in of_one for of_one in figures.values())]
    return "department.html", {
        "disclosures": rows,
        "figures": figures,
        "years_compared": [row.text("disclosure").rsplit("/", 1)[-1] for row in rows[-MOST:]],
        "headlines": [TERMS + name for name in held],
        "findings": findings_by_disclosure(data),
        "region": thing.value("region"),
    }


def disclosure(data: View, thing: Thing) -> Page:
    return "disclosure.html", dashboard(data, thing)


def table(data: View, thing: Thing) -> Page:
    printed = read_table(data, thing.iri)
    if printed is None:
        return anything(data, thing)
    declarations = list(data.rows("empty-declarations", table=thing.iri))
    return "table.html", {"table": printed, "declarations": declarations, "siblings": _siblings(data, printed)}


def row(data: View, thing: Thing) -> Page:
    printed = read_table(data, thing.value("inTable"))
    if printed is None:
        return anything(data, thing)
    return "row.html", {"table": printed, "excerpt": printed.around(thing.iri)}


def cell(data: View, thing: Thing) -> Page:
    table_iri = thing.iri.partition("/cell/")[0]
    printed = read_table(data, table_iri)
    figure = next((figure for entry in printed.rows for figure in entry.figures if figure.iri == thing.iri), None) if printed else None
    if printed is None or figure is None:
        return anything(data, thing)
    return "cell.html", {
        "table": printed,
        "figure": figure,
        "row": next(entry for entry in printed.rows if entry.iri == figure.row),
        "excerpt": printed.around(figure.row),
        "amount": Decimal(thing.value("amount")),
        "dimensions": [(TERMS + name, thing.value(name)) for name in _DIMENSIONS if thing.value(name)],
        "candidates": thing.values(f"{TERMS}candidateColumn"),
    }


def finding(data: View, thing: Thing) -> Page:
    found = read_findings(data, finding=thing.iri)
    if not found:
        return anything(data, thing)
    root = found[0].root
    beside = read_findings(data, disclosure=found[0].disclosure)
    kin = [other for other in beside if root and other.root == root and other.iri != thing.iri]
    operands, places = read_places(data, thing.iri)
    parts = steps(found[0].expression, operands)
    cause = CAUSES.get(found[0].cause)
    return "finding.html", {
        "finding": found[0],
        "kin": kin,
        "operands": operands,
        "places": places,
        "steps": parts,
        "columns": columns(parts),
        "cause": getattr(cause, g.language) if cause else found[0].cause,
        "rule": rule_words(data, found[0].rule, g.language),
    }


def anything(data: View, thing: Thing) -> Page:
    """A thing without a page of its own."""
    return "thing.html", {}


def _siblings(data: View, printed: PrintedTable) -> dict[str, Row]:
    """The tables printed before and after this one."""
    rows = [entry for entry in sorted(data.rows("tables", disclosure=printed.disclosure), key=table_rank) if entry.text("table")]
    here = next(index for index, entry in enumerate(rows) if entry.text("table") == printed.iri)
    beside = {"previous": here - 1, "next": here + 1}
    return {name: rows[index] for name, index in beside.items() if 0 <= index < len(rows)}
