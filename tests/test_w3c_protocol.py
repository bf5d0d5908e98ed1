"""The W3C manifests against a running server: the protocol (34 tests), the Graph Store Protocol, the service description."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from kg.store import EmbeddedStore
from tests.conftest import NO_SHARED, SHARED
from tests.service_server import kg_serve, request, writable
from tests.w3c_protocol import Entry, entries, run

_FOLDER = SHARED / "conformance" / "sparql-protocol"
_MANIFESTS = {
    "protocol": _FOLDER / "protocol" / "manifest.ttl",
    "indirect": _FOLDER / "graph-store-protocol" / "manifest-indirect.ttl",
    "direct": _FOLDER / "graph-store-protocol" / "manifest-direct.ttl",
}
_COUNTS = {"protocol": 34, "indirect": 9, "direct": 4}
_FOUND = {name: entries(path) for name, path in _MANIFESTS.items()} if _FOLDER.is_dir() else {}
_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")

pytestmark = pytest.mark.skipif(not _FOUND, reason=NO_SHARED)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("w3c")
    with EmbeddedStore(folder / "store"):
        pass
    with kg_serve(folder / "store", folder, *writable(folder)) as server:
        yield server.address


def test_the_manifests_are_read_whole() -> None:
    assert {name: len(found) for name, found in _FOUND.items()} == _COUNTS
    assert all(entry.steps and all(step.expected for step in entry.steps) for found in _FOUND.values() for entry in found)


@pytest.mark.parametrize("entry", [pytest.param(entry, id=f"{name}-{entry.name}") for name, found in _FOUND.items() for entry in found])
def test_manifest(entry: Entry, address: str) -> None:
    assert list(run(address, entry)) == []


def test_the_runner_sees_faults(address: str, tmp_path: Path) -> None:
    """A manifest that asks for what is not so must fail, or the tests above say nothing."""
    manifest = _MANIFESTS["protocol"].read_text("utf-8")
    turned = manifest.replace("mf:expectedBoolean true", "mf:expectedBoolean false").replace("StatusCode4xx", "StatusCode2xx")
    for file in _MANIFESTS["protocol"].parent.iterdir():
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    (tmp_path / "manifest.ttl").write_text(turned, "utf-8")
    by_name = {entry.name: entry for entry in entries(tmp_path / "manifest.ttl")}
    assert list(run(address, by_name["query_get"]))
    assert list(run(address, by_name["bad_query_syntax"]))


def test_service_description(address: str) -> None:
    """The three tests of its manifest: RDF at the endpoint, its own address in it, and the terms used as they are defined."""
    answer = request(address, "/sparql", headers={"Accept": "text/turtle"})
    graph = Graph().parse(data=answer.text, format="turtle")
    (service,) = graph.subjects(_SD.endpoint, URIRef(f"{address}/sparql"))
    assert (service, RDF.type, _SD.Service) in graph
    assert set(graph.objects(service, _SD.supportedLanguage)) == {_SD.SPARQL11Query, _SD.SPARQL11Update}
    (dataset,) = graph.objects(service, _SD.defaultDataset)
    assert (dataset, RDF.type, _SD.Dataset) in graph
    (default,) = graph.objects(dataset, _SD.defaultGraph)
    assert (default, RDF.type, _SD.Graph) in graph
    assert all(str(form).startswith("http://www.w3.org/ns/formats/") for form in graph.objects(service, _SD.resultFormat))
