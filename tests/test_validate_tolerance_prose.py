"""Tolerances of the rules on prose from both sides: a last digit past the limit breaks exactly its rule, one within does not."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.ntriples import Triples
from kg.resources import shape_files
from kg.validate import Context, Outcome, RuleSet, validate
from tests.rules.graphs import Row, Table, graph
from tests.rules.prose import Prose

RULES = RuleSet.load(shape_files())
NO_LISTS = Context.of(b"")
PRINTS = {"万元 with two decimals": ("万元", "0.01"), "元 without decimals": ("元", "1"), "元 with two decimals": ("元", "0.01")}
FACTORS = {"万元": Decimal(10000), "元": Decimal(1)}
ITEM = "社会保障和就业支出/行政事业单位养老支出/"

quick = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
each_print = pytest.mark.parametrize("printed_as", PRINTS)


def _prose(printed_as: str, *tables: Table) -> tuple[Triples, Prose]:
    unit, step = PRINTS[printed_as]
    triples = graph(*tables)
    return triples, Prose(triples, step, FACTORS[unit])


def _outcome(rule: str, triples: Triples) -> Outcome:
    validation = validate(triples.data, NO_LISTS, RULES.only(rule))
    assert {finding.rule for finding in validation.findings} <= {rule}
    return validation.outcomes[0].outcome


def _printed(steps: int, printed_as: str) -> str:
    """So many printed steps as a number of that step."""
    return str(steps * Decimal(PRINTS[printed_as][1]))


# --- R: sums of rounded numbers ---

Sum = Callable[[Prose, str, Sequence[str]], None]


def _procurement(prose: Prose, stated: str, addends: Sequence[str]) -> None:
    prose.fact("procurement:total", stated)
    for kind, amount in zip(("goods", "works", "services"), [*addends, "0", "0"], strict=False):
        prose.fact(f"procurement:{kind}", amount)


def _vehicles(prose: Prose, stated: str, addends: Sequence[str]) -> None:
    prose.fact("asset:vehicles", stated)
    for kind, amount in zip(("general", "law-enforcement", "other"), [*addends, "0", "0"], strict=False):
        prose.fact(f"asset:vehicles-{kind}", amount)


def _item_changes(prose: Prose, stated: str, addends: Sequence[str]) -> None:
    total = prose.fact("total:general-budget", "1")
    prose.change("基本支出", "1", stated, of=total, type="basic")
    for number, amount in enumerate(addends):
        prose.change(f"{ITEM}{number}", "1", amount)


def _last_year(prose: Prose, stated: str, addends: Sequence[str]) -> None:
    """One source without change against uses without change: each part is the difference of two printed numbers."""
    income, expenditure = prose.fact("total:total-income", stated), prose.fact("total:total-expenditure", stated)
    prose.change("一般公共预算", stated, "0", of=income, fund="general-budget-own")
    whole = sum(map(Decimal, addends))
    for number, amount in enumerate(addends):
        rest = Decimal(stated) - whole if number == 0 else Decimal(0)
        prose.change(f"支出{number}", str(Decimal(amount) + rest), str(rest), of=expenditure, type="basic")


SUMS: dict[str, tuple[Sum, int, Callable[[int], int]]] = {
    "PRC-001": (_procurement, 3, lambda n: n + 1 if n > 1 else 0),
    "AST-001": (_vehicles, 3, lambda n: n + 1 if n > 1 else 0),
    "YOY-004": (_item_changes, 8, lambda n: n + 1 if n > 1 else 0),
    "YOY-007": (_last_year, 5, lambda n: 2 * (n + 1)),
}
"""How a sum is told, the most addends, and how many half steps are tolerated with so many."""


@each_print
@pytest.mark.parametrize("rule", SUMS)
@quick
@given(data=st.data())
def test_sum_tolerates_half_a_step_for_every_rounded_number(rule: str, printed_as: str, data: st.DataObject) -> None:
    build, most, halves = SUMS[rule]
    addends = data.draw(st.lists(st.integers(100, 10**7), min_size=1, max_size=most))
    allowed = halves(len(addends)) // 2
    sign = data.draw(st.sampled_from([1, -1]))
    for steps, wanted in ((0, Outcome.PASSED), (allowed, Outcome.PASSED), (allowed + 1, Outcome.FAILED)):
        triples, prose = _prose(printed_as)
        build(prose, _printed(sum(addends) + sign * steps, printed_as), [_printed(number, printed_as) for number in addends])
        assert _outcome(rule, triples) is wanted, (steps, addends)


# --- S: the same fact ---


@each_print
@quick
@given(steps=st.integers(2, 10**8), moved=st.sampled_from([0, 1, -1]))
def test_prose_and_table_tell_the_same_fact(printed_as: str, steps: int, moved: int) -> None:
    unit, step = PRINTS[printed_as]
    triples, prose = _prose(printed_as, Table("revenue", [Row("total", {"total": _printed(steps, printed_as)})], unit, step))
    prose.fact("total:total-income", _printed(steps + moved, printed_as))
    assert _outcome("NAR-001", triples) is (Outcome.FAILED if moved else Outcome.PASSED)


@quick
@given(coarse=st.integers(2, 10**6), cents=st.integers(-30000, 30000))
def test_prose_in_wan_is_compared_with_a_table_in_yuan_at_its_own_step(coarse: int, cents: int) -> None:
    """Rounded is right, cut is worth knowing and no violation, anything else is wrong."""
    yuan = coarse * 100 + Decimal(cents) / 100
    triples, prose = _prose("万元 with two decimals", Table("revenue", [Row("total", {"total": f"{yuan:.2f}"})], "元", "0.01"))
    prose.fact("total:total-income", _printed(coarse, "万元 with two decimals"))
    validation = validate(triples.data, NO_LISTS, RULES.only("NAR-001"))
    said = [finding.severity.value for finding in validation.findings]
    assert said == ([] if -5000 <= cents < 5000 else ["info"] if 0 <= cents < 10000 else ["violation"])


@each_print
@quick
@given(steps=st.integers(2, 10**8), moved=st.sampled_from([0, 1, -1]))
def test_two_places_of_the_prose_tell_the_same_fact(printed_as: str, steps: int, moved: int) -> None:
    triples, prose = _prose(printed_as)
    prose.fact("total:total-budget", _printed(steps, printed_as))
    prose.fact("total:total-income", _printed(steps + moved, printed_as))
    assert _outcome("NAR-006", triples) is (Outcome.FAILED if moved else Outcome.PASSED)


# --- P: printed percentages ---


def _limits(low: Fraction, high: Fraction, decimals: int) -> list[tuple[str, Outcome]]:
    """The least and the greatest percentage of so many decimals that an interval allows, and those one last digit beyond."""
    step = Fraction(1, 10**decimals)
    least, most = ceil((low - step / 2) / step), floor((high + step / 2) / step)
    cases = [(least, Outcome.PASSED), (most, Outcome.PASSED), (most + 1, Outcome.FAILED)]
    cases += [(least - 1, Outcome.FAILED)] if least > 0 else []
    return [(f"{Decimal(number).scaleb(-decimals):.{decimals}f}", wanted) for number, wanted in cases]


@each_print
@quick
@given(whole=st.integers(200, 10**8), tenths=st.integers(0, 1000), decimals=st.sampled_from([0, 1, 2]))
def test_share_is_within_what_rounded_amounts_allow(printed_as: str, whole: int, tenths: int, decimals: int) -> None:
    part = whole * tenths // 1000
    half = Fraction(1, 2)
    for percent, wanted in _limits(100 * (part - half) / (whole + half), 100 * (part + half) / (whole - half), decimals):
        triples, prose = _prose(printed_as)
        total = prose.fact("total:total-income", _printed(whole, printed_as))
        prose.share("单位资金", _printed(part, printed_as), percent, of=total, fund="own-funds")
        assert _outcome("NAR-002", triples) is wanted, (part, whole, percent)


@each_print
@quick
@given(prior=st.integers(3, 10**7), change=st.integers(1, 10**7), falls=st.booleans(), decimals=st.sampled_from([0, 1, 2]))
def test_growth_is_within_what_rounded_amounts_allow(printed_as: str, prior: int, change: int, falls: bool, decimals: int) -> None:
    """With ``this = prior ± change`` printed in steps, the prior amount is as uncertain as the two that it is reckoned from."""
    change = min(change, prior) if falls else change
    half = Fraction(1, 2)
    low, high = (100 * (change - half) / prior, 100 * (change + half) / prior)
    if not falls:
        low, high = 100 * (change - half) / (prior + 1), 100 * (change + half) / (prior - 1)
    for percent, wanted in _limits(low, high, decimals):
        triples, prose = _prose(printed_as)
        sign = -1 if falls else 1
        prose.change("基本支出", _printed(prior + sign * change, printed_as), _printed(sign * change, printed_as), percent)
        assert _outcome("YOY-001", triples) is wanted, (prior, change, percent)


@each_print
@quick
@given(steps=st.integers(1, 10**7), percent=st.sampled_from(["100.00", "100.0", "100"]))
def test_hundred_per_cent_of_nothing_is_customary(printed_as: str, steps: int, percent: str) -> None:
    for amount, change in ((steps, steps), (0, -steps)):
        triples, prose = _prose(printed_as)
        prose.change("单位资金", _printed(amount, printed_as), _printed(change, printed_as), percent)
        assert _outcome("YOY-001", triples) is Outcome.PASSED
