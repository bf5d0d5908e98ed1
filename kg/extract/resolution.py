"""What the smallest difference is that a table prints, in the light of the other tables of its document."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from kg.amounts import bare, step
from kg.records import Observation, Table

_USUAL = Decimal("0.01")


def own_step(observations: Sequence[Observation]) -> Decimal:
    """The finest step of a table's figures in their own unit; a hundredth without a figure."""
    return min((step(observation.printed) for observation in observations), default=_USUAL)


def with_shared_steps(tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables, each with the resolution that it has in this document.

    Money in 万元 or 亿元 is not rounded to its whole unit in one table and printed to the hundredth in the next: a table of few
    figures that happen to be whole, or of one decimal, trims its zeros. It counts in the finest step of the tables of its unit,
    unless it pads its figures with a zero (``13.0``) and so says how far it rounds. Tables in 元 keep their own step: many are
    rounded to whole 元. A table without a figure has the finest step of its unit, for the zeros that it does not print.
    """
    finest: dict[Decimal, Decimal] = {}
    for table in tables:
        if table.observations:
            finest[table.unit_factor] = min(table.resolution, finest.get(table.unit_factor, table.resolution))
    return tuple(replace(table, resolution=_resolution(table, finest)) for table in tables)


def _resolution(table: Table, finest: dict[Decimal, Decimal]) -> Decimal:
    factor = table.unit_factor
    if not table.observations:
        return finest.get(factor, table.resolution)
    return table.resolution if factor <= 1 or _pads(table) else finest[factor]


def _pads(table: Table) -> bool:
    """Whether some figure is printed with a zero at the end of its decimals."""
    return any("." in printed and printed.endswith("0") for printed in (bare(cell.printed) for cell in table.observations))
