"""Every kind of page, in both languages and themes: axe finds nothing, nothing sticks out at 360 pixels, nobody else is asked."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from kg.settings import Settings
from tests.web_browser import fits, launched, violations, visiting
from tests.web_fixture import AKETAO, Place, find_place, path_of, serving
from web.app import create_app

EVERY = 29
_FAILED = ("Failed to load resource",)
"""What the browser says of a page that answers 404, as it should."""
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(example_store: Path) -> dict[str, str]:
    """The address of a page of every kind, without its language."""
    client = create_app(example_store, Settings()).test_client()
    place = find_place(example_store, AKETAO, "revenue", "21015", "own-funds")
    other = find_place(example_store, AKETAO, "expenditure", "total", "total")
    assert isinstance(other, Place)
    table = path_of(place.cell).partition("/cell")[0]
    findings = re.findall(r'href="(/doc/validation/[^"]+)"', client.get("/findings").text)
    kept = client.post("/q", data={"question": "q06-three-public-expenses"}).headers["Location"]
    disclosures = sorted(set(re.findall(r'href="/doc/disclosure/(\w{16})\.html"', client.get(f"/doc{path_of(AKETAO)}.html").text)))
    others = sorted(set(re.findall(r"d=(\w{16})", client.get("/compare").text)) - {place.sha16})
    found = {
        "home": "/",
        "search": "/search?q=三公",
        "department": f"/doc{path_of(AKETAO)}.html",
        "disclosure": f"/doc/disclosure/{disclosures[0]}.html",
        "comparison": f"/compare?d={place.sha16}&d={others[0]}&d={others[1]}&by=head",
        "choice for a comparison": "/compare",
        "table": f"/doc{table}.html",
        "row": f"/doc{re.sub(r'cell/([0-9]+)-[0-9]+', r'row/1', path_of(place.cell))}.html",
        "cell": f"/doc{path_of(place.cell)}.html",
        "source": f"/source/{place.sha16}?start={place.start}&end={place.end}",
        "findings": "/findings",
        "finding of two tables": next(address for address in findings if "XT-009" in address),
        "finding of sentences": next(address for address in findings if "KPI-0" in address),
        "connections": "/connections?from=阿克陶县医疗保障局&to=昌吉市医疗保障局",
        "policies": "/policies",
        "communities": "/communities",
        "peers": f"/peers?department={quote(AKETAO, safe='')}",
        "inferences": "/reasoning",
        "rules": "/rules",
        "rule": "/doc/rule/SUM-003.html",
        "question": "/query/q06-three-public-expenses",
        "own query": "/query?query=DESCRIBE%20%3Chttps%3A%2F%2Fbudget-kg.example%2Fyear%2F2026%3E&view=links",
        "refused query": "/query?query=SELECT",
        "kept": kept,
        "embedded": kept.replace("/q/", "/embed/"),
        "check": "/check",
        "ontology": "/ontology",
        "code": "/doc/code/functional/2024/2101550.html",
        "unknown": "/doc/year/1066.html",
    }
    return found


@pytest.fixture(scope="module")
def address(example_store: Path) -> Iterator[str]:
    with serving(example_store) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [
        ("", "light", 1280),
        ("/en", "dark", 360),
        pytest.param("", "dark", 1920, marks=pytest.mark.soak),
        pytest.param("/en", "light", 768, marks=pytest.mark.soak),
    ],
)
def test_axe_finds_nothing(browser: Browser, address: str, pages: dict[str, str], language: str, scheme: str, width: int) -> None:
    found: dict[str, list[str]] = {}
    with visiting(browser, address, width, scheme, _FAILED) as visit:
        for kind, path in pages.items():
            visit.open(language + path)
            if not fits(visit.page):
                found.setdefault(kind, []).append("sticks out")
            if said := violations(visit.page):
                found.setdefault(kind, []).extend(said)
    assert not found, "\n".join(f"{kind}: {said}" for kind, words in found.items() for said in words)
    assert len(pages) == EVERY
