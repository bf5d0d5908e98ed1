"""Numbers and money as records hold them."""

import re
from collections.abc import Mapping
from decimal import Decimal

from kg.amounts import parse_number
from kg.extract.narrative_source import Source
from kg.statements import Amount


def number(printed: str) -> Decimal:
    """The value of what a pattern took for a number; its digits after the point are kept."""
    value = parse_number(printed)
    if value is None:
        raise ValueError(f"a pattern of the form pack took {printed!r} for a number")
    return value


def money(source: Source, match: re.Match[str], group: str, units: Mapping[str, int]) -> Amount:
    """The money of a group made by the fragment ``money`` (groups x, x_unit and perhaps x_about), in 元."""
    unit = match[f"{group}_unit"]
    about = match.groupdict().get(f"{group}_about") is not None
    return Amount(number(match[group]) * units[unit], source.verbatim(*match.span(group)) + unit, about)
