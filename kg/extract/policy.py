"""Citations of documents: their numbers (文号) in a canonical form, and the titles beside them."""
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kg.document import Span
from kg.extract.narrative_source import Source
from kg.forms.statements_schema import PolicyForm
from kg.statements import PolicyCitation

_BARE_TITLE = re.compile(r"(?:20\d\d年)?[一-龥][^。;,《》]{5,80}$")


@dataclass(frozen=True)
class Place:
    """Where citations are looked for: which project, which part of the document (basis, name, goal, indicator)."""

    section: str
    project: str
    where: str


@dataclass(frozen=True)
class _Number:
    start: int
    end: int
    issuer: str
    year: int
    number: str


@dataclass(frozen=True)
class _Title:
    start: int
    end: int
    text: str


class CitationReader:
    """Reads citations by the issuers, brackets and title forms of one pack."""

    def __init__(self, form: PolicyForm) -> None:
        self._form = form
        organs = _alternatives(form.organs)
        verbs = _alternatives(form.verbs)
        unknown = "|".join(
            f"(?<={verb})(?!{verbs})[一-龥]{{1,2}}" for verb in map(re.escape, form.verbs)
        )
        self._known = re.compile(
            rf"(?P<issuer>(?:{_alternatives(form.regions)})(?:{organs})|{_alternatives(form.national)}){form.number.pattern}"
        )
        self._unknown = re.compile(
            rf"(?P<issuer>(?:(?<![一-龥])(?!{verbs})[一-龥]{{1,3}}|{unknown})(?:{organs})){form.number.pattern}"
        )

    def read(self, source: Source, start: int, end: int, place: Place) -> Iterator[PolicyCitation]:
        """The citations of ``source.text[start:end]``.

        A basis also cites by title alone (laws) and by a bare title after a number; elsewhere only numbers and orders count.
        """
        numbers = list(self._numbers(source.text, start, end))
        titles = list(self._titles(source.text, start, end))
        used: set[int] = set()
        for index, one in enumerate(numbers):
            title = self._title_of(source.text, index, numbers, titles, end if place.where == "basis" else one.end)
            if title is not None:
                used.add(title.start)
            printed = source.verbatim(one.start, one.end)
            span = source.span(min(one.start, title.start if title else one.start), max(one.end, title.end if title else 0))
            title_text = source.verbatim(*_without_quotes(source.text, title)) if title else ""
            yield self._citation(place, span, printed, one, title_text)
        for match in self._form.order.finditer(source.text, start, end):
            title_text = source.verbatim(*match.span("title")) if match["title"] else ""
            issuer = match["issuer"]
            printed = source.verbatim(*match.span())
            span = source.span(*match.span())
            yield PolicyCitation(place.section, span, place.project, printed, issuer, 0, match["number"], title_text, place.where)
        if place.where == "basis":
            for title in titles:
                if title.start not in used:
                    printed = source.verbatim(title.start, title.end)
                    text = source.verbatim(*_without_quotes(source.text, title))
                    span = source.span(title.start, title.end)
                    yield PolicyCitation(place.section, span, place.project, printed, "", 0, "", text, place.where)

    def _citation(self, place: Place, span: Span, printed: str, one: _Number, title: str) -> PolicyCitation:
        return PolicyCitation(
            place.section, span, place.project, printed, one.issuer, one.year, one.number, title, place.where
        )

    def _numbers(self, text: str, start: int, end: int) -> Iterator[_Number]:
        known = {match.start("year"): match for match in self._known.finditer(text, start, end)}
        unknown = {match.start("year"): match for match in self._unknown.finditer(text, start, end)}
        for year in sorted(known | unknown):
            match = known.get(year) or unknown[year]
            yield _Number(match.start(), match.end(), match["issuer"], int(match["year"]), match["number"])

    def _titles(self, text: str, start: int, end: int) -> Iterator[_Title]:
        """Titles in 《》 and those of the form 关于…的通知; one inside the other is the longer one."""
        found = sorted(
            (*self._form.quoted_title.finditer(text, start, end), *self._form.plain_title.finditer(text, start, end)),
            key=lambda match: (match.start(), -match.end()),
        )
        last = start
        for match in found:
            if match.start() >= last:
                yield _Title(match.start(), match.end(), match.group())
                last = match.end()

    def _title_of(self, text: str, index: int, numbers: list[_Number], titles: list[_Title], limit: int) -> _Title | None:
        """The title printed before the number, else the one after it or after the numbers that share it."""
        one = numbers[index]
        for title in titles:
            if title.end <= one.start and self._form.title_before.fullmatch(text, title.end, one.start):
                return title
        while index + 1 < len(numbers) and self._form.shared.fullmatch(text, numbers[index].end, numbers[index + 1].start):
            index += 1
        one = numbers[index]
        following = self._form.title_after.match(text, one.end)
        position = following.end() if following else one.end
        for title in titles:
            if title.start in (one.end, position):
                return title
        bare = _BARE_TITLE.match(text, position, limit)
        return _Title(bare.start(), bare.end(), bare.group()) if bare else None


def unique(citations: Iterable[PolicyCitation]) -> list[PolicyCitation]:
    """Each document once for each project; the first mention stays and takes a title from a later one."""
    found: dict[tuple[str, str], PolicyCitation] = {}
    for citation in citations:
        name = citation.canonical or citation.issuer + citation.number or citation.title
        key = (citation.project, name)
        if key not in found:
            found[key] = citation
        elif not found[key].title and citation.title:
            found[key] = replace(found[key], title=citation.title)
    return list(found.values())


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _without_quotes(text: str, title: _Title) -> tuple[int, int]:
    if text[title.start] == "《" and text[title.end - 1] == "》" and "《" not in text[title.start + 1 : title.end]:
        return title.start + 1, title.end - 1
    return title.start, title.end
