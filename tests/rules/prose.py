"""What prose says, for small graphs: statements beside the tables of :mod:`tests.rules.graphs`, from a few words each."""

from dataclasses import dataclass, field
from decimal import Decimal

from kg import iri
from kg.ntriples import Triples, decimal, integer, text
from kg.ntriples import iri as ref
from kg.terms import TERMS
from tests.rules.graphs import BASE, DISCLOSURE, FUNCTIONAL, RDF_TYPE

_WAN = Decimal(10000)


@dataclass
class Prose:
    """Adds statements to a disclosure, one after the other. Amounts are printed in 万元 unless ``factor`` says otherwise.

    ``step`` is the smallest amount that the prose prints, in that unit.
    """

    triples: Triples
    step: str = "0.01"
    factor: Decimal = _WAN
    place: int = field(default=0)

    def __post_init__(self) -> None:
        self.add(DISCLOSURE, statedResolution=decimal(Decimal(self.step) * self.factor))

    def add(self, node: str, **values: str) -> None:
        """Statements about a node: encoded terms by the local name of their property; empty ones are left out."""
        for name, value in values.items():
            if value:
                self.triples.add(node, f"{TERMS}{name}", value)

    def money(self, printed: str) -> str:
        """A printed amount in 元, encoded; nothing for nothing."""
        return decimal(Decimal(printed) * self.factor) if printed else ""

    def _new(self, kind: str, name: str, subject: str) -> str:
        self.place += 100
        node = f"{DISCLOSURE}/{name}/{self.place // 100}"
        self.triples.add(node, RDF_TYPE, ref(f"{TERMS}{kind}"))
        self.add(node, inDisclosure=ref(DISCLOSURE), statedSubject=text(subject) if subject else "")
        self.add(node, sourceStart=integer(self.place), sourceEnd=integer(self.place + 60))
        return node

    def fact(self, subject: str, amount: str = "", quantity: str = "", unit: str = "") -> str:
        """A figure, ``group:measure``: money, or a number of something."""
        kinds = {"procurement": "ProcurementPlan", "asset": "AssetHolding", "staffing": "StaffingFact"}
        node = self._new(kinds.get(subject.split(":")[0], "StatedFact"), "fact", subject)
        self.add(node, amount=self.money(amount), quantity=decimal(Decimal(quantity)) if quantity else "")
        self.add(node, quantityUnit=text(unit) if unit else "")
        return node

    def change(self, subject: str, amount: str, change: str, percent: str = "", reason: str = "人员增加", **about: str) -> str:
        """A comparison with last year; ``change`` has its sign, a percentage the digits that are printed."""
        node = self._new("ChangeStatement", "change", subject)
        self.add(node, amount=self.money(amount), changeAmount=self.money(change), changeReason=text(reason) if reason else "")
        self._percent(node, "statedPercent", percent)
        self._about(node, about)
        return node

    def share(self, subject: str, amount: str, percent: str = "", **about: str) -> str:
        """A part of a total with its share, or without one (an item, a class and its use)."""
        node = self._new("StatedFact", "share", subject)
        self.add(node, amount=self.money(amount))
        self._percent(node, "sharePercent", percent)
        self._about(node, about)
        return node

    def listed(self, name: str, rows: str, *unmatched: str) -> str:
        """A list of names: the rows that it means, and names without a row."""
        node = self._new("StatedFact", "list", f"list:{name}")
        self.add(node, listedRows=text(rows))
        self.triples.add(node, f"{TERMS}unmatchedName", *map(text, unmatched))
        return node

    def citation(self, printed: str, issuer: str, year: int, number: int, region: str = "", advance: int = 0, title: str = "") -> str:
        """A cited document with its number."""
        node = self._new("PolicyCitation", "citation", "")
        self.add(node, cites=ref(f"{BASE}policy/{iri.slug(issuer)}/{year}/{number}"), printedText=text(printed))
        self.add(node, policyRegion=text(region) if region else "", advanceYear=ref(iri.year(advance)) if advance else "")
        self.add(node, citedTitle=text(title) if title else "")
        return node

    def _percent(self, node: str, name: str, percent: str) -> None:
        if percent:
            self.add(node, **{name: decimal(Decimal(percent))})
            exponent = Decimal(percent).as_tuple().exponent
            if exponent != -2:
                self.add(node, **{f"{name}Step": decimal(Decimal(1).scaleb(int(exponent)))})

    def _about(self, node: str, about: dict[str, str]) -> None:
        """``code``, ``fund``, ``type`` by their notation, ``of`` the node of a total; anything else is a text."""
        for name, value in about.items():
            match name:
                case "code":
                    self.add(node, functionalCode=ref(f"{FUNCTIONAL}/{value}"))
                case "fund":
                    self.add(node, fundSource=ref(iri.code("fund-source", value)))
                case "type":
                    self.add(node, expenditureType=ref(iri.code("expenditure-type", value)))
                case "of":
                    self.add(node, partOfTotal=ref(value))
                case _:
                    self.add(node, **{name: text(value)})
