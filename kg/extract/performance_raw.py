"""Performance sheets in text without cell positions: cells follow one another row by row, wrapped anywhere.

A head is read by its labels. A row is read by the order of the columns and by the words of the columns that hold little
else; white space and line breaks show where cells may end, so the text keeps one space for each of them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kg.extract.narrative_source import Section, Source
from kg.extract.narrative_values import number
from kg.extract.performance import AMOUNTS, Levels, Passage, ReadSheet, SheetPlace, TargetReader, sheet_amount
from kg.forms.statements_schema import PerformanceForm, StatementsForm
from kg.statements import Indicator, PerformanceSheet

Range = tuple[int, int]

# Real sheets have some 1,500 characters; a hostile one is read as far as this.
_MAX_SHEET = 8_000

_LEAST_OF_A_CUT_WORD = 2
_NUMBER = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?"
_UNIT = r"%|[一-龥]{1,4}(?:/[一-龥]{1,3})?"


class RawSheetReader:
    """Reads sheets from running text, by one form."""

    def __init__(self, form: StatementsForm) -> None:
        self._form: PerformanceForm = form.performance
        self._units = form.narrative.units
        self._targets = TargetReader(form.performance)
        self._row_with_rules = re.compile(self._pattern(with_rules=True))
        self._row = re.compile(self._pattern(with_rules=False))

    def read(self, source: Source, place: SheetPlace, section: Section, sheet: int) -> ReadSheet:
        """The sheet at a place that has no rows."""
        end = min(section.end, section.start + _MAX_SHEET)
        columns, head_end, body = self._header(source, section.start, end)
        texts: dict[str, str] = {}
        goal = None
        for scope, pattern in self._form.raw.items():
            if scope == place.scope and (match := pattern.search(source.text, section.start, head_end)) is not None:
                texts = {key: source.verbatim(*match.span(key)) for key, text in match.groupdict().items() if text}
                goal = Passage(source, *match.span("goal"))
        amounts = {key: sheet_amount(texts.get(key, ""), self._form.unit, self._units) for key in AMOUNTS}
        record = PerformanceSheet(
            section=section.key,
            span=source.span(section.heading, max(head_end, section.start)),
            number=sheet,
            scope=place.scope,
            title=place.title,
            project=texts.get("project", ""),
            issuer=texts.get("issuer", ""),
            goal=texts.get("goal", ""),
            columns=tuple(columns),
            amount=amounts["amount"],
            fiscal=amounts["fiscal"],
            fiscal_upper=amounts["fiscal_upper"],
            fiscal_own=amounts["fiscal_own"],
            other=amounts["other"],
        )
        rules = any(self._form.header["scoring"].fullmatch(column) for column in columns)
        pattern = self._row_with_rules if rules else self._row
        rows = _joined(list(_GappedText.of(source, body, end).rows(pattern)), pattern, self._form.words.basis)
        bases = tuple(Passage(source, *row.range("basis")) for row in rows)
        return ReadSheet(record, tuple(self._indicators(section.key, sheet, rows)), goal, bases)

    def _header(self, source: Source, start: int, end: int) -> tuple[list[str], int, int]:
        """The printed labels of the header, where it begins, and where the first row begins."""
        first = self._form.header["level1"].search(source.text, start, end)
        if first is None:
            return [], end, end
        columns: list[str] = []
        position = first.start()
        labels = self._form.header.values()
        while matches := [one for label in labels if (one := label.match(source.text, position, end))]:
            longest = max(matches, key=lambda match: match.end())
            columns.append(source.verbatim(*longest.span()))
            position = longest.end()
        return columns, first.start(), position

    def _indicators(self, section: str, sheet: int, rows: Iterable["_Row"]) -> Iterator[Indicator]:
        levels = Levels(self._form)
        for row in rows:
            levels.take(row.plain("level1"), row.plain("level2"))
            name, asked = row.name_and_target
            target = self._targets.read(row.text.printed(asked), row.text.plain(asked), row.text.plain(name))
            yield Indicator(
                section=section,
                span=row.text.source.span(*row.range(0)),
                sheet=sheet,
                level1=levels.level1,
                level2=levels.level2,
                level3=row.text.printed(name),
                operator=target.operator,
                value=target.value,
                unit=target.unit,
                printed=target.printed,
                weight=number(row.plain("weight")),
                basis=row.printed("basis") + row.rest,
                last=row.printed("last"),
                scoring=row.printed("scoring"),
                evidence=row.printed("evidence"),
                mended=("joined",) if row.rest else (),
            )

    def _pattern(self, with_rules: bool) -> str:
        """One row. Without rules (a whole-department sheet) the basis is free text that ends before a lone number."""
        words = self._form.words
        level1 = "|".join(_spaced(name) + ("" if name.endswith("指标") else "(?! ?指 ?标)") for name in _longest(self._form.levels))
        level2 = _any_of(name for names in self._form.levels.values() for name in names)
        compare = "|".join(map(re.escape, self._targets.words))
        quality = _any_of(words.qualitative)
        stray = r"(?:\d{1,3} (?=[一-龥]))?"  # a page number that stands between two rows
        head = rf"{stray}(?:(?P<level1>{level1}) ?)?(?:(?P<level2>{level2}) ?)?(?P<level3>[^≥≤=<>]{{2,120}}?) ?"
        weight = r"(?P<weight>\d{1,3}(?:\.\d{1,2})?)"
        if not with_rules:
            value = rf"(?P<value>(?:{compare}) ?(?:{_NUMBER}) ?(?:{_UNIT})?(?= )|{quality})"
            return rf"{head}{value} (?P<basis>.{{1,200}}?) {weight}(?: |$)"
        value = rf"(?P<value>(?:{compare}) ?[^≥≤=<>]{{1,40}}?|{quality}|[^ ]{{1,20}})"
        cut = {word[:size] for word in words.basis for size in range(_LEAST_OF_A_CUT_WORD, len(word))} - set(words.basis)
        basis = rf"(?P<basis>{_any_of(words.basis)}|(?:{_any_of(cut)})(?= ))"
        last = r"(?:(?P<last>(?:(?!赋 ?分).){1,48}?) )??"  # never beyond the rule of its own row
        scoring = rf"(?P<scoring>{_any_of(words.scoring)}|按.{{2,16}}?赋 ?分)"
        kinds = _any_of(words.evidence)
        evidence = rf"(?P<evidence>(?:{kinds})(?: ?[、,]? ?(?:{kinds})){{0,3}})?"
        return rf"{head}{value} {basis} {last}{weight} {scoring} ?{evidence}(?: |$)"


@dataclass(frozen=True)
class _GappedText:
    """Text with one space for each gap of the source; ``positions`` leads every character back to ``source.text``."""

    source: Source
    text: str
    positions: tuple[int, ...]

    @classmethod
    def of(cls, source: Source, start: int, end: int) -> "_GappedText":
        """The text of a range."""
        characters: list[str] = []
        positions: list[int] = []
        offsets = source.prose.offsets
        for position in range(start, end):
            if position > start and offsets[position] != offsets[position - 1] + 1:
                characters.append(" ")
                positions.append(position - 1)
            characters.append(source.text[position])
            positions.append(position)
        return cls(source, "".join(characters), tuple(positions))

    def plain(self, place: Range) -> str:
        """The text of a range in one width, without white space."""
        return self.source.text[slice(*place)]

    def printed(self, place: Range) -> str:
        """The text of a range as printed, without white space."""
        return self.source.verbatim(*place)

    def rows(self, pattern: re.Pattern[str]) -> Iterator["_Row"]:
        """The rows that a pattern finds."""
        return (_Row(self, match) for match in pattern.finditer(self.text))


@dataclass(frozen=True)
class _Row:
    """One row of a sheet as it was matched; ``rest`` is what of its basis stands on the next page."""

    text: _GappedText
    match: re.Match[str]
    rest: str = ""

    def plain(self, group: str) -> str:
        """The text of a cell in one width, without white space; empty when the row has no such cell."""
        return (self.match.groupdict().get(group) or "").replace(" ", "")

    def printed(self, group: str) -> str:
        """The text of a cell as printed, without white space."""
        return self.text.printed(self.range(group)) if self.plain(group) else ""

    @property
    def name_and_target(self) -> tuple[Range, Range]:
        """Where name and target stand. The border of a wrapped quality shows when last year's result repeats it."""
        name, target = self.range("level3"), self.range("value")
        last = self.plain("last")
        border = target[1] - len(last)
        if name[0] + 1 < border < target[0] and self.text.plain((border, target[1])) == last:
            return (name[0], border), (border, target[1])
        return name, target

    def range(self, group: str | int) -> Range:
        """Where a cell stands in the text of the source."""
        start, end = self.match.span(group)
        return self.text.positions[start], self.text.positions[end - 1] + 1


def _joined(rows: Sequence[_Row], pattern: re.Pattern[str], words: Iterable[str]) -> list[_Row]:
    """The rows, each basis that a page break cut made whole: its rest stands alone on the next page, before the next row.

    A rest is taken only where the form or another row of the sheet has the whole basis.
    """
    known = {row.plain("basis") for row in rows} | set(words)
    joined: list[_Row] = []
    for row in rows:
        if joined and (rest := _rest_at(row.text, row.match.start(), joined[-1], known)):
            again = pattern.match(row.text.text, rest[1])
            if again is not None and again.end() == row.match.end():
                joined[-1] = replace(joined[-1], rest=rest[0])
                row = _Row(row.text, again)
        joined.append(row)
    if joined and (rest := _rest_at(joined[-1].text, joined[-1].match.end(), joined[-1], known)):
        joined[-1] = replace(joined[-1], rest=rest[0])
    return joined


def _rest_at(text: _GappedText, start: int, before: _Row, known: Iterable[str]) -> tuple[str, int] | None:
    """The rest of a basis at a position and where it ends; ``None`` when none of the known ones goes on there."""
    cut = before.plain("basis")
    for whole in sorted((one for one in known if one.startswith(cut) and one != cut), key=len, reverse=True):
        match = re.compile(_spaced(whole[len(cut) :]) + "(?: |$)").match(text.text, start)
        if cut and match is not None:
            begin, end = match.span()
            return text.printed((text.positions[begin], text.positions[end - 1] + 1)), end
    return None


def _spaced(word: str) -> str:
    return " ?".join(map(re.escape, word))


def _longest(words: Iterable[str]) -> list[str]:
    return sorted(set(words), key=len, reverse=True)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(_spaced, _longest(words)))
