"""What a validation says: frozen records. Amounts are in 元."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import pyoxigraph as ox

from kg.validate.rules import Bilingual, RuleSet, Severity

Stated = Decimal | str | None


class Outcome(StrEnum):
    """What became of a rule on a disclosure; one of four, nothing is skipped silently."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"
    NOT_EVALUATED = "not-evaluated"


class OperandRole(StrEnum):
    """How an operand takes part: the stated value; what it is reckoned from (added, subtracted, multiplied, divided by);
    the same fact elsewhere; a figure that fits no column; what else was looked at."""

    STATED = "stated"
    ADDEND = "addend"
    SUBTRAHEND = "subtrahend"
    FACTOR = "factor"
    DIVISOR = "divisor"
    SAME = "same"
    UNPLACED = "unplaced"
    CONTEXT = "context"


@dataclass(frozen=True)
class Locator:
    """A figure, row, table or statement that took part, and where it is printed.

    ``kind`` is the local name of its class. ``table`` is the kind of its table, ``row`` and ``column`` are keys, empty where the
    thing is wider than that or stands in the prose. ``line`` counts from 1, ``None`` where the source is not at hand;
    ``start`` and ``end`` are offsets into the source text, ``None`` for rows and tables. In paged formats ``page`` counts from 1
    and ``box`` is page and rectangle as ``budget:sourceBox`` writes them; else they are ``None`` and empty.
    """

    thing: str
    role: OperandRole
    kind: str
    table: str
    row: str
    column: str
    label: str
    printed: str
    line: int | None
    start: int | None
    end: int | None
    place: Bilingual
    """The place in words: table, row and column, or what the sentence is about; without the line."""
    page: int | None = None
    box: str = ""


@dataclass(frozen=True)
class Finding:
    """One place where a rule fails.

    ``value`` is the cell, row or table that is stated wrong, ``item`` tells checks on one value apart (a column or row
    key). ``expected`` and ``actual`` are amounts where the rule is about amounts, else texts. ``root`` is the one place
    that several findings rest on (see :mod:`kg.validate.roots`), ``cause`` a guess (see :mod:`kg.validate.causes`).
    """

    rule: str
    severity: Severity
    message: Bilingual
    focus: str
    value: ox.NamedNode | ox.Literal | None
    item: str
    expression: str
    expected: Stated
    actual: Stated
    difference: Decimal | None
    tolerance: Decimal | None
    evidence: tuple[Locator, ...]
    root: str
    cause: str = ""
    shape: str = ""
    """The node shape that found it: the rule's own, or a part of it."""
    unit: str = ""
    """What the numbers count where they are no money (人, %; 1 for bare numbers), empty where they are 元 or texts."""

    @property
    def operands(self) -> tuple[str, ...]:
        """The addresses of the figures, rows or tables that took part."""
        return tuple(locator.thing for locator in self.evidence)


@dataclass(frozen=True)
class RuleOutcome:
    """``reason``: why not applicable or not evaluated, or what a passed rule left out; else empty."""

    rule: str
    outcome: Outcome
    reason: Bilingual


@dataclass(frozen=True)
class Validation:
    """Every rule's outcome for one disclosure, and the findings of the failed ones, both in the order of rules."""

    disclosure: str
    document: str
    rules: RuleSet
    outcomes: tuple[RuleOutcome, ...]
    findings: tuple[Finding, ...]

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def conforms(self) -> bool:
        """Whether there is no violation; warnings and infos are allowed."""
        return self.count(Severity.VIOLATION) == 0
