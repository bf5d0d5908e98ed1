"""Other constraint components (SHACL, 4.8)."""

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kg.shacl.components.query import Compiler, Constraint, Query, constant
from kg.shacl.seed import GRAPH
from kg.shacl.vocabulary import Term, sh


def _closed(constraint: Constraint) -> Iterator[Query]:
    """4.8.1: properties other than those of the shape's property shapes, and other than the ignored ones."""
    shapes, node = constraint.shapes, constraint.shape.node
    if not shapes.is_true(node, sh("closed")):
        return
    paths = [shapes.value(prop, sh("path")) for prop in shapes.objects(node, sh("property"))]
    ignored = [item for head in shapes.objects(node, sh("ignoredProperties")) for item in shapes.items(head)]
    allowed = ", ".join(sorted({f"<{path.value}>" for path in (*paths, *ignored) if isinstance(path, ox.NamedNode)}))
    nodes = constraint.nodes
    pattern = f"{nodes.focus.pattern} {nodes.reached('node')} ?node ?path ?value FILTER(?path NOT IN ({allowed}))"
    yield constraint.query("Closed", f"SELECT DISTINCT ?{GRAPH} ?this ?path ?value WHERE {{ {pattern} }}")


def _has_value(constraint: Constraint) -> Iterator[Query]:
    """4.8.2"""
    nodes, wanted = constraint.nodes, constant(constraint.value)
    if nodes.path is None:
        condition = f"!SAMETERM(?this, {wanted})"
    elif isinstance(constraint.value, ox.Literal) or nodes.path.reaches_itself:
        condition = f"NOT EXISTS {{ {{ {nodes.focus.pattern} {nodes.reached('had')} }} FILTER(SAMETERM(?had, {wanted})) }}"
    else:
        condition = f"NOT EXISTS {{ ?this {nodes.path.text} {wanted} }}"
    yield constraint.query("HasValue", f"SELECT ?{GRAPH} ?this WHERE {{ {nodes.focus.pattern} FILTER({condition}) }}")


def _in(constraint: Constraint) -> Iterator[Query]:
    """4.8.3: the value must be one of the terms, not merely equal in value."""
    yield constraint.query("In", constraint.nodes.where(f"!({_one_of(constraint.shapes.items(constraint.value))})"))


def _one_of(terms: tuple[Term, ...]) -> str:
    return " || ".join(f"SAMETERM(?value, {constant(term)})" for term in terms) or "false"


COMPILERS: Mapping[str, Compiler] = {"closed": _closed, "hasValue": _has_value, "in": _in}
