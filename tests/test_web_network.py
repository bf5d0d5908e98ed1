"""The network around a thing: the data of the drawing and the table beside it are the same, small, and without what leads everywhere."""

import re
from collections import Counter
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.store import Snapshot
from tests.web_fixture import AKETAO, AKETAO_RAW, find_place, path_of
from web.app import create_app
from web.links import Links
from web.network import OF_A_KIND, OUT, read_neighbourhood, shape
from web.site import View
from web.texts import TEXTS

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


def test_what_is_not_drawn_is_one_query_away(client: FlaskClient, data: View) -> None:
    page = client.get(f"/doc{quote(AKETAO_RAW)}.html").get_data(as_text=True)
    section = page[page.index('id="network"') :]
    address = re.search(r'href="(/query\?query=[^"]+)"', section)
    assert address
    assert client.get(unescape(address[1])).status_code == 200
    [query] = parse_qs(urlsplit(unescape(address[1])).query)["query"]
    solutions = data.snapshot.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    centre = ox.NamedNode(AKETAO)
    answered = {tuple(str(end) for end in (row["from"] or centre, row["property"], row["to"] or centre)) for row in solutions}
    drawn = {
        tuple(f"<{end}>" for end in ((AKETAO, each.predicate, each.iri) if each.direction == OUT else (each.iri, each.predicate, AKETAO)))
        for each in read_neighbourhood(data, AKETAO).neighbours
    }
    assert drawn < answered


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


ONE_OF_EACH = """SELECT ?kind (MIN(STR(?thing)) AS ?one) (MAX(STR(?thing)) AS ?other) WHERE {
  ?thing a ?kind FILTER(REGEX(STR(?thing), "/(disclosure|validation|dept|project|policy)/")) } GROUP BY ?kind"""


def test_nothing_is_called_by_its_address(data: View, example_store: Path) -> None:
    kinds = list(Snapshot(example_store).query(ONE_OF_EACH))
    assert len(kinds) > 20
    for row in kinds:
        for iri in (row["one"].value, row["other"].value):
            for language in ("zh", "en"):
                assert "://" not in data.name(iri, language), f"{row['kind'].value} in {language}"


def test_what_has_no_name_is_called_by_what_it_says(data: View) -> None:
    stated = next(row for row in data.rows("facts") if row.text("subject") == "staffing:in-post")
    disclosure = stated.text("disclosure")
    sha16 = disclosure.rpartition("/")[2]
    validation = f"{BASE}validation/{sha16}"
    assert data.name(f"{validation}/outcome/SUM-003", "en") in {
        f"SUM-003: {word} ({data.name(disclosure, 'en')})" for word in ("passed", "failed")
    }
    assert data.name(f"{validation}/outcome/SUM-003", "zh") in {
        f"SUM-003：{word}（{data.name(disclosure, 'zh')}）" for word in ("通过", "未通过")
    }
    assert data.name(validation, "zh") == f"校验报告：{data.name(disclosure, 'zh')}"
    assert data.name(stated.text("fact"), "zh") == f"在职人数：{stated.integer('quantity')}人"
    assert data.name(stated.text("fact"), "en") == f"In post: {stated.integer('quantity')}"
    year = data.name(disclosure, "zh").partition(" ")[2][:4]
    assert re.search(rf", Budget {year} \((Department|Budget unit)\)$", data.name(disclosure, "en"))


def test_every_subject_of_the_text_has_a_name(data: View) -> None:
    """The keys under which the form packs keep stated numbers."""
    subjects = {row.text("subject").replace(":", ".") for row in data.rows("facts")}
    assert len(subjects) > 40
    assert {key for key in subjects if f"fact.{key}" not in TEXTS} == set()


@pytest.mark.parametrize("kind", ["Finding", "BudgetTable", "TableRow", "Rule", "Disclosure", "PolicyDocument"])
def test_pages_of_every_kind_show_the_network(client: FlaskClient, example_store: Path, kind: str) -> None:
    query = f"SELECT (MIN(STR(?thing)) AS ?one) {{ ?thing a <{BASE}ontology#{kind}> ; ?said ?other }}"
    (row,) = Snapshot(example_store).query(query)
    path = path_of(row["one"].value)
    page = client.get(f"/en/doc{path}.html").get_data(as_text=True)
    assert f'data-network="/en/network{path}.json"' in page
    table = page.partition("data-network=")[2].partition("</table>")[0]
    assert "://" not in table, "addresses stand in place of names"
    found = client.get(f"/en/network{path}.json").get_json()
    assert len(found["nodes"]) > 1
    assert not [node["label"] for node in found["nodes"] if "://" in node["label"]]
