"""Free texts of a disclosure: duties, glossary, notes."""

import re
from collections.abc import Iterator

from kg.extract.narrative_source import Section, Source
from kg.forms.statements_schema import TextsForm
from kg.statements import Duty, GlossaryTerm, Note

# A contents list leaves dots and page numbers where a body would be.
_WORDS = re.compile(r"[一-龥]{2}")


def duties(source: Source, section: Section, form: TextsForm) -> Iterator[Duty]:
    """The duties of a section, divided where a line begins with an ordinal; without ordinals they are one text."""
    starts = [section.start, *source.line_starts(section.start - 1, section.end)]
    openings = {start: match.end() for start in starts if (match := form.duty_ordinal.match(source.text, start))}
    begins = sorted(openings) or [section.start]
    for begin, end in zip(begins, [*begins[1:], section.end], strict=True):
        text_start = openings.get(begin, begin)
        if _WORDS.search(source.text, text_start, end):
            yield Duty(section.key, source.span(begin, end), source.verbatim(text_start, end))


def glossary(source: Source, section: Section, form: TextsForm) -> Iterator[GlossaryTerm]:
    """The terms of the glossary. The last explanation ends with its last full stop: a signature may follow."""
    starts = sorted({section.start, *source.line_starts(section.start - 1, section.end)})
    terms = [match for start in starts if (match := form.glossary_term.match(source.text, start, section.end))]
    ends = [match.start() for match in terms[1:]]
    if terms:
        stop = source.text.rfind("。", terms[-1].end(), section.end)
        ends.append(stop + 1 if stop >= 0 else section.end)
    for match, end in zip(terms, ends, strict=True):
        if end > match.end():
            term = source.verbatim(*match.span("term"))
            yield GlossaryTerm(section.key, source.span(match.start(), end), term, source.verbatim(match.end(), end))


def notes(source: Source, section: Section) -> Iterator[Note]:
    """The whole text of a section."""
    if _WORDS.search(source.text, section.start, section.end):
        span = source.span(section.start, section.end)
        yield Note(section.key, span, source.verbatim(section.start, section.end))
