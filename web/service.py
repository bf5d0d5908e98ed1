"""The service description of the endpoint (SPARQL 1.1 Service Description): short and true."""

from collections.abc import Iterator

import pyoxigraph as ox

from kg.terms import PREFIXES
from web.formats import GRAPH_FORMATS, RESULT_FORMATS, Format, write_triples

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMAT_IRIS = {
    "ttl": "Turtle",
    "nt": "N-Triples",
    "rdf": "RDF_XML",
    "jsonld": "JSON-LD",
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
}


def describe_service(endpoint: str, chosen: Format) -> bytes:
    """The description of the endpoint at an address, in a graph format."""
    return write_triples(_triples(endpoint), chosen)


def _triples(endpoint: str) -> Iterator[ox.Triple]:
    service, dataset = ox.NamedNode(f"{endpoint}#service"), ox.NamedNode(f"{endpoint}#dataset")
    graph = ox.NamedNode(f"{endpoint}#union")
    kind = ox.NamedNode(f"{PREFIXES['rdf']}type")
    yield ox.Triple(service, kind, _sd("Service"))
    yield ox.Triple(service, _sd("endpoint"), ox.NamedNode(endpoint))
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for entry in (*RESULT_FORMATS, *GRAPH_FORMATS):
        yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(f"http://www.w3.org/ns/formats/{_FORMAT_IRIS[entry.suffix]}"))
    yield ox.Triple(service, _sd("defaultDataset"), dataset)
    yield ox.Triple(dataset, kind, _sd("Dataset"))
    yield ox.Triple(dataset, _sd("defaultGraph"), graph)
    yield ox.Triple(graph, kind, _sd("Graph"))


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)
