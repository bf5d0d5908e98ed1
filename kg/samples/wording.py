"""The sentences of a disclosure that are ours: slots of the form with wording of our own around them.

What the form prescribes (headings, labels, 占, 比上年预算增加, 主要原因是) is kept, readers know documents by it;
everything else is newly written and no sentence of a real publisher stands here.
"""

from collections.abc import Iterator

from kg.samples import form
from kg.samples.facts import SampleDisclosure, SampleProject, Staffing, Subsidy
from kg.samples.statements import Assets, Change, ItemStatement, Statement
from kg.samples.style import Layout

GLOSSARY = (
    ("财政拨款", "同级财政从一般公共预算、政府性基金预算和国有资本经营预算中拨付的款项。"),
    ("一般公共预算", "以税收为主体、用于提供公共服务的预算资金，专项收入也在其中。"),
    ("财政专户管理资金", "存入财政专户、实行收支两条线管理的收费，教育收费是最常见的一种。"),
    ("其他资金", "财政拨款和专户资金以外取得的收入，例如事业收入、经营收入。"),
    ("基本支出", "为维持日常运转而发生的支出，分为人员经费和公用经费两部分。"),
    ("项目支出", "在日常运转之外，为办成某件特定的事而单独安排的支出。"),
    ("“三公”经费", "出国（境）、公务用车、公务接待三类费用的合称，车辆一项包含购置和运行两部分。"),
    ("机关运行经费", "行政单位和参照公务员法管理的事业单位用于日常办公的公用经费。"),
    ("委托业务费", "把业务交给外单位办理时支付的费用。"),
)
"""Terms and our own explanations; the last one belongs to the form with a table of entrusted services."""

_NO_REASON = "上年与本年安排相同"
_VEHICLE_KINDS = ("一般公务用车", "执法执勤用车", "其他车辆")


def change(layout: Layout, moved: Change) -> str:
    """``增加12.75万元，增长2.05%``."""
    return f"{moved.direction}{layout.money(moved.amount)}，{moved.growth}{layout.percent(moved.percent)}"


def _reason(moved: Change) -> str:
    return f"，主要原因是{moved.reason}" if moved.reason else ""


def statement(layout: Layout, stated: Statement) -> str:
    """A source or a type of expenditure: amount, share, change and reason, or 未安排."""
    label = form.SOURCES[stated.subject]
    if stated.amount is None:
        return f"{label}未安排。"
    share = "" if stated.share is None else f"，占{layout.percent(stated.share)}"
    moved = stated.change
    compared = f"，比上年预算{change(layout, moved)}{_reason(moved)}" if moved else ""
    return f"{label}{layout.money(stated.amount)}{share}{compared}。"


def item(layout: Layout, year: int, stated: ItemStatement) -> str:
    """The paragraph of a functional item."""
    levels = ("类", "款", "项")
    path = "".join(f"{name}（{level}）" for name, level in zip(stated.names, levels, strict=True))
    moved = stated.change
    compared = f"，比上年预算{change(layout, moved)}{_reason(moved)}" if moved else ""
    return f"{path}：{year}年预算数为{layout.money(stated.amount)}{compared}。"


def organisation(sample: SampleDisclosure) -> Iterator[str]:
    """Offices, managed institutions and staff."""
    overview = sample.overview
    units = overview.subordinate_units
    text = f"下属预算单位{len(units)}个：{'、'.join(units)}" if units else "无下属预算单位"
    text = f"{sample.issuer}{text}"
    if overview.offices:
        text += f"，下设{len(overview.offices)}个{overview.office_word}，分别是：{'、'.join(overview.offices)}"
    if overview.managed:
        text += f"，并管理{len(overview.managed)}个事业单位：{'、'.join(overview.managed)}"
    yield f"{text}。"
    if overview.staffing:
        yield _staffing(sample.issuer, overview.staffing)


def _staffing(issuer: str, staff: Staffing) -> str:
    people = (
        ("在职", staff.in_post, staff.in_post_change),
        ("退休", staff.retired, staff.retired_change),
        ("离休", staff.veterans, staff.veterans_change),
    )
    groups = "；".join(f"{name}{number}人，{'减少' if moved < 0 else '增加'}{abs(moved)}人" for name, number, moved in people)
    return f"{issuer}编制数{staff.authorised}，实有人数{staff.actual}人，其中：{groups}。"


def project(layout: Layout, described: SampleProject) -> Iterator[str]:
    """The labelled lines under a project's name."""
    yield f"设立的政策依据：{_basis(described)}"
    yield f"预算安排规模：{layout.money(described.amount)}"
    yield f"项目承担单位：{described.undertaker}"
    yield f"资金分配情况：{_allocation(layout, described)}"
    dates = (f"{date.year}年{date.month}月{date.day}日" for date in (described.start, described.end))
    yield f"资金执行时间：{'-'.join(dates)}"
    if described.subsidy:
        paid = described.subsidy
        yield f"资金来源：{paid.source}"
        yield f"补贴人数：{paid.headcount}人"
        yield f"补贴标准：{_standard(layout, paid)}"
        yield f"补贴范围：{paid.scope}"
        yield f"补贴方式：{paid.method}"
        yield f"发放程序：{paid.procedure}"
        yield f"受益人群和社会效益：{paid.benefit}"


def _basis(described: SampleProject) -> str:
    documents = "、".join(document.printed + (f"《{document.title}》" if document.title else "") for document in described.policies)
    return "；".join(part for part in (documents, described.basis) if part) + "。"


def _standard(layout: Layout, paid: Subsidy) -> str:
    whole = paid.standard == paid.standard.to_integral_value()
    number = f"{int(paid.standard)}" if whole else layout.number(paid.standard)
    return f"每人每年{number}{paid.standard_unit}" if paid.yearly else f"{number}{paid.standard_unit}/人"


def _allocation(layout: Layout, described: SampleProject) -> str:
    paid, total = described.subsidy, described.allocation_total
    if not described.allocation and paid and total is not None:
        if paid.yearly:
            return f"补助{paid.headcount}名，{_standard(layout, paid)}，共计{layout.money(total)}。"
        return f"按照标准为{_standard(layout, paid)}，共计{paid.headcount}人一次性补贴{layout.money(total)}。"
    text = "，".join(f"{part.name}{layout.money(part.amount)}" for part in described.allocation)
    if total is not None:
        text += f"，共计{layout.money(total)}"
    if described.fiscal is not None and described.other is not None:
        return f"财政资金{layout.money(described.fiscal)}，其他资金{layout.money(described.other)}。{text}。"
    return f"{text}。"


def three_public(sample: SampleDisclosure, layout: Layout) -> Iterator[str]:
    """Amounts of the three public expenses, then their changes."""
    labels = form.THREE_PUBLIC_LONG if layout.long_vehicle_names else form.THREE_PUBLIC
    keys = ("abroad", "vehicle-purchase", "vehicle-running", "reception")
    stated = sample.narrative.three_public
    amounts = "，".join(f"{labels[key]}{layout.money(stated.amounts[key])}" for key in keys)
    total = layout.money(stated.amounts["total"])
    yield f"{sample.issuer}{sample.fiscal_year}年财政拨款“三公”经费数为{total}，其中：{amounts}。"
    changes = "；".join(
        f"{labels[key]}{change(layout, stated.changes[key])}，主要原因是{stated.changes[key].reason or _NO_REASON}" for key in keys
    )
    whole = change(layout, stated.changes["total"])
    yield f"{sample.fiscal_year}年财政拨款“三公”经费预算比上年预算{whole}，其中：{changes}。"


def procurement(sample: SampleDisclosure, layout: Layout) -> Iterator[str]:
    """What will be bought, and what of it is reserved for smaller enterprises."""
    bought, money = sample.other_matters.procurement, layout.money
    opening = f"{sample.fiscal_year}年，{sample.issuer}"
    yield (
        f"{opening}政府采购预算{money(bought.total)}，其中：政府采购货物预算{money(bought.goods)}，"
        f"政府采购工程预算{money(bought.works)}，政府采购服务预算{money(bought.services)}。"
    )
    yield (
        f"{opening}面向中小企业预留政府采购项目预算金额{money(bought.small_medium)}，"
        f"其中：小微企业预留政府采购项目预算金额{money(bought.micro)}。"
    )


def assets(sample: SampleDisclosure, layout: Layout) -> Iterator[str]:
    """State assets, and large equipment held and to be bought."""
    held: Assets = sample.other_matters.assets
    holder = f"{sample.issuer}及下属各预算单位" if held.with_units else sample.issuer
    yield f"截至{held.as_of}年底，{holder}占用使用国有资产总体情况为："
    yield f"1. 房屋{layout.number(held.area)}平方米，价值{layout.money(held.buildings)}。"
    kinds = zip(_VEHICLE_KINDS, (held.general_vehicles, held.enforcement_vehicles, held.other_vehicles), strict=True)
    vehicles = "；".join(f"{name}{kind.count}辆，价值{layout.money(kind.value)}" for name, kind in kinds)
    yield f"2. 车辆{held.vehicles.count}辆，价值{layout.money(held.vehicles.value)}；其中：{vehicles}。"
    yield f"3. 办公家具价值{layout.money(held.furniture)}。"
    yield f"4. 其他资产价值{layout.money(held.other)}。"
    yield f"单价50万元以上的大型设备{held.large_50}台，单价100万元以上的大型设备{held.large_100}台。"
    yield (
        f"{sample.fiscal_year}年没有购车计划，拟购置单价50万元以上的大型设备{held.buy_large_50}台，"
        f"单价100万元以上的大型设备{held.buy_large_100}台。"
    )


def performance(sample: SampleDisclosure, layout: Layout) -> str:
    """How many goals and projects are under performance management."""
    managed, money = sample.other_matters.performance, layout.money
    goals = (
        f"{sample.fiscal_year}年，本{form.word(sample)}预算绩效管理整体预算绩效目标{managed.goals}个，涉及预算金额{money(managed.amount)}；"
    )
    if managed.projects is not None:
        return (
            f"{goals}当年预算安排项目共{managed.projects}个，其中：财政拨款项目涉及预算金额{money(managed.fiscal_amount)}；"
            f"非财政拨款项目涉及预算金额{money(managed.other_amount)}。"
        )
    return (
        f"{goals}当年财政拨款项目{managed.fiscal_projects}个，涉及预算金额{money(managed.fiscal_amount)}；"
        f"当年非财政拨款项目{managed.other_projects}个，涉及预算金额{money(managed.other_amount)}。"
    )
