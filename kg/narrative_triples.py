"""What the sections of the prose say, as triples: changes, shares, figures, uses and lists (``docs/graph.md``)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from kg import iri
from kg.amounts import step
from kg.ntriples import Triples, date, integer, text
from kg.ntriples import iri as ref
from kg.shortcuts import TOTALS, base_key
from kg.statement_writer import FUNCTIONAL, StatementWriter
from kg.statements import Amount, BasePhase, Change, Direction, Figure, NamedList, NarrativeItem, Share, Statement, Statements, Use

_CLASS_OF_GROUP = {"staffing": "StaffingFact", "procurement": "ProcurementPlan", "asset": "AssetHolding"}
_MONEY = "元"
_FACTORS = {"亿元": Decimal(100000000), "万元": Decimal(10000), "元": Decimal(1)}
_INCOME, _CLASSES = "total-income", "fiscal-general-budget"
_FUNDS = {"government-fund": "government-fund", "state-capital": "state-capital"}
"""Sections whose items are paid from another fund than the general public budget."""
_USUAL_PERCENT = Decimal("0.01")


class NarrativeEmitter(StatementWriter):
    """Adds what the sections of the prose say to the triples of a disclosure.

    ``steps`` are the finest steps that the tables print, by the factor of their unit, both in 元: prose in that unit is taken
    to be as fine, since it trims zeros.
    """

    def __init__(self, triples: Triples, disclosure: str, statements: Statements, steps: Mapping[Decimal, Decimal]) -> None:
        super().__init__(triples, disclosure)
        self.said = statements
        self._steps = dict(steps)
        printed = [amount for statement in statements.all() for amount in _amounts(statement)]
        for amount in printed:
            if not amount.about:
                factor, own = _print(amount)
                self._steps[factor] = min(own, self._steps.get(factor, own))
        factors = Counter(_print(amount)[0] for amount in printed)
        self._usual = self._steps.get(factors.most_common(1)[0][0]) if factors else None
        self._totals = {
            figure.measure: f"{disclosure}/fact/{number}"
            for number, figure in reversed([*enumerate(statements.figures, start=1)])
            if figure.group == "total"
        }

    def emit(self) -> None:
        """All of them; a share that a change tells too is part of the change."""
        if self._usual is not None:
            self._money(self.this, statedResolution=self._usual)
        shares = {(share.span, share.subject): share for share in self.said.shares}
        for number, change in enumerate(self.said.changes, start=1):
            self._change(f"{self.this}/change/{number}", change, shares.pop((change.span, change.subject), None))
        for number, share in enumerate(self.said.shares, start=1):
            if (share.span, share.subject) in shares:
                self._share(f"{self.this}/share/{number}", share)
        for number, figure in enumerate(self.said.figures, start=1):
            self._figure(f"{self.this}/fact/{number}", figure)
        compared = {change.span for change in self.said.changes}
        for number, item in enumerate(self.said.items, start=1):
            if item.span not in compared:
                self._item(f"{self.this}/item/{number}", item)
        for number, use in enumerate(self.said.uses, start=1):
            self._use(f"{self.this}/use/{number}", use)
        for number, names in enumerate(self.said.lists, start=1):
            self._list(f"{self.this}/list/{number}", names)

    def _resolution(self, node: str, statement: Statement) -> None:
        """The step of a statement's amounts where it is not the usual one; of an amount about which is said 约, its own."""
        steps = [own if amount.about else self._steps[factor] for amount in _amounts(statement) for factor, own in [_print(amount)]]
        if steps and max(steps) != self._usual:
            self._money(node, statedResolution=max(steps))

    def _dimensions(self, node: str, key: str, of: str, code: str, section: str) -> None:
        """What a statement speaks of, in the dimensions of the tables, and the total that it is a part of."""
        if code:
            self._add(node, "functionalCode", ref(iri.code(FUNCTIONAL, code)))
        if of in self._totals:
            self._add(node, "partOfTotal", ref(self._totals[of]))
        if key and of and of != _INCOME:
            self._add(node, "expenditureType", ref(iri.code("expenditure-type", key)))
        elif fund := _fund(key, of, section):
            self._add(node, "fundSource", ref(iri.code("fund-source", fund)))

    def _percent(self, node: str, name: str, percent: Decimal | None) -> None:
        """A percentage, and its printed step where that is not a hundredth (``statedPercent``, ``statedPercentStep``)."""
        if percent is not None:
            self._money(node, **{name: percent})
            printed = step(f"{percent:f}")
            if printed != _USUAL_PERCENT:
                self._money(node, **{f"{name}Step": printed})

    def _change(self, node: str, change: Change, share: Share | None) -> None:
        self._statement(node, "ChangeStatement", change, change.subject)
        sign = -1 if change.direction is Direction.DECREASE else 1
        self._money(node, amount=change.amount, changeAmount=sign * change.change.value)
        self._dimensions(node, change.key, change.of, change.code, change.section)
        if change.section == "three-public" and change.key:
            self._add(node, "lineItem", ref(iri.code("line-item", change.key)))
        elif change.key in TOTALS.values() and not change.of:
            self._text(node, comparedTotal=change.key)
        self._resolution(node, change)
        self._percent(node, "statedPercent", change.percent)
        if share is not None:
            self._percent(node, "sharePercent", share.percent)
        if change.percent_direction not in (None, change.direction):
            self._text(node, contraryWord=change.percent_word)
        if change.base_year and change.base_year != self.said.fiscal_year - 1:
            self._add(node, "baseYear", ref(iri.year(change.base_year)))
        if change.base_phase is not BasePhase.BUDGET:
            self._add(node, "basePhase", ref(iri.code("budget-phase", change.base_phase.value)))
        self._base(node, change)
        self._text(node, changeReason=change.reason)
        if change.retells is not None:
            self._add(node, "retells", ref(f"{self.this}/change/{change.retells + 1}"))
            self._add(node, "sharedReasonWords", integer(change.shared_words))

    def _base(self, node: str, change: Change) -> None:
        """What a change is from, and the figure that says so where the budget of the year before prints it."""
        of_one_fund = bool(_fund(change.key, change.of, change.section))
        self._money(node, baseAmount=change.prior)
        self._text(node, baseKey=base_key(change, self.said.fiscal_year, of_one_fund))

    def _share(self, node: str, share: Share) -> None:
        self._statement(node, "StatedFact", share, share.subject)
        self._money(node, amount=share.amount)
        self._dimensions(node, share.key, share.of, share.code, share.section)
        self._resolution(node, share)
        self._percent(node, "sharePercent", share.percent)

    def _item(self, node: str, item: NarrativeItem) -> None:
        self._statement(node, "StatedFact", item, "/".join(item.path))
        self._money(node, amount=item.amount)
        self._dimensions(node, "", "", "" if item.inferred else item.code, item.section)
        self._resolution(node, item)

    def _use(self, node: str, use: Use) -> None:
        self._statement(node, "StatedFact", use, use.subject)
        self._money(node, amount=use.amount)
        self._dimensions(node, "", _CLASSES, use.code, use.section)
        self._resolution(node, use)
        self._add(node, "unmatchedName", *map(text, use.unmatched))

    def _list(self, node: str, names: NamedList) -> None:
        self._statement(node, "StatedFact", names, f"list:{names.name}")
        self._text(node, listedRows=" ".join(names.rows))
        self._add(node, "unmatchedName", *map(text, names.unmatched))

    def _figure(self, node: str, figure: Figure) -> None:
        self._statement(node, _CLASS_OF_GROUP.get(figure.group, "StatedFact"), figure, f"{figure.group}:{figure.measure}")
        if figure.unit == _MONEY:
            self._money(node, amount=figure.value)
            self._resolution(node, figure)
        else:
            self._money(node, quantity=figure.value)
            self._text(node, quantityUnit=figure.unit)
        self._money(node, changeAmount=figure.change)
        if figure.as_of:
            self._add(node, "asOf", date(figure.as_of))


def _fund(key: str, of: str, section: str) -> str:
    """The fund source that a statement speaks of: of a part of the income, or of an item paid from another fund."""
    return (key if of == _INCOME else "") if key and of else _FUNDS.get(section, "")


def _amounts(statement: Statement) -> Iterator[Amount]:
    """The money of a statement of the sections, as printed."""
    match statement:
        case Change():
            yield from (amount for amount in (statement.amount, statement.change) if amount is not None and amount.printed[-1:] == _MONEY)
        case Share() | NarrativeItem() | Use():
            yield statement.amount
        case Figure(unit="元"):
            yield Amount(statement.value, statement.printed, statement.about)


def _print(amount: Amount) -> tuple[Decimal, Decimal]:
    """The factor of the printed unit and the step of the number in it, both in 元."""
    unit = next(unit for unit in _FACTORS if amount.printed.endswith(unit))
    return _FACTORS[unit], step(amount.printed.removesuffix(unit)) * _FACTORS[unit]
