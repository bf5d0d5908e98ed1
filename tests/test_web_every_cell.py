"""Every printed figure, not a sample: its page leads to its table, its document and the marked place in the source."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.ingest import Toolbox, ingest
from kg.settings import DEFAULT_BASE, Settings
from kg.store import EmbeddedStore, Snapshot
from web.app import create_app

_HREF = re.compile(r'href="([^"]+)"')
_MARK = re.compile(r"<mark[^>]*>(.*?)</mark>", re.DOTALL)


def _page(client: FlaskClient, address: str) -> str:
    response = client.get(address, headers={"Accept": "text/html"}, follow_redirects=True)
    assert response.status_code == 200, address
    return response.get_data(as_text=True)


@pytest.mark.soak
def test_every_figure_of_every_seed_leads_to_its_place(seeds: list[Path], tools: Toolbox, tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        ingest(seeds, store, Settings(), tools, lambda message: None)
    client = create_app(tmp_path, Settings()).test_client()
    cells = Snapshot(tmp_path).query(
        "PREFIX budget: <https://budget-kg.example/ontology#> "
        "SELECT ?cell ?printed WHERE { ?cell a budget:BudgetObservation ; budget:printedText ?printed }"
    )
    followed = 0
    for row in cells:
        path = row["cell"].value.removeprefix(DEFAULT_BASE)
        links = {unescape(link) for link in _HREF.findall(_page(client, f"/id/{path}"))}
        table, disclosure = path.split("/cell/")[0], path.split("/table/")[0]
        assert any(f"/{table}." in link or link.endswith(f"/{table}") for link in links), path
        assert any(f"/{disclosure}." in link or link.endswith(f"/{disclosure}") for link in links), path
        sources = [link for link in links if "/source/" in link and "start=" in link]
        assert sources, path
        marked = [re.sub(r"<[^>]+>", "", mark) for mark in _MARK.findall(_page(client, sources[0].split("#")[0]))]
        assert row["printed"].value in marked, (path, marked)
        followed += 1
    assert followed == 1157
