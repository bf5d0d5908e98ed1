"""The running service as clients see it: real ones, caches, the owner; and that it opens no connection to anybody."""

import gzip
import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from rdflib import Graph, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, TURTLE, SPARQLWrapper

from kg.store import Snapshot
from tests.conftest import missing
from tests.service_load import ORDINARY, text_of
from tests.service_server import TOKEN, Server, kg_serve, request, writable
from tests.test_web_guard import FORBIDDEN
from web.endpoint.access import client_address

_OWNER = {"Authorization": f"Bearer {TOKEN}"}
_UPDATE = {"Content-Type": "application/sparql-update"}
_VOID = Namespace("http://rdfs.org/ns/void#")


@pytest.fixture(scope="module")
def server(example_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with kg_serve(example_store, tmp_path_factory.mktemp("public")) as found:
        yield found


@pytest.fixture(scope="module")
def owned(example_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("owned")
    shutil.copytree(example_store, folder / "store")
    with kg_serve(folder / "store", folder, *writable(folder)) as found:
        yield found


def path_of(query: str, **more: str) -> str:
    return f"/sparql?{urlencode({'query': query, **more})}"


def test_sparqlwrapper(server: Server) -> None:
    client = SPARQLWrapper(f"{server.address}/sparql")
    client.setQuery(text_of(ORDINARY["departments"]))
    client.setReturnFormat(JSON)
    names = [row["name"]["value"] for row in client.queryAndConvert()["results"]["bindings"]]
    assert "阿克陶县医疗保障局" in names
    client.setReturnFormat(CSV)
    client.setMethod(POST)
    assert client.queryAndConvert().decode().splitlines()[1:] == names
    client.setQuery("DESCRIBE <https://budget-kg.example/year/2026>")
    client.setReturnFormat(TURTLE)
    assert len(Graph().parse(data=client.queryAndConvert(), format="turtle"))


def test_rdflib_sparqlstore(server: Server, example_store: Path) -> None:
    graph = Graph(SPARQLStore(f"{server.address}/sparql", returnFormat="json"))
    found = {str(row[0]) for row in graph.query(text_of(ORDINARY["departments"]))}
    assert len(found) == 5
    subject = URIRef("https://budget-kg.example/year/2026")
    direct = list(Snapshot(example_store).query(f"SELECT ?p ?o {{ <{subject}> ?p ?o }}"))
    assert len(list(graph.predicate_objects(subject))) == len(direct) > 0


@pytest.mark.parametrize(
    "options",
    [
        ["-G", "--data-urlencode", "query=ASK { ?s ?p ?o }"],
        ["--data-urlencode", "query=ASK { ?s ?p ?o }"],
        ["-H", "Content-Type: application/sparql-query", "--data-binary", "ASK { ?s ?p ?o }"],
        ["--compressed", "-G", "--data-urlencode", "query=ASK { ?s ?p ?o }"],
    ],
)
def test_curl(server: Server, options: list[str]) -> None:
    if shutil.which("curl") is None:
        missing("curl")
    command = ["curl", "--silent", "--fail", "--max-time", "30", *options, f"{server.address}/sparql"]
    assert json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["boolean"] is True


def test_what_a_client_has_is_not_sent_again(server: Server) -> None:
    path = path_of(text_of(ORDINARY["departments"]))
    first = request(server.address, path)
    again = request(server.address, path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert "Accept" in again.headers["Vary"]
    other = request(server.address, path, headers={"If-None-Match": first.headers["ETag"], "Accept": "text/csv"})
    assert (other.status, other.media_type) == (200, "text/csv")
    assert other.headers["ETag"] != first.headers["ETag"]
    assert request(server.address, path, "HEAD").headers["ETag"] == first.headers["ETag"]
    assert "ETag" not in request(server.address, path_of("SELECT (NOW() AS ?now) {}")).headers


def test_answers_are_compressed_for_who_accepts_it(server: Server) -> None:
    for query in ("SELECT * { ?s ?p ?o } LIMIT 50", "SELECT * { ?s ?p ?o } LIMIT 5000"):
        plain = request(server.address, path_of(query))
        pressed = request(server.address, path_of(query), headers={"Accept-Encoding": "br;q=1, gzip;q=0.5"})
        assert "Content-Encoding" not in plain.headers
        assert pressed.headers["Content-Encoding"] == "gzip"
        assert {"Accept", "Accept-Encoding"} <= {name.strip() for name in pressed.headers["Vary"].split(",")}
        assert gzip.decompress(pressed.body) == plain.body
        assert pressed.headers["ETag"] != plain.headers["ETag"]
        known = {"If-None-Match": pressed.headers["ETag"], "Accept-Encoding": "gzip"}
        assert request(server.address, path_of(query), headers=known).status == 304
    refused = request(server.address, path_of(query), headers={"Accept-Encoding": "gzip;q=0, *"})
    assert "Content-Encoding" not in refused.headers


def test_void_counts_what_is_there(server: Server, example_store: Path) -> None:
    answer = request(server.address, "/.well-known/void")
    graph = Graph().parse(data=answer.text, format="turtle")
    (dataset,) = graph.subjects(_VOID.sparqlEndpoint, URIRef(f"{server.address}/sparql"))
    lines = set(Snapshot(example_store).quads())
    triples = {tuple(quad.triple) for quad in ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_QUADS)}

    def stated(name: str) -> int:
        return int(graph.value(dataset, _VOID[name]).toPython())

    assert stated("triples") == len(triples)
    assert stated("distinctSubjects") == len({subject for subject, _, _ in triples})
    assert stated("properties") == len({predicate for _, predicate, _ in triples})
    kinds = {value for _, predicate, value in triples if predicate.value.endswith("#type")}
    assert stated("classes") == len(kinds) == len(set(graph.objects(dataset, _VOID.classPartition)))
    assert str(graph.value(dataset, URIRef("http://purl.org/dc/terms/license"))).startswith("https://")
    dump = request(server.address, str(graph.value(dataset, _VOID.dataDump)).removeprefix(server.address))
    assert set(dump.body.splitlines(keepends=True)) == lines
    assert request(server.address, "/.well-known/void", headers={"If-None-Match": answer.headers["ETag"]}).status == 304


def test_the_public_graph_store_reads_only(server: Server) -> None:
    graph = quote("https://budget-kg.example/graph/codes/role")
    answer = request(server.address, f"/gsp?graph={graph}", headers={"Accept": "text/turtle"})
    assert answer.status == 200
    assert len(Graph().parse(data=answer.text, format="turtle"))
    for method in ("PUT", "POST", "DELETE"):
        refused = request(server.address, f"/gsp?graph={graph}", method, b"", {"Content-Type": "text/turtle", **_OWNER})
        assert refused.status == 405
        assert {name.strip() for name in refused.headers["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}
    assert request(server.address, "/sparql", "POST", b"CLEAR ALL", {**_UPDATE, **_OWNER}).status == 403


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer"}]
)
def test_only_the_owner_writes(owned: Server, header: dict[str, str]) -> None:
    count = path_of("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    before = request(owned.address, count).body
    refused = request(owned.address, "/sparql", "POST", b"CLEAR ALL", {**_UPDATE, **header})
    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert request(owned.address, "/gsp?default", "DELETE", headers=header).status == 401
    assert request(owned.address, count).body == before


def test_an_update_is_visible_when_it_is_answered(owned: Server) -> None:
    known = request(owned.address, path_of("ASK { <x:a> <x:b> ?n }")).headers["ETag"]
    for number in range(5):
        text = f"DELETE {{ ?s ?p ?o }} INSERT {{ <x:a> <x:b> {number} }} WHERE {{ OPTIONAL {{ ?s ?p ?o VALUES ?s {{ <x:a> }} }} }}"
        assert request(owned.address, "/sparql", "POST", text.encode(), {**_UPDATE, **_OWNER}).status == 204
        seen = request(owned.address, path_of("SELECT ?n { <x:a> <x:b> ?n }", format="csv"))
        assert seen.text.split() == ["n", str(number)]
        assert request(owned.address, path_of("ASK { <x:a> <x:b> ?n }"), headers={"If-None-Match": known}).status == 200
    broken = request(owned.address, "/sparql", "POST", b"INSERT DATA {\n <x:a> <x:b> }", {**_UPDATE, **_OWNER})
    assert (broken.status, json.loads(broken.body)["line"]) == (400, 2)
    faulty = request(owned.address, "/gsp?graph=x:g", "PUT", b"<x:a> <x:b>\n .", {"Content-Type": "text/turtle", **_OWNER})
    assert (faulty.status, json.loads(faulty.body)["line"]) == (400, 2)
    assert request(owned.address, "/gsp?graph=x:g", "PUT", b"", {"Content-Type": "text/csv", **_OWNER}).status == 415


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """An address of this machine, and who has connected to it."""
    visitors: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    link, peer = listener.accept()
                except OSError:
                    return
                visitors.append(str(peer))
                link.close()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", visitors
        listener.shutdown(socket.SHUT_RDWR)


def test_the_listener_sees_who_connects() -> None:
    """The engine by itself does connect, so that the test below could fail."""
    with listening() as (place, visitors):
        with pytest.raises((OSError, RuntimeError)):
            list(ox.Store().query(f"SELECT * {{ SERVICE <{place}> {{ ?s ?p ?o }} }}"))
        assert visitors


def test_no_connection_is_opened(server: Server, owned: Server) -> None:
    with listening() as (place, visitors):
        queries = [text.replace("http://127.0.0.1:1/", place) for text in FORBIDDEN.values()]
        queries += [f"SELECT * FROM <{place}> {{ ?s ?p ?o }}", f"SELECT * FROM NAMED <{place}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"]
        queries += [f"SELECT * {{ GRAPH <{place}> {{ ?s ?p ?o }} }}", f"DESCRIBE <{place}>", f"BASE <{place}> ASK {{ <x> ?p ?o }}"]
        call = f"SERVICE <{place}> {{ ?s ?p ?o }}"
        forms = (
            "ASK {{ {} }}",
            "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {} }}",
            "DESCRIBE ?s WHERE {{ {} }}",
            "SELECT * {{ {{ SELECT ?s {{ {} }} }} }}",
        )
        forms += (
            "SELECT * {{ ?a ?b ?c FILTER EXISTS {{ {} }} }}",
            "SELECT * {{ OPTIONAL {{ {} }} }}",
            "SELECT * {{ ?a ?b ?c MINUS {{ {} }} }}",
        )
        for form in forms:
            assert request(server.address, path_of(form.format(call))).status == 403, form
        for query in queries:
            assert request(server.address, path_of(query)).status in (200, 400, 403), query
            assert request(owned.address, "/sparql", "POST", query.encode(), {"Content-Type": "application/sparql-query"}).status < 500
        for name in ("default-graph-uri", "named-graph-uri"):
            assert request(server.address, path_of("SELECT * { ?s ?p ?o }", **{name: place})).status == 200
        assert request(server.address, f"/gsp?graph={quote(place)}").status == 404
        updates = [f"LOAD <{place}>", f"LOAD SILENT <{place}> INTO GRAPH <x:g>", f"load # here\n <{place}>", f"LOADSILENT<{place}>"]
        updates += [f"PREFIX p: <{place}> LOADp:a", f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{place}> {{ ?s ?p ?o }} }}"]
        updates += [f"CLEAR SILENT DEFAULT ; INSERT {{ ?s ?p ?o }} USING <{place}> WHERE {{ sErViCe SILENT <{place}> {{ ?s ?p ?o }} }}"]
        for update in updates:
            refused = request(owned.address, "/sparql", "POST", update.encode(), {**_UPDATE, **_OWNER})
            assert refused.status in (400, 403), (update, refused.status)
        bodies = {
            "application/ld+json": f'{{"@context": "{place}", "@id": "x:a", "name": "b"}}',
            "application/rdf+xml": f'<!DOCTYPE a [<!ENTITY e SYSTEM "{place}">]><rdf:RDF xmlns:rdf="http://x/">&e;</rdf:RDF>',
            "text/turtle": f"@base <{place}> . <a> <b> <c> .",
        }
        for media_type, body in bodies.items():
            headers = {"Content-Type": media_type, **_OWNER}
            assert request(owned.address, "/gsp?graph=x:g", "PUT", body.encode(), headers).status in (201, 204, 400)
        assert not visitors


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.1", "no address", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
    ],
)
def test_whose_address_counts(peer: str, forwarded: str, expected: str) -> None:
    assert client_address(peer, forwarded, [ip_network("10.0.0.0/8")]) == expected
