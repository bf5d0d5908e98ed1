"""The same service over a remote store: `oxigraph serve` behind `kg serve --store URL`."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.store import Snapshot
from tests.remote_servers import Server as Remote
from tests.remote_servers import oxigraph_server
from tests.service_load import ENDLESS, ORDINARY, path_of, text_of
from tests.service_server import Server, kg_serve, request

__all__ = ["oxigraph_server"]


@pytest.fixture(scope="module")
def server(oxigraph_server: Remote, example_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service over a remote store that holds the examples; their sources stand in the local folder."""
    folder = tmp_path_factory.mktemp("remote")
    quads = b"".join(Snapshot(example_store).quads())
    place = oxigraph_server.endpoint.query.removesuffix("/query")
    assert request(place, "/store", "POST", quads, {"Content-Type": "application/n-quads"}).status == 204
    shutil.copytree(example_store / "sources", folder / "local" / "sources")
    options = ["--local", str(folder / "local"), "--time-limit", "6", "--row-limit", "100"]
    with kg_serve(oxigraph_server.endpoint.query, folder, *options) as found:
        yield found


@pytest.mark.parametrize("name", ORDINARY)
def test_the_answers_are_those_of_the_store(server: Server, example_store: Path, name: str) -> None:
    answer = request(server.address, path_of(ORDINARY[name]))
    assert answer.status == 200
    found = json.loads(answer.body)
    if "boolean" in found:
        assert found["boolean"] is bool(Snapshot(example_store).query(text_of(ORDINARY[name])))
        return
    direct = Snapshot(example_store).query(text_of(ORDINARY[name]))
    variables = [variable.value for variable in direct.variables]
    expected = [[row[variable].value for variable in variables] for row in direct]
    assert [[row[variable]["value"] for variable in variables] for row in found["results"]["bindings"]] == expected
    assert expected


def test_the_limits_are_the_same(server: Server) -> None:
    cut = request(server.address, path_of("SELECT * { ?s ?p ?o }"))
    assert (cut.status, cut.headers["X-Row-Limit-Reached"]) == (200, "100")
    ended = request(server.address, path_of(ENDLESS[0]))
    assert ended.status == 503
    assert json.loads(ended.body)["reason"] in ("time-limit", "no-data")
    assert request(server.address, path_of("ASK { ?s ?p ?o }")).status == 200
    broken = request(server.address, "/sparql?query=SELECT%20FOO")
    assert (broken.status, json.loads(broken.body)["line"]) == (400, 1)
    refused = request(server.address, path_of("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"))
    assert refused.status == 403
    assert "ETag" not in request(server.address, path_of("ASK {}")).headers


def test_pages_and_graphs_are_served(server: Server) -> None:
    assert "阿克陶县医疗保障局" in request(server.address, "/").text
    codes = request(server.address, "/gsp?graph=https://budget-kg.example/graph/codes/role", headers={"Accept": "application/n-triples"})
    assert codes.status == 200
    assert codes.body.count(b"\n") > 3
    assert request(server.address, "/gsp?graph=x:none").status == 404
    assert request(server.address, "/sparql", "POST", b"DROP ALL", {"Content-Type": "application/sparql-update"}).status == 403
