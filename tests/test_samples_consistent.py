"""Generated disclosures are consistent: a second reading of the rules, on the facts and without the graph."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

import pytest

from kg.samples.facts import SampleDisclosure, SampleTable, SheetScope
from kg.samples.generate import generate
from kg.samples.statements import Change, Direction, Growth, Statement

STEP = Decimal(100)
HALF_DIGIT = Decimal("0.005")


@pytest.fixture(scope="module")
def samples() -> tuple[SampleDisclosure, ...]:
    return tuple(generate(5, 60))


def near(stated: Decimal, parts: list[Decimal]) -> bool:
    """Class R: within half a last digit for every part and for the sum; one part alone is the same figure."""
    allowed = STEP * (len(parts) + 1) / 2 if len(parts) > 1 else Decimal(0)
    return abs(stated - sum(parts, Decimal(0))) <= allowed


ROW_SUMS: Mapping[str, tuple[tuple[str, Callable[[str], bool]], ...]] = {
    "revenue": (
        ("fiscal-subtotal", lambda column: column.startswith(("general-", "government-", "state-"))),
        ("total", lambda column: column in ("fiscal-subtotal", "fiscal-special-account", "own-funds") or column.endswith("-carry-over")),
    ),
    "expenditure": (("total", lambda column: column in ("basic", "project")),),
    "general-budget-expenditure": (("total", lambda column: column in ("basic", "project")),),
    "fiscal-appropriation-summary": (("total", lambda column: column in ("general-budget", "government-fund", "state-capital")),),
    "basic-expenditure-economic": (("total", lambda column: column in ("staff", "running")),),
    "general-budget-projects": (("total", lambda column: column.startswith("economic-")),),
    "government-fund-expenditure": (("total", lambda column: column in ("staff", "running", "project")),),
    "state-capital-expenditure": (("total", lambda column: column in ("staff", "running", "project")),),
    "three-public-expenses": (("total", lambda column: column in ("general-budget", "government-fund", "state-capital")),),
    "entrusted-services": (("total", lambda column: column in ("general-budget", "government-fund", "state-capital")),),
    "carry-over": (
        ("total", lambda column: column.endswith("-subtotal")),
        ("fiscal-subtotal", lambda column: column in ("fiscal-staff", "fiscal-running", "fiscal-project")),
        ("non-fiscal-subtotal", lambda column: column in ("non-fiscal-staff", "non-fiscal-running", "non-fiscal-project")),
    ),
}


def test_rows_add_up(samples: tuple[SampleDisclosure, ...]) -> None:
    for sample in samples:
        for table in sample.tables:
            for row in table.rows:
                for total, is_part in ROW_SUMS.get(table.kind, ()):
                    parts = [amount for column, amount in row.cells.items() if is_part(column)]
                    if row.key.startswith("income:") or (not parts and total not in row.cells):
                        continue
                    assert near(row.cells[total], parts), (sample.issuer, sample.fiscal_year, table.kind, row)


def children(table: SampleTable, key: str) -> list[Mapping[str, Decimal]]:
    """The rows directly below a code or the total; below an item its projects."""
    codes = [row for row in table.rows if row.key.isdigit()]
    if key == "total":
        return [row.cells for row in codes if len(row.key) == 3]
    deeper = {len(row.key) for row in codes if row.key.startswith(key) and len(row.key) > len(key)}
    return [row.cells for row in codes if row.key.startswith(key) and deeper and len(row.key) == min(deeper)]


def test_codes_add_up(samples: tuple[SampleDisclosure, ...]) -> None:
    uneven = 0
    for sample in samples:
        for table in sample.tables:
            for row in table.rows:
                below = children(table, row.key) if row.key.isdigit() or row.key == "total" else []
                for column, amount in row.cells.items() if below else ():
                    parts = [cells[column] for cells in below if column in cells]
                    assert near(amount, parts), (sample.issuer, sample.fiscal_year, table.kind, row.key, column)
                    uneven += amount != sum(parts, Decimal(0))
    assert uneven > 20


def test_tables_agree(samples: tuple[SampleDisclosure, ...]) -> None:
    for sample in samples:
        figure = {
            (table.kind, row.key, column): amount
            for table in sample.tables
            for row in table.rows
            if row.key != "issuer" and not row.project
            for column, amount in row.cells.items()
        }

        def at(kind: str, row: str = "total", column: str = "total", figure: Mapping[tuple[str, str, str], Decimal] = figure) -> Decimal:
            return figure.get((kind, row, column), Decimal(0))

        summary, fiscal, general = "revenue-expenditure-summary", "fiscal-appropriation-summary", "general-budget-expenditure"
        assert at(summary, "income:total") == at(summary, "expenditure:total") == at("revenue") == at("expenditure")
        assert at(fiscal, "income:total") == at(fiscal, "expenditure:total") == at("revenue", column="fiscal-subtotal")
        assert at(fiscal, "expenditure:total", "general-budget") == at(general)
        assert at(fiscal, "expenditure:total", "government-fund") == at("government-fund-expenditure")
        assert at(fiscal, "expenditure:total", "state-capital") == at("state-capital-expenditure")
        assert at(general, column="basic") == at("basic-expenditure-economic")
        assert at(general, column="project") == at("general-budget-projects")
        assert at(summary, "income:carry-over") == at("carry-over")
        assert near(at(summary, "income:total"), [at(summary, "income:current-year"), at(summary, "income:carry-over")])
        assert at("three-public-expenses", "vehicle-running") == at("basic-expenditure-economic", "30231")
        for kind, row, column in figure:
            if kind == "expenditure" and row.isdigit() and column == "total":
                assert at("revenue", row) == at("expenditure", row)
                assert at(general, row) <= at("expenditure", row)
                if len(row) == 3:
                    assert at(summary, f"expenditure:{row}") == at("expenditure", row)
        assert at(general, "2080505") == at("basic-expenditure-economic", "30108")
        assert sample.narrative.balance.total == at(summary, "income:total")
        assert sample.narrative.basic.running == at("basic-expenditure-economic", column="running")
        assert sample.other_matters.operating_cost.amount == at("basic-expenditure-economic", column="running")


def interval(amount: Decimal) -> tuple[Decimal, Decimal]:
    return max(amount - STEP / 2, Decimal(0)), amount + STEP / 2


def changes(sample: SampleDisclosure) -> Iterator[tuple[str, Decimal, Change]]:
    """Every change that is told, with what it is of."""
    narrative = sample.narrative
    told: list[tuple[str, Statement]] = [("income", each) for each in narrative.income.statements]
    told += [("expenditure", each) for each in narrative.expenditure.statements]
    told += [("scale", each) for each in narrative.general_budget.scale]
    told.append(("matters", sample.other_matters.operating_cost))
    for section, each in told:
        if each.change and each.amount is not None:
            yield f"{section} {each.subject}", each.amount, each.change
    for item in narrative.general_budget.items:
        assert item.change
        yield f"item {item.code}", item.amount, item.change
    for key, amount in narrative.three_public.amounts.items():
        yield f"three-public {key}", amount, narrative.three_public.changes[key]


def test_changes_and_shares_fit_their_amounts(samples: tuple[SampleDisclosure, ...]) -> None:
    for sample in samples:
        percentages: dict[tuple[Decimal, Decimal, Direction], Decimal] = {}
        for subject, amount, change in changes(sample):
            assert (change.direction is Direction.MORE) == (change.growth is Growth.RISE)
            assert change.reason or not change.amount
            assert percentages.setdefault((amount, change.amount, change.direction), change.percent) == change.percent
            last = amount - change.amount if change.direction is Direction.MORE else amount + change.amount
            assert last >= -STEP, (sample.issuer, subject)
            if change.amount and last > STEP:
                (least, most), (smallest, largest) = interval(change.amount), interval(last)
                allowed = least / largest * 100 - HALF_DIGIT, most / smallest * 100 + HALF_DIGIT
                assert allowed[0] <= change.percent <= allowed[1], (sample.issuer, subject, change)
        shares = [each.share for each in sample.narrative.income.statements if each.share is not None]
        assert abs(sum(shares, Decimal(-100))) <= HALF_DIGIT * len(shares)


def test_changes_chain_with_the_year_before(samples: tuple[SampleDisclosure, ...]) -> None:
    for before, sample in pairwise(samples):
        if before.issuer != sample.issuer:
            continue
        published = {subject: amount for subject, amount, _ in changes(before)}
        for subject, amount, change in changes(sample):
            last = amount - change.amount if change.direction is Direction.MORE else amount + change.amount
            assert abs(last - published.get(subject, Decimal(0))) <= STEP * 3 / 2, (sample.issuer, sample.fiscal_year, subject)


def test_projects_agree_with_tables_and_sheets(samples: tuple[SampleDisclosure, ...]) -> None:
    numbers: dict[str, str] = {}
    for sample in samples:
        table = sample.table("general-budget-projects")
        assert table
        assert {project.name: project.amount for project in sample.projects} == {
            row.project: row.cells["total"] for row in table.rows if row.project
        }
        sheets = {sheet.project: sheet for sheet in sample.sheets if sheet.scope is SheetScope.PROJECT}
        stated = sample.other_matters.performance
        assert len(sheets) == len(sample.sheets) - 1
        counted = (stated.projects, stated.fiscal_projects, stated.other_projects)
        assert len(sheets) == sum(number or 0 for number in counted)
        for project in sample.projects:
            sheet = sheets[project.name]
            assert abs(sheet.funds["total"] - project.amount) <= STEP / 2
            assert project.start.year == project.end.year == sample.fiscal_year
            if project.subsidy:
                assert abs(project.subsidy.headcount * project.subsidy.standard - project.amount) <= STEP / 2
            else:
                assert near(project.amount, [part.amount for part in project.allocation])
            assert project.policies
            for policy in project.policies:
                assert re.fullmatch(r"[一-鿿]+[〔【]20\d\d[〕】][1-9]\d*号", policy.printed)
                assert numbers.setdefault(f"{policy.issuer}{policy.year}{policy.number}", policy.title) == policy.title
        for sheet in sample.sheets:
            assert sum(indicator.weight for indicator in sheet.indicators) == 90
            assert all(0 < indicator.weight <= 45 for indicator in sheet.indicators)


def test_what_is_bought_and_owned_adds_up(samples: tuple[SampleDisclosure, ...]) -> None:
    for sample in samples:
        bought, held = sample.other_matters.procurement, sample.other_matters.assets
        assert near(bought.total, [bought.goods, bought.works, bought.services])
        assert bought.micro <= bought.small_medium <= bought.total
        kinds = (held.general_vehicles, held.enforcement_vehicles, held.other_vehicles)
        assert held.vehicles.count == sum(kind.count for kind in kinds)
        assert near(held.vehicles.value, [kind.value for kind in kinds])
        staff = sample.overview.staffing
        assert staff is None or staff.actual == staff.in_post + staff.retired + staff.veterans
        assert staff is None or staff.in_post <= staff.authorised
