"""Performance sheets of a generated disclosure: weights that make 90, cost targets that repeat the parts of the money."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from random import Random

from kg.samples.budget_years import BudgetYear, PlannedProject
from kg.samples.facts import Indicator, PerformanceSheet, SheetScope
from kg.samples.ledger import APPROPRIATIONS, CARRY_OVER, ZERO, printed
from kg.samples.style import Layout

_WAN = 10_000
_OUTPUT, _COST, _BENEFIT, _SATISFACTION = 40, 20, 20, 10
_WHOLE = 90
_DUTIES = (
    ("数量指标", "全年召开业务工作会议（次）", "≥4次"),
    ("数量指标", "全年开展业务培训（期）", "≥2期"),
    ("数量指标", "全年实地督导次数（次）", "≥12次"),
    ("质量指标", "年度重点任务完成率（%）", "=100%"),
    ("质量指标", "业务考核合格率（%）", "≥95%"),
    ("时效指标", "工作任务按时完成率（%）", "≥98%"),
)
_PROPORTION, _GRADE, _SURVEY = "按照正常比例赋分", "按评判等级赋分", "满意度赋分"
_WORK, _VOUCHERS, _NOTES = "工作资料", "原始凭证", "说明材料"
_NO_RESULT = "无"
_PLAN = "计划标准"


def sheets(budget: BudgetYear, layout: Layout, field: str, rng: Random) -> tuple[PerformanceSheet, ...]:
    """The sheet of the whole department, then one for each project."""
    writer = _Writer(layout, rng)
    projects = (writer.project(project, budget.year) for project in budget.projects)
    return (writer.whole(budget, field), *projects)


class _Writer:
    def __init__(self, layout: Layout, rng: Random) -> None:
        self._layout = layout
        self._rng = rng
        self._least = rng.choice((90, 95))

    def whole(self, budget: BudgetYear, field: str) -> PerformanceSheet:
        ledger = budget.ledger
        upper = ledger.of(*(fund for fund in APPROPRIATIONS if fund.endswith("-transfer")), *CARRY_OVER)
        own = ledger.of(*(fund for fund in APPROPRIATIONS if not fund.endswith("-transfer")))
        amounts = {"upper": upper.total, "own": own.total, "other": ledger.total - upper.total - own.total}
        if self._rng.random() < 0.5:
            amounts["total"] = ledger.total
        chosen = self._rng.sample(_DUTIES, self._rng.randint(3, 5))
        weights = _split(_WHOLE, len(chosen), self._rng)
        indicators = tuple(
            Indicator("履职效能", level2, name, target, weight, f"{budget.year}年度工作计划")
            for (level2, name, target), weight in zip(sorted(chosen, key=_DUTIES.index), weights, strict=True)
        )
        goal = f"按照年初部署完成{field}各项重点任务，保障机关正常运转，提高资金使用效益。"
        return PerformanceSheet(SheetScope.WHOLE, self._funds(amounts), goal, indicators)

    def project(self, project: PlannedProject, year: int) -> PerformanceSheet:
        fiscal = project.fund in APPROPRIATIONS or project.fund == "fiscal-carry-over"
        amount = project.amount
        funds = {"total": amount, "fiscal": amount if fiscal else ZERO, "other": ZERO if fiscal else amount}
        goal = f"{year}年安排{self._number(printed(amount) / _WAN)}万元，{project.kind.benefit}。"
        indicators = (*self._outputs(project, year), *self._costs(project), *self._effects(project))
        return PerformanceSheet(SheetScope.PROJECT, self._funds(funds), goal, indicators, project.name)

    def _funds(self, amounts: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
        return {key: self._sheet_amount(amount) for key, amount in amounts.items()}

    def _sheet_amount(self, amount: Decimal) -> Decimal:
        """With the decimals of sheets, unless rounding that again would not give what the tables print."""
        fine = printed(amount, _WAN / Decimal(10) ** self._layout.sheet_decimals)
        return fine if printed(fine) == printed(amount) else printed(amount)

    def _outputs(self, project: PlannedProject, year: int) -> Iterator[Indicator]:
        rates = [("质量指标", "资金使用合规率（%）", "=", 100), ("时效指标", "资金支付及时率（%）", "≥", self._least)]
        amounts = list(self._quantities(project))
        weights = _split(_OUTPUT, len(amounts) + len(rates) + 1, self._rng)
        for name, unit, number in amounts:
            target = f"≥{number}{unit}"
            yield self._indicator(
                "产出指标", "数量指标", f"{name}（{unit}）", target, weights.pop(), _PROPORTION, self._last(project, target)
            )
        for level2, name, sign, number in rates:
            target = f"{sign}{number}%"
            yield self._indicator("产出指标", level2, name, target, weights.pop(), _PROPORTION, self._last(project, target))
        yield self._indicator("产出指标", "时效指标", "项目完成时间", f"{year}年12月", weights.pop(), _GRADE, _NO_RESULT)

    def _quantities(self, project: PlannedProject) -> Iterator[tuple[str, str, int]]:
        if project.headcount:
            assert project.kind.people
            yield f"补助{project.kind.people.who}人数", "人", project.headcount
        elif not project.carried_over:
            for output in project.kind.outputs:
                yield output.name, output.unit, self._rng.randint(*output.between)

    def _costs(self, project: PlannedProject) -> Iterator[Indicator]:
        weights = _split(_COST, len(project.parts), self._rng)
        for (part, amount), weight in zip(project.parts, weights, strict=True):
            target = f"≤{self._number(printed(amount) / _WAN)}万元"
            name = f"{part.name}（万元）"
            yield self._indicator("成本指标", "经济成本指标", name, target, weight, _PROPORTION, _NO_RESULT, _VOUCHERS)

    def _effects(self, project: PlannedProject) -> Iterator[Indicator]:
        kind = project.kind
        last = _NO_RESULT if project.is_new else "有效改善"
        yield self._indicator("效益指标", "社会效益指标", kind.benefit, "有效改善", Decimal(_BENEFIT), _GRADE, last, _NOTES)
        target = f"≥{self._least}%"
        name = f"{kind.served}满意度（%）"
        yield self._indicator("满意度指标", "满意度指标", name, target, Decimal(_SATISFACTION), _SURVEY, self._last(project, target))

    def _indicator(
        self, level1: str, level2: str, name: str, target: str, weight: Decimal, scoring: str, last: str, evidence: str = _WORK
    ) -> Indicator:
        return Indicator(level1, level2, name, target, weight, basis=_PLAN, last=last, scoring=scoring, evidence=evidence)

    def _last(self, project: PlannedProject, target: str) -> str:
        """Last year's result of a project that is not new: the target was met."""
        return _NO_RESULT if project.is_new else target[1:]

    def _number(self, value: Decimal) -> str:
        text = f"{value:.2f}"
        return text.rstrip("0").rstrip(".")


def _split(total: int, count: int, rng: Random) -> list[Decimal]:
    """``count`` whole weights that make ``total``, none much larger than the others."""
    weights = [total // count] * count
    for at in rng.sample(range(count), total % count):
        weights[at] += 1
    if count > 1 and weights[0] > 2:
        moved = rng.randint(0, weights[0] // 3)
        weights[0] -= moved
        weights[1] += moved
    return [Decimal(weight) for weight in weights]
