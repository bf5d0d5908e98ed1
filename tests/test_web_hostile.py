"""A disclosure whose names are scripts, formulas, right-to-left marks and 10,000 characters long does no harm anywhere: it is
browsed, searched, compared, asked for, exported and checked as a draft, and is only ever text."""

import csv
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from python_calamine import CalamineWorkbook

from kg.ingest import Toolbox, ingest
from kg.questions import load_questions
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot
from kg.validate.jobs import Judge, validate_store
from tests.web_browser import fits, launched, visiting
from tests.web_fixture import serving
from web.app import create_app

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FORMULA = '=HYPERLINK("https://evil.example/","x")'
BACKWARDS = "\u202e" + "@SUM(1)" + "\u2066" + "'\"`>"
LONG = "+" + "长" * 9_999
BUREAU = "阿克陶县医疗保障局"
_PROJECTS = {
    "2025年自治区财政全民参保及医疗保障服务项目补助资金": LONG,
    "2025年自治区全民参保参保及医疗保障服务项目补助资金": SCRIPT,
    "2026年阿克陶县医疗保障局基金监管资金（单位资金）": FORMULA,
    "2026年中央财政医疗服务与保障能力提升补助资金": BACKWARDS,
    "医疗保障管理事务\t": SCRIPT + "\t",
}
_NAMES = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?thing ?name WHERE { ?thing rdfs:label ?name . FILTER(CONTAINS(?name, "script") || CONTAINS(?name, "HYPERLINK")
  || CONTAINS(?name, "SUM(1)") || STRLEN(?name) > 9000) } ORDER BY ?thing"""


def spoilt(examples: list[Path]) -> str:
    """The example with other names for its projects and one of its rows."""
    text = next(path for path in examples if "aketao" in path.name).read_text("utf-8")
    for name, evil in _PROJECTS.items():
        assert name in text
        text = text.replace(name, evil)
    return text.replace("511.36", "511.63", 1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, examples: list[Path], tools: Toolbox) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    evil = folder / "<img src=x>=1+1.txt"
    evil.write_text(spoilt(examples), "utf-8")
    other = next(path for path in examples if "changji" in path.name)
    with EmbeddedStore(folder / "store") as store:
        assert not ingest([evil, other], store, Settings(), tools, lambda message: None).refused
        list(validate_store(store, Settings(), Judge.load(), lambda message: None))
        graphs = {name: store.dump(name) for name in store.graphs() if "/disclosure/" in name}
        store.replace_graphs({name: data.replace(f'"{BUREAU}'.encode(), f'"{SCRIPT}{BUREAU}'.encode()) for name, data in graphs.items()})
    return folder / "store"


@pytest.fixture(scope="module")
def client(store: Path) -> FlaskClient:
    return create_app(store, Settings()).test_client()


@pytest.fixture(scope="module")
def addresses(store: Path, client: FlaskClient) -> list[str]:
    """The pages that hold hostile names: of the disclosure, all that it has, the lists, the search, the comparison, the questions."""
    rows = Snapshot(store).query("SELECT DISTINCT ?thing { ?thing a <https://budget-kg.example/ontology#Disclosure> } ORDER BY ?thing")
    disclosures = [row["thing"].value.rsplit("/", 1)[-1] for row in rows]
    named = [row["thing"].value.removeprefix("https://budget-kg.example") for row in Snapshot(store).query(_NAMES)]
    assert len(named) >= 6
    pages = ["/", "/findings", "/rules", f"/query?{urlencode({'query': _NAMES})}", "/query/q23-largest-projects"]
    pages += [f"/doc/disclosure/{key}.html" for key in disclosures] + [f"/source/{key}" for key in disclosures]
    pages += [f"/compare?d={disclosures[0]}&d={disclosures[1]}", "/compare?find=script"]
    pages += ["/policies", "/communities", "/reasoning", "/links", "/cofog", *(f"/query/{question.name}" for question in load_questions())]
    departments = Snapshot(store).query("SELECT ?thing { ?thing a <https://budget-kg.example/ontology#Department> } ORDER BY ?thing")
    pages += [f"/peers?department={quote(row['thing'].value, safe='')}" for row in departments]
    pages += [f"/search?q={quote(word)}" for word in ("script", "HYPERLINK", "SUM", "长长长", "<img src=x>")]
    pages += [f"/doc{path}.html" for path in named[:12]]
    listed = [client.get(f"/findings?page={number}").text for number in (1, 2)]
    pages += sorted(set(re.findall(r'href="(/doc/validation/[^"]+\.html)"', "".join(listed))))[:12]
    within = "".join(client.get(page).text for page in pages if "/doc/disc" in page)
    tables = re.findall(r'href="(/doc/disclosure/[^"]+/table/[^"/]+\.html)"', within)
    return pages + sorted(set(tables))


def test_every_page_shows_hostile_names_as_text(client: FlaskClient, addresses: list[str]) -> None:
    assert len(addresses) > 40
    seen = set()
    for address in addresses:
        for language in ("", "/en"):
            answer = client.get(language + address)
            assert answer.status_code == 200, address
            html = answer.text
            assert "<script>alert" not in html, address
            assert "<img src=x" not in html, address
            assert not re.search(r"<[^>]*\son[a-z]+\s*=\s*[^>]*>", re.sub(r'"[^"]*"', '""', html)), address
            assert len(html) < 3_000_000, address
            seen |= {name for name in (SCRIPT, FORMULA, BACKWARDS, LONG) if name in unescape(html)}
    assert seen == {SCRIPT, FORMULA, BACKWARDS, LONG}


def test_suggestions_are_data(client: FlaskClient) -> None:
    answer = client.get("/search/suggest?q=script")
    assert answer.mimetype == "application/json"
    assert any(SCRIPT in hit["name"] for hit in answer.get_json())


def test_no_file_holds_a_formula(client: FlaskClient, addresses: list[str]) -> None:
    keys = re.findall(r"d=(\w+)", next(address for address in addresses if address.startswith("/compare?d")))
    asked = urlencode({"query": _NAMES})
    files = [client.get(f"/query/own.excel.csv?{asked}"), client.get(f"/compare.csv?d={keys[0]}&d={keys[1]}")]
    for answer in files:
        assert answer.status_code == 200
        cells = [cell for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not re.fullmatch(r"-?[\d.]+", cell)]
    names = {row[1].lstrip("'") for row in csv.reader(io.StringIO(files[0].data.decode("utf-8-sig")))}
    assert {FORMULA, BACKWARDS, LONG} <= names
    book = client.get(f"/query/own.xlsx?{asked}").data
    assert not formulas(book)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert {FORMULA, BACKWARDS, LONG} <= {row[1] for row in sheet}
    kept = client.post("/q", data={"query": _NAMES}).headers["Location"]
    for address in (kept, kept.replace("/q/", "/embed/")):
        assert "<script>alert" not in client.get(address).text
    assert not formulas(client.get(f"{kept}.xlsx").data)


def test_no_file_of_a_question_holds_a_formula(client: FlaskClient) -> None:
    seen = set()
    for question in load_questions():
        answer = client.get(f"/query/{question.name}.excel.csv")
        assert answer.status_code == 200
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        seen |= {cell.lstrip("'") for row in rows for cell in row}
        begun = [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert not [cell for cell in begun if not re.fullmatch(r"-?[\d.]+", cell)], question.name
    assert {FORMULA, BACKWARDS, LONG} <= seen
    assert [cell for cell in seen if SCRIPT in cell]
    assert not formulas(client.get("/query/q23-largest-projects.xlsx").data)


def test_every_description_and_citation_can_be_read(client: FlaskClient, store: Path) -> None:
    """What is said of hostile things comes back whole in each format for programs."""
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    forms = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML}
    for row in list(Snapshot(store).query(_NAMES))[:8]:
        path, name = row["thing"].value.removeprefix("https://budget-kg.example"), row["name"].value
        for suffix, form in forms.items():
            data = client.get(f"/doc{path}.{suffix}").data
            assert name in {quad.object.value for quad in ox.parse(data, format=form) if quad.predicate.value == label}, (path, suffix)
        assert holds(json.loads(client.get(f"/doc{path}.jsonld").data), name), path
        assert json.loads(client.get(f"/doc{path}.csl").data)[0]["title"]
        assert client.get(f"/doc{path}.bib").text.count("@online{") == 1
        assert json.loads(client.get(f"/network{path}.json").data)["nodes"]


@pytest.mark.soak
def test_a_hostile_draft_is_checked_and_its_files_are_only_text(client: FlaskClient, examples: list[Path]) -> None:
    upload = {"file": (io.BytesIO(spoilt(examples).encode()), "<img src=x onerror=alert(3)>=1+1.txt")}
    address = client.post("/check", data=upload, content_type="multipart/form-data").headers["Location"]
    ends = time.monotonic() + 120
    while "Refresh" in client.get(address).headers and time.monotonic() < ends:
        time.sleep(0.2)
    for page in (client.get(address).text, client.get(f"/en{address}").text, client.get(f"{address}/html").text):
        assert "<mark>" in page or "511.63" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert not formulas(client.get(f"{address}/xlsx").data)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{address}/xlsx").data)).get_sheet_by_index(0).to_python()
    assert [cell for row in sheet for cell in row if isinstance(cell, str) and cell.startswith(FORMULA)], "as text, whole"
    assert json.loads(client.get(f"{address}/sarif").data)["runs"]
    assert list(ox.parse(client.get(f"{address}/ttl").data, format=ox.RdfFormat.TURTLE))


def holds(data: object, text: str) -> bool:
    """Whether a text is one of the values of a JSON document."""
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return data == text or any(holds(value, text) for value in inner)


def formulas(book: bytes) -> list[str]:
    """The parts of a workbook with a formula or an outside link."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return [name for name in archive.namelist() if b"<f>" in archive.read(name) or b"TargetMode" in archive.read(name)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.mark.browser
def test_a_browser_runs_nothing_and_keeps_its_width(browser: Browser, store: Path, addresses: list[str]) -> None:
    wanted = [*addresses[:5], *[address for address in addresses if address.startswith(("/doc", "/compare?d", "/search?q=%E9"))]]
    shown = wanted[:5] + wanted[5::4]
    with serving(store) as address, visiting(browser, address, 360, "light") as visit:
        dialogs: list[str] = []
        visit.page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())  # type: ignore[func-returns-value]
        wide = []
        for path in shown:
            visit.open(path)
            if not fits(visit.page):
                wide.append(path)
            assert visit.page.locator("script:not([src])").count() == 0
            assert visit.page.locator("img").count() == 0
        assert dialogs == []
        assert wide == []
