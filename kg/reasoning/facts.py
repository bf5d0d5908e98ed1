"""What the reasoner sees of a disclosure: a small extract of what it says, and what can be counted where it is complete.

The world of OWL is open: what is absent is not denied. So what definitions need to know to be absent is counted here by query, where
the document shows that it is all there, and asserted as a number (:data:`COUNTED`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from kg.queries import named
from kg.reasoning.definitions import Ontology
from kg.store import Reader, Term
from kg.terms import PREFIXES, TERMS

TYPE = f"{PREFIXES['rdf']}type"
COUNTED = tuple(TERMS + name for name in ("projectCount", "executionYearCount", "paidFrom", "paidFromCount"))
"""Properties that no document states: they are counted by query and stand in the derived graph."""


@dataclass(frozen=True, order=True)
class Fact:
    """One statement. ``value`` is an IRI or a number."""

    subject: str
    predicate: str
    value: str | Decimal

    @property
    def number(self) -> Decimal | None:
        return self.value if isinstance(self.value, Decimal) else None


@dataclass(frozen=True)
class Extract:
    """What is seen of one disclosure. ``stated`` stands in its graph or in the code lists, ``counted`` was counted from it."""

    disclosure: str
    stated: tuple[Fact, ...]
    counted: tuple[Fact, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (*self.stated, *self.counted)


def extracts(reader: Reader, ontology: Ontology) -> list[Extract]:
    """The extract of every disclosure, by address: read once for the whole store."""
    stated: dict[str, set[Fact]] = {}
    for row in _rows(reader, "reason-classed", "class", sorted(ontology.classes())):
        stated.setdefault(row["disclosure"], set()).add(Fact(row["subject"], TYPE, row["class"]))
    asked = sorted(ontology.properties() - set(COUNTED))
    for row in _rows(reader, "reason-statements", "property", asked):
        stated.setdefault(row["disclosure"], set()).add(Fact(row["subject"], row["property"], row.number_or_text("object")))
    counted = _counted(reader)
    kinds = _kinds(reader, ontology)
    for disclosure, facts in stated.items():
        pointed = {str(fact.value) for fact in (*facts, *counted.get(disclosure, ())) if fact.number is None}
        facts.update(kind for thing in sorted(pointed & kinds.keys()) for kind in kinds[thing])
    return [
        Extract(disclosure, tuple(sorted(facts, key=_order)), tuple(sorted(counted.get(disclosure, ()), key=_order)))
        for disclosure, facts in sorted(stated.items())
    ]


def _counted(reader: Reader) -> dict[str, set[Fact]]:
    found: dict[str, set[Fact]] = {}
    for row in _rows(reader, "reason-projects"):
        found.setdefault(row["disclosure"], set()).add(Fact(row["disclosure"], f"{TERMS}projectCount", Decimal(row["count"])))
    for row in _rows(reader, "reason-execution"):
        found.setdefault(row["disclosure"], set()).add(Fact(row["project"], f"{TERMS}executionYearCount", Decimal(row["count"])))
    sources: dict[tuple[str, str], set[str]] = {}
    for row in _rows(reader, "reason-funds"):
        sources.setdefault((row["disclosure"], row["project"]), set()).add(row["fund"])
    for (disclosure, project), funds in sources.items():
        facts = found.setdefault(disclosure, set())
        facts.update(Fact(project, f"{TERMS}paidFrom", fund) for fund in funds)
        facts.add(Fact(project, f"{TERMS}paidFromCount", Decimal(len(funds))))
    return found


def _kinds(reader: Reader, ontology: Ontology) -> dict[str, list[Fact]]:
    """The classes of what stands in the code lists and the ontology, so that it can be told what a fact points at."""
    found: dict[str, list[Fact]] = {}
    for name in sorted(ontology.classes()):
        answer = reader.query("SELECT ?class ?thing WHERE { ?thing a ?class }", {"class": ox.NamedNode(name)})
        assert isinstance(answer, ox.QuerySolutions)
        for solution in answer:
            thing = solution["thing"].value
            if "/disclosure/" not in thing:
                found.setdefault(thing, []).append(Fact(thing, TYPE, name))
    return found


def _order(fact: Fact) -> tuple[str, str, str]:
    return (fact.subject, fact.predicate, str(fact.value))


class _Row:
    def __init__(self, solution: ox.QuerySolution) -> None:
        self._solution = solution

    def __getitem__(self, name: str) -> str:
        value = self._solution[name]
        return value.value if isinstance(value, ox.NamedNode | ox.Literal) else ""

    def number_or_text(self, name: str) -> str | Decimal:
        value = self._solution[name]
        if isinstance(value, ox.Literal) and value.datatype.value.endswith(("#decimal", "#integer")):
            return Decimal(value.value)
        return self[name]


def _rows(reader: Reader, query: str, variable: str = "", values: Sequence[str] = ()) -> Iterator[_Row]:
    """The solutions of a query; asked once for each value where a variable is bound."""
    asked: list[Mapping[str, Term]] = [{variable: ox.NamedNode(value)} for value in values] if variable else [{}]
    for bindings in asked:
        answer = reader.query(named(query), bindings)
        assert isinstance(answer, ox.QuerySolutions)
        yield from map(_Row, answer)
