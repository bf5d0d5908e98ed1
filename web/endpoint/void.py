"""What the data are (VoID): counted, not claimed; and all of them to take away."""

from collections.abc import Iterator
from http import HTTPStatus

import pyoxigraph as ox
from flask import Response, request

from kg.query_pool.runner import PoolQuery
from kg.terms import PREFIXES
from web.endpoint.answers import empty, run, unchanged, with_cors
from web.endpoint.sparql import PATH as SPARQL
from web.endpoint.sparql import preflight
from web.formats import GRAPH_FORMATS, Format, by_media_type, media_types, write_triples
from web.negotiate import choose
from web.rendering import view
from web.site import site

PATH = "/.well-known/void"
DUMP = "/data/all.nq"
METHODS = ("GET", "HEAD", "OPTIONS")
_VOID = "http://rdfs.org/ns/void#"
_DCTERMS = "http://purl.org/dc/terms/"
_FOAF = "http://xmlns.com/foaf/0.1/"
_COUNTS = {
    "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    "classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
    "entities": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c }",
}
_CLASSES = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c"


def void() -> Response:
    """The description of the data, counted once for every state of them."""
    if request.method == "OPTIONS":
        return preflight(METHODS)
    chosen = by_media_type(GRAPH_FORMATS, choose(request.headers.get("Accept", ""), media_types(GRAPH_FORMATS)))
    tag = site().tag()
    known = unchanged(tag, [chosen])
    if known is not None:
        return known
    counted = site().remembered(f"void {tag}", _count) if tag else _count()
    response = with_cors(Response(write_triples(_describe(counted, chosen), chosen), content_type=chosen.content_type))
    if tag:
        response.set_etag(f"{tag}-{chosen.suffix}")
    return response


def dump() -> Response:
    """Everything as N-Quads, line by line."""
    tag = site().tag()
    if tag and f"{tag}-nq" in request.if_none_match:
        return empty(HTTPStatus.NOT_MODIFIED)
    response = with_cors(Response(view().snapshot.quads(), content_type="application/n-quads"))
    response.headers["Content-Disposition"] = 'attachment; filename="all.nq"'
    if tag:
        response.set_etag(f"{tag}-nq")
    return response


def _count() -> tuple[dict[str, int], dict[str, int]]:
    counts = {name: next(_rows(text))[-1] for name, text in _COUNTS.items()}
    return {name: int(value) for name, value in counts.items()}, {kind: int(number) for kind, number in _rows(_CLASSES)}


def _rows(text: str) -> Iterator[list[str]]:
    answer = run(PoolQuery(text, "void", "application/sparql-results+json", None, site().settings.base))
    assert answer is not None
    solutions = ox.parse_query_results(b"".join(answer.pieces()), format=ox.QueryResultsFormat.JSON)
    assert isinstance(solutions, ox.QuerySolutions)
    for solution in solutions:
        yield [value.value for value in solution if isinstance(value, ox.NamedNode | ox.Literal)]


def _describe(counted: tuple[dict[str, int], dict[str, int]], chosen: Format) -> Iterator[ox.Triple]:
    counts, classes = counted
    root = request.root_url.rstrip("/")
    document, dataset = ox.NamedNode(root + PATH), ox.NamedNode(f"{root}{PATH}#dataset")
    kind = ox.NamedNode(f"{PREFIXES['rdf']}type")
    yield ox.Triple(document, kind, _void("DatasetDescription"))
    yield ox.Triple(document, ox.NamedNode(f"{_FOAF}primaryTopic"), dataset)
    yield ox.Triple(dataset, kind, _void("Dataset"))
    yield ox.Triple(dataset, ox.NamedNode(f"{_DCTERMS}title"), ox.Literal("部门预算公开知识图谱", language="zh"))
    yield ox.Triple(dataset, ox.NamedNode(f"{_DCTERMS}title"), ox.Literal("Knowledge graph of published department budgets", language="en"))
    yield ox.Triple(dataset, ox.NamedNode(f"{_DCTERMS}license"), ox.NamedNode(site().serving.licence))
    yield ox.Triple(dataset, ox.NamedNode(f"{_FOAF}homepage"), ox.NamedNode(f"{root}/"))
    yield ox.Triple(dataset, _void("sparqlEndpoint"), ox.NamedNode(root + SPARQL))
    yield ox.Triple(dataset, _void("dataDump"), ox.NamedNode(root + DUMP))
    yield ox.Triple(dataset, _void("uriSpace"), ox.Literal(site().settings.base))
    yield ox.Triple(dataset, _void("vocabulary"), ox.NamedNode(PREFIXES["budget"]))
    for entry in GRAPH_FORMATS:
        yield ox.Triple(dataset, _void("feature"), ox.NamedNode(f"http://www.w3.org/ns/formats/{entry.format_name}"))
    for name, number in counts.items():
        yield ox.Triple(dataset, _void(name), ox.Literal(number))
    for position, (iri, number) in enumerate(sorted(classes.items()), start=1):
        partition = ox.NamedNode(f"{root}{PATH}#class-{position}")
        yield ox.Triple(dataset, _void("classPartition"), partition)
        yield ox.Triple(partition, _void("class"), ox.NamedNode(iri))
        yield ox.Triple(partition, _void("entities"), ox.Literal(number))


def _void(name: str) -> ox.NamedNode:
    return ox.NamedNode(_VOID + name)
