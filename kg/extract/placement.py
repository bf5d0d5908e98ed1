"""Which column a figure belongs to, settled by arithmetic where the layout does not tell or tells it wrong.

Two situations. A layout with cells may have lost an empty cell, so that a run of rows stands one column off: the shift is
accepted only if it mends sums in both columns it touches (:func:`straighten`). Text without positions gives the figures of
a row in order and nothing more: every order-preserving choice of columns is weighed against the row identities, the sums
over children and what other tables print, and a figure is placed only where all best choices agree (:func:`solve`).

Amounts here are integers, in the table's finest printed step.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

Columns = tuple[int, ...]
State = tuple[tuple[int, ...], tuple[int, ...]]
_MAX_STATES = 20_000
_MAX_SHIFT = 2
_MIN_GAIN = 2


@dataclass(frozen=True)
class Line:
    """One row: its figures in printed order, the row it is part of, and the page fragment it stands on."""

    amounts: tuple[int, ...]
    parent: int | None
    fragment: int = 0


@dataclass(frozen=True)
class Sheet:
    """A panel as a system of sums.

    ``identities`` are (total column, part columns) within a row; ``total`` is the index of the grand total row or ``None``;
    ``cross`` gives, by column, what another table prints for the grand total row (absent: unknown; 0: printed nowhere).
    ``bounds`` give, for some columns together, the most that a row may hold, by row index. ``widths`` are the widths of the
    header labels by column, in characters, where a header of bare text shows them. No figure stands in the columns ``absent``.
    """

    lines: tuple[Line, ...]
    width: int
    identities: tuple[tuple[int, Columns], ...]
    total: int | None
    cross: Mapping[int, int]
    bounds: tuple[tuple[frozenset[int], Mapping[int, int]], ...] = ()
    widths: Mapping[int, int] = field(default_factory=dict)
    absent: frozenset[int] = frozenset()

    def children(self) -> dict[int, list[int]]:
        """Row index → its direct children, for the rows that have some."""
        found: dict[int, list[int]] = defaultdict(list)
        for index, line in enumerate(self.lines):
            if line.parent is not None:
                found[line.parent].append(index)
        return dict(found)


@dataclass(frozen=True)
class Choice:
    """For each row, for each figure, the columns it may stand in; one column where it is settled.

    ``unsatisfied`` are the rows whose sum over children holds under no choice.
    """

    columns: tuple[tuple[frozenset[int], ...], ...]
    unsatisfied: frozenset[int]


def within(stated: int, addends: Sequence[int]) -> bool:
    """Tolerance classes R (two addends and more: half a step each and half for the total) and S (one: equal)."""
    slack = len(addends) + 1 if len(addends) > 1 else 0
    return 2 * abs(stated - sum(addends)) <= slack


def violations(sheet: Sheet, columns: Sequence[Sequence[int | None]], children: Mapping[int, Sequence[int]]) -> list[tuple[int, int]]:
    """Every sum that fails under an assignment, as (row, column); a figure without a column takes no part."""
    cells = [
        {column: amount for column, amount in zip(row, line.amounts, strict=True) if column is not None}
        for row, line in zip(columns, sheet.lines, strict=True)
    ]
    failed = []
    for index, row in enumerate(cells):
        for total, parts in sheet.identities:
            if row and not within(row.get(total, 0), [row[part] for part in parts if part in row]):
                failed.append((index, total))
    for parent, kids in children.items():
        for column in range(sheet.width):
            addends = [cells[kid][column] for kid in kids if column in cells[kid]]
            if not within(cells[parent].get(column, 0), addends):
                failed.append((parent, column))
    if sheet.total is not None:
        failed += [(sheet.total, column) for column, amount in sheet.cross.items() if cells[sheet.total].get(column, 0) != amount]
    return failed


def straighten(sheet: Sheet, read: Sequence[Sequence[int | None]]) -> Choice:
    """The columns as read, with runs of rows moved where only a shift explains the numbers.

    A move takes consecutive affected rows of one fragment (or those of all fragments, with or without the grand total row)
    and shifts all their figures from some column on by one or two
    columns. The best move is taken as long as it mends at least two sums, and more than it leaves columns broken
    among those that it touches: a contradiction at the source is no shift. Where several moves mend as much, the figures
    in which they differ stay open between them. A figure without a column has no option at all.
    """
    children = sheet.children()
    best = [tuple(row) for row in read]
    failed = violations(sheet, best, children)
    while failed:
        suspects = {column for _, column in failed}
        ranked: dict[tuple[int, int], list[list[tuple[int | None, ...]]]] = defaultdict(list)
        for moved, distance in _moves(sheet, best, suspects):
            left = violations(sheet, moved, children)
            gain = len(failed) - len(left)
            if gain >= max(_MIN_GAIN, _left_over(best, moved, left) + 1) and moved not in ranked[len(left), distance]:
                ranked[len(left), distance].append(moved)
        if not any(ranked.values()):
            break
        winners = ranked[min(key for key, moves in ranked.items() if moves)]
        if len(winners) > 1:
            return _union(winners)
        best = winners[0]
        failed = violations(sheet, best, children)
    return _union([best])


def _left_over(before: Sequence[tuple[int | None, ...]], after: Sequence[tuple[int | None, ...]], failed: Sequence[tuple[int, int]]) -> int:
    """In how many of the columns that a move touched sums still fail: one wrong figure spoils one column, a contradiction two."""
    touched = {
        column
        for old, new in zip(before, after, strict=True)
        for pair in zip(old, new, strict=True)
        if pair[0] != pair[1]
        for column in pair
    }
    return len(touched & {column for _, column in failed})


def _union(assignments: Sequence[Sequence[tuple[int | None, ...]]]) -> Choice:
    rows = [
        tuple(frozenset(column for column in options if column is not None) for options in zip(*row, strict=True))
        for row in zip(*assignments, strict=True)
    ]
    return Choice(tuple(rows), frozenset())


def _moves(
    sheet: Sheet, columns: Sequence[tuple[int | None, ...]], suspects: Iterable[int]
) -> Iterable[tuple[list[tuple[int | None, ...]], int]]:
    touched = set(suspects)
    affected: dict[int, list[int]] = defaultdict(list)
    for index, row in enumerate(columns):
        if touched & {column for column in row if column is not None}:
            affected[sheet.lines[index].fragment].append(index)
    runs = [rows[first:last] for rows in affected.values() for first, last in combinations(range(len(rows) + 1), 2)]
    if len(affected) > 1:
        everywhere = sorted(index for rows in affected.values() for index in rows)
        runs += [everywhere, [index for index in everywhere if index != sheet.total]]
    for run in runs:
        starts = {column for index in run for column in columns[index] if column is not None and column in touched and column > 0}
        for start in starts:
            for shift in (*range(1, _MAX_SHIFT + 1), *range(-1, -_MAX_SHIFT - 1, -1)):
                moved = _shifted(columns, run, start, shift, sheet.width)
                if moved is not None:
                    yield moved, abs(shift) * sum(a != b for a, b in zip(moved, columns, strict=True))


def _shifted(
    columns: Sequence[tuple[int | None, ...]], run: Iterable[int], start: int, shift: int, width: int
) -> list[tuple[int | None, ...]] | None:
    """The assignment with all figures of ``run`` from column ``start`` on moved; ``None`` when they would collide or fall off."""
    result = list(columns)
    for index in run:
        row = tuple(column + shift if column is not None and column >= start else column for column in columns[index])
        known = [column for column in row if column is not None]
        if known != sorted(set(known)) or any(not 0 <= column < width for column in known):
            return None
        result[index] = row
    return result if result != list(columns) else None


def solve(sheet: Sheet) -> Choice:
    """Columns for figures that have none, top down from the grand total row.

    Header widths are believed only where all sums then hold; else the figures are weighed without them.
    """
    if sheet.widths and sheet.total is not None:
        used = _wide_columns(sheet)
        if used:
            choice = _solve(sheet, [option for option in _row_options(sheet, sheet.total, range(sheet.width)) if set(option) == used])
            if not choice.unsatisfied and any(choice.columns[sheet.total]):
                return choice
    return _solve(sheet, None)


def _wide_columns(sheet: Sheet) -> set[int]:
    """The columns that the grand total row's figures stand in, if header widths tell: converters make empty columns narrow.

    Of the sets of columns that keep the order and are wide enough for their figures, the one that leaves fewest wide
    columns empty and uses fewest narrow ones; empty when two are as good or widths are all alike.
    """
    assert sheet.total is not None
    narrow = min(sheet.widths.values())
    wide = {column for column, width in sheet.widths.items() if width > narrow}
    digits = [len(f"{abs(amount):03d}") + 1 for amount in sheet.lines[sheet.total].amounts]
    count = len(digits)
    ranked: dict[int, list[set[int]]] = defaultdict(list)
    for option in combinations(range(sheet.width), count):
        if option[:1] == (0,) and all(
            2 * sheet.widths.get(column, sheet.width) >= size for column, size in zip(option[1:], digits[1:], strict=True)
        ):
            ranked[len((wide - {0}) ^ (set(option) - {0}))].append(set(option))
    best = ranked[min(ranked)] if ranked else []
    return best[0] if len(best) == 1 and wide - {0} else set()


def _solve(sheet: Sheet, total_options: list[Columns] | None) -> Choice:
    children = sheet.children()
    options = _options(sheet, total_options)
    costs: list[dict[Columns, int]] = [{} for _ in sheet.lines]
    support: dict[tuple[int, Columns], list[set[Columns]]] = {}
    own: dict[tuple[int, Columns], int] = {}
    order = _bottom_up(sheet, children)
    for index in order:
        kids = children.get(index, [])
        for option in options[index]:
            base = _identity_cost(sheet, index, option)
            below, participants, own_failures = _weigh(sheet, index, option, kids, costs)
            costs[index][option] = base + below
            support[index, option] = participants
            own[index, option] = own_failures
    allowed: list[set[Columns]] = [set() for _ in sheet.lines]
    for index in reversed(order):
        if sheet.lines[index].parent is None:
            allowed[index] = _cheapest(costs[index])
        for option in allowed[index]:
            for kid, good in zip(children.get(index, []), support[index, option], strict=True):
                allowed[kid] |= good
    unsatisfied = frozenset(index for index in children if allowed[index] and all(own[index, option] > 0 for option in allowed[index]))
    settled = tuple(
        tuple(frozenset(option[position] for option in allowed[index]) for position in range(len(line.amounts)))
        for index, line in enumerate(sheet.lines)
    )
    return Choice(settled, unsatisfied)


def _bottom_up(sheet: Sheet, children: Mapping[int, Sequence[int]]) -> list[int]:
    order: list[int] = []
    stack = [index for index, line in enumerate(sheet.lines) if line.parent is None]
    while stack:
        index = stack.pop()
        order.append(index)
        stack += children.get(index, [])
    return order[::-1]


def _cheapest(costs: Mapping[Columns, int]) -> set[Columns]:
    least = min(costs.values(), default=0)
    return {option for option, cost in costs.items() if cost == least}


def _identity_cost(sheet: Sheet, index: int, option: Columns) -> int:
    cells = dict(zip(option, sheet.lines[index].amounts, strict=True))
    broken = sum(
        not within(cells.get(total, 0), [cells[part] for part in parts if part in cells]) for total, parts in sheet.identities if cells
    )
    return broken + sum(
        sum(amount for column, amount in cells.items() if column in columns) > most[index] + 1
        for columns, most in sheet.bounds
        if index in most
    )


def _options(sheet: Sheet, total_options: list[Columns] | None) -> list[list[Columns]]:
    """The order-preserving choices of each row that break fewest of its identities, in columns that the table uses."""
    active: Sequence[int] = range(sheet.width)
    options: list[list[Columns]] = [[] for _ in sheet.lines]
    if sheet.total is not None and sheet.lines[sheet.total].amounts:
        options[sheet.total] = total_options or _row_options(sheet, sheet.total, active)
        active = sorted({column for option in options[sheet.total] for column in option})
    for index in range(len(sheet.lines)):
        if index != sheet.total:
            used = active if len(sheet.lines[index].amounts) <= len(active) else range(sheet.width)
            options[index] = _row_options(sheet, index, used)
    return options


def _row_options(sheet: Sheet, index: int, active: Sequence[int]) -> list[Columns]:
    count = len(sheet.lines[index].amounts)
    usable = [column for column in active if column not in sheet.absent]
    if count > len(usable):
        return []
    every = [option for option in combinations(usable, count) if not count or option[0] == 0]
    costs = {option: _identity_cost(sheet, index, option) + _disagreement(sheet, index, option) for option in every}
    return sorted(_cheapest(costs))


def _disagreement(sheet: Sheet, index: int, option: Columns) -> int:
    """How many figures of other tables the grand total row contradicts."""
    if index != sheet.total:
        return 0
    cells = dict(zip(option, sheet.lines[index].amounts, strict=True))
    return sum(cells.get(column, 0) != amount for column, amount in sheet.cross.items())


def _weigh(
    sheet: Sheet, index: int, option: Columns, kids: Sequence[int], costs: Sequence[Mapping[Columns, int]]
) -> tuple[int, list[set[Columns]], int]:
    """The least cost of the rows below under ``option``, the children's choices that reach it, and how many of this row's
    own sums fail in columns that are in question."""
    if not kids:
        return 0, [], 0
    cells = dict(zip(option, sheet.lines[index].amounts, strict=True))
    open_columns = {column for column in range(sheet.width) if any(len({column in choice for choice in costs[kid]}) > 1 for kid in kids)}
    bounds = None
    if not any(amount < 0 for kid in kids for amount in sheet.lines[kid].amounts):
        bounds = {column: cells.get(column, 0) + len(kids) for column in open_columns}
    layers = _layers(sheet, kids, costs, bounds) or _layers(sheet, kids, costs, None)
    if layers is None:
        return 0, [set(costs[kid]) for kid in kids], 0
    failures = {
        state: sum(not _holds(cells.get(column, 0), state[0][column], state[1][column]) for column in range(sheet.width))
        for state in layers[-1]
    }
    least = min(layers[-1][state] + failures[state] for state in layers[-1])
    reached = {state for state in layers[-1] if layers[-1][state] + failures[state] == least}
    own = min(
        sum(not _holds(cells.get(column, 0), state[0][column], state[1][column]) for column in sorted(open_columns)) for state in reached
    )
    participants: list[set[Columns]] = []
    for position in range(len(kids) - 1, -1, -1):
        good: set[Columns] = set()
        before: set[State] = set()
        for state, cost in layers[position].items():
            for choice, below in costs[kids[position]].items():
                target = _add(*state, choice, sheet.lines[kids[position]].amounts)
                if target in reached and cost + below == layers[position + 1][target]:
                    good.add(choice)
                    before.add(state)
        participants.insert(0, good)
        reached = before
    return least, participants, own


def _layers(
    sheet: Sheet, kids: Sequence[int], costs: Sequence[Mapping[Columns, int]], bounds: Mapping[int, int] | None
) -> list[dict[State, int]] | None:
    """The column sums that the first k children can reach, with their least cost; ``None`` when there are none or too many.

    ``bounds`` are the most that may add up in the columns in question if all sums are to hold.
    """
    layers: list[dict[State, int]] = [{((0,) * sheet.width, (0,) * sheet.width): 0}]
    for kid in kids:
        following: dict[State, int] = {}
        for (sums, counts), cost in layers[-1].items():
            for choice, below in costs[kid].items():
                state = _add(sums, counts, choice, sheet.lines[kid].amounts)
                if bounds and any(state[0][column] > most for column, most in bounds.items()):
                    continue
                if cost + below < following.get(state, 1 << 30):
                    following[state] = cost + below
        if not following or len(following) > _MAX_STATES:
            return None
        layers.append(following)
    return layers


def _holds(stated: int, total: int, count: int) -> bool:
    return 2 * abs(stated - total) <= (count + 1 if count > 1 else 0)


def _add(
    sums: tuple[int, ...], counts: tuple[int, ...], choice: Columns, amounts: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    new_sums, new_counts = list(sums), list(counts)
    for column, amount in zip(choice, amounts, strict=True):
        new_sums[column] += amount
        new_counts[column] += 1
    return tuple(new_sums), tuple(new_counts)
