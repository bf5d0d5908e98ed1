"""The headline figures of a disclosure, and the order of its tables."""

from dataclasses import dataclass
from decimal import Decimal

from web.site import Row, View

HEADLINES = (
    "totalExpenditure",
    "totalIncome",
    "basicExpenditure",
    "projectExpenditure",
    "staffCost",
    "runningCost",
    "generalBudgetOwn",
    "generalBudgetTransfer",
    "governmentFund",
    "governmentFundTransfer",
    "stateCapital",
    "stateCapitalTransfer",
    "specialAccount",
    "ownFunds",
    "carryOver",
    "carryOverNonFiscal",
    "threePublic",
    "threePublicAbroad",
    "threePublicReception",
    "threePublicVehiclePurchase",
    "threePublicVehicleRunning",
)
"""The headline figures in the order in which they are shown."""


@dataclass(frozen=True)
class Headline:
    """A headline figure in 元 and the cell it was taken from (empty when that is not recorded)."""

    property: str
    amount: Decimal
    cell: str


def read_headlines(data: View, disclosure: str) -> dict[str, Headline]:
    """Property → headline figure; one that is not printed is absent."""
    found = {}
    for entry in data.rows("headlines", disclosure=disclosure):
        amount = entry.number("amount")
        if amount is not None:
            found[entry.text("property")] = Headline(entry.text("property"), amount, entry.text("cell"))
    return found


def table_rank(entry: Row) -> tuple[bool, int, str]:
    """Printed order; tables that were not found last."""
    return (not entry.text("table"), entry.integer("line"), entry.text("kind"))
