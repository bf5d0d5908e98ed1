"""How figures and codes are written on a page. Amounts come in 元 and are shown exactly, never rounded away."""

from decimal import Decimal

_WAN = Decimal(10_000)


def wan(amount: Decimal | str | None) -> str:
    """An amount of 元 in 万元, two decimals or as many as it takes; a word as it is; empty for ``None``."""
    if amount is None or isinstance(amount, str):
        return amount or ""
    value = amount / _WAN
    exponent = value.normalize().as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{value:,.{places}f}"


def signed(written: str) -> str:
    """A written number that is a change: with its sign, a minus sign where it is negative."""
    if written.startswith("-"):
        return f"−{written[1:]}"
    return written if not written or not written.strip("0.,") else f"+{written}"


def grouped(amount: Decimal | None) -> str:
    """A number with thousands separators and no more decimals than it has."""
    if amount is None:
        return ""
    text = f"{amount:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(value: Decimal | str | None) -> str:
    """A number that is no money, or a word as it is."""
    return value if isinstance(value, str) else grouped(value)


def decimals(printed: str) -> int:
    """How many decimals a printed figure has."""
    return len(printed.partition(".")[2])


def pad(printed: str, places: int) -> str:
    """What must follow a printed figure, invisibly, so that points stand under points."""
    missing = places - decimals(printed)
    if missing <= 0:
        return ""
    return ("" if "." in printed else ".") + "0" * missing


def spaced_code(code: str) -> str:
    """A classification code as the tables print it: ``2101501`` as ``210 15 01``."""
    if not code.isdigit() or len(code) < 5:
        return code
    return " ".join([code[:3], *(code[start : start + 2] for start in range(3, len(code), 2))])
