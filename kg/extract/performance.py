"""Performance sheets: which rows and lines belong to each sheet, and what a target says."""
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kg.document import Cell, Document, Grid, Span
from kg.extract.narrative_records import number
from kg.extract.narrative_source import SHEET_SECTIONS, Section, Source
from kg.extract.projects import project_key, same_amount
from kg.forms.statements_schema import PerformanceForm, StatementsForm
from kg.statements import Amount, Indicator, PerformanceSheet, ProjectDescription

AMOUNTS = ("amount", "fiscal", "fiscal_upper", "fiscal_own", "other")
_FIGURE = re.compile(r"\d[\d,]{0,20}(?:\.\d{1,6})?")


@dataclass(frozen=True)
class ReadSheet:
    """A sheet with its indicators; ``goal`` and ``bases`` are where documents may be cited."""

    sheet: PerformanceSheet
    indicators: tuple[Indicator, ...]
    goal: tuple[Source, int, int] | None
    bases: tuple[tuple[Source, int, int], ...] = ()


@dataclass
class SheetPlace:
    """Where one sheet stands: its rows if the reader found cells, else the section of its lines."""

    scope: str
    title: str
    span: Span
    section: Section | None
    rows: list[tuple[Cell, ...]] = field(default_factory=list)


def sheet_places(source: Source, sections: Sequence[Section], form: PerformanceForm) -> list[SheetPlace]:
    """The sheets in the order of the source. A title may be a line or a cell; rows belong to the last title before them."""
    scopes = {key: scope for scope, key in SHEET_SECTIONS.items()}
    headings = [(source.span(section.heading, section.start), section) for section in sections]
    places: list[SheetPlace] = []
    current: SheetPlace | None = None
    waiting = 0
    for block in source.document.blocks:
        while waiting < len(headings) and headings[waiting][0].start <= block.span.start:
            span, section = headings[waiting]
            current = SheetPlace(scopes[section.key], section.title, span, section) if section.key in scopes else None
            places += [current] if current else []
            waiting += 1
        for row in block.rows if isinstance(block, Grid) else ():
            title = _title_in(source.document, row, form)
            if title is not None:
                current = title
                places.append(current)
            elif current is not None:
                current.rows.append(row)
    return places


def _title_in(document: Document, row: tuple[Cell, ...], form: PerformanceForm) -> SheetPlace | None:
    for cell in row:
        for scope, pattern in form.titles.items():
            text = Source.of_cells(document, [cell])
            if pattern.fullmatch(text.text):
                return SheetPlace(scope, text.verbatim(0, len(text.text)), cell.span, None)
    return None


@dataclass(frozen=True)
class Target:
    """What a sheet asks for: a comparison with a number, or neither."""

    operator: str
    value: Decimal | None
    unit: str


def plain(text: str) -> str:
    """Text without dollar signs around formulas."""
    return text.replace("$", "")


class TargetReader:
    """Reads targets by the comparators of a form."""

    def __init__(self, form: PerformanceForm) -> None:
        self._form = form
        pairs = [(word, operator) for operator, words in form.comparators.items() for word in words]
        self._comparators = sorted(pairs, key=lambda pair: len(pair[0]), reverse=True)

    @property
    def words(self) -> list[str]:
        """The printed comparators, longest first."""
        return [word for word, _ in self._comparators]

    def read(self, printed: str, name: str) -> Target:
        """The target of a cell (unified, without white space); a unit may stand in the indicator's ``name`` alone."""
        text = plain(printed)
        operator = ""
        for word, meaning in self._comparators:
            if text.startswith(word):
                operator, text = meaning, text[len(word) :]
                break
        match = None if self._form.date.fullmatch(text) else self._form.value.fullmatch(text)
        if match is None:
            return Target(operator, None, "")
        unit = match["unit"] or ""
        if not unit and (named := list(self._form.name_unit.finditer(name))):
            unit = named[-1]["unit"]
        return Target(operator, number(match["value"]), unit)


@dataclass
class Levels:
    """Carries the levels down over empty cells."""

    form: PerformanceForm
    level1: str = ""
    level2: str = ""

    def take(self, level1: str, level2: str) -> None:
        """Take the printed levels of a row; an inherited level 1 that cannot hold the level 2 is none."""
        if level1:
            self.level1, self.level2 = level1, level2
        elif level2 and level2 != self.level2:
            allowed = self.form.levels.get(self.level1, ())
            self.level2 = level2
            if allowed and level2 not in allowed:
                self.level1 = ""

    @property
    def known(self) -> frozenset[str]:
        """Every name of a level 2."""
        return frozenset(name for names in self.form.levels.values() for name in names)


def sheet_amount(printed: str, unit: str, units: dict[str, int]) -> Amount | None:
    """The money of a sheet's head, printed in its unit; ``None`` for anything but one number."""
    match = _FIGURE.fullmatch(printed)
    return Amount(number(printed) * units[unit], printed) if match else None


def matched_sheets(
    sheets: Sequence[PerformanceSheet], projects: Sequence[ProjectDescription], form: StatementsForm
) -> Iterator[PerformanceSheet]:
    """The sheets with the project each belongs to: by name, else by an amount that only one of the others has."""
    keys = [project_key(project.name, form.narrative) for project in projects]
    taken: set[int] = set()
    matched: dict[int, tuple[int, str]] = {}
    for index, sheet in enumerate(sheets):
        key = project_key(sheet.project, form.narrative)
        named = [at for at, other in enumerate(keys) if key and other and (key in other or other in key)]
        if sheet.scope == "project" and len(named) == 1:
            matched[index] = (named[0], "name")
            taken.add(named[0])
    for index, sheet in enumerate(sheets):
        if sheet.scope != "project" or index in matched or sheet.amount is None:
            continue
        equal = [
            at for at, project in enumerate(projects)
            if at not in taken and project.amount and same_amount(project.amount.value, sheet.amount.value)
        ]  # fmt: skip
        if len(equal) == 1:
            matched[index] = (equal[0], "amount")
            taken.add(equal[0])
    for index, sheet in enumerate(sheets):
        at, how = matched.get(index, (None, ""))
        yield replace(sheet, described=at, matched_by=how)
