"""Tolerances from both sides: a sum or a same fact moved by one printed step past the limit breaks exactly its rule."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.resources import shape_files
from kg.validate import Context, Outcome, RuleSet, validate
from tests.rules.graphs import Row, Table, graph

RULES = RuleSet.load(shape_files())
NO_LISTS = Context.of(b"")
PRINTS = {"万元 with two decimals": ("万元", "0.01"), "元 without decimals": ("元", "1"), "元 with two decimals": ("元", "0.01")}
SUMMARY = "revenue-expenditure-summary"
Build = Callable[[str, Sequence[str], str, str], tuple[Table, ...]]

quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
each_print = pytest.mark.parametrize("printed_as", PRINTS)


def _outcome(rule: str, *tables: Table) -> Outcome:
    validation = validate(graph(*tables).data, NO_LISTS, RULES.only(rule))
    assert {finding.rule for finding in validation.findings} <= {rule}
    return validation.outcomes[0].outcome


def _row(kind: str, columns: Sequence[str]) -> Build:
    """The sum runs along a row."""

    def build(stated: str, addends: Sequence[str], unit: str, step: str) -> tuple[Table, ...]:
        cells = {"total": stated} | dict(zip(columns, addends, strict=False))
        return (Table(kind, [Row("2080505", cells)], unit, step),)

    return build


def _column(kind: str, parent: str, children: Sequence[str]) -> Build:
    """The sum runs down a column, from children to their parent row."""

    def build(stated: str, addends: Sequence[str], unit: str, step: str) -> tuple[Table, ...]:
        rows = [Row(parent, {"total": stated})]
        rows += [Row(key, {"total": printed}, 0) for key, printed in zip(children, addends, strict=False)]
        return (Table(kind, rows, unit, step),)

    return build


def _summary(total: str, parts: Sequence[str]) -> Build:
    """The sum runs over named rows of the summary."""

    def build(stated: str, addends: Sequence[str], unit: str, step: str) -> tuple[Table, ...]:
        rows = [Row(total, {"total": stated})] + [Row(key, {"total": value}) for key, value in zip(parts, addends, strict=False)]
        return (Table(SUMMARY, rows, unit, step),)

    return build


SOURCES = ["income:general-budget", "income:government-fund", "income:state-capital", "income:fiscal-special-account", "income:own-funds"]
SUMS: dict[str, tuple[Build, int]] = {
    "SUM-001": (_row("expenditure", ["basic", "project"]), 2),
    "SUM-002": (_row("government-fund-expenditure", ["staff", "running", "project"]), 3),
    "SUM-003": (_column("revenue", "20805", [f"208050{number}" for number in range(1, 8)]), 7),
    "SUM-004": (_column("revenue", "total", ["201", "205", "208", "210", "213", "221"]), 6),
    "T1-002": (_summary("income:total", ["income:current-year", "income:carry-over"]), 2),
    "T1-003": (_summary("income:current-year", SOURCES), 5),
    "T1-004": (_summary("expenditure:total", ["expenditure:208", "expenditure:210", "expenditure:221"]), 3),
}


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
        assert _outcome(rule, *build(stated, printed, unit, step)) is wanted, (stated, printed)


def _printed(steps: int, step: str) -> str:
    """So many printed steps as a number of that step: ``_printed(1002, "0.01")`` → ``10.02``."""
    return str(steps * Decimal(step))


Two = Callable[[Table, Table], tuple[Table, ...]]


def _one_table(left: str, right: str, unit: str, step: str) -> tuple[Table, ...]:
    return (Table(SUMMARY, [Row("income:total", {"total": left}), Row("expenditure:total", {"total": right})], unit, step),)


def _summary_and_revenue(left: str, right: str, units: tuple[str, str], steps: tuple[str, str]) -> tuple[Table, ...]:
    summary = Table(SUMMARY, [Row("income:total", {"total": left})], units[0], steps[0])
    return summary, Table("revenue", [Row("total", {"total": right})], units[1], steps[1])


def _appropriations_and_general(left: str, right: str, units: tuple[str, str], steps: tuple[str, str]) -> tuple[Table, ...]:
    summary = Table("fiscal-appropriation-summary", [Row("expenditure:208", {"general-budget": left})], units[0], steps[0])
    return summary, Table("general-budget-expenditure", [Row("208", {"total": right})], units[1], steps[1])


def _general_and_basic(left: str, right: str, units: tuple[str, str], steps: tuple[str, str]) -> tuple[Table, ...]:
    general = Table("general-budget-expenditure", [Row("total", {"basic": left})], units[0], steps[0])
    return general, Table("basic-expenditure-economic", [Row("total", {"total": right})], units[1], steps[1])


SAME = {"XT-001": _summary_and_revenue, "XT-003": _appropriations_and_general, "XT-005": _general_and_basic}


@each_print
@quick
@given(steps=st.integers(2, 10**8), moved=st.sampled_from([0, 1, -1]))
def test_totals_of_the_summary_are_the_same_fact(printed_as: str, steps: int, moved: int) -> None:
    unit, step = PRINTS[printed_as]
    tables = _one_table(_printed(steps, step), _printed(steps + moved, step), unit, step)
    assert _outcome("T1-001", *tables) is (Outcome.FAILED if moved else Outcome.PASSED)


@each_print
@pytest.mark.parametrize("rule", SAME)
@quick
@given(steps=st.integers(2, 10**8), moved=st.sampled_from([0, 1, -1]))
def test_same_fact_has_no_tolerance_at_one_resolution(rule: str, printed_as: str, steps: int, moved: int) -> None:
    unit, step = PRINTS[printed_as]
    tables = SAME[rule](_printed(steps, step), _printed(steps + moved, step), (unit, unit), (step, step))
    fails = _outcome(rule, *tables) is Outcome.FAILED
    assert fails is bool(moved)


@pytest.mark.parametrize("rule", SAME)
@quick
@given(coarse=st.integers(1, 10**6), cents=st.integers(-6000, 6000), swapped=st.booleans())
def test_same_fact_is_compared_at_the_coarser_resolution(rule: str, coarse: int, cents: int, swapped: bool) -> None:
    """万元 with two decimals against 元 with two: they agree as long as the 元 round to the 万元, half a step upwards."""
    yuan = coarse * 100 + Decimal(cents) / 100
    sides = [(_printed(coarse, "0.01"), "万元", "0.01"), (f"{yuan:.2f}", "元", "0.01")]
    (left, left_unit, left_step), (right, right_unit, right_step) = reversed(sides) if swapped else sides
    fails = _outcome(rule, *SAME[rule](left, right, (left_unit, right_unit), (left_step, right_step))) is Outcome.FAILED
    assert fails is not (-5000 <= cents < 5000)
