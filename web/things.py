"""What is said of a thing and where it is mentioned, for pages and for programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kg.terms import PREFIXES
from web.formats import GRAPH_FORMATS
from web.site import View, site

PAGE_SIZE = 100
REPLACED = "http://purl.org/dc/terms/isReplacedBy"
_FIRST = tuple(
    PREFIXES[prefix] + name
    for prefix, name in (("rdf", "type"), ("rdfs", "label"), ("skos", "prefLabel"), ("skos", "notation"), ("skos", "altLabel"))
)


@dataclass(frozen=True)
class Statement:
    """One predicate with all its objects."""

    predicate: str
    objects: tuple[ox.NamedNode | ox.Literal, ...]


@dataclass(frozen=True)
class Mentions:
    """One page of what points at a thing: (subject, predicate) pairs, and whether more follow."""

    pairs: tuple[tuple[str, str], ...]
    number: int
    has_more: bool


@dataclass(frozen=True)
class Thing:
    """A subject with its statements, names and types first."""

    iri: str
    statements: tuple[Statement, ...]

    def types(self) -> tuple[str, ...]:
        return self.values(f"{PREFIXES['rdf']}type")

    def values(self, predicate: str) -> tuple[str, ...]:
        """The objects of a predicate as text."""
        return tuple(value.value for entry in self.statements if entry.predicate == predicate for value in entry.objects)

    def value(self, name: str) -> str:
        """The first object of a term of the ontology as text, empty when there is none."""
        return next(iter(self.values(PREFIXES["budget"] + name)), "")


def read_thing(data: View, iri: str) -> Thing | None:
    """A thing, or ``None`` when nothing is said of it."""
    objects: dict[str, list[ox.NamedNode | ox.Literal]] = {}
    for row in data.rows("statements", subject=iri):
        value = row.term("object")
        if isinstance(value, (ox.NamedNode, ox.Literal)):
            objects.setdefault(row.text("predicate"), []).append(value)
    if newer := data.successor(iri):
        objects[REPLACED] = [ox.NamedNode(newer)]
    if not objects:
        return None
    statements = (Statement(predicate, tuple(sorted(values, key=_object_rank))) for predicate, values in objects.items())
    return Thing(iri, tuple(sorted(statements, key=_predicate_rank)))


def _object_rank(value: ox.NamedNode | ox.Literal) -> tuple[bool, str]:
    """Chinese before other languages, then by text."""
    return (isinstance(value, ox.Literal) and value.language not in ("zh", None), value.value)


def _predicate_rank(statement: Statement) -> tuple[int, str]:
    known = statement.predicate in _FIRST
    return (_FIRST.index(statement.predicate) if known else len(_FIRST), statement.predicate)


def read_mentions(data: View, iri: str, number: int) -> Mentions:
    """A page, from 1, of what points at a thing. The order is that of the index: stable for one snapshot, and free."""
    start = (number - 1) * PAGE_SIZE
    rows = list(islice(data.rows("mentions", object=iri), start, start + PAGE_SIZE + 1))
    pairs = tuple((row.text("subject"), row.text("predicate")) for row in rows[:PAGE_SIZE])
    return Mentions(pairs, number, len(rows) > PAGE_SIZE)


def triples_of(data: View, iri: str) -> Iterator[ox.Triple]:
    """All that is said of a thing, or all triples of a graph when the IRI names one."""
    if iri in data.snapshot.graphs():
        yield from (quad.triple for quad in ox.parse(data.snapshot.dump(iri), format=ox.RdfFormat.N_TRIPLES))
        return
    subject = ox.NamedNode(iri)
    if newer := data.successor(iri):
        yield ox.Triple(subject, ox.NamedNode(REPLACED), ox.NamedNode(newer))
    for row in data.rows("statements", subject=iri):
        value = row.term("object")
        if value is not None:
            yield ox.Triple(subject, ox.NamedNode(row.text("predicate")), value)


def alternates(iri: str) -> list[tuple[str, str]]:
    """The addresses at which a thing is described for programs, with their media types."""
    path = site().links.path(iri)
    return [(f"/doc/{path}.{entry.suffix}", entry.media_type) for entry in GRAPH_FORMATS]
