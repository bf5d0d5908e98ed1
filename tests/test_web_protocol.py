"""The SPARQL 1.1 Protocol over real HTTP, as a client sees it."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from rdflib import Graph, URIRef

from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot
from tests.web_fixture import Answer, fetch, serving
from web.app import create_app
from web.negotiate import best

SELECT = """PREFIX budget: <https://budget-kg.example/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?name WHERE { ?d a budget:Department ; rdfs:label ?name } ORDER BY ?name"""
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?s a ?t } WHERE { ?s a ?t . FILTER(STRENDS(STR(?t), 'Department')) }"
DESCRIBE = "DESCRIBE <https://budget-kg.example/year/2026>"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def address(example_store: Path) -> Iterator[str]:
    with serving(example_store) as found:
        yield found


def get(address: str, query: str, accept: str = "", **more: str) -> Answer:
    headers = {"Accept": accept} if accept else {}
    return fetch(address, f"/sparql?{urlencode({'query': query, **more})}", **headers)


def problem(answer: Answer) -> dict[str, object]:
    assert answer.media_type == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = json.loads(answer.body)
    assert found["status"] == answer.status
    return found


def names(answer: Answer) -> list[str]:
    return [row["name"]["value"] for row in json.loads(answer.body)["results"]["bindings"]]


def test_three_ways_to_ask(address: str) -> None:
    by_get = get(address, SELECT)
    by_form = fetch(address, "/sparql", "POST", urlencode({"query": SELECT}).encode(), Content_Type=FORM)
    directly = fetch(address, "/sparql/", "POST", SELECT.encode(), Content_Type="application/sparql-query")
    assert len(names(by_get)) == 5
    assert "阿克陶县医疗保障局" in names(by_get)
    assert by_get.body == by_form.body == directly.body
    assert by_get.media_type == "application/sparql-results+json"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/*;q=0.5, text/csv", "text/csv"),
        ("text/csv;q=0.4, text/tab-separated-values;q=0.7, */*;q=0.1", "text/tab-separated-values"),
        ("application/sparql-results+json;q=0, application/*;q=0.3", "application/sparql-results+xml"),
        ("text/turtle, application/xml;q=0.2", "application/sparql-results+xml"),
    ],
)
def test_select_is_negotiated(address: str, accept: str, media_type: str) -> None:
    answer = get(address, SELECT, accept)
    assert (answer.status, answer.media_type) == (200, media_type)
    assert "Accept" in answer.headers["Vary"]
    assert "阿克陶县医疗保障局" in answer.text


def test_every_result_format_says_the_same(address: str) -> None:
    expected = names(get(address, SELECT))
    rows = list(csv.DictReader(io.StringIO(get(address, SELECT, "text/csv").text)))
    assert [row["name"] for row in rows] == expected
    assert get(address, SELECT, "text/tab-separated-values").text.splitlines()[0] == "?name"
    tree = ElementTree.fromstring(get(address, SELECT, "application/sparql-results+xml").body)
    assert [node.text for node in tree.iter("{http://www.w3.org/2005/sparql-results#}literal")] == expected
    assert get(address, ASK, "text/csv").text.strip() == "true"
    assert json.loads(get(address, ASK).body)["boolean"] is True


@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE])
@pytest.mark.parametrize(
    ("accept", "media_type", "parser"),
    [
        ("", "text/turtle", "turtle"),
        ("*/*", "text/turtle", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("application/ld+json", "application/ld+json", "json-ld"),
    ],
)
def test_graphs_are_negotiated(address: str, query: str, accept: str, media_type: str, parser: str) -> None:
    answer = get(address, query, accept)
    assert (answer.status, answer.media_type) == (200, media_type)
    assert set(Graph().parse(data=answer.body, format=parser)) == set(Graph().parse(data=get(address, query).body, format="turtle"))


def test_impossible_accept_is_406_with_offers(address: str) -> None:
    refused = problem(get(address, SELECT, "image/png"))
    assert refused["status"] == 406
    assert "text/csv" in refused["offers"]
    assert "text/turtle" in problem(get(address, CONSTRUCT, "text/csv"))["offers"]


def test_a_browser_gets_a_page(address: str) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = get(address, ASK, browser)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/query?query=ASK")
    assert fetch(address, "/sparql", Accept=browser).headers["Location"] == "/query"


def test_format_in_the_address_wins(address: str) -> None:
    assert get(address, SELECT, "text/html", format="csv").media_type == "text/csv"
    assert problem(get(address, SELECT, format="ttl"))["status"] == 406


def test_bad_syntax_has_line_and_column(address: str) -> None:
    found = problem(get(address, "SELECT * WHERE {\n  ?s nope:p ?o }"))
    assert (found["status"], found["line"], found["column"]) == (400, 2, 6)


@pytest.mark.parametrize(
    ("path", "method", "body", "content_type", "status"),
    [
        ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", "GET", None, "", 400),
        ("/sparql?default-graph-uri=x", "GET", None, "", 400),
        ("/sparql", "POST", b"ASK {}", "text/plain", 415),
        ("/sparql", "POST", b"query=ASK%20%7B%7D", "", 415),
        ("/sparql", "POST", "ASK {}".encode("utf-16"), "application/sparql-query; charset=UTF-16", 415),
        ("/sparql", "POST", b"\xff\xfe", "application/sparql-query", 400),
        ("/sparql?query=%FF", "GET", None, "", 400),
        ("/sparql?query=ASK%20%7B", "GET", None, "", 400),
        ("/sparql?query=ASK%7B%7D&default-graph-uri=no%20iri", "GET", None, "", 400),
        ("/sparql", "POST", b"query=" + b"a" * 300_000, FORM, 413),
        ("/sparql?update=CLEAR%20ALL", "GET", None, "", 403),
        ("/sparql", "POST", b"update=CLEAR%20ALL", FORM, 403),
        ("/sparql", "POST", b"CLEAR ALL", "application/sparql-update", 403),
        ("/sparql", "POST", b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", FORM, 400),
        ("/sparql", "POST", b"query=INSERT%20DATA%20%7B%3Ca%3Ab%3E%20%3Ca%3Ab%3E%201%7D", FORM, 403),
        ("/sparql?query=SELECT%20%2A%20%7BSERVICE%20%3Chttp%3A%2F%2F127.0.0.1%3A1%2F%3E%20%7B%7D%7D", "GET", None, "", 403),
    ],
)
def test_refusals_are_problem_documents(address: str, path: str, method: str, body: bytes | None, content_type: str, status: int) -> None:
    headers = {"Content_Type": content_type} if content_type else {}
    assert problem(fetch(address, path, method, body, **headers))["status"] == status


def test_an_update_changes_nothing(address: str, example_store: Path) -> None:
    before = len(Snapshot(example_store).graphs())
    fetch(address, "/sparql", "POST", b"DROP ALL", Content_Type="application/sparql-update")
    assert len(Snapshot(example_store).graphs()) == before
    assert len(names(get(address, SELECT))) == 5


def test_other_methods_are_405_with_allow(address: str) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        answer = fetch(address, "/sparql?query=ASK%7B%7D", method)
        assert problem(answer)["status"] == 405
        assert {"GET", "POST", "HEAD", "OPTIONS"} <= {name.strip() for name in answer.headers["Allow"].split(",")}


def test_head_has_the_headers_of_get(address: str) -> None:
    path = f"/sparql?{urlencode({'query': SELECT})}"
    head, full = fetch(address, path, "HEAD"), fetch(address, path)
    assert head.body == b""
    for name in ("Content-Type", "Content-Length", "Vary", "Access-Control-Allow-Origin"):
        assert head.headers[name] == full.headers[name]


def test_preflight(address: str) -> None:
    answer = fetch(address, "/sparql", "OPTIONS", Origin="https://elsewhere.example", Access_Control_Request_Method="POST")
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


def test_service_description(address: str) -> None:
    graph = Graph().parse(data=fetch(address, "/sparql").body, format="turtle")
    description = "http://www.w3.org/ns/sparql-service-description#"
    (service,) = graph.subjects(URIRef(f"{description}endpoint"))
    assert (service, URIRef(f"{description}feature"), URIRef(f"{description}UnionDefaultGraph")) in graph
    assert fetch(address, "/sparql", "HEAD").media_type == "text/turtle"
    assert fetch(address, "/sparql", Accept="application/ld+json").media_type == "application/ld+json"


def test_graph_parameters_replace_the_dataset(address: str) -> None:
    codes = "https://budget-kg.example/graph/codes/"
    count = "SELECT (COUNT(*) AS ?n) FROM <https://budget-kg.example/graph/ontology> { ?s ?p ?o }"

    def number(*parameters: tuple[str, str], query: str = count) -> int:
        answer = fetch(address, f"/sparql?{urlencode([('query', query), *parameters])}")
        return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])

    role, direction = number(("default-graph-uri", f"{codes}role")), number(("default-graph-uri", f"{codes}direction"))
    assert direction > 0
    assert role > 0
    assert number(("default-graph-uri", f"{codes}role"), ("default-graph-uri", f"{codes}direction")) == role + direction
    assert number() not in (0, role)
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert number(("named-graph-uri", f"{codes}role"), query=named) == role
    assert number(("default-graph-uri", f"{codes}role"), query=named) == 0


def test_relative_iris_are_those_of_the_site(address: str) -> None:
    assert json.loads(get(address, "ASK { <year/2026> a ?kind }").body)["boolean"] is True


def test_newer_data_are_served_without_a_restart(tmp_path: Path) -> None:
    graph = "https://budget-kg.example/graph/test"
    with EmbeddedStore(tmp_path) as store:
        store.replace_graphs({graph: b"<a:1> <a:p> <a:1> .\n"})
    client = create_app(tmp_path, Settings()).test_client()
    count = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}
    assert client.get("/sparql", query_string=count).text.split() == ["n", "1"]
    version = client.get("/healthz").json["version"]
    with EmbeddedStore(tmp_path) as store:
        store.replace_graphs({graph: b"<a:1> <a:p> <a:1> .\n<a:2> <a:p> <a:1> .\n"})
    assert client.get("/sparql", query_string=count).text.split() == ["n", "2"]
    assert client.get("/healthz").json["version"] > version


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "a/x"),
        ("*/*", "a/x"),
        ("b/*", "b/x"),
        ("a/x;q=0.5, b/x;q=0.6", "b/x"),
        ("a/x;q=0.5, b/x;q=0.5", "a/x"),
        ("*/*;q=0.9, a/x;q=0.1", "b/x"),
        ("a/x;q=0, */*;q=0.1", "b/x"),
        ("A/X; level=1 ; Q=0.7", "a/x"),
        ("a/x;q=nonsense, b/x", "b/x"),
        ("c/c", None),
        ("nonsense", None),
        ("*/*;q=0", None),
    ],
)
def test_negotiation(header: str, expected: str | None) -> None:
    assert best(header, ("a/x", "b/x")) == expected
