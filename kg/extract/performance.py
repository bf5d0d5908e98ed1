"""Performance sheets: which rows and lines belong to each sheet, what a target says, and whose sheet it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kg.amounts import parse_number
from kg.document import Cell, Document, Grid, Span
from kg.extract.locate import label_key
from kg.extract.narrative_source import SHEET_SECTIONS, Section, Source
from kg.extract.narrative_values import number
from kg.extract.projects import joining_key
from kg.forms.statements_schema import PerformanceForm, StatementsForm
from kg.iri import normal
from kg.statements import Amount, Indicator, PerformanceSheet, ProjectDescription

#: The parts of a head that are money.
AMOUNTS = ("amount", "fiscal", "fiscal_upper", "fiscal_own", "other")

# Sheets print amounts with two or three decimals, the prose with two: the same money up to half of its last digit.
_SAME_AMOUNT = Decimal(50)


@dataclass(frozen=True)
class Passage:
    """A range of a text in which documents may be cited."""

    source: Source
    start: int
    end: int


@dataclass(frozen=True)
class ReadSheet:
    """A sheet with its indicators; its goal and the bases of its indicators may cite documents."""

    sheet: PerformanceSheet
    indicators: tuple[Indicator, ...]
    goal: Passage | None
    bases: tuple[Passage, ...] = ()


@dataclass
class SheetPlace:
    """Where one sheet stands: its rows if the reader found cells, else the section of its lines."""

    scope: str
    title: str
    span: Span
    section: Section | None
    rows: list[tuple[Cell, ...]] = field(default_factory=list)


def sheet_places(source: Source, sections: Sequence[Section], form: PerformanceForm) -> list[SheetPlace]:
    """The sheets in the order of the source. A title may be a line or a cell; rows belong to the last title before."""
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
            titled = _title_in(source.document, row, form)
            if titled is not None:
                current = titled
                places.append(current)
            elif current is not None:
                current.rows.append(row)
    return places


def _title_in(document: Document, row: tuple[Cell, ...], form: PerformanceForm) -> SheetPlace | None:
    for cell in row:
        for scope, pattern in form.titles.items():
            if pattern.fullmatch(label_key(cell.text)):
                text = Source.of_cells(document, [cell])
                return SheetPlace(scope, text.verbatim(0, len(text.text)), cell.span, None)
    return None


@dataclass(frozen=True)
class Target:
    """What a sheet asks for: a comparison with a number, or neither. ``printed`` has formula marks written out."""

    printed: str
    operator: str
    value: Decimal | None
    unit: str


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

    def read(self, printed: str, plain: str, name: str) -> Target:
        r"""The target of a cell; ``plain`` is its text in one width, ``printed`` as it stands, without white space.

        Converters may write a comparator as a formula (``$\geq 148755$``). A unit may stand in the indicator's ``name``
        alone.
        """
        printed, text = self._without_formula(printed), self._without_formula(plain)
        operator = ""
        for word, meaning in self._comparators:
            if text.startswith(word):
                operator, text = meaning, text[len(word) :]
                break
        match = None if self._form.date.fullmatch(text) else self._form.value.fullmatch(text)
        if match is None:
            return Target(printed, operator, None, "")
        unit = match["unit"] or ""
        if not unit and (named := list(self._form.name_unit.finditer(name))):
            unit = named[-1]["unit"]
        return Target(printed, operator, number(match["value"]), unit)

    def _without_formula(self, text: str) -> str:
        if "$" in text:
            for word, operator in self._comparators:
                if word.startswith("\\"):
                    text = text.replace(word, operator)
        return text.replace("$", "")


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


def sheet_amount(printed: str, unit: str, units: Mapping[str, int]) -> Amount | None:
    """The money of a sheet's head, printed in its unit; ``None`` for anything but one number."""
    value = parse_number(printed)
    return None if value is None else Amount(value * units[unit], printed)


def matched_sheets(
    sheets: Sequence[PerformanceSheet], projects: Sequence[ProjectDescription], form: StatementsForm
) -> Iterator[PerformanceSheet]:
    """The sheets with the project each belongs to: by its whole name, by what is particular in it (last year's money may
    have a sheet of its own), else by an amount that only one of the others has."""
    keys = [joining_key(project.name, form.narrative) for project in projects]
    matched: dict[int, tuple[int, str]] = {}
    waiting = [index for index, sheet in enumerate(sheets) if sheet.scope == "project"]
    for index in waiting:
        named = [at for at, project in enumerate(projects) if normal(project.name) == normal(sheets[index].project)]
        if len(named) == 1:
            matched[index] = (named[0], "name")
    taken = {at for at, _ in matched.values()}
    for index in (one for one in waiting if one not in matched):
        key = joining_key(sheets[index].project, form.narrative)
        named = [at for at, other in enumerate(keys) if key and other and at not in taken and (key in other or other in key)]
        if len(named) == 1:
            matched[index] = (named[0], "name")
    for index in waiting:
        free = set(range(len(projects))) - {at for at, _ in matched.values()}
        equal = [at for at in sorted(free) if _same_amount(projects[at].amount, sheets[index].amount)]
        if index not in matched and len(equal) == 1:
            matched[index] = (equal[0], "amount")
    for index, sheet in enumerate(sheets):
        at, how = matched.get(index, (None, ""))
        yield replace(sheet, described=at, matched_by=how, missing=_missing(sheet, form.performance))


def _missing(sheet: PerformanceSheet, form: PerformanceForm) -> tuple[str, ...]:
    """The prescribed columns that a header lacks; of a header that was not found nothing is known."""
    printed = [label_key(label) for label in sheet.columns]
    prescribed = next((names for scope, names in form.columns.items() if printed and scope == sheet.scope), {})
    return tuple(name for key, name in prescribed.items() if not any(form.header[key].fullmatch(label) for label in printed))


def _same_amount(one: Amount | None, other: Amount | None) -> bool:
    return one is not None and other is not None and abs(one.value - other.value) <= _SAME_AMOUNT
