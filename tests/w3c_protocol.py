"""The W3C manifests of the SPARQL 1.1 Protocol and the Graph Store Protocol, read into values, and a runner for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, RDFS, Graph, Literal, Namespace
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.term import Node

from tests.service_server import TOKEN, request
from tests.web_fixture import Answer

_MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
_HT = Namespace("http://www.w3.org/2011/http#")
_CNT = Namespace("http://www.w3.org/2011/content#")
_UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
_STATUSES = {"OK": (200, 200), "Created": (201, 201), "NoContent": (204, 204), "NotFound": (404, 404)}
_FORMATS = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"),
    "RDF": ("text/turtle", "application/n-triples", "application/rdf+xml"),
}


@dataclass(frozen=True)
class Step:
    """One request and what must come back; ``expected`` are ranges of statuses, empty texts and ``None`` say nothing."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    expected: tuple[tuple[int, int], ...]
    form: str
    truth: bool | None
    expected_headers: Mapping[str, str]
    turtle: str


@dataclass(frozen=True)
class Entry:
    """A test: data to put into graphs first, then steps."""

    name: str
    data: tuple[tuple[str, Path], ...]
    steps: tuple[Step, ...]


def entries(manifest: Path) -> list[Entry]:
    """The tests that a manifest lists, in its order."""
    graph = Graph().parse(manifest, format="turtle")
    (root,) = graph.subjects(RDF.type, _MF.Manifest)
    return [_entry(graph, node, manifest.parent) for node in Collection(graph, graph.value(root, _MF.entries))]


def _entry(graph: Graph, node: Node, folder: Path) -> Entry:
    data = []
    for given in graph.objects(node, _UT.graphData):
        file = folder / str(graph.value(given, _UT.graph)).rpartition("/")[2]
        data.append((str(graph.value(given, RDFS.label)), file))
    requests = Collection(graph, graph.value(graph.value(node, _MF.action), _HT.requests))
    return Entry(str(node).rpartition("#")[2], tuple(data), tuple(_step(graph, request) for request in requests))


def _step(graph: Graph, node: Node) -> Step:
    response = graph.value(node, _HT.resp)
    body = graph.value(node, _HT.body)
    encoded = None
    if body is not None:
        encoded = str(graph.value(body, _CNT.chars)).encode(str(graph.value(body, _CNT.characterEncoding)))
    expected_body = graph.value(response, _HT.body)
    truth = graph.value(response, _MF.expectedBoolean)
    return Step(
        str(graph.value(node, _HT.methodName)),
        str(graph.value(node, _HT.absolutePath)),
        _headers(graph, node),
        encoded,
        tuple(_status(str(status).rpartition("#")[2]) for status in graph.objects(response, _MF.expectedStatus)),
        str(graph.value(response, _MF.expectedFormat) or ""),
        bool(truth.toPython()) if isinstance(truth, Literal) else None,
        _headers(graph, response),
        str(graph.value(expected_body, _CNT.chars)) if expected_body is not None else "",
    )


def _headers(graph: Graph, node: Node | None) -> dict[str, str]:
    listed = Collection(graph, graph.value(node, _HT.headers) or RDF.nil)
    return {str(graph.value(header, _HT.fieldName)): str(graph.value(header, _HT.fieldValue)) for header in listed}


def _status(name: str) -> tuple[int, int]:
    if name.startswith("StatusCode"):
        first = int(name.removeprefix("StatusCode").removesuffix("xx")) * 100
        return first, first + 99
    return _STATUSES[name]


def run(address: str, entry: Entry) -> Iterator[str]:
    """What went otherwise than the manifest says, in words. The server begins empty and is writable with the token."""
    yield from _prepare(address, entry)
    location = ""
    for number, step in enumerate(entry.steps, start=1):
        headers = {**step.headers, "Authorization": f"Bearer {TOKEN}"}
        answer = request(address, step.path.replace("$LOCATION$", location), step.method, step.body, headers)
        location = answer.headers.get("Location", location)
        for fault in _faults(answer, step):
            yield f"step {number}, {step.method} {step.path}: {fault}"


def _prepare(address: str, entry: Entry) -> Iterator[str]:
    owner = {"Authorization": f"Bearer {TOKEN}"}
    answers = [request(address, "/sparql", "POST", b"DROP ALL", {**owner, "Content-Type": "application/sparql-update"})]
    for name, file in entry.data:
        headers = {**owner, "Content-Type": "application/n-triples"}
        answers.append(request(address, f"/gsp?graph={name}", "PUT", file.read_bytes(), headers))
    yield from (f"preparation: {answer.status} {answer.text}" for answer in answers if answer.status >= 300)


def _faults(answer: Answer, step: Step) -> Iterator[str]:
    if not any(first <= answer.status <= last for first, last in step.expected):
        yield f"status {answer.status} is not in {step.expected}: {answer.text[:300]}"
    if step.form and answer.media_type not in _FORMATS[step.form]:
        yield f"{answer.media_type} is not {step.form}"
    if step.truth is not None and f'"boolean":{str(step.truth).lower()}' not in answer.text:
        yield f"not {step.truth}: {answer.text[:300]}"
    for name, value in step.expected_headers.items():
        if answer.headers.get(name) != value:
            yield f"{name} is {answer.headers.get(name)}, not {value}"
    if step.turtle:
        expected = Graph().parse(data=step.turtle, format="turtle")
        if not isomorphic(Graph().parse(data=answer.text, format="turtle"), expected):
            yield f"another graph: {answer.text}"
