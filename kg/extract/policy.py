"""Citations of documents: their numbers (文号) in a canonical form, and the titles beside them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kg.extract.narrative_source import Source
from kg.extract.performance import Passage
from kg.forms.statements_schema import PolicyForm
from kg.statements import PolicyCitation

# A title without 《》 or 关于: what follows a number as far as the end of the field.
_BARE_TITLE = re.compile(r"(?:20\d\d年)?[一-龥][^。;,《》]{5,80}$")


@dataclass(frozen=True)
class Place:
    """Which project cites, and in which part of the document (basis, name, goal, indicator)."""

    section: str
    project: str
    where: str


@dataclass(frozen=True)
class _Mark:
    """A number or a title, and where it stands; a title has no issuer."""

    start: int
    end: int
    issuer: str = ""
    year: int = 0
    number: str = ""


class CitationReader:
    """Reads citations by the issuers, brackets and title forms of one pack."""

    def __init__(self, form: PolicyForm) -> None:
        self._form = form
        organs, verbs = _any_of(form.organs), _any_of(form.verbs)
        begins = "(?:(?<![一-龥])|" + "|".join(f"(?<={re.escape(verb)})" for verb in form.verbs) + ")"
        issuers = (
            rf"(?:{_any_of(form.regions)})(?:{organs})",
            rf"{begins}(?:{_any_of(form.national)})",
            rf"{begins}(?!{verbs})[一-龥]{{1,3}}(?:{organs})",
            rf"[一-龥](?:{organs})",
        )
        self._issuers = [re.compile(rf"(?P<issuer>{issuer}){form.number.pattern}") for issuer in issuers]

    def read(self, passage: Passage, place: Place) -> Iterator[PolicyCitation]:
        """The citations of a passage.

        A basis also cites by title alone (laws) and by a bare title after a number; elsewhere only numbers and orders
        count.
        """
        source, start, end = passage.source, passage.start, passage.end
        in_basis = place.where == "basis"
        numbers = list(self._numbers(source.text, start, end))
        titles = list(self._titles(source.text, start, end))
        used: set[_Mark] = set()
        for index, one in enumerate(numbers):
            title = self._title_of(source.text, index, numbers, titles, end if in_basis else one.end)
            used |= {title} if title else set()
            yield self._citation(source, place, one, title)
        for match in self._form.order.finditer(source.text, start, end):
            title = _Mark(*match.span("title")) if match["title"] else None
            order_end = title.start if title else match.end()
            yield self._citation(source, place, _Mark(match.start(), order_end, match["issuer"], 0, match["number"]), title)
        for title in titles if in_basis else ():
            if title not in used:
                yield self._citation(source, place, title, title)

    def _numbers(self, text: str, start: int, end: int) -> Iterator[_Mark]:
        """The numbers; of several readings of an issuer the first counts: a known region, a ministry, an unknown region."""
        last_first = reversed(self._issuers)
        found = {match.start("year"): match for one in last_first for match in one.finditer(text, start, end)}
        for _, match in sorted(found.items()):
            yield _Mark(match.start(), match.end(), match["issuer"], int(match["year"]), match["number"])

    def _titles(self, text: str, start: int, end: int) -> Iterator[_Mark]:
        """Titles in 《》 and those of the form 关于…的通知; of one inside the other the longer one."""
        patterns = (self._form.quoted_title, self._form.plain_title)
        found = sorted(match.span() for pattern in patterns for match in pattern.finditer(text, start, end))
        last = start
        for title_start, title_end in found:
            if title_start >= last:
                yield _Mark(title_start, title_end)
                last = title_end

    def _title_of(self, text: str, index: int, numbers: Sequence[_Mark], titles: Sequence[_Mark], limit: int) -> _Mark | None:
        """The title printed before the number, else the one after it or after the numbers that share it."""
        one = numbers[index]
        for title in titles:
            if title.end <= one.start and self._form.title_before.fullmatch(text, title.end, one.start):
                return title
        for other in numbers[index + 1 :]:
            if not self._form.shared.fullmatch(text, one.end, other.start):
                break
            one = other
        following = self._form.title_after.match(text, one.end)
        position = following.end() if following else one.end
        for title in titles:
            if title.start in (one.end, position):
                return title
        bare = _BARE_TITLE.match(text, position, limit)
        return _Mark(*bare.span()) if bare else None

    def _citation(self, source: Source, place: Place, mark: _Mark, title: _Mark | None) -> PolicyCitation:
        text = source.verbatim(title.start, title.end) if title else ""
        advance = self._form.advance.search(source.text, title.start, title.end) if title else None
        start, end = (min(mark.start, title.start), max(mark.end, title.end)) if title else (mark.start, mark.end)
        return PolicyCitation(
            section=place.section,
            span=source.span(start, end),
            project=place.project,
            printed=source.verbatim(mark.start, mark.end),
            issuer=mark.issuer,
            year=mark.year,
            number=mark.number,
            title=text[1:-1] if text.startswith("《") and text.endswith("》") else text,
            where=place.where,
            region=self._region(mark),
            advance_year=int(advance["year"]) if advance else 0,
        )

    def _region(self, mark: _Mark) -> str:
        """What stands for the region in an issuer; a ministry has none, and orders and titles have no such issuer."""
        if not mark.year or mark.issuer in self._form.national:
            return ""
        organs = [organ for organ in self._form.organs if mark.issuer.endswith(organ)]
        return mark.issuer.removesuffix(max(organs, key=len)) if organs else ""


def unique(citations: Iterable[PolicyCitation]) -> list[PolicyCitation]:
    """Each document once for each project; the first mention stays and takes a title from a later one."""
    found: dict[tuple[str, str], PolicyCitation] = {}
    for citation in citations:
        key = (citation.project, citation.canonical or citation.issuer + citation.number or citation.title)
        first = found.setdefault(key, citation)
        if not first.title and citation.title:
            found[key] = replace(first, title=citation.title)
    return list(found.values())


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
