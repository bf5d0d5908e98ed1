"""What part three of a disclosure states in prose: amounts, shares, changes against the year before, and reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

AMOUNT = "amount in 元; facts files hold it in 万元"
Yuan = Annotated[Decimal, AMOUNT]


class Direction(StrEnum):
    """Which way an amount moved."""

    MORE = "增加"
    LESS = "减少"


class Growth(StrEnum):
    """The word before the percentage; agrees with the direction unless the publisher slipped."""

    RISE = "增长"
    FALL = "下降"


@dataclass(frozen=True)
class Change:
    """A comparison with last year's budget; ``amount`` and ``percent`` are never negative."""

    direction: Direction
    amount: Yuan
    growth: Growth
    percent: Decimal
    reason: str = ""


@dataclass(frozen=True)
class Statement:
    """A figure of one ``subject`` (a column key of the flat form). Without ``amount`` the text says 未安排."""

    subject: str
    amount: Yuan | None = None
    share: Decimal | None = None
    change: Change | None = None


@dataclass(frozen=True)
class ItemStatement:
    """The paragraph of one functional item; ``names`` are its class, section and item as printed."""

    code: str
    names: tuple[str, ...]
    amount: Yuan
    change: Change | None = None


@dataclass(frozen=True)
class ClassStatement:
    """A functional class with its share of the whole, or with what it is mainly used for."""

    name: str
    amount: Yuan
    share: Decimal | None = None
    use: str = ""


@dataclass(frozen=True)
class Balance:
    """Section 1: the grand total, and the sources and classes that are listed as non-zero."""

    total: Yuan
    sources: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Flow:
    """Sections 2 (income by source) and 3 (expenditure by type)."""

    total: Yuan
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Appropriation:
    """Section 4: this year's fiscal appropriations by fund, and the classes they pay for."""

    total: Yuan
    funds: Mapping[str, Yuan]
    classes: tuple[ClassStatement, ...]


@dataclass(frozen=True)
class GeneralBudget:
    """Section 5: size, structure, and use item by item."""

    total: Yuan
    scale: tuple[Statement, ...]
    structure: tuple[ClassStatement, ...]
    items: tuple[ItemStatement, ...]


@dataclass(frozen=True)
class BasicExpenditure:
    """Section 6, with the economic items each part is said to include."""

    total: Yuan
    staff: Yuan
    staff_items: tuple[str, ...]
    running: Yuan
    running_items: tuple[str, ...]


@dataclass(frozen=True)
class ThreePublic:
    """Section 10; keys are the row keys of the 三公 table, ``total`` among them."""

    amounts: Mapping[str, Yuan]
    changes: Mapping[str, Change]


@dataclass(frozen=True)
class Narrative:
    """Sections 1 to 10. ``declared_empty`` are the table kinds that the text calls empty, printed or not."""

    balance: Balance
    income: Flow
    expenditure: Flow
    appropriation: Appropriation
    general_budget: GeneralBudget
    basic: BasicExpenditure
    three_public: ThreePublic
    government_fund: tuple[ItemStatement, ...] = ()
    state_capital: tuple[ItemStatement, ...] = ()
    declared_empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class CarryOverItem:
    """Money left from an earlier year and what it is still for."""

    name: str
    amount: Yuan
    use: str


@dataclass(frozen=True)
class CarryOver:
    """The section on carry-over, where there is any."""

    total: Yuan
    fiscal: Yuan
    non_fiscal: Yuan
    items: tuple[CarryOverItem, ...]


@dataclass(frozen=True)
class Procurement:
    """Government procurement by kind, and the parts reserved for small-and-medium and for micro enterprises."""

    total: Yuan
    goods: Yuan
    works: Yuan
    services: Yuan
    small_medium: Yuan
    micro: Yuan


@dataclass(frozen=True)
class Vehicles:
    """A number of vehicles and their value."""

    count: int
    value: Yuan


@dataclass(frozen=True)
class Assets:
    """State assets at the end of ``as_of``. ``area`` is in square metres; ``with_units`` adds 及下属各预算单位.

    ``large_*`` count equipment above 500,000 and 1,000,000 元 a piece, held and to be bought.
    """

    as_of: int
    area: Decimal
    buildings: Yuan
    vehicles: Vehicles
    general_vehicles: Vehicles
    enforcement_vehicles: Vehicles
    other_vehicles: Vehicles
    furniture: Yuan
    other: Yuan
    with_units: bool = False
    large_50: int = 0
    large_100: int = 0
    buy_large_50: int = 0
    buy_large_100: int = 0


@dataclass(frozen=True)
class Performance:
    """The sentence before the performance sheets.

    Either ``projects`` is the number of all projects, or ``fiscal_projects`` and ``other_projects`` split it.
    """

    amount: Yuan
    fiscal_amount: Yuan
    other_amount: Yuan
    goals: int = 1
    projects: int | None = None
    fiscal_projects: int | None = None
    other_projects: int | None = None


@dataclass(frozen=True)
class OtherMatters:
    """The last section; ``remarks`` is its free text."""

    operating_cost: Statement
    procurement: Procurement
    assets: Assets
    performance: Performance
    remarks: str = ""
