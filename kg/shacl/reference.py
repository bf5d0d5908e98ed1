"""pySHACL, the reference engine, with every query parsed once.

Left alone, rdflib parses the text of a constraint again for every focus node, which is nearly all the time a validation
takes. :class:`PreparedGraph` keeps what was parsed; nothing of rdflib or pySHACL is patched.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
import pyshacl
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result as Answer
from rdflib.term import Node

from kg.errors import BudgetError
from kg.shacl.plan import plan


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


@lru_cache(maxsize=4096)
def _prepared(text: str) -> Query:
    return plan(prepareQuery(text), ["this"])


class PreparedGraph(Graph):
    """A graph whose queries are parsed once per process, however often they are asked."""

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Answer:
        """As :meth:`rdflib.Graph.query`; a text is prepared first and remembered."""
        return super().query(_prepared(query_object) if isinstance(query_object, str) else query_object, *args, **kwargs)


def run(ntriples: bytes, shapes: Graph) -> tuple[Result, ...]:
    """Hold N-Triples against ``shapes``: every result, sorted; none when the data conforms.

    Raises :class:`ShapesError` when a shape or the text of a constraint is refused.
    """
    data = PreparedGraph()
    data.parse(data=ntriples, format="nt")
    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    except pyshacl.errors.ReportableRuntimeError as error:
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
