"""Value type constraint components (SHACL, 4.1)."""

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kg.shacl.components.lexical import well_formed
from kg.shacl.components.query import Compiler, Constraint, Query
from kg.shacl.errors import ShapesError
from kg.shacl.prebinding import GRAPH
from kg.shacl.vocabulary import A_CLASS, sh

_KINDS = {
    "IRI": "ISIRI(?value)",
    "BlankNode": "ISBLANK(?value)",
    "Literal": "ISLITERAL(?value)",
    "BlankNodeOrIRI": "!ISLITERAL(?value)",
    "BlankNodeOrLiteral": "!ISIRI(?value)",
    "IRIOrLiteral": "!ISBLANK(?value)",
}


def _class(constraint: Constraint) -> Iterator[Query]:
    """4.1.1"""
    condition = f"ISLITERAL(?value) || NOT EXISTS {{ GRAPH ?{GRAPH} {{ ?value {A_CLASS} {constraint.iri} }} }}"
    yield constraint.query("Class", constraint.nodes.where(condition))


def _datatype(constraint: Constraint) -> Iterator[Query]:
    """4.1.2: a literal whose text its datatype does not allow has not that datatype."""
    condition = f"!ISLITERAL(?value) || DATATYPE(?value) != {constraint.iri}"
    well = well_formed(constraint.value.value)
    if well:
        condition += f" || !({well})"
    yield constraint.query("Datatype", constraint.nodes.where(condition))


def _node_kind(constraint: Constraint) -> Iterator[Query]:
    """4.1.3"""
    kinds = {sh(name): condition for name, condition in _KINDS.items()}
    condition = kinds.get(constraint.value) if isinstance(constraint.value, ox.NamedNode) else None
    if condition is None:
        raise ShapesError(f"not a node kind: {constraint.value}", str(constraint.shape.node))
    yield constraint.query("NodeKind", constraint.nodes.where(f"!({condition})"))


COMPILERS: Mapping[str, Compiler] = {"class": _class, "datatype": _datatype, "nodeKind": _node_kind}
