"""Tolerances from both sides: a last digit past the limit breaks a rule, one within does not; every rule about amounts is swept."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kg.extract.placement import Line, Sheet, straighten
from kg.validate import Outcome
from tests.rules.graphs import Row
from tests.sweeps import of_projects, of_prose, of_tables
from tests.sweeps.of_prose import prose_of
from tests.sweeps.of_tables import REVENUE, table
from tests.sweeps.scheme import CENTS, FIRST, PRINTS, RULES, WAN, YUAN, Print, Said, Same, Sum, half_steps, judged, outcomes

Drawn = TypeVar("Drawn")

SUMS = (*of_tables.SUMS, *of_prose.SUMS, *of_projects.SUMS)
SAMES = (*of_tables.SAMES, *of_prose.SAMES, *of_projects.SAMES)
PERCENTAGES = ("NAR-002", "YOY-001")
OF_THE_READER = ("EXT-002",)
"""What reading decides, by the same tolerance; the rule reports what it decided."""
FINER = {"万元 and 元 with two decimals": (WAN, CENTS), "万元 and 元": (WAN, YUAN)}
SEVERAL = 3
"""Drawn checks that are judged together."""

numbers = st.integers(100, 10**7) | st.integers(1, 10**5).map(lambda hundreds: 100 * hundreds)
quick = settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
each_print = pytest.mark.parametrize("printed_as", PRINTS)


def _several(one: st.SearchStrategy[Drawn]) -> st.SearchStrategy[list[Drawn]]:
    return st.lists(one, min_size=SEVERAL, max_size=SEVERAL)


def _checks(sweeps: Sequence[Sum | Same]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("sweep", "how"), [pytest.param(sweep, how, id=f"{sweep} {name}") for sweep in sweeps for name, how in sweep.prints.items()]
    )


def _expected(passes: bool) -> Outcome:
    return Outcome.PASSED if passes else Outcome.FAILED


def test_every_rule_about_amounts_is_swept() -> None:
    swept = {sweep.rule for sweep in (*SUMS, *SAMES)} | set(PERCENTAGES) | set(OF_THE_READER)
    assert {rule.id for rule in RULES if rule.tolerance_class in "RSP"} == swept


# --- R ---


@_checks(SUMS)
@quick
@given(data=st.data())
def test_sum_tolerates_half_a_step_for_every_rounded_number(sweep: Sum, how: Print, data: st.DataObject) -> None:
    graphs, wanted = [], []
    for addends in data.draw(_several(st.lists(numbers, min_size=sweep.least, max_size=sweep.most))):
        allowed = sweep.half_steps(len(addends)) // 2
        side = data.draw(st.sampled_from((1, -1)))
        for steps in (0, side * allowed, side * (allowed + 1)):
            stated, *parts = (Said(how.say(number), how) for number in (sum(addends) + steps, *addends))
            graphs.append(sweep.build(stated, parts))
            wanted.append((steps, addends, _expected(abs(steps) <= allowed or side not in sweep.fails)))
    for (steps, addends, right), outcome in zip(wanted, outcomes(sweep.rule, graphs), strict=True):
        assert outcome is right, (steps, addends)


@pytest.mark.parametrize("sweep", [sweep for sweep in SUMS if sweep.mixed], ids=str)
@pytest.mark.parametrize("prints", FINER)
@quick
@given(data=st.data())
def test_sum_in_two_units_is_judged_in_the_coarser(sweep: Sum, prints: str, data: st.DataObject) -> None:
    """The stated value in 万元, its addends in 元: their sum, rounded half up, is what it may differ from."""
    coarse, fine = FINER[prints]
    ratio = int(coarse.resolution / fine.resolution)
    graphs, wanted = [], []
    for addends in data.draw(_several(st.lists(numbers, min_size=sweep.least, max_size=sweep.most))):
        rounded = (2 * sum(addends) + ratio) // (2 * ratio)
        allowed = sweep.half_steps(len(addends)) // 2
        side = data.draw(st.sampled_from((1, -1)))
        for steps in (0, side * allowed, side * (allowed + 1)):
            stated = max(rounded + steps, 0)
            graphs.append(sweep.build(Said(coarse.say(stated), coarse), [Said(fine.say(number), fine) for number in addends]))
            wanted.append((stated, addends, _expected(abs(stated - rounded) <= allowed)))
    for (stated, addends, right), outcome in zip(wanted, outcomes(sweep.rule, graphs), strict=True):
        assert outcome is right, (stated, addends)


# --- S ---


@_checks(SAMES)
@quick
@given(drawn=_several(numbers))
def test_same_fact_has_no_tolerance_at_one_resolution(sweep: Same, how: Print, drawn: list[int]) -> None:
    checks = [(number, moved) for number in drawn for moved in (0, 1, -1)]
    graphs = [sweep.build(Said(how.say(number + moved), how), Said(how.say(number), how)) for number, moved in checks]
    for (number, moved), outcome in zip(checks, outcomes(sweep.rule, graphs), strict=True):
        assert outcome is _expected(moved not in sweep.fails), (number, moved)


@pytest.mark.parametrize(
    ("sweep", "coarser"), [pytest.param(sweep, side, id=f"{sweep}, {side} coarser") for sweep in SAMES for side in sweep.coarser]
)
@pytest.mark.parametrize("prints", FINER)
@quick
@given(data=st.data())
def test_same_fact_is_compared_at_the_coarser_resolution(sweep: Same, prints: str, coarser: str, data: st.DataObject) -> None:
    """They agree as long as the finer number rounds to the coarser one, half a step upwards."""
    coarse, fine = FINER[prints]
    ratio = int(coarse.resolution / fine.resolution)
    edges = (0, ratio // 2 - 1, ratio // 2, -ratio // 2, -ratio // 2 - 1)
    checks = [(data.draw(numbers), beyond) for beyond in edges]
    graphs = []
    for number, beyond in checks:
        sides = [Said(coarse.say(number), coarse), Said(fine.say(number * ratio + beyond), fine)]
        graphs.append(sweep.build(*(sides if coarser == FIRST else reversed(sides))))
    for (number, beyond), outcome in zip(checks, outcomes(sweep.rule, graphs), strict=True):
        rounds = -ratio // 2 <= beyond < ratio // 2
        side = (1 if beyond > 0 else -1) * (-1 if coarser == FIRST else 1)
        assert outcome is _expected(rounds or side not in sweep.fails), (number, beyond)


@quick
@given(coarse=_several(numbers))
def test_prose_that_cuts_what_a_table_prints_is_worth_knowing_and_no_violation(coarse: list[int]) -> None:
    checks = [(number, cents) for number in coarse for cents in (4999, 5000, 9999, 10000, -5000, -5001)]
    graphs = []
    for number, cents in checks:
        prose = prose_of(WAN, table(REVENUE, CENTS, [Row("total", {"total": CENTS.say(number * 10000 + cents)})]))
        prose.fact("total:total-income", WAN.say(number))
        graphs.append(prose.triples.data)
    for (number, cents), validation in zip(checks, judged("NAR-001", graphs), strict=True):
        said = [finding.severity.value for finding in validation.findings]
        assert said == ([] if -5000 <= cents < 5000 else ["info"] if 0 <= cents < 10000 else ["violation"]), (number, cents)


def test_a_sheet_with_three_decimals_is_held_against_two() -> None:
    """The sheet's amount, rounded half up, is the table's."""
    finer = Print("万元", "0.001")
    thousandths = range(-9, 10)
    graphs = [of_projects.sheet_of_row(Said(finer.say(12340 + more), finer), Said("12.34", WAN)) for more in thousandths]
    for more, outcome in zip(thousandths, outcomes("KPI-005", graphs), strict=True):
        assert outcome is _expected(-5 <= more < 5), more


# --- P ---


def _limits(low: Fraction, high: Fraction, decimals: int) -> list[tuple[str, Outcome]]:
    """The least and the greatest percentage of so many decimals that an interval allows, and those one last digit beyond."""
    step = Fraction(1, 10**decimals)
    least, most = ceil((low - step / 2) / step), floor((high + step / 2) / step)
    cases = [(least, Outcome.PASSED), (most, Outcome.PASSED), (most + 1, Outcome.FAILED)]
    cases += [(least - 1, Outcome.FAILED)] if least > 0 else []
    return [(f"{Decimal(number).scaleb(-decimals):.{decimals}f}", wanted) for number, wanted in cases]


@each_print
@quick
@given(drawn=_several(st.tuples(st.integers(200, 10**8), st.integers(0, 1000), st.sampled_from([0, 1, 2]))))
def test_share_is_within_what_rounded_amounts_allow(printed_as: str, drawn: list[tuple[int, int, int]]) -> None:
    how, half = PRINTS[printed_as], Fraction(1, 2)
    graphs, wanted = [], []
    for whole, tenths, decimals in drawn:
        part = whole * tenths // 1000
        for percent, right in _limits(100 * (part - half) / (whole + half), 100 * (part + half) / (whole - half), decimals):
            prose = prose_of(how)
            total = prose.fact("total:total-income", how.say(whole))
            prose.share("单位资金", how.say(part), percent, of=total, fund="own-funds")
            graphs.append(prose.triples.data)
            wanted.append((part, whole, percent, right))
    for (part, whole, percent, right), outcome in zip(wanted, outcomes("NAR-002", graphs), strict=True):
        assert outcome is right, (part, whole, percent)


@each_print
@quick
@given(
    drawn=st.lists(
        st.tuples(st.integers(3, 10**7), st.integers(1, 10**7), st.booleans(), st.sampled_from([0, 1, 2])),
        min_size=SEVERAL,
        max_size=SEVERAL,
    )
)
def test_growth_is_within_what_rounded_amounts_allow(printed_as: str, drawn: list[tuple[int, int, bool, int]]) -> None:
    """With ``this = prior ± change`` printed in steps, the prior amount is as uncertain as the two that it is reckoned from."""
    how, half = PRINTS[printed_as], Fraction(1, 2)
    graphs, wanted = [], []
    for prior, drawn_change, falls, decimals in drawn:
        change = min(drawn_change, prior) if falls else drawn_change
        low, high = (100 * (change - half) / prior, 100 * (change + half) / prior)
        if not falls:
            low, high = 100 * (change - half) / (prior + 1), 100 * (change + half) / (prior - 1)
        for percent, right in _limits(low, high, decimals):
            prose = prose_of(how)
            sign = -1 if falls else 1
            prose.change("基本支出", how.say(prior + sign * change), how.say(sign * change), percent)
            graphs.append(prose.triples.data)
            wanted.append((prior, change, percent, right))
    for (prior, change, percent, right), outcome in zip(wanted, outcomes("YOY-001", graphs), strict=True):
        assert outcome is right, (prior, change, percent)


@each_print
def test_hundred_per_cent_of_nothing_is_customary(printed_as: str) -> None:
    how = PRINTS[printed_as]
    graphs = []
    for steps in (1, 100, 4321):
        for percent in ("100.00", "100.0", "100"):
            for amount, change in ((steps, steps), (0, -steps)):
                prose = prose_of(how)
                prose.change("单位资金", how.say(amount), how.say(change), percent)
                graphs.append(prose.triples.data)
    assert set(outcomes("YOY-001", graphs)) == {Outcome.PASSED}


# --- R, where reading applies it (EXT-002) ---


@quick
@given(parts=st.lists(numbers, min_size=1, max_size=4), side=st.sampled_from([1, -1]))
def test_a_shift_explains_sums_up_to_rounding_and_no_further(parts: list[int], side: int) -> None:
    """Items whose second figure stands a column too far left: moving them mends the sums as long as these hold after it."""
    allowed = half_steps(len(parts)) // 2
    for steps in (0, side * allowed, side * (allowed + 1)):
        total, first = sum(parts) + steps, 7 * len(parts)
        rows = [Line((total + first, first, total), None), *(Line((part + 7, 7, part), 0) for part in parts)]
        read = [(0, 1, 3)] + [(0, 1, 2)] * len(parts)
        sheet = Sheet(tuple(rows), 4, ((0, (1, 2, 3)),), 0, {2: 0, 3: total})
        straight = ((frozenset({0}), frozenset({1}), frozenset({3})),) * len(rows)
        assert (straighten(sheet, read).columns == straight) is (abs(steps) <= allowed), (steps, parts)
