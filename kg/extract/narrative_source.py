"""Text to be matched, with the way back to the source, and its division into the sections of a form."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from kg.document import Cell, Document, Line, Span
from kg.extract.prose import Prose
from kg.forms.statements_schema import StatementsForm

SHEET_SECTIONS = {"whole": "sheet-whole", "project": "sheet-project"}


@dataclass(frozen=True)
class Source:
    """A prose and the document it was taken from. Positions are positions in ``text``."""

    document: Document
    prose: Prose

    @classmethod
    def of_document(cls, document: Document) -> "Source":
        """All running text of a document."""
        return cls(document, Prose.of_document(document))

    @classmethod
    def of_cells(cls, document: Document, cells: Iterable[Cell]) -> "Source":
        """The text of some cells, one after the other."""
        return cls(document, Prose.of(Line(cell.text, cell.span) for cell in cells))

    @property
    def text(self) -> str:
        """The unified text without white space."""
        return self.prose.text

    @cached_property
    def starts(self) -> frozenset[int]:
        """Where lines begin, and the end of the text."""
        return frozenset((*self.prose.line_starts, len(self.text)))

    def line_starts(self, start: int, end: int) -> Iterator[int]:
        """The positions after ``start`` and before ``end`` where lines begin."""
        starts = self.prose.line_starts
        return (position for position in starts[bisect_right(starts, start) : bisect_left(starts, end)])

    def verbatim(self, start: int, end: int) -> str:
        """The printed characters, without white space and markup."""
        return "".join(self.document.text[offset] for offset in self.prose.offsets[start:end])

    def span(self, start: int, end: int) -> Span:
        """Where ``text[start:end]`` was printed."""
        return self.prose.span(start, end)

    def trimmed(self, start: int, end: int, marks: str = "。;,、:") -> tuple[int, int]:
        """The range without such marks at its end."""
        while end > start and self.text[end - 1] in marks:
            end -= 1
        return start, end


@dataclass(frozen=True)
class Section:
    """One section: its key, its printed title, and the range of its body; the heading stands before the body."""

    key: str
    title: str
    year: int
    heading: int
    start: int
    end: int


def sections_of(source: Source, form: StatementsForm) -> tuple[Section, ...]:
    """The sections in the order of the text, those of the contents list included (their bodies are empty).

    A heading begins a line and ends with a line; it is known by its title, never by its ordinal.
    """
    found = [heading for start in source.prose.line_starts if (heading := _heading(source, start, form)) is not None]
    ends = [section.heading for section in found[1:]] + [len(source.text)] * bool(found)
    return tuple(replace(section, end=end) for section, end in zip(found, ends, strict=True))


def _heading(source: Source, start: int, form: StatementsForm) -> Section | None:
    text = source.text
    for scope, title in form.performance.titles.items():
        match = title.match(text, start)
        if match is not None and match.end() in source.starts:
            return Section(SHEET_SECTIONS[scope], source.verbatim(start, match.end()), 0, start, match.end(), 0)
    ordinal = form.narrative.heading_ordinal.match(text, start)
    if ordinal is None:
        return None
    for heading in form.narrative.headings:
        for pattern in heading.titles:
            match = pattern.match(text, ordinal.end())
            if match is not None and match.end() in source.starts:
                year = match.groupdict().get("year")
                title_text = source.verbatim(ordinal.end(), match.end())
                return Section(heading.section, title_text, int(year or 0), start, match.end(), 0)
    return None
