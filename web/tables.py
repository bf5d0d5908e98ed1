"""A printed table as a page shows it: rows in order, columns in printed order, each figure with its place."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from web.figures import decimals
from web.site import Row, View

COLUMN_ORDER = (
    "total",
    "basic",
    "staff",
    "running",
    "project",
    "fiscal-subtotal",
    "general-budget",
    "general-budget-transfer",
    "government-fund",
    "government-fund-transfer",
    "state-capital",
    "state-capital-transfer",
    "fiscal-special-account",
    "own-funds",
    "fiscal-carry-over",
    "fiscal-staff",
    "fiscal-running",
    "fiscal-project",
    "non-fiscal-carry-over",
    "non-fiscal-subtotal",
    "non-fiscal-staff",
    "non-fiscal-running",
    "non-fiscal-project",
)
"""Column keys in the order in which the forms print them; other keys follow in their own order."""

UNPLACED = ""
"""The column of figures whose column the source does not settle."""


@dataclass(frozen=True)
class Figure:
    """One printed figure. ``start`` and ``end`` are its place in the source text, ``None`` when unknown.

    ``project`` and ``project_name`` are the project of its row, empty where it has none.
    """

    iri: str
    row: str
    column: str
    printed: str
    project: str
    project_name: str
    placement: str
    start: int | None
    end: int | None

    @property
    def moved(self) -> bool:
        """Whether arithmetic put it into its column."""
        return self.placement == "placed-by-arithmetic"

    @property
    def doubtful(self) -> bool:
        """Whether it was recognised in a scan without certainty, or breaks a sum there."""
        return self.placement == "doubtful"


@dataclass(frozen=True)
class PrintedRow:
    """One row. ``depth`` counts from the class level: 0, 1, 2; ``side`` is ``income`` or ``expenditure`` in a summary."""

    iri: str
    position: int
    label: str
    code: str
    official: str
    role: str
    side: str
    depth: int
    line: int
    figures: tuple[Figure, ...]

    @property
    def project(self) -> Figure | None:
        """A figure that names the row's project, ``None`` when the row has none or is called by the project's own name."""
        named = next((figure for figure in self.figures if figure.project), None)
        return named if named and named.project_name != self.label else None

    def in_column(self, column: str) -> list[Figure]:
        return [figure for figure in self.figures if figure.column == column]


@dataclass(frozen=True)
class PrintedTable:
    """A table with its head. ``unit`` is empty when none is printed."""

    iri: str
    disclosure: str
    sha256: str
    kind: str
    title: str
    number: str
    issuer: str
    unit: str
    figure_count: int
    blank_cells: int
    line: int
    rows: tuple[PrintedRow, ...]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that have a figure, in printed order."""
        keys = {figure.column for row in self.rows for figure in row.figures}
        return tuple(sorted(keys, key=_column_rank))

    @cached_property
    def places(self) -> int:
        """The most decimals that a figure of the table has."""
        return max((decimals(figure.printed) for row in self.rows for figure in row.figures), default=0)

    def count(self, placement: str) -> int:
        return sum(figure.placement == placement for row in self.rows for figure in row.figures)

    def around(self, row: str, neighbours: int = 2) -> "PrintedTable":
        """The same table cut down to a row and the rows beside it."""
        index = next((index for index, candidate in enumerate(self.rows) if candidate.iri == row), 0)
        return replace(self, rows=self.rows[max(0, index - neighbours) : index + neighbours + 1])


def _column_rank(column: str) -> tuple[int, str]:
    if column == UNPLACED:
        return (len(COLUMN_ORDER) + 1, "")
    return (COLUMN_ORDER.index(column), "") if column in COLUMN_ORDER else (len(COLUMN_ORDER), column)


def read_table(view: View, iri: str) -> PrintedTable | None:
    """A table of the graph, or ``None`` when there is none under that IRI."""
    head = next(view.rows("table", table=iri), None)
    if head is None:
        return None
    figures: dict[str, list[Figure]] = {}
    for row in view.rows("table-cells", table=iri):
        figure = _figure(row)
        figures.setdefault(figure.row, []).append(figure)
    return PrintedTable(
        iri=iri,
        disclosure=head.text("disclosure"),
        sha256=head.text("sha256"),
        kind=head.text("kind"),
        title=head.text("title"),
        number=head.text("number"),
        issuer=head.text("issuer"),
        unit=head.text("unit"),
        figure_count=head.integer("figures"),
        blank_cells=head.integer("blanks"),
        line=head.integer("line"),
        rows=tuple(_rows(list(view.rows("table-rows", table=iri)), figures)),
    )


def _figure(row: Row) -> Figure:
    placement = row.text("placement").rsplit("/", 1)[-1]
    has_place = bool(row.text("start") and row.text("end"))
    return Figure(
        iri=row.text("cell"),
        row=row.text("row"),
        column=row.text("column") or UNPLACED,
        printed=row.text("printed"),
        project=row.text("project"),
        project_name=row.text("projectName"),
        placement=placement or "read",
        start=row.integer("start") if has_place else None,
        end=row.integer("end") if has_place else None,
    )


def _rows(rows: list[Row], figures: dict[str, list[Figure]]) -> Iterable[PrintedRow]:
    parents = {row.text("row"): row.text("parent") for row in rows}
    totals = {row.text("row") for row in rows if row.text("role").endswith("/total")}
    for row in rows:
        iri = row.text("row")
        key = row.text("key")
        side = key.partition(":")[0]
        yield PrintedRow(
            iri=iri,
            position=row.integer("position"),
            label=row.text("label"),
            code=row.text("code"),
            official=row.text("official"),
            role=row.text("role").rsplit("/", 1)[-1],
            side=side if side in ("income", "expenditure") else "",
            depth=_depth(iri, parents, totals),
            line=row.integer("line"),
            figures=tuple(figures.get(iri, ())),
        )


def _depth(row: str, parents: dict[str, str], totals: set[str]) -> int:
    """How many rows other than a grand total a row is part of."""
    seen = {row}
    depth = 0
    parent = parents.get(row, "")
    while parent and parent not in seen:
        seen.add(parent)
        depth += parent not in totals
        parent = parents.get(parent, "")
    return depth
