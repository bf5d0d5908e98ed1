"""Which rows of the tables the lists of the prose mean."""

from collections.abc import Mapping
from dataclasses import replace

from kg.codes import Codes
from kg.forms.statements_schema import NarrativeForm
from kg.iri import normal
from kg.records import Disclosure
from kg.statements import NamedList

_SUMMARY, _ECONOMIC = "revenue-expenditure-summary", "basic-expenditure-economic"
_CLASS_DIGITS, _ECONOMIC_DIGITS = 3, 5
_PLACES: Mapping[str, tuple[str, str]] = {
    "income-sources": (_SUMMARY, "income:"),
    "expenditure-classes": (_SUMMARY, "expenditure:"),
    "staff-items": (_ECONOMIC, ""),
    "running-items": (_ECONOMIC, ""),
}
"""The table that a list retells, and what the keys of its rows begin with."""


def with_rows(names: NamedList, disclosure: Disclosure, codes: Codes, form: NarrativeForm) -> NamedList:
    """The list with the rows that its names mean: sources by the pack, others by the row's own name, else by the code list.

    A name that no row with a figure bears is unmatched, also where its code is known: the table names it otherwise.
    """
    kind, prefix = _PLACES[names.name]
    table = disclosure.table(kind)
    if table is None:
        return names
    filled = {cell.row for cell in table.observations if cell.amount}
    printed = {normal(row.name): row.key for row in table.rows if row.position in filled and row.key.startswith(prefix)}
    named = dict(printed)
    if kind == _SUMMARY and prefix == "income:":
        named |= {normal(name): key for key, listed in form.listed_sources.items() for name in listed}
    scheme = codes.economic if kind == _ECONOMIC else codes.functional
    digits = _ECONOMIC_DIGITS if kind == _ECONOMIC else _CLASS_DIGITS
    present = set(printed.values())
    rows: list[str] = []
    unmatched: list[str] = []
    for name in names.items:
        key = normal(name)
        row = named.get(key, "")
        meant = [row] if row else []
        known = meant or [f"{prefix}{code}" for code in scheme.by_label.get(key, ()) if len(code) == digits]
        rows += known
        if not present.intersection(meant):
            unmatched.append(name)
    return replace(names, rows=tuple(dict.fromkeys(rows)), unmatched=tuple(unmatched))
