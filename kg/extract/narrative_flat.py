"""The flat form of statements: the JSON objects of ``kg facts`` that are no observations.

Amounts are in 元 as decimal strings, other numbers as printed without separators, absent values ``null``.

Every object has ``document``, ``kind``, ``line`` (in paged formats ``page`` and ``box``) and ``section``: the part of the
document, in a ``narrative-item`` the printed 款.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from kg.amounts import plain
from kg.document import Span
from kg.statements import (
    Allocation,
    Amount,
    CarryOverItem,
    Change,
    Duty,
    Figure,
    GlossaryTerm,
    Indicator,
    NarrativeItem,
    Office,
    PerformanceSheet,
    PolicyCitation,
    ProjectDescription,
    Share,
    Statement,
    Statements,
    Subsidy,
)

Fact = dict[str, object]

_MONEY = "元"
_FIGURE_KINDS = frozenset({"staffing", "procurement", "asset", "operating-cost", "three-public"})


def to_flat(statements: Statements) -> Iterator[Fact]:
    """One object for each record, kind by kind in the order of the source.

    Headings, lists, uses, declarations, notes and the totals of the prose have no flat form: they only serve the rules.
    """
    for record in statements.all():
        flat = _flat(record)
        if flat is not None:
            kind, fact = flat
            place = {"document": statements.document, "kind": kind, "section": record.section, **where(record.span)}
            yield {**place, **fact}


def where(span: Span) -> Fact:
    """The place of a fact: its page and box in a paged format, else its line."""
    if not span.page:
        return {"line": span.line}
    box = [span.box.left, span.box.top, span.box.right, span.box.bottom] if span.box else None
    return {"page": span.page, "box": box}


def _flat(record: Statement) -> tuple[str, Fact] | None:
    if isinstance(record, Figure):
        return (record.group, _figure(record)) if record.group in _FIGURE_KINDS else None
    if type(record) not in _FORMS:
        return None
    kind, write = _FORMS[type(record)]
    return kind, write(record)


def _change(one: Change) -> Fact:
    return {
        "subject": one.subject,
        "key": one.key or None,
        "code": one.code or None,
        "amount": _amount(one.amount),
        "change": _amount(one.change),
        "direction": one.direction.value,
        "percent_printed": _number(one.percent),
        "base_year": one.base_year,
        "base_phase": one.base_phase.value,
        "prior": None if one.prior is None else plain(one.prior),
        "reason": one.reason or None,
    }


def _share(one: Share) -> Fact:
    return {
        "subject": one.subject,
        "amount": _amount(one.amount),
        "percent_printed": _number(one.percent),
        "of": one.of,
    }


def _item(one: NarrativeItem) -> Fact:
    names = dict(zip_longest(("class", "section", "item"), one.path))
    fact = {**names, "code": one.code or None, "amount": _amount(one.amount)}
    if one.executed is not None or one.planned is not None:
        fact |= {"executed": _amount(one.executed), "planned": _amount(one.planned)}
    return fact


def _figure(one: Figure) -> Fact:
    money = one.unit == _MONEY
    return {
        "measure": one.measure,
        "value": plain(one.value) if money else _number(one.value),
        "unit": one.unit,
        "change": None if one.change is None else plain(one.change) if money else _number(one.change),
        "as_of": _date(one.as_of),
    }


def _project(one: ProjectDescription) -> Fact:
    return {
        "name": one.name,
        "printed_names": list(one.names),
        "code": one.code or None,
        "amount": _amount(one.amount),
        "fiscal": _amount(one.fiscal),
        "other": _amount(one.other),
        "start": _date(one.start),
        "end": _date(one.end),
        "undertaker": one.undertaker or None,
    }


def _allocation(one: Allocation) -> Fact:
    return {"project": one.project, "item": one.item, "amount": _amount(one.amount)}


def _subsidy(one: Subsidy) -> Fact:
    return {
        "project": one.project,
        "headcount": _number(one.headcount),
        "standard": None if one.standard is None else plain(one.standard),
        "standard_unit": one.standard_unit or None,
        "scope": one.scope or None,
    }


def _policy(one: PolicyCitation) -> Fact:
    return {
        "project": one.project or None,
        "printed": one.printed,
        "issuer": one.issuer or None,
        "year": one.year or None,
        "number": one.number or None,
        "title": one.title or None,
    }


def _sheet(one: PerformanceSheet) -> Fact:
    return {
        "sheet": one.number,
        "scope": one.scope,
        "project": one.project or None,
        "amount": _amount(one.amount),
        "fiscal": _amount(one.fiscal),
        "fiscal_upper": _amount(one.fiscal_upper),
        "fiscal_own": _amount(one.fiscal_own),
        "other": _amount(one.other),
    }


def _indicator(one: Indicator) -> Fact:
    """A target without a number (a quality, a date, a sentence) has its text as ``value``."""
    return {
        "sheet": one.sheet,
        "level1": one.level1 or None,
        "level2": one.level2 or None,
        "level3": one.level3,
        "operator": one.operator or None,
        "value": one.printed if one.value is None else _number(one.value),
        "unit": one.unit or None,
        "printed": one.printed,
        "weight": _number(one.weight),
        "basis": one.basis or None,
        "last": one.last or None,
        "scoring": one.scoring or None,
        "evidence": one.evidence or None,
        "mended": list(one.mended),
    }


def _carry_over_item(one: CarryOverItem) -> Fact:
    return {"name": one.name, "amount": _amount(one.amount), "use": one.use or None}


def _glossary(one: GlossaryTerm) -> Fact:
    return {"term": one.term, "text": one.text}


def _office(one: Office) -> Fact:
    return {"name": one.name}


def _duty(one: Duty) -> Fact:
    return {"text": one.text}


_FORMS: Mapping[type[Statement], tuple[str, Callable[[Any], Fact]]] = {
    Change: ("change", _change),
    Share: ("share", _share),
    NarrativeItem: ("narrative-item", _item),
    ProjectDescription: ("project", _project),
    Allocation: ("allocation", _allocation),
    Subsidy: ("subsidy", _subsidy),
    PolicyCitation: ("policy", _policy),
    PerformanceSheet: ("sheet", _sheet),
    Indicator: ("indicator", _indicator),
    CarryOverItem: ("carry-over-item", _carry_over_item),
    GlossaryTerm: ("glossary", _glossary),
    Office: ("office", _office),
    Duty: ("duty", _duty),
}


def _amount(amount: Amount | None) -> str | None:
    return None if amount is None else plain(amount.value)


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _date(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()
