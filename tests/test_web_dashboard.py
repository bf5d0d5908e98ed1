"""The page of a disclosure: its flow of money, its structure, and that every figure in them leads to a cell."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.store import Snapshot
from tests.web_fixture import AKETAO, find_place, path_of
from web.app import create_app
from web.dashboard.changes import bars, read_changes
from web.dashboard.flow import CLASSES, KNOWN, OPEN, OTHERS, SOURCES, TYPES, USES, Flow, Link, Node, Use, finest_sources, read_flow
from web.dashboard.money import Entry, Money, by_class, read_money
from web.dashboard.page import structure
from web.dashboard.people import per_head
from web.dashboard.sankey import NARROW, WIDE, Frame, draw, shorten, text_width
from web.dashboard.targets import read_projects, read_sheets, uses_of
from web.dashboard.treemap import Area, draw_tree, groups_of, squarify
from web.links import Links
from web.site import View

BASE = "https://budget-kg.example/"


@pytest.fixture(scope="module")
def data(example_store: Path) -> View:
    return View(Snapshot(example_store), Links(BASE))


@pytest.fixture(scope="module")
def aketao(example_store: Path) -> str:
    return find_place(example_store, AKETAO, "revenue", "total", "total").disclosure


@pytest.fixture(scope="module")
def client(example_store: Path) -> FlaskClient:
    return create_app(example_store, Settings()).test_client()


@pytest.fixture(scope="module")
def money(data: View, aketao: str) -> list[Money]:
    return read_money(data, aketao)


@pytest.fixture(scope="module")
def flow(data: View, aketao: str, money: list[Money]) -> Flow:
    projects = read_projects(data, aketao, money, read_sheets(data, aketao))
    return read_flow(data, money, uses_of(projects), show_all=False)


def amounts(flow: Flow, level: int) -> dict[str, Decimal]:
    return {node.iri.rsplit("/", 1)[-1] or node.kind: flow.amount(node) for node in flow.nodes(level)}


def test_a_flow_has_the_printed_totals_of_every_level(flow: Flow) -> None:
    assert amounts(flow, SOURCES) == {
        "general-budget-own": Decimal(6354200),
        "general-budget-transfer": Decimal(200000),
        "own-funds": Decimal(54800),
        "fiscal-carry-over": Decimal(2000),
    }
    assert amounts(flow, CLASSES) == {"208": Decimal(1002500), "210": Decimal(5113600), "221": Decimal(494900)}
    assert amounts(flow, TYPES) == {"basic": Decimal(6354200), "project": Decimal(256800)}
    assert sum(amounts(flow, USES).values()) == pytest.approx(Decimal(6611000), abs=100)
    assert flow.gaps == []


def test_every_link_of_a_flow_of_printed_figures_has_its_cell(flow: Flow) -> None:
    known = [link for link in flow.links if link.origin.kind == link.target.kind == KNOWN and link.target.level < USES]
    assert len(known) >= 10
    assert all("/cell/" in link.cell for link in known)


def changed(money: list[Money], kind: str, key: str, column: str, by: int) -> list[Money]:
    """The same amounts but one."""
    found = [
        Money(**{**entry.__dict__, "amount": entry.amount + by}) if (entry.kind, entry.key, entry.column) == (kind, key, column) else entry
        for entry in money
    ]
    assert found != money
    return found


def test_what_does_not_reconcile_is_a_node_of_its_own(data: View, money: list[Money]) -> None:
    spoiled = changed(money, "expenditure", "210", "basic", -500_000)
    flow = read_flow(data, spoiled, (), show_all=False)
    open_links = {
        (link.origin.level, link.target.level, link.amount) for link in flow.links if OPEN in (link.origin.kind, link.target.kind)
    }
    assert (CLASSES, TYPES, Decimal(500_000)) in open_links, "the class gives less than it gets"
    assert {gap.node.iri.rsplit("/", 1)[-1]: abs(gap.difference) for gap in flow.gaps} == {"210": 500_000, "basic": 500_000}
    drawing = draw(flow, WIDE, lambda node: node.kind)
    assert any(box.node.kind == OPEN for box in drawing.boxes)


def test_rounding_is_no_gap(data: View, money: list[Money]) -> None:
    assert read_flow(data, changed(money, "expenditure", "210", "basic", 100), (), show_all=False).gaps == []


def test_small_projects_are_drawn_together_and_listed_when_asked(data: View, money: list[Money]) -> None:
    uses = [Use(f"{BASE}p/{number}", Entry(Decimal(1000 + number))) for number in range(30)]
    few = read_flow(data, money, uses, show_all=False)
    (others,) = [node for node in few.nodes(USES) if node.kind == OTHERS]
    assert others.count == 22
    every = read_flow(data, money, uses, show_all=True)
    assert sum(node.iri.startswith(f"{BASE}p/") for node in every.nodes(USES)) == 30
    assert sum(link.amount for link in few.links) == sum(link.amount for link in every.links)


def test_sources_are_the_finest_columns_that_a_table_has() -> None:
    def of(*columns: str) -> list[Money]:
        return [
            Money("revenue", "", "201", "", name, Decimal(1), f"{BASE}code/fund-source/{name}", "", False, Decimal(1), "")
            for name in columns
        ]

    broader = {
        f"{BASE}code/fund-source/own": f"{BASE}code/fund-source/fiscal",
        f"{BASE}code/fund-source/fiscal": f"{BASE}code/fund-source/all",
    }
    assert finest_sources(of("all", "fiscal", "own"), broader).keys() == {"own"}
    assert finest_sources(of("all", "fiscal"), broader).keys() == {"fiscal"}


def test_a_class_without_a_row_is_the_sum_of_its_items(money: list[Money]) -> None:
    expenditure = [entry for entry in money if entry.kind == "expenditure"]
    printed = {(code, column): entry.amount for code, column, entry in by_class(expenditure)}
    rows = [entry for entry in expenditure if len(entry.key) == 7]
    summed = {(code, column): entry for code, column, entry in by_class(rows)}
    assert summed["221", "basic"].amount == printed["221", "basic"]
    assert summed["221", "basic"].cell, "one cell alone is the place of the sum"
    assert abs(summed["210", "total"].amount - printed["210", "total"]) <= 100
    assert not summed["210", "total"].cell


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_drawing_stays_inside_its_frame_and_its_bands_meet_its_nodes(flow: Flow, frame: Frame) -> None:
    drawing = draw(flow, frame, lambda node: "一般公共预算（本级一般财力）")
    assert all(box.x >= 0 and box.x + box.width <= drawing.width and box.y + box.height <= drawing.height for box in drawing.boxes)
    boxes = {box.node: box for box in drawing.boxes}
    for band in drawing.bands:
        start, end = boxes[band.link.origin], boxes[band.link.target]
        x, y = map(float, re.findall(r"[\d.]+", band.path)[:2])
        assert x == pytest.approx(start.x + start.width, abs=0.1)
        assert start.y - 0.1 <= y <= start.y + start.height + 0.1
        assert end.x > start.x
    for box in drawing.boxes:
        left = box.label_x - text_width(box.label) if box.anchor == "end" else box.label_x
        assert left >= -0.5
        assert left + text_width(box.label) <= drawing.width + 0.5


def test_shorten_keeps_what_fits() -> None:
    assert shorten("三公经费", 56) == "三公经费"
    assert shorten("三公经费", 50) == "三公…"
    assert shorten("General public budget", 400) == "General public budget"


def test_a_treemap_fills_its_rectangle_and_areas_are_amounts(money: list[Money]) -> None:
    groups = groups_of(money, "")
    assert [group.code for group in groups] == ["210", "208", "221"]
    assert sum((group.amount for group in groups), Decimal(0)) == pytest.approx(Decimal(6611000), abs=200)
    blocks = draw_tree(groups, 1000, 390)
    areas = [block.area.width * block.area.height for block in blocks]
    assert sum(areas) == pytest.approx(390_000)
    assert areas[0] / 390_000 == pytest.approx(float(groups[0].amount / sum(group.amount for group in groups)))
    tiles = [tile for block in blocks for tile in block.tiles]
    assert sum(tile.part.count for tile in tiles) == sum(len(group.parts) for group in groups)
    assert all(tile.part.cell or tile.part.count > 1 for tile in tiles)
    assert [group.code for group in groups_of(money, "208")] == ["208"]


def test_squares_come_near_to_squares() -> None:
    areas = squarify([Decimal(value) for value in (6, 6, 4, 3, 2, 2, 1)], Area(0, 0, 600, 400))
    assert [round(area.width * area.height) for area in areas] == [60000, 60000, 40000, 30000, 20000, 20000, 10000]
    assert max(max(area.width / area.height, area.height / area.width) for area in areas) < 3


def test_the_structure_is_the_printed_table_with_shares(money: list[Money]) -> None:
    rows = structure(money)
    assert rows[-1].key == "total"
    assert rows[-1].share == 100
    by_key = {row.key: row for row in rows}
    assert by_key["210"].share == Decimal("77.35")
    assert by_key["2101550"].figures["basic"].amount == 2386400
    assert "project" not in by_key["2101550"].figures, "a blank is no zero"


def test_changes_come_with_their_reasons_the_largest_first(data: View, aketao: str) -> None:
    changes = read_changes(data, aketao)
    sizes = [abs(change.change) for change in changes]
    assert sizes == sorted(sizes, reverse=True)
    new = next(change for change in changes if change.code.endswith("/2080506"))
    assert new.is_new
    assert new.reason
    gone = next(change for change in changes if change.code.endswith("/2101506"))
    assert gone.is_gone
    down = next(change for change in changes if change.code.endswith("/2101501"))
    assert down.percent == Decimal("-4.55")
    same = [change for change in changes if change.subject == "基本支出"]
    assert {change.whole for change in same} == {"total:total-expenditure", "total:general-budget"}, "told apart by their totals"
    drawn = bars(changes)
    assert drawn[new.statement].x == drawn[new.statement].zero
    assert drawn[down.statement].x < drawn[down.statement].zero


def test_no_heads_no_figure_per_head() -> None:
    assert per_head(Decimal(100), None) is None
    assert per_head(Decimal(100), Decimal(0)) is None
    assert per_head(None, Decimal(3)) is None
    assert per_head(Decimal(100), Decimal(3)) == 33


def test_the_page_links_every_figure_of_its_tables(client: FlaskClient, aketao: str) -> None:
    page = client.get(f"/doc{path_of(aketao)}.html").get_data(as_text=True)
    for part in ("flow", "tree", "changes", "three-public", "staff", "projects", "findings", "tables"):
        assert f'id="{part}"' in page
    tree = page[page.index('id="tree"') : page.index('id="changes"')]
    table = tree[tree.index("<tbody>") :]
    figures = re.findall(r'<td class="num">(.*?)</td>', table, re.S)
    printed = [cell for cell in figures if cell.strip()]
    assert len(printed) > 30
    assert all('class="n"' in cell and "/cell/" in cell for cell in printed)
    assert "style=" not in page, "charts are drawn with classes only"


def test_the_query_behind_a_chart_gives_its_figures(client: FlaskClient, aketao: str) -> None:
    page = client.get(f"/doc{path_of(aketao)}.html").get_data(as_text=True)
    flow = page[page.index('id="flow"') : page.index('id="tree"')]
    found = re.search(r'href="(/query\?query=[^"]+)"', flow)
    assert found
    answer = client.get(found[1].replace("&amp;", "&")).get_data(as_text=True)
    assert "6,354,200" in answer


def test_small_parts_open_and_a_class_stands_alone(client: FlaskClient, aketao: str) -> None:
    whole = client.get(f"/doc{path_of(aketao)}.html").get_data(as_text=True)
    assert "tree=210" in whole
    alone = client.get(f"/doc{path_of(aketao)}.html?tree=208").get_data(as_text=True)
    drawn = alone[alone.index('id="tree-wide"') : alone.index('id="tree-narrow"')]
    assert "职业年金" in drawn
    assert "事业运行" not in drawn


def test_an_empty_flow_draws_nothing(data: View) -> None:
    assert read_flow(data, [], (), show_all=False).links == []
    assert draw(Flow([Link(Node(SOURCES, KNOWN, "a"), Node(CLASSES, KNOWN, "b"), Decimal(1))]), WIDE, lambda node: node.iri).bands
