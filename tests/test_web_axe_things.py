"""A page of every class of things, and the lists and charts as readers narrow and open them, with axe: in both languages and themes."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from playwright.sync_api import Browser

from kg.store import Snapshot
from kg.terms import TERMS
from tests.web_browser import fits, launched, violations, visiting
from tests.web_fixture import AKETAO, fetch, path_of, serving

_CLASSES = f"""SELECT ?class (MIN(STR(?thing)) AS ?first) WHERE {{ ?thing a ?class . FILTER(STRSTARTS(STR(?class), "{TERMS}"))
  FILTER(STRSTARTS(STR(?thing), "https://budget-kg.example/") && !CONTAINS(STR(?thing), "/ontology")) }} GROUP BY ?class"""
PARTS = 3
"""Tests that share the pages, none of them too long."""
pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest.fixture(scope="module")
def address(example_store: Path) -> Iterator[str]:
    with serving(example_store) as found:
        yield found


@pytest.fixture(scope="module")
def pages(example_store: Path, address: str) -> dict[str, str]:
    """Kind of page → its address without language."""
    rows = Snapshot(example_store).query(_CLASSES)
    assert isinstance(rows, ox.QuerySolutions)
    found = {row["class"].value.removeprefix(TERMS): f"/doc{path_of(row['first'].value)}.html" for row in rows}
    keys = sorted(set(re.findall(r"/doc/disclosure/(\w{16})", fetch(address, "/").text)))
    chosen = "&".join(f"d={key}" for key in keys[:3])
    found |= {
        "dashboard opened": f"/doc/disclosure/{keys[0]}.html?tree=210&flow=all",
        "comparison, absolute": f"/compare?{chosen}",
        "comparison, shares": f"/compare?{chosen}&by=share",
        "comparison, one chosen": f"/compare?d={keys[0]}&find=局",
        "search, narrowed": "/search?q=医疗&kind=table&year=2026",
        "search, nothing found": "/search?q=没有这样的东西",
        "findings, narrowed": f"/findings?severity=warning&department={quote(AKETAO, safe='')}",
        "source": f"/source/{keys[0]}",
        "links": "/links",
        "cofog": "/cofog",
        "gallery": "/query?tag=staff",
        "question as a chart": "/query/q06-three-public-expenses?view=chart",
        "question as a map": "/query/q19-same-policy-document?view=links",
        "question with a wrong value": "/query/q09-functional-code-across-departments?code=21",
    }
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("", "light", 360), ("", "dark", 1280), ("/en", "light", 1920), ("/en", "dark", 360)]
)
def test_axe_finds_nothing(
    browser: Browser, address: str, pages: dict[str, str], language: str, scheme: str, width: int, part: int
) -> None:
    assert len(pages) > 40
    found: dict[str, list[str]] = {}
    with visiting(browser, address, width, scheme, ("Failed to load resource",)) as visit:
        for kind, path in list(pages.items())[part::PARTS]:
            visit.open(language + path)
            said = violations(visit.page) + ([] if fits(visit.page) else ["sticks out"])
            if said:
                found[kind] = said
    assert not found, "\n".join(f"{kind}: {said}" for kind, words in found.items() for said in words)
