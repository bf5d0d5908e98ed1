"""Faults of project paragraphs and performance sheets."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from types import MappingProxyType

from kg.samples.facts import Indicator, PerformanceSheet, SampleDisclosure, SampleProject, SheetScope
from kg.samples.faults import Fault, NotPlantable, Place, Planter, last_digit, misprint, pick, said, table_of

_PROJECTS, _SHEETS = "projects", "sheets"
_MONEY_TABLES = ("general-budget-projects", "carry-over")
"""Tables that state the money of single projects."""
_COST, _OUTPUT = "成本指标", "产出指标"
_SUPPORT = "单位工作安排"


def _project(sample: SampleDisclosure, old: SampleProject, new: SampleProject, field: str, before: object, after: object) -> Fault:
    projects = tuple(new if each is old else each for each in sample.projects)
    return Fault(replace(sample, projects=projects), Place(_PROJECTS, old.name, field), said(before), said(after))


def _any_project(
    sample: SampleDisclosure, rng: Random, what: str, wanted: Callable[[SampleProject], bool] = lambda project: True
) -> SampleProject:
    return pick([project for project in sample.projects if wanted(project)], rng, what)


def project_amount(sample: SampleDisclosure, rng: Random) -> Fault:
    """PRJ-001: a paragraph with another amount than the table."""
    old = _any_project(sample, rng, "project")
    new = replace(old, amount=last_digit(old.amount, rng))
    return _project(sample, old, new, "amount", old.amount, new.amount)


def no_sheet(sample: SampleDisclosure, rng: Random) -> Fault:
    """PRJ-002: a project without a sheet."""
    names = [project.name for project in sample.projects]
    sheet = pick([sheet for sheet in sample.sheets if sheet.project in names], rng, "project with a sheet")
    sheets = tuple(each for each in sample.sheets if each is not sheet)
    return Fault(replace(sample, sheets=sheets), Place(_PROJECTS, sheet.project, "sheet"), sheet.project, "")


def allocation(sample: SampleDisclosure, rng: Random) -> Fault:
    """PRJ-003: parts that do not make the project's amount."""
    old = _any_project(sample, rng, "project with parts", lambda project: len(project.allocation) > 1)
    part = rng.choice(old.allocation)
    wrong = replace(part, amount=misprint(part.amount, rng))
    new = replace(old, allocation=tuple(wrong if each is part else each for each in old.allocation))
    return _project(sample, old, new, part.name, part.amount, wrong.amount)


def headcount(sample: SampleDisclosure, rng: Random) -> Fault:
    """PRJ-004, KPI-011: other people than the money was reckoned for, or than the sheet has."""
    old = _any_project(sample, rng, "subsidy", lambda project: project.subsidy is not None)
    assert old.subsidy is not None
    wrong = replace(old.subsidy, headcount=old.subsidy.headcount * 10 + 1)
    return _project(sample, old, replace(old, subsidy=wrong), "headcount", old.subsidy.headcount, wrong.headcount)


def window(sample: SampleDisclosure, rng: Random) -> Fault:
    """PRJ-005: money of this year to be spent in the next."""
    old = _any_project(sample, rng, "project")
    new = replace(old, start=old.start.replace(year=old.start.year + 1), end=old.end.replace(year=old.end.year + 1))
    return _project(sample, old, new, "start", old.start, new.start)


def no_number(sample: SampleDisclosure, rng: Random) -> Fault:
    """PRJ-008: a basis without a document."""
    old = _any_project(sample, rng, "project with documents", lambda project: bool(project.policies))
    new = replace(old, policies=(), basis=_SUPPORT)
    return _project(sample, old, new, "policies", old.policies[0].printed, _SUPPORT)


def number_without_end(sample: SampleDisclosure, rng: Random) -> Fault:
    """POL-001: a document number without 号."""
    return _policy(sample, rng, lambda printed, _: printed.removesuffix("号"), "")


def notice_of_this_year(sample: SampleDisclosure, rng: Random) -> Fault:
    """POL-003: money allotted in advance by a notice of the year itself."""
    return _policy(sample, rng, lambda printed, year: printed.replace(str(year - 1), str(year)), "提前下达")


def _policy(sample: SampleDisclosure, rng: Random, change: Callable[[str, int], str], title: str) -> Fault:
    old = _any_project(sample, rng, "fitting document", lambda project: any(title in policy.title for policy in project.policies))
    policy = rng.choice([policy for policy in old.policies if title in policy.title])
    printed = change(policy.printed, sample.fiscal_year)
    year = sample.fiscal_year if title else policy.year
    wrong = replace(policy, printed=printed, year=year)
    new = replace(old, policies=tuple(wrong if each is policy else each for each in old.policies))
    return _project(sample, old, new, "policies", policy.printed, printed)


def _sheet(sample: SampleDisclosure, rng: Random, wanted: Callable[[PerformanceSheet], bool]) -> PerformanceSheet:
    return pick([sheet for sheet in sample.sheets if wanted(sheet)], rng, "fitting sheet")


def _is_project(sheet: PerformanceSheet) -> bool:
    return sheet.scope is SheetScope.PROJECT


def _with_sheet(sample: SampleDisclosure, old: PerformanceSheet, new: PerformanceSheet) -> SampleDisclosure:
    return replace(sample, sheets=tuple(new if each is old else each for each in sample.sheets))


def _indicator(
    sample: SampleDisclosure, rng: Random, wanted: Callable[[Indicator], bool], change: Callable[[Indicator], Indicator], field: str
) -> Fault:
    """An indicator of a project's sheet with another ``field``."""
    fitting = [(sheet, each) for sheet in sample.sheets if _is_project(sheet) for each in sheet.indicators if wanted(each)]
    return _changed(sample, *pick(fitting, rng, "fitting indicator"), change, field)


def _changed(
    sample: SampleDisclosure, sheet: PerformanceSheet, old: Indicator, change: Callable[[Indicator], Indicator], field: str
) -> Fault:
    new = change(old)
    changed = replace(sheet, indicators=tuple(new if each is old else each for each in sheet.indicators))
    place = Place(_SHEETS, old.level3, field, sheet.project)
    return Fault(_with_sheet(sample, sheet, changed), place, said(getattr(old, field)), said(getattr(new, field)))


def weight(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-001: weights that make neither 90 nor 100."""
    return _indicator(sample, rng, lambda each: True, lambda each: replace(each, weight=each.weight + 3), "weight")


def no_weight(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-003: an indicator without weight."""
    return _indicator(sample, rng, lambda each: True, lambda each: replace(each, weight=Decimal(0)), "weight")


def no_satisfaction(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-002: a project's sheet without an indicator of satisfaction."""
    old = _sheet(sample, rng, _is_project)
    *others, last = old.indicators
    new = replace(old, indicators=tuple(others))
    return Fault(_with_sheet(sample, old, new), Place(_SHEETS, column="满意度指标", project=old.project), last.level3, "")


def sheet_sum(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-004: a sheet whose money is not fiscal and other money together."""
    old = _sheet(sample, rng, _is_project)
    return _funds(sample, old, {"total": misprint(old.funds["total"], rng)})


def sheet_amount(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-005: a sheet with other money than the table, in itself consistent."""
    told = {project.name for project in sample.projects}
    kept = {row.project or row.key.removeprefix("item:") for table in sample.tables if table.kind in _MONEY_TABLES for row in table.rows}
    old = _sheet(sample, rng, lambda sheet: _is_project(sheet) and bool(sheet.funds["fiscal"]) and sheet.project in told | kept)
    amount = misprint(old.funds["total"], rng)
    return _funds(sample, old, {"total": amount, "fiscal": amount})


def whole_sheet(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-006: the whole sheet's money is not the budget's."""
    old = _sheet(sample, rng, lambda sheet: not _is_project(sheet))
    return _funds(sample, old, {"own": misprint(old.funds["own"], rng)})


def _funds(sample: SampleDisclosure, old: PerformanceSheet, changed: Mapping[str, Decimal]) -> Fault:
    new = replace(old, funds={**old.funds, **changed})
    key = next(iter(changed))
    return Fault(_with_sheet(sample, old, new), Place(_SHEETS, column=key, project=old.project), said(old.funds[key]), said(changed[key]))


def _is_cost(indicator: Indicator) -> bool:
    return indicator.level1 == _COST


def cost_target(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-007: a cost above the project's money."""
    return _indicator(sample, rng, _is_cost, _dearer, "target")


def cost_of_a_part(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-008: another cost than the part of the project's money that has its name."""
    parts = {(project.name, f"{part.name}（万元）") for project in sample.projects for part in project.allocation}
    fitting = [(sheet, each) for sheet in sample.sheets for each in sheet.indicators if (sheet.project, each.level3) in parts]
    return _changed(sample, *pick(fitting, rng, "cost of a part"), _dearer, "target")


def _dearer(indicator: Indicator) -> Indicator:
    return replace(indicator, target=indicator.target.replace("≤", "≤9"))


def comparator(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-009: a rate that shall be at most, not at least."""
    return _indicator(
        sample,
        rng,
        lambda each: each.target.startswith("≥") and each.target.endswith("%"),
        lambda each: replace(each, target=each.target.replace("≥", "≤")),
        "target",
    )


def impossible_rate(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-010: a rate above a hundred."""
    return _indicator(
        sample,
        rng,
        lambda each: each.level1 == _OUTPUT and each.target.endswith("%"),
        lambda each: replace(each, target=f"{each.target[0]}{rng.randint(105, 180)}%"),
        "target",
    )


def wordy_cost(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-012: a cost in words."""
    return _indicator(sample, rng, _is_cost, lambda each: replace(each, target="文字描述"), "target")


def graded_by_proportion(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-013: a quality scored by proportion."""
    return _indicator(
        sample, rng, lambda each: each.scoring == "按评判等级赋分", lambda each: replace(each, scoring="按照正常比例赋分"), "scoring"
    )


def poorer_target(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-014: more was reached last year."""
    return _indicator(
        sample,
        rng,
        lambda each: each.target[0] in "≥=" and each.level1 == _OUTPUT,
        lambda each: replace(each, last=re.sub(r"\d+", lambda number: str(int(number[0]) + 7), each.target[1:])),
        "last",
    )


def another_target(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-016: an indicator with another target than on the other sheets."""
    names = Counter((each.level2, each.level3) for sheet in sample.sheets for each in sheet.indicators)
    return _indicator(
        sample,
        rng,
        lambda each: each.target[0] in "≥=" and each.level1 == _OUTPUT and names[each.level2, each.level3] > 1,
        lambda each: replace(each, target=f"{each.target[0]}{rng.randint(50, 89)}%"),
        "target",
    )


def denied_sheet(sample: SampleDisclosure, rng: Random) -> Fault:
    """PRJ-009: carried-over money is said to have no sheet, and has one."""
    table = table_of(sample, "carry-over")
    items = {row.key.removeprefix("item:"): row.cells["total"] for row in table.rows if row.key.startswith("item:")}
    sheet = _sheet(sample, rng, lambda sheet: _is_project(sheet) and sheet.project in items)
    amount = f"{items[sheet.project] / 10_000:.2f}"
    remarks = f"结转资金{amount}万元属于上年未完成的项目，未做项目绩效目标表。"
    matters = replace(sample.other_matters, remarks=remarks)
    place = Place("remarks", project=sheet.project)
    return Fault(replace(sample, other_matters=matters), place, sample.other_matters.remarks, remarks)


def compared_result(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-015: a comparison as last year's result."""
    return _indicator(sample, rng, lambda each: each.target[0] in "≥≤", lambda each: replace(each, last=each.target), "last")


def sheet_of_another_name(sample: SampleDisclosure, rng: Random) -> Fault:
    """PRJ-006: a project that its sheet calls by a longer name."""
    if not sample.projects:
        raise NotPlantable("no project")
    old = _sheet(sample, rng, lambda sheet: sheet.project in {project.name for project in sample.projects})
    new = replace(old, project=f"{old.project}项目")
    return Fault(_with_sheet(sample, old, new), Place(_SHEETS, column="project", project=new.project), old.project, new.project)


PLANTERS: Mapping[str, Planter] = MappingProxyType(
    {
        "PRJ-001": project_amount,
        "PRJ-002": no_sheet,
        "PRJ-003": allocation,
        "PRJ-004": headcount,
        "PRJ-005": window,
        "PRJ-006": sheet_of_another_name,
        "PRJ-008": no_number,
        "PRJ-009": denied_sheet,
        "POL-001": number_without_end,
        "POL-003": notice_of_this_year,
        "KPI-001": weight,
        "KPI-002": no_satisfaction,
        "KPI-003": no_weight,
        "KPI-004": sheet_sum,
        "KPI-005": sheet_amount,
        "KPI-006": whole_sheet,
        "KPI-007": cost_target,
        "KPI-008": cost_of_a_part,
        "KPI-009": comparator,
        "KPI-010": impossible_rate,
        "KPI-011": headcount,
        "KPI-012": wordy_cost,
        "KPI-013": graded_by_proportion,
        "KPI-014": poorer_target,
        "KPI-015": compared_result,
        "KPI-016": another_target,
    }
)
