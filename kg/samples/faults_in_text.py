"""Faults of part one and of the narrative: totals, shares, changes, lists and what the last sections state."""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from types import MappingProxyType

from kg.samples.facts import SampleDisclosure
from kg.samples.faults import Fault, NotPlantable, Place, Planter, last_digit, misprint, pick, said
from kg.samples.statements import Change, Growth, Narrative, OtherMatters, Statement

_POINT = Decimal(1)
_TOTALS = ("balance", "income", "expenditure", "appropriation", "general_budget", "basic")


def _told(sample: SampleDisclosure, place: Place, before: object, after: object, **changed: object) -> Fault:
    """A fault of the narrative; ``changed`` are its fields."""
    narrative: Narrative = replace(sample.narrative, **changed)  # type: ignore[arg-type]  # fields by name
    return Fault(replace(sample, narrative=narrative), place, said(before), said(after))


def _matter(sample: SampleDisclosure, place: Place, before: object, after: object, **changed: object) -> Fault:
    """A fault of the last section."""
    matters: OtherMatters = replace(sample.other_matters, **changed)  # type: ignore[arg-type]  # fields by name
    return Fault(replace(sample, other_matters=matters), place, said(before), said(after))


def total(sample: SampleDisclosure, rng: Random) -> Fault:
    """NAR-001: a section's total that is not the table's."""
    section = rng.choice(_TOTALS)
    stated = getattr(sample.narrative, section)
    amount = last_digit(stated.total, rng)
    return _told(sample, Place(section, column="total"), stated.total, amount, **{section: replace(stated, total=amount)})


def _statement(sample: SampleDisclosure, section: str, old: Statement, new: Statement) -> Mapping[str, object]:
    flow = getattr(sample.narrative, section)
    return {section: replace(flow, statements=tuple(new if each is old else each for each in flow.statements))}


def _statements(sample: SampleDisclosure) -> list[tuple[str, Statement]]:
    """The sources and types that have a figure, by section."""
    narrative = sample.narrative
    sections = (("income", narrative.income.statements), ("expenditure", narrative.expenditure.statements))
    return [(section, stated) for section, statements in sections for stated in statements if stated.amount]


def share(sample: SampleDisclosure, rng: Random) -> Fault:
    """NAR-002, NAR-003: a share one point too large."""
    section, stated = pick(_statements(sample), rng, "share")
    assert stated.share is not None
    wrong = replace(stated, share=stated.share + _POINT)
    place = Place(section, stated.subject, "share")
    return _told(sample, place, stated.share, wrong.share, **_statement(sample, section, stated, wrong))


def denied_source(sample: SampleDisclosure, rng: Random) -> Fault:
    """EMP-003: a source that the text calls 未安排 and the table has money from."""
    statements = [(section, stated) for section, stated in _statements(sample) if section == "income"]
    section, stated = pick(statements, rng, "source with money")
    denied = Statement(stated.subject)
    return _told(sample, Place(section, stated.subject), stated.amount, "未安排", **_statement(sample, section, stated, denied))


def unlisted_class(sample: SampleDisclosure, rng: Random) -> Fault:
    """NAR-004: a class with money that the list leaves out."""
    balance = sample.narrative.balance
    name = rng.choice(balance.classes)
    classes = tuple(each for each in balance.classes if each != name)
    return _told(sample, Place("balance", column="classes"), name, "", balance=replace(balance, classes=classes))


def unlisted_item(sample: SampleDisclosure, rng: Random) -> Fault:
    """NAR-005: an economic item that the list of staff cost leaves out."""
    basic = sample.narrative.basic
    name = rng.choice(basic.staff_items)
    items = tuple(each for each in basic.staff_items if each != name)
    return _told(sample, Place("basic", column="staff_items"), name, "", basic=replace(basic, staff_items=items))


def missing_paragraph(sample: SampleDisclosure, rng: Random) -> Fault:
    """NAR-007: an item of the table without its paragraph."""
    general = sample.narrative.general_budget
    item = pick([item for item in general.items if item.amount], rng, "item with money")
    items = tuple(each for each in general.items if each is not item)
    return _told(sample, Place("general_budget", item.code), item.names[-1], "", general_budget=replace(general, items=items))


def _item_change(sample: SampleDisclosure, rng: Random, wanted: str, **changed: object) -> Fault:
    """An item's change with other fields; only changes that are not nothing, and not from nothing or to nothing."""
    general = sample.narrative.general_budget
    moved = [item for item in general.items if item.change and item.change.amount and item.change.percent != 100]
    item = pick(moved, rng, "changed item")
    assert item.change is not None
    before = getattr(item.change, wanted)
    slipped: Change = replace(item.change, **{name: _new(value, item.change, rng) for name, value in changed.items()})  # type: ignore[arg-type]
    items = tuple(replace(each, change=slipped) if each is item else each for each in general.items)
    place = Place("general_budget", item.code, wanted)
    return _told(sample, place, before, getattr(slipped, wanted), general_budget=replace(general, items=items))


def _new(value: object, change: Change, rng: Random) -> object:
    return value(change, rng) if callable(value) else value


def percentage(sample: SampleDisclosure, rng: Random) -> Fault:
    """YOY-001: a percentage that the amounts do not give."""
    return _item_change(sample, rng, "percent", percent=lambda change, _: change.percent + _POINT)


def contrary_word(sample: SampleDisclosure, rng: Random) -> Fault:
    """YOY-002: more money, and a fall; or the other way round."""
    turned = {Growth.RISE: Growth.FALL, Growth.FALL: Growth.RISE}
    return _item_change(sample, rng, "growth", growth=lambda change, _: turned[change.growth])


def item_change(sample: SampleDisclosure, rng: Random) -> Fault:
    """YOY-004: item changes that do not make the changes of basic and project expenditure."""
    return _item_change(sample, rng, "amount", amount=lambda change, slips: misprint(change.amount, slips))


def no_reason(sample: SampleDisclosure, rng: Random) -> Fault:
    """YOY-005: a change without a reason."""
    return _item_change(sample, rng, "reason", reason="")


def three_public(sample: SampleDisclosure, rng: Random) -> Fault:
    """SG-005: a figure of the 三公 section that is not the table's."""
    stated = sample.narrative.three_public
    key = pick([key for key, amount in stated.amounts.items() if amount], rng, "三公 figure")
    amounts = {**stated.amounts, key: last_digit(stated.amounts[key], rng)}
    told = replace(stated, amounts=amounts)
    return _told(sample, Place("three_public", key), stated.amounts[key], amounts[key], three_public=told)


def staff_count(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-011: people who are neither in post nor retired."""
    staffing = sample.overview.staffing
    if staffing is None:
        raise NotPlantable("no staffing")
    wrong = replace(staffing, actual=staffing.actual + rng.randint(1, 3))
    changed = replace(sample, overview=replace(sample.overview, staffing=wrong))
    return Fault(changed, Place("staffing", column="actual"), str(staffing.actual), str(wrong.actual))


def phantom_units(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-010: assets of subordinate units that there are not."""
    assets = sample.other_matters.assets
    if sample.overview.subordinate_units or assets.with_units:
        raise NotPlantable("subordinate units")
    return _matter(sample, Place("assets", column="with_units"), False, True, assets=replace(assets, with_units=True))


def stale_assets(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-012: assets of two years ago."""
    assets = sample.other_matters.assets
    old = replace(assets, as_of=assets.as_of - 1)
    return _matter(sample, Place("assets", column="as_of"), assets.as_of, old.as_of, assets=old)


def late_signature(sample: SampleDisclosure, rng: Random) -> Fault:
    """TIM-002: signed in the second half of the year."""
    late = sample.signed + datetime.timedelta(days=rng.randint(200, 270))
    return Fault(replace(sample, signed=late), Place("signature"), sample.signed.isoformat(), late.isoformat())


def procurement_sum(sample: SampleDisclosure, rng: Random) -> Fault:
    """PRC-001: procurement that is not the sum of its kinds."""
    bought = sample.other_matters.procurement
    if not bought.total:
        raise NotPlantable("no procurement")
    wrong = replace(bought, total=misprint(bought.total, rng))
    return _matter(sample, Place("procurement", column="total"), bought.total, wrong.total, procurement=wrong)


def procurement_order(sample: SampleDisclosure, rng: Random) -> Fault:
    """PRC-002: more reserved for micro enterprises than for small and medium ones."""
    bought = sample.other_matters.procurement
    if not bought.small_medium:
        raise NotPlantable("nothing reserved")
    wrong = replace(bought, micro=bought.small_medium + rng.randint(1, 9) * 10_000)
    return _matter(sample, Place("procurement", column="micro"), bought.micro, wrong.micro, procurement=wrong)


def vehicle_count(sample: SampleDisclosure, rng: Random) -> Fault:
    """AST-001: more vehicles than their kinds have."""
    assets = sample.other_matters.assets
    vehicles = replace(assets.vehicles, count=assets.vehicles.count + 1)
    changed = replace(assets, vehicles=vehicles)
    return _matter(sample, Place("assets", "vehicles", "count"), assets.vehicles.count, vehicles.count, assets=changed)


def vehicle_unit(sample: SampleDisclosure, rng: Random) -> Fault:
    """AST-002: values in 元 where 万元 is printed."""
    assets = sample.other_matters.assets
    if not assets.vehicles.count:
        raise NotPlantable("no vehicles")
    kinds = ("vehicles", "general_vehicles", "enforcement_vehicles", "other_vehicles")
    values = {kind: getattr(assets, kind) for kind in kinds}
    scaled = {kind: replace(held, value=held.value * 10_000) for kind, held in values.items()}
    place = Place("assets", "vehicles", "value")
    return _matter(sample, place, assets.vehicles.value, scaled["vehicles"].value, assets=replace(assets, **scaled))


def operating_cost(sample: SampleDisclosure, rng: Random) -> Fault:
    """OPR-001: operating cost above the running cost of the table."""
    stated = sample.other_matters.operating_cost
    assert stated.amount is not None
    wrong = replace(stated, amount=stated.amount + rng.randint(1, 9) * 10_000)
    return _matter(sample, Place("operating_cost", column="amount"), stated.amount, wrong.amount, operating_cost=wrong)


def project_count(sample: SampleDisclosure, rng: Random) -> Fault:
    """PRJ-007: another number of projects than there are sheets."""
    stated = sample.other_matters.performance
    counted = "projects" if stated.projects is not None else "fiscal_projects"
    before = getattr(stated, counted)
    wrong = replace(stated, **{counted: before + 1})
    return _matter(sample, Place("performance", column=counted), before, before + 1, performance=wrong)


PLANTERS: Mapping[str, Planter] = MappingProxyType(
    {
        "NAR-001": total,
        "NAR-002": share,
        "NAR-003": share,
        "NAR-004": unlisted_class,
        "NAR-005": unlisted_item,
        "NAR-007": missing_paragraph,
        "EMP-003": denied_source,
        "YOY-001": percentage,
        "YOY-002": contrary_word,
        "YOY-004": item_change,
        "YOY-005": no_reason,
        "SG-005": three_public,
        "DOC-010": phantom_units,
        "DOC-011": staff_count,
        "DOC-012": stale_assets,
        "TIM-002": late_signature,
        "PRC-001": procurement_sum,
        "PRC-002": procurement_order,
        "AST-001": vehicle_count,
        "AST-002": vehicle_unit,
        "OPR-001": operating_cost,
        "PRJ-007": project_count,
    }
)
