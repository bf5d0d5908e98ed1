"""Projects as the prose describes them: labelled fields, the parts of their money, and subsidies per head."""
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kg.extract.narrative_records import number
from kg.extract.narrative_source import Section, Source
from kg.forms.statements_schema import NarrativeForm
from kg.statements import Allocation, Amount, ProjectDescription, Subsidy

_CLAUSE_END = re.compile(r"[,;。](?!\d{3}(?:\D|$))")
_PER_HEAD = re.compile(r"每(?:人|户|名)|/(?:人|户|名)")
_OWN_FIELDS = frozenset({"policy_basis", "amount", "undertaker", "allocation", "period", "headcount", "standard", "scope"})
_NUMBERED = re.compile(r"[一-龥]{2,6}[\[(【〔（]20\d\d[\])】〕）]第?\d{1,5}号?")
_NO_LETTER = re.compile(r"[\W_]")

Range = tuple[int, int]


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
        self._form = form.projects
        self._units = form.units
        labels = {label: key for key, names in form.projects.fields.items() for label in names}
        longest_first = sorted(labels, key=len, reverse=True)
        self._labels = labels
        self._label = re.compile(rf"(?P<label>{'|'.join(map(re.escape, longest_first))}):")

    def read(self, source: Source, section: Section) -> Iterator[ProjectBlock]:
        """The projects of a section; each block runs as far as the next one."""
        names = list(self._form.name.finditer(source.text, section.start, section.end))
        ends = [match.start() for match in names[1:]] + [section.end] * bool(names)
        for match, end in zip(names, ends, strict=True):
            yield self._block(source, section.key, match, end)

    def _block(self, source: Source, section: str, opening: re.Match[str], end: int) -> ProjectBlock:
        fields: dict[str, Range] = {}
        labels = list(self._label.finditer(source.text, opening.end(), end))
        limits = [label.start() for label in labels] + [end]
        for label, limit in zip(labels, limits[1:], strict=True):
            fields.setdefault(self._labels[label["label"]], source.trimmed(label.end(), limit))
        name_range = source.trimmed(opening.end(), limits[0])
        texts = {key: source.verbatim(*place) for key, place in fields.items()}
        name = source.verbatim(*name_range)
        start, finish = self._period(source, fields.get("period"))
        parts = _Parts(self, source, section, name)
        if "allocation" in fields:
            parts.read(fields["allocation"])
        description = ProjectDescription(
            section,
            source.span(opening.start(), source.trimmed(opening.start(), end)[1]),
            name,
            (name,),
            "",
            self._amount_in(source, fields.get("amount")),
            parts.funds.get("fiscal"),
            parts.funds.get("other"),
            parts.total,
            texts.get("policy_basis", ""),
            texts.get("undertaker", ""),
            start,
            finish,
            texts.get("period", ""),
            tuple((key, text) for key, text in texts.items() if key not in _OWN_FIELDS),
        )
        basis = fields.get("policy_basis", (0, 0))
        return ProjectBlock(description, tuple(parts.parts), self._subsidy(source, section, name, fields), basis, name_range)

    def amount_of(self, source: Source, match: re.Match[str], group: str) -> Amount:
        """The money of a group of a match."""
        unit = match[f"{group}_unit"]
        about = match.groupdict().get(f"{group}_about") is not None
        return Amount(number(match[group]) * self._units[unit], source.verbatim(*match.span(group)) + unit, about)

    def _amount_in(self, source: Source, place: Range | None) -> Amount | None:
        match = self._form.amount.search(source.text, *place) if place else None
        return self.amount_of(source, match, "amount") if match else None

    def _period(self, source: Source, place: Range | None) -> tuple[datetime.date | None, datetime.date | None]:
        dates = []
        for match in self._form.date.finditer(source.text, *place) if place else ():
            try:
                dates.append(datetime.date(int(match["year"]), int(match["month"]), int(match["day"])))
            except ValueError:  # a printed day that no calendar has, such as 2月30日: the printed text is kept
                continue
        return (dates[0] if dates else None), (dates[-1] if len(dates) > 1 else None)

    def _subsidy(self, source: Source, section: str, name: str, fields: dict[str, Range]) -> Subsidy | None:
        """From the fields 补贴人数 and 补贴标准; without them, from an allocation that names both."""
        places = [fields[key] for key in ("headcount", "standard") if key in fields]
        if not places:
            places = [fields["allocation"]] if "allocation" in fields else []
        headcount_place, standard_place = (places[0], places[-1]) if places else ((0, 0), (0, 0))
        headcount = self._form.headcount.search(source.text, *headcount_place)
        standard = next(
            (match for pattern in self._form.standards if (match := pattern.search(source.text, *standard_place))), None
        )
        explicit = "headcount" in fields or "standard" in fields
        if not places or (not explicit and (headcount is None or standard is None)):
            return None
        per = f"元/{standard['per']}" + (f"·{standard['period']}" if standard["period"] else "") if standard else ""
        return Subsidy(
            section,
            source.span(min(place[0] for place in places), max(place[1] for place in places)),
            name,
            number(headcount["headcount"]) if headcount else None,
            self.amount_of(source, standard, "standard").value if standard else None,
            per,
            source.verbatim(*standard_place),
            source.verbatim(*fields["scope"]) if "scope" in fields else "",
        )

    @property
    def form_amount(self) -> re.Pattern[str]:
        return self._form.amount


class _Parts:
    """Divides an allocation text into totals, sources of funds and parts.

    A part is a clause that ends with money; clauses before it without money of their own belong to its name. A closing
    total (共计…) is itself the part where no other was found.
    """

    def __init__(self, reader: ProjectReader, source: Source, section: str, project: str) -> None:
        self._reader = reader
        self._form = reader._form
        self._source = source
        self._section = section
        self._project = project
        self.parts: list[Allocation] = []
        self.funds: dict[str, Amount] = {}
        self.total: Amount | None = None

    def read(self, place: Range) -> None:
        """Read the field 资金分配情况."""
        text = self._source.text
        ends = [match.start() for match in _CLAUSE_END.finditer(text, *place)] + [place[1]]
        start = waiting = place[0]
        for end in ends:
            money = self._money_at_end(start, end)
            if money is None or _PER_HEAD.search(text, start, end) and not self._is_total(start, money.start()):
                start = end + 1
                continue
            self._clause(waiting, start, end, money)
            start = waiting = end + 1

    def _clause(self, waiting: int, start: int, end: int, money: re.Match[str]) -> None:
        text = self._source.text
        amount = self._reader.amount_of(self._source, money, "amount")
        for kind, pattern in self._form.allocation_funds.items():
            if pattern.fullmatch(text, start, money.start()):
                self.funds[kind] = amount
                return
        opens = text.startswith(("其中", ",其中", ":其中"), end) or text.startswith("其中", end + 1)
        if opens or self._is_total(start, money.start()):
            self.total = amount
            if opens or self.parts or waiting == start:
                return
            self._part(waiting, start - 1, end, amount)
            return
        self._part(waiting, money.start(), end, amount)

    def _part(self, start: int, name_end: int, end: int, amount: Amount) -> None:
        opening = self._form.allocation_opening.match(self._source.text, start, name_end)
        name_start = opening.end() if opening else start
        _, name_end = self._source.trimmed(name_start, name_end)
        for closing in self._form.allocation_closing.finditer(self._source.text, name_start, name_end):
            if closing.end() == name_end and closing.start() > name_start:
                name_end = closing.start()
                break
        item = self._source.verbatim(name_start, name_end)
        span = self._source.span(start, end)
        self.parts.append(Allocation(self._section, span, self._project, item, amount))

    def _is_total(self, start: int, money: int) -> bool:
        return self._form.allocation_total.fullmatch(self._source.text, start, money) is not None

    def _money_at_end(self, start: int, end: int) -> re.Match[str] | None:
        matches = list(self._reader.form_amount.finditer(self._source.text, start, end))
        return matches[-1] if matches and matches[-1].end() == end else None


def project_key(name: str, form: NarrativeForm) -> str:
    """A project's name without year, document number and generic words: what joins prose, tables and sheets."""
    key = re.sub(r"20\d\d年(?:度)?", "", _NUMBERED.sub("", name))
    key = _NO_LETTER.sub("", key)
    stripped = True
    while stripped:
        stripped = False
        for word in form.projects.generic_words:
            if key.endswith(word) and len(key) > len(word) + 1:
                key, stripped = key[: -len(word)], True
    return key


def same_amount(one: Decimal, other: Decimal) -> bool:
    """Whether two printed amounts in 万元 mean the same money: equal after rounding to 100 元."""
    return abs(one - other) <= Decimal(50)
