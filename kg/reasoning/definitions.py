"""The definitions of derived classes as a tree: read from the ontology, matched by rules, told in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from rdflib import OWL, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.errors import BudgetError
from kg.resources import ontology_files
from kg.terms import TERMS

_FACETS = {str(XSD.minInclusive): "≥", str(XSD.minExclusive): ">", str(XSD.maxInclusive): "≤", str(XSD.maxExclusive): "<"}


@dataclass(frozen=True)
class Named:
    """A class by its IRI."""

    iri: str


@dataclass(frozen=True)
class All:
    """Everything at once."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class AnyOf:
    """One or more of these."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Some:
    """There is a thing of this kind that the property leads to; from which it leads here when ``inverse``."""

    property: str
    inverse: bool
    filler: "Expression"


@dataclass(frozen=True)
class Number:
    """There is a number for which the comparison (``=``, ``≥``, ``>``, ``≤``, ``<``) with ``value`` holds."""

    property: str
    comparison: str
    value: Decimal

    def holds(self, number: Decimal) -> bool:
        return {
            "=": number == self.value,
            "≥": number >= self.value,
            ">": number > self.value,
            "≤": number <= self.value,
            "<": number < self.value,
        }[self.comparison]


Expression = Named | All | AnyOf | Some | Number


@dataclass(frozen=True)
class Definition:
    """A class that has exactly the members for which ``meaning`` holds; labels and comments by language."""

    iri: str
    meaning: Expression
    labels: Mapping[str, str]
    comments: Mapping[str, str]


@dataclass(frozen=True)
class Ontology:
    """The defined classes, those that others build on first; ``labels`` of every term by language."""

    definitions: tuple[Definition, ...]
    labels: Mapping[str, Mapping[str, str]]

    def properties(self) -> frozenset[str]:
        """The properties that definitions look at."""
        return frozenset(part.property for part in self._parts() if isinstance(part, Some | Number))

    def classes(self) -> frozenset[str]:
        """The classes that definitions name, but for the defined ones."""
        own = {definition.iri for definition in self.definitions}
        return frozenset(part.iri for part in self._parts() if isinstance(part, Named)) - own

    def _parts(self) -> Iterator[Expression]:
        for definition in self.definitions:
            yield from parts_of(definition.meaning)

    def name(self, term: str, language: str) -> str:
        """What a term is called, the last part of its IRI where nobody says."""
        return self.labels.get(term, {}).get(language) or term.rsplit("/", 1)[-1].rsplit("#", 1)[-1]

    def words(self, meaning: Expression, language: str) -> str:
        """An expression as a reader would say it, close to the Manchester syntax of OWL."""
        zh = language == "zh"
        match meaning:
            case Named(iri):
                return self.name(iri, language)
            case All(parts):
                return ("，且" if zh else " and ").join(self.words(part, language) for part in parts)
            case AnyOf(parts):
                either = ("，或" if zh else " or ").join(self.words(part, language) for part in parts)
                return f"（{either}）" if zh else f"({either})"
            case Some(property, inverse, filler):
                name, of = self.name(property, language), self.words(filler, language)
                if zh:
                    return f"有“{of}”以其为“{name}”" if inverse else f"“{name}”有“{of}”"
                return f"is the “{name}” of some “{of}”" if inverse else f"“{name}” some “{of}”"
            case Number(property, comparison, value):
                return f"“{self.name(property, language)}” {comparison} {value.normalize():f}"


def parts_of(meaning: Expression) -> Iterator[Expression]:
    """An expression and everything in it."""
    yield meaning
    if isinstance(meaning, All | AnyOf):
        for part in meaning.parts:
            yield from parts_of(part)
    elif isinstance(meaning, Some):
        yield from parts_of(meaning.filler)


def ontology_graph() -> Graph:
    """The ontology of the program, without code lists."""
    graph = Graph()
    for file in ontology_files():
        graph.parse(data=file.read_bytes(), format="turtle")
    return graph


@cache
def own_ontology() -> Ontology:
    """The definitions that come with the program."""
    return read_ontology(ontology_graph())


def read_ontology(graph: Graph) -> Ontology:
    """The named classes with an ``owl:equivalentClass`` expression. Raises :class:`BudgetError` for a construct that is not known."""
    found: dict[str, Definition] = {}
    for subject, expression in graph.subject_objects(OWL.equivalentClass):
        if isinstance(subject, URIRef) and str(subject).startswith(TERMS) and isinstance(expression, BNode):
            iri = str(subject)
            found[iri] = Definition(iri, _read(graph, expression), _texts(graph, subject, RDFS.label), _texts(graph, subject, RDFS.comment))
    labels = {str(term): _texts(graph, term, RDFS.label) for term in graph.subjects(RDFS.label, None)}
    return Ontology(tuple(_in_order(found)), labels)


def _in_order(found: Mapping[str, Definition]) -> Iterator[Definition]:
    """Each definition after those it names. Raises :class:`BudgetError` for a circle."""
    waiting = dict(sorted(found.items()))
    while waiting:
        ready = [
            iri
            for iri, definition in waiting.items()
            if not any(isinstance(part, Named) and part.iri in waiting for part in parts_of(definition.meaning))
        ]
        if not ready:
            raise BudgetError(f"definitions in a circle: {', '.join(waiting)}")
        for iri in ready:
            yield waiting.pop(iri)


def _texts(graph: Graph, subject: Node, said: URIRef) -> dict[str, str]:
    return {text.language or "": str(text) for text in graph.objects(subject, said) if isinstance(text, Literal)}


def _read(graph: Graph, node: Node) -> Expression:
    if isinstance(node, URIRef):
        return Named(str(node))
    for said, make in ((OWL.intersectionOf, All), (OWL.unionOf, AnyOf)):
        members = graph.value(node, said)
        if members is not None:
            return make(tuple(_read(graph, part) for part in Collection(graph, members)))
    prop = graph.value(node, OWL.onProperty)
    if prop is None:
        raise BudgetError(f"a construct of OWL that is not used here: {_said(graph, node)}")
    inverse = graph.value(prop, OWL.inverseOf)
    name = str(inverse or prop)
    value, filler = graph.value(node, OWL.hasValue), graph.value(node, OWL.someValuesFrom)
    if isinstance(value, Literal):
        return Number(name, "=", Decimal(str(value)))
    if filler is not None and graph.value(filler, OWL.onDatatype) is not None:
        facets = graph.value(filler, OWL.withRestrictions)
        assert facets is not None
        [(facet, bound)] = [pair for each in Collection(graph, facets) for pair in graph.predicate_objects(each)]
        return Number(name, _FACETS[str(facet)], Decimal(str(bound)))
    if filler is not None:
        return Some(name, inverse is not None, _read(graph, filler))
    raise BudgetError(f"a construct of OWL that is not used here: {_said(graph, node)}")


def _said(graph: Graph, node: Node) -> list[Any]:
    return sorted(str(predicate) for predicate in graph.predicates(node, None))
