"""pySHACL, the reference engine, over an Oxigraph store.

Over an rdflib graph the same validation takes three to twenty times as long: rdflib parses the text of a constraint again
for every focus node and evaluates it slowly. A test holds both against each other on every rule case.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox
import pyshacl
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import DataGraph
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from kg.errors import BudgetError


@dataclass(eq=False)
class ShapesError(BudgetError):
    """The shapes could not be run: a fault of the shapes, not of the data. ``shape`` is its IRI, empty when not known."""

    shape: str = ""

    def __str__(self) -> str:
        return f"shape {self.shape}: {self.reason}" if self.shape else self.reason


@dataclass(frozen=True)
class Result:
    """One result of a validation: the node shape it belongs to, the focus node, and what there was wrong.

    ``path`` is the property of a property shape's result, empty otherwise. ``value`` is ``None`` where a value is missing.
    """

    shape: str
    focus: str
    value: ox.NamedNode | ox.Literal | None
    path: str = ""


def run(ntriples: bytes, shapes: Graph) -> tuple[Result, ...]:
    """Hold N-Triples against ``shapes``: every result, sorted; none when the data conforms.

    Raises :class:`ShapesError` when a shape or the text of a constraint is refused.
    """
    store = ox.Store()
    store.load(ntriples, format=ox.RdfFormat.N_TRIPLES)
    try:
        _, report, text = pyshacl.validate(DataGraph.from_oxigraph_store(store), shacl_graph=shapes, inplace=True)
    except (ReportableRuntimeError, SyntaxError) as error:
        raise ShapesError(str(error)) from error
    if not isinstance(report, Graph):
        raise ShapesError(text)
    return tuple(sorted(_results(report, _owners(shapes)), key=_order))


def _owners(shapes: Graph) -> Mapping[Node, Node]:
    """Property shape → the node shape that has it."""
    return {prop: shape for shape, prop in shapes.subject_objects(SH.property)}


def _results(report: Graph, owners: Mapping[Node, Node]) -> Iterator[Result]:
    for node in report.subjects(RDF.type, SH.ValidationResult):
        source = report.value(node, SH.sourceShape)
        focus = report.value(node, SH.focusNode)
        path = report.value(node, SH.resultPath)
        if source is None or focus is None:
            raise ShapesError("a validation result without its shape or focus node")
        yield Result(
            shape=str(owners.get(source, source)),
            focus=str(focus),
            value=_term(report.value(node, SH.value)),
            path=str(path) if isinstance(path, URIRef) else "",
        )


def _term(node: Node | None) -> ox.NamedNode | ox.Literal | None:
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, Literal):
        datatype = None if node.datatype is None or node.language else ox.NamedNode(str(node.datatype))
        return ox.Literal(str(node), language=node.language) if node.language else ox.Literal(str(node), datatype=datatype)
    if isinstance(node, BNode):
        raise ShapesError("a blank node in the data: emitted graphs have none")
    return None


def _order(result: Result) -> tuple[str, str, str, str]:
    return result.shape, result.focus, result.path, str(result.value)
