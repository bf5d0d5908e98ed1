"""``python -m tests.screenshots [FOLDER]``: a picture of every kind of page on the examples, in both languages, wide and narrow, light
and dark; with ``--readme`` also the four that README.md shows. To be looked at, not compared."""

import io
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from kg.ingest import Toolbox, ingest
from kg.iri import Minter
from kg.links import build_links
from kg.reasoning.check import RULES
from kg.reasoning.derive import derive
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot
from kg.validate.jobs import Judge, validate_store
from tests.web_fixture import AKETAO, AKETAO_RAW, find_place, path_of, serving

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
SIZES = {"wide": 1440, "narrow": 390}
README = {"disclosure": "dashboard", "compare-absolute": "compare", "finding": "finding", "question": "query"}
"""Pages that README.md shows, and the names of their pictures."""
_SCROLLED = {"disclosure": "#flow", "compare-absolute": ".cmp"}
_README_SIZE = (1280, 860)
_FIRST = "PREFIX budget: <https://budget-kg.example/ontology#> SELECT ?s WHERE {{ ?s {} }} ORDER BY ?s LIMIT 1"


def pages(store: Path) -> dict[str, str]:
    """Name of a kind of page → the path of one."""
    snapshot = Snapshot(store)

    def first(pattern: str) -> str:
        (row,) = snapshot.query(_FIRST.format(pattern))
        return f"/doc{path_of(row['s'].value)}.html"

    cell = find_place(store, AKETAO, "revenue", "2101501", "general-budget")
    found = [
        path_of(row["s"].value) for row in snapshot.query("SELECT ?s { ?s a <https://budget-kg.example/ontology#Disclosure> } ORDER BY ?s")
    ]
    chosen = "&".join(f"d={path.rpartition('/')[2]}" for path in found[:3])
    return {
        "home": "/",
        "search": "/search?q=三公",
        "department": f"/doc{AKETAO_RAW}.html",
        "disclosure": f"/doc{path_of(cell.disclosure)}.html",
        "disclosure-one-class": f"/doc{path_of(cell.disclosure)}.html?tree=210&flow=all",
        "table": f"/doc{path_of(cell.disclosure)}/table/revenue.html",
        "row": f"/doc{path_of(cell.cell).replace('/cell/', '/row/').rpartition('-')[0].partition('-')[0]}.html",
        "cell": f"/doc{path_of(cell.cell)}.html",
        "source": f"/source/{cell.sha16}?start={cell.start}&end={cell.end}",
        "project": first("a budget:ProjectYear ; budget:basedOn ?policy"),
        "policy": first("a budget:PolicyDocument"),
        "code": "/doc/code/functional/2024/21015.html",
        "target": first("a budget:IndicatorTarget"),
        "findings": "/findings",
        "connections": "/connections?from=阿克陶县医疗保障局&to=克孜勒苏柯尔克孜自治州医疗保障局",
        "policies": "/policies",
        "communities": "/communities",
        "peers": f"/peers?department={quote(AKETAO, safe='')}",
        "links": "/links",
        "cofog": "/cofog",
        "reasoning": "/reasoning",
        "finding": first("a budget:Finding ; budget:expression ?sum ; budget:rule <https://budget-kg.example/rule/SUM-003>"),
        "rule": "/doc/rule/SUM-003.html",
        "compare-choose": "/compare",
        "compare-absolute": f"/compare?{chosen}&by=absolute",
        "compare-head": f"/compare?{chosen}&by=head",
        "compare-share": f"/compare?{chosen}&by=share",
        "query": "/query",
        "question": "/query/q04-staff-cost-per-head",
        "check": "/check",
        "ontology": "/ontology",
        "not-found": "/doc/dept/000000/nobody.html",
    }


def take(browser: Browser, address: str, wanted: Mapping[str, str], folder: Path) -> list[str]:
    """Take all pictures; says which pages are wider than their window."""
    wide_pages = []
    for theme in ("light", "dark"):
        for size, width in SIZES.items():
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
            page = context.new_page()
            for language in ("zh", "en"):
                for name, path in wanted.items():
                    page.goto(address + ("/en" if language == "en" else "") + path)
                    page.wait_for_load_state("networkidle")
                    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                        wide_pages.append(f"{name} {language} {size} {theme}")
                    page.screenshot(path=folder / f"{name}-{language}-{size}-{theme}.png", full_page=True)
            context.close()
    return wide_pages


def take_for_readme(browser: Browser, address: str, wanted: Mapping[str, str], folder: Path) -> None:
    """The top of four pages, in few colours."""
    width, height = _README_SIZE
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="light")
    page = context.new_page()
    for name, picture in README.items():
        page.goto(address + wanted[name])
        if name in _SCROLLED:
            page.locator(_SCROLLED[name]).evaluate("part => window.scrollTo(0, part.getBoundingClientRect().top + window.scrollY - 24)")
        page.wait_for_load_state("networkidle")
        image = Image.open(io.BytesIO(page.screenshot())).convert("RGB").resize((width * 3 // 4, height * 3 // 4), Image.Resampling.LANCZOS)
        image.save(folder / f"{picture}.webp", quality=70, method=6)
    context.close()


def main(arguments: list[str]) -> int:
    folder = Path(next((argument for argument in arguments if not argument.startswith("--")), "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        store = Path(name) / "store"
        with EmbeddedStore(store) as filled:
            ingest(sorted((ROOT / "examples").glob("*.txt")), filled, Settings(), Toolbox.load(), lambda message: None)
            build_links(filled, Minter(Settings().base))
            list(validate_store(filled, Settings(), Judge.load(), lambda message: None))
            derive(filled, Settings(), lambda message: None, RULES)
        wanted = pages(store)
        with serving(store) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            wide = [] if "--readme-only" in arguments else take(browser, address, wanted, folder)
            if "--readme" in arguments or "--readme-only" in arguments:
                target = ROOT / "docs" / "pictures"
                target.mkdir(exist_ok=True)
                take_for_readme(browser, address, wanted, target)
            browser.close()
    for entry in wide:
        sys.stderr.write(f"wider than its window: {entry}\n")
    sys.stderr.write(f"{len(list(folder.glob('*.png')))} pictures in {folder}\n")
    return int(bool(wide))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
