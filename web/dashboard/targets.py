"""The projects of a disclosure with their amounts, what they are based on, and their performance sheets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from web.dashboard.flow import Use
from web.dashboard.money import Entry, Money, of_table
from web.site import Row, View

Span = tuple[int, int] | None


@dataclass(frozen=True)
class Target:
    """A target as it is printed; ``weight`` is ``None`` where it has none."""

    iri: str
    label: str
    printed: str
    weight: Decimal | None
    start: int


@dataclass
class Sheet:
    """A performance sheet; ``project`` is empty on the sheet of the whole department."""

    iri: str
    project: str
    name: str
    amount: Decimal | None
    goal: str
    span: Span
    targets: list[Target] = field(default_factory=list)

    @property
    def weights(self) -> Decimal | None:
        """The sum of the weights, ``None`` when none is printed."""
        held = [target.weight for target in self.targets if target.weight is not None]
        return sum(held, Decimal(0)) if held else None


@dataclass
class Project:
    """A project of the year. ``entry`` is its amount with the cell or the statement that tells it; ``None``: none is told."""

    iri: str
    name: str
    entry: Entry | None
    span: Span
    policies: list[str] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)


def read_sheets(data: View, disclosure: str) -> list[Sheet]:
    """All sheets in printed order, their targets in printed order."""
    found: dict[str, Sheet] = {}
    for row in data.rows("sheets", disclosure=disclosure):
        iri = row.text("sheet")
        found.setdefault(iri, Sheet(iri, row.text("project"), row.text("name"), row.number("amount"), row.text("goal"), span_of(row)))
    seen: set[str] = set()
    for row in data.rows("targets", disclosure=disclosure):
        iri = row.text("target")
        if iri not in seen:
            seen.add(iri)
            target = Target(iri, row.text("label"), row.text("printed"), row.number("weight"), row.integer("start"))
            found[row.text("sheet")].targets.append(target)
    for sheet in found.values():
        sheet.targets.sort(key=lambda target: target.start)
    return sorted(found.values(), key=lambda sheet: (sheet.span or (0, 0), sheet.iri))


def span_of(row: Row) -> Span:
    """The place of a statement in the source, ``None`` where it is not known."""
    return (row.integer("start"), row.integer("end")) if row.text("start") and row.text("end") else None


def read_projects(data: View, disclosure: str, money: Sequence[Money], sheets: Sequence[Sheet]) -> list[Project]:
    """The projects, the largest first. The amount is that of the project table, else of the carry-over table, else what the text
    or the sheet tells."""
    printed = _printed(money)
    found: dict[str, Project] = {}
    for row in data.rows("project-years", disclosure=disclosure):
        iri = row.text("project")
        if iri not in found:
            own = [sheet for sheet in sheets if sheet.project == iri]
            told = row.number("amount") or row.number("described")
            on_sheet = next((sheet for sheet in own if sheet.amount is not None), None)
            entry = printed.get(iri)
            if entry is None and told is not None:
                entry = Entry(told, iri)
            if entry is None and on_sheet is not None and on_sheet.amount is not None:
                entry = Entry(on_sheet.amount, on_sheet.iri)
            found[iri] = Project(iri, row.text("name"), entry, span_of(row), sheets=own)
        policy = row.text("policy")
        if policy and policy not in found[iri].policies:
            found[iri].policies.append(policy)
    return sorted(found.values(), key=lambda project: (-(project.entry.amount if project.entry else 0), project.name, project.iri))


def _printed(money: Sequence[Money]) -> dict[str, Entry]:
    """Project → what the project table prints of it in all, else the carry-over table."""
    found: dict[str, Entry] = {}
    for kind in ("general-budget-projects", "carry-over"):
        held: dict[str, list[Money]] = {}
        for entry in of_table(money, kind):
            if entry.project and entry.column == "total":
                held.setdefault(entry.project, []).append(entry)
        for project, entries in held.items():
            amount = sum((entry.amount for entry in entries), Decimal(0))
            found.setdefault(project, Entry(amount, entries[0].cell if len(entries) == 1 else ""))
    return found


def uses_of(projects: Sequence[Project]) -> list[Use]:
    """What the projects use, for the flow."""
    return [Use(project.iri, project.entry) for project in projects if project.entry is not None]
