"""Faults that the prose holds against itself: one thing told twice, sums of last year, uses, assets, document numbers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from types import MappingProxyType

from kg.samples.facts import PolicyDocument, SampleDisclosure, SampleProject
from kg.samples.faults import Fault, NotPlantable, Place, Planter, last_digit, misprint, pick, said, table_of
from kg.samples.statements import Change, Narrative, Statement

_LAST_DIGIT = Decimal("0.01")
_ANNUITY, _ANNUITY_CODES = "职业年金", frozenset({"2080506", "30109"})
_OTHER_REASON = "车辆更新推迟"
_ROUNDED = Decimal(50_000)
"""More than any tolerance for sums of rounded figures, in 元."""
_VEHICLES = ("公务用车运行维护费", "车辆燃油费", "公车维修费")
_TRANSFER_ALONE = {"total", "fiscal-subtotal", "general-budget-transfer"}
_LOCAL_PLAN = "本单位年度工作计划"
_PLACES = "县市区州"
_SHORTEST = 2
_ELSEWHERE = ("桂", "琼", "皖", "赣")
"""Short names of provinces in which no department of the samples is."""


def _told(sample: SampleDisclosure, place: Place, before: object, after: object, **changed: object) -> Fault:
    """A fault of the narrative; ``changed`` are its fields."""
    narrative: Narrative = replace(sample.narrative, **changed)  # type: ignore[arg-type]  # fields by name
    return Fault(replace(sample, narrative=narrative), place, said(before), said(after))


def _twice_told(sample: SampleDisclosure, rng: Random) -> tuple[Statement, Change]:
    """A type of expenditure of the general public budget whose amount and change the section on all expenditure tells too."""
    earlier = {stated.subject: stated for stated in sample.narrative.expenditure.statements}
    twice = [
        (stated, stated.change)
        for stated in sample.narrative.general_budget.scale
        if stated.change and stated.change.amount and stated.change.percent != 100
        if (other := earlier.get(stated.subject)) and other.amount == stated.amount
        if other.change and other.change.amount == stated.change.amount and other.change.direction is stated.change.direction
    ]
    return pick(twice, rng, "change told twice")


def _retold(sample: SampleDisclosure, old: Statement, new: Change, field: str) -> Fault:
    general = sample.narrative.general_budget
    scale = tuple(replace(stated, change=new) if stated is old else stated for stated in general.scale)
    place = Place("general_budget", old.subject, field)
    before, after = getattr(old.change, field), getattr(new, field)
    return _told(sample, place, before, after, general_budget=replace(general, scale=scale))


def other_percentage(sample: SampleDisclosure, rng: Random) -> Fault:
    """YOY-003: one change with two percentages."""
    stated, change = _twice_told(sample, rng)
    return _retold(sample, stated, replace(change, percent=change.percent + _LAST_DIGIT), "percent")


def other_reason(sample: SampleDisclosure, rng: Random) -> Fault:
    """YOY-008: one change with two reasons."""
    stated, change = _twice_told(sample, rng)
    return _retold(sample, stated, replace(change, reason=_OTHER_REASON), "reason")


def other_class_amount(sample: SampleDisclosure, rng: Random) -> Fault:
    """NAR-006: a class with another amount than in the section before."""
    general = sample.narrative.general_budget
    told = {spent.name for spent in sample.narrative.appropriation.classes}
    old = pick([part for part in general.structure if part.name in told], rng, "class told twice")
    new = replace(old, amount=last_digit(old.amount, rng))
    structure = tuple(new if part is old else part for part in general.structure)
    place = Place("general_budget", old.name, "amount")
    return _told(sample, place, old.amount, new.amount, general_budget=replace(general, structure=structure))


def named_use(sample: SampleDisclosure, rng: Random) -> Fault:
    """NAR-008: annuities to be paid of which no table knows."""
    if any(row.key in _ANNUITY_CODES for table in sample.tables for row in table.rows):
        raise NotPlantable("annuities in the tables")
    told = sample.narrative.appropriation
    old = pick([spent for spent in told.classes if spent.use], rng, "class with its use")
    new = replace(old, use=f"{old.use}、{_ANNUITY}")
    classes = tuple(new if spent is old else spent for spent in told.classes)
    return _told(sample, Place("appropriation", old.name, "use"), old.use, new.use, appropriation=replace(told, classes=classes))


def unbalanced_last_year(sample: SampleDisclosure, rng: Random) -> Fault:
    """YOY-007: changes of income that give last year another income than expenditure."""
    income = sample.narrative.income
    old = pick([stated for stated in income.statements if stated.change and stated.change.amount], rng, "changed source")
    assert old.change is not None
    wrong = replace(old.change, amount=misprint(old.change.amount, rng))
    statements = tuple(replace(stated, change=wrong) if stated is old else stated for stated in income.statements)
    place = Place("income", old.subject, "change")
    return _told(sample, place, old.change.amount, wrong.amount, income=replace(income, statements=statements))


def project_vehicles(sample: SampleDisclosure, rng: Random) -> Fault:
    """SG-006: money of a project for running vehicles that the 三公 table does not count."""
    parts = [(project, part) for project in sample.projects for part in project.allocation if part.amount > _ROUNDED]
    project, old = pick(parts, rng, "project with parts")
    new = replace(old, name=rng.choice(_VEHICLES))
    changed = replace(project, allocation=tuple(new if part is old else part for part in project.allocation))
    projects = tuple(changed if each is project else each for each in sample.projects)
    return Fault(replace(sample, projects=projects), Place("projects", project.name, "allocation"), old.name, new.name)


def other_title(sample: SampleDisclosure, rng: Random) -> Fault:
    """POL-004: one number with two titles."""
    cited = Counter(document.printed for project in sample.projects for document in project.policies)
    twice = [(project, document) for project in sample.projects for document in project.policies if document.printed and document.title]
    project, old = pick([each for each in twice if cited[each[1].printed] > 1], rng, "document cited twice")
    new = replace(old, title=old.title.replace("的通知", "的补充通知"))
    fault = _cited(sample, project, old, new)
    return replace(fault, before=old.title, after=new.title)


def no_higher_number(sample: SampleDisclosure, rng: Random) -> Fault:
    """POL-006: money from above without the number of a notice from above."""
    table, revenue = table_of(sample, "general-budget-projects"), table_of(sample, "revenue")
    transferred = {row.key for row in revenue.rows if row.key.isdigit() and set(row.cells) == _TRANSFER_ALONE}
    names = {row.project for row in table.rows if row.key in transferred}
    old = pick([project for project in sample.projects if project.name in names and project.policies], rng, "project by transfers alone")
    new = replace(old, policies=(), basis=_LOCAL_PLAN)
    projects = tuple(new if each is old else each for each in sample.projects)
    place = Place("projects", old.name, "policies")
    return Fault(replace(sample, projects=projects), place, old.policies[0].printed, _LOCAL_PLAN)


def nowhere(sample: SampleDisclosure, rng: Random) -> Fault:
    """REG-001: a department that is called by its name without the place."""
    names = [sample.issuer[at:] for at in range(len(sample.issuer)) if sample.issuer[at - 1] in _PLACES]
    issuer = pick([name for name in names if len(name) > _SHORTEST], rng, "place in the name of the department")
    changed = replace(sample, issuer=issuer)
    return Fault(changed, Place("issuer"), sample.issuer, issuer)


def asset_unit(sample: SampleDisclosure, rng: Random) -> Fault:
    """AST-003: assets in 元 where 万元 is printed."""
    matters = sample.other_matters
    if matters.assets.other * 10_000 <= 200 * sample.narrative.balance.total:
        raise NotPlantable("few assets")
    wrong = replace(matters.assets, other=matters.assets.other * 10_000)
    changed = replace(sample, other_matters=replace(matters, assets=wrong))
    return Fault(changed, Place("assets", "other", "value"), said(matters.assets.other), said(wrong.other))


def _document(sample: SampleDisclosure, rng: Random, *, ahead: bool = False) -> tuple[SampleProject, PolicyDocument]:
    cited = [
        (project, document)
        for project in sample.projects
        for document in project.policies
        if document.printed and document.year and (not ahead or "提前下达" in document.title)
    ]
    return pick(cited, rng, "numbered document")


def _cited(sample: SampleDisclosure, project: SampleProject, old: PolicyDocument, new: PolicyDocument) -> Fault:
    policies = tuple(new if each is old else each for each in project.policies)
    projects = tuple(replace(each, policies=policies) if each is project else each for each in sample.projects)
    return Fault(replace(sample, projects=projects), Place("projects", project.name, "policy"), old.printed, new.printed)


def malformed_number(sample: SampleDisclosure, rng: Random) -> Fault:
    """POL-001: a document number without 号, or padded."""
    project, old = _document(sample, rng)
    head = old.printed.removesuffix("号").removesuffix(old.number)
    printed = rng.choice((f"{head}{old.number}", f"{head}{int(old.number):04}号"))
    return _cited(sample, project, old, replace(old, printed=printed))


def foreign_issuer(sample: SampleDisclosure, rng: Random) -> Fault:
    """POL-002: a notice of a province in which the department is not."""
    project, old = _document(sample, rng)
    organ = next((old.issuer[at:] for at in range(len(old.issuer)) if old.issuer[at:].startswith("财")), "")
    if not organ or organ == old.issuer:
        raise NotPlantable("no notice of a finance office")
    issuer = rng.choice(_ELSEWHERE) + organ
    return _cited(sample, project, old, replace(old, issuer=issuer, printed=old.printed.replace(old.issuer, issuer)))


def late_notice(sample: SampleDisclosure, rng: Random) -> Fault:
    """POL-003: money allotted in advance by a notice of two years before."""
    project, old = _document(sample, rng, ahead=True)
    assert old.year is not None
    new = replace(old, year=old.year - 1, printed=old.printed.replace(str(old.year), str(old.year - 1)))
    return _cited(sample, project, old, new)


PLANTERS: Mapping[str, Planter] = MappingProxyType(
    {
        "AST-003": asset_unit,
        "NAR-006": other_class_amount,
        "NAR-008": named_use,
        "POL-001": malformed_number,
        "POL-002": foreign_issuer,
        "POL-003": late_notice,
        "POL-004": other_title,
        "POL-006": no_higher_number,
        "REG-001": nowhere,
        "SG-006": project_vehicles,
        "YOY-003": other_percentage,
        "YOY-007": unbalanced_last_year,
        "YOY-008": other_reason,
    }
)
