"""Money: exact decimals in 元, and what was printed beside them."""

import re
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,40}>|\*\*")
_CURRENCY = re.compile(r"[¥￥]\s*")
_IN_BRACKETS = re.compile(r"[(（]\s*(\d[\d,，]*[.．,，]\d[\d,，.．]*)\s*[)）]")
_GROUPED = re.compile(r"-?\d{1,3}(?: \d{3})+(?:\.\d+)?|\S(?: \S)+")
_UNIT = re.compile(r"\s*([亿万]?元)$")
DASHES = frozenset("-－—–―")


@lru_cache(maxsize=16384)
def bare(text: str) -> str:
    """Text without inline tags, bold marks and white space at its ends."""
    return _TAG.sub("", text).strip()


@lru_cache(maxsize=16384)
def parse_number(text: str) -> Decimal | None:
    """The number that ``text`` is, thousands separators allowed; ``None`` when it is anything else, blank included."""
    candidate = re.sub(r"\s", "", bare(text)).replace("，", ",").replace("．", ".").replace("−", "-").replace("－", "-")
    return Decimal(candidate.replace(",", "")) if _NUMBER.fullmatch(candidate) else None


@lru_cache(maxsize=16384)
def parse_figure(text: str, unit: str = "") -> Decimal | None:
    """The amount that a table's cell prints: a number, a negative one in brackets (12.34), with ¥ before it or ``unit`` behind it.

    ``None`` when it is anything else: another unit of money, or several numbers in one cell, which a missing line would make.
    """
    figure = figure_in(text, unit)
    in_brackets = _IN_BRACKETS.fullmatch(figure)
    number = in_brackets[1] if in_brackets else figure
    words = number.split()
    if len(words) > 1 and all(map(parse_number, words)) and not _GROUPED.fullmatch(" ".join(words)):
        return None
    amount = parse_number(number)
    return -amount if amount is not None and in_brackets else amount


@lru_cache(maxsize=16384)
def figure_in(text: str, unit: str = "") -> str:
    """What :func:`parse_figure` reads of a cell, without ¥ and ``unit``."""
    figure = _CURRENCY.sub("", bare(text), count=1) if _CURRENCY.match(bare(text)) else bare(text)
    behind = _UNIT.search(figure)
    return figure[: behind.start()] if behind and behind[1] == unit else figure


@lru_cache(maxsize=16384)
def unit_behind(text: str) -> str:
    """The unit of money behind a number (84,567.00元), empty where there is none."""
    behind = _UNIT.search(bare(text))
    return behind[1] if behind and parse_figure(text, behind[1]) is not None else ""


@lru_cache(maxsize=16384)
def is_blank(text: str) -> bool:
    """Whether a cell prints nothing, or a dash: neither is a zero."""
    return all(character in DASHES or character.isspace() for character in bare(text))


@lru_cache(maxsize=16384)
def step(printed: str) -> Decimal:
    """The resolution of a printed number in its own unit: ``"1,204.71"`` → 0.01, ``"4"`` → 1."""
    number = parse_figure(printed)
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
