"""The placement solver: what only a shift explains is moved, what arithmetic settles is placed, the rest stays open."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract.placement import Line, Sheet, solve, straighten, violations, within

_IDENTITY = ((0, (1, 2, 3)),)


def _sheet(
    rows: list[tuple[tuple[int, ...], int | None]], width: int = 4, cross: dict[int, int] | None = None, fragments: list[int] | None = None
) -> Sheet:
    lines = tuple(Line(amounts, parent, (fragments or [0] * len(rows))[index]) for index, (amounts, parent) in enumerate(rows))
    return Sheet(lines, width, _IDENTITY if width == 4 else (), 0, cross or {})


def test_tolerance_classes() -> None:
    assert within(100, [100])
    assert not within(101, [100]), "one addend is the same fact"
    assert within(101, [50, 50])
    assert not within(102, [50, 50])
    assert within(102, [40, 30, 30]), "half a step for each addend and for the total"
    assert not within(103, [40, 30, 30])
    assert within(0, [])
    assert not within(1, [])


def test_a_run_that_lost_an_empty_cell_is_moved_back() -> None:
    sheet = _sheet([((130, 100, 30), None), ((100, 100), 0), ((30, 30), 0)], cross={1: 100, 3: 30})
    read = [(0, 1, 3), (0, 1), (0, 2)]
    assert straighten(sheet, read).columns == (({0}, {1}, {3}), ({0}, {1}), ({0}, {3}))


def test_two_shifts_that_mend_as_much_leave_the_figures_open() -> None:
    sheet = _sheet([((130, 100, 30), None), ((100, 100), 0), ((30, 30), 0)])
    assert straighten(sheet, [(0, 1, 3), (0, 1), (0, 2)]).columns == (({0}, {1}, {2, 3}), ({0}, {1}), ({0}, {2, 3}))


def test_a_wrong_amount_is_no_shift() -> None:
    sheet = _sheet([((130, 100, 30), None), ((100, 100), 0), ((40, 40), 0)])
    read = [(0, 1, 3), (0, 1), (0, 3)]
    assert straighten(sheet, read).columns == tuple(tuple({column} for column in row) for row in read)


def test_the_shifted_total_row_is_found_by_another_table() -> None:
    sheet = _sheet([((130, 100, 30), None), ((100, 100), 0), ((30, 30), 0)], cross={1: 100, 2: 0, 3: 30})
    read = [(0, 1, 2), (0, 1), (0, 2)]
    assert straighten(sheet, read).columns == (({0}, {1}, {3}), ({0}, {1}), ({0}, {3}))


def test_figures_without_positions_are_placed_when_one_choice_remains() -> None:
    sheet = _sheet([((130, 100, 30), None), ((100, 100), 0), ((30, 30), 0)], cross={1: 100, 3: 30})
    choice = solve(sheet)
    assert choice.columns == (({0}, {1}, {3}), ({0}, {1}), ({0}, {3}))
    assert not choice.unsatisfied


def test_what_arithmetic_cannot_tell_stays_open() -> None:
    sheet = _sheet([((100, 50, 50), None), ((50, 50), 0), ((50, 50), 0)], cross={1: 50, 2: 50})
    choice = solve(sheet)
    assert choice.columns[1] == ({0}, {1, 2})


def test_a_contradiction_at_the_source_is_named_not_mended() -> None:
    sheet = _sheet([((1625, 4, 1621), None), ((1625, 1625), 0)])
    choice = solve(sheet)
    assert choice.unsatisfied == {0}
    assert len(choice.columns[0][1]) > 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_consistent_table_is_placed_right_or_left_open(seed: int) -> None:
    """Random trees of sums: no figure is ever settled in a wrong column."""
    rng = random.Random(seed)
    truth: list[dict[int, int]] = []
    parents: list[int | None] = []
    total: dict[int, int] = {}
    truth.append(total)
    parents.append(None)
    for _ in range(rng.randint(1, 4)):
        node: dict[int, int] = {}
        truth.append(node)
        parents.append(0)
        here = len(truth) - 1
        for _ in range(rng.randint(1, 4)):
            leaf = {column: rng.randint(1, 5000) for column in rng.sample((1, 2, 3), rng.randint(1, 2))}
            leaf[0] = sum(leaf.values())
            truth.append(leaf)
            parents.append(here)
            for column, amount in leaf.items():
                node[column] = node.get(column, 0) + amount
                total[column] = total.get(column, 0) + amount
    lines = tuple(Line(tuple(row[column] for column in sorted(row)), parent) for row, parent in zip(truth, parents, strict=True))
    sheet = Sheet(lines, 4, _IDENTITY, 0, {column: total.get(column, 0) for column in (1, 2, 3)})
    right = [tuple(sorted(row)) for row in truth]
    assert not violations(sheet, right, sheet.children())
    choice = solve(sheet)
    for row, options in zip(right, choice.columns, strict=True):
        for column, allowed in zip(row, options, strict=True):
            assert column in allowed
    assert not choice.unsatisfied
