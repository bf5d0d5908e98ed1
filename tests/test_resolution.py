"""The printed step of a table: its own, and what the other tables of the document add to it."""

from decimal import Decimal

import pytest

from kg.extract.resolution import own_step, with_shared_steps
from kg.records import Observation, Placement, Role, Span, Table

WAN, YUAN = Decimal(10000), Decimal(1)
HERE = Span(1, 0, 1)


def table(factor: Decimal, *printed: str) -> Table:
    cells = tuple(
        Observation(number, "total", 1, Decimal(text), text, Role.LEAF, Placement.READ, HERE)
        for number, text in enumerate(printed, start=1)
    )
    return Table("revenue", "", "", "", "", factor, own_step(cells) * factor, HERE, (), cells)


def steps(*tables: Table) -> list[str]:
    return [f"{one.resolution.normalize():f}" for one in with_shared_steps(tables)]


@pytest.mark.parametrize("few", ["50", "12.5", "0"])
def test_a_table_that_trims_its_zeros_counts_in_the_step_of_the_others(few: str) -> None:
    assert steps(table(WAN, "4", "150.58"), table(WAN, few)) == ["100", "100"]


def test_a_table_that_pads_says_how_far_it_rounds() -> None:
    assert steps(table(WAN, "150.58"), table(WAN, "12.5", "13.0")) == ["100", "1000"]


def test_whole_yuan_stay_whole() -> None:
    assert steps(table(YUAN, "150.58"), table(YUAN, "12", "13")) == ["0.01", "1"]


def test_units_do_not_mix() -> None:
    assert steps(table(YUAN, "150.58"), table(WAN, "12")) == ["0.01", "10000"]


def test_an_empty_table_has_the_step_of_its_unit() -> None:
    assert steps(table(YUAN, "15"), table(YUAN), table(WAN)) == ["1", "1", "100"]
