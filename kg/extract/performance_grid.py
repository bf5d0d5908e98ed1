"""Performance sheets whose cells are known: head by labels, rows by header, shifted and broken rows mended."""
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from kg.document import Cell, Document, Span
from kg.extract.narrative_records import number
from kg.extract.narrative_source import Source
from kg.extract.prose import unify
from kg.extract.performance import AMOUNTS, Levels, ReadSheet, SheetPlace, TargetReader, plain, sheet_amount
from kg.forms.statements_schema import PerformanceForm, StatementsForm
from kg.statements import Indicator, PerformanceSheet

_SHIFTS = (0, 1, -1, 2, -2)
_TEXTS = ("issuer", "project", "goal")


class _Text:
    """A cell's text, unified for comparison (``text``) and as printed, both without white space and markup."""

    def __init__(self, document: Document, cell: Cell) -> None:
        self.source = Source.of_cells(document, [cell])
        self.text = self.source.text
        self.printed = self.source.verbatim(0, len(self.text))


class GridSheetReader:
    """Reads sheets from cells, by one form."""

    def __init__(self, form: StatementsForm) -> None:
        self._form: PerformanceForm = form.performance
        self._units = dict(form.narrative.units)
        self._targets = TargetReader(form.performance)

    def read(self, document: Document, place: SheetPlace, sheet: int, section: str) -> ReadSheet:
        """The sheet at a place that has rows."""
        rows = [[_Text(document, cell) for cell in row] for row in place.rows]
        columns: dict[int, str] = {}
        printed_columns: tuple[str, ...] = ()
        head: list[list[_Text]] = []
        head_end = place.span.end
        indicators: list[Indicator] = []
        bases: list[tuple[Source, int, int]] = []
        levels = Levels(self._form)
        for cells, row in zip(place.rows, rows, strict=True):
            span = Span(cells[0].span.line, cells[0].span.start, cells[-1].span.end)
            header = self._header(row)
            if header:
                columns, printed_columns = header, tuple(cell.printed for cell in row if cell.text)
            elif not columns:
                head.append(row)
                head_end = span.end
            elif (fields := self._aligned(columns, row, levels)) is not None:
                values, shift = fields
                indicators.append(self._indicator(section, sheet, span, values, shift, levels))
                if (basis := values.get("basis")) is not None:
                    bases.append((basis.source, 0, len(basis.text)))
            elif indicators:
                indicators[-1] = self._continued(indicators[-1], columns, row, span)
        texts, amounts, goal = self._head(head)
        unit = self._unit(head)
        money = {key: sheet_amount(amounts.get(key, ""), unit, self._units) for key in AMOUNTS}
        span = Span(place.span.line, place.span.start, head_end)
        record = PerformanceSheet(
            section, span, sheet, place.scope, place.title, texts.get("project", ""), texts.get("issuer", ""),
            money["amount"], money["fiscal"], money["fiscal_upper"], money["fiscal_own"], money["other"],
            texts.get("goal", ""), printed_columns,
        )  # fmt: skip
        return ReadSheet(record, tuple(indicators), (goal.source, 0, len(goal.text)) if goal else None, tuple(bases))

    def _header(self, row: list[_Text]) -> dict[int, str]:
        """The columns by position, if the row is a header."""
        columns: dict[int, str] = {}
        for index, cell in enumerate(row):
            for key, label in self._form.header.items():
                if label.fullmatch(cell.text):
                    columns[index] = key
                    break
        return columns if {"level1", "level3"} <= set(columns.values()) else {}

    def _head(self, rows: list[list[_Text]]) -> tuple[dict[str, str], dict[str, str], _Text | None]:
        """The texts and amounts beside the labels of the head, and the cell of the goal.

        A value follows its label in the row; a goal may go on in later rows. What follows the label of a contact is not read.
        """
        texts: dict[str, str] = {}
        amounts: dict[str, str] = {}
        goal: _Text | None = None
        for row in rows:
            label = "goal" if goal is not None and not any(self._label(cell.text)[0] for cell in row) else ""
            for cell in row:
                if not cell.text:
                    continue
                key, rest = self._label(cell.text)
                if key:
                    label = key
                    if rest:
                        amounts[key] = rest
                elif label in AMOUNTS:
                    amounts.setdefault(label, cell.text)
                    label = ""
                elif label in _TEXTS:
                    texts[label] = texts.get(label, "") + cell.printed
                    goal = goal or (cell if label == "goal" else None)
                    label = ""
        return texts, amounts, goal

    def _label(self, text: str) -> tuple[str, str]:
        """The key of a head label and the number printed in the same cell; two empty texts for any other cell."""
        best, length = "", 0
        for key, pattern in self._form.head.items():
            match = pattern.match(text)
            if match is None or match.end() <= length:
                continue
            rest = text[match.end() :].lstrip(":")
            if not rest or (key in AMOUNTS and sheet_amount(rest, self._form.unit, self._units)):
                best, length = key, match.end()
        return (best, text[length:].lstrip(":")) if best else ("", "")

    def _unit(self, head: list[list[_Text]]) -> str:
        for row in head:
            for cell in row:
                for unit in self._units:
                    if cell.text.endswith(f"({unit})") and self._label(cell.text)[0] == "ignored":
                        return unit
        return self._form.unit

    def _aligned(self, columns: Mapping[int, str], row: list[_Text], levels: Levels) -> tuple[dict[str, _Text], int] | None:
        """The row's cells by column, and by how many columns they stand too far left; ``None`` for a continuation."""
        for shift in _SHIFTS:
            values: dict[str, _Text] = {}
            outside = False
            for index, cell in enumerate(row):
                key = columns.get(index + shift)
                if key:
                    values[key] = cell
                outside = outside or (not key and bool(cell.text))
            if self._is_row(values, levels, strict=shift != 0 or outside):
                return values, shift
        return None

    def _is_row(self, values: Mapping[str, _Text], levels: Levels, strict: bool) -> bool:
        text = {key: cell.text for key, cell in values.items()}
        if not text.get("level3") or not text.get("value"):
            return False
        if _weight(text.get("weight", "")) is None:
            words = self._form.words
            begins = text["value"].startswith(tuple(self._targets.words)) or text.get("basis") in words.basis
            return not strict and not text.get("weight") and begins and bool(text.get("basis"))
        level1, level2 = text.get("level1", ""), text.get("level2", "")
        return not strict or ((not level1 or level1 in self._form.levels) and (not level2 or level2 in levels.known))

    def _indicator(
        self, section: str, sheet: int, span: Span, values: Mapping[str, _Text], shift: int, levels: Levels
    ) -> Indicator:
        printed = {key: cell.printed for key, cell in values.items()}
        levels.take(values["level1"].text if "level1" in values else "", values["level2"].text if "level2" in values else "")
        target = self._targets.read(values["value"].text, values["level3"].text)
        mended = ("shifted",) if shift else ()
        scoring, evidence = printed.get("scoring", ""), printed.get("evidence", "")
        if not scoring and (rule := next((word for word in self._form.words.scoring if evidence.startswith(word)), "")):
            scoring, evidence, mended = rule, evidence[len(rule) :], (*mended, "split")
        return Indicator(
            section, span, sheet, levels.level1, levels.level2, printed["level3"], target.operator, target.value,
            target.unit, plain(printed["value"]), _weight(values["weight"].text), printed.get("basis", ""),
            printed.get("last", ""), scoring, evidence, mended,
        )  # fmt: skip

    def _continued(self, last: Indicator, columns: Mapping[int, str], row: list[_Text], span: Span) -> Indicator:
        """The indicator with the rest of its cells, which a page break has put into a row of their own."""
        texts = {
            "level3": last.level3, "value": last.printed, "basis": last.basis, "last": last.last,
            "scoring": last.scoring, "evidence": last.evidence,
        }  # fmt: skip
        for index, cell in enumerate(row):
            key = columns.get(index, "")
            if key in texts and cell.text:
                texts[key] = joined(texts[key], cell.printed)
        target = self._targets.read(unify(texts["value"]), unify(texts["level3"]))
        return replace(
            last, level3=texts["level3"], printed=texts["value"], basis=texts["basis"], last=texts["last"],
            scoring=texts["scoring"], evidence=texts["evidence"], operator=target.operator, value=target.value,
            unit=target.unit, mended=tuple(dict.fromkeys((*last.mended, "joined"))),
            span=Span(last.span.line, last.span.start, span.end),
        )  # fmt: skip


def joined(first: str, rest: str) -> str:
    """Two halves of a cell; what a converter wrote twice, or closed too early, at the page break is left out."""
    if first.endswith(rest):
        return first
    if first.endswith((")", "）")) and (first + rest).count(first[-1]) > (first + rest).count("(（"[first[-1] == "）"]):
        return first[:-1] + rest
    return first + rest


def _weight(text: str) -> Decimal | None:
    return number(text) if text.replace(".", "", 1).isdecimal() and len(text) <= 6 else None
