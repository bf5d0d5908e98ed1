"""The unit of money of tables that state none: the one in which their figures are what the document says elsewhere."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kg.amounts import parse_figure, step, unit_behind
from kg.document import Grid
from kg.extract.frame import Head
from kg.extract.locate import Region
from kg.extract.prose import Prose
from kg.forms.schema import Pack

_TOLD = re.compile(r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?)([亿万]?元)")
_MIN_DIGITS = 3
"""Digits of a figure by which another place can be known to mean it: 3.50, not 0.50 or 20."""
_MIN_FIGURES = 2
_CLEARLY = 3


@dataclass(frozen=True)
class _Amount:
    """An amount in 元 and how far its print rounds."""

    value: Decimal
    step: Decimal


def units_of(regions: Sequence[Region], heads: Sequence[Head], prose: Prose, pack: Pack) -> tuple[str, ...]:
    """The unit of every table: what its head states, else what its figures carry, else what the document's amounts say.

    Tables without any of these are in their form's default unit. The amounts are those of the prose and of tables with a unit; a unit
    other than the default has to make clearly more figures equal to them. Tables of one default have one unit: a publisher that states
    none prints them alike, and the prose does not tell of each.
    """
    stated = [head.unit or _carried(region, pack) for region, head in zip(regions, heads, strict=True)]
    if all(stated):
        return tuple(stated)
    printed = [list(_figures(region)) for region in regions]
    told = list(_told(prose, pack))
    for figures, unit in zip(printed, stated, strict=True):
        if unit:
            told += (_Amount(figure.value * pack.units[unit], figure.step * pack.units[unit]) for figure in figures)
    usual = [region.form.default_unit or pack.default_unit for region in regions]
    silent: dict[str, list[_Amount]] = defaultdict(list)
    for figures, unit, default in zip(printed, stated, usual, strict=True):
        if not unit:
            silent[default] += figures
    found = {default: _likeliest(figures, told, default, pack) for default, figures in silent.items()}
    return tuple(unit or found[default] for unit, default in zip(stated, usual, strict=True))


def _figures(region: Region) -> Iterator[_Amount]:
    """The telling figures of a table, codes among them."""
    for text in _texts(region):
        amount = parse_figure(text, unit_behind(text))
        if amount is not None and _is_telling(text):
            yield _Amount(amount, step(f"{amount:f}"))


def _is_telling(number: str) -> bool:
    return len(re.sub(r"\D", "", number).lstrip("0")) >= _MIN_DIGITS


def _texts(region: Region) -> Iterator[str]:
    for block in region.blocks:
        if isinstance(block, Grid):
            yield from (cell.text for row in block.rows for cell in row)
        else:
            yield from block.text.split()


def _carried(region: Region, pack: Pack) -> str:
    """The one unit that figures of a table have behind them, empty where there is none or several."""
    units = {unit_behind(cell.text) for grid in region.grids() for row in grid.rows for cell in row} - {""}
    return units.pop() if len(units) == 1 and units <= pack.units.keys() else ""


def _told(prose: Prose, pack: Pack) -> Iterator[_Amount]:
    for number, unit in _TOLD.findall(prose.text):
        amount = parse_figure(number)
        if unit in pack.units and amount is not None and _is_telling(number):
            yield _Amount(amount * pack.units[unit], step(number) * pack.units[unit])


def _likeliest(figures: Sequence[_Amount], told: Sequence[_Amount], default: str, pack: Pack) -> str:
    counts = {unit: _met(figures, pack.units[unit], told) for unit in pack.units}
    best = max(counts, key=lambda unit: counts[unit])
    return best if counts[best] >= max(_MIN_FIGURES, _CLEARLY * counts[default] + 1) else default


def _met(figures: Iterable[_Amount], factor: Decimal, told: Sequence[_Amount]) -> int:
    """How many different figures are, in that unit, an amount of ``told``, give or take what both round."""
    values = {figure.value: figure.step for figure in figures}
    return sum(
        any(abs(value * factor - amount.value) * 2 <= own * factor + amount.step for amount in told) for value, own in values.items()
    )
