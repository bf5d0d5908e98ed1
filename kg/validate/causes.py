"""Guesses at why a stated amount is wrong, from the two numbers alone."""

from decimal import Decimal

from kg.validate.finding import Stated

_UNIT_SLIP = Decimal(10000)


def cause(expected: Stated, actual: Stated) -> str:
    """``unit-slip`` (元 printed as 万元 or the other way round), ``transposed-digits`` (two neighbours), ``cut-short``
    (last digits missing), or empty."""
    if not (isinstance(expected, Decimal) and isinstance(actual, Decimal)) or not expected or not actual:
        return ""
    if expected == actual * _UNIT_SLIP or actual == expected * _UNIT_SLIP:
        return "unit-slip"
    left, right = _digits(expected, actual)
    if _transposed(left, right):
        return "transposed-digits"
    if len(right) > 1 and left.startswith(right) and len(left) > len(right):
        return "cut-short"
    return ""


def _digits(expected: Decimal, actual: Decimal) -> tuple[str, str]:
    """Both numbers as digit strings, over the same last digit, common zeros at the end dropped."""
    scale = min(_last_digit(expected), _last_digit(actual))
    return f"{abs(expected).scaleb(-scale):.0f}", f"{abs(actual).scaleb(-scale):.0f}"


def _last_digit(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "amounts are finite"
    return exponent


def _transposed(left: str, right: str) -> bool:
    """Whether exchanging two neighbouring digits of one gives the other."""
    if len(left) != len(right):
        return False
    places = [place for place, (one, other) in enumerate(zip(left, right, strict=True)) if one != other]
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    first, second = places
    return left[first] == right[second] and left[second] == right[first]
