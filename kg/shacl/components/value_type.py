"""Value type constraint components (SHACL, 4.1)."""

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kg.shacl.components.lexical import WHOLE_NUMBERS, well_formed
from kg.shacl.components.query import Compiler, Constraint, Query
from kg.shacl.errors import NotCompiled, ShapesError
from kg.shacl.vocabulary import A_CLASS, XSD, sh

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
    condition = f"ISLITERAL(?value) || NOT EXISTS {{ ?value {A_CLASS} {constraint.iri} }}"
    yield constraint.query("Class", constraint.nodes.where(condition))


def _datatype(constraint: Constraint) -> Iterator[Query]:
    """4.1.2: a literal whose text its datatype does not allow has not that datatype."""
    if not constraint.keeps_datatypes and constraint.value.value.removeprefix(XSD) in WHOLE_NUMBERS:
        raise NotCompiled("kinds of whole numbers, which the store does not keep apart")
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
