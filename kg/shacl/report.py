"""The validation report (SHACL, 3.6) as triples, as text and in any serialisation of RDF."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.shacl.results import Report, Result
from kg.shacl.shapes_graph import ShapesGraph
from kg.shacl.vocabulary import RDF, SH, TYPE, XSD, Term, sh

_PREFIXES = {"sh": SH, "xsd": XSD, "rdf": RDF}


def to_triples(report: Report, shapes: ShapesGraph) -> Iterator[ox.Triple]:
    """A ``sh:ValidationReport``. Blank nodes of the shapes that it names (shapes, paths, constraints) are described in it."""
    node = ox.BlankNode()
    yield ox.Triple(node, TYPE, sh("ValidationReport"))
    yield ox.Triple(node, sh("conforms"), ox.Literal(report.conforms))
    described: set[ox.NamedNode | ox.BlankNode] = set()
    for result in report.results:
        here = ox.BlankNode()
        yield ox.Triple(node, sh("result"), here)
        for predicate, value in said(result):
            yield ox.Triple(here, predicate, value)
        for named in (result.shape, result.path.node if result.path else None, result.constraint):
            if isinstance(named, ox.BlankNode):
                yield from shapes.described(named, described)


def said(result: Result) -> Iterator[tuple[ox.NamedNode, Term]]:
    """What a result says of itself (3.6.2)."""
    yield TYPE, sh("ValidationResult")
    yield sh("focusNode"), result.focus
    if result.path is not None:
        yield sh("resultPath"), result.path.node
    if result.value is not None:
        yield sh("value"), result.value
    yield sh("sourceConstraintComponent"), ox.NamedNode(result.component)
    if result.constraint is not None:
        yield sh("sourceConstraint"), result.constraint
    yield sh("sourceShape"), result.shape
    yield sh("resultSeverity"), result.severity
    yield from ((sh("resultMessage"), message) for message in result.messages)


def serialised(triples: Iterable[ox.Triple], form: ox.RdfFormat) -> bytes:
    """Triples in a serialisation of RDF."""
    prefixes = _PREFIXES if form in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML) else None
    return ox.serialize(triples, format=form, prefixes=prefixes) or b""


def to_text(report: Report) -> str:
    """For a terminal: a line a result, and what the reference engine had to run."""
    lines = ["conforms" if report.conforms else f"does not conform: {len(report.results)} results"]
    for result in sorted(report.results, key=lambda result: (str(result.shape), str(result.focus), str(result.value))):
        component = result.component.rpartition("#")[2].removesuffix("ConstraintComponent")
        words = "; ".join(message.value for message in result.messages)
        parts = [
            result.severity.value.rpartition("#")[2],
            component,
            str(result.focus),
            f"path {result.path.text}" if result.path else "",
            f"value {result.value}" if result.value is not None else "",
            f"shape {result.shape}",
            words,
        ]
        lines.append("  " + "  ".join(part for part in parts if part))
    lines += [f"  shape {fallback.shape} was run by the reference engine: {fallback.reason}" for fallback in report.fallbacks]
    return "\n".join(lines)
