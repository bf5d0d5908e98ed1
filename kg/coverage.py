"""How well a document was understood: every number of the source is exactly one thing, and what is not a fact is listed.

A number is a maximal run of digits with thousands separators and decimals (``docs/flat-form.md``).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kg.amounts import parse_number
from kg.document import Document, Grid, Line, Span
from kg.records import Disclosure
from kg.statements import Heading

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_DATE_AFTER = re.compile(r"\s{0,2}[年月日]")
_DATE = re.compile(r"(?:19|20)\d\d\s?[-./年]\s?\d{1,2}\s?[-./月]\s?\d{1,2}")
_DOCUMENT_NUMBER = re.compile(r"[〔【\[(（]\s*(?:19|20)\d\d\s*[〕】\])）]\s*第?\s*\d+\s*号?|第\s*\d+\s*号")
_ORDINAL = re.compile(r"\s*(?:[-*#]+\s*)*(?:\*\*)?[(（]?\s*(\d{1,3})\s*[)）.、．]?(?=\s*\D|$)")
_MEASURED = re.compile(r"\s?(?:[亿万]?元|[%％])")
_CUT_AFTER = re.compile(r"\s+(\d[\d,]*(?:\.\d+)?)")
_CUT_BEFORE = re.compile(r"(\d[\d,]*)\s+$")
_BLOCK = 64
"""Statements are looked up by the stretch of so many characters that they touch."""
_MAX_CUT = 24
_TABLE_NUMBER = re.compile(r"附?表\s*\d+(?:-\d+)?")


class NumberClass(StrEnum):
    """What a number of the source is."""

    FACT = "fact"
    CODE = "code"
    DATE = "date"
    ORDINAL = "ordinal"
    HEADER = "header"
    RESTRICTED = "restricted"
    NOT_EXTRACTED = "not-extracted"


@dataclass(frozen=True)
class Number:
    """One number of the source; ``reason`` says why one was not extracted."""

    text: str
    span: Span
    kind: NumberClass
    reason: str = ""


@dataclass(frozen=True)
class Coverage:
    """All numbers of a document in their order."""

    numbers: tuple[Number, ...]

    def counts(self) -> Counter[NumberClass]:
        return Counter(number.kind for number in self.numbers)

    @property
    def missed(self) -> tuple[Number, ...]:
        return tuple(number for number in self.numbers if number.kind is NumberClass.NOT_EXTRACTED)


def coverage(document: Document, disclosure: Disclosure) -> Coverage:
    """Account for every number of ``document`` by what ``disclosure`` says of it."""
    return Coverage(tuple(_Accountant(document, disclosure).account()))


def _plain(number: str) -> str:
    """A number without separators and trailing zeros, so that 20.00 and 20 are one."""
    bare = number.replace(",", "").rstrip(".")
    return bare.rstrip("0").rstrip(".") if "." in bare else bare


def _numbers_of(value: object) -> frozenset[str]:
    """Every number in the values of a record, its place left out."""
    if isinstance(value, str):
        return frozenset(_plain(number) for number in _NUMBER.findall(re.sub(r"\s", "", value)))
    if isinstance(value, Decimal | int):
        return frozenset({_plain(f"{abs(value):f}" if isinstance(value, Decimal) else str(abs(value)))})
    if isinstance(value, tuple):
        return frozenset().union(*map(_numbers_of, value))
    if isinstance(value, Span):
        return frozenset()
    fields = getattr(value, "__dataclass_fields__", ())  # thousands of records: dataclasses.fields makes a tuple for each
    return frozenset().union(*(_numbers_of(getattr(value, name)) for name in fields))


class _Accountant:
    """Marks the source, kind by kind, and reads each number's kind off its marks."""

    def __init__(self, document: Document, disclosure: Disclosure) -> None:
        self.document = document
        self.text = document.text
        size = len(self.text)
        self.restricted, self.facts, self.codes, self.headers = (bytearray(size) for _ in range(4))
        self.dates = bytearray(size)
        self.headings = bytearray(size)
        self._mark(self.restricted, [datum.span for datum in disclosure.personal])
        rows = [row for table in disclosure.tables for row in table.rows]
        own = [issuer_row for table in disclosure.tables for issuer_row in table.issuer_rows]
        cells = [cell for table in disclosure.tables for cell in table.observations]
        cells += [cell for issuer_row in own for cell in issuer_row.observations]
        self._mark(self.facts, [cell.span for cell in cells])
        stated = (statement for statement in disclosure.statements.all() if not isinstance(statement, Heading))
        self.statements: dict[int, list[tuple[Span, frozenset[str]]]] = defaultdict(list)
        for statement in stated:
            numbers = _numbers_of(statement)
            for block in range(statement.span.start // _BLOCK, statement.span.end // _BLOCK + 1):
                self.statements[block].append((statement.span, numbers))
        self._mark(self.codes, [row.span for row in (*rows, *(issuer_row.row for issuer_row in own))])
        for heading in disclosure.statements.headings:
            self._fill(self.headings, heading.span)
        for match in _DATE.finditer(self.text):
            self._fill(self.dates, Span(0, *match.span()))
        for match in _DOCUMENT_NUMBER.finditer(self.text):
            self._fill(self.codes, Span(0, *match.span()))
        self._mark_headers()

    def account(self) -> Iterator[Number]:
        line = 1
        at = 0
        for match in _NUMBER.finditer(self.text):
            line += self.text.count("\n", at, match.start())
            at = match.start()
            kind, reason = self._kind(match)
            yield Number(match.group(), Span(line, *match.span()), kind, reason)

    def _mark(self, marks: bytearray, spans: Sequence[Span]) -> None:
        for span in spans:
            self._fill(marks, span)

    @staticmethod
    def _fill(marks: bytearray, span: Span) -> None:
        marks[span.start : span.end] = b"\1" * (span.end - span.start)

    def _mark_headers(self) -> None:
        """Rows that number the columns, and the numbers of tables."""
        for block in self.document.blocks:
            if isinstance(block, Grid):
                for row in block.rows:
                    texts = [cell.text for cell in row if cell.text]
                    if "※" in texts:
                        self._fill(self.headers, Span(0, row[0].span.start, row[-1].span.end))
            elif _TABLE_NUMBER.fullmatch(block.text.strip().lstrip("#").strip()) or "※" in block.text:
                self._fill(self.headers, block.span)

    def _kind(self, match: re.Match[str]) -> tuple[NumberClass, str]:
        start = match.start()
        if self.restricted[start]:
            return NumberClass.RESTRICTED, ""
        dated = bool(self.dates[start]) or bool(_DATE_AFTER.match(self.text, match.end()))
        if self.facts[start] or self._is_stated(match):
            return (NumberClass.DATE if dated else NumberClass.FACT), ""
        if dated:
            return NumberClass.DATE, ""
        if self.headers[start]:
            return NumberClass.HEADER, ""
        if self.codes[start]:
            return NumberClass.CODE, ""
        if self.headings[start] or self._is_ordinal(match):
            return NumberClass.ORDINAL, ""
        return NumberClass.NOT_EXTRACTED, self._reason(match)

    def _is_stated(self, match: re.Match[str]) -> bool:
        """Whether a statement that stands here holds this number in one of its values, not merely around it.

        A line break may cut a number in two ("1085 82 人"): then the statement holds the joined one.
        """
        here = [numbers for span, numbers in self.statements.get(match.start() // _BLOCK, ()) if span.start <= match.start() < span.end]
        if not here:
            return False
        after = _CUT_AFTER.match(self.text, match.end())
        before = _CUT_BEFORE.search(self.text[max(0, match.start() - _MAX_CUT) : match.start()])
        forms = {_plain(match.group())}
        forms |= {_plain(match.group() + after[1])} if after else set()
        forms |= {_plain(before[1] + match.group())} if before else set()
        return any(forms & numbers for numbers in here)

    def _is_ordinal(self, match: re.Match[str]) -> bool:
        """A number that opens a line, or stands alone on one (a page number); no money, share or decimal that a line break put there."""
        if "." in match.group() or _MEASURED.match(self.text, match.end()):
            return False
        begin = self.text.rfind("\n", 0, match.start()) + 1
        opening = _ORDINAL.match(self.text, begin)
        return opening is not None and opening.start(1) == match.start()

    def _reason(self, match: re.Match[str]) -> str:
        line = next((block for block in self.document.blocks if block.span.start <= match.start() < block.span.end), None)
        if isinstance(line, Line):
            return "in a sentence that no template knows"
        return "in a cell of a table that is not of the form" if parse_number(match.group()) is not None else "in a cell's text"


def coverage_lines(document: Document, found: Coverage) -> Iterator[dict[str, object]]:
    """The numbers that were not extracted, one line each with its reason, then a summary line with the counts of all classes."""
    for number in found.missed:
        place = {"line": number.span.line, "start": number.span.start, "end": number.span.end}
        yield {"document": document.name, "kind": number.kind.value, "text": number.text, **place, "reason": number.reason}
    counts = found.counts()
    classes = {kind.value: counts[kind] for kind in NumberClass}
    yield {"document": document.name, "kind": "coverage", "numbers": len(found.numbers), **classes}
