"""Full-text search: words of any length are found, hostile text is only text, facets count what was found."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kg.cli import main
from kg.errors import StoreError
from kg.search import KINDS, SearchIndex, build_index, index_path
from kg.search.grams import match, words
from kg.store import Snapshot


@pytest.fixture(scope="module")
def index(example_store: Path, tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    path = tmp_path_factory.mktemp("search") / "index" / "1.sqlite"
    assert build_index(Snapshot(example_store), path) > 500
    return SearchIndex(path)


@pytest.mark.parametrize(
    ("text", "indexed"),
    [("三公经费", "三公 公经 经费 费"), ("2026年Budget", "2026 年 budget"), ("（一）", "一"), ("", ""), ("--", "")],
)
def test_words(text: str, indexed: str) -> None:
    assert words(text) == indexed


@pytest.mark.parametrize("text", ["三公", "公", "三公经费", "阿克陶县医疗保障局", "2101501", "财社"])
def test_words_of_any_length_are_found(index: SearchIndex, text: str) -> None:
    found = index.search(text, limit=500)
    assert found.total > 0
    assert all(text in (hit.name + hit.detail).replace("“", "").replace("”", "") for hit in found.hits)


def test_an_exact_name_comes_first(index: SearchIndex) -> None:
    first = index.search("阿克陶县医疗保障局").hits[0]
    assert (first.kind, first.name) == ("department", "阿克陶县医疗保障局")


def test_words_must_all_be_there(index: SearchIndex) -> None:
    both = index.search("阿克陶县 三公", limit=500)
    assert both.total
    assert all("阿克陶县" in hit.name + hit.detail and "三公" in hit.name + hit.detail for hit in both.hits)


def test_facets_count_what_is_found(index: SearchIndex) -> None:
    found = index.search("医疗", limit=5)
    assert sum(found.facets["kind"].values()) == found.total
    for kind, count in found.facets["kind"].items():
        assert index.search("医疗", kind=kind).total == count
    year, count = next(iter(found.facets["year"].items()))
    narrowed = index.search("医疗", year=int(year), limit=500)
    assert narrowed.total == count
    assert {hit.year for hit in narrowed.hits} == {int(year)}
    assert narrowed.facets["year"] == found.facets["year"]


def test_a_region_stands_for_those_below_it(index: SearchIndex) -> None:
    prefecture = index.search("医疗", region="653000", limit=500)
    assert {"653000", "653022"} <= set(prefecture.facets["region"])
    assert all(hit.region.startswith("6530") for hit in prefecture.hits)


def test_pages_do_not_overlap(index: SearchIndex) -> None:
    pages = [index.search("医疗", limit=7, offset=offset).hits for offset in (0, 7, 14)]
    things = [hit.thing for page in pages for hit in page]
    assert len(things) == len(set(things)) == 21


@given(st.text(max_size=30))
def test_any_text_is_only_text(index: SearchIndex, text: str) -> None:
    index.search(text, kind=text, region=text)
    assert "*" not in match(text).replace('"*', "")


def test_the_index_of_a_snapshot_is_made_once(example_store: Path) -> None:
    snapshot = Snapshot(example_store)
    SearchIndex.of_snapshot(snapshot).close()
    path = index_path(snapshot.rooms, snapshot.version)
    before = path.stat().st_mtime_ns
    SearchIndex.of_snapshot(snapshot).close()
    assert path.stat().st_mtime_ns == before


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "x.sqlite"
    broken.write_bytes(b"no database")
    with pytest.raises(StoreError, match="no search index"):
        SearchIndex(broken)


def test_search_on_the_command_line(example_store: Path) -> None:
    shown = CliRunner().invoke(main, ["search", "三公", "--store", str(example_store), "--kind", "table"])
    assert shown.exit_code == 0
    assert '"kind": "table"' in shown.stdout
    assert set(KINDS) > {"table"}
    assert CliRunner().invoke(main, ["search", "三公", "--store", str(example_store), "--kind", "x"]).exit_code == 2
