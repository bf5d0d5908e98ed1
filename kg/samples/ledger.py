"""What a department spends and from which funds, in exact 元: the one source of every figure of a generated disclosure.

A disclosure prints views of its ledger. Each figure is rounded by itself, so that printed sums are off by a last digit
now and then, as those of real publishers are.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TypeVar

ZERO = Decimal(0)
STEP = Decimal(100)
"""The last printed digit, 0.01 万元, in 元."""

GENERAL = ("general-budget", "general-budget-transfer")
GOVERNMENT_FUND = ("government-fund", "government-fund-transfer")
STATE_CAPITAL = ("state-capital", "state-capital-transfer")
APPROPRIATIONS = (*GENERAL, *GOVERNMENT_FUND, *STATE_CAPITAL)
"""Fiscal appropriations of the current year; carry-over is none of them."""
CARRY_OVER = ("fiscal-carry-over", "non-fiscal-carry-over")
FUND_OF = {
    fund: name
    for name, funds in (("general-budget", GENERAL), ("government-fund", GOVERNMENT_FUND), ("state-capital", STATE_CAPITAL))
    for fund in funds
}
"""The three funds of the appropriation tables, by the fund sources of the revenue table."""

Key = TypeVar("Key", bound=Hashable)


class Part(StrEnum):
    """Basic expenditure is staff and running cost; the rest is projects."""

    STAFF = "staff"
    RUNNING = "running"
    PROJECT = "project"


@dataclass(frozen=True)
class Entry:
    """An amount for one functional item from one fund source (a column key of the revenue table).

    ``economic`` is an item (five digits) of basic expenditure or a class (three) of a project, ``use`` the part of the
    project's money, ``entrusted`` whether it is paid to others for services.
    """

    item: str
    fund: str
    part: Part
    economic: str
    amount: Decimal
    project: str = ""
    use: str = ""
    entrusted: bool = False


@dataclass(frozen=True)
class Ledger:
    """The entries of one department and year."""

    entries: tuple[Entry, ...]

    @property
    def total(self) -> Decimal:
        return sum((entry.amount for entry in self.entries), ZERO)

    def where(self, wanted: Callable[[Entry], bool]) -> "Ledger":
        return Ledger(tuple(filter(wanted, self.entries)))

    def of(self, *funds: str) -> "Ledger":
        """The entries paid from these fund sources."""
        return self.where(lambda entry: entry.fund in funds)

    def part(self, *parts: Part) -> "Ledger":
        return self.where(lambda entry: entry.part in parts)

    @property
    def basic(self) -> "Ledger":
        return self.part(Part.STAFF, Part.RUNNING)

    @property
    def projects(self) -> "Ledger":
        return self.part(Part.PROJECT)

    def by(self, keys: Callable[[Entry], Iterable[Key]]) -> dict[Key, Decimal]:
        """Sums by key, keys in order of appearance; an entry counts under each of its keys."""
        sums: dict[Key, Decimal] = {}
        for entry in self.entries:
            for key in keys(entry):
                sums[key] = sums.get(key, ZERO) + entry.amount
        return sums


def printed(amount: Decimal, step: Decimal = STEP) -> Decimal:
    """The amount as printed: rounded to whole steps, half away from zero."""
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step
