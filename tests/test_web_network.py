"""The network around a thing: the data of the drawing and the table beside it are the same, small, and without what leads everywhere."""

from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.store import Snapshot
from tests.web_fixture import AKETAO, AKETAO_RAW, find_place, path_of
from web.app import create_app
from web.links import Links
from web.network import OF_A_KIND, OUT, read_neighbourhood, shape
from web.site import View

BASE = "https://budget-kg.example/"


@pytest.fixture(scope="module")
def client(example_store: Path) -> FlaskClient:
    return create_app(example_store, Settings()).test_client()


@pytest.fixture(scope="module")
def data(example_store: Path) -> View:
    return View(Snapshot(example_store), Links(BASE))


def test_neighbours_are_few_of_each_kind_and_say_so(data: View) -> None:
    around = read_neighbourhood(data, AKETAO)
    held = Counter((found.direction, found.predicate, shape(data.links.path(found.iri) or "")) for found in around.neighbours)
    assert max(held.values()) == OF_A_KIND
    assert around.is_cut
    assert any(found.direction == OUT and "/region/" in found.iri for found in around.neighbours)
    kinds = {key[2] for key in held}
    assert {"disclosure", "disclosure/table/cell", "project"} <= kinds, "cells do not crowd out what else points here"
    assert not any(found.predicate.endswith("#type") for found in around.neighbours)


def test_the_drawing_has_what_the_table_has(client: FlaskClient, data: View) -> None:
    around = read_neighbourhood(data, AKETAO)
    found = client.get(f"/network{quote(AKETAO_RAW)}.json").get_json()
    assert found["nodes"][0]["id"] == AKETAO
    assert {node["id"] for node in found["nodes"]} == {AKETAO, *(each.iri for each in around.neighbours)}
    ids = {node["id"] for node in found["nodes"]}
    assert all(edge["source"] in ids and edge["target"] in ids for edge in found["edges"])
    assert any(AKETAO not in (edge["source"], edge["target"]) for edge in found["edges"]), "edges among neighbours are there too"


def test_names_are_in_the_language_of_the_page(client: FlaskClient, example_store: Path) -> None:
    cell = path_of(find_place(example_store, AKETAO, "revenue", "total", "total").cell)
    page = client.get(f"/en/doc{cell}.html").get_data(as_text=True)
    assert f'data-network="/en/network{cell}.json"' in page
    labels = {edge["label"] for edge in client.get(f"/en/network{cell}.json").get_json()["edges"]}
    assert "fiscal year" in {label.lower() for label in labels}
    assert client.get(f"/network{cell}.json").get_json()["edges"] != client.get(f"/en/network{cell}.json").get_json()["edges"]


@pytest.mark.parametrize("path", ["/network/dept/000000/nobody.json", "/network/year/2026.ttl", "/network/year/2026"])
def test_what_is_not_known_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
