"""What all departments spend by the functions of government of the United Nations, with how sure the mapping is."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Response, request

from kg.iri import VOCABULARY
from web.rendering import render, view
from web.site import Row, site

_COFOG = f"{VOCABULARY}code/cofog/"


@dataclass(frozen=True)
class Function:
    """A COFOG group or division with its money and the mean and least confidence of the mapping."""

    iri: str
    amount: Decimal
    confidence: Decimal | None
    lowest: Decimal | None

    @property
    def division(self) -> str:
        """The division that the group belongs to; itself where it is one."""
        return _COFOG + self.iri.removeprefix(_COFOG).partition(".")[0]


def cofog_page() -> Response:
    """``/cofog``: a table a year; ``?year=`` chooses one, else the newest."""
    data = view()
    rows = site().remembered(f"cofog {data.snapshot.tag}", lambda: list(data.rows("cofog")))
    years = sorted({row.text("year") for row in rows}, reverse=True)
    chosen = next((year for year in years if year.endswith(f"/{request.args.get('year', '')}")), years[0] if years else "")
    functions = sorted((_function(row) for row in rows if row.text("year") == chosen), key=lambda function: function.iri)
    total = sum((function.amount for function in functions), Decimal(0))
    return render("cofog.html", functions=functions, years=years, chosen=chosen, total=total)


def _function(row: Row) -> Function:
    amount = row.number("amount") or Decimal(0)
    weighted, lowest = row.number("weighted"), row.number("lowest")
    mean = (weighted / amount).quantize(Decimal("0.01")) if weighted is not None and amount else None
    return Function(row.text("function"), amount, mean, lowest)
