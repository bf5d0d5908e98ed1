"""Performance sheets whose cells are known: head by labels, rows by header, shifted and broken rows mended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kg.amounts import parse_number
from kg.document import Cell, Document, Span
from kg.extract.narrative_source import Source
from kg.extract.performance import AMOUNTS, Levels, Passage, ReadSheet, SheetPlace, TargetReader, sheet_amount
from kg.extract.prose import unify
from kg.forms.statements_schema import PerformanceForm, StatementsForm
from kg.statements import Indicator, PerformanceSheet

_SHIFTS = (0, 1, -1, 2, -2)
_TEXTS = ("issuer", "project", "goal")
_MAX_WEIGHT = Decimal(100)


class _Text:
    """A cell's text in one width (``plain``) and as printed, both without white space and markup."""

    def __init__(self, document: Document, cell: Cell) -> None:
        self.source = Source.of_cells(document, [cell])
        self.plain = self.source.text
        self.printed = self.source.verbatim(0, len(self.plain))

    @property
    def passage(self) -> Passage:
        """The whole cell."""
        return Passage(self.source, 0, len(self.plain))


@dataclass
class _Head:
    """What the head of a sheet says."""

    texts: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, str] = field(default_factory=dict)
    goal: _Text | None = None
    unit: str = ""


class GridSheetReader:
    """Reads sheets from cells, by one form."""

    def __init__(self, form: StatementsForm) -> None:
        self._form: PerformanceForm = form.performance
        self._units = form.narrative.units
        self._targets = TargetReader(form.performance)
        self._level2 = frozenset(name for names in form.performance.levels.values() for name in names)

    def read(self, document: Document, place: SheetPlace, number: int, section: str) -> ReadSheet:
        """The sheet at a place that has rows."""
        columns: dict[int, str] = {}
        labels: tuple[str, ...] = ()
        head_rows: list[list[_Text]] = []
        head_end = place.span.end
        indicators: list[Indicator] = []
        bases: list[Passage] = []
        levels = Levels(self._form)
        for cells in place.rows:
            row = [_Text(document, cell) for cell in cells]
            span = Span(cells[0].span.line, cells[0].span.start, cells[-1].span.end)
            if header := self._header(row):
                columns, labels = header, tuple(cell.printed for cell in row if cell.plain)
            elif not columns:
                head_rows.append(row)
                head_end = span.end
            elif (aligned := self._aligned(columns, row)) is not None:
                values, shift = aligned
                levels.take(_plain(values, "level1"), _plain(values, "level2"))
                indicators.append(self._indicator(section, number, span, values, shift, levels))
                bases += [values["basis"].passage] if "basis" in values else []
            elif indicators:
                indicators[-1] = self._continued(indicators[-1], columns, row, span)
        head = self._head(head_rows)
        amounts = {key: sheet_amount(head.amounts.get(key, ""), head.unit, self._units) for key in AMOUNTS}
        sheet = PerformanceSheet(
            section=section,
            span=Span(place.span.line, place.span.start, head_end),
            number=number,
            scope=place.scope,
            title=place.title,
            project=head.texts.get("project", ""),
            issuer=head.texts.get("issuer", ""),
            goal=head.texts.get("goal", ""),
            columns=labels,
            amount=amounts["amount"],
            fiscal=amounts["fiscal"],
            fiscal_upper=amounts["fiscal_upper"],
            fiscal_own=amounts["fiscal_own"],
            other=amounts["other"],
        )
        return ReadSheet(sheet, tuple(indicators), head.goal.passage if head.goal else None, tuple(bases))

    def _header(self, row: Sequence[_Text]) -> dict[int, str]:
        """The columns by position; empty when the row is no header."""
        columns = {index: key for index, cell in enumerate(row) for key, label in self._form.header.items() if label.fullmatch(cell.plain)}
        return columns if {"level1", "level3"} <= set(columns.values()) else {}

    def _head(self, rows: Sequence[Sequence[_Text]]) -> _Head:
        """What stands beside the labels of the head.

        A value follows its label in the row; a goal may go on in rows without labels. What follows the label of a
        contact is not read.
        """
        head = _Head(unit=self._form.unit)
        for row in rows:
            labels = [self._label(cell.plain) for cell in row]
            label = "goal" if head.goal is not None and not any(key for key, _ in labels) else ""
            for cell, (key, rest) in zip(row, labels, strict=True):
                if key:
                    label = key
                    if rest:
                        head.amounts[key] = rest
                    if key == "ignored":
                        head.unit = next((unit for unit in self._units if cell.plain.endswith(f"({unit})")), head.unit)
                elif not cell.plain:
                    continue
                elif label in AMOUNTS:
                    head.amounts.setdefault(label, cell.plain)
                    label = ""
                elif label in _TEXTS:
                    head.texts[label] = head.texts.get(label, "") + cell.printed
                    if label == "goal":
                        head.goal = head.goal or cell
                    label = ""
        return head

    def _label(self, text: str) -> tuple[str, str]:
        """The key of a head label and the number printed in the same cell; two empty texts for any other cell."""
        best, end = "", 0
        for key, pattern in self._form.head.items():
            match = pattern.match(text)
            if match is None or match.end() <= end:
                continue
            rest = text[match.end() :].lstrip(":")
            if not rest or (key in AMOUNTS and parse_number(rest) is not None):
                best, end = key, match.end()
        return (best, text[end:].lstrip(":")) if best else ("", "")

    def _aligned(self, columns: Mapping[int, str], row: Sequence[_Text]) -> tuple[dict[str, _Text], int] | None:
        """The row's cells by column, and by how many columns they stand too far left; ``None`` for a continuation."""
        for shift in _SHIFTS:
            values = {columns[index + shift]: cell for index, cell in enumerate(row) if index + shift in columns}
            outside = any(cell.plain for index, cell in enumerate(row) if index + shift not in columns)
            if self._is_row(values, strict=shift != 0 or outside):
                return values, shift
        return None

    def _is_row(self, values: Mapping[str, _Text], strict: bool) -> bool:
        """Whether cells make an indicator: name, target and weight; ``strict`` asks for known levels too.

        Without a weight only a target that begins like one, with a basis beside it, is a row and no continuation.
        """
        target = _plain(values, "value")
        if not _plain(values, "level3") or not target:
            return False
        if _weight(_plain(values, "weight")) is None:
            begins = target.startswith(tuple(self._targets.words))
            return not strict and not _plain(values, "weight") and begins and bool(_plain(values, "basis"))
        level1, level2 = _plain(values, "level1"), _plain(values, "level2")
        return not strict or ((not level1 or level1 in self._form.levels) and (not level2 or level2 in self._level2))

    def _indicator(self, section: str, sheet: int, span: Span, values: Mapping[str, _Text], shift: int, levels: Levels) -> Indicator:
        printed = {key: cell.printed for key, cell in values.items()}
        target = self._targets.read(printed["value"], _plain(values, "value"), _plain(values, "level3"))
        scoring, evidence = printed.get("scoring", ""), printed.get("evidence", "")
        mended = ["shifted"] if shift else []
        if not scoring and (rule := next((one for one in self._form.words.scoring if evidence.startswith(one)), "")):
            scoring, evidence = rule, evidence[len(rule) :]
            mended.append("split")
        return Indicator(
            section=section,
            span=span,
            sheet=sheet,
            level1=levels.level1,
            level2=levels.level2,
            level3=printed["level3"],
            operator=target.operator,
            value=target.value,
            unit=target.unit,
            printed=target.printed,
            weight=_weight(_plain(values, "weight")),
            basis=printed.get("basis", ""),
            last=printed.get("last", ""),
            scoring=scoring,
            evidence=evidence,
            mended=tuple(mended),
        )

    def _continued(self, last: Indicator, columns: Mapping[int, str], row: Sequence[_Text], span: Span) -> Indicator:
        """The indicator with the rest of its cells, which a page break has put into a row of their own."""
        texts = {key: getattr(last, key) for key in ("level3", "basis", "last", "scoring", "evidence")}
        texts["value"] = last.printed
        for index, cell in enumerate(row):
            if cell.plain and columns.get(index, "") in texts:
                texts[columns[index]] = joined(texts[columns[index]], cell.printed)
        target = self._targets.read(texts["value"], unify(texts["value"]), unify(texts["level3"]))
        return replace(
            last,
            span=Span(last.span.line, last.span.start, span.end),
            level3=texts["level3"],
            operator=target.operator,
            value=target.value,
            unit=target.unit,
            printed=target.printed,
            basis=texts["basis"],
            last=texts["last"],
            scoring=texts["scoring"],
            evidence=texts["evidence"],
            mended=tuple(dict.fromkeys((*last.mended, "joined"))),
        )


def joined(first: str, rest: str) -> str:
    """Two halves of a cell; what a converter wrote twice, or closed too early, at the page break is left out."""
    if first.endswith(rest):
        return first
    brackets = unify(first + rest)
    if unify(first).endswith(")") and brackets.count(")") > brackets.count("("):
        return first[:-1] + rest
    return first + rest


def _plain(values: Mapping[str, _Text], key: str) -> str:
    return values[key].plain if key in values else ""


def _weight(text: str) -> Decimal | None:
    weight = parse_number(text)
    return weight if weight is not None and 0 <= weight <= _MAX_WEIGHT else None
