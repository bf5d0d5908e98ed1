"""Turns found statements into records."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from kg.extract.narrative_templates import Found, split_names
from kg.extract.narrative_values import money, number
from kg.forms.statements_schema import NarrativeForm
from kg.statements import (
    Amount,
    BasePhase,
    CarryOverItem,
    Change,
    Declaration,
    Direction,
    Figure,
    NamedList,
    NarrativeItem,
    Office,
    Share,
    Statement,
    Use,
)

_PATH = ("class", "section", "item")
_S = TypeVar("_S", bound=Statement)
_JOINED_GROUPS = ("three-public", "operating-cost")


@dataclass
class RecordBuilder:
    """Collects the records of a document, section by section."""

    form: NarrativeForm
    fiscal_year: int
    records: dict[type[Statement], list[Statement]] = field(default_factory=lambda: defaultdict(list))

    def add(self, section: str, statements: list[Found]) -> None:
        """Add the records of one section; a date that the section names holds for the figures after it."""
        as_of: datetime.date | None = None
        for found in statements:
            kind = found.template.record
            if kind == "as-of":
                as_of = _date(found)
                continue
            self._figures(section, found, as_of)
            if kind == "change":
                self._change(section, found)
            elif kind == "item":
                self._item(section, found)
            elif kind == "item-executed":
                self._add_to_item(section, found, executed=self.amount(found, "executed"))
            elif kind == "item-planned":
                self._planned(section, found)
            elif kind == "reason":
                self._reason(section, found)
            elif kind == "list":
                self._list(section, found)
            elif kind == "use":
                amount = self.amount(found, "amount")
                self._put(Use(section, found.span, found.text("subject"), amount, found.tail_text))
            elif kind == "carry-over-item":
                amount = self.amount(found, "amount")
                self._put(CarryOverItem(section, found.span, found.text("subject"), amount, found.tail_text))
            elif kind == "offices":
                self._offices(section, found)
            elif kind == "declaration":
                subject = found.text("subject")
                text = found.source.verbatim(*found.match.span())
                key = self.form.subject_key(found.match.groupdict().get("subject") or "")
                named = self.amount(found, "amount") if found.match.groupdict().get("amount") else None
                self._put(Declaration(section, found.span, found.template.about, subject, key, text, named))
        self._join(section)

    def amount(self, found: Found, group: str) -> Amount:
        """The money of a group, in 元."""
        return money(found.source, found.match, group, self.form.units)

    def of(self, kind: type[_S]) -> tuple[_S, ...]:
        """The records of one kind, in the order of the source."""
        return tuple(record for record in self.records[kind] if isinstance(record, kind))

    def _put(self, record: Statement) -> None:
        self.records[type(record)].append(record)

    def _direction(self, word: str | None) -> Direction | None:
        for direction, words in self.form.directions.items():
            if word in words:
                return Direction(direction)
        return None

    def _figures(self, section: str, found: Found, as_of: datetime.date | None) -> None:
        template, groups = found.template, found.match.groupdict()
        measures = dict(template.figures)
        if template.keyed:
            measures[template.keyed] = self.form.subject_key(groups["subject"])
        for group, measure in measures.items():
            if groups.get(group) is None:
                continue
            unit = groups.get(f"{group}_unit") or template.unit
            factor = self.form.units.get(unit)
            change = None
            if groups.get(f"{group}_change") is not None:
                sign = -1 if self._direction(groups[f"{group}_direction"]) is Direction.DECREASE else 1
                change = sign * number(groups[f"{group}_change"])
            self._put(
                Figure(
                    section,
                    found.span,
                    template.group,
                    measure,
                    number(groups[group]) * (factor or 1),
                    "元" if factor else unit,
                    found.text(group) + (groups.get(f"{group}_unit") or ""),
                    change,
                    as_of if template.dated else None,
                    groups.get(f"{group}_about") is not None,
                )
            )

    def _change(self, section: str, found: Found) -> None:
        groups = found.match.groupdict()
        path = tuple(found.text(part) for part in _PATH) if groups.get("item") else ()
        printed = found.text("subject") or "/".join(path)
        key = self.form.subject_key(groups.get("subject") or "")
        amount = self.amount(found, "amount") if groups.get("amount") else None
        if path and amount is not None:
            self._put(NarrativeItem(section, found.span, path, "", amount))
        if groups.get("share") and amount is not None:
            percent = number(groups["share"])
            self._put(Share(section, found.span, printed, key, amount, percent, found.template.of))
        direction = self._direction(groups.get("direction") or groups.get("level"))
        if direction is None or not (groups.get("change") or groups.get("level")):
            return
        change = self.amount(found, "change") if groups.get("change") else Amount(Decimal(0), found.text("level"))
        execution = groups.get("base") in self.form.execution_words
        self._put(
            Change(
                section,
                found.span,
                printed,
                key,
                path,
                "",
                amount,
                change,
                direction,
                number(groups["percent"]) if groups.get("percent") else None,
                self._direction(groups.get("rate")),
                int(groups.get("base_year") or self.fiscal_year - 1),
                BasePhase.EXECUTION if execution else BasePhase.BUDGET,
                found.tail_text,
                groups.get("rate") or "",
                found.template.of,
            )
        )

    def _item(self, section: str, found: Found) -> None:
        path = tuple(name for part in _PATH if (name := found.text(part)))
        codes = tuple(code for part in _PATH if (code := found.text(f"{part}_code") or found.text(f"{part}_lead")))
        amount = self.amount(found, "amount")
        self._put(NarrativeItem(section, found.span, path, "", amount, use=found.tail_text, code_printed=codes))

    def _add_to_item(self, section: str, found: Found, **values: Amount) -> NarrativeItem | None:
        """The last item of the section with the values that a later sentence adds; ``None`` when none came before."""
        items = self.records[NarrativeItem]
        item = items[-1] if items else None
        if not isinstance(item, NarrativeItem) or item.section != section:
            return None
        span = replace(item.span, end=found.span.end)
        items[-1] = item = replace(
            item, span=span, executed=values.get("executed", item.executed), planned=values.get("planned", item.planned)
        )
        return item

    def _planned(self, section: str, found: Found) -> None:
        """A plan beside what was carried out the year before: a change told by its two amounts."""
        planned = self.amount(found, "planned")
        item = self._add_to_item(section, found, planned=planned)
        groups = found.match.groupdict()
        direction = self._direction(groups.get("direction") or groups.get("level"))
        if item is None or item.executed is None or direction is None:
            return
        change = self.amount(found, "change") if groups.get("change") else Amount(abs(planned.value - item.executed.value), "")
        percent = number(groups["percent"]) if groups.get("percent") else None
        rate = self._direction(groups.get("rate"))
        base_year = int(groups.get("base_year") or self.fiscal_year - 1)
        execution = groups.get("base") in self.form.execution_words
        phase = BasePhase.EXECUTION if execution else BasePhase.BUDGET
        subject = "/".join(item.path)
        self._put(
            Change(
                section,
                found.span,
                subject,
                "",
                item.path,
                "",
                planned,
                change,
                direction,
                percent,
                rate,
                base_year,
                phase,
                found.tail_text,
            )
        )

    def _reason(self, section: str, found: Found) -> None:
        """A sentence that gives one reason for all changes before it."""
        for index, change in enumerate(self.records[Change]):
            if isinstance(change, Change) and change.section == section and not change.reason and not change.path:
                self.records[Change][index] = replace(change, reason=found.tail_text)

    def _list(self, section: str, found: Found) -> None:
        if items := found.text("items"):
            self._put(NamedList(section, found.span, found.template.list_name, split_names(items)))

    def _offices(self, section: str, found: Found) -> None:
        count = int(found.match.groupdict().get("count") or 0)
        for name in split_names(found.text("items"), expected=count, joiners=("和", "及")):
            self._put(Office(section, found.span, name, found.template.relation))

    def _join(self, section: str) -> None:
        """Three-public and operating costs are told in two sentences: the amount, then the change."""
        figures = self.records[Figure]
        positions = {
            record.measure: position
            for position, record in enumerate(figures)
            if isinstance(record, Figure) and record.section == section and record.group in _JOINED_GROUPS
        }
        changes = self.records[Change]
        for index, change in enumerate(changes):
            if not isinstance(change, Change) or change.section != section or change.key not in positions:
                continue
            figure = figures[positions[change.key]]
            assert isinstance(figure, Figure)
            sign = -1 if change.direction is Direction.DECREASE else 1
            figures[positions[change.key]] = replace(figure, change=sign * change.change.value)
            if change.amount is None:
                changes[index] = replace(change, amount=Amount(figure.value, figure.printed, figure.about))


def _date(found: Found) -> datetime.date:
    groups = found.match.groupdict()
    return datetime.date(int(groups["year"]), int(groups.get("month") or 12), int(groups.get("day") or 31))
