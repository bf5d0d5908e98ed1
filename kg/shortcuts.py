"""Figures told a second time, under properties that nothing else has.

A question over all disclosures reads such a property from one end to the other, a seventh of what it costs to look up
``functionalCode`` and ``amount`` of each leaf (``docs/decisions/0034-figures-told-twice.md``). A figure that statements of the
year after compare with and the statement have the same key: the kind of the table and what the figure is of, such as
``general-budget-expenditure/2080505``.
"""

from kg.records import Role, TableRow
from kg.statements import BasePhase, Change

GENERAL_BUDGET = "general-budget-expenditure"
THREE_PUBLIC = "three-public-expenses"
APPROPRIATIONS = "fiscal-appropriation-summary"
TOTALS = {
    ("income:total", "total"): "fiscal-subtotal",
    ("expenditure:total", "total"): "fiscal-total",
    ("expenditure:total", "general-budget"): "fiscal-general-budget",
    ("expenditure:total", "government-fund"): "fiscal-government-fund",
    ("expenditure:total", "state-capital"): "fiscal-state-capital",
}
"""The appropriations as a whole that a change may speak of, by the row and the column of their table."""


def figure_key(kind: str, row: TableRow, column: str) -> str:
    """The key of a figure in a table of that kind; empty where no statement of a later year compares with it."""
    what = ""
    if kind == APPROPRIATIONS:
        what = TOTALS.get((row.key, column), "")
    elif column == "total" and kind == GENERAL_BUDGET and row.role is not Role.TOTAL:
        what = row.code_official
    elif column == "total" and kind == THREE_PUBLIC:
        what = row.key.replace(":", "-")
    return f"{kind}/{what}" if what else ""


def base_key(change: Change, fiscal_year: int, of_one_fund: bool) -> str:
    """The key of the figure that a change is from, as the disclosure of the year before ``fiscal_year`` prints it.

    Empty where that is no figure of that year's budget, where the statement has no amount of its own, and where it speaks of a
    fund source alone (``of_one_fund``).
    """
    if change.amount is None or change.base_phase is not BasePhase.BUDGET or change.base_year not in (0, fiscal_year - 1):
        return ""
    if change.section == "three-public" and change.key:
        return f"{THREE_PUBLIC}/{change.key}"
    if change.key in TOTALS.values() and not change.of:
        return f"{APPROPRIATIONS}/{change.key}"
    return f"{GENERAL_BUDGET}/{change.code}" if change.code and not of_one_fund else ""
