"""The page of a disclosure: what a department does with its money in a year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import request

from kg.terms import TERMS
from web.dashboard import people
from web.dashboard.changes import CHANGES_SHOWN, Change, bars, last_year, read_changes
from web.dashboard.flow import Flow, read_flow
from web.dashboard.headlines import HEADLINES, Headline, read_headlines, table_rank
from web.dashboard.money import Money, of_table, read_money, row_number, total
from web.dashboard.sankey import NARROW, WIDE, Drawing, draw
from web.dashboard.targets import read_projects, read_sheets, uses_of
from web.dashboard.treemap import Block, draw_tree, groups_of
from web.findings import read_findings
from web.home import findings_by_disclosure
from web.rendering import node_label
from web.site import View
from web.things import Thing

FINDINGS_SHOWN = 20
_TREE = {"wide": (1000.0, 390.0), "narrow": (358.0, 520.0)}
_THREE_PUBLIC = {
    "total": "threePublic",
    "abroad": "threePublicAbroad",
    "reception": "threePublicReception",
    "vehicle-purchase": "threePublicVehiclePurchase",
    "vehicle-running": "threePublicVehicleRunning",
}


@dataclass(frozen=True)
class StructureRow:
    """A row of the expenditure table: column → its amount. ``share`` is of the printed total, in per cent."""

    row: str
    key: str
    label: str
    figures: Mapping[str, Money]
    share: Decimal | None


def dashboard(data: View, thing: Thing) -> dict[str, Any]:
    """What the page shows of a disclosure."""
    money = read_money(data, thing.iri)
    sheets = read_sheets(data, thing.iri)
    projects = read_projects(data, thing.iri, money, sheets)
    facts = people.read_facts(data, thing.iri)
    figures = read_headlines(data, thing.iri)
    about = {name: thing.value(term) for name, term in (("year", "fiscalYear"), ("kind", "disclosureKind"), ("phase", "budgetPhase"))}
    before = last_year(data, thing.value("department"), about)
    changes = read_changes(data, thing.iri)
    shown = [change for change in changes if not change.line_item]
    tables = sorted(data.rows("tables", disclosure=thing.iri), key=table_rank)
    findings = read_findings(data, disclosure=thing.iri)
    return {
        "headlines": [figures[TERMS + name] for name in HEADLINES if TERMS + name in figures],
        "shares": _shares(figures),
        **_flow(read_flow(data, money, uses_of(projects), request.args.get("flow") == "all")),
        **_tree(money, request.args.get("tree", "")),
        "structure": structure(money),
        "changes": shown[:CHANGES_SHOWN],
        "changes_left": max(len(shown) - CHANGES_SHOWN, 0),
        "bars": bars(shown[:CHANGES_SHOWN]),
        "before": before,
        "beside": _beside(figures, read_headlines(data, before.disclosure) if before else {}),
        "three_public": _three_public(figures, changes),
        "facts": facts,
        "staff": [facts[subject] for subject in people.STAFF if subject in facts],
        "stated": [facts[subject] for subject in people.BESIDE if subject in facts],
        "per_head": _per_head(figures, facts),
        "projects": projects,
        "whole_sheets": [sheet for sheet in sheets if not sheet.project],
        "tables": tables,
        "found": sum(bool(row.text("table")) for row in tables),
        "findings": findings[:FINDINGS_SHOWN],
        "findings_left": max(len(findings) - FINDINGS_SHOWN, 0),
        "counts": findings_by_disclosure(data, thing.iri).get(thing.iri, {}),
        "outcomes": {row.text("outcome"): row.integer("rules") for row in data.rows("outcomes", disclosure=thing.iri)},
        "sha256": thing.value("sha256"),
        "department": thing.value("department"),
        **about,
    }


def _flow(flow: Flow) -> dict[str, Any]:
    drawings: dict[str, Drawing] = {}
    if flow.links:
        drawings = {name: draw(flow, frame, node_label) for name, frame in (("wide", WIDE), ("narrow", NARROW))}
    return {"flow": flow, "drawings": drawings, "flow_sum": _through(flow)}


def _through(flow: Flow) -> Decimal:
    """What flows in all: the larger side of the classes."""
    return sum((flow.amount(node) for node in flow.nodes(1)), Decimal(0))


def _tree(money: list[Money], asked: str) -> dict[str, Any]:
    groups = groups_of(money, asked if len(asked) == 3 and asked.isdigit() else "")
    drawn: dict[str, list[Block]] = {name: draw_tree(groups, width, height) for name, (width, height) in _TREE.items()}
    return {"trees": drawn, "tree_sizes": _TREE, "tree_class": groups[0].code if asked and len(groups) == 1 else ""}


def structure(money: list[Money]) -> list[StructureRow]:
    """The rows of the expenditure table in printed order."""
    rows: dict[str, dict[str, Money]] = {}
    expenditure = of_table(money, "expenditure")
    for entry in expenditure:
        rows.setdefault(entry.row, {})[entry.column] = entry
    printed = total(expenditure, "total")
    whole = printed.amount if printed else Decimal(0)
    found = []
    for row, figures in sorted(rows.items(), key=lambda item: row_number(item[0])):
        first = next(iter(figures.values()))
        amount = figures["total"].amount if "total" in figures else None
        share = (amount / whole * 100).quantize(Decimal("0.01")) if amount is not None and whole else None
        found.append(StructureRow(row, first.key, first.label, figures, share))
    return found


def _shares(figures: Mapping[str, Headline]) -> dict[str, Decimal]:
    """Property → its share of total expenditure in per cent, for the parts of which that is one."""
    whole = figures.get(f"{TERMS}totalExpenditure")
    if whole is None or not whole.amount:
        return {}
    parts = ("basicExpenditure", "projectExpenditure", "generalBudgetTransfer", "ownFunds", "carryOver")
    held = (figures[TERMS + name] for name in parts if TERMS + name in figures)
    return {figure.property: (figure.amount / whole.amount * 100).quantize(Decimal("0.01")) for figure in held}


def _beside(now: Mapping[str, Headline], before: Mapping[str, Headline]) -> list[tuple[str, Headline | None, Headline | None]]:
    """(property, this year's, last year's), for the headlines that both or one of them have; empty when last year is not held."""
    if not before:
        return []
    names = [TERMS + name for name in HEADLINES]
    return [(name, now.get(name), before.get(name)) for name in names if name in now or name in before]


def _three_public(figures: Mapping[str, Headline], changes: Sequence[Change]) -> list[tuple[str, Headline | None, Change | None]]:
    """(line item, its headline, what the text says of its change), for those of which either is there."""
    told = {change.line_item.rsplit("/", 1)[-1]: change for change in changes if change.line_item}
    found = [(name, figures.get(TERMS + held), told.get(name)) for name, held in _THREE_PUBLIC.items()]
    return [entry for entry in found if entry[1] or entry[2]]


def _per_head(figures: Mapping[str, Headline], facts: Mapping[str, people.Fact]) -> list[tuple[str, Decimal | None]]:
    """(property, 元 a head in post); ``None`` where the staff in post is not stated. Only of what is printed."""
    heads = facts[people.IN_POST].quantity if people.IN_POST in facts else None
    names = [name for name in ("staffCost", "runningCost", "totalExpenditure") if TERMS + name in figures]
    return [(TERMS + name, people.per_head(figures[TERMS + name].amount, heads)) for name in names]
