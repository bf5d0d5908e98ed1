"""What the prose and the performance sheets of a disclosure say: frozen records, and their flat form.

Amounts are in 元 with the printed text beside them. Texts are verbatim without white space. Every record has a ``span``
that covers the whole statement, so that each number of the source can be accounted for; ``section`` is the key of the
form pack for the part of the document it stands in. Names and telephone numbers of contacts are never in these records.
"""

import dataclasses
import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kg.document import Span


class Direction(StrEnum):
    """The printed word: 增加 or 增长, 减少 or 下降, 持平 or 无变化. An increase by 0.00 is printed as one too."""

    INCREASE = "increase"
    DECREASE = "decrease"
    UNCHANGED = "unchanged"


class BasePhase(StrEnum):
    """What the prior year's figure is: its budget, or what was carried out (预算执行数). They must not be mixed."""

    BUDGET = "budget"
    EXECUTION = "execution"


@dataclass(frozen=True)
class Amount:
    """Money in 元, the number and unit as printed; ``about`` when 约 or 近 stands before it."""

    value: Decimal
    printed: str
    about: bool = False


@dataclass(frozen=True)
class Statement:
    """Base of all records: where it stands."""

    section: str
    span: Span


@dataclass(frozen=True)
class Heading(Statement):
    """The heading of a section, in the contents or in the body. ``year`` is 0 where the heading names none."""

    title: str
    year: int


@dataclass(frozen=True)
class Change(Statement):
    """An amount compared with the prior year.

    ``key`` is the pack's key of a known subject (a fund source, an expenditure type, a 三公 line) or empty; ``path``
    holds class, section and item of a functional item. ``change`` has no sign, ``direction`` is the word beside it and
    ``percent_direction`` the word beside the percentage, printed as ``percent_word``; the digits of ``percent`` are those
    printed. Where a form prints the prior amount instead of the change, the change is their difference and its ``printed`` is
    empty. ``of`` is the measure of the whole that it is a part of (a :class:`Figure` of group ``total``) or empty.
    ``retells`` is the position of an earlier change in :attr:`Statements.changes` that tells the same, ``shared_words`` how
    many pairs of characters of content their reasons have in common.
    """

    subject: str
    key: str
    path: tuple[str, ...]
    code: str
    amount: Amount | None
    change: Amount
    direction: Direction
    percent: Decimal | None
    percent_direction: Direction | None
    base_year: int
    base_phase: BasePhase
    reason: str
    percent_word: str = ""
    of: str = ""
    retells: int | None = None
    shared_words: int = 0

    @property
    def prior(self) -> Decimal | None:
        """The prior year's amount that the statement implies."""
        if self.amount is None:
            return None
        sign = {Direction.INCREASE: -1, Direction.DECREASE: 1, Direction.UNCHANGED: 0}[self.direction]
        return self.amount.value + sign * self.change.value


@dataclass(frozen=True)
class Share(Statement):
    """A printed percentage of a whole; ``of`` is the measure of that whole (a :class:`Figure` of group ``total``).

    ``code`` is that of the functional class it speaks of, or empty.
    """

    subject: str
    key: str
    amount: Amount
    percent: Decimal
    of: str
    code: str = ""


@dataclass(frozen=True)
class NarrativeItem(Statement):
    """The amount of one functional item (类, 款, 项) of the general public budget; some forms tell classes only.

    ``executed`` is what was carried out in the year before, ``planned`` the amount printed once more beside it; ``use`` what
    the money is for; ``code_printed`` the codes beside the names. A form that does not tell them leaves them empty.
    ``inferred``: no code bears these names, the code is that of the only item left with this amount; rules still see a
    paragraph without an item.
    """

    path: tuple[str, ...]
    code: str
    amount: Amount
    executed: Amount | None = None
    planned: Amount | None = None
    use: str = ""
    code_printed: tuple[str, ...] = ()
    inferred: bool = False


@dataclass(frozen=True)
class Figure(Statement):
    """One measured value.

    ``group`` is total, staffing, procurement, asset, operating-cost, three-public, performance or carry-over;
    ``measure`` is the pack's key. Money is in 元 (unit 元); other units are as printed. ``change`` is signed.
    """

    group: str
    measure: str
    value: Decimal
    unit: str
    printed: str
    change: Decimal | None = None
    as_of: datetime.date | None = None
    about: bool = False


@dataclass(frozen=True)
class NamedList(Statement):
    """A list of names: the income sources (``income-sources``), the items of the staff cost (``staff-items``), …

    ``rows`` are the keys of the rows of its table that are meant, ``unmatched`` the names that no row with a figure bears.
    """

    name: str
    items: tuple[str, ...]
    rows: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()


@dataclass(frozen=True)
class Use(Statement):
    """What a class of expenditure is mainly used for.

    ``code`` is that of the class, or empty; ``unmatched`` are the uses named that have a code of their own (职业年金) which
    no table has.
    """

    subject: str
    amount: Amount
    use: str
    code: str = ""
    unmatched: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declaration(Statement):
    """A sentence that says that something is absent or limited; ``about`` is the pack's key (``not-planned``, …).

    ``amount`` is the money that the sentence names.
    """

    about: str
    subject: str
    key: str
    text: str
    amount: Amount | None = None


@dataclass(frozen=True)
class Allocation(Statement):
    """One part of a project's money."""

    project: str
    item: str
    amount: Amount


@dataclass(frozen=True)
class Subsidy(Statement):
    """Money paid per head: ``standard`` in 元 for one ``standard_unit`` (元/人, 元/人·年, …)."""

    project: str
    headcount: Decimal | None
    standard: Decimal | None
    standard_unit: str
    printed: str
    scope: str


@dataclass(frozen=True)
class ProjectDescription(Statement):
    """A project as the prose tells it. ``names`` are all printed variants, ``name`` the one of the prose.

    ``fields`` holds what has no slot of its own, by the pack's key (fund source, way of payment, procedure, benefit).
    """

    name: str
    names: tuple[str, ...]
    code: str
    amount: Amount | None
    fiscal: Amount | None
    other: Amount | None
    stated_total: Amount | None
    policy_basis: str
    undertaker: str
    start: datetime.date | None
    end: datetime.date | None
    period_printed: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PolicyCitation(Statement):
    """A cited document.

    ``issuer`` is the 机关代字 (克财社), or empty for a law cited by title alone; ``year`` is 0 without a number.
    ``where`` is basis, name, goal or indicator; ``printed`` keeps brackets, padding and a missing 号. ``region`` is the part of
    the issuer that stands for a region (克), empty for a ministry; ``advance_year`` the year for which the title says that money
    is allotted in advance (提前下达2026年), or 0.
    """

    project: str
    printed: str
    issuer: str
    year: int
    number: str
    title: str
    where: str
    region: str = ""
    advance_year: int = 0

    @property
    def canonical(self) -> str:
        """The number in its canonical form, 机关代字〔年〕N号, or empty."""
        return f"{self.issuer}〔{self.year}〕{int(self.number)}号" if self.year else ""


@dataclass(frozen=True)
class Indicator(Statement):
    """One row of a performance sheet.

    ``level1`` is empty where the sheet prints none for the level below. ``operator`` is ≥ ≤ = > < or empty; ``value``
    is ``None`` for a qualitative target, a date or a sentence, which stand in ``printed``. ``mended`` says what had to
    be repaired: shifted, joined, split.
    """

    sheet: int
    level1: str
    level2: str
    level3: str
    operator: str
    value: Decimal | None
    unit: str
    printed: str
    weight: Decimal | None
    basis: str
    last: str
    scoring: str
    evidence: str
    mended: tuple[str, ...]


@dataclass(frozen=True)
class PerformanceSheet(Statement):
    """A performance sheet (绩效目标表), numbered from 1 in the document; ``scope`` is whole or project.

    ``described`` is the position of the project in :attr:`Statements.projects`, or ``None``; ``matched_by`` is name or
    amount. ``columns`` are the printed header labels, ``missing`` the names of prescribed columns that it lacks.
    """

    number: int
    scope: str
    title: str
    project: str
    issuer: str
    amount: Amount | None
    fiscal: Amount | None
    fiscal_upper: Amount | None
    fiscal_own: Amount | None
    other: Amount | None
    goal: str
    columns: tuple[str, ...]
    described: int | None = None
    matched_by: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class CarryOverItem(Statement):
    """One item carried over from the prior year."""

    name: str
    amount: Amount
    use: str


@dataclass(frozen=True)
class GlossaryTerm(Statement):
    """A term of the glossary and its explanation."""

    term: str
    text: str


@dataclass(frozen=True)
class Office(Statement):
    """An internal office (``relation`` internal) or an institution that the department manages (managed)."""

    name: str
    relation: str


@dataclass(frozen=True)
class Duty(Statement):
    """One of the main duties."""

    text: str


@dataclass(frozen=True)
class Note(Statement):
    """Any other explanation, verbatim."""

    text: str


@dataclass(frozen=True)
class Statements:
    """Everything the prose and the performance sheets of one document say, each tuple in the order of the source."""

    document: str
    fiscal_year: int
    headings: tuple[Heading, ...] = ()
    changes: tuple[Change, ...] = ()
    shares: tuple[Share, ...] = ()
    items: tuple[NarrativeItem, ...] = ()
    figures: tuple[Figure, ...] = ()
    lists: tuple[NamedList, ...] = ()
    uses: tuple[Use, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    projects: tuple[ProjectDescription, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    subsidies: tuple[Subsidy, ...] = ()
    policies: tuple[PolicyCitation, ...] = ()
    sheets: tuple[PerformanceSheet, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    carry_over: tuple[CarryOverItem, ...] = ()
    glossary: tuple[GlossaryTerm, ...] = ()
    offices: tuple[Office, ...] = ()
    duties: tuple[Duty, ...] = ()
    notes: tuple[Note, ...] = ()

    def all(self) -> Iterator[Statement]:
        """Every record, kind by kind."""
        for kind in dataclasses.fields(self):
            value = getattr(self, kind.name)
            if isinstance(value, tuple):
                yield from value

    def mapped(self, change: Callable[[str], str]) -> "Statements":
        """The statements with every text changed by a function."""
        changed: dict[str, Any] = {}
        for kind in dataclasses.fields(self):
            records = getattr(self, kind.name)
            if isinstance(records, tuple):
                changed[kind.name] = tuple(_mapped(record, change) for record in records)
        return dataclasses.replace(self, **changed)

    def figure(self, group: str, measure: str) -> Figure | None:
        """The first figure of that measure."""
        return next((one for one in self.figures if (one.group, one.measure) == (group, measure)), None)

    def spans(self) -> tuple[Span, ...]:
        """The source that the records account for, headings left out; spans may overlap (a part inside a project)."""
        spans = {statement.span for statement in self.all() if not isinstance(statement, Heading)}
        return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def _mapped(record: Statement, change: Callable[[str], str]) -> Statement:
    changed: dict[str, Any] = {}
    for one in dataclasses.fields(record):
        text = getattr(record, one.name)
        if isinstance(text, str) and (new := change(text)) != text:
            changed[one.name] = new
    return dataclasses.replace(record, **changed) if changed else record
