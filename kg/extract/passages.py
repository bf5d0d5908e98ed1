"""What rules must see beside tables and statements: only where a document departs from itself or from its form.

A :class:`~kg.records.Passage` says what it is about: ``other-issuer`` and ``other-year`` (in a heading, on the cover, under the
text), ``placeholder``, ``contents-only`` and ``body-only`` (a table or section of one of the two), ``table-again``,
``office:organisation`` and ``office:sheet-whole`` (an office that the other list lacks), ``subordinate-units``,
``other-asset-year`` (the date of assets, where it is not of the year before), ``unread-number``, ``unread-cell``,
``unlocated-figure``, and the declarations of the prose by their own key.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.coverage import Coverage, Number
from kg.document import Document, Line, Span
from kg.extract.locate import Region, label_key
from kg.extract.prose import Prose
from kg.forms.schema import Pack
from kg.records import Disclosure, Passage
from kg.statements import Heading, Office

PARTS = ("overview", "tables", "explanation", "glossary")
"""The sections that every disclosure of the form has."""
_CONTENTS = re.compile(r"目录")
_HEADED = re.compile(r"关于(.{2,40}?)(20\d\d)年")
_COVER_YEAR = re.compile(r"20\d\d(?=年)")
_COVER = re.compile(r"(?:20\d\d年度?)?(?P<issuer>.{2,40}?)(?:20\d\d年度?)?(?:部门|单位)?预算(?:公开)?$")
_TITLE_YEAR = re.compile(r"^#*\s*(20\d\d)\s*年")
_ITEM_YEAR = re.compile(r"\(项\):?(20\d\d)年(?:当年)?预算数")
_SIGNATURE = re.compile(r"(?:^|。)([一-鿿()]{4,40})20\d\d年\d{1,2}月\d{1,2}日?$")
_PLACEHOLDER = re.compile(r"(?<![A-Za-z0-9])[XxＸ×]{2,}(?![A-Za-z0-9])|待填写?|待补充|此处填写")
_PLACEHOLDER_WORD = re.compile(r"(?<!\S)(?:文字描述|请填写)(?!\S)")
_AS_OF = re.compile(r"截[至止](20\d\d)年")
_SUBORDINATE = re.compile(r"(?:下属|所属|下辖)(?:预算)?单位")
_STATED = frozenset({"not-planned", "no-subordinate-units", "and-subordinate-units"})
_MONEY_AFTER = re.compile(r"\s{0,4}(?:[亿万]?\s{0,4}元|[%％])(?!\s{0,4}以\s{0,4}[上下内])")


def parts_of(headings: Sequence[Heading], prose: Prose) -> tuple[str, ...]:
    """Which of :data:`PARTS` the body of the document has."""
    body = {heading.section for heading in headings[_body(headings, prose) :]}
    return tuple(part for part in PARTS if part in body)


def passages(
    document: Document, prose: Prose, regions: Sequence[Region], again: Sequence[Region], found: Disclosure, pack: Pack, account: Coverage
) -> tuple[Passage, ...]:
    """All of them, kind by kind; ``again`` are tables printed a second time."""
    return tuple(_Finder(document, prose, regions, again, found, pack, account).find())


def has_contents(headings: Sequence[Heading], prose: Prose) -> bool:
    """Whether the document begins with a list of its contents."""
    return _body(headings, prose) > 0


def _body(headings: Sequence[Heading], prose: Prose) -> int:
    """The index of the first heading of the body: the first section that is named again after a contents mark, with no sentence between."""
    mark = _CONTENTS.search(prose.text)
    if mark is None or not headings or headings[0].span.start < prose.offsets[mark.start()]:
        return 0
    seen: set[str] = set()
    for index, heading in enumerate(headings):
        if heading.section in seen:
            at = bisect_right(prose.offsets, heading.span.start - 1)
            return index if "。" not in prose.text[mark.start() : at] else 0
        seen.add(heading.section)
    return 0


@dataclass(frozen=True)
class _Finder:
    document: Document
    prose: Prose
    regions: Sequence[Region]
    again: Sequence[Region]
    found: Disclosure
    pack: Pack
    account: Coverage

    def find(self) -> Iterator[Passage]:
        headings = self.found.statements.headings
        body = _body(headings, self.prose)
        yield from self._declarations()
        yield from self._issuers_and_years(headings)
        yield from self._asset_years(year_before=self.found.fiscal_year - 1)
        yield from self._placeholders()
        yield from self._contents(headings[:body], headings[body:])
        yield from self._offices()
        yield from (Passage("table-again", region.name, region.title.span) for region in self.again)
        yield from (Passage("unread-number", number.text, number.span) for number in self.account.missed if self._matters(number))
        yield from (cell for table in self.found.tables for cell in table.unread)
        yield from self._unlocated()

    def _declarations(self) -> Iterator[Passage]:
        stated = False
        for one in self.found.statements.declarations:
            if one.about in _STATED:
                stated = stated or one.about == "no-subordinate-units"
                yield Passage(f"{one.about}:{one.key}" if one.key else one.about, "", one.span)
        match = None if stated else _SUBORDINATE.search(self.prose.text)
        if match is not None:
            yield Passage("subordinate-units", "", self.prose.span(*match.span()))

    def _issuers_and_years(self, headings: Sequence[Heading]) -> Iterator[Passage]:
        own, year = label_key(self.found.issuer), self.found.fiscal_year
        for heading in headings:
            named = _HEADED.match(label_key(heading.title))
            if named and named[1] != own:
                yield Passage("other-issuer", named[1], heading.span)
            if heading.year and heading.year != year:
                yield Passage("other-year", str(heading.year), heading.span)
        yield from self._cover(own, year)
        signed = _SIGNATURE.search(self.prose.text)
        if signed and signed[1] != own:
            yield Passage("other-issuer", signed[1], self.prose.span(*signed.span(1)))
        for region in self.regions:
            printed = _TITLE_YEAR.match(region.title.text)
            if printed and int(printed[1]) != year:
                yield Passage("other-year", printed[1], region.title.span)
        for match in _ITEM_YEAR.finditer(self.prose.text):
            if int(match[1]) != year:
                yield Passage("other-item-year", match[1], self.prose.span(*match.span(1)))

    def _cover(self, own: str, year: int) -> Iterator[Passage]:
        """The title on the cover names the issuer and the year, in either order."""
        title = self.prose.text[: len(self.found.title)]
        if not title or title != self.found.title:
            return
        for match in _COVER_YEAR.finditer(title):
            if int(match.group()) != year:
                yield Passage("other-year", match.group(), self.prose.span(*match.span()))
        named = _COVER.fullmatch(title)
        if named and named["issuer"] != own:
            yield Passage("other-issuer", named["issuer"], self.prose.span(*named.span("issuer")))

    def _asset_years(self, year_before: int) -> Iterator[Passage]:
        """The date that figures are told as of, the last one before them, where it is not of the year before."""
        first: dict[int, int] = {}
        for figure in self.found.statements.figures:
            if figure.as_of and figure.as_of.year != year_before:
                first.setdefault(figure.as_of.year, figure.span.start)
        for year, start in first.items():
            spans = [self.prose.span(*match.span(1)) for match in _AS_OF.finditer(self.prose.text) if match[1] == str(year)]
            yield from (Passage("other-asset-year", str(year), span) for span in [span for span in spans if span.start < start][-1:])

    def _placeholders(self) -> Iterator[Passage]:
        for match in _PLACEHOLDER.finditer(self.document.text):
            yield Passage("placeholder", match.group(), self._span(*match.span()))
        for block in self.document.blocks:
            for piece in (block,) if isinstance(block, Line) else (cell for row in block.rows for cell in row):
                for word in _PLACEHOLDER_WORD.finditer(piece.text):
                    start = piece.span.start + word.start()
                    yield Passage("placeholder", word.group(), Span(piece.span.line, start, start + len(word.group())))

    def _span(self, start: int, end: int) -> Span:
        return Span(self.document.text.count("\n", 0, start) + 1, start, end)

    def _contents(self, listed: Sequence[Heading], body: Sequence[Heading]) -> Iterator[Passage]:
        """Tables and sections that stand in the contents only, or in the body only though their like are listed."""
        if not listed:
            return
        names, standing = ({heading.section for heading in some} for some in (listed, body))
        for heading in listed:
            if heading.section not in standing:
                yield Passage("contents-only", heading.title, heading.span)
        for heading in body:
            if heading.section not in names and (heading.section in PARTS or _HEADED.match(label_key(heading.title))):
                yield Passage("body-only", heading.title, heading.span)
        start, end = (bisect_right(self.prose.offsets, heading.span.start - 1) for heading in (listed[0], body[0]))
        text = self.prose.text[start:end]
        printed = {region.form.kind: region for region in self.regions}
        entries = {form.kind: title for form in self.pack.tables for title in map(label_key, form.titles) if title in text}
        for kind, title in entries.items():
            if kind not in printed:
                at = start + text.find(title)
                yield Passage("contents-only", title, self.prose.span(at, at + len(title)))
        for kind, region in printed.items():
            if entries and kind not in entries:
                yield Passage("body-only", region.name, region.title.span)

    def _offices(self) -> Iterator[Passage]:
        """Offices that one of the two lists lacks, the overview's and the whole-department sheet's."""
        lists: dict[str, list[Office]] = {"organisation": [], "sheet-whole": []}
        for office in self.found.statements.offices:
            if office.relation == "internal" and office.section in lists:
                lists[office.section].append(office)
        named = {section: {label_key(office.name) for office in offices} for section, offices in lists.items()}
        if all(named.values()):
            common = set.intersection(*named.values())
            for section, offices in lists.items():
                yield from (
                    Passage(f"office:{section}", office.name, office.span) for office in offices if label_key(office.name) not in common
                )

    def _matters(self, number: Number) -> bool:
        """Whether a number that was not extracted looks like money or a share: thresholds (50 万元以上) and counts do not."""
        return _MONEY_AFTER.match(self.document.text, number.span.end) is not None

    def _unlocated(self) -> Iterator[Passage]:
        """Figures whose printed text is not where they say."""
        for table in self.found.tables:
            for cell in table.observations:
                there = self.document.text[cell.span.start : cell.span.end]
                if "".join(there.split()) != "".join(cell.printed.split()):
                    yield Passage("unlocated-figure", cell.printed, cell.span)
