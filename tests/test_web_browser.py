"""A reader with a real browser: from the first page to the printed figure, without script and without another host."""

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from tests.web_browser import Visit, fits, launched, visiting
from tests.web_fixture import AKETAO, AKETAO_RAW, find_place, path_of, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(example_store: Path) -> Iterator[str]:
    with serving(example_store) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["wide-light", "phone-dark"])
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A visit in one size and theme; the test fails when a page complains or asks another host for something."""
    with visiting(browser, address, *request.param) as found:
        yield found


def test_from_the_first_page_to_the_printed_figure(visit: Visit) -> None:
    page = visit.page
    visit.open("/")
    assert fits(page)
    page.get_by_role("link", name="阿克陶县医疗保障局").click()
    assert page.get_by_role("heading", level=1).inner_text() == "阿克陶县医疗保障局"
    assert fits(page)
    page.get_by_role("link", name="2026 预算").click()
    assert fits(page)
    page.locator("#tables").get_by_role("link", name="部门收入总体情况表").click()
    assert fits(page)
    row = page.get_by_role("row", name="卫生健康支出")
    figure = row.get_by_role("link", name="511.36")
    printed = figure.inner_text()
    figure.click()
    assert fits(page)
    assert page.locator("td.hit").inner_text().strip() == printed
    page.get_by_role("link", name="在原文中打开").click()
    mark = page.locator("mark#hit")
    assert mark.inner_text() == printed
    assert mark.is_visible()
    box = mark.bounding_box()
    assert box is not None
    assert 0 <= box["y"] <= 900, "the page scrolls to the highlighted figure"
    assert fits(page)


def test_every_headline_leads_to_its_cell(visit: Visit, example_store: Path) -> None:
    disclosure = find_place(example_store, AKETAO, "revenue", "total", "total").disclosure
    visit.open(f"/doc{path_of(disclosure)}.html")
    links = visit.page.locator("#headlines a.n")
    assert links.count() > 8
    links.first.click()
    assert visit.page.locator("td.hit").inner_text().strip() == "661.10"


def test_a_figure_of_the_dashboard_leads_to_its_cell_in_the_source(visit: Visit, example_store: Path) -> None:
    page = visit.page
    disclosure = find_place(example_store, AKETAO, "revenue", "total", "total").disclosure
    visit.open(f"/doc{path_of(disclosure)}.html")
    assert fits(page)
    chart = page.locator("#flow svg.chart:visible")
    assert chart.locator("path.f").count() >= 8
    chart.get_by_role("link", name="上级一般公共预算安排的转移支付 → 210 卫生健康支出 20.00").focus()
    page.keyboard.press("Enter")
    assert page.locator("td.hit").inner_text().strip() == "20.00"
    page.go_back()
    row = page.get_by_role("table", name="支出构成").get_by_role("row", name="事业运行").last
    row.get_by_role("link", name="238.64").first.click()
    assert page.locator("td.hit").inner_text().strip() == "238.64"
    page.get_by_role("link", name="在原文中打开").click()
    assert page.locator("mark#hit").inner_text() == "238.64"


def test_three_departments_per_head_by_keyboard(visit: Visit) -> None:
    page = visit.page
    visit.open("/compare")
    for word in ("昌吉市", "克孜勒苏", "焉耆"):
        page.get_by_label("加一份公开文件").fill(word)
        page.keyboard.press("Enter")
        page.wait_for_url("**find=*")
        page.get_by_role("link", name="加入").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "find=" not in address)
    page.get_by_role("link", name="人均").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**by=head*")
    table = page.get_by_role("table", name="人均")
    cells = table.get_by_role("row", name="人员经费").get_by_role("cell")
    found = [cells.nth(index).inner_text().strip() for index in range(3)]
    assert found[0] == "未公开人数"
    assert all(re.fullmatch(r"\d{1,3}(,\d{3})*", words) for words in found[1:]), found
    assert fits(page)
    page.goto(page.url)
    assert table.get_by_role("row", name="人员经费").get_by_role("cell").nth(1).inner_text().strip() == found[1]


def test_the_network_of_a_thing_is_drawn_beside_its_table(visit: Visit) -> None:
    page = visit.page
    visit.open(f"/doc{AKETAO_RAW}.html")
    picture = page.get_by_role("img", name="关联图")
    picture.scroll_into_view_if_needed()
    page.locator("[data-drawn]").wait_for()
    table = page.get_by_role("table", name="关联")
    others = {row.get_by_role("link").last.get_attribute("href") for row in table.locator("tbody tr").all()}
    assert int(picture.get_attribute("data-drawn") or 0) == 1 + len(others)
    assert fits(page)
    table.get_by_role("link", name="2026年部门预算").first.click()
    assert page.locator("#flow").is_visible()


def test_a_gallery_question(visit: Visit) -> None:
    page = visit.page
    visit.open("/query")
    page.get_by_role("link", name="某功能科目各部门金额").click()
    page.get_by_label("功能科目编码").fill("2101501")
    page.get_by_label("财政年度").select_option("2026")
    page.get_by_role("button", name="运行").click()
    assert "code=2101501" in page.url
    table = page.get_by_role("table", name="查询结果")
    assert table.get_by_role("link", name="阿克陶县医疗保障局", exact=True).is_visible()
    assert "2,069,600" in table.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).evaluate("link => { link.download = 'result.csv'; link.click(); }")
    assert "2069600" in download.value.path().read_text("utf-8")


def test_a_query_of_ones_own_is_written_kept_and_shared_by_keyboard(visit: Visit) -> None:
    page = visit.page
    visit.open("/query")
    editor = page.locator(".cm-content")
    editor.focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text("PREFIX budget: <https://budget-kg.example/ontology#>\nSELECT ?d ?total WHERE { ?d ")
    page.keyboard.type("支出总")
    page.locator(".cm-tooltip-autocomplete li[aria-selected=true]", has_text="budget:totalExpenditure").wait_for()
    page.wait_for_timeout(100)  # the list takes no key in its first moment, lest a word that is being typed be completed
    page.keyboard.press("Enter")
    page.keyboard.insert_text(" ?total }")
    assert "?d budget:totalExpenditure ?total }" in editor.inner_text()
    page.keyboard.press("ControlOrMeta+Enter")
    page.wait_for_url("**/query?query=*")
    assert page.get_by_role("table", name="查询结果").locator("tbody tr").count() == 5
    assert page.locator(".bars rect").count() == 5
    button = page.get_by_role("button", name="固定地址")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/q/*")
    assert page.get_by_role("table", name="查询结果").locator("tbody tr").count() == 5
    assert page.url in page.locator("#share code").first.inner_text()
    assert fits(page)


def test_an_embedded_answer_stands_in_the_page_of_another_site_and_no_other_page_does(browser: Browser, address: str) -> None:
    context = browser.new_context()
    kept = context.request.post(f"{address}/q", form={"question": "q06-three-public-expenses"}).url
    frames = "".join(f'<iframe src="{where}"></iframe>' for where in (kept.replace("/q/", "/embed/"), kept))

    def elsewhere(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html")])
        return [frames.encode()]

    server = make_server("127.0.0.1", 0, elsewhere, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        embedded, refused = page.frame_locator("iframe").nth(0), page.frame_locator("iframe").nth(1)
        embedded.get_by_role("table").wait_for()
        assert embedded.locator("h1").inner_text() == "三公经费合计及分项排名"
        assert refused.get_by_role("table").count() == 0
    finally:
        context.close()
        server.shutdown()


def test_the_editor_flags_full_width_signs_completes_terms_and_lets_go_of_tab(visit: Visit) -> None:
    page = visit.page
    visit.open("/query")
    editor = page.locator(".cm-content")
    editor.fill('SELECT * WHERE { ?s ?p ?o ； ?q ?r . FILTER(?o = "；") }')
    page.locator(".cm-lintRange-error").first.wait_for()
    assert page.locator(".cm-lintRange-error").count() == 1
    assert page.locator(".cm-lintRange-error").inner_text() == "；"
    editor.fill("SELECT * WHERE { ?s ")
    editor.press_sequentially("支出总")
    page.locator(".cm-tooltip-autocomplete li", has_text="budget:totalExpenditure").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('.cm-editor')")


def test_search_suggests_and_finds(visit: Visit) -> None:
    page = visit.page
    visit.open("/")
    field = page.get_by_role("combobox", name="检索")
    field.press_sequentially("三公")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("option").first.get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    field.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert fits(page)
    page.get_by_role("navigation", name="缩小范围").get_by_role("link", name="表").first.click()
    first = page.locator(".hits a").first
    assert "三公" in first.inner_text().replace("“", "").replace("”", "")
    first.click()
    assert page.get_by_role("heading", level=1).inner_text()
    assert "/doc/disclosure/" in page.url


def test_a_finding_with_its_sum_and_its_cells_side_by_side(visit: Visit) -> None:
    page = visit.page
    visit.open("/findings")
    assert fits(page)
    narrow = page.get_by_role("navigation", name="筛选")
    narrow.locator("summary", has_text="另有").first.click()
    narrow.get_by_role("link", name="XT-009").click()
    assert page.get_by_role("status").inner_text().startswith("1 项检查结果")
    page.locator(".finds .t a").first.click()
    assert fits(page)
    assert page.locator(".sum.lead").inner_text() == "35.44 ≠ 35.45"
    hits = page.locator("td.hit")
    assert hits.all_inner_texts() == ["35.44", "35.45"]
    assert all(hit.is_visible() for hit in hits.all())
    page.locator(".sum.lead a").first.click()
    assert page.locator("td.hit").inner_text().strip() == "35.44"


def test_a_list_without_a_heading_in_the_margin_has_the_width_of_the_page(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 1440, "height": 900})
    visit.open("/links")
    assert page.locator("main table").evaluate("table => table.clientWidth / table.closest('section').clientWidth") > 0.9
    assert page.locator(".top .wrap").evaluate("bar => bar.clientHeight") < 80, "the bar at the top is one line"
    visit.open("/en/links")
    assert page.locator(".top .wrap").evaluate("bar => bar.clientHeight") < 80


def test_a_finding_on_paper(visit: Visit) -> None:
    page = visit.page
    visit.open("/findings?rule=https://budget-kg.example/rule/XT-009")
    page.locator(".finds .t a").first.click()
    page.locator("td.hit").first.wait_for()
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="主导航")).to_be_hidden()
    expect(page.locator("body")).to_have_css("color", "rgb(0, 0, 0)")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    assert page.locator("td.hit").all_inner_texts() == ["35.44", "35.45"]
    expect(page.locator("td.hit").first).to_have_css("outline-style", "solid")
    assert page.locator(".cite").is_visible()


def test_language_and_theme(visit: Visit) -> None:
    page = visit.page
    visit.open("/findings")
    page.get_by_role("button", name="浅").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("body")).to_have_css("background-color", "rgb(252, 251, 248)")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Findings")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_all_by_keyboard_from_search_to_another_language(visit: Visit) -> None:
    page = visit.page

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", "the focus is seen"
                return
        pytest.fail(f"Tab does not reach {selector}")

    visit.open("/")
    tab_to("input[name=q]")
    page.keyboard.type("三公")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    tab_to(".hits a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/**")
    heading = page.get_by_role("heading", level=1).inner_text()
    tab_to(".tools a[hreflang=en]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/doc/**")
    assert page.get_by_role("heading", level=1).inner_text() == heading, "what a document printed is not translated"
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_keyboard_reaches_the_content(visit: Visit) -> None:
    page = visit.page
    visit.open("/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))
