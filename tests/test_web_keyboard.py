"""What a reader does all day, by keyboard alone: search, follow a figure to its source, compare, check a draft, change the language."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.web_browser import Visit, fits, launched, violations, visiting
from tests.web_fixture import AKETAO, find_place, path_of, serving

MOST_STOPS = 400
CHECKED = 90_000
"""Milliseconds within which a check ends even on a busy machine."""
pytestmark = pytest.mark.browser

_FOCUSED = """() => {
  const it = document.activeElement;
  const name = it.getAttribute('aria-label') || it.labels?.[0]?.textContent || it.textContent || it.value || '';
  const style = getComputedStyle(it);
  const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  return [it.tagName, name.trim(), seen, it.getAttribute('href') || ''];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture
def visit(browser: Browser, example_store: Path) -> Iterator[Visit]:
    with serving(example_store) as address, visiting(browser, address, 1280, "light") as found:
        yield found


def tab_to(page: Page, name: str, address: str = "", exact: bool = True) -> None:
    """Press Tab until what has this name (and leads there) has the focus; every stop on the way can be seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        tag, found, seen, href = page.evaluate(_FOCUSED)
        if tag == "BODY":
            continue
        assert seen, f"the focus cannot be seen on {tag} {found!r}"
        if (found == name if exact else name in found) and address in href:
            return
    pytest.fail(f"Tab does not reach {name!r}")


def enter(page: Page, url: str) -> None:
    page.keyboard.press("Enter")
    page.wait_for_url(url)
    page.wait_for_load_state("load")


def test_search_and_open_the_result(visit: Visit) -> None:
    page = visit.page
    visit.open("/")
    tab_to(page, "检索", exact=False)
    while page.evaluate("document.activeElement.tagName") != "INPUT":
        tab_to(page, "检索", exact=False)
    page.keyboard.type("三公")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    enter(page, "**/search?q=*")
    tab_to(page, "三公", "/doc/disclosure/", exact=False)
    enter(page, "**/doc/disclosure/**")
    assert page.get_by_role("heading", level=1).inner_text()


def test_follow_a_figure_from_the_dashboard_to_its_source_and_change_the_language(visit: Visit, example_store: Path) -> None:
    page = visit.page
    disclosure = find_place(example_store, AKETAO, "revenue", "total", "total").disclosure
    visit.open(f"/doc{path_of(disclosure)}.html")
    tab_to(page, "661.10", "/cell/")
    enter(page, "**/cell/**")
    tab_to(page, "在原文中打开")
    enter(page, "**/source/**")
    assert page.locator("mark#hit").inner_text() == "661.10"
    tab_to(page, "English")
    enter(page, "**/en/source/**")
    assert page.locator("mark#hit").inner_text() == "661.10"
    assert page.get_by_role("heading", level=1).inner_text() == "Source"


def test_open_a_finding_from_the_list(visit: Visit) -> None:
    page = visit.page
    visit.open("/findings?rule=https://budget-kg.example/rule/XT-009")
    tab_to(page, "一般公共预算", "/finding/XT-009", exact=False)
    enter(page, "**/finding/XT-009/**")
    assert page.locator("td.hit").all_inner_texts() == ["35.44", "35.45"]
    assert page.locator(".sum.lead").inner_text() == "35.44 ≠ 35.45"


def test_upload_a_draft_with_one_changed_amount(visit: Visit, examples: list[Path], tmp_path: Path) -> None:
    page = visit.page
    draft = tmp_path / "草稿.txt"
    text = next(path for path in examples if "aketao" in path.name).read_text("utf-8")
    assert "511.36" in text
    draft.write_text(text.replace("511.36", "511.63", 1), "utf-8")
    visit.open("/check")
    page.get_by_label("预算公开文件").set_input_files(draft)
    tab_to(page, "开始检查")
    enter(page, "**/check/*")
    page.locator(".finds mark", has_text="511.63").first.wait_for(timeout=CHECKED)
    assert page.locator("mark", has_text="511.63").first.is_visible()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []
    assert fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel 工作簿").press("Enter")
    assert download.value.suggested_filename == "findings.xlsx"
    tab_to(page, "现在删除")
    enter(page, "**/check")
