"""Pages that the examples alone do not have, with axe: a superseded revision, a source that is not held, the picture of a PDF's page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kg.ingest import Toolbox, ingest
from kg.settings import Settings
from kg.store import EmbeddedStore
from tests.made_files import as_pdf
from tests.made_shanghai import Made, Style
from tests.web_browser import fits, launched, violations, visiting
from tests.web_fixture import serving

NOT_HELD = "0123456789abcdef"
BUDGET = "https://budget-kg.example/ontology#"
_FAILED = ("Failed to load resource",)
"""What the browser says of a source that is not held: its page answers 404."""
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, examples: list[Path], tools: Toolbox) -> Iterator[dict[str, str]]:
    """Kind of page → its address without language, and ``""`` → the address of the server."""
    folder = tmp_path_factory.mktemp("rare")
    files = [folder / "first.txt", folder / "second.txt", folder / "made.pdf"]
    text = examples[0].read_text("utf-8")
    files[0].write_text(text, "utf-8")
    files[1].write_text(text.replace("5.20", "5.30"), "utf-8")
    files[2].write_bytes(as_pdf(Made(Style()).content))
    disclosure = f"https://budget-kg.example/disclosure/{NOT_HELD}"
    lines = [
        f'<{disclosure}> <{BUDGET}sha256> "{NOT_HELD}" .',
        f"<{disclosure}> <{BUDGET}department> <https://budget-kg.example/dept/000000/x> .",
    ]
    with EmbeddedStore(folder / "store") as store:
        hashes = [ingest([file], store, Settings(), tools, lambda message: None).ingested[0].sha256[:16] for file in files]
        store.replace_graphs({f"https://budget-kg.example/graph/disclosure/{NOT_HELD}": "\n".join(lines).encode()})
    with serving(folder / "store") as address:
        yield {
            "": address,
            "superseded": f"/doc/disclosure/{hashes[0]}.html",
            "source not held": f"/source/{NOT_HELD}",
            "picture of a page": f"/source/{hashes[2]}?sheet=2",
        }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [
        ("", "dark", 1280),
        pytest.param("/en", "light", 360, marks=pytest.mark.soak),
        pytest.param("", "light", 768, marks=pytest.mark.soak),
        pytest.param("/en", "dark", 1920, marks=pytest.mark.soak),
    ],
)
def test_axe_finds_nothing(browser: Browser, pages: dict[str, str], language: str, scheme: str, width: int) -> None:
    found: dict[str, list[str]] = {}
    with visiting(browser, pages[""], width, scheme, _FAILED) as visit:
        for kind, path in pages.items():
            if not kind:
                continue
            visit.open(language + path)
            if kind == "superseded":
                assert visit.page.locator("main a[href*='/doc/disclosure/']").count() > 0
            if kind == "picture of a page":
                assert visit.page.locator("svg.sheet image, .sheet image").count() == 1
            said = violations(visit.page) + ([] if fits(visit.page) else ["sticks out"])
            if said:
                found[kind] = said
    assert not found, "\n".join(f"{kind}: {said}" for kind, words in found.items() for said in words)
