"""Tolerances of the rules on projects and sheets from both sides, in 万元 with two decimals and in 元 with none and with two."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.resources import shape_files
from kg.validate import Outcome, RuleSet, validate
from tests.rules.cases import WORDS
from tests.rules.graphs import FACTORS, Row, Table, graph
from tests.rules.projects import Projects, Target

RULES = RuleSet.load(shape_files())
PRINTS = {"万元 with two decimals": ("万元", "0.01"), "元 without decimals": ("元", "1"), "元 with two decimals": ("元", "0.01")}
SUMMARY, LISTED = "revenue-expenditure-summary", "general-budget-projects"
Build = Callable[[Projects, str, Sequence[str]], None]

quick = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
each_print = pytest.mark.parametrize("printed_as", PRINTS)


def _tables(stated: str, unit: str, step: str) -> tuple[Table, ...]:
    total = Table(SUMMARY, [Row("income:total", {"total": stated})], unit, step)
    return total, Table(LISTED, [Row("2101501", {"total": stated})], unit, step)


def _parts(said: Projects, stated: str, addends: Sequence[str]) -> None:
    said.told(said.project("甲项目"), stated, [(f"用途{number}", part) for number, part in enumerate(addends)])


def _sources(said: Projects, stated: str, addends: Sequence[str]) -> None:
    names = ("upperFunds", "ownLevelFunds", "otherFunds")
    said.sheet("整体", amount=stated, **dict(zip(names, addends, strict=False)))


def _income(said: Projects, stated: str, addends: Sequence[str]) -> None:
    """The stated total stands in the summary."""
    names = ("upperFunds", "ownLevelFunds", "otherFunds")
    said.sheet("整体", **dict(zip(names, addends, strict=False)))


SUMS: dict[str, tuple[Build, int]] = {"PRJ-003": (_parts, 5), "KPI-004": (_sources, 3), "KPI-006": (_income, 3)}


def _outcome(rule: str, build: Build, stated: str, addends: Sequence[str], unit: str, step: str, listed: str = "") -> Outcome:
    triples = graph(*_tables(listed or stated, unit, step))
    build(Projects(triples, FACTORS[unit], step), stated, addends)
    return validate(triples.data, WORDS, RULES.only(rule)).outcomes[0].outcome


def _printed(steps: int, step: str) -> str:
    return str(steps * Decimal(step))


@each_print
@pytest.mark.parametrize("rule", SUMS)
@quick
@given(data=st.data())
def test_sum_tolerates_half_a_step_for_every_rounded_number(rule: str, printed_as: str, data: st.DataObject) -> None:
    build, most = SUMS[rule]
    unit, step = PRINTS[printed_as]
    addends = data.draw(st.lists(st.integers(1, 10**7), min_size=1, max_size=most))
    allowed = int(Fraction(len(addends) + 1, 2)) if len(addends) > 1 else 0
    sign = data.draw(st.sampled_from([1, -1]))
    for steps, wanted in ((0, Outcome.PASSED), (allowed, Outcome.PASSED), (allowed + 1, Outcome.FAILED)):
        stated, *printed = (_printed(number, step) for number in (sum(addends) + sign * steps, *addends))
        assert _outcome(rule, build, stated, printed, unit, step) is wanted, (stated, printed)


@each_print
@quick
@given(addends=st.lists(st.integers(1, 10**6), min_size=2, max_size=4))
def test_costs_may_make_less_than_the_amount_and_no_more_than_rounding_explains(printed_as: str, addends: list[int]) -> None:
    unit, step = PRINTS[printed_as]
    allowed = int(Fraction(len(addends) + 1, 2))

    def build(said: Projects, stated: str, printed: Sequence[str]) -> None:
        costs = [Target(f"费用{number}", f"≤ {part} {unit}", "20", "成本指标", "经济成本指标") for number, part in enumerate(printed)]
        said.sheet("甲项目", costs, said.project("甲项目"), amount=stated)

    printed = [_printed(number, step) for number in addends]
    # one cost that is the whole amount is taken for the total of the others
    largest_is_all = max(addends) >= sum(addends) - allowed - 2
    for steps, wanted in ((-7, Outcome.PASSED), (allowed, Outcome.PASSED), (allowed + 1, Outcome.FAILED)):
        stated = sum(addends) - steps
        if stated > 0 and not largest_is_all:
            assert _outcome("KPI-007", build, _printed(stated, step), printed, unit, step) is wanted, (stated, addends)


def _described(said: Projects, stated: str, _: Sequence[str]) -> None:
    said.told(said.project("甲项目", LISTED, 1), stated)


def _sheet_of_row(said: Projects, stated: str, _: Sequence[str]) -> None:
    said.sheet("甲项目", (), said.project("甲项目", LISTED, 1), amount=stated)


SAME: dict[str, Build] = {"PRJ-001": _described, "KPI-005": _sheet_of_row}


@each_print
@pytest.mark.parametrize("rule", SAME)
@quick
@given(steps=st.integers(2, 10**8), moved=st.sampled_from([0, 1, -1]))
def test_same_fact_has_no_tolerance_at_one_resolution(rule: str, printed_as: str, steps: int, moved: int) -> None:
    unit, step = PRINTS[printed_as]
    outcome = _outcome(rule, SAME[rule], _printed(steps, step), (), unit, step, _printed(steps + moved, step))
    assert outcome is (Outcome.FAILED if moved else Outcome.PASSED)


@quick
@given(coarse=st.integers(1, 10**6), thousandths=st.integers(-9, 9))
def test_a_sheet_with_three_decimals_is_held_against_two(coarse: int, thousandths: int) -> None:
    """The sheet's amount, rounded half up, is the table's."""
    listed, stated = f"{Decimal(coarse) / 100:.2f}", f"{Decimal(coarse * 10 + thousandths) / 1000:.3f}"
    triples = graph(*_tables(listed, "万元", "0.01"))
    _sheet_of_row(Projects(triples, step="0.001"), stated, ())
    outcome = validate(triples.data, WORDS, RULES.only("KPI-005")).outcomes[0].outcome
    assert (outcome is Outcome.PASSED) is (-5 <= thousandths < 5)
