"""Performance sheets in text without cell positions: cells follow one another row by row, wrapped anywhere.

A head is read by its labels. A row is read by the order of the columns and by the words of the columns that hold little
else; white space and line breaks show where cells may end, so the text keeps one space for each of them.
"""
import re
from collections.abc import Iterable
from decimal import Decimal

from kg.extract.narrative_records import number
from kg.extract.narrative_source import Section, Source
from kg.extract.performance import AMOUNTS, Levels, ReadSheet, SheetPlace, TargetReader, sheet_amount
from kg.forms.statements_schema import PerformanceForm, StatementsForm
from kg.statements import Indicator, PerformanceSheet

_NUMBER = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?"
_UNIT = r"%|[一-龥]{1,4}(?:/[一-龥]{1,3})?"


class RawSheetReader:
    """Reads sheets from running text, by one form."""

    def __init__(self, form: StatementsForm) -> None:
        self._form: PerformanceForm = form.performance
        self._units = dict(form.narrative.units)
        self._targets = TargetReader(form.performance)
        self._row_with_rules = re.compile(self._pattern(with_rules=True))
        self._row = re.compile(self._pattern(with_rules=False))

    def read(self, source: Source, place: SheetPlace, section: Section, sheet: int) -> ReadSheet:
        """The sheet at a place that has no rows."""
        columns, header, body = self._header(source, section)
        fields = {}
        goal = None
        for scope, pattern in self._form.raw.items():
            if scope == place.scope and (match := pattern.search(source.text, section.start, header)) is not None:
                fields = {key: source.verbatim(*match.span(key)) for key, text in match.groupdict().items() if text}
                goal = (source, *match.span("goal"))
        money = {key: sheet_amount(fields.get(key, ""), self._form.unit, self._units) for key in AMOUNTS}
        record = PerformanceSheet(
            section.key, source.span(section.heading, max(header, section.start)), sheet, place.scope, place.title,
            fields.get("project", ""), fields.get("issuer", ""), money["amount"], money["fiscal"],
            money["fiscal_upper"], money["fiscal_own"], money["other"], fields.get("goal", ""), tuple(columns),
        )  # fmt: skip
        return ReadSheet(record, tuple(self._rows(source, section, body, sheet, columns)), goal)

    def _header(self, source: Source, section: Section) -> tuple[list[str], int, int]:
        """The printed labels of the header, where it begins, and where the first row begins."""
        start = self._form.header["level1"].search(source.text, section.start, section.end)
        if start is None:
            return [], section.end, section.end
        columns: list[str] = []
        position = start.start()
        while True:
            matches = [match for label in self._form.header.values() if (match := label.match(source.text, position))]
            if not matches:
                return columns, start.start(), position
            longest = max(matches, key=lambda match: match.end())
            columns.append(source.verbatim(*longest.span()))
            position = longest.end()

    def _rows(
        self, source: Source, section: Section, body: int, sheet: int, columns: list[str]
    ) -> Iterable[Indicator]:
        rules = any(self._form.header["scoring"].fullmatch(column) for column in columns if "scoring" in self._form.header)
        levels = Levels(self._form)
        text, positions = _with_gaps(source, body, section.end)
        for match in (self._row_with_rules if rules else self._row).finditer(text):
            groups = {key: _closed(value) for key, value in match.groupdict().items()}
            levels.take(groups["level1"], groups["level2"])
            target = self._targets.read(groups["value"], groups["level3"])

            def printed(group: str, match: re.Match[str] = match) -> str:
                start, end = match.span(group)
                return source.verbatim(positions[start], positions[end - 1] + 1) if start >= 0 else ""

            yield Indicator(
                section.key, source.span(positions[match.start()], positions[match.end() - 1] + 1), sheet,
                levels.level1, levels.level2, printed("level3"), target.operator, target.value, target.unit,
                printed("value"), Decimal(number(groups["weight"])), printed("basis"),
                printed("last") if rules else "", printed("scoring") if rules else "",
                printed("evidence") if rules else "", (),
            )  # fmt: skip

    def _pattern(self, with_rules: bool) -> str:
        """One row. Without rules (a whole-department sheet) the basis is free text that ends before a lone number."""
        words = self._form.words
        level1 = "|".join(
            _spaced(name) + ("" if name.endswith("指标") else "(?! ?指 ?标)") for name in _longest(self._form.levels)
        )
        level2 = _any_of(name for names in self._form.levels.values() for name in names)
        compare = "|".join(map(re.escape, self._targets.words))
        quality = _any_of(words.qualitative)
        head = rf"(?:\d{{1,3}} (?=[一-龥]))?(?:(?P<level1>{level1}) ?)?(?:(?P<level2>{level2}) ?)?(?P<level3>.{{2,120}}?) ?"
        weight = rf"(?P<weight>\d{{1,3}}(?:\.\d{{1,2}})?)"
        if not with_rules:
            value = rf"(?P<value>(?:{compare}) ?(?:{_NUMBER}) ?(?:{_UNIT})?(?= )|{quality})"
            return rf"{head}{value} (?P<basis>.{{1,200}}?) {weight}(?: |$)"
        value = rf"(?P<value>(?:{compare}) ?.{{1,40}}?|{quality}|[^ ]{{1,20}})"
        basis = rf"(?P<basis>{_any_of(words.basis)})"
        last = r"(?:(?P<last>[^ ]{1,12}(?: [^ ]{1,4})?) )?"
        scoring = rf"(?P<scoring>{_any_of(words.scoring)}|按.{{2,16}}?赋 ?分)"
        evidence = rf"(?P<evidence>(?:{_any_of(words.evidence)})(?: ?[、,]? ?(?:{_any_of(words.evidence)})){{0,3}})?"
        return rf"{head}{value} {basis} {last}{weight} {scoring} ?{evidence}(?: |$)"


def _with_gaps(source: Source, start: int, end: int) -> tuple[str, list[int]]:
    """The text with one space for each gap of the source, and the position in ``source.text`` of every character."""
    characters: list[str] = []
    positions: list[int] = []
    offsets = source.prose.offsets
    for position in range(start, end):
        if position > start and offsets[position] != offsets[position - 1] + 1:
            characters.append(" ")
            positions.append(position - 1)
        characters.append(source.text[position])
        positions.append(position)
    return "".join(characters), positions


def _closed(text: str | None) -> str:
    return (text or "").replace(" ", "")


def _spaced(word: str) -> str:
    return " ?".join(map(re.escape, word))


def _longest(words: Iterable[str]) -> list[str]:
    return sorted(set(words), key=len, reverse=True)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(_spaced, _longest(words)))
