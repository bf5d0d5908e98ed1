"""What is compared: one column for each disclosure, with its figures and what they are divided by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kg.terms import TERMS
from web.dashboard.headlines import read_headlines
from web.dashboard.money import Entry, by_class, read_money
from web.dashboard.people import IN_POST, Fact, read_facts
from web.site import View

ABSOLUTE, PER_HEAD, SHARE = "absolute", "head", "share"
MEASURES = (ABSOLUTE, PER_HEAD, SHARE)
FEWEST, MOST = 2, 6
BLANK, NO_CODE, NO_TABLE, NO_HEADS, NO_TOTAL, NOT_STATED = "blank", "no-code", "no-table", "no-heads", "no-total", "not-stated"
"""Why there is no figure."""
_INCOME, _EXPENDITURE = f"{TERMS}totalIncome", f"{TERMS}totalExpenditure"
_HEADLINES: Mapping[str, tuple[str, ...]] = {
    "totals": ("totalIncome", "totalExpenditure", "basicExpenditure", "staffCost", "runningCost", "projectExpenditure"),
    "funds": (
        "generalBudgetOwn",
        "generalBudgetTransfer",
        "governmentFund",
        "governmentFundTransfer",
        "stateCapital",
        "stateCapitalTransfer",
        "specialAccount",
        "ownFunds",
        "carryOver",
        "carryOverNonFiscal",
    ),
    "three-public": (
        "threePublic",
        "threePublicAbroad",
        "threePublicReception",
        "threePublicVehiclePurchase",
        "threePublicVehicleRunning",
    ),
}
_FACTS = ("procurement:total", "operating-cost:operating-cost")
_PARTS = frozenset({"basicExpenditure", "projectExpenditure"} | {name for name in _HEADLINES["three-public"] if name != "threePublic"})
_PARTS_OF_PARTS = frozenset({"staffCost", "runningCost"})


@dataclass(frozen=True)
class Column:
    """A disclosure with what it prints. ``classes`` is ``None`` where there is no expenditure table."""

    disclosure: str
    department: str
    year: str
    phase: str
    kind: str
    sha256: str
    headlines: Mapping[str, Entry]
    classes: Mapping[str, Entry] | None
    facts: Mapping[str, Fact]

    @property
    def heads(self) -> Decimal | None:
        """The staff in post, ``None`` where not stated."""
        return self.facts[IN_POST].quantity if IN_POST in self.facts else None

    def total(self, is_income: bool) -> Decimal | None:
        found = self.headlines.get(_INCOME if is_income else _EXPENDITURE)
        return found.amount if found else None


@dataclass(frozen=True)
class Value:
    """A figure in 元, 元 a head or per cent; else ``None`` and the reason. ``cell`` is where it is printed, empty for a quotient;
    ``fact`` is the sentence that states it, ``None`` for what stands in a table."""

    number: Decimal | None
    why: str = ""
    cell: str = ""
    fact: Fact | None = None


@dataclass(frozen=True)
class Line:
    """A row: ``subject`` is an IRI or, of a stated fact, its subject; ``depth`` is greater for a part of the rows above it."""

    subject: str
    depth: int
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Group:
    """Rows that share a scale; ``top`` is its end, 0 where no value is positive."""

    name: str
    lines: tuple[Line, ...]
    top: Decimal


def read_column(data: View, disclosure: str) -> Column | None:
    """A column, ``None`` for what is no disclosure."""
    row = next(iter(data.rows("disclosures", disclosure=disclosure)), None)
    if row is None:
        return None
    expenditure = read_money(data, disclosure, "expenditure")
    return Column(
        disclosure=disclosure,
        department=row.text("department"),
        year=row.text("year"),
        phase=row.text("phase"),
        kind=row.text("kind"),
        sha256=row.text("sha256"),
        headlines={name: Entry(figure.amount, figure.cell) for name, figure in read_headlines(data, disclosure).items()},
        classes={code: entry for code, column, entry in by_class(expenditure) if column == "total"} if expenditure else None,
        facts=read_facts(data, disclosure),
    )


def compare(columns: Sequence[Column], measure: str, class_scheme: str) -> list[Group]:
    """The rows that at least one column has, in one measure. Nothing is added up: every figure is one that a disclosure prints, or
    that figure divided by one that it prints. ``class_scheme`` is the address that a class's code is put behind."""
    groups = []
    for name, properties in _HEADLINES.items():
        lines = [
            Line(TERMS + held, _depth(held), tuple(_value(column, column.headlines.get(TERMS + held), measure, name) for column in columns))
            for held in properties
            if any(TERMS + held in column.headlines for column in columns)
        ]
        groups.append((name, lines))
    codes = sorted({code for column in columns for code in column.classes or {}})
    classes = [Line(class_scheme + code, 0, tuple(_class_value(column, code, measure) for column in columns)) for code in codes]
    groups.insert(2, ("classes", classes))
    stated = [subject for subject in _FACTS if any(subject in column.facts for column in columns)]
    groups.append(("stated", [Line(subject, 0, tuple(_fact_value(column, subject, measure) for column in columns)) for subject in stated]))
    return [Group(name, tuple(lines), top_of(lines)) for name, lines in groups if lines]


def _depth(name: str) -> int:
    return 2 if name in _PARTS_OF_PARTS else int(name in _PARTS)


def _value(column: Column, entry: Entry | None, measure: str, group: str, why: str = BLANK) -> Value:
    if entry is None:
        return Value(None, why)
    if measure == ABSOLUTE:
        return Value(entry.amount, cell=entry.cell)
    if measure == PER_HEAD:
        return _over(entry.amount, column.heads, NO_HEADS, Decimal(1), Decimal(1))
    return _over(entry.amount, column.total(group == "funds"), NO_TOTAL, Decimal(100), Decimal("0.01"))


def _over(amount: Decimal, denominator: Decimal | None, why: str, factor: Decimal, step: Decimal) -> Value:
    if not denominator:
        return Value(None, why)
    return Value((amount * factor / denominator).quantize(step))


def _class_value(column: Column, code: str, measure: str) -> Value:
    if column.classes is None:
        return Value(None, NO_TABLE)
    return _value(column, column.classes.get(code), measure, "classes", NO_CODE)


def _fact_value(column: Column, subject: str, measure: str) -> Value:
    fact = column.facts.get(subject)
    if fact is None or fact.amount is None:
        return Value(None, NOT_STATED)
    if measure == ABSOLUTE:
        return Value(fact.amount, fact=fact)
    return _value(column, Entry(fact.amount), measure, "stated")


def top_of(lines: Iterable[Line]) -> Decimal:
    """The round number (1, 2 or 5 times a power of ten) that no value of the rows exceeds; 0 when none is positive."""
    most = max((value.number for line in lines for value in line.values if value.number is not None), default=Decimal(0))
    if most <= 0:
        return Decimal(0)
    power = Decimal(10) ** most.adjusted()
    return next(power * step for step in (1, 2, 5, 10) if power * step >= most)
