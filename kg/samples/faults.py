"""A fault: one thing of a sample changed, with its place and what stood there before. Helpers to make one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import TypeVar

from kg.amounts import plain
from kg.errors import BudgetError
from kg.samples.facts import SampleDisclosure, SampleRow, SampleTable
from kg.samples.ledger import STEP

_WAN = 10_000
_CLEARLY = Decimal(5_000)
"""More than any tolerance for sums of rounded figures, in 元."""
Item = TypeVar("Item")


class NotPlantable(BudgetError):
    """The sample has no place for that fault."""


@dataclass(frozen=True)
class Place:
    """Where a fault is: a table kind with row and column keys, or a part of the text with what is told there.

    Empty keys mean the whole table, row or section. ``project`` tells rows of the project table apart.
    """

    section: str
    row: str = ""
    column: str = ""
    project: str = ""


@dataclass(frozen=True)
class Fault:
    """The changed sample, and what was changed from what; amounts in 元."""

    sample: SampleDisclosure
    place: Place
    before: str
    after: str


Planter = Callable[[SampleDisclosure, Random], Fault]


def pick(places: Sequence[Item], rng: Random, what: str) -> Item:
    """One of the places. Raises :class:`NotPlantable` when there is none."""
    if not places:
        raise NotPlantable(f"no {what}")
    return rng.choice(places)


def table_of(sample: SampleDisclosure, kind: str) -> SampleTable:
    """The table of that kind with its rows. Raises :class:`NotPlantable` when it is missing."""
    table = sample.table(kind)
    if table is None:
        raise NotPlantable(f"no table {kind}")
    return table


def with_table(sample: SampleDisclosure, changed: SampleTable) -> SampleDisclosure:
    """The sample with that table in place of the one of its kind."""
    return replace(sample, tables=tuple(changed if table.kind == changed.kind else table for table in sample.tables))


def with_row(sample: SampleDisclosure, kind: str, row: SampleRow, changed: SampleRow | None) -> SampleDisclosure:
    """The sample with a row changed, or left out."""
    table = table_of(sample, kind)
    rows = [changed if each is row else each for each in table.rows]
    return with_table(sample, replace(table, rows=tuple(each for each in rows if each is not None)))


def with_cell(sample: SampleDisclosure, kind: str, row: SampleRow, column: str, amount: Decimal) -> Fault:
    """That cell printed with another amount."""
    changed = replace(row, cells={**row.cells, column: amount})
    place = Place(kind, row.key, column, row.project)
    return Fault(with_row(sample, kind, row, changed), place, plain(row.cells[column]), plain(amount))


def said(value: object) -> str:
    """A value as faults tell it."""
    return plain(value) if isinstance(value, Decimal) else str(value)


def misprint(amount: Decimal, rng: Random) -> Decimal:
    """A slip that no rounding explains: two digits exchanged, the point moved, or another figure altogether."""
    number = f"{abs(amount) / _WAN:.2f}"
    slips = [amount * 10, amount + rng.randint(1, 9) * _WAN]
    for at in range(len(number) - 4):
        exchanged = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        slips.append(Decimal(exchanged) * _WAN)
    return rng.choice([slip for slip in slips if abs(slip - amount) >= _CLEARLY])


def last_digit(amount: Decimal, rng: Random) -> Decimal:
    """One last digit more or less, as when one of two places was not corrected; still more than nothing.

    The last digit that is printed where zeros at the end are not, of whole 万元 the last one.
    """
    step = next(step for step in (_WAN, _WAN // 10, STEP) if amount % step == 0 or step == STEP)
    return amount + step if amount <= step else amount + rng.choice((step, -step))
