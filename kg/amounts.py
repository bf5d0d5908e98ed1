"""Money: exact decimals in 元, and what was printed beside them."""

import re
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,40}>|\*\*")
DASHES = frozenset("-－—–―")


def bare(text: str) -> str:
    """Text without inline tags, bold marks and white space at its ends."""
    return _TAG.sub("", text).strip()


@lru_cache(maxsize=16384)
def parse_number(text: str) -> Decimal | None:
    """The number that ``text`` is, thousands separators allowed; ``None`` when it is anything else, blank included."""
    candidate = re.sub(r"\s", "", bare(text)).replace("，", ",").replace("．", ".").replace("−", "-").replace("－", "-")
    return Decimal(candidate.replace(",", "")) if _NUMBER.fullmatch(candidate) else None


def is_blank(text: str) -> bool:
    """Whether a cell prints nothing, or a dash: neither is a zero."""
    return all(character in DASHES or character.isspace() for character in bare(text))


@lru_cache(maxsize=16384)
def step(printed: str) -> Decimal:
    """The resolution of a printed number in its own unit: ``"1,204.71"`` → 0.01, ``"4"`` → 1."""
    number = parse_number(printed)
    if number is None:
        raise ValueError(f"not a number: {printed!r}")
    exponent = number.as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def plain(amount: Decimal) -> str:
    """An amount in fixed notation with at least two decimals: ``6609000.00``."""
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent > -2:
        amount = amount.quantize(Decimal("0.01"))
    return f"{amount:f}"
