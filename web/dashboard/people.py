"""Staff, vehicles and procurement as the text states them."""

from dataclasses import dataclass
from decimal import Decimal

from web.dashboard.targets import Span, span_of
from web.site import View

STAFF = ("staffing:authorised", "staffing:in-post", "staffing:retired", "staffing:veteran-retired", "staffing:actual")
BESIDE = ("asset:vehicles-number", "procurement:total", "operating-cost:operating-cost")
IN_POST = "staffing:in-post"


@dataclass(frozen=True)
class Fact:
    """A stated number: ``quantity`` of ``unit``, or ``amount`` in 元; ``None``: the other one is stated. ``change`` likewise."""

    iri: str
    subject: str
    quantity: Decimal | None
    unit: str
    amount: Decimal | None
    change: Decimal | None
    span: Span


def read_facts(data: View, disclosure: str) -> dict[str, Fact]:
    """Subject (``staffing:in-post``) → what the text states of it."""
    found: dict[str, Fact] = {}
    for row in data.rows("facts", disclosure=disclosure):
        fact = Fact(
            iri=row.text("fact"),
            subject=row.text("subject"),
            quantity=row.number("quantity"),
            unit=row.text("unit"),
            amount=row.number("amount"),
            change=row.number("change"),
            span=span_of(row),
        )
        found.setdefault(fact.subject, fact)
    return found


def per_head(amount: Decimal | None, heads: Decimal | None) -> Decimal | None:
    """元 a head, to the 元; ``None`` without an amount or without heads."""
    if amount is None or not heads:
        return None
    return (amount / heads).quantize(Decimal(1))
