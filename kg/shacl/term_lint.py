"""What SHACL ignores in silence: misspelt terms, prefixes that no one declares, shapes that no one uses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.namespace import SH as KNOWN

from kg.errors import RefusedFile
from kg.shacl.errors import ShapesError
from kg.shacl.reading import read_triples
from kg.shacl.recursion import references
from kg.shacl.shapes_graph import TARGETS, ShapesGraph
from kg.shacl.sparql_text import tokens
from kg.shacl.vocabulary import SH, TYPE, Term, sh

_LATER = {"SPARQLExecutable", "SPARQLAskExecutable", "SPARQLSelectExecutable", "SPARQLConstructExecutable", "SPARQLUpdateExecutable"}
"""Terms of the vocabulary that rdflib's list may lack."""


_RUN = ("sparql", "target", "validator", "nodeValidator", "propertyValidator", "rule")
"""Properties that lead to a query that SHACL runs; others are somebody else's, with prefixes of their own."""


@dataclass(frozen=True)
class Flaw:
    """Something in a file of shapes that does nothing, or not what it seems to. ``line`` counts from 1; 0 when not known."""

    file: str
    line: int
    kind: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.reason}"


def check(files: Sequence[Path]) -> list[Flaw]:
    """All flaws, file by file. Files are read together: a shape may be used from another file."""
    parts: list[tuple[Path, list[ox.Triple]]] = []
    flaws: list[Flaw] = []
    for file in files:
        try:
            parts.append((file, read_triples(file)))
        except RefusedFile as error:
            flaws.append(Flaw(str(file), _line_of_error(error.reason), "not read", error.reason))
    shapes = ShapesGraph(triple for _, triples in parts for triple in triples)
    for file, triples in parts:
        text = file.read_text("utf-8", errors="replace")
        flaws += [Flaw(str(file), line, kind, reason) for line, kind, reason in _flaws(triples, shapes, text)]
    return flaws


def _line_of_error(reason: str) -> int:
    place = re.search(r"line (\d+)", reason)
    return int(place[1]) if place else 0


def _flaws(triples: Sequence[ox.Triple], shapes: ShapesGraph, text: str) -> Iterator[tuple[int, str, str]]:
    used = (part for triple in triples for part in (triple.subject, triple.predicate, triple.object))
    for name in dict.fromkeys(part.value for part in used if isinstance(part, ox.NamedNode) and part.value.startswith(SH)):
        local = name.removeprefix(SH)
        if local not in _LATER and URIRef(name) not in KNOWN:
            yield _line(text, local), "unknown term", f"sh:{local} is no term of SHACL{_meant(local)}"
    run = {node for name in _RUN for subject in shapes.subjects_of(sh(name)) for node in shapes.objects(subject, sh(name))}
    for triple in triples:
        if triple.subject not in run:
            continue
        if triple.predicate in (sh("select"), sh("ask"), sh("construct")) and isinstance(triple.object, ox.Literal):
            yield from _undeclared(triple.subject, triple.object.value, shapes, text)
    yield from _dead(dict.fromkeys(triple.subject for triple in triples if not isinstance(triple.subject, ox.Triple)), shapes, text)


def _meant(local: str) -> str:
    known = {str(term).removeprefix(SH).lower(): str(term).removeprefix(SH) for term in dir(KNOWN)}
    close = known.get(local.lower())
    return f"; sh:{close} is meant" if close else ""


def _undeclared(node: Term | ox.Triple, query: str, shapes: ShapesGraph, text: str) -> Iterator[tuple[int, str, str]]:
    assert not isinstance(node, ox.Triple)
    declared = set(re.findall(r"PREFIX\s+([^\s:]*):", shapes.prefixes(node) + query, re.IGNORECASE))
    line = _line(text, query.strip().splitlines()[0].strip()) if query.strip() else 0
    try:
        used = {token.text.partition(":")[0] for token in tokens(query) if token.kind == "name"}
    except ShapesError as error:
        yield line, "not SPARQL", error.reason
        return
    for prefix in sorted(used - declared):
        yield line, "undeclared prefix", f"{prefix}: is declared neither by sh:prefixes nor in the query"


def _dead(nodes: dict[ox.NamedNode | ox.BlankNode, None], shapes: ShapesGraph, text: str) -> Iterator[tuple[int, str, str]]:
    kinds = (sh("NodeShape"), sh("PropertyShape"))
    subjects = {triple.subject for triple in shapes.triples}
    referred = {other for subject in subjects if not isinstance(subject, ox.Triple) for other in references(shapes, subject)}
    for node in nodes:
        if not any(kind in shapes.objects(node, TYPE) for kind in kinds) or node in referred:
            continue
        if node not in shapes.implicit_classes and not any(shapes.objects(node, target) for target in TARGETS):
            local = re.split(r"[#/:]", node.value)[-1] if isinstance(node, ox.NamedNode) else ""
            yield _line(text, local) if local else 0, "dead shape", f"{node} has no target, and no shape refers to it"


def _line(text: str, words: str) -> int:
    """The first line that has these words, whole."""
    match = re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", text)
    return text.count("\n", 0, match.start()) + 1 if match else 0
