"""The arithmetic of a finding, taken apart so that every number in it leads to the place where it is printed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from web.places import Operand

_SIGNS = re.compile(r" ([+−×÷=≠]) ")
_NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Step:
    """One number of an expression with the sign before it (empty before the first), and the operand that prints it."""

    sign: str
    text: str
    operand: Operand | None = None


def steps(expression: str, operands: Iterable[Operand]) -> tuple[Step, ...]:
    """``1548 + 73.23 = 1621.23 ≠ 1625.23`` as steps. A total that was reckoned, behind ``=``, is printed nowhere."""
    left = list(operands)
    pieces = _SIGNS.split(expression)
    found = []
    for sign, text in zip(["", *pieces[1::2]], pieces[0::2], strict=True):
        operand = None if sign == "=" else next((one for one in left if _says(one, text)), None)
        if operand is not None:
            left.remove(operand)
        found.append(Step(sign, text, operand))
    return tuple(found)


def columns(parts: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that can stand digit under digit: a sum of two or more printed numbers and what it should be; else nothing."""
    signs = [part.sign for part in parts]
    is_sum = "=" in signs and set(signs) <= {"", "+", "−", "=", "≠"}
    return tuple(parts) if is_sum and sum(part.operand is not None for part in parts) > 1 else ()


def _says(operand: Operand, text: str) -> bool:
    printed, wanted = _number(operand.printed), _number(text)
    return printed is not None and printed == wanted


def _number(text: str) -> Decimal | None:
    match = _NUMBER.search(text)
    try:
        return Decimal(match.group().replace(",", "").replace("−", "-")) if match else None
    except InvalidOperation:
        return None
