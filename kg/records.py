"""What an extractor says of a document: frozen records, before anything is RDF.

Amounts are :class:`~decimal.Decimal` in 元; what was printed stays beside them. A blank cell has no record.
Row and column keys are those of the flat form (``docs/flat-form.md``): a code without separators, ``total``,
``income:general-budget``, ``expenditure:208``, ``vehicle-running``, ``item:NAME``.
"""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from kg.document import Span
from kg.statements import Statements


class Role(StrEnum):
    """What a figure is in its table; only leaves may be summed. A leaf is atomic in its row *and* its column."""

    LEAF = "leaf"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    OF_WHICH = "of-which"


class Placement(StrEnum):
    """How a figure came to stand in its column."""

    READ = "read"
    PLACED = "placed-by-arithmetic"
    AMBIGUOUS = "ambiguous"
    INCONSISTENT = "inconsistent-at-source"
    DOUBTFUL = "doubtful"


class DisclosureKind(StrEnum):
    """部门 (a department with its units) or 单位 (one budget unit)."""

    DEPARTMENT = "department"
    UNIT = "unit"


@dataclass(frozen=True)
class TableRow:
    """One printed row that carries a figure or a code.

    ``key`` is the row key, ``position`` its order in the table from 1, ``parent`` the position of the row it is part of
    (``None`` for the grand total and for rows outside any sum), ``detail`` a row below the keys of the flat form.
    ``code_printed`` has no separators and is empty where
    the row has none; ``code_official`` is our reading of it. ``project`` is the printed project or item name, or empty.
    """

    position: int
    key: str
    name: str
    role: Role
    span: Span
    code_printed: str = ""
    code_official: str = ""
    parent: int | None = None
    project: str = ""
    direction: str = ""
    detail: bool = False


@dataclass(frozen=True)
class Observation:
    """One printed figure. ``column`` is the column key, empty while ``placement`` leaves it open (see ``candidates``)."""

    row: int
    column: str
    table_column: int
    amount: Decimal
    printed: str
    role: Role
    placement: Placement
    span: Span
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class EmptyDeclaration:
    """A sentence that says a table is empty, in the table or in the narrative."""

    text: str
    span: Span


@dataclass(frozen=True)
class IssuerRow:
    """A row that carries the department's own name inside a table, with its figures by column key."""

    row: TableRow
    observations: tuple[Observation, ...]


@dataclass(frozen=True)
class Passage:
    """A place of the source that a rule must see: what it is ``about`` (:mod:`kg.extract.passages`), and its words where they matter."""

    about: str
    text: str
    span: Span


@dataclass(frozen=True)
class Table:
    """One table of the form, as printed.

    ``unit`` is the printed unit (empty when none is stated; ``unit_factor`` then follows the form pack), ``resolution``
    the finest printed step in 元 (u of the tolerance classes; :mod:`kg.extract.resolution`), ``blank_cells`` how many numeric cells are
    blank.
    ``missing_columns`` are keys of form columns that its header does not print, or not in their order (none unless ``header_read``:
    some layouts do not show which header stands over which column), ``unread`` cells of figure columns that hold digits and are no number.
    """

    kind: str
    title: str
    printed_number: str
    issuer: str
    unit: str
    unit_factor: Decimal
    resolution: Decimal
    span: Span
    rows: tuple[TableRow, ...]
    observations: tuple[Observation, ...]
    issuer_rows: tuple[IssuerRow, ...] = ()
    declarations: tuple[EmptyDeclaration, ...] = ()
    blank_cells: int = 0
    shifted: bool = False
    header_read: bool = True
    missing_columns: tuple[str, ...] = ()
    unread: tuple[Passage, ...] = ()


@dataclass(frozen=True)
class Project:
    """A project of the project table. ``names`` are the printed variants, the first one the table's own."""

    name: str
    names: tuple[str, ...]
    code: str
    amount: Decimal | None
    span: Span


@dataclass(frozen=True)
class PersonalDatum:
    """A contact's name or telephone number: for the restricted store only. ``label`` is the printed label beside it."""

    label: str
    text: str
    span: Span


@dataclass(frozen=True)
class Disclosure:
    """Everything one published document says, and how well it was understood.

    ``issuer`` is the department as printed, ``region`` its GB/T 2260 code or empty when unresolved, ``signed`` the date
    under the document or ``None``. ``expected`` lists the table kinds that the form asks of this document.
    ``parts`` are the parts of the form that its body has, ``contents`` whether it begins with a list of them.
    """

    document: str
    sha256: str
    pack: str
    issuer: str
    region: str
    fiscal_year: int
    kind: DisclosureKind
    phase: str
    title: str
    signed: datetime.date | None
    expected: tuple[str, ...]
    tables: tuple[Table, ...]
    projects: tuple[Project, ...] = ()
    personal: tuple[PersonalDatum, ...] = ()
    statements: Statements = field(default_factory=lambda: Statements("", 0))
    parts: tuple[str, ...] = ()
    contents: bool = False
    passages: tuple[Passage, ...] = ()

    def table(self, kind: str) -> Table | None:
        """The table of that kind, or ``None`` when the document has none."""
        return next((table for table in self.tables if table.kind == kind), None)
