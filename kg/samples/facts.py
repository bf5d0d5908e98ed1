"""What a disclosure states, before it is set in any layout: the complete ground truth of a sample.

Tables and prose are stated independently, because real publishers print one fact in several places and get one of
them wrong: nothing here is derived from anything else, and a planted fault is one changed value. Amounts are
:class:`~decimal.Decimal` in 元. Row and column keys are those of the flat form (``docs/flat-form.md``). A blank cell is
absent from ``cells``; a printed zero is there.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from kg.records import DisclosureKind
from kg.samples.statements import CarryOver, Narrative, OtherMatters, Yuan

Dated = Annotated[datetime.date, "YYYY-MM-DD"]


class FormVariant(StrEnum):
    """The 2026 forms of counties and cities add a table of entrusted services and call the last one 情况表."""

    ELEVEN = "eleven-tables"
    TWELVE = "twelve-tables"


@dataclass(frozen=True)
class Staffing:
    """Posts and people. ``*_change`` are against the year before, negative for fewer; ``veterans`` are 离休 cadres."""

    authorised: int
    actual: int
    in_post: int
    retired: int
    veterans: int
    in_post_change: int = 0
    retired_change: int = 0
    veterans_change: int = 0


@dataclass(frozen=True)
class Overview:
    """Part one. Without ``subordinate_units`` the text says that there are none.

    ``managed`` are 事业单位 without a budget of their own; ``office_word`` is what the publisher calls its offices.
    """

    duties: tuple[str, ...]
    subordinate_units: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    office_word: str = "科室"
    managed: tuple[str, ...] = ()
    staffing: Staffing | None = None


@dataclass(frozen=True, kw_only=True)
class SampleRow:
    """One printed row. ``name`` may be empty where the form itself names the row.

    ``key`` is the code (completed where a level is missing), ``total``, ``issuer`` (a row that carries the department's
    name), ``item:NAME`` or a row key of a summary; ``code`` is the printed code where it differs from the key.
    """

    key: str
    name: str = ""
    code: str = ""
    project: str = ""
    cells: Mapping[str, Yuan]


@dataclass(frozen=True)
class SampleTable:
    """One table of part two, rows in printed order; where the total stands is the layout's choice.

    ``declared_empty`` prints the note that the table is empty. ``issuer`` differs from the disclosure's only by
    mistake; an empty text leaves the line out. ``unit`` likewise.
    """

    kind: str
    rows: tuple[SampleRow, ...] = ()
    declared_empty: bool = False
    issuer: str | None = None
    unit: str = "万元"

    def row(self, key: str, project: str = "") -> SampleRow | None:
        """The first row of that key (and project), or ``None``."""
        return next((row for row in self.rows if row.key == key and project in ("", row.project)), None)

    def amount(self, key: str, column: str) -> Decimal | None:
        """The figure in that row and column, ``None`` when the cell is blank or the row is not there."""
        row = self.row(key)
        return None if row is None else row.cells.get(column)


@dataclass(frozen=True)
class PolicyDocument:
    """A document a project rests on. ``printed`` is its number as printed; empty for a law, which has a title only."""

    title: str = ""
    printed: str = ""
    issuer: str = ""
    year: int | None = None
    number: str = ""


@dataclass(frozen=True)
class AllocationPart:
    """What a part of a project's money is for."""

    name: str
    amount: Yuan


@dataclass(frozen=True)
class Subsidy:
    """The block that projects paying out to people add.

    ``standard`` is in ``standard_unit`` (元 or 万元) a head, and a year where ``yearly``.
    """

    source: str
    headcount: int
    standard: Decimal
    standard_unit: str
    yearly: bool
    scope: str
    method: str
    procedure: str
    benefit: str


@dataclass(frozen=True)
class SampleProject:
    """A project paragraph of the narrative.

    ``basis`` is what the publisher says beside or instead of documents. ``allocation_total`` is the closing 共计, where
    one is printed; ``fiscal`` and ``other`` are the split by funds where one is. Without parts the allocation is told
    as headcount × standard of ``subsidy``.
    """

    name: str
    amount: Yuan
    undertaker: str
    start: Dated
    end: Dated
    policies: tuple[PolicyDocument, ...] = ()
    basis: str = ""
    allocation: tuple[AllocationPart, ...] = ()
    allocation_total: Yuan | None = None
    fiscal: Yuan | None = None
    other: Yuan | None = None
    subsidy: Subsidy | None = None


class SheetScope(StrEnum):
    """A performance sheet covers the whole department or one project."""

    WHOLE = "whole"
    PROJECT = "project"


@dataclass(frozen=True)
class Indicator:
    """One row of a performance sheet. ``target`` and ``last`` are printed text, operator and unit included.

    An empty level prints a blank cell, which readers take for the level above it carried down.
    """

    level1: str
    level2: str
    level3: str
    target: str
    weight: Decimal
    basis: str = ""
    last: str = ""
    scoring: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class PerformanceSheet:
    """``funds`` are ``upper own other`` (and ``total``, if printed) of a whole sheet, ``total fiscal other`` of others.

    ``project`` is the name as this sheet prints it, which is not always the name in the tables.
    """

    scope: SheetScope
    funds: Mapping[str, Yuan]
    goal: str
    indicators: tuple[Indicator, ...]
    project: str = ""


class Printed(StrEnum):
    """What can be misprinted: a heading, paragraph or entry of the contents; a label in the head of a table; a cell."""

    TEXT = "text"
    HEAD = "head"
    CELL = "cell"


@dataclass(frozen=True)
class Misprint:
    """A text of the form that is printed otherwise, wherever it is set.

    Of the ``part``s under the heading ``under`` (empty: under any) that read ``text``, the one after ``skip`` others reads
    ``instead``; where that is empty, a text is left out and a label or cell is blank.
    """

    text: str
    instead: str = ""
    part: Printed = Printed.TEXT
    under: str = ""
    skip: int = 0


@dataclass(frozen=True)
class SampleDisclosure:
    """One published document. ``layout`` names the house style in which it is set by default, ``misprints`` faults of wording."""

    issuer: str
    region: str
    fiscal_year: int
    kind: DisclosureKind
    signed: Dated
    variant: FormVariant
    layout: str
    overview: Overview
    tables: tuple[SampleTable, ...]
    narrative: Narrative
    projects: tuple[SampleProject, ...]
    carry_over: CarryOver | None
    other_matters: OtherMatters
    sheets: tuple[PerformanceSheet, ...]
    misprints: tuple[Misprint, ...] = ()

    def table(self, kind: str) -> SampleTable | None:
        """The table of that kind, or ``None`` when the document lacks it."""
        return next((table for table in self.tables if table.kind == kind), None)
