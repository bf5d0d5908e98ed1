"""Projects as the prose describes them: labelled fields, the parts of their money, and subsidies per head."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kg.extract.narrative_source import Section, Source
from kg.extract.narrative_values import money, number
from kg.forms.statements_schema import NarrativeForm
from kg.statements import Allocation, Amount, ProjectDescription, Subsidy

Range = tuple[int, int]

_CLAUSE_END = re.compile(r"[,;。](?!\d{3}(?:\D|$))")
_PER_HEAD = re.compile(r"每(?:人|户|名)|/(?:人|户|名)")
_OWN_FIELDS = frozenset({"policy_basis", "amount", "undertaker", "allocation", "period", "headcount", "standard", "scope"})
_CITED_NUMBER = re.compile(r"[一-龥]{2,6}[\[(【〔（]20\d\d[\])】〕）]第?\d{1,5}号?")
_YEAR = re.compile(r"20\d\d年(?:度)?")
_NO_LETTER = re.compile(r"[\W_]")


@dataclass(frozen=True)
class ProjectBlock:
    """A described project, its parts, and where its policy basis and its name stand."""

    description: ProjectDescription
    allocations: tuple[Allocation, ...]
    subsidy: Subsidy | None
    basis: Range
    name: Range


class ProjectReader:
    """Reads project blocks by the labels of one form."""

    def __init__(self, form: NarrativeForm) -> None:
        self._form = form
        self._labels = {label: key for key, names in form.projects.fields.items() for label in names}
        longest_first = sorted(self._labels, key=len, reverse=True)
        projects = form.projects
        self._label = re.compile(rf"{projects.label_before}(?P<label>{'|'.join(map(re.escape, longest_first))}){projects.label_after}")

    def read(self, source: Source, section: Section) -> Iterator[ProjectBlock]:
        """The projects of a section; each block runs as far as the next one."""
        names = list(self._form.projects.name.finditer(source.text, section.heading, section.end))
        ends = [match.start() for match in names[1:]] + [section.end] * bool(names)
        for match, end in zip(names, ends, strict=True):
            yield self._block(source, section.key, match, end)

    def _block(self, source: Source, section: str, opening: re.Match[str], end: int) -> ProjectBlock:
        labels = [label for label in self._label.finditer(source.text, opening.end(), end) if self._is_label(source, label)]
        limits = [label.start() for label in labels] + [end]
        places: dict[str, Range] = {}
        for label, limit in zip(labels, limits[1:], strict=True):
            place = source.trimmed(label.end(), limit)
            if place[0] < place[1]:
                places.setdefault(self._labels[label["label"]], place)
        if self._form.projects.one_money_field and "amount" in places:
            places.setdefault("allocation", places["amount"])
        texts = {key: source.verbatim(*place) for key, place in places.items()}
        name_place = self._name(source, opening, limits[0], end)
        name = source.verbatim(*name_place)
        parts = _Parts(self._form, source, section, name)
        if "allocation" in places:
            parts.read(places["allocation"])
        start, finish = self._period(source, places.get("period"))
        whole = self._form.projects.whole_amount or self._form.projects.amount
        amount = whole.search(source.text, *places.get("amount", (0, 0)))
        funds = {kind: self._fund(source, kind, opening.end(), end) for kind in self._form.projects.allocation_funds}
        description = ProjectDescription(
            section=section,
            span=source.span(opening.start(), source.trimmed(opening.start(), end)[1]),
            name=name,
            names=(name,),
            code="",
            amount=money(source, amount, "amount", self._form.units) if amount else None,
            fiscal=funds.get("fiscal"),
            other=funds.get("other"),
            stated_total=parts.total,
            policy_basis=texts.get("policy_basis", ""),
            undertaker=texts.get("undertaker", ""),
            start=start,
            end=finish,
            period_printed=texts.get("period", ""),
            fields=tuple((key, text) for key, text in texts.items() if key not in _OWN_FIELDS),
        )
        subsidy = self._subsidy(source, section, name, places)
        return ProjectBlock(description, tuple(parts.parts), subsidy, places.get("policy_basis", (0, 0)), name_place)

    def _is_label(self, source: Source, label: re.Match[str]) -> bool:
        """Where labels are lines of their own, the words of one inside a sentence are none."""
        ends = label.end() in source.starts or label.group().endswith(":")
        return not self._form.projects.label_lines or (label.start() in source.starts and ends)

    def _name(self, source: Source, opening: re.Match[str], first_label: int, end: int) -> Range:
        if "name" not in opening.groupdict():
            return source.trimmed(opening.end(), first_label)
        if opening["name"]:
            return opening.span("name")
        inside = (match for pattern in self._form.projects.name_inside if (match := pattern.search(source.text, opening.end(), end)))
        match = next(inside, None)
        return match.span("name") if match else opening.span()

    def _fund(self, source: Source, kind: str, start: int, end: int) -> Amount | None:
        """The fiscal or other money of a project, wherever its block names it (财政资金2万元)."""
        fund = next(pattern for key, pattern in self._form.projects.allocation_funds.items() if key == kind)
        for match in fund.finditer(source.text, start, end):
            amount = self._form.projects.amount.match(source.text, match.end(), end)
            if amount is not None:
                return money(source, amount, "amount", self._form.units)
        return None

    def _period(self, source: Source, place: Range | None) -> tuple[datetime.date | None, datetime.date | None]:
        dates = []
        for match in self._form.projects.date.finditer(source.text, *place) if place else ():
            try:
                dates.append(datetime.date(int(match["year"]), int(match["month"]), int(match["day"])))
            except ValueError:  # a printed day that no calendar has, such as 2月30日: the printed text is kept
                continue
        return (dates[0] if dates else None), (dates[-1] if len(dates) > 1 else None)

    def _subsidy(self, source: Source, section: str, name: str, places: Mapping[str, Range]) -> Subsidy | None:
        """From the fields 补贴人数 and 补贴标准; without them, from an allocation that names both."""
        explicit = "headcount" in places or "standard" in places
        default = (0, 0) if explicit else places.get("allocation", (0, 0))
        heads, standards = places.get("headcount", default), places.get("standard", default)
        headcount = self._form.projects.headcount.search(source.text, *heads)
        patterns = self._form.projects.standards
        standard = next((match for one in patterns if (match := one.search(source.text, *standards))), None)
        if not explicit and (headcount is None or standard is None):
            return None
        used = [place for place in (heads, standards) if place != (0, 0)]
        unit = ""
        if standard is not None:
            unit = f"元/{standard['per']}" + (f"·{standard['period']}" if standard["period"] else "")
        return Subsidy(
            section=section,
            span=source.span(min(place[0] for place in used), max(place[1] for place in used)),
            project=name,
            headcount=number(headcount["headcount"]) if headcount else None,
            standard=money(source, standard, "standard", self._form.units).value if standard else None,
            standard_unit=unit,
            printed=source.verbatim(*standards),
            scope=source.verbatim(*places["scope"]) if "scope" in places else "",
        )


@dataclass
class _Parts:
    """Divides an allocation text into totals, sources of funds and parts.

    A part is a clause that ends with money; clauses before it without money of their own belong to its name. A closing
    total (共计…) is itself the part where no other was found.
    """

    form: NarrativeForm
    source: Source
    section: str
    project: str
    parts: list[Allocation] = field(default_factory=list)
    total: Amount | None = None

    def read(self, place: Range) -> None:
        """Read the field 资金分配情况."""
        text = self.source.text
        start = waiting = place[0]
        for end in [match.start() for match in _CLAUSE_END.finditer(text, *place)] + [place[1]]:
            amount = self._money_at_end(start, end)
            if amount is not None and not self._is_standard(start, amount.start(), end):
                self._clause(waiting, start, end, amount)
                waiting = end + 1
            start = end + 1

    def _clause(self, waiting: int, start: int, end: int, printed: re.Match[str]) -> None:
        text = self.source.text
        amount = money(self.source, printed, "amount", self.form.units)
        if any(fund.fullmatch(text, start, printed.start()) for fund in self.form.projects.allocation_funds.values()):
            return
        divided_next = text.startswith("其中", end + 1)
        if not divided_next and not self._is_total(start, printed.start()):
            self._part(waiting, printed.start(), end, amount)
            return
        self.total = amount
        if not divided_next and not self.parts and waiting < start:
            self._part(waiting, start - 1, end, amount)

    def _part(self, start: int, name_end: int, end: int, amount: Amount) -> None:
        projects, text = self.form.projects, self.source.text
        opening = projects.allocation_opening.match(text, start, name_end)
        name_start, name_end = self.source.trimmed(opening.end() if opening else start, name_end)
        for closing in projects.allocation_closing.finditer(text, name_start, name_end):
            if closing.end() == name_end and closing.start() > name_start:
                name_end = closing.start()
        item = self.source.verbatim(name_start, name_end)
        self.parts.append(Allocation(self.section, self.source.span(start, end), self.project, item, amount))

    def _is_standard(self, start: int, amount: int, end: int) -> bool:
        """Whether the money of a clause is what one head gets (每人每年30元)."""
        return _PER_HEAD.search(self.source.text, start, end) is not None and not self._is_total(start, amount)

    def _is_total(self, start: int, amount: int) -> bool:
        return self.form.projects.allocation_total.fullmatch(self.source.text, start, amount) is not None

    def _money_at_end(self, start: int, end: int) -> re.Match[str] | None:
        matches = list(self.form.projects.amount.finditer(self.source.text, start, end))
        return matches[-1] if matches and matches[-1].end() == end else None


def joining_key(name: str, form: NarrativeForm) -> str:
    """A project's name without year, document number and generic words: what joins the prose, the
    project table and the performance sheets of one document (across documents: :func:`kg.iri.project_key`)."""
    key = _NO_LETTER.sub("", _YEAR.sub("", _CITED_NUMBER.sub("", name)))
    words = form.projects.generic_words
    while ending := next((word for word in words if key.endswith(word) and len(key) > len(word) + 1), ""):
        key = key[: -len(ending)]
    return key
