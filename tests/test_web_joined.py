"""Links on pages: what a department, a project, a notice and a grant show, the list of all links, and the international view."""

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.store import Snapshot
from tests.web_fixture import AKETAO, path_of
from web.app import create_app

KEZHOU_NAME = "克孜勒苏柯尔克孜自治州医疗保障局"
_TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def client(example_store: Path) -> Iterator[FlaskClient]:
    return create_app(example_store, Settings()).test_client()


def shown(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def section(page: str, name: str) -> str:
    """The words of a section."""
    found = re.search(rf'<section class="sec" id="{name}".*?</section>', page, re.DOTALL)
    assert found, name
    return " ".join(unescape(_TAGS.sub(" ", found.group())).split())


def only(store: Path, text: str) -> str:
    (row,) = Snapshot(store).query(f"PREFIX budget: <https://budget-kg.example/ontology#> {text}")
    value = row["thing"]
    assert isinstance(value, ox.NamedNode)
    return value.value


def test_a_department_shows_its_counterpart_with_the_reason(client: FlaskClient) -> None:
    page = shown(client, f"/doc{path_of(AKETAO)}.html")
    said = section(page, "links")
    assert KEZHOU_NAME in said
    assert "地区上下级：阿克陶县、克孜勒苏柯尔克孜自治州" in said
    assert "凭键认定" in said
    english = section(shown(client, f"/en/doc{path_of(AKETAO)}.html"), "links")
    assert "one region above the other" in english
    assert "Settled" in english


def test_one_notice_shows_both_citations_and_both_numbers(client: FlaskClient, example_store: Path) -> None:
    notice = only(
        example_store,
        "SELECT DISTINCT ?thing { ?a budget:realises ?thing . ?b budget:realises ?thing . FILTER(STR(?a) < STR(?b)) }",
    )
    cited = section(shown(client, f"/doc{path_of(notice)}.html"), "cited")
    assert "克财社〔2024〕83号" in cited
    assert "克财社【2025】110号" in cited
    assert "阿克陶县医疗保障局" in cited
    assert KEZHOU_NAME in cited


def test_a_project_shows_its_years_and_other_names(client: FlaskClient, example_store: Path) -> None:
    variant = "https://budget-kg.example/code/link-kind/variant"
    project = only(
        example_store,
        f'SELECT ?thing {{ ?link budget:linkKind <{variant}> ; budget:linkFrom ?thing ; budget:linkedName "2026年度医保业务经费" }}',
    )
    page = shown(client, f"/doc{path_of(project)}.html")
    assert "2026 医疗保险经办费项目 11.00" in section(page, "years")
    assert "2026年度医保业务经费" in section(page, "links")
    assert "同一文件把它与项目" in section(page, "links")


def test_all_links_are_listed_the_least_sure_first(client: FlaskClient) -> None:
    page = shown(client, "/links")
    sure = [Decimal(number) for number in re.findall(r'<td class="num">([01](?:\.\d+)?)</td>', page)]
    assert len(sure) > 20
    assert sure == sorted(sure)
    assert "kg links accept" in page
    narrowed = shown(client, "/links?kind=counterpart")
    assert len(re.findall(r'<td class="num">', narrowed)) == 2
    assert "没有这样的关联" in shown(client, "/links?kind=department")
    assert client.get("/en/links?kind=counterpart&page=99").status_code == 200


def test_cofog_shows_money_with_its_confidence(client: FlaskClient) -> None:
    page = shown(client, "/cofog")
    words = " ".join(unescape(_TAGS.sub(" ", page)).split())
    assert re.search(r"10\.2 老龄 [\d,.]+ 0\.85 0\.85", words)
    assert "2026" in words
    assert "Old age" in shown(client, "/en/cofog?year=2024")


def test_a_link_is_called_by_its_kind_and_its_ends(client: FlaskClient, example_store: Path) -> None:
    link = only(
        example_store,
        f"SELECT ?thing {{ ?thing budget:linkFrom <{AKETAO}> ; budget:linkKind ?kind FILTER(STRENDS(STR(?kind), 'counterpart')) }}",
    )
    assert f"上下级对口：阿克陶县医疗保障局 – {KEZHOU_NAME}" in shown(client, f"/doc{path_of(link)}.html")
