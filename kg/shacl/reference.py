"""pySHACL, the reference engine: over an rdflib graph, which it knows best, or over an Oxigraph store.

As it is shipped it parses the text of a constraint again for every focus node; the graph here keeps what it has parsed. Over
Oxigraph it is quicker still, but pre-bound variables of custom components and of nested groups do not reach their query.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
import pyshacl
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError, ValidationFailure
from pyshacl.graph_abstraction import DataGraph
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result as RdflibResult
from rdflib.term import Node

from kg.shacl.errors import ShapesError
from kg.shacl.property_paths import Path
from kg.shacl.results import Result
from kg.shacl.shapes_graph import TARGETS, ShapesGraph, Subject
from kg.shacl.vocabulary import Term


class PreparedGraph(Graph):
    """An rdflib graph that parses the text of a query once."""

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> RdflibResult:
        return super().query(_prepared(query_object) if isinstance(query_object, str) else query_object, *args, **kwargs)


@lru_cache(maxsize=1024)
def _prepared(text: str) -> Query:
    try:
        return prepareQuery(text)
    except Exception as error:  # rdflib has no class of its own for this
        if "prefix" in str(error):
            raise ShapesError(str(error)) from error
        raise


def run(
    ntriples: bytes, shapes: ShapesGraph, *, only: Subject | None = None, graph: str = "urn:x-shacl:data", oxigraph: bool = False
) -> tuple[Result, ...]:
    """Hold N-Triples against ``shapes``, or against the targets of one shape of them; none when the data conforms.

    Messages of SPARQL constraints have lost their language here. Raises :class:`ShapesError` when a shape or the text of a
    constraint is refused.
    """
    data = DataGraph.from_oxigraph_store(_store(ntriples)) if oxigraph else _graph(ntriples)
    try:
        _, report, text = pyshacl.validate(data, shacl_graph=_rdflib(shapes, only), inplace=True, advanced=True)
    except (ReportableRuntimeError, ConstraintLoadError, ShapeLoadError, NotImplementedError, SyntaxError) as error:
        raise ShapesError(str(error)) from error
    if isinstance(report, ValidationFailure) or not isinstance(report, Graph):
        raise ShapesError(text)
    return tuple(_results(report, shapes, only, ox.NamedNode(graph)))


def _store(ntriples: bytes) -> ox.Store:
    store = ox.Store()
    store.bulk_extend(ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES))
    return store


def _graph(ntriples: bytes) -> Graph:
    graph = PreparedGraph()
    for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES):
        graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return graph


def _rdflib(shapes: ShapesGraph, only: Subject | None) -> Graph:
    """The shapes as rdflib reads them; with ``only``, no other shape keeps its targets."""
    targets = {target.value for target in TARGETS}
    graph = Graph()
    for triple in shapes.triples:
        if only is not None and triple.subject != only and triple.predicate.value in targets:
            continue
        graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    if only is not None:
        for node in shapes.implicit_classes:
            if node != only:
                graph.remove((to_rdflib(node), RDF.type, URIRef("http://www.w3.org/2000/01/rdf-schema#Class")))
    return graph


def to_rdflib(term: Term | ox.Triple) -> Node:
    """The same term for rdflib."""
    match term:
        case ox.NamedNode():
            return URIRef(term.value)
        case ox.BlankNode():
            return BNode(term.value)
        case ox.Literal():
            if term.language:
                return Literal(term.value, lang=term.language)
            plain = term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
            return Literal(term.value, datatype=None if plain else URIRef(term.datatype.value), normalize=False)
    raise ShapesError("a triple is used as a term, which SHACL does not know")


def from_rdflib(node: Node) -> Term:
    """The same term for Oxigraph."""
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, BNode):
        return ox.BlankNode(str(node))
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=None if node.datatype is None else ox.NamedNode(str(node.datatype)))
    raise ShapesError(f"no RDF term: {node!r}")


def _results(report: Graph, shapes: ShapesGraph, target: Subject | None, graph: ox.NamedNode) -> Iterator[Result]:
    for node in report.objects(None, SH.result):
        shape, focus = _value(report, node, SH.sourceShape), _value(report, node, SH.focusNode)
        component, severity = _value(report, node, SH.sourceConstraintComponent), _value(report, node, SH.resultSeverity)
        if shape is None or focus is None or component is None or not isinstance(severity, ox.NamedNode):
            raise ShapesError("a validation result without its shape, focus node, component or severity")
        assert not isinstance(shape, ox.Literal)
        yield Result(
            graph=graph,
            focus=focus,
            path=_path(_value(report, node, SH.resultPath), shapes),
            value=_value(report, node, SH.value),
            component=component.value,
            shape=shape,
            severity=severity,
            messages=tuple(_messages(report, node)),
            constraint=_value(report, node, SH.sourceConstraint),
            target=target,
        )


def _path(node: Term | None, shapes: ShapesGraph) -> Path | None:
    return None if node is None else shapes.path(node)


def _value(report: Graph, node: Node, predicate: URIRef) -> Term | None:
    value = report.value(node, predicate)
    return None if value is None else from_rdflib(value)


def _messages(report: Graph, node: Node) -> Iterator[ox.Literal]:
    for value in report.objects(node, SH.resultMessage):
        term = from_rdflib(value)
        if isinstance(term, ox.Literal):
            yield term
