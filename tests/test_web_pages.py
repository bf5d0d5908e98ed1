"""The pages and the linked data behind them, through the application without a network."""

import re
from decimal import Decimal
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from werkzeug.test import TestResponse

from kg.document import Span
from kg.extract.personal import personal_spans
from kg.ingest import Toolbox, ingest
from kg.readers.text import read_text
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot
from tests.numbers import LANDLINE
from tests.web_fixture import AKETAO, AKETAO_RAW, Place, find_place, path_of
from web.app import create_app
from web.check.job import in_words
from web.figures import grouped, pad, spaced_code, wan
from web.highlight import highlighted
from web.links import Links
from web.naming.labels import subject_name
from web.places import Operand, read_places
from web.site import site
from web.source import cut_lines
from web.sums import columns, steps

YANQI = "https://budget-kg.example/dept/652826/%E7%84%89%E8%80%86%E5%9B%9E%E6%97%8F%E8%87%AA%E6%B2%BB%E5%8E%BF%E5%8C%BB%E7%96%97%E4%BF%9D%E9%9A%9C%E5%B1%80"
PAGE = {"Accept": "text/html"}
SMALL = "0123456789abcdef"


@pytest.fixture(scope="module")
def app(example_store: Path) -> Flask:
    return create_app(example_store, Settings())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def place(example_store: Path) -> Place:
    """5.48 of own funds for 210 15 in table 2 of Aketao."""
    return find_place(example_store, AKETAO, "revenue", "21015", "own-funds")


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == status, path
    assert answer.mimetype == "text/html"
    return answer.text


def small_store(path: Path, name: str, source: str) -> FlaskClient:
    """A site over one disclosure that has a name, a department and a source, and nothing else."""
    disclosure, department = f"https://budget-kg.example/disclosure/{SMALL}", "https://budget-kg.example/dept/000000/x"
    budget, rdfs = "https://budget-kg.example/ontology#", "http://www.w3.org/2000/01/rdf-schema#"
    lines = [
        f"<{disclosure}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{budget}Disclosure> .",
        f'<{disclosure}> <{rdfs}label> "{name}"@zh .',
        f'<{disclosure}> <{budget}sha256> "{SMALL}" .',
        f"<{disclosure}> <{budget}department> <{department}> .",
        f'<{department}> <{rdfs}label> "{name}"@zh .',
    ]
    with EmbeddedStore(path) as store:
        store.replace_graphs({f"https://budget-kg.example/graph/disclosure/{SMALL}": "\n".join(lines).encode()})
        store.keep_source(SMALL, source.encode())
    return create_app(path, Settings()).test_client()


def texts(html: str) -> str:
    """A page without its marks, white space joined."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def link_headers(answer: TestResponse) -> str:
    return ", ".join(answer.headers.getlist("Link"))


# --- Every page ---


def test_headers_of_every_response(client: FlaskClient) -> None:
    for path in ("/", "/findings", "/sparql", "/healthz", "/nothing-here", "/static/style.css"):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self'; connect-src 'self';" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_only_pages_that_draw_may_style_inline(client: FlaskClient) -> None:
    policy = client.get("/query").headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy


def test_no_inline_script_or_style_anywhere(client: FlaskClient, place: Place) -> None:
    cell = path_of(place.cell)
    for path in ("/", "/findings", "/query", "/query/q01-departments-by-total", "/ontology", f"/doc{cell}.html", f"/source/{place.sha16}"):
        html = page(client, path)
        assert set(re.findall(r"<script[^>]*>[^<]", html)) == set()
        assert all(
            re.fullmatch(r'<script type="module" src="/static/vendor/[a-z]+\.[0-9a-f]+\.js">', tag)
            for tag in re.findall("<script[^>]*>", html)
        )
        assert not re.search(r"<[^>]+\sstyle=", html)
        assert not re.search(r"<[^>]+\son[a-z]+=", html)


def test_home_shows_departments_by_year(client: FlaskClient) -> None:
    words = texts(page(client, "/"))
    for word in ("阿克陶县医疗保障局", "661.10", "1,832.00", "未收录", "12 / 12", "9 / 11"):
        assert word in words
    assert "not held" in texts(page(client, "/en/"))


def test_both_languages_link_to_each_other(client: FlaskClient) -> None:
    assert 'href="/en/query/q01-departments-by-total?year=2026" lang="en"' in page(client, "/query/q01-departments-by-total?year=2026")
    english = page(client, "/en/query/q01-departments-by-total?year=2026")
    assert 'href="/query/q01-departments-by-total?year=2026" lang="zh"' in english
    assert '<html lang="en"' in english
    assert 'href="/en/doc/' in english


def test_theme_is_remembered_without_script(client: FlaskClient) -> None:
    answer = client.post("/theme", data={"theme": "dark", "next": "/findings?page=2"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/findings?page=2")
    assert 'data-theme="dark"' in page(client, "/findings")
    assert client.post("/theme", data={"theme": "dark", "next": "//evil.example/x"}).headers["Location"] == "/x"
    assert client.post("/theme", data={"theme": "dark", "next": "https://evil.example/x"}).headers["Location"] == "/x"


# --- Linked data ---


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/html", "html"),
        ("*/*", "html"),
        ("text/turtle", "ttl"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml;q=0.9, text/html;q=0.1", "rdf"),
    ],
)
def test_identity_is_303_to_a_description(client: FlaskClient, accept: str, suffix: str) -> None:
    answer = client.get(f"/id{path_of(AKETAO)}", headers={"Accept": accept})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/doc{path_of(AKETAO)}.{suffix}"
    assert "Accept" in answer.headers["Vary"]
    assert client.get(answer.headers["Location"]).status_code == 200


def test_chinese_addresses_round_trip_raw_and_encoded(client: FlaskClient) -> None:
    raw, encoded = client.get(f"/id{AKETAO_RAW}", headers=PAGE), client.get(f"/id{quote(AKETAO_RAW)}", headers=PAGE)
    assert raw.headers["Location"] == encoded.headers["Location"]
    assert "阿克陶县医疗保障局" in page(client, f"/doc{AKETAO_RAW}.html")
    assert AKETAO in client.get(f"/doc{AKETAO_RAW}.ttl").text


def test_a_description_is_about_its_subject_in_every_format(client: FlaskClient) -> None:
    graphs = []
    for suffix, parser in (("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml"), ("jsonld", "json-ld")):
        answer = client.get(f"/doc{path_of(AKETAO)}.{suffix}")
        graphs.append(set(Graph().parse(data=answer.data, format=parser)))
        assert {subject for subject, _, _ in graphs[-1]} == {URIRef(AKETAO)}
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert all(graph == graphs[0] for graph in graphs)


def test_pages_name_their_other_formats(client: FlaskClient) -> None:
    answer = client.get(f"/doc{path_of(AKETAO)}.html", headers=PAGE)
    for suffix, media_type in (("ttl", "text/turtle"), ("jsonld", "application/ld+json")):
        assert f'<{path_of(AKETAO).replace("/dept", "/doc/dept")}.{suffix}>; rel="alternate"; type="{media_type}"' in link_headers(answer)
        assert f'<link rel="alternate" type="{media_type}"' in answer.text
    assert f'<{AKETAO}>; rel="canonical"' in link_headers(answer)


@pytest.mark.parametrize(
    "path", ["/id/dept/653022/nobody", "/doc/dept/653022/nobody.html", "/doc/dept/653022/nobody.ttl", "/doc/year/2026.xlsx"]
)
def test_the_unknown_is_404(client: FlaskClient, path: str) -> None:
    assert "可以从这里继续" in page(client, path, 404)
    assert client.get(path, headers={"Accept": "application/json"}).mimetype == "application/problem+json"


def test_impossible_accept_is_406_with_offers(client: FlaskClient) -> None:
    answer = client.get("/id/year/2026", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.get_json(force=True)["offers"]


def test_shared_vocabulary_stays_where_it_is() -> None:
    links = Links("https://elsewhere.example/kg/")
    for iri in ("https://elsewhere.example/kg/dept/653022/%E9%98%BF%2FB", "https://budget-kg.example/code/functional/2024/210", AKETAO):
        path = links.path(iri)
        assert path is not None
        if not iri.startswith("https://budget-kg.example/dept"):
            assert links.iri(path) == iri
    assert links.path("https://example.org/x") is None
    assert links.path("https://budget-kg.example/ontology#Department") is None
    assert links.term("https://budget-kg.example/ontology#Department") == "Department"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/doc/code/functional/2024/2101550.html", ["210 15 50 事业运行", "210 15 医疗保障管理事务", "Operation of public institutions"]),
        ("/doc/region/653022.html", ["阿克陶县"]),
        ("/doc/year/2026.html", ["2026年", "财政年度"]),
        ("/doc/code/role/leaf.html", ["角色"]),
        ("/doc/graph/codes/role.html", ["命名图"]),
        ("/ontology", ["BudgetObservation", "regions-gbt2260"]),
    ],
)
def test_vocabulary_pages(client: FlaskClient, path: str, words: list[str]) -> None:
    found = texts(page(client, path))
    for word in words:
        assert word in found


def test_mentions_come_a_hundred_a_page(client: FlaskClient) -> None:
    first, second = page(client, "/doc/year/2026.html"), page(client, "/doc/year/2026.html?page=2")
    links = [re.findall(r"<li><span class=\"muted\">.*?</li>", html) for html in (first, second)]
    assert len(links[0]) == 100
    assert not set(links[0]) & set(links[1])
    assert 'rel="next"' in first
    assert 'rel="prev"' in second


def test_the_ontology_and_graphs_as_turtle(client: FlaskClient) -> None:
    answer = client.get("/ontology", headers={"Accept": "text/turtle"})
    assert (URIRef("https://budget-kg.example/ontology#Department"), None, None) in Graph().parse(data=answer.data, format="turtle")
    assert len(Graph().parse(data=client.get("/doc/graph/codes/role.ttl").data, format="turtle")) > 10


# --- From the department to the printed figure ---


def test_department_and_disclosure(client: FlaskClient, place: Place) -> None:
    department = page(client, f"/doc{path_of(AKETAO)}.html")
    assert f'href="/doc{path_of(place.disclosure)}.html"' in department
    disclosure = page(client, f"/doc{path_of(place.disclosure)}.html")
    for word in ("支出总计", "661.10", "表 2", "空表，有说明", "部门收入总体情况表"):
        assert word.replace(" ", "") in texts(disclosure).replace(" ", "")


def test_missing_tables_are_named(client: FlaskClient, example_store: Path) -> None:
    atushi = "https://budget-kg.example/dept/653001/" + quote("阿图什市医疗保障局")
    disclosure = find_place(example_store, atushi, "revenue", "total", "total").disclosure
    words = texts(page(client, f"/doc{path_of(disclosure)}.html"))
    assert words.count("缺表") == 2
    assert "政府性基金预算支出情况表" in words


def test_a_table_is_printed_in_order(client: FlaskClient, place: Place) -> None:
    html = page(client, f"/doc{path_of(place.cell).partition('/cell')[0]}.html")
    head = re.findall(r'<th scope="col" class="num">(.*?)</th>', html)
    assert head == ["合计", "财政拨款小计", "一般公共预算", "上级转移支付", "单位资金", "财政拨款结转"]
    codes = re.findall(r'<span class="code">(.*?)</span>', html)
    assert codes[:4] == ["208", "208 05", "208 05 01", "208 05 05"]
    assert codes == sorted(codes)
    assert '<tr id="row-19" class="tot">' in html
    assert f'href="/doc{path_of(place.cell)}.html">{place.printed}</a>' in html
    assert "单位：万元" in html


def test_printed_points_stand_under_points(client: FlaskClient, example_store: Path) -> None:
    table = find_place(example_store, YANQI, "general-budget-projects", "total", "total").cell.partition("/cell")[0]
    html = page(client, f"/doc{path_of(table)}.html")
    assert '>4</a><span class="pad" aria-hidden="true">.00</span>' in html
    assert "2025年县级配套资金城乡居民基本医疗保险" in html


def test_a_cell_says_what_it_is(client: FlaskClient, place: Place) -> None:
    words = texts(page(client, f"/doc{path_of(place.cell)}.html"))
    for word in ("5.48", "万元", "54,800", "医疗保障管理事务", "210 15", "单位资金", "2026年", "小计"):
        assert word in words
    assert re.search(r'<td class="num hit">.*?5\.48', page(client, f"/doc{path_of(place.cell)}.html"), re.DOTALL)


def test_a_row_shows_its_neighbours(client: FlaskClient, place: Place) -> None:
    row = re.sub(r"cell/(\d+)-\d+", r"row/\1", path_of(place.cell))
    words = texts(page(client, f"/doc{row}.html"))
    assert "医疗保障管理事务" in words
    assert "行政单位医疗" in words


# --- The source ---


def test_the_source_highlights_the_printed_text(client: FlaskClient, place: Place) -> None:
    html = page(client, f"/source/{place.sha16}?start={place.start}&end={place.end}")
    assert re.findall(r'<mark id="hit">(.*?)</mark>', html) == [place.printed]
    assert f'#hit">{"在原文中打开"}' in page(client, f"/doc{path_of(place.cell)}.html")


@pytest.mark.parametrize(
    "query", ["", "?start=5&end=2", "?start=-4&end=9", "?start=0&end=99999999", "?start=x&end=y", "?page=99999", "?page=-1"]
)
def test_the_source_takes_any_place(client: FlaskClient, place: Place, query: str) -> None:
    assert "<mark" not in page(client, f"/source/{place.sha16}{query}")


def test_the_source_of_an_unknown_disclosure(client: FlaskClient) -> None:
    page(client, "/source/0000000000000000", 404)


def test_personal_data_are_blacked_out(tmp_path: Path) -> None:
    source = f"项目负责人：张三丰\t联系电话：{LANDLINE}\n预算 661.10 万元\n"
    client = small_store(tmp_path, "公开文件", source)
    html = page(client, f"/source/{SMALL}?start=0&end={len(source)}")
    assert "张三丰" not in html
    assert LANDLINE[-7:] not in html
    assert html.count('class="gone"') == 2
    assert "2 处个人信息已遮盖" in html
    assert "661.10" in html


def test_personal_data_of_real_documents_are_blacked_out(seeds: list[Path], tmp_path: Path, tools: Toolbox) -> None:
    with EmbeddedStore(tmp_path) as store:
        ingest(seeds, store, Settings(), tools, lambda message: None)
    client = create_app(tmp_path, Settings()).test_client()
    checked = 0
    for path in seeds:
        document = read_text(path.name, path.read_bytes())
        html = page(client, f"/source/{document.sha256[:16]}?start=0&end={len(document.text)}")
        for span in personal_spans(document):
            assert document.quote(span) not in html
            checked += 1
    assert checked > 0


def test_a_moved_figure_says_so(seeds: list[Path], tmp_path: Path, tools: Toolbox) -> None:
    with EmbeddedStore(tmp_path) as store:
        ingest(seeds[:1], store, Settings(), tools, lambda message: None)
    client = create_app(tmp_path, Settings()).test_client()
    moved = find_place(tmp_path, AKETAO, "revenue", "21015", "own-funds")
    table = page(client, f"/doc{path_of(moved.cell).partition('/cell')[0]}.html")
    assert "6 个按算术归位" in table
    assert table.count('aria-label="按算术归位"') == 6
    assert "由算式确定" in page(client, f"/doc{path_of(moved.cell)}.html")


def test_lines_are_cut_where_their_look_changes() -> None:
    text = "ab<c>\r\n张三 138\nlast"
    lines = list(cut_lines(text, (1, 10), [Span(2, 7, 9)]))
    shown = [[(piece.kind, piece.text, piece.first) for piece in line.pieces] for line in lines]
    assert shown == [
        [("plain", "a", False), ("hit", "b<c>", True)],
        [("gone", "██", False), ("hit", " ", False), ("plain", "138", False)],
        [("plain", "last", False)],
    ]
    assert [line.number for line in lines] == [1, 2, 3]


def test_what_a_document_says_is_escaped(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    client = small_store(tmp_path, evil, f"{evil}\n")
    for path in (f"/doc/disclosure/{SMALL}.html", f"/source/{SMALL}", "/doc/dept/000000/x.html", f"/findings?rule={quote(evil)}"):
        html = page(client, path)
        assert evil not in html
    assert "&lt;script&gt;" in page(client, f"/source/{SMALL}")


# --- Findings ---


def test_findings_are_listed_and_filtered(client: FlaskClient) -> None:
    html = page(client, "/findings")
    assert "SUM-003" in html
    assert "1548 + 73.23" in html
    only = page(client, "/findings?rule=https://budget-kg.example/rule/SUM-003")
    assert "COD-004</a>" not in only
    assert "SUM-003</a>" in only
    nothing = page(client, f"/findings?rule=https://budget-kg.example/rule/SUM-003&department={quote(AKETAO)}")
    assert "没有符合条件的检查结果" in nothing
    for hostile in ("rule=not an iri&department=%00&page=x", "severity=%27%20OR%201=1--", "year=%2026&page=99999999999999999999"):
        page(client, f"/findings?{hostile}")


def test_findings_on_one_place_are_one_entry_and_facets_count_what_they_lead_to(client: FlaskClient) -> None:
    html = page(client, "/findings?severity=violation")
    found, places = re.search(r"(\d+) 项检查结果，归于 (\d+) 处", html).groups()  # type: ignore[union-attr]
    assert int(found) > int(places) > 1
    (first,) = re.findall(r"<li>(?:(?!<li>).)*?finding/SUM-003/1\.html.*?</li>", html, re.DOTALL)[:1]
    assert "SUM-004</a>" in first
    assert html.count("finding/SUM-004/1.html") == 1
    links = re.findall(r'href="(\?[^"]*)"[^>]*>(?:(?!</a>).)*<span>(\d+)</span></a>', html, re.DOTALL)
    assert len(links) > 10
    for link, count in links[:3] + links[-3:]:
        assert f"{count} 项检查结果" in page(client, f"/findings{unescape(link)}")


def test_every_finding_is_on_one_page_of_the_list(client: FlaskClient, example_store: Path) -> None:
    query = "SELECT ?f { ?f a <https://budget-kg.example/ontology#Finding> }"
    known = {path_of(row["f"].value) for row in Snapshot(example_store).query(query)}
    listed: list[str] = []
    for number in range(1, 20):
        html = page(client, f"/findings?page={number}")
        listed += re.findall(r'href="/doc(/validation/[^"]*/finding/[^"]*)\.html"', html)
        if 'rel="next"' not in html:
            break
    assert len(listed) == len(set(listed))
    assert set(listed) == known


def test_a_rule_has_its_words_its_shape_its_outcomes_and_its_findings(client: FlaskClient) -> None:
    assert client.get("/rules/SUM-003").headers["Location"] == "/doc/rule/SUM-003.html"
    assert client.get("/rules/NO-999").status_code == client.get("/rules/x%20y").status_code == 404
    html = page(client, "/doc/rule/SUM-003.html")
    words = texts(html)
    for word in (
        "上级科目 = 其直接下级之和",
        "预算公开表式",
        "容差",
        "不适用",
        "未评估",
        "5 份公开文件",
        "1548 + 73.23 = 1621.23 ≠ 1625.23",
    ):
        assert word in words
    (shown,) = re.findall(r'<pre class="editor".*?</pre>', html, re.DOTALL)
    turtle = "\n".join(unescape(re.sub("<[^>]+>", "", line)) for line in shown.split('<span class="l">')[1:])
    shape = Graph().parse(data=turtle, format="turtle")
    queries = {str(text) for text in shape.objects(None, URIRef("http://www.w3.org/ns/shacl#select"))}
    assert len(queries) >= 3
    assert any("budget:parentRow" in query for query in queries)
    assert "SHACL shape" in page(client, "/en/doc/rule/SUM-003.html")


def test_every_rule_is_listed_and_opens(client: FlaskClient) -> None:
    addresses = re.findall(r'href="(/doc/rule/[^"]+)"', page(client, "/rules"))
    assert len(addresses) == len(set(addresses)) > 100
    for address in addresses[::10]:
        assert '<pre class="editor"' in page(client, address)


def test_the_numbers_of_an_expression_lead_to_their_cells() -> None:
    def operand(printed: str) -> Operand:
        return Operand(f"cell:{printed}", "", "", 0, printed, None, None, "", "", "", "")

    parts = steps("1,548 − 73.23 = 1474.77 ≠ 1625.23", [operand("1625.23"), operand("73.23"), operand("1,548")])
    assert [(part.sign, part.operand.iri if part.operand else "") for part in parts] == [
        ("", "cell:1,548"),
        ("−", "cell:73.23"),
        ("=", ""),
        ("≠", "cell:1625.23"),
    ]
    assert columns(parts) == parts
    assert columns(steps("∅ ≠ 4", [operand("4")])) == ()
    assert [part.text for part in steps("86000人 × 180元 = 1548.00 ≠ 1563.52", [])] == ["86000人", "180元", "1548.00", "1563.52"]


def test_highlighting_changes_no_character() -> None:
    text = 'a:b a <http://x#y> ; sh:select """\nSELECT ?x { ?x a:p "q#r" } # why\n""" .\n'
    lines = highlighted(text)
    assert "\n".join("".join(piece for _, piece in line) for line in lines) == text
    kinds = {piece: kind for line in lines for kind, piece in line if kind}
    assert kinds == {"a": "keyword", "SELECT": "keyword", "?x": "variable", '"q#r"': "string", "# why": "comment"}


def test_a_finding_shows_the_sum_and_its_places(client: FlaskClient) -> None:
    (address, *_) = re.findall(r'href="(/doc/validation/[^"]*/finding/SUM-003/\d+\.html)"', page(client, "/findings"))
    html = page(client, address)
    words = texts(html)
    assert "1548 + 73.23 = 1621.23 ≠ 1625.23" in words
    for word in ("违反", "1,625.23", "1,621.23", "4.00", "0.015", "表7"):
        assert word in words.replace("表 7", "表7")
    assert html.count("num hit") == 3
    assert re.search(
        r'<dl class="work">.*?财政对基本医疗保险基金的补助.*?1548.*?医疗救助.*?73\.23.*?1621\.23.*?1625\.23.*?4\.00', html, re.DOTALL
    )
    places = re.findall(r'href="(/source/[^"#]+)#hit">原文第', html)
    assert len(places) == 3
    shown = [re.findall(r'<mark id="hit">(.*?)</mark>', page(client, unescape(place))) for place in places]
    assert sorted(text for texts in shown for text in texts) == ["1548", "1625.23", "73.23"]
    assert client.get(address.replace(".html", ".ttl")).status_code == 200


def test_statements_of_the_text_are_called_by_words(app: Flask, client: FlaskClient, example_store: Path) -> None:
    """In the list and on the page of a finding: no key such as staffing:in-post, and one excerpt for what is printed in one place."""
    query = (
        "PREFIX b: <https://budget-kg.example/ontology#> "
        "SELECT DISTINCT ?f ?key { ?f a b:Finding ; b:operand ?o . ?o b:statedSubject ?key ."
        ' FILTER(CONTAINS(?key, ":")) } ORDER BY ?f LIMIT 12'
    )
    found = {row["f"].value: row["key"].value for row in Snapshot(example_store).query(query)}
    assert found
    for iri, key in found.items():
        html = page(client, f"/doc{path_of(iri)}.html")
        assert f">{key}<" not in html
        assert f">{subject_name(key, 'zh')}<" in html
        with app.app_context():
            _, places = read_places(site().view(), iri)
        spans = [(place.operands[0].start, place.operands[0].end) for place in places.texts]
        assert len(spans) == len(set(spans))
    listed = page(client, "/findings") + page(client, "/findings?severity=info") + page(client, "/findings?severity=warning")
    assert not [key for key in found.values() if f">{key}<" in listed]


def test_the_places_of_a_draft_are_called_by_words_too() -> None:
    assert in_words("文字陈述的数字，staffing:in-post", "staffing:in-post", "zh") == "文字陈述的数字，在职人数"
    assert in_words("number stated in the text, staffing:in-post", "staffing:in-post", "en") == "number stated in the text, In post"
    assert in_words("表3 部门支出总体情况表，合计", "合计", "zh") == "表3 部门支出总体情况表，合计"
    assert in_words("预算表", "", "zh") == "预算表"


def test_a_project_says_its_amount_in_yuan_and_opens_its_place(client: FlaskClient, example_store: Path) -> None:
    query = (
        "PREFIX b: <https://budget-kg.example/ontology#> "
        "SELECT ?p ?amount { ?p a b:ProjectYear ; b:amount ?amount ; b:sourceStart ?start ; b:sourceEnd ?end } "
        "ORDER BY DESC(?amount) LIMIT 1"
    )
    (row,) = Snapshot(example_store).query(query)
    html = page(client, f"/doc{path_of(row['p'].value)}.html")
    assert f">{grouped(Decimal(row['amount'].value))} 元<" in html
    assert f">{grouped(Decimal(row['amount'].value))} yuan<" in page(client, f"/en/doc{path_of(row['p'].value)}.html")
    (source,) = set(re.findall(r'href="(/source/[^"#]+)#hit">在原文中打开', html))
    assert '<mark id="hit">' in page(client, unescape(source))
    assert "起始位置" not in html


# --- Questions ---


def test_a_question_runs_with_its_parameters(client: FlaskClient) -> None:
    words = texts(page(client, "/query/q09-functional-code-across-departments?code=2101550&year=2026"))
    assert "2,386,400" in words
    assert "3 行" in words
    assert "焉耆" not in words
    answer = client.get("/query/q09-functional-code-across-departments.csv?code=2101550&year=2026")
    assert answer.mimetype == "text/csv"
    assert len(answer.text.splitlines()) == 4


def test_a_question_copied_as_an_own_query_holds_its_values(client: FlaskClient) -> None:
    """What the reader takes over gives the rows that the question showed, without a field for its parameters."""
    for name, chosen in (("q09-functional-code-across-departments", "?code=2101550&year=2026"), ("q15-large-changes", "?minimum=30")):
        copied = re.search(r'<input type="hidden" name="query" value="([^"]*)">', page(client, f"/query/{name}{chosen}"))
        assert copied
        asked = client.get(f"/query/{name}.csv{chosen}").text
        own = client.get("/sparql", query_string={"query": unescape(copied[1])}, headers={"Accept": "text/csv"}).text
        assert sorted(own.splitlines()) == sorted(asked.splitlines())
        assert len(own.splitlines()) > 1


def test_a_wrong_parameter_is_explained(client: FlaskClient) -> None:
    assert "year of four digits" in page(client, "/query/q01-departments-by-total?year=soon", 400)
    assert client.get("/query/q01-departments-by-total.csv?year=soon").status_code == 400
    page(client, "/query/q99-nothing", 404)


def test_questions_have_tags_and_fields(client: FlaskClient) -> None:
    """A tag leads to the gallery with its questions alone; every parameter is a field with its default."""
    shown = page(client, "/query/q04-staff-cost-per-head")
    assert 'href="/query?tag=staff#gallery"' in shown
    narrowed = page(client, "/query?tag=staff")
    assert "/query/q04-staff-cost-per-head" in narrowed
    assert "/query/q06-three-public-expenses" not in narrowed
    page(client, "/query?tag=nothing", 404)
    assert 'id="param-minimum" name="minimum" value="50" type="number"' in page(client, "/en/query/q15-large-changes")
    page(client, "/query/q01-departments-by-total.docx", 404)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("SELECT ?s WHERE { ?s a <https://budget-kg.example/ontology#Department> }", 200, "阿克陶县医疗保障局"),
        ("SELECT * { ?s ?p ?o }", 200, "这里只显示前 500 行"),
        ("ASK { ?s ?p ?o }", 200, "是"),
        ("DESCRIBE <https://budget-kg.example/year/2026>", 200, "yearNumber"),
        ("SELECT ?x { FILTER(false) }", 200, "没有结果"),
        ("SELECT * {\n ?s nope:p ?o }", 400, "第 2 行第 5 列"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 400, "SERVICE is not answered here"),
    ],
)
def test_a_query_of_ones_own(client: FlaskClient, query: str, status: int, words: str) -> None:
    assert words in texts(page(client, f"/query?query={quote(query)}", status))


# --- Figures ---


def test_figures_are_written_exactly() -> None:
    assert wan(Decimal(6_611_000)) == "661.10"
    assert wan(Decimal("12345678.9")) == "1,234.56789"
    assert wan(Decimal(-40_000)) == "-4.00"
    assert wan(None) == ""
    assert wan("21011") == "21011"
    assert grouped(Decimal("54800.00")) == "54,800"
    assert grouped(Decimal("0.50")) == "0.5"
    assert (pad("4", 2), pad("4.1", 2), pad("4.12", 2), pad("4", 0)) == (".00", "0", "", "")
    assert [spaced_code(code) for code in ("208", "20805", "2080501", "30113", "abc")] == ["208", "208 05", "208 05 01", "301 13", "abc"]


def test_of_many_findings_of_one_place_the_list_shows_some_and_counts_the_others(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get("/findings").text
    monkeypatch.setattr("web.findings._OTHERS", 0)
    cut = client.get("/findings").text
    left = [int(number) for number in re.findall(r'#facts">另有 (\d+) 项</a>', cut)]
    assert left
    assert sum(left) == len(re.findall(r'<a href="/doc/validation/[^"]+">[A-Z0-9-]+</a> ', whole))
