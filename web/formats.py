"""The formats in which answers and descriptions are given, and how they are written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.store import Answer
from kg.terms import PREFIXES


@dataclass(frozen=True)
class Format:
    """One serialisation. ``aliases`` are media types that clients use for the same thing,
    ``format_name`` is its name in the W3C list of formats."""

    suffix: str
    media_type: str
    format_name: str
    writer: ox.RdfFormat | ox.QueryResultsFormat
    aliases: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The media type, with the character set where the type does not imply UTF-8."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


GRAPH_FORMATS = (
    Format("ttl", "text/turtle", "Turtle", ox.RdfFormat.TURTLE, ("application/x-turtle",)),
    Format("nt", "application/n-triples", "N-Triples", ox.RdfFormat.N_TRIPLES, ("text/plain",)),
    Format("rdf", "application/rdf+xml", "RDF_XML", ox.RdfFormat.RDF_XML, ("application/xml", "text/xml")),
    Format("jsonld", "application/ld+json", "JSON-LD", ox.RdfFormat.JSON_LD, ("application/json",)),
)
RESULT_FORMATS = (
    Format("json", "application/sparql-results+json", "SPARQL_Results_JSON", ox.QueryResultsFormat.JSON, ("application/json",)),
    Format("xml", "application/sparql-results+xml", "SPARQL_Results_XML", ox.QueryResultsFormat.XML, ("application/xml", "text/xml")),
    Format("csv", "text/csv", "SPARQL_Results_CSV", ox.QueryResultsFormat.CSV),
    Format("tsv", "text/tab-separated-values", "SPARQL_Results_TSV", ox.QueryResultsFormat.TSV),
)

_CLIENT_NAMES = {"turtle": "ttl", "n3": "ttl", "ntriples": "nt", "n-triples": "nt", "rdf+xml": "rdf", "json-ld": "jsonld"}


def media_types(formats: Sequence[Format]) -> list[str]:
    """What can be asked for: the proper types first, then the aliases."""
    return [entry.media_type for entry in formats] + [alias for entry in formats for alias in entry.aliases]


def by_media_type(formats: Sequence[Format], media_type: str) -> Format:
    return next(entry for entry in formats if media_type in (entry.media_type, *entry.aliases))


def by_suffix(formats: Sequence[Format], suffix: str) -> Format | None:
    return next((entry for entry in formats if entry.suffix == suffix), None)


def by_name(formats: Sequence[Format], name: str) -> Format | None:
    """The format that a client names in an address: by suffix, by media type, or as usual client libraries call it."""
    short = _CLIENT_NAMES.get(name, name)
    known = by_suffix(formats, "rdf" if short == "xml" and by_suffix(formats, "rdf") else short)
    return known or next((entry for entry in formats if name in (entry.media_type, *entry.aliases)), None)


def formats_of(answer: Answer) -> tuple[Format, ...]:
    """The formats that fit a kind of answer: graphs for CONSTRUCT and DESCRIBE, results for SELECT and ASK."""
    return GRAPH_FORMATS if isinstance(answer, ox.QueryTriples) else RESULT_FORMATS


def write_answer(answer: Answer, chosen: Format) -> bytes:
    """A whole answer as bytes."""
    if isinstance(answer, ox.QueryTriples):
        return write_triples(answer, chosen)
    assert isinstance(chosen.writer, ox.QueryResultsFormat)
    return answer.serialize(format=chosen.writer) or b""


def write_triples(triples: Iterable[ox.Triple], chosen: Format) -> bytes:
    """Triples as bytes, with the usual prefixes where the format has any."""
    assert isinstance(chosen.writer, ox.RdfFormat)
    return ox.serialize(triples, format=chosen.writer, prefixes=PREFIXES) or b""
