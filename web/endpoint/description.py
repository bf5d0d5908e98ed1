"""The service description of the endpoint (SPARQL 1.1 Service Description): short and true."""

from collections.abc import Iterator

import pyoxigraph as ox

from kg.terms import PREFIXES
from web.formats import GRAPH_FORMATS, RESULT_FORMATS, Format, write_triples

_SD = "http://www.w3.org/ns/sparql-service-description#"


def describe_service(endpoint: str, root: str, writable: bool, chosen: Format) -> bytes:
    """The description of the endpoint at an address of the site with a root, in a graph format."""
    return write_triples(_triples(endpoint, root, writable), chosen)


def _triples(endpoint: str, root: str, writable: bool) -> Iterator[ox.Triple]:
    service, dataset = ox.NamedNode(f"{endpoint}#service"), ox.NamedNode(f"{endpoint}#dataset")
    graph = ox.NamedNode(f"{endpoint}#union")
    kind = ox.NamedNode(f"{PREFIXES['rdf']}type")
    yield ox.Triple(service, kind, _sd("Service"))
    yield ox.Triple(service, _sd("endpoint"), ox.NamedNode(endpoint))
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    if writable:
        yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update"))
    yield ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    yield ox.Triple(service, _sd("feature"), _sd("EmptyGraphs"))
    if writable:
        for entry in GRAPH_FORMATS:
            yield ox.Triple(service, _sd("inputFormat"), ox.NamedNode(f"http://www.w3.org/ns/formats/{entry.format_name}"))
    for entry in (*RESULT_FORMATS, *GRAPH_FORMATS):
        yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(f"http://www.w3.org/ns/formats/{entry.format_name}"))
    yield ox.Triple(service, _sd("defaultDataset"), dataset)
    yield ox.Triple(dataset, kind, _sd("Dataset"))
    yield ox.Triple(dataset, _sd("defaultGraph"), graph)
    yield ox.Triple(dataset, ox.NamedNode(f"{PREFIXES['rdfs']}seeAlso"), ox.NamedNode(f"{root}.well-known/void#dataset"))
    yield ox.Triple(graph, kind, _sd("Graph"))


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)
