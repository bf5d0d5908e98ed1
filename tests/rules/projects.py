"""Projects, their paragraphs and their performance sheets, for small graphs, from a few words each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kg.ntriples import Triples, decimal, integer, text
from kg.ntriples import iri as ref
from kg.terms import TERMS
from tests.rules.graphs import BASE, DISCLOSURE, RDF_TYPE, RDFS_LABEL, cell

WAN = Decimal(10000)


@dataclass(frozen=True)
class Target:
    """One row of a sheet. ``target`` is its comparator, number and unit (``≤ 20 万元``), or words; empty levels are none."""

    name: str
    target: str
    weight: str = ""
    first: str = "产出指标"
    second: str = "数量指标"
    last: str = ""
    scoring: str = ""


@dataclass
class Projects:
    """Adds projects and sheets to a disclosure. Amounts are in 万元 unless ``factor`` says otherwise."""

    triples: Triples
    factor: Decimal = WAN
    step: str = "0.01"
    place: int = field(default=10000)

    def _add(self, node: str, kind: str, label: str = "", **values: str) -> str:
        if kind:
            self.triples.add(node, RDF_TYPE, ref(f"{TERMS}{kind}"))
        if label:
            self.triples.add(node, RDFS_LABEL, text(label, "zh"))
        for name, value in values.items():
            if value:
                self.triples.add(node, f"{TERMS}{name}", value)
        return node

    def _number(self) -> int:
        self.place += 100
        return self.place // 100

    def _span(self) -> dict[str, str]:
        return {"sourceStart": integer(self.place), "sourceEnd": integer(self.place + 60)}

    def _money(self, printed: str) -> str:
        return decimal(Decimal(printed) * self.factor) if printed else ""

    def _finer(self) -> str:
        step = Decimal(self.step) * self.factor
        return decimal(step) if step < 100 else ""

    def project(self, name: str, kind: str = "", row: int = 0) -> str:
        """A project; ``row`` is its row in the table of that kind, whose first figure is its total."""
        node = self._add(f"{DISCLOSURE}/project/{self._number()}", "ProjectYear", name)
        self._add(node, "", inDisclosure=ref(DISCLOSURE), project=ref(f"{BASE}project/000000/example/{self.place}"))
        if row:
            self._add(cell(kind, row, 1), "", projectYear=ref(node))
        return node

    def told(self, node: str, amount: str = "", parts: Sequence[tuple[str, str]] = (), **texts: str) -> str:
        """The paragraph of a project: its amount, the parts of it, and texts by the local name of their property."""
        self._add(node, "", describedAmount=self._money(amount), printResolution=self._finer() if amount else "", **self._span())
        self._add(node, "", **{name: text(value) for name, value in texts.items()})
        for name, part in parts:
            piece = self._add(f"{DISCLOSURE}/allocation/{self._number()}", "AllocationPart", name)
            self._add(piece, "", allocationOf=ref(node), amount=self._money(part), sourceStart=integer(self.place))
        return node

    def window(self, node: str, start: str, end: str, printed: str) -> None:
        """When a project's money is spent: two days as ``2026-01-01``, and what is printed."""
        day = "http://www.w3.org/2001/XMLSchema#date"
        values = {name: f'"{value}"^^<{day}>' for name, value in (("executionStart", start), ("executionEnd", end)) if value}
        self._add(node, "", executionText=text(printed), **values)

    def subsidy(self, project: str, headcount: int, standard: str, unit: str = "元/人") -> str:
        """Money per head, in 元."""
        node = self._add(f"{DISCLOSURE}/subsidy/{self._number()}", "SubsidyStandard", standardOf=ref(project))
        said = {"standardUnit": text(unit), "printedText": text(f"{standard}{unit}")}
        return self._add(node, "", headcount=integer(headcount), standardAmount=decimal(Decimal(standard)), **said, **self._span())

    def fact(self, measure: str, amount: str = "", quantity: str = "") -> str:
        """What the prose says of the number and the money of projects."""
        node = self._add(f"{DISCLOSURE}/fact/{self._number()}", "StatedFact", statedSubject=text(f"performance:{measure}"))
        number = {"quantity": decimal(Decimal(quantity)), "quantityUnit": text("个")} if quantity else {}
        return self._add(node, "", inDisclosure=ref(DISCLOSURE), amount=self._money(amount), **number, **self._span())

    def sheet(self, name: str, targets: Sequence[Target] = (), project: str = "", missing: str = "", **funds: str) -> str:
        """A sheet, of the whole department without a project; ``funds`` by the local name of their property."""
        node = self._add(f"{DISCLOSURE}/sheet/{self._number()}", "PerformanceSheet", name, inDisclosure=ref(DISCLOSURE), **self._span())
        self._add(node, "", sheetOf=ref(project) if project else "", missingColumn=text(missing) if missing else "")
        self._add(node, "", printResolution=self._finer(), **{fund: self._money(printed) for fund, printed in funds.items()})
        for position, target in enumerate(targets, start=1):
            self._target(node, position, target)
        return node

    def _target(self, sheet: str, position: int, said: Target) -> None:
        node = self._add(f"{sheet}/target/{position}", "IndicatorTarget", said.name, targetOf=ref(sheet))
        words = said.target.split()
        comparator = words.pop(0) if words and words[0] in "≥≤=><" else ""
        number = words[0] if words and words[0].replace(".", "").isdecimal() else ""
        texts = {
            "comparator": comparator,
            "targetUnit": words[1] if number and len(words) > 1 else "",
            "printedText": "".join(said.target.split()),
            "firstLevel": said.first,
            "secondLevel": said.second,
            "lastYearResult": said.last,
            "scoringRule": said.scoring,
        }
        self._add(node, "", **{name: text(value) for name, value in texts.items() if value})
        self._add(node, "", targetValue=decimal(Decimal(number)) if number else "", sourceStart=integer(self.place + position))
        self._add(node, "", weight=decimal(Decimal(said.weight)) if said.weight else "")


def denial(projects: Projects, amount: str) -> str:
    """A sentence that says that there is no sheet for some money."""
    node = projects.fact("no-performance-sheet", amount)
    projects.triples.add(node, f"{TERMS}text", text(f"结转{amount}万元未做项目绩效目标表"))
    return node
