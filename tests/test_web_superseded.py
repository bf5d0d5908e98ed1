"""A revision that was superseded has an address still: it says so, and which one is current."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, URIRef

from kg.ingest import Toolbox, ingest
from kg.settings import Settings
from kg.store import EmbeddedStore
from web.app import create_app


def _address(path: Path, tools: Toolbox, store: EmbeddedStore) -> str:
    (entry,) = ingest([path], store, Settings(), tools, lambda message: None).ingested
    return f"{Settings().base}disclosure/{entry.sha256[:16]}"


@pytest.fixture(scope="module")
def revisions(tmp_path_factory: pytest.TempPathFactory, examples: list[Path], tools: Toolbox) -> tuple[FlaskClient, list[str]]:
    """Four revisions of one disclosure: the second and the third replaced the one before them, the last came late and is the oldest."""
    folder = tmp_path_factory.mktemp("revisions")
    text = examples[0].read_text("utf-8")
    signed = next(date for date in ("2026 年 3 月 13 日", "2026年3月13日") if date in text)
    files = [folder / f"{number}.txt" for number in range(4)]
    files[0].write_text(text, "utf-8")
    files[1].write_text(text.replace("5.20", "5.30"), "utf-8")
    files[2].write_text(text.replace("5.20", "5.40"), "utf-8")
    files[3].write_text(text.replace(signed, "2026年1月2日"), "utf-8")
    with EmbeddedStore(folder / "store") as store:
        addresses = [_address(file, tools, store) for file in files]
    return create_app(folder / "store", Settings()).test_client(), addresses


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_superseded_revision_says_so(revisions: tuple[FlaskClient, list[str]], number: int) -> None:
    client, addresses = revisions
    old, current = addresses[number], addresses[2]
    path = old.removeprefix(Settings().base)
    assert client.get(f"/id/{path}", headers={"Accept": "text/turtle"}).status_code == 303
    page = client.get(f"/doc/{path}.html")
    assert page.status_code == 200
    assert "取代" in page.text
    assert re.search(rf"rel=\"successor-version\" href=\"[^\"]*{current.removeprefix(Settings().base)}", page.text)
    assert f'<{current}>; rel="successor-version"' in page.headers.getlist("Link")
    said = set(Graph().parse(data=client.get(f"/doc/{path}.ttl").data, format="turtle"))
    assert said == {(URIRef(old), URIRef("http://purl.org/dc/terms/isReplacedBy"), URIRef(current))}


def test_the_current_one_does_not(revisions: tuple[FlaskClient, list[str]]) -> None:
    client, addresses = revisions
    path = addresses[2].removeprefix(Settings().base)
    assert "successor-version" not in client.get(f"/doc/{path}.html").text
    assert "isReplacedBy" not in client.get(f"/doc/{path}.ttl").text
    assert client.get("/id/disclosure/0123456789abcdef").status_code == 404
