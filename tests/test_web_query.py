"""The query page: fields of their types, results as table, chart and map of links, downloads, kept answers and frames."""

import csv
import io
import re
from decimal import Decimal
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from kg.query_pool.lanes import Verdict
from kg.query_pool.runner import NotAnswered, PoolQuery
from kg.settings import Settings
from kg.store import EmbeddedStore
from web.app import create_app
from web.query.chart import draw
from web.query.kept import MAX_QUERY, KeptAnswers
from web.query.links import map_links
from web.query.results import Column, Result, Shown
from web.spreadsheets import BOM, guarded, to_csv, to_xlsx

GRAPH = "https://budget-kg.example/graph/test"
NUMBERS = "SELECT ?s ?n WHERE { ?s <http://a.example/n> ?n } ORDER BY ?n"


@pytest.fixture(scope="module")
def app(example_store: Path) -> Flask:
    return create_app(example_store, Settings())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def numbers(path: Path, values: list[int]) -> None:
    """A store with a thing for each number."""
    kind = "http://www.w3.org/2001/XMLSchema#integer"
    lines = [f'<http://a.example/{value}> <http://a.example/n> "{value}"^^<{kind}> .' for value in values]
    with EmbeddedStore(path) as store:
        store.replace_graphs({GRAPH: "\n".join(lines).encode()})


def test_parameters_are_fields_of_their_types(client: FlaskClient) -> None:
    html = client.get("/query/q15-large-changes").text
    assert re.search(r'<input id="param-minimum" name="minimum" value="50" type="number" step="any">', html)
    year = re.search(r'<select id="param-year" name="year">(.*?)</select>', html)
    assert year
    assert re.findall(r"<option[^>]*>(\w+)</option>", year[1]) == ["全部", "2026", "2025", "2024"]
    code = client.get("/query/q09-functional-code-across-departments?code=2101501").text
    assert 'pattern="[0-9]{3}([0-9]{2}([0-9]{2})?)?"' in code


def test_a_result_with_numbers_has_bars_and_one_without_has_none(client: FlaskClient) -> None:
    html = client.get("/query/q06-three-public-expenses").text
    assert html.count('<rect class="pos"') == 4
    assert 'width="100.00"' in html
    assert "画哪一列" in html
    chosen = re.search(r'href="(\?[^"]*column=\d+)"', html)
    assert chosen
    assert '<rect class="pos"' in client.get("/query/q06-three-public-expenses" + unescape(chosen[1])).text
    assert '<svg class="bar"' not in client.get("/query/q06-three-public-expenses?view=table").text
    assert 'class="bars"' not in client.get(f"/query?{urlencode({'query': 'SELECT ?s { ?s a ?t } LIMIT 3'})}").text


def column(*values: str | int | None) -> list[Shown | None]:
    return [shown(value) for value in values]


def shown(value: str | int | None) -> Shown | None:
    if isinstance(value, int):
        return Shown(str(value), number=Decimal(value), numeric=True)
    return None if value is None else Shown(value)


def result(**columns: list[Shown | None]) -> Result:
    heads = tuple(Column(name, all(value is None or value.numeric for value in values)) for name, values in columns.items())
    return Result(heads, tuple(zip(*columns.values(), strict=True)))


def test_bars_start_at_nought_and_go_both_ways() -> None:
    chart = draw(result(name=column("a", "b", "c"), amount=column(-50, 150, None)))
    assert chart
    assert [(bar.label, str(bar.start), str(bar.width), bar.negative) for bar in chart.bars] == [
        ("a", "0.00", "25.00", True),
        ("b", "25.00", "75.00", False),
    ]
    assert draw(result(name=column("a", "b"), other=column("x", "y"))) is None
    assert draw(result(name=column("a", "b"), year=column(2025, 2026))) is None, "a year is no amount"


def test_one_name_over_years_is_a_line_and_a_name_twice_in_a_year_is_bars() -> None:
    chart = draw(result(name=column("a", "a", "b"), year=column(2025, 2026, 2026), amount=column(10, 20, 5)))
    assert chart
    assert [(line.label, len(line.points)) for line in chart.lines] == [("a", 2), ("b", 1)]
    assert chart.lines[0].path == "0.00,130.00 640.00,0.00"
    assert [year for _, year in chart.years] == ["2025", "2026"]
    twice = draw(result(name=column("a", "a"), year=column(2026, 2026), amount=column(10, 20)))
    assert twice
    assert [bar.label for bar in twice.bars] == ["a 2026", "a 2026"]


def test_links_are_drawn_between_the_first_two_columns_of_things() -> None:
    found = map_links(result(a=[Shown("x", "/x"), Shown("x", "/x")], n=column(1, 2), b=[Shown("y", "/y"), Shown("z", "/z")]))
    assert found
    assert ([node.thing.text for node in found.left], [node.thing.text for node in found.right]) == (["x"], ["y", "z"])
    assert len(found.lines) == 2
    assert map_links(result(a=[Shown("x", "/x")], n=column(1))) is None


def test_a_graph_is_a_map_of_links(client: FlaskClient) -> None:
    query = "CONSTRUCT { ?d a ?t } WHERE { ?d a ?t . FILTER(STRENDS(STR(?t), 'Department')) }"
    html = client.get(f"/query?{urlencode({'query': query, 'view': 'links'})}").text
    assert html.count('class="ax" fill="none"') == 5
    assert "阿克陶县医疗保障局" in html
    assert "format=ttl" in html


@pytest.mark.parametrize("path", ["/query/q09-functional-code-across-departments", "/query/own"])
def test_files_for_spreadsheets(client: FlaskClient, path: str) -> None:
    years = NUMBERS.replace("<http://a.example/n>", "<https://budget-kg.example/ontology#yearNumber>")
    given = {"query": years} if "own" in path else {"code": "2101550"}
    answer = client.get(f"{path}.excel.csv?{urlencode(given)}")
    assert answer.data.startswith(BOM.encode())
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    book = client.get(f"{path}.xlsx?{urlencode(given)}")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()
    assert sheet[0] == rows[0]
    assert len(sheet) == len(rows) > 2
    assert any(isinstance(value, float | int) for value in sheet[1])
    assert not client.get(f"{path}.csv?{urlencode(given)}").data.startswith(BOM.encode())


def test_a_file_that_cannot_be(client: FlaskClient) -> None:
    assert client.get("/query/own.xlsx").status_code == 404
    assert client.get("/query/own.json?query=ASK{}").status_code == 404
    assert client.get(f"/query/own.xlsx?query={quote('CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1')}").status_code == 400
    assert client.get("/query/own.xlsx?query=SELECT").status_code == 400


def test_nothing_becomes_a_formula() -> None:
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "x" * 40_000, "\u202e=1", "https://evil.example/"]
    rows = list(csv.reader(io.StringIO(to_csv(["=head"], [[text] for text in hostile]))))
    assert rows[0][0] == BOM + "'=head"
    assert all(not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for row in rows)
    book = to_xlsx("t", ["=head"], [[text, Decimal("1.5"), None, Decimal(10**20)] for text in hostile])
    assert b"<f>" not in book
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet[1:]] == [text if len(text) < 32_767 else text[:32_766] + "…" for text in hostile if text]
    assert sheet[1][1:] == [1.5, "", str(10**20)]
    assert guarded("阿克陶县") == "阿克陶县"


# --- Kept answers ---


def keep(client: FlaskClient, **fields: str) -> str:
    answer = client.post("/q", data=fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_kept_answer_says_what_it_was_asked_and_stays_where_it_is(client: FlaskClient) -> None:
    address = keep(client, question="q09-functional-code-across-departments", code="2101550", year="2026")
    assert re.fullmatch(r"/q/[0-9a-f]{16}", address)
    assert keep(client, question="9", code="2101550", year="2026") == address, "the same question keeps nothing new"
    html = client.get(address).text
    words = re.sub(r"<[^>]+>", " ", html)
    for word in ("某功能科目各部门金额", "2101550", "2,386,400", "数据版本 1", "此后数据没有变过", "&lt;iframe"):
        assert word in words
    assert 'href="/query/q09-functional-code-across-departments?code=2101550&amp;year=2026"' in html
    assert "2386400" in client.get(f"{address}.csv").text
    assert client.get(f"{address}.json").json["results"]["bindings"]
    assert client.get(f"{address}.xlsx").data.startswith(b"PK")
    assert client.get(f"{address}.ttl").status_code == 404
    assert client.get(f"/en{address}").status_code == 200


def test_other_sites_may_frame_an_embedded_answer_and_nothing_else(client: FlaskClient) -> None:
    address = keep(client, query="SELECT ?d { ?d a <https://budget-kg.example/ontology#Department> }")
    frame = client.get(address.replace("/q/", "/embed/"))
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers
    assert "<script" not in frame.text
    assert "<form" not in frame.text
    page = client.get(address)
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in client.get("/embed/0000000000000000").headers["Content-Security-Policy"]


def test_a_graph_and_a_truth_value_are_kept_too(client: FlaskClient) -> None:
    graph = keep(client, query="DESCRIBE <https://budget-kg.example/year/2026>")
    assert "yearNumber" in client.get(graph).text
    assert client.get(f"{graph}.ttl").mimetype == "text/turtle"
    assert client.get(f"{graph}.csv").status_code == 404
    assert "否" in client.get(keep(client, query="ASK { FILTER(false) }")).text


def test_a_kept_answer_says_when_newer_data_answer_otherwise(tmp_path: Path) -> None:
    numbers(tmp_path, [1, 2])
    client = create_app(tmp_path, Settings()).test_client()
    address = keep(client, query=NUMBERS)
    above = keep(client, query=NUMBERS.replace("}", "FILTER(?n > 1) }"))
    numbers(tmp_path, [0, 2])
    html = client.get(address).text
    assert "现在的数据给出不同的答案" in html
    assert "http://a.example/1" in html, "what was answered then stands"
    assert "答案相同" in client.get(above).text
    assert keep(client, query=NUMBERS) != address


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"query": "SELECT"}, 400),
        ({"query": "DROP ALL"}, 403),
        ({"question": "q99-nothing"}, 400),
        ({"question": "q09-functional-code-across-departments", "code": "1; DROP"}, 400),
        ({"query": f"ASK {{}} #{'x' * MAX_QUERY}"}, 507),
        ({"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}, 403),
    ],
)
def test_what_cannot_be_kept(client: FlaskClient, fields: dict[str, str], status: int) -> None:
    assert client.post("/q", data=fields).status_code == status


def test_unknown_names_and_full_folders(client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("0000000000000000", "..%2F..%2Fetc%2Fpasswd", "x", "0000000000000000.csv"):
        assert client.get(f"/q/{name}").status_code == client.get(f"/embed/{name}").status_code == 404
    assert KeptAnswers(tmp_path / "none").find("0" * 16) is None
    monkeypatch.setattr("web.query.kept.MOST", 0)
    assert client.post("/q", data={"query": "ASK { ?full ?folder ?here }"}).status_code == 507


@pytest.mark.parametrize(
    ("verdict", "told"), [(Verdict.TIME, ("还没有算完", "still running")), (Verdict.QUEUE, ("还没有轮到", "did not get its turn"))]
)
@pytest.mark.parametrize("address", ["query/q46-most-similar-departments?year=2025", "query?" + urlencode({"query": NUMBERS})])
def test_a_query_without_an_answer_is_told_on_its_page(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, verdict: Verdict, told: tuple[str, str], address: str
) -> None:
    """The page stays the page of the query, with its fields and the gallery, in the reader's language."""

    def refuses(self: object, query: PoolQuery, waiting: object = None) -> None:
        raise NotAnswered(verdict.value, verdict, 7)

    monkeypatch.setattr("kg.query_pool.direct.DirectRunner.ask", refuses)
    for prefix, words in zip(("/", "/en/"), told, strict=True):
        response = client.get(prefix + address)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "7")
        assert words in response.text
        assert 'role="status"' in response.text
        assert 'role="alert"' not in response.text
        assert 'id="gallery"' in response.text
