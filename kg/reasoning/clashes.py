"""What contradicts the ontology, by rules: an extract of OWL 2 RL that names the statements at fault.

A reasoner only says that something is wrong. These rules (disjoint classes reached by types, domains, ranges and superclasses; two values
of a functional property; a literal outside its range) find the contradictions that such an ontology can have, and show them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

Triple = tuple[Node, Node, Node]
_WITHIN = {XSD.integer: {XSD.integer, XSD.decimal}, XSD.string: {XSD.string}}


@dataclass(frozen=True)
class Clash:
    """``thing`` is what cannot be as it is said to be; ``statements`` say so together, ``axioms`` forbid it. Both are N-Triples texts."""

    thing: str
    reason: str
    statements: tuple[str, ...]
    axioms: tuple[str, ...]
    triples: tuple[Triple, ...]


@dataclass(frozen=True)
class _Why:
    """How a class was reached: the statement, and the axioms from there on."""

    statement: Triple
    axioms: tuple[Triple, ...] = ()


def clashes(graph: Graph) -> list[Clash]:
    """Every contradiction that the rules see, by thing."""
    found = [*_disjoint(graph), *_functional(graph), *_out_of_range(graph)]
    return sorted(found, key=lambda clash: (clash.thing, clash.reason, clash.statements))


def _disjoint(graph: Graph) -> Iterator[Clash]:
    forbidden = _disjoint_pairs(graph)
    for thing, reached in _memberships(graph).items():
        for one, other in combinations(sorted(reached, key=str), 2):
            axiom = forbidden.get(frozenset((one, other)))
            if axiom is not None:
                whys = (reached[one], reached[other])
                yield _clash(
                    thing,
                    f"both {_short(one)} and {_short(other)}, which are disjoint",
                    tuple(why.statement for why in whys),
                    (*(step for why in whys for step in why.axioms), axiom),
                )


def _disjoint_pairs(graph: Graph) -> dict[frozenset[Node], Triple]:
    found: dict[frozenset[Node], Triple] = {}
    for one, other in graph.subject_objects(OWL.disjointWith):
        found[frozenset((one, other))] = (one, OWL.disjointWith, other)
    for group in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        members = graph.value(group, OWL.members)
        assert members is not None
        for one, other in combinations(Collection(graph, members), 2):
            found[frozenset((one, other))] = (one, OWL.disjointWith, other)
    return found


def _memberships(graph: Graph) -> dict[Node, dict[Node, _Why]]:
    """Thing → class → how it is known, but for classes and properties themselves."""
    above = _superclasses(graph)
    domains = {prop: list(graph.objects(prop, RDFS.domain)) for prop in set(graph.subjects(RDFS.domain, None))}
    ranges = {prop: list(graph.objects(prop, RDFS.range)) for prop in set(graph.subjects(RDFS.range, None))}
    found: dict[Node, dict[Node, _Why]] = {}

    def reach(thing: Node, kind: Node, why: _Why) -> None:
        held = found.setdefault(thing, {})
        if kind not in held:
            held[kind] = why
            for higher in above.get(kind, ()):
                reach(thing, higher, _Why(why.statement, (*why.axioms, (kind, RDFS.subClassOf, higher))))

    for triple in sorted(graph, key=lambda each: tuple(map(str, each))):
        subject, predicate, value = triple
        if predicate == RDF.type and isinstance(value, URIRef):
            reach(subject, value, _Why(triple))
        for kind in domains.get(predicate, ()):
            reach(subject, kind, _Why(triple, ((predicate, RDFS.domain, kind),)))
        if not isinstance(value, Literal):
            for kind in ranges.get(predicate, ()):
                reach(value, kind, _Why(triple, ((predicate, RDFS.range, kind),)))
    return found


def _superclasses(graph: Graph) -> dict[Node, list[Node]]:
    found: dict[Node, list[Node]] = {}
    for kind, higher in graph.subject_objects(RDFS.subClassOf):
        if isinstance(higher, URIRef):
            found.setdefault(kind, []).append(higher)
    for one, other in graph.subject_objects(OWL.equivalentClass):
        if isinstance(one, URIRef) and isinstance(other, URIRef):
            found.setdefault(one, []).append(other)
            found.setdefault(other, []).append(one)
    return {kind: sorted(higher, key=str) for kind, higher in found.items()}


def _functional(graph: Graph) -> Iterator[Clash]:
    for prop in graph.subjects(RDF.type, OWL.FunctionalProperty):
        for thing in sorted(set(graph.subjects(prop, None)), key=str):
            values = sorted((value for value in graph.objects(thing, prop) if isinstance(value, Literal)), key=str)
            if len({value.toPython() for value in values}) > 1:
                triples = tuple((thing, prop, value) for value in values)
                axiom = (prop, RDF.type, OWL.FunctionalProperty)
                yield _clash(thing, f"two values of {_short(prop)}, which may have one", triples, (axiom,))


def _out_of_range(graph: Graph) -> Iterator[Clash]:
    for prop, kind in graph.subject_objects(RDFS.range):
        if not str(kind).startswith(str(XSD)):
            continue
        for thing, value in graph.subject_objects(prop):
            if isinstance(value, Literal) and kind not in _WITHIN.get(value.datatype or XSD.string, {value.datatype}):
                yield _clash(thing, f"{_short(prop)} is no {_short(kind)}", ((thing, prop, value),), ((prop, RDFS.range, kind),))


def _clash(thing: Node, reason: str, statements: tuple[Triple, ...], axioms: tuple[Triple, ...]) -> Clash:
    triples = tuple(dict.fromkeys(statements))
    return Clash(str(thing), reason, tuple(map(_text, triples)), tuple(map(_text, dict.fromkeys(axioms))), triples)


def _text(triple: Triple) -> str:
    return " ".join("_:b" if isinstance(term, BNode) else term.n3() for term in triple)


def _short(term: Node) -> str:
    return str(term).rsplit("/", 1)[-1].rsplit("#", 1)[-1]
