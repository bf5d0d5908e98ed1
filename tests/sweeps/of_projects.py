"""Sweeps of the rules on projects, their paragraphs and their performance sheets."""

from collections.abc import Sequence

from tests.rules.graphs import Row, graph
from tests.rules.projects import Projects, Target
from tests.sweeps.of_tables import BASIC, PROJECTS, PUBLIC, SUMMARY, table
from tests.sweeps.scheme import CENTS, FIRST, Print, Said, Same, Sum

_NAME = "甲项目"
_CODE = "2101501"
_FUNDS = ("upperFunds", "ownLevelFunds", "otherFunds")
_HEADS = {"persons": Print("人", "1")}
_COUNTS = {"pieces": Print("份", "1"), "per cent with two decimals": Print("%", "0.01")}


def _money(said: Said, name: str) -> Target:
    """A cost in money."""
    return Target(name, f"≤ {said.number} {said.how.unit}", "20", "成本指标", "经济成本指标")


def _told(how: Print, *tables_of: tuple[str, Row, Print]) -> Projects:
    """Projects whose prose prints money so, beside tables of one row."""
    return Projects(graph(*(table(kind, printed, [row]) for kind, row, printed in tables_of)), how.factor, how.step)


def _parts(stated: Said, addends: Sequence[Said]) -> bytes:
    said = _told(stated.how)
    said.told(said.project(_NAME), stated.number, [(f"用途{number}", part.number) for number, part in enumerate(addends)])
    return said.triples.data


def _funds(addends: Sequence[Said]) -> dict[str, str]:
    return {fund: part.number for fund, part in zip(_FUNDS, addends, strict=False)}


def _sources(stated: Said, addends: Sequence[Said]) -> bytes:
    said = _told(stated.how)
    said.sheet("整体", (), "", "", amount=stated.number, **_funds(addends))
    return said.triples.data


def _income(stated: Said, addends: Sequence[Said]) -> bytes:
    said = _told(stated.how, (SUMMARY, Row("income:total", {"total": stated.number}), stated.how))
    said.sheet("整体", (), "", "", **_funds(addends))
    return said.triples.data


def _costs(stated: Said, addends: Sequence[Said]) -> bytes:
    said = _told(stated.how)
    said.sheet(_NAME, [_money(part, f"费用{number}") for number, part in enumerate(addends)], said.project(_NAME), amount=stated.number)
    return said.triples.data


def _vehicles(stated: Said, addends: Sequence[Said]) -> bytes:
    """The first addend is the running cost of the basic expenditure, the others are parts of a project."""
    basic, *parts = addends
    said = _told(
        stated.how,
        (PUBLIC, Row("vehicle-running", {"total": stated.number}), stated.how),
        (BASIC, Row("30231", {"total": basic.number}), basic.how),
    )
    project = said.project(_NAME, BASIC, 1)
    said.told(project, "1", [(f"公务用车运行维护费{number}", part.number) for number, part in enumerate(parts)])
    said.triples.add(project, "https://budget-kg.example/ontology#amount", '"1"^^<http://www.w3.org/2001/XMLSchema#decimal>')
    return said.triples.data


SUMS = (
    Sum("PRJ-003", "", _parts, 5),
    Sum("KPI-004", "", _sources, 3),
    Sum("KPI-006", "", _income, 3),
    Sum("KPI-007", "", _costs, 4, fails=(-1,)),
    Sum("SG-006", "", _vehicles, 4, least=2, fails=(-1,)),
)


def _listed(one: Said, other: Said) -> Projects:
    return _told(one.how, (PROJECTS, Row(_CODE, {"total": other.number}), other.how))


def _described(one: Said, other: Said) -> bytes:
    said = _listed(one, other)
    said.told(said.project(_NAME, PROJECTS, 1), one.number)
    return said.triples.data


def sheet_of_row(one: Said, other: Said) -> bytes:
    """A sheet's amount, and that of its project in the project table."""
    said = _listed(one, other)
    said.sheet(_NAME, (), said.project(_NAME, PROJECTS, 1), amount=one.number)
    return said.triples.data


def _sheet_of_paragraph(one: Said, other: Said) -> bytes:
    said = _told(other.how)
    project = said.told(said.project(_NAME), other.number)
    said.factor, said.step = one.how.factor, one.how.step
    said.sheet(_NAME, (), project, amount=one.number)
    return said.triples.data


def _named_cost(one: Said, other: Said) -> bytes:
    said = _told(other.how)
    project = said.told(said.project(_NAME), other.number, [("资料印刷费", other.number)])
    said.sheet(_NAME, [_money(one, "资料印刷费（万元）")], project, amount=other.number)
    return said.triples.data


def _heads(one: Said, other: Said) -> bytes:
    said = _told(CENTS)
    project = said.told(said.project(_NAME), "10.00")
    said.subsidy(project, int(other.number), "180")
    said.sheet(_NAME, [Target("补助人数", f"= {one.number} 人", "20")], project, amount="10.00")
    return said.triples.data


def _product(one: Said, other: Said) -> bytes:
    """One head that gets as much as is told in 元."""
    said = _told(one.how)
    project = said.told(said.project(_NAME), one.number)
    said.subsidy(project, 1, f"{other.how.yuan(other.number)}")
    return said.triples.data


def _on_two_sheets(one: Said, other: Said) -> bytes:
    said = _told(CENTS)
    for name, number in ((_NAME, one), ("乙项目", other)):
        said.sheet(name, [Target("发放资料", f"≥ {number.number} {number.how.unit}", "20")], said.project(name), amount="10.00")
    return said.triples.data


SAMES = (
    Same("PRJ-001", "", _described),
    Same("PRJ-004", "", _product, coarser=(FIRST,)),
    Same("KPI-005", "a row", sheet_of_row),
    Same("KPI-005", "a paragraph", _sheet_of_paragraph),
    Same("KPI-008", "", _named_cost),
    Same("KPI-011", "", _heads, coarser=(), prints=_HEADS),
    Same("KPI-016", "", _on_two_sheets, coarser=(), prints=_COUNTS),
)
