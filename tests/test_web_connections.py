"""The pages of connections: paths, peers, policies, inferences; as data too; and in a real browser, by keyboard, with nothing axe finds."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from kg.networks.projection import project
from kg.reasoning.check import RULES
from kg.reasoning.definitions import own_ontology
from kg.reasoning.derive import derive
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot
from tests.web_browser import fits, launched, violations, visiting
from tests.web_fixture import AKETAO, serving
from web.app import create_app

AKETAO_NAME = "阿克陶县医疗保障局"
CHANGJI_NAME = "昌吉市医疗保障局"


@pytest.fixture(scope="module")
def store(example_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, classified."""
    path = tmp_path_factory.mktemp("connected") / "store"
    shutil.copytree(example_store, path)
    with EmbeddedStore(path) as target:
        derive(target, Settings(), lambda message: None, RULES)
    return path


@pytest.fixture(scope="module")
def client(store: Path) -> FlaskClient:
    return create_app(store, Settings()).test_client()


@pytest.fixture(scope="module")
def changji(store: Path) -> str:
    return next(node.iri for node in project(Snapshot(store)).nodes.values() if node.zh == CHANGJI_NAME)


def between(one: str, other: str, **more: str) -> str:
    return urlencode({"from": one, "to": other, **more})


class TestPaths:
    @pytest.mark.parametrize(("language", "word"), [("", "经由功能科目"), ("/en", "Through functional codes")])
    def test_a_path_by_names_has_its_places(self, client: FlaskClient, language: str, word: str) -> None:
        answer = client.get(f"{language}/connections?{between(AKETAO_NAME, CHANGJI_NAME)}")
        assert answer.status_code == 200
        assert word in answer.text
        assert AKETAO_NAME in answer.text
        assert CHANGJI_NAME in answer.text
        assert re.search(r'href="(/en)?/source/\w{16}\?start=\d+&amp;end=\d+#hit"', answer.text), (
            "a step leads to the place it is printed at"
        )

    def test_the_data_says_the_same(self, client: FlaskClient, changji: str) -> None:
        found = client.get(f"/connections.json?{between(AKETAO, changji)}").get_json()["paths"]
        assert {path["by"] for path in found} >= {"functional-code", "region"}
        page = client.get(f"/connections?{between(AKETAO, changji)}").text
        assert page.count('class="walk"') == len(found)
        for path in found:
            assert path["steps"][0]["from"]["id"] == AKETAO
            assert path["steps"][-1]["to"]["id"] == changji
            assert all(step["link"]["citation"] for step in path["steps"] if step["link"].get("amount"))

    def test_an_address_that_was_filled_in_wins_over_the_name(self, client: FlaskClient, changji: str) -> None:
        answer = client.get("/connections?" + between("医疗保障局", CHANGJI_NAME, **{"from-id": AKETAO, "to-id": changji}))
        assert answer.status_code == 200
        assert 'class="walk"' in answer.text

    def test_a_project_of_one_year_stands_for_the_project(self, client: FlaskClient, store: Path) -> None:
        query = "SELECT ?p { ?p a <https://budget-kg.example/ontology#ProjectYear> } ORDER BY ?p LIMIT 1"
        [row] = Snapshot(store).query(query)
        assert client.get(f"/connections?{between(row['p'].value, AKETAO)}").status_code == 200

    @pytest.mark.parametrize("text", ["不存在的部门", "医疗", "<script>", "urn:x"])
    def test_what_is_not_recognised_is_said(self, client: FlaskClient, text: str) -> None:
        answer = client.get(f"/connections?{between(AKETAO_NAME, text)}")
        assert answer.status_code == 404
        assert 'role="alert"' in answer.text
        assert "<script>" not in answer.text
        assert client.get(f"/connections.json?{between(AKETAO_NAME, text)}").status_code == 404

    def test_a_name_that_means_several_offers_them(self, client: FlaskClient) -> None:
        page = client.get(f"/connections?{between(AKETAO_NAME, '医疗')}").text
        assert "请选一个" in page
        offered = [unescape(link) for link in re.findall(r'<li><a href="(\?[^"]*to-id=[^"]*)"', page)]
        assert len(offered) > 1
        assert client.get(f"/connections{offered[0]}").status_code == 200
        assert "may be any of" in client.get(f"/en/connections?{between(AKETAO_NAME, '医疗')}").text
        assert "没有叫“不存在的部门”" in client.get(f"/connections?{between('不存在的部门', AKETAO_NAME)}").text

    def test_suggestions_tell_the_address_that_is_filled_in(self, client: FlaskClient) -> None:
        found = client.get("/search/suggest?q=阿克陶县医疗").get_json()
        assert found[0]["id"] == AKETAO


class TestPeers:
    def test_similar_departments_with_their_cells(self, client: FlaskClient, changji: str) -> None:
        address = f"/peers?department={quote(AKETAO, safe='')}"
        page = client.get(address).text
        assert CHANGJI_NAME in page
        data = client.get(address.replace("/peers", "/peers.json")).get_json()
        first = data["similar"][0]
        assert first["id"] == changji
        assert first["shared"][0]["cell"] in page.replace("/doc/", "https://budget-kg.example/").replace(".html", "")
        assert data["peers"]["kind"] == "none", "five departments of three years are too few to be out of line with"

    def test_the_department_leads_there(self, client: FlaskClient) -> None:
        page = client.get(f"/doc{AKETAO.removeprefix('https://budget-kg.example')}.html").text
        for target in ("/peers?department=", "/connections?from="):
            [address] = set(re.findall(rf'href="({re.escape(target)}[^"]+)"', page))
            assert client.get(address.replace("&amp;", "&")).status_code == 200

    @pytest.mark.parametrize("query", ["", "?department=urn:x", f"?department={quote(AKETAO, safe='')}&year=1999"])
    def test_what_is_not_there_is_not_found(self, client: FlaskClient, query: str) -> None:
        assert client.get(f"/peers{query}").status_code == 404
        assert client.get(f"/peers.json{query}").status_code == 404


class TestPolicies:
    def test_the_ranking_and_its_data(self, client: FlaskClient) -> None:
        page, data = client.get("/policies").text, client.get("/policies.json").get_json()["policies"]
        assert data
        assert all(entry["name"] in page for entry in data)
        years = {int(year) for year in re.findall(r"/policies\?year=(\d+)", page)}
        assert years == {2024, 2025, 2026}
        of_year = client.get("/policies.json?year=2026").get_json()["policies"]
        assert 0 < len(of_year) < len(data)

    @pytest.mark.parametrize("language", ["", "/en"])
    def test_communities_and_their_data(self, client: FlaskClient, language: str) -> None:
        page, data = client.get(f"{language}/communities").text, client.get("/communities.json").get_json()
        assert page.count('id="community-') == 2 * len(data["communities"]) > 0
        listed = {department["name"] for community in data["communities"] for department in community["departments"]}
        assert listed
        if not language:
            assert all(name in page for name in listed)


class TestInferences:
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_every_class_has_its_definition_and_every_inference_its_page(self, client: FlaskClient, language: str) -> None:
        page = client.get(f"{language}/reasoning").text
        for definition in own_ontology().definitions:
            assert f'id="{definition.iri.rpartition("#")[2]}"' in page
        pages = set(re.findall(r'href="((?:/en)?/doc/disclosure/\w{16}/inference/\d+\.html)"', page))
        assert len(pages) > 10
        for address in sorted(pages):
            answer = client.get(address)
            assert answer.status_code == 200
            assert "≡" in answer.text
            assert 'role="alert"' not in answer.text, "it follows from what stands there"
            assert answer.text.count("<li>") > 2

    def test_nothing_inferred_is_said(self, example_store: Path) -> None:
        page = create_app(example_store, Settings()).test_client().get("/en/reasoning").text
        assert "kg reason classify" in page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.mark.browser
def test_a_path_is_found_by_keyboard_with_suggestions(browser: Browser, store: Path) -> None:
    """Type a part of a name, take the first suggestion, twice; the form is sent with the addresses. And axe on what is shown."""
    with serving(store) as address, visiting(browser, address, 390, "dark", ()) as visit:
        visit.open("/connections")
        for side, text in (("from", "阿克陶县医疗"), ("to", "昌吉市医疗")):
            visit.page.locator(f"#{side}").press_sequentially(text)
            visit.page.locator(f"#{side}-list li").first.wait_for(timeout=60_000)
            visit.page.keyboard.press("ArrowDown")
            visit.page.keyboard.press("Enter")
        assert visit.page.locator("#from").input_value() == AKETAO_NAME
        assert visit.page.locator("input[name=from-id]").input_value() == AKETAO
        visit.page.locator("main form button").click()
        visit.page.locator(".walk").first.wait_for(timeout=60_000)
        assert fits(visit.page)
        assert violations(visit.page) == []
        visit.open("/en/reasoning")
        visit.open(visit.page.locator("ul.mentions a").first.get_attribute("href") or "")
        assert fits(visit.page)
        assert violations(visit.page) == []
