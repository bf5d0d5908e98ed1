"""Part three of a generated disclosure: totals, shares, and changes against the year before, told of two ledgers."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from kg.codes import Codes
from kg.samples import form
from kg.samples.facts import SampleTable
from kg.samples.ledger import APPROPRIATIONS, FUND_OF, GENERAL, GOVERNMENT_FUND, STATE_CAPITAL, ZERO, Ledger, printed
from kg.samples.reasons import Reasons
from kg.samples.statements import (
    Appropriation,
    Balance,
    BasicExpenditure,
    CarryOver,
    CarryOverItem,
    Change,
    ClassStatement,
    Direction,
    Flow,
    GeneralBudget,
    Growth,
    ItemStatement,
    Narrative,
    Statement,
    ThreePublic,
)
from kg.samples.views import THREE_PUBLIC

_HUNDREDTH = Decimal("0.01")
_ALWAYS_TOLD = (*APPROPRIATIONS, "own-funds", "fiscal-carry-over")
_SOURCE_NAMES = {
    "general-budget": "一般公共预算",
    "government-fund": "政府性基金预算",
    "state-capital": "国有资本经营预算",
    "fiscal-special-account": "财政专户管理资金",
    "own-funds": "单位资金",
    "fiscal-carry-over": "财政拨款结转结余",
    "non-fiscal-carry-over": "非财政拨款结转结余",
}
_USES = {
    "208": "养老保险缴费和退休人员经费",
    "210": "医疗保险缴费等卫生健康方面的支出",
    "221": "在职人员住房公积金等住房保障支出",
}
_MAY_BE_EMPTY = (
    "general-budget-projects",
    "government-fund-expenditure",
    "state-capital-expenditure",
    "entrusted-services",
    "carry-over",
)


def changed(now: Decimal, before: Decimal, reason: str) -> Change:
    """The comparison of two exact amounts.

    The percentage is that of the printed figures, so that the same figures are told with the same percentage; it is 100
    when there was nothing before.
    """
    amount = printed(abs(now - before))
    less = amount > 0 and now < before
    last_year = printed(now) + (amount if less else -amount)
    percent = ZERO if not amount else Decimal(100) if last_year <= 0 else _rounded(amount / last_year * 100)
    return Change(Direction.LESS if less else Direction.MORE, amount, Growth.FALL if less else Growth.RISE, percent, reason)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_HUNDREDTH, ROUND_HALF_UP)


class Telling:
    """Tells the ledger of one year beside that of the year before."""

    def __init__(self, now: Ledger, before: Ledger, reasons: Reasons, codes: Codes) -> None:
        self._now = now
        self._before = before
        self._reasons = reasons
        self._codes = codes

    def narrative(self, tables: Iterable[SampleTable]) -> Narrative:
        """Sections 1 to 10; of ``tables`` the text calls empty those that are."""
        general, total = self._now.of(*GENERAL), printed(self._now.total)
        return Narrative(
            balance=Balance(total, self._sources(), self._class_names(self._now)),
            income=Flow(total, tuple(self._income())),
            expenditure=Flow(total, tuple(self._types(self._now, self._before, with_share=True))),
            appropriation=self._appropriation(),
            general_budget=GeneralBudget(
                total=printed(general.total),
                scale=tuple(self._types(general, self._before.of(*GENERAL), with_share=False)),
                structure=tuple(self._structure(general)),
                items=tuple(self._items(general, self._before.of(*GENERAL))),
            ),
            basic=self._basic(general.basic),
            three_public=self._three_public(),
            government_fund=self._fund_items(GOVERNMENT_FUND),
            state_capital=self._fund_items(STATE_CAPITAL),
            declared_empty=tuple(table.kind for table in tables if table.kind in _MAY_BE_EMPTY and not table.rows),
        )

    def _sources(self) -> tuple[str, ...]:
        held = {FUND_OF.get(entry.fund, entry.fund) for entry in self._now.entries}
        return tuple(name for fund, name in _SOURCE_NAMES.items() if fund in held)

    def _class_names(self, ledger: Ledger) -> tuple[str, ...]:
        return tuple(self._name(code) for code in sorted({entry.item[:3] for entry in ledger.entries}))

    def _name(self, code: str) -> str:
        return self._codes.functional.labels[code][0]

    def _income(self) -> Iterator[Statement]:
        now, before = (ledger.by(lambda entry: (entry.fund,)) for ledger in (self._now, self._before))
        for fund in form.SOURCES:
            if fund in _ALWAYS_TOLD or fund in now or fund in before:
                yield self._statement(fund, now.get(fund, ZERO), before.get(fund, ZERO), self._now.total)

    def _types(self, now: Ledger, before: Ledger, *, with_share: bool) -> Iterator[Statement]:
        whole = now.total if with_share else None
        yield self._statement("basic", now.basic.total, before.basic.total, whole)
        yield self._statement("project", now.projects.total, before.projects.total, whole)

    def _statement(self, subject: str, now: Decimal, before: Decimal, whole: Decimal | None) -> Statement:
        if not now and not before:
            return Statement(subject)
        share = None if whole is None else _rounded(now / whole * 100)
        return Statement(subject, printed(now), share, changed(now, before, self._reasons.of(subject, now, before)))

    def _appropriation(self) -> Appropriation:
        current = self._now.of(*APPROPRIATIONS)
        by_fund = current.by(lambda entry: (FUND_OF[entry.fund],))
        by_class = self._now.of(*GENERAL).by(lambda entry: (entry.item[:3],))
        return Appropriation(
            total=printed(current.total),
            funds={fund: printed(by_fund[fund]) for fund in ("general-budget", "government-fund", "state-capital") if fund in by_fund},
            classes=tuple(
                ClassStatement(self._name(code), printed(amount), use=_USES.get(code, "人员工资、公用经费和各项业务支出"))
                for code, amount in sorted(by_class.items())
            ),
        )

    def _structure(self, general: Ledger) -> Iterator[ClassStatement]:
        for code, amount in sorted(general.by(lambda entry: (entry.item[:3],)).items()):
            yield ClassStatement(self._name(code), printed(amount), _rounded(amount / general.total * 100))

    def _items(self, now: Ledger, before: Ledger) -> Iterator[ItemStatement]:
        """Every item of this year, and those of last year that are cancelled."""
        amounts, last = (ledger.by(lambda entry: (entry.item,)) for ledger in (now, before))
        staffed = {entry.item for ledger in (now, before) for entry in ledger.basic.entries}
        for code in sorted({*amounts, *last}):
            amount, earlier = amounts.get(code, ZERO), last.get(code, ZERO)
            names = tuple(self._name(code[:digits]) for digits in (3, 5, 7))
            reason = self._reasons.of_item(amount, earlier, pays_staff=code in staffed)
            yield ItemStatement(code, names, printed(amount), changed(amount, earlier, reason))

    def _fund_items(self, funds: tuple[str, ...]) -> tuple[ItemStatement, ...]:
        """None where the table is empty, cancelled items or not."""
        now = self._now.of(*funds)
        return tuple(self._items(now, self._before.of(*funds))) if now.entries else ()

    def _basic(self, basic: Ledger) -> BasicExpenditure:
        amounts = basic.by(lambda entry: (entry.part.value,))
        codes = {part: sorted({entry.economic for entry in basic.entries if entry.part == part}) for part in ("staff", "running")}
        names = {part: tuple(self._codes.economic.labels[code][0] for code in listed) for part, listed in codes.items()}
        return BasicExpenditure(
            total=printed(basic.total),
            staff=printed(amounts.get("staff", ZERO)),
            staff_items=names["staff"],
            running=printed(amounts.get("running", ZERO)),
            running_items=names["running"],
        )

    def _three_public(self) -> ThreePublic:
        now, before = (_three_public_amounts(ledger) for ledger in (self._now, self._before))
        changes = {key: changed(now[key], before[key], self._reasons.of("three-public", now[key], before[key])) for key in now}
        return ThreePublic({key: printed(amount) for key, amount in now.items()}, changes)

    def operating_cost(self) -> Statement:
        """The running cost of the general public budget, as the last section repeats it."""
        now, before = (
            ledger.of(*GENERAL).by(lambda entry: (entry.part.value,)).get("running", ZERO) for ledger in (self._now, self._before)
        )
        return self._statement("operating-cost", now, before, None)

    def carry_over(self) -> CarryOver | None:
        """The section on money left from the year before, where there is any."""
        fiscal, other = self._now.of("fiscal-carry-over"), self._now.of("non-fiscal-carry-over")
        if not fiscal.entries and not other.entries:
            return None
        items = tuple(
            CarryOverItem(entry.project, printed(entry.amount), entry.use) for ledger in (fiscal, other) for entry in ledger.entries
        )
        return CarryOver(printed(fiscal.total + other.total), printed(fiscal.total), printed(other.total), items)


def _three_public_amounts(ledger: Ledger) -> Mapping[str, Decimal]:
    by_item = ledger.of(*GENERAL).basic.by(lambda entry: (entry.economic,))
    amounts = {key: by_item.get(code, ZERO) for key, code in THREE_PUBLIC.items()}
    return {
        "total": sum(amounts.values(), ZERO),
        "abroad": amounts["abroad"],
        "vehicle-purchase": ZERO,
        "vehicle-running": amounts["vehicle-running"],
        "reception": amounts["reception"],
    }
