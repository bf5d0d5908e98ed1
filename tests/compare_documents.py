"""What the extracted statements of a document say, held against ``documents.json`` of the gold list.

``python -m tests.compare_documents`` prints the differences and how many facts were compared.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from kg.document import Document
from kg.extract.disclosure import extract
from kg.extract.narrative import extract_statements
from kg.extract.personal import personal_data
from kg.forms.statements_schema import load_statements_form
from kg.ingest import Toolbox
from kg.readers.text import read_text
from kg.statements import Change, Figure, Indicator, Statements

PACK = Path(__file__).resolve().parents[1] / "kg" / "forms" / "packs" / "xinjiang"
FORM = load_statements_form(PACK)
Gold = Mapping[str, Any]

_SECTIONS = {
    "二、收入预算": "income",
    "三、支出预算": "expenditure",
    "五（一）规模变化": "general-budget-scale",
    "五（三）具体使用": "general-budget-use",
    "其他重要事项": "operating-cost",
}
_DIRECTIONS = {"增加": "increase", "减少": "decrease"}
_STAFFING = {"编制数": "authorised", "实有人数": "actual", "在职": "in-post", "退休": "retired", "离休": "veteran-retired"}
_THREE_PUBLIC = {
    "total": "total",
    "因公出国（境）费": "abroad",
    "公务用车购置费": "vehicle-purchase",
    "公务用车运行维护费": "vehicle-running",
    "公务接待费": "reception",
}
_PROCUREMENT = {
    "total": "total",
    "货物": "goods",
    "工程": "works",
    "服务": "services",
    "中小企业预留": "small-and-medium",
    "小微企业预留": "small-and-micro",
}
_ASSETS = {
    "房屋": ("buildings-area", "buildings"),
    "车辆": ("vehicles-number", "vehicles"),
    "一般公务用车": ("vehicles-general-number", "vehicles-general"),
    "执法执勤用车": ("vehicles-law-enforcement-number", "vehicles-law-enforcement"),
    "其他车辆": ("vehicles-other-number", "vehicles-other"),
    "办公家具": ("furniture",),
    "其他资产": ("other-assets",),
    "50万元以上大型设备": ("equipment-over-500000",),
    "100万元以上大型设备": ("equipment-over-1000000",),
}
_PERFORMANCE = {
    "整体绩效目标": "whole-sheets",
    "整体金额": "whole-amount",
    "项目数": "projects",
    "财政拨款项目金额": "fiscal-projects-amount",
    "非财政拨款项目金额": "non-fiscal-projects-amount",
}
_LISTS = {"收入预算包括": "income-sources", "支出预算包括": "expenditure-classes", "人员经费": "staff-items", "公用经费": "running-items"}
_TOTALS = {"收支总预算": "total-budget", "财政拨款收支总预算": "fiscal-total", "人员经费": "staff-cost", "公用经费": "running-cost"}


@dataclass(frozen=True)
class Comparison:
    """One fact of the gold list and what was extracted for it."""

    place: str
    expected: object
    actual: object

    @property
    def equal(self) -> bool:
        return _same(self.expected, self.actual)


def statements_of(document: Document) -> Statements:
    """The statements of a document, whether or not it has tables; without codes."""
    return extract_statements(document, FORM, personal_data(document))


def read_statements(path: Path, tools: Toolbox) -> Statements:
    """The statements of a text file, with codes."""
    return extract(read_text(path.name, path.read_bytes()), tools.families, tools.codes).statements


def compare(statements: Statements, gold: Gold) -> Iterator[Comparison]:
    """Every fact of the gold list beside what was extracted, places named by kind and position."""
    yield from _changes(statements, gold)
    yield from _shares(statements, gold)
    yield from _projects(statements, gold)
    yield from _narrative(statements, gold)
    yield from _other(statements, gold)
    yield from _sheets(statements, gold)


def _changes(statements: Statements, gold: Gold) -> Iterator[Comparison]:
    three_public = {"three-public"}
    actual = [one for one in statements.changes if one.section not in three_public]
    expected = gold["yoy_statements"]
    yield Comparison("changes", len(expected), len(actual))
    for number, (one, fact) in enumerate(zip(actual, expected, strict=False), start=1):
        place = f"change {number} {fact['subject']}"
        yield Comparison(f"{place}: section", _SECTIONS[fact["section"]], one.section)
        yield Comparison(f"{place}: subject", fact["subject"], one.subject)
        yield Comparison(f"{place}: code", fact["code"] or "", one.code)
        yield Comparison(f"{place}: amount", _yuan(fact["amount"]), one.amount.value if one.amount else None)
        yield from _change_values(place, fact, one)
        yield Comparison(f"{place}: prior", _yuan(fact["prior_year_implied"]), one.prior)
    totals = [one for one in statements.changes if one.section in three_public]
    yield Comparison("three-public changes", len(gold["san_gong_narrative"]["yoy"]), len(totals))
    for one, fact in zip(totals, gold["san_gong_narrative"]["yoy"], strict=False):
        if fact["subject"] != "合计":
            yield Comparison(f"three-public {fact['subject']}: subject", fact["subject"], one.subject)
        yield from _change_values(f"three-public {fact['subject']}", fact, one)


def _change_values(place: str, fact: Gold, one: Change) -> Iterator[Comparison]:
    yield Comparison(f"{place}: change", _yuan(fact["change"]), one.change.value)
    yield Comparison(f"{place}: direction", _DIRECTIONS[fact["direction"]], one.direction.value)
    yield Comparison(f"{place}: percent", _decimal(fact["percent"]), one.percent)
    yield Comparison(f"{place}: reason", fact.get("reason", ""), one.reason)


def _shares(statements: Statements, gold: Gold) -> Iterator[Comparison]:
    printed = [fact for fact in gold["yoy_statements"] if fact["share_percent"] is not None]
    actual = [one for one in statements.shares if one.section != "general-budget-structure"]
    yield Comparison("shares", [_decimal(fact["share_percent"]) for fact in printed], [one.percent for one in actual])
    classes = [one for one in statements.shares if one.section == "general-budget-structure"]
    expected = [(fact["类"], _yuan(fact["amount"]), _decimal(fact["percent"])) for fact in gold["structure_shares"]]
    yield Comparison("class shares", expected, [(one.subject, one.amount.value, one.percent) for one in classes])


def _projects(statements: Statements, gold: Gold) -> Iterator[Comparison]:
    yield Comparison("projects", [fact["name"] for fact in gold["projects"]], [one.name for one in statements.projects])
    for one, fact in zip(statements.projects, gold["projects"], strict=False):
        place = f"project {fact['name']}"
        yield Comparison(f"{place}: amount", _yuan(fact["amount"]), one.amount.value if one.amount else None)
        yield Comparison(f"{place}: code", fact["function_code"], one.code)
        yield Comparison(f"{place}: undertaker", fact["undertaker"], one.undertaker)
        yield Comparison(f"{place}: start", fact["period"]["start"], one.start.isoformat() if one.start else None)
        yield Comparison(f"{place}: end", fact["period"]["end"], one.end.isoformat() if one.end else None)
        yield Comparison(f"{place}: period", fact["period"]["as_printed"], one.period_printed)
        parts = [(part.item, part.amount.value) for part in statements.allocations if part.project == one.name]
        yield Comparison(f"{place}: parts", [(part["item"], _yuan(part["amount"])) for part in fact["allocation"]], parts)
        cited = [citation for citation in statements.policies if citation.project == one.name and citation.where == "basis"]
        yield Comparison(f"{place}: numbers", fact["policy_docs"], [citation.printed for citation in cited])
        yield Comparison(f"{place}: basis", True, all(citation.title in fact["policy_text"] for citation in cited))
        subsidies = [subsidy for subsidy in statements.subsidies if subsidy.project == one.name]
        yield Comparison(f"{place}: subsidies", int("subsidy" in fact), len(subsidies))
        for subsidy in subsidies:
            said = fact["subsidy"]
            yield Comparison(f"{place}: headcount", _decimal(said["headcount"]), subsidy.headcount)
            yield Comparison(f"{place}: standard", _decimal(said["standard"]), subsidy.standard)
            yield Comparison(f"{place}: standard unit", said["standard_unit"], subsidy.standard_unit)
            yield Comparison(f"{place}: scope", fact["scope"], subsidy.scope)
        fields = dict(one.fields)
        for key, name in (("fund_source", "fund_source"), ("payment", "payment"), ("procedure", "procedure")):
            if key in fact:
                yield Comparison(f"{place}: {name}", fact[key].rstrip("。"), fields.get(name))


def _narrative(statements: Statements, gold: Gold) -> Iterator[Comparison]:
    totals = gold["narrative_totals"]
    for name, measure in _TOTALS.items():
        said = totals[name]["amount"] if isinstance(totals[name], dict) else totals[name]
        yield Comparison(f"total {name}", _yuan(said), _value(statements.figure("total", measure)))
    lists = {one.name: list(one.items) for one in statements.lists}
    for name, key in _LISTS.items():
        said = totals[name]["items"] if isinstance(totals[name], dict) else totals[name]
        yield Comparison(f"list {name}", said, lists.get(key))
    uses = [(one.subject, one.amount.value, one.use) for one in statements.uses]
    yield Comparison("uses", [(fact["类"], _yuan(fact["amount"]), fact["use"]) for fact in totals["uses"]], uses)
    carry_over = gold["carry_over_narrative"]
    for name, measure in (("total", "total"), ("财政拨款", "fiscal"), ("非财政拨款", "non-fiscal")):
        said = None if carry_over is None else _yuan(carry_over[name])
        yield Comparison(f"carry-over {name}", said, _value(statements.figure("carry-over", measure)))
    items = [(one.name, one.amount.value, one.use) for one in statements.carry_over]
    facts = [] if carry_over is None else carry_over["items"]
    yield Comparison("carry-over items", [(fact["name"], _yuan(fact["amount"]), fact["use"]) for fact in facts], items)


def _other(statements: Statements, gold: Gold) -> Iterator[Comparison]:
    for name, measure in _THREE_PUBLIC.items():
        said = _yuan(gold["san_gong_narrative"][name])
        yield Comparison(f"three-public {name}", said, _value(statements.figure("three-public", measure)))
    for name, measure in _PROCUREMENT.items():
        said = _yuan(gold["procurement"][name])
        yield Comparison(f"procurement {name}", said, _value(statements.figure("procurement", measure)))
    assets = gold["state_assets"]
    for name, measures in _ASSETS.items():
        values = list(assets[name].values()) if isinstance(assets[name], dict) else [assets[name]]
        for measure, value in zip(measures, values, strict=True):
            figure = statements.figure("asset", measure)
            money = figure is not None and figure.unit == "元"
            yield Comparison(f"asset {measure}", _yuan(value) if money else _decimal(value), _value(figure))
            year = figure.as_of.year if figure is not None and figure.as_of is not None else None
            yield Comparison(f"asset {measure}: as of", assets["as_of"], f"{year}年底")
    for name, measure in _PERFORMANCE.items():
        figure = statements.figure("performance", measure)
        money = figure is not None and figure.unit == "元"
        said = gold["performance_summary"][name]
        yield Comparison(f"performance {name}", _yuan(said) if money else _decimal(said), _value(figure))
    staffing = gold["meta"]["staffing"]
    for name, measure in _STAFFING.items():
        figure = statements.figure("staffing", measure)
        yield Comparison(f"staffing {name}", _decimal(staffing[name]) if staffing else None, _value(figure))
        if staffing and f"{name}_变动" in staffing:
            change = figure.change if figure else None
            yield Comparison(f"staffing {name}: change", _decimal(staffing[f"{name}_变动"]), change)
    yield Comparison("offices", gold["meta"]["internal_offices"], [one.name for one in statements.offices])
    yield Comparison("notes", [gold["other_notes"]], [one.text for one in statements.notes])
    yield Comparison("fiscal year", gold["meta"]["fiscal_year"], statements.fiscal_year)


def _sheets(statements: Statements, gold: Gold) -> Iterator[Comparison]:
    yield Comparison("sheets", len(gold["kpi_sheets"]), len(statements.sheets))
    for one, fact in zip(statements.sheets, gold["kpi_sheets"], strict=False):
        place = f"sheet {one.number}"
        yield Comparison(f"{place}: scope", {"整体": "whole", "项目": "project"}[fact["scope"]], one.scope)
        yield Comparison(f"{place}: project", fact.get("项目名称", ""), one.project)
        for names, amount in (
            (("年度预算总额", "合计"), one.amount),
            (("财政拨款",), one.fiscal),
            (("上级安排",), one.fiscal_upper),
            (("本级安排",), one.fiscal_own),
            (("其他资金",), one.other),
        ):
            said = next((fact[name] for name in names if fact.get(name) is not None), None)
            yield Comparison(f"{place}: {names[0]}", None if said is None else _yuan(said), amount.value if amount else None)
        yield Comparison(f"{place}: goal", fact["goal_text"], one.goal)
        if "columns" in fact:
            yield Comparison(f"{place}: columns", fact["columns"], list(one.columns))
        rows = [row for row in statements.indicators if row.sheet == one.number]
        yield Comparison(f"{place}: rows", len(fact["rows"]), len(rows))
        yield Comparison(f"{place}: weights", _decimal(fact["weight_sum"]), sum((row.weight or Decimal(0)) for row in rows))
        for row, said in zip(rows, fact["rows"], strict=False):
            yield from _indicator(f"{place} {said['三级指标']}", row, said)


def _indicator(place: str, row: Indicator, said: Gold) -> Iterator[Comparison]:
    texts = {"一级指标": row.level1, "二级指标": row.level2, "三级指标": row.level3, "指标值_原文": row.printed}
    texts |= {"指标值设置依据": row.basis, "上年完成值": row.last, "赋分规则": row.scoring, "佐证资料": row.evidence}
    for name, actual in texts.items():
        yield Comparison(f"{place}: {name}", said.get(name) or "", actual)
    numeric = isinstance(said["value"], int | float)
    yield Comparison(f"{place}: value", _decimal(said["value"]) if numeric else None, row.value)
    yield Comparison(f"{place}: operator", said["operator"] or "", row.operator)
    yield Comparison(f"{place}: unit", said["unit"] or "", row.unit)
    yield Comparison(f"{place}: weight", _decimal(said["分值权重"]), row.weight)


def _value(figure: Figure | None) -> Decimal | None:
    return figure.value if figure else None


def _decimal(value: float | int) -> Decimal:
    return Decimal(str(value))


def _yuan(wan: float | int) -> Decimal:
    return _decimal(wan) * 10_000


def _same(expected: object, actual: object) -> bool:
    if isinstance(expected, str) and isinstance(actual, str):
        return re.sub(r"\s", "", expected) == re.sub(r"\s", "", actual)
    if isinstance(expected, Sequence) and isinstance(actual, Sequence) and not isinstance(expected, str):
        return len(expected) == len(actual) and all(map(_same, expected, actual))
    return expected == actual


def main(shared: Path) -> int:
    """Print the differences; the number of them."""
    gold = json.loads((shared / "gold" / "documents.json").read_text("utf-8"))
    tools = Toolbox.load()
    differences = 0
    for name in (name for name in gold if not name.startswith("_")):
        comparisons = list(compare(read_statements(shared / "seeds" / name, tools), gold[name]))
        failed = [one for one in comparisons if not one.equal]
        differences += len(failed)
        print(f"{name}: {len(comparisons) - len(failed)} of {len(comparisons)} facts equal")  # noqa: T201
        for one in failed:
            print(f"  {one.place}\n    expected {one.expected!r}\n    actual   {one.actual!r}")  # noqa: T201
    return differences


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[2] / "shared") > 0)
