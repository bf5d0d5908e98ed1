"""Faults in single cells: a figure that disagrees with a sum or with the same figure elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from types import MappingProxyType

from kg.samples.facts import SampleDisclosure, SampleRow
from kg.samples.faults import Fault, Planter, last_digit, misprint, pick, table_of, with_cell
from kg.samples.form import CLASSES
from kg.samples.ledger import STEP

Rows = Callable[[SampleRow], bool]
Slip = Callable[[Decimal, Random], Decimal]

_FUNCTIONAL_TABLES = (
    "revenue",
    "expenditure",
    "general-budget-expenditure",
    "general-budget-projects",
    "government-fund-expenditure",
    "state-capital-expenditure",
)
_BY_CODE = (*_FUNCTIONAL_TABLES, "basic-expenditure-economic")
_BY_PART = ("basic-expenditure-economic", "government-fund-expenditure", "state-capital-expenditure")
_ITEM_DIGITS = 7
_ECONOMIC_DIGITS = 5


@dataclass(frozen=True)
class Cells:
    """The printed figures of some tables, rows and columns (all columns when none is named)."""

    kinds: tuple[str, ...]
    rows: Rows
    columns: tuple[str, ...] = ()
    slip: Slip = misprint

    def fault(self, sample: SampleDisclosure, rng: Random) -> Fault:
        """One of these cells misprinted."""
        found = [
            (table.kind, row, column)
            for table in sample.tables
            if table.kind in self.kinds
            for row in table.rows
            if row.key != "issuer" and self.rows(row)
            for column in row.cells
            if not self.columns or column in self.columns
        ]
        kind, row, column = pick(found, rng, f"figure in {', '.join(self.kinds)}")
        return with_cell(sample, kind, row, column, self.slip(row.cells[column], rng))


def _total(row: SampleRow) -> bool:
    return row.key == "total"


def _any(row: SampleRow) -> bool:
    return True


def _item(row: SampleRow) -> bool:
    return row.key.isdigit() and len(row.key) == _ITEM_DIGITS


def _class(row: SampleRow) -> bool:
    return row.key.removeprefix("expenditure:") in CLASSES


def _parent(row: SampleRow) -> bool:
    """Every code that has codes below it: classes and sections, in the economic table classes."""
    return row.key.isdigit() and len(row.key) < (_ECONOMIC_DIGITS if row.key.startswith("3") else _ITEM_DIGITS)


def _key(*keys: str) -> Rows:
    return lambda row: row.key in keys


def _less(amount: Decimal, rng: Random) -> Decimal:
    return last_digit(amount, rng) if amount <= STEP else amount - rng.randint(1, int(amount / STEP)) * STEP


_SUMMARY, _REVENUE, _EXPENDITURE, _FISCAL = (
    ("revenue-expenditure-summary",),
    ("revenue",),
    ("expenditure",),
    ("fiscal-appropriation-summary",),
)
_GENERAL, _ECONOMIC, _PROJECTS = ("general-budget-expenditure",), ("basic-expenditure-economic",), ("general-budget-projects",)
_THREE_PUBLIC, _CARRY_OVER = ("three-public-expenses",), ("carry-over",)

CELLS: Mapping[str, Cells] = MappingProxyType(
    {
        "SUM-001": Cells((*_EXPENDITURE, *_GENERAL), _item, ("total",)),
        "SUM-002": Cells(_BY_PART, _any, ("total",)),
        "SUM-003": Cells(_BY_CODE, _parent),
        "SUM-004": Cells(_BY_CODE, _total),
        "SUM-005": Cells(_REVENUE, _item, ("total",)),
        "SUM-006": Cells(_REVENUE, _item, ("fiscal-subtotal",)),
        "SUM-007": Cells(_PROJECTS, _any, ("total",)),
        "SUM-008": Cells(_CARRY_OVER, _any, ("total", "fiscal-subtotal", "non-fiscal-subtotal")),
        "SUM-009": Cells(_FISCAL, _class, ("total",)),
        "SUM-010": Cells(("entrusted-services", *_CARRY_OVER), _total, ("total",)),
        "T1-001": Cells(_SUMMARY, _key("income:total", "expenditure:total")),
        "T1-002": Cells(_SUMMARY, _key("income:total")),
        "T1-003": Cells(_SUMMARY, _key("income:current-year")),
        "T1-004": Cells(_SUMMARY, _key("expenditure:total")),
        "XT-001": Cells((*_REVENUE, *_EXPENDITURE), _total, ("total",), last_digit),
        "XT-002": Cells(_FISCAL, _key("income:total", "expenditure:total"), ("total",)),
        "XT-003": Cells(_FISCAL, _class, ("general-budget",), last_digit),
        "XT-004": Cells(_FISCAL, _key("expenditure:total"), ("government-fund", "state-capital"), last_digit),
        "XT-005": Cells(_ECONOMIC, _total, ("total",), last_digit),
        "XT-006": Cells(_PROJECTS, _total, ("total",), last_digit),
        "XT-007": Cells(_EXPENDITURE, _item, ("total",), last_digit),
        "XT-008": Cells(_EXPENDITURE, _total, ("total",)),
        "XT-009": Cells(_REVENUE, _item, ("general-budget", "general-budget-transfer")),
        "XT-010": Cells(_SUMMARY, _class, (), last_digit),
        "XT-012": Cells(_CARRY_OVER, _total, ("total",), last_digit),
        "SG-001": Cells(_THREE_PUBLIC, _total, ("total",)),
        "SG-002": Cells(_THREE_PUBLIC, _key("vehicles"), ("total",)),
        "SG-003": Cells(_THREE_PUBLIC, _any, ("general-budget",)),
        "SG-004": Cells(_THREE_PUBLIC, _key("reception", "vehicle-running"), ("total",), _less),
        "XCL-001": Cells(_ECONOMIC, _key("30108", "30109", "30111", "30113"), ("total",), last_digit),
        "XCL-002": Cells(_ECONOMIC, _key("30110"), ("total",)),
    }
)
"""Where to misprint a figure so that a rule is broken at that very cell."""


def more_than_all(sample: SampleDisclosure, rng: Random) -> Fault:
    """XT-011: an item with more general public budget than expenditure."""
    spent = table_of(sample, "expenditure")
    found = [
        (row, column, all_funds)
        for row in table_of(sample, *_GENERAL).rows
        if _item(row)
        for column in ("basic", "project")
        if column in row.cells and (all_funds := spent.amount(row.key, column))
    ]
    row, column, all_funds = pick(found, rng, "figure in both tables of expenditure")
    return with_cell(sample, *_GENERAL, row, column, all_funds + rng.randint(1, 9) * 10_000)


PLANTERS: Mapping[str, Planter] = MappingProxyType({rule: cells.fault for rule, cells in CELLS.items()} | {"XT-011": more_than_all})
