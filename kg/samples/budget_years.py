"""Four budgets of one department in a row, each following from the one before: what changes are told against."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from kg.samples.bureaus import ProjectKind, ProjectPart
from kg.samples.departments import Department
from kg.samples.facts import Staffing
from kg.samples.ledger import GENERAL, Entry, Ledger, Part
from kg.samples.payroll import Payroll

YEARS = (2024, 2025, 2026)
"""The years whose forms are known; the year before the first is planned too, for its changes."""

_WAN = 10_000
_STEPS = (10_000, 10_000, 1_000, 1_000, 100, 100, Decimal("0.01"))
"""To what projects are usually rounded, in 元."""
_SUBSIDY = ProjectPart("补助资金", "303")


@dataclass(frozen=True)
class PlannedProject:
    """A project in one year, its parts adding up to its amount.

    ``headcount`` is 0 but for projects that pay people; ``carried_over`` money is left from the year before, ``is_new``
    says that there was no such project then.
    """

    kind: ProjectKind
    name: str
    fund: str
    parts: tuple[tuple[ProjectPart, Decimal], ...]
    headcount: int
    carried_over: bool
    is_new: bool

    @property
    def amount(self) -> Decimal:
        return sum((amount for _, amount in self.parts), Decimal(0))

    def entries(self) -> Iterator[Entry]:
        for part, amount in self.parts:
            yield Entry(self.kind.item, self.fund, Part.PROJECT, part.economic, amount, self.name, part.name, part.entrusted)


@dataclass(frozen=True)
class BudgetYear:
    """One year's budget of a department."""

    year: int
    staffing: Staffing
    ledger: Ledger
    projects: tuple[PlannedProject, ...]


def budget_years(department: Department, rng: Random) -> Mapping[int, BudgetYear]:
    """The budgets of all years, the year before the first among them. The same ``rng`` state gives the same budgets."""
    payroll = Payroll(department.bureau, department.size, rng)
    levels = {project.name: _Level(project, department.size, rng) for project in department.roster}
    planned: dict[int, BudgetYear] = {}
    before: tuple[PlannedProject, ...] = ()
    for year in (YEARS[0] - 1, *YEARS):
        staffing, basic = payroll.next_year()
        known = {project.kind.name for project in before if not project.carried_over}
        current = tuple(level.in_year(year, level.kind.name not in known) for level in levels.values() if rng.random() < 0.85)
        projects = (*current, *_left_over(before, year, rng))
        entries = (entry for project in projects for entry in project.entries())
        planned[year] = BudgetYear(year, staffing, Ledger((*basic, *entries)), projects)
        before = projects
    return planned


class _Level:
    """About how much a project costs this department; every year draws its own amount around it."""

    def __init__(self, kind: ProjectKind, size: float, rng: Random) -> None:
        self.kind = kind
        self._rng = rng
        if kind.people:
            low, high = kind.people.between
            self._usual = float(rng.randint(low, high)) * size
        else:
            lowest, highest = (float(bound) for bound in kind.size)
            self._usual = lowest * (highest / lowest) ** rng.random() * size
        self._step = Decimal(rng.choice(_STEPS))

    def in_year(self, year: int, is_new: bool) -> PlannedProject:
        kind, usual = self.kind, self._usual * self._rng.uniform(0.7, 1.35)
        headcount = 0
        if kind.people:
            headcount = max(2, round(usual))
            parts: tuple[tuple[ProjectPart, Decimal], ...] = ((_SUBSIDY, headcount * kind.people.standard),)
        else:
            parts = tuple(zip(kind.parts, self._split(Decimal(usual * _WAN), len(kind.parts)), strict=True))
        return PlannedProject(kind, kind.name.format(year=year), kind.fund, parts, headcount, carried_over=False, is_new=is_new)

    def _split(self, amount: Decimal, count: int) -> Iterator[Decimal]:
        """``count`` amounts in whole steps that make about ``amount``."""
        step = self._step if amount / count >= 4 * self._step else Decimal(100)
        shares = [self._rng.uniform(0.4, 1.6) for _ in range(count)]
        for share in shares:
            yield max(Decimal(round(amount * Decimal(share / sum(shares)) / step)), Decimal(1)) * step


def _left_over(before: tuple[PlannedProject, ...], year: int, rng: Random) -> Iterator[PlannedProject]:
    """Money of last year's projects that was not spent."""
    possible = [project for project in before if not project.carried_over and project.fund in _CARRIED]
    for project in rng.sample(possible, min(len(possible), rng.choice((0, 0, 0, 1, 1, 2)))):
        part, amount = project.parts[0]
        left = max(round(amount * Decimal(rng.uniform(0.02, 0.4)) / 100), 5) * 100
        name = project.name if str(year - 1) in project.name else f"{year - 1}年{project.name}"
        kept = ProjectPart(part.name, part.economic)
        yield PlannedProject(project.kind, name, _CARRIED[project.fund], ((kept, Decimal(left)),), 0, carried_over=True, is_new=True)


_CARRIED = dict.fromkeys(GENERAL, "fiscal-carry-over") | {"own-funds": "non-fiscal-carry-over"}
