"""Everything that the prose and the performance sheets of a document say."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kg.document import Document
from kg.extract.narrative_records import RecordBuilder
from kg.extract.narrative_source import Section, Source, sections_of
from kg.extract.narrative_templates import find_statements
from kg.extract.narrative_texts import duties, glossary, notes
from kg.extract.performance import Passage, ReadSheet, matched_sheets, sheet_places
from kg.extract.performance_grid import GridSheetReader
from kg.extract.performance_raw import RawSheetReader
from kg.extract.policy import CitationReader, Place, unique
from kg.extract.projects import ProjectBlock, ProjectReader
from kg.extract.retold import with_retold
from kg.forms.statements_schema import StatementsForm
from kg.records import PersonalDatum
from kg.statements import (
    CarryOverItem,
    Change,
    Declaration,
    Duty,
    Figure,
    GlossaryTerm,
    Heading,
    NamedList,
    NarrativeItem,
    Note,
    Office,
    PerformanceSheet,
    PolicyCitation,
    ProjectDescription,
    Share,
    Statements,
    Use,
)

_HAN = "[\u3400-\u9fff]"
_SHORT_NAME = 2
_MAX_SHEETS = 500


def extract_statements(document: Document, form: StatementsForm, personal: tuple[PersonalDatum, ...]) -> Statements:
    """Read a document by a form; texts that hold ``personal`` data lose it.

    Codes are left empty: :func:`kg.extract.narrative_codes.with_codes` resolves them.
    """
    source = Source.of_document(document)
    sections = sections_of(source, form)
    reading = _Reading(source, sections, form, _fiscal_year(sections))
    reading.read()
    return _without_personal(reading.statements(), personal)


def _fiscal_year(sections: Sequence[Section]) -> int:
    """The year that most headings name; 0 when none does."""
    years = Counter(section.year for section in sections if section.year)
    return years.most_common(1)[0][0] if years else 0


@dataclass
class _Reading:
    """One pass over the sections of a document."""

    source: Source
    sections: Sequence[Section]
    form: StatementsForm
    fiscal_year: int
    blocks: list[ProjectBlock] = field(default_factory=list)
    sheets: list[ReadSheet] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    glossary: list[GlossaryTerm] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.builder = RecordBuilder(self.form.narrative, self.fiscal_year)

    def read(self) -> None:
        """Read section by section, then the performance sheets."""
        narrative = self.form.narrative
        projects = ProjectReader(narrative)
        for section in self.sections:
            if section.start >= section.end:
                continue
            found = find_statements(self.source, section.start, section.end, section.key, narrative)
            if not section.key.startswith("sheet-"):
                self.builder.add(section.key, found)
            if section.key == "projects":
                self.blocks += projects.read(self.source, section)
            elif section.key == "duties":
                self.duties += duties(self.source, section, narrative.texts)
            elif section.key == "glossary":
                self.glossary += glossary(self.source, section, narrative.texts)
            elif section.key == "notes":
                self.notes += notes(self.source, section)
        self._read_sheets()

    def _read_sheets(self) -> None:
        grid, raw = GridSheetReader(self.form), RawSheetReader(self.form)
        for place in sheet_places(self.source, self.sections, self.form.performance)[:_MAX_SHEETS]:
            number = len(self.sheets) + 1
            key = f"sheet-{place.scope}"
            if place.rows:
                self.sheets.append(grid.read(self.source.document, place, number, key))
            elif place.section is not None:
                self.sheets.append(raw.read(self.source, place, place.section, number))
            else:
                continue
            if (goal := self.sheets[-1].goal) is not None:
                self.builder.add(key, find_statements(goal.source, goal.start, goal.end, key, self.form.narrative))

    def statements(self) -> Statements:
        """The records of everything that was read."""
        builder = self.builder
        described = [block.description for block in self.blocks]
        sheets = tuple(matched_sheets([one.sheet for one in self.sheets], described, self.form))
        return Statements(
            self.source.document.name,
            self.fiscal_year,
            headings=tuple(Heading(one.key, self.source.span(one.heading, one.start), one.title, one.year) for one in self.sections),
            changes=with_retold(builder.of(Change), self.form.narrative.reason_fillers),
            shares=builder.of(Share),
            items=builder.of(NarrativeItem),
            figures=builder.of(Figure),
            lists=builder.of(NamedList),
            uses=builder.of(Use),
            declarations=builder.of(Declaration),
            projects=tuple(_with_sheet_names(described, sheets)),
            allocations=tuple(part for block in self.blocks for part in block.allocations),
            subsidies=tuple(block.subsidy for block in self.blocks if block.subsidy is not None),
            policies=tuple(unique(self._citations(sheets))),
            sheets=sheets,
            indicators=tuple(indicator for one in self.sheets for indicator in one.indicators),
            carry_over=builder.of(CarryOverItem),
            glossary=tuple(self.glossary),
            offices=builder.of(Office),
            duties=tuple(self.duties),
            notes=tuple(self.notes),
        )

    def _citations(self, sheets: Sequence[PerformanceSheet]) -> Iterator[PolicyCitation]:
        """The basis of each project first, then names, goals and indicators: the first mention of a document counts."""
        reader = CitationReader(self.form.narrative.policy)
        for block in self.blocks:
            place = Place(block.description.section, block.description.name, "basis")
            yield from reader.read(Passage(self.source, *block.basis), place)
            yield from reader.read(Passage(self.source, *block.name), replace(place, where="name"))
        for read, sheet in zip(self.sheets, sheets, strict=True):
            project = sheet.project if sheet.described is None else self.blocks[sheet.described].description.name
            if read.goal is not None:
                yield from reader.read(read.goal, Place(sheet.section, project, "goal"))
            for basis in read.bases:
                yield from reader.read(basis, Place(sheet.section, project, "indicator"))


def _with_sheet_names(projects: Sequence[ProjectDescription], sheets: Sequence[PerformanceSheet]) -> Iterator[ProjectDescription]:
    """The projects with the names that their sheets print."""
    for index, project in enumerate(projects):
        printed = [sheet.project for sheet in sheets if sheet.described == index]
        yield replace(project, names=tuple(dict.fromkeys((project.name, *printed))))


def _without_personal(statements: Statements, data: Sequence[PersonalDatum]) -> Statements:
    """The statements without the names and numbers of contacts, should a text repeat them."""
    patterns = {
        re.escape(datum.text) if len(datum.text) > _SHORT_NAME else f"(?<!{_HAN}){re.escape(datum.text)}(?!{_HAN})" for datum in data
    }
    if not patterns:
        return statements
    personal = re.compile("|".join(sorted(patterns, key=len, reverse=True)))
    return statements.mapped(lambda text: personal.sub("", text))
