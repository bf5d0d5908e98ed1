"""Rows as a reader's layout gives them, before codes are completed and columns are settled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kg.document import Span
from kg.records import Passage


@dataclass(frozen=True)
class Value:
    """A printed figure: ``amount`` in the printed unit, ``column`` the form column its position says (``None``: no position)."""

    printed: str
    amount: Decimal
    span: Span
    physical: int
    column: int | None


@dataclass(frozen=True)
class Draft:
    """One printed row of a panel. ``fragment`` counts the pieces of the table (page breaks start a new one)."""

    fragment: int
    label: str
    codes: tuple[str, ...]
    project: str
    values: tuple[Value, ...]
    blanks: int
    span: Span


@dataclass(frozen=True)
class PanelDrafts:
    """The rows of one panel; ``positioned`` says whether the layout told columns, ``widths`` how wide header labels are wrapped
    (characters, by form column; empty where the header does not show it). ``missing_columns`` are keys that a header lacks,
    ``unread`` cells of figure columns that hold digits and are no number; ``absent`` are optional columns that the header of bare
    text does not name."""

    rows: tuple[Draft, ...]
    positioned: bool
    widths: Mapping[int, int] = field(default_factory=dict)
    missing_columns: tuple[str, ...] = ()
    unread: tuple[Passage, ...] = ()
    absent: frozenset[int] = frozenset()
