"""Generated disclosures: made-up budgets of made-up departments in real regions, consistent in every rule.

Each is the complete ground truth of what is printed. A disclosure depends on the seed, its department and its year only:
asking for more departments or other years does not change it, and the changes of one year are those from the year before.
"""

import datetime
from collections.abc import Iterator, Sequence
from random import Random

from kg.codes import Codes, load_codes
from kg.resources import code_list_files
from kg.samples import holdings
from kg.samples.budget_years import YEARS, BudgetYear, PlannedProject, budget_years
from kg.samples.departments import Department, departments
from kg.samples.facts import (
    AllocationPart,
    FormVariant,
    Overview,
    SampleDisclosure,
    SampleProject,
    Subsidy,
)
from kg.samples.ledger import APPROPRIATIONS, CARRY_OVER, GENERAL, ZERO, printed
from kg.samples.policies import documents
from kg.samples.reasons import Reasons
from kg.samples.statements import OtherMatters, Performance
from kg.samples.style import HOUSE_STYLES, LAYOUTS
from kg.samples.targets import sheets
from kg.samples.telling import Telling
from kg.samples.views import TableViews

_DUTIES = (
    "贯彻执行国家和自治区关于{field}的方针政策，结合本地实际组织实施。",
    "拟订本地{field}发展规划和年度计划，并负责督促落实。",
    "承担{field}方面的监督管理和公共服务工作。",
    "管理本领域的资金和资产，接受审计和社会监督。",
    "完成上级交办的其他任务。",
)
_FIRST_TWELVE_TABLES = 2026
_COUNTED_BY_FUNDS = 2024
"""The form of this year counts fiscal and other projects apart."""


def generate(seed: int, count: int, years: Sequence[int] = YEARS, layouts: Sequence[str] = HOUSE_STYLES) -> Iterator[SampleDisclosure]:
    """The disclosures of ``count`` departments in these years, department by department, years in order.

    Raises :class:`ValueError` for years whose form is not known, layouts that nobody knows, and more departments than
    there are regions and kinds.
    """
    codes = load_codes(code_list_files())
    for department in drawn(seed, count, layouts, codes):
        yield from disclosures(department, seed, years, codes)


def drawn(seed: int, count: int, layouts: Sequence[str], codes: Codes) -> Iterator[Department]:
    """The departments of :func:`generate`, which raises as it says there."""
    unknown = [name for name in layouts if name not in LAYOUTS]
    if unknown or not layouts:
        raise ValueError(f"no layout {', '.join(unknown) or 'given'}; there are {', '.join(LAYOUTS)}")
    return departments(seed, count, layouts, codes.regions)


def disclosures(department: Department, seed: int, years: Sequence[int], codes: Codes) -> Iterator[SampleDisclosure]:
    """One department's disclosures. Raises :class:`ValueError` for years whose form is not known."""
    unknown = [str(year) for year in years if year not in YEARS]
    if unknown:
        raise ValueError(f"no form of {', '.join(unknown)}; there are those of {', '.join(map(str, YEARS))}")
    budgets = budget_years(department, Random(f"{seed}/{department.issuer}/budgets"))  # noqa: S311
    for year in sorted(set(years)):
        words = Random(f"{seed}/{department.issuer}/{year}")  # noqa: S311
        yield _Writer(department, budgets[year], budgets[year - 1], codes, words).disclosure()


class _Writer:
    """Writes one disclosure: the budget of a year, told against that of the year before."""

    def __init__(self, department: Department, budget: BudgetYear, before: BudgetYear, codes: Codes, rng: Random) -> None:
        self._department = department
        self._budget = budget
        self._before = before
        self._codes = codes
        self._rng = rng

    def disclosure(self) -> SampleDisclosure:
        department, budget, layout = self._department, self._budget, LAYOUTS[self._department.layout]
        variant = self._variant()
        telling = Telling(budget.ledger, self._before.ledger, Reasons(budget.year, self._rng), self._codes)
        tables = TableViews(department, variant, budget.ledger, self._codes).tables()
        return SampleDisclosure(
            issuer=department.issuer,
            region=department.region,
            fiscal_year=budget.year,
            kind=department.kind,
            signed=datetime.date(budget.year, 1, 10) + datetime.timedelta(days=self._rng.randint(0, 75)),
            variant=variant,
            layout=department.layout,
            overview=self._overview(variant),
            tables=tables,
            narrative=telling.narrative(tables),
            projects=tuple(self._project(project) for project in budget.projects if project.fund in GENERAL),
            carry_over=telling.carry_over(),
            other_matters=OtherMatters(
                operating_cost=telling.operating_cost(),
                procurement=holdings.procurement(self._rng),
                assets=holdings.assets(budget.year, with_units=bool(department.subordinates), rng=self._rng),
                performance=self._performance(),
            ),
            sheets=sheets(budget, layout, department.bureau.field, self._rng),
        )

    def _variant(self) -> FormVariant:
        newest = self._budget.year >= _FIRST_TWELVE_TABLES and not self._department.is_prefecture
        return FormVariant.TWELVE if newest else FormVariant.ELEVEN

    def _overview(self, variant: FormVariant) -> Overview:
        department, staffing = self._department, self._budget.staffing
        return Overview(
            duties=tuple(duty.format(field=department.bureau.field) for duty in _DUTIES),
            subordinate_units=department.subordinates,
            offices=department.bureau.offices if variant is FormVariant.ELEVEN else (),
            office_word="处室" if department.is_prefecture else "科室",
            staffing=staffing if department.states_staff and variant is FormVariant.ELEVEN else None,
        )

    def _project(self, project: PlannedProject) -> SampleProject:
        year, kind, amount = self._budget.year, project.kind, printed(project.amount)
        subsidy = None
        if kind.people:
            subsidy = Subsidy(
                source="上级财政拨款" if project.fund.endswith("-transfer") else "地方财政拨款",
                headcount=project.headcount,
                standard=kind.people.standard,
                standard_unit="元",
                yearly=not kind.people.once,
                scope=f"本地符合条件的{kind.people.who}",
                method="通过惠民卡发放到个人",
                procedure="本人申请，逐级审核公示后发放",
                benefit=kind.benefit,
            )
        return SampleProject(
            name=project.name,
            amount=amount,
            undertaker=self._department.issuer,
            start=datetime.date(year, 1, 1),
            end=datetime.date(year, 12, 31),
            policies=tuple(documents(self._department, project, year)),
            allocation=() if subsidy else tuple(AllocationPart(part.name, printed(money)) for part, money in project.parts),
            allocation_total=amount if subsidy or len(project.parts) > 1 else None,
            subsidy=subsidy,
        )

    def _performance(self) -> Performance:
        """One goal for the whole, and the projects and their money, as the form of the year counts them."""
        projects = self._budget.projects
        fiscal = [project.amount for project in projects if project.fund in (*APPROPRIATIONS, CARRY_OVER[0])]
        other = [project.amount for project in projects if project.fund not in (*APPROPRIATIONS, CARRY_OVER[0])]
        amounts = (printed(self._budget.ledger.total), printed(sum(fiscal, ZERO)), printed(sum(other, ZERO)))
        if self._budget.year > _COUNTED_BY_FUNDS:
            return Performance(*amounts, projects=len(projects))
        return Performance(*amounts, fiscal_projects=len(fiscal), other_projects=len(other))
