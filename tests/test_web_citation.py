"""Citations: of a figure with its place, of a finding, of a department; for citation managers, with nothing that breaks their files."""

import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.settings import Settings
from tests.web_fixture import AKETAO, find_place, path_of
from web.app import create_app
from web.citation import Citation


@pytest.fixture(scope="module")
def app(example_store: Path) -> Flask:
    return create_app(example_store, Settings())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def cited(client: FlaskClient, path: str) -> str:
    html = client.get(path).text
    assert '<a href="#cite">' in html
    (found,) = re.findall(r'<p class="cite">(.*?)</p>', html)
    return str(found)


def test_a_figure_is_cited_with_its_place_file_and_version(client: FlaskClient, example_store: Path) -> None:
    place = find_place(example_store, AKETAO, "revenue", "21015", "own-funds")
    path = f"/doc{path_of(place.cell)}"
    found = cited(client, f"{path}.html")
    assert found.startswith("阿克陶县医疗保障局. 阿克陶县医疗保障局 2026年部门预算[EB/OL]. (")
    assert re.search(r"表 ?2 部门收入总体情况表, 医疗保障管理事务, 原文第 \d+ 行, 5\.48\. http://localhost/id/", found)
    assert found.endswith(f"SHA-256: {place.sha16}. 数据版本 1.")
    assert f"[{date.today().year}-" in found
    assert "Data version 1." in cited(client, f"/en{path}.html")
    address = re.search(r"http://localhost(/id/\S+)\.", found)
    assert address
    assert client.get(address[1], headers={"Accept": "text/html"}).status_code == 303
    (item,) = client.get(f"{path}.csl").get_json(force=True)
    assert item["author"] == [{"literal": "阿克陶县医疗保障局"}]
    assert item["URL"] == f"http://localhost{address[1]}"
    assert item["issued"]["date-parts"][0][0] in (2025, 2026)
    bib = client.get(f"{path}.bib")
    assert bib.mimetype == "application/x-bibtex"
    assert bib.text.startswith("@online{budget-kg-")
    assert "5.48" in bib.text


def test_findings_departments_and_codes_are_cited(client: FlaskClient) -> None:
    (finding, *_) = re.findall(r'href="(/doc/validation/[^"]*/finding/SUM-003/\d+\.html)"', client.get("/findings").text)
    assert "SUM-003 卫生健康支出" in cited(client, finding)
    assert "SHA-256" in cited(client, finding)
    department = cited(client, f"/doc{path_of(AKETAO)}.html")
    assert department.startswith("部门预算公开图谱. 阿克陶县医疗保障局[DB/OL]. [")
    assert "SHA-256" not in department
    assert "210 15 50" in cited(client, "/doc/code/functional/2024/2101550.html")
    assert client.get("/doc/year/1066.bib").status_code == client.get("/doc/year/1066.csl").status_code == 404


def test_hostile_words_stay_inside_their_fields() -> None:
    evil = "x},\n@online{y, title = {\\input{z}"
    made = Citation(evil, evil, "2026-02-08", date(2026, 11, 27), evil, "http://x/id/a", "0" * 64, 3)
    bib = made.bibtex()
    assert bib.count("@online{") == 1
    assert "\\" not in bib
    inner = [line.partition(" = ")[2].rstrip(",")[1:-1] for line in bib.splitlines() if " = {" in line]
    assert len(inner) == 7
    assert not any(set("{}") & set(value.removeprefix("{").removesuffix("}")) for value in inner)
    assert all(line.startswith(("@online{budget-kg-a,", "  ", "}")) for line in bib.splitlines())
