"""Faults that show beside another disclosure only: of another department, or of the same one for the year before."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from types import MappingProxyType

from kg.records import DisclosureKind
from kg.samples.facts import PolicyDocument, SampleDisclosure, SampleProject, SampleRow
from kg.samples.faults import Fault, NotPlantable, Place, pick, table_of, with_cell, with_row
from kg.samples.faults_in_text import item_change
from kg.samples.ledger import ZERO

PairPlanter = Callable[[SampleDisclosure, SampleDisclosure, Random], Fault]
_PROJECTS = "general-budget-projects"
_OTHER_ITEM, _OTHER_NAME = "2299999", "其他支出"
_UNIT_TABLES = ("revenue", "expenditure", "general-budget-expenditure", "basic-expenditure-economic")
_WAN = 10_000
_AHEAD = "提前下达"
_NOTICES_BETWEEN = 200
"""More numbers than the titles of all generated notices take."""


def _both_cite(sample: SampleDisclosure, other: SampleDisclosure) -> list[tuple[SampleProject, PolicyDocument]]:
    """The notices on money for one purpose that another department of the same year cites too, with the projects that rest on them."""
    if sample.issuer == other.issuer or sample.fiscal_year != other.fiscal_year:
        return []
    theirs = {document for project in other.projects for document in project.policies}
    ours = ((project, document) for project in sample.projects for document in project.policies)
    return [(project, document) for project, document in ours if _AHEAD in document.title and document in theirs]


def other_number(sample: SampleDisclosure, other: SampleDisclosure, rng: Random) -> Fault:
    """POL-005: a notice under another number than another department cites it by."""
    project, old = pick(_both_cite(sample, other), rng, "notice that both cite")
    number = str(int(old.number) + _NOTICES_BETWEEN)
    new = replace(old, number=number, printed=old.printed.replace(f"{old.number}号", f"{number}号"))
    policies = tuple(new if each is old else each for each in project.policies)
    projects = tuple(replace(each, policies=policies) if each is project else each for each in sample.projects)
    return Fault(replace(sample, projects=projects), Place("projects", project.name, "policy"), old.printed, new.printed)


def other_item(sample: SampleDisclosure, other: SampleDisclosure, rng: Random) -> Fault:
    """XDP-001: a project under another item than that of another department which rests on the same notice."""
    rows = [(project, row) for project, _ in _both_cite(sample, other) if (row := _row_of(sample, project))]
    project, row = pick(rows, rng, "notice that both cite")
    changed = replace(row, key=_OTHER_ITEM, name=_OTHER_NAME)
    return Fault(with_row(sample, _PROJECTS, row, changed), Place("projects", project.name, "item"), row.key, _OTHER_ITEM)


def _row_of(sample: SampleDisclosure, project: SampleProject) -> SampleRow | None:
    return next((row for row in table_of(sample, _PROJECTS).rows if row.project == project.name), None)


def other_last_year(sample: SampleDisclosure, other: SampleDisclosure, rng: Random) -> Fault:
    """YOY-006: a change against another amount than last year's budget had."""
    if (other.issuer, other.kind, other.fiscal_year) != (sample.issuer, sample.kind, sample.fiscal_year - 1):
        raise NotPlantable("not the year before")
    return item_change(sample, rng)


def more_than_the_department(sample: SampleDisclosure, other: SampleDisclosure, rng: Random) -> Fault:
    """XT-013: a unit with more under a code than the department that it belongs to."""
    if (sample.kind, other.kind) != (DisclosureKind.UNIT, DisclosureKind.DEPARTMENT):
        raise NotPlantable("not a unit and a department")
    if (sample.issuer, sample.fiscal_year) != (other.issuer, other.fiscal_year):
        raise NotPlantable("not its department of the year")
    cells = [
        (table.kind, row, column, whole.amount(row.key, column) or ZERO)
        for table in sample.tables
        if table.kind in _UNIT_TABLES and (whole := other.table(table.kind)) and whole.rows
        for row in table.rows
        if row.key.isdigit()
        for column in row.cells
    ]
    kind, row, column, most = pick(cells, rng, "figure by code")
    return with_cell(sample, kind, row, column, most + rng.randint(1, 9) * _WAN)


PAIR_PLANTERS: Mapping[str, PairPlanter] = MappingProxyType(
    {"POL-005": other_number, "XDP-001": other_item, "XT-013": more_than_the_department, "YOY-006": other_last_year}
)
"""How to break each rule over several disclosures in the first of two."""
