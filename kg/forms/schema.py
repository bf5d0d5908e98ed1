"""What a form pack may say, checked at load. ``docs/form-packs.md`` explains each field with examples."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kg.records import Role

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9:-]*$")]
RuleId = Annotated[str, Field(pattern=r"^[A-Z0-9]+-[0-9]{3}$")]
Dimension = Literal["fund-source", "expenditure-type", "economic", "line-item"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Model):
    """A column of figures. ``labels`` are its leaf header texts; ``concepts`` name its code per dimension.

    ``optional``: some printings of the form leave the column out.
    """

    key: Key
    labels: tuple[str, ...] = Field(min_length=1)
    role: Role = Role.LEAF
    concepts: dict[Dimension, str] = {}
    optional: bool = False


class Identity(_Model):
    """Within a row: the column ``total`` is the sum of ``parts``."""

    total: Key
    parts: tuple[Key, ...] = Field(min_length=1)


class LabelRow(_Model):
    """A row that the form names. ``parent`` is the key of the row it is part of; ``detail``: below the flat form's keys."""

    key: Key
    labels: tuple[str, ...] = Field(min_length=1)
    role: Role = Role.LEAF
    parent: Key | None = None
    detail: bool = False


class CrossFact(_Model):
    """The grand total row's figure in ``column`` is also printed in another place: ``table``, ``row``, ``at``.

    ``soft``: true as a rule only, so it settles columns where nothing else does and never counts against what was read.
    """

    column: Key
    table: Key
    row: Key
    at: Key = "total"
    soft: bool = False


class Place(_Model):
    """A cell of another table; without ``row`` the row of the same key."""

    table: Key
    row: Key | None = None
    at: Key


class Bound(_Model):
    """In every row, the figures of ``columns`` together are at most what ``place`` prints, less what ``less`` prints."""

    columns: tuple[Key, ...] = Field(min_length=1)
    place: Place
    less: Place | None = None


class Panel(_Model):
    """One block of rows with its columns; a table has one, a two-sided table has two beside each other.

    ``rows`` says how a row is known: ``labels`` (the form names them), ``codes`` (a classification code stands before the
    name), ``names`` (the name of a class stands without its code), ``items`` (free names), ``columns`` (the form's rows are
    printed side by side: ``labels`` are header texts, the one column of figures is ``columns[0]``). ``digits`` are the
    lengths of the code parts. ``projects``: a project name column follows the name. ``prefix`` stands before the row keys
    of a two-sided table. ``names_from`` is the table of the same document that gives names their codes before the list does.
    """

    rows: Literal["labels", "codes", "names", "items", "columns"]
    columns: tuple[Column, ...] = Field(min_length=1)
    scheme: Literal["functional", "economic"] | None = None
    digits: tuple[int, ...] = ()
    projects: bool = False
    prefix: str = ""
    direction: Literal["", "income", "expenditure"] = ""
    labels: tuple[LabelRow, ...] = ()
    total_labels: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()
    cross: tuple[CrossFact, ...] = ()
    bounds: tuple[Bound, ...] = ()
    names_from: Key | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        keys = {column.key for column in self.columns}
        for identity in self.identities:
            unknown = {identity.total, *identity.parts} - keys
            if unknown:
                raise ValueError(f"identity of {identity.total} names unknown columns {sorted(unknown)}")
        for fact in self.cross:
            if fact.column not in keys:
                raise ValueError(f"cross fact names unknown column {fact.column}")
        for bound in self.bounds:
            if not set(bound.columns) <= keys:
                raise ValueError(f"bound names unknown columns {sorted(set(bound.columns) - keys)}")
        if self.rows in ("codes", "names") and not (self.scheme and self.digits):
            raise ValueError(f"rows by {self.rows} need a scheme and digits")
        if self.rows in ("labels", "columns") and not self.labels:
            raise ValueError(f"rows by {self.rows} need labels")
        if self.rows == "columns" and len(self.columns) != 1:
            raise ValueError("rows by columns have one column of figures")
        known = {row.key for row in self.labels}
        for row in self.labels:
            if row.parent is not None and row.parent not in known:
                raise ValueError(f"row {row.key} names an unknown parent {row.parent}")
        return self

    def reads(self) -> set[str]:
        """The tables that its cross facts, bounds and names read."""
        places = [place for bound in self.bounds for place in (bound.place, bound.less) if place]
        return {fact.table for fact in self.cross} | {place.table for place in places} | ({self.names_from} if self.names_from else set())

    @property
    def total_key(self) -> str:
        """The row key of the grand total of rows by codes or items."""
        return f"{self.prefix}total"


class TableForm(_Model):
    """A table of the form. ``headings`` are header texts that are no leaf column; ``expected`` when the form asks for it;
    ``default_unit`` where the table counts in another unit than the form and may not say so."""

    kind: Key
    titles: tuple[str, ...] = Field(min_length=1)
    panels: tuple[Panel, ...] = Field(min_length=1, max_length=2)
    headings: tuple[str, ...] = ()
    expected: Literal["always", "when-listed"] = "always"
    may_be_empty: bool = False
    leaf_view: Literal["expenditure", "funds", "economic"] | None = None
    default_unit: str | None = None


class Headline(_Model):
    """A key figure of a disclosure: the ontology property, and the cell that states it."""

    figure: str
    table: Key
    row: Key
    column: Key


class Label(_Model):
    zh: str
    en: str


class Pack(_Model):
    """A family of documents: its jurisdiction (GB/T 2260 prefix), years, words and tables.

    ``exempt_rules`` do not apply to the family, ``mild_rules`` find at most what is worth knowing in it (ids of ``docs/rules.md``).
    """

    id: Key
    label: Label
    jurisdiction: str
    phase: Literal["budget", "final-accounts"]
    years: tuple[int, ...] = Field(min_length=1)
    units: dict[str, Decimal]
    default_unit: str
    issuer_labels: dict[str, Literal["department", "unit"]]
    kind_words: dict[Literal["department", "unit"], str]
    empty_phrases: tuple[str, ...]
    part_heading: str
    title_words: tuple[str, ...] = ()
    year_phrases: tuple[str, ...] = ()
    signed: bool = True
    headlines: tuple[Headline, ...] = ()
    exempt_rules: tuple[RuleId, ...] = ()
    mild_rules: tuple[RuleId, ...] = ()
    tables: tuple[TableForm, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.default_unit not in self.units:
            raise ValueError(f"the default unit {self.default_unit} is not among the units")
        for table in self.tables:
            if table.default_unit is not None and table.default_unit not in self.units:
                raise ValueError(f"{table.kind}: the default unit {table.default_unit} is not among the units")
        kinds = [table.kind for table in self.tables]
        if len(kinds) != len(set(kinds)):
            raise ValueError("two tables of one kind")
        for table in self.tables:
            for panel in table.panels:
                unknown = panel.reads() - set(kinds)
                if unknown:
                    raise ValueError(f"{table.kind}: cross facts or bounds name unknown tables {sorted(unknown)}")
        for headline in self.headlines:
            if headline.table not in kinds:
                raise ValueError(f"headline {headline.figure} names an unknown table {headline.table}")
        return self

    def reading_order(self) -> tuple[str, ...]:
        """The table kinds so that each comes after those it reads; where these run in a circle, in the pack's order."""
        needs = {table.kind: set().union(*(panel.reads() for panel in table.panels)) - {table.kind} for table in self.tables}
        order: list[str] = []
        while len(order) < len(needs):
            waiting = [kind for kind in needs if kind not in order]
            order.append(next((kind for kind in waiting if needs[kind] <= set(order)), waiting[0]))
        return tuple(order)

    def form(self, kind: str) -> TableForm:
        """The table form of that kind. Raises ``KeyError`` when the pack has none."""
        for table in self.tables:
            if table.kind == kind:
                return table
        raise KeyError(kind)
