"""The Model Context Protocol server, asked by the SDK's own client over standard input and output: five tools, every number cited."""

import asyncio
import json
import sys
from collections.abc import Coroutine, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest
from mcp import Client, StdioServerParameters

from kg.agents.serving import tools_over
from kg.agents.tools import ADVICE, Tools
from kg.errors import BudgetError, QueryError
from kg.query_pool.direct import DirectRunner
from kg.query_pool.limits import Limits
from kg.query_pool.source import open_source
from kg.store import Snapshot
from tests.web_fixture import AKETAO, find_place

TOOLS = {"search_entity", "schema_card", "run_query", "get_finding", "cite_cell"}
_BUDGET = "PREFIX budget: <https://budget-kg.example/ontology#> PREFIX qb: <http://purl.org/linked-data/cube#> "
_Made = TypeVar("_Made")


@pytest.fixture
def agent(example_store: Path) -> Tools:
    return Tools(lambda: open_source(example_store), DirectRunner(example_store, Limits(rate=0)))


def cited_numbers(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        for value in row.values():
            if isinstance(value, dict):
                yield value


class TestTools:
    def test_search_finds_and_cites(self, agent: Tools) -> None:
        found = agent.search_entity("阿克陶县", kind="disclosure")
        assert found["hits"]
        assert all(hit["citation"]["sha256"] for hit in found["hits"])
        assert found["data"]["version"] >= 1
        with pytest.raises(BudgetError, match="no kind"):
            agent.search_entity("医疗", kind="person")

    def test_the_schema_card_is_narrowed_by_a_topic_in_either_language(self, agent: Tools) -> None:
        whole = agent.schema_card()
        assert set(whole["advice"]) == set(ADVICE)
        assert "budget:Disclosure" in {term["term"] for term in whole["terms"]}
        for topic in ("三公", "three-public"):
            card = agent.schema_card(topic)
            assert {"budget:threePublic"} <= {term["term"] for term in card["terms"]}
            assert len(card["terms"]) < len(whole["terms"])
        assert all(question["query"] for question in agent.schema_card("三公")["questions"])

    def test_a_number_with_its_cell_cites_the_cell(self, agent: Tools, example_store: Path) -> None:
        said = agent.run_query(_BUDGET + "SELECT ?cell ?amount { ?cell budget:leafView ?view ; budget:amount ?amount } ORDER BY ?cell", 20)
        assert said["cut_at"] == 20
        assert said["numbers"] == 20
        assert said["numbers_computed"] == 0
        snapshot = Snapshot(example_store)
        for row in said["rows"]:
            citation = row["amount"]["citation"]
            assert citation["statement"] == row["cell"]
            source = snapshot.source(citation["sha256"])
            assert source is not None
            assert source.decode()[citation["start"] : citation["end"]] == citation["printed"]

    def test_a_headline_cites_the_cell_it_was_read_from(self, agent: Tools) -> None:
        said = agent.run_query(_BUDGET + "SELECT ?disclosure ?total { ?disclosure budget:totalExpenditure ?total }")
        assert len(said["rows"]) == 5
        for row in said["rows"]:
            citation = row["total"]["citation"]
            assert citation["disclosure"] == row["disclosure"]
            assert Decimal(citation["printed"].replace(",", "")) * 10000 == Decimal(row["total"]["value"])

    def test_a_sum_cites_the_query_and_the_data(self, agent: Tools) -> None:
        query = _BUDGET + "SELECT (SUM(?total) AS ?all) { ?disclosure budget:totalExpenditure ?total }"
        said = agent.run_query(query)
        [number] = cited_numbers(said["rows"])
        assert number["citation"]["computed_by"].startswith("sha256:")
        assert number["citation"]["data"] == said["data"]
        assert (said["numbers"], said["numbers_computed"]) == (1, 1)

    @pytest.mark.parametrize(
        "query",
        [
            "DELETE WHERE { ?s ?p ?o }",
            "SELECT * { SERVICE <http://localhost:1/> { ?s ?p ?o } }",
            "CONSTRUCT WHERE { ?s ?p ?o }",
            "SELECT nonsense",
        ],
    )
    def test_what_is_no_reading_query_is_refused(self, agent: Tools, query: str) -> None:
        with pytest.raises(QueryError):
            agent.run_query(query)

    def test_a_finding_with_the_places_of_its_figures(self, agent: Tools, example_store: Path) -> None:
        disclosures = [row["d"].value for row in Snapshot(example_store).query(_BUDGET + "SELECT ?d { ?d a budget:Disclosure }")]
        looked_at = 0
        for disclosure in disclosures:
            listed = agent.get_finding(disclosure)
            assert listed["citation"]["disclosure"] == disclosure
            for each in listed["findings"][:5]:
                said = agent.get_finding(each["finding"])
                assert said["rule"] == each["rule"]
                assert set(said["message"]) == {"zh", "en"}
                assert said["citations"], each["finding"]
                looked_at += 1
        assert looked_at > 5
        with pytest.raises(BudgetError, match="no finding"):
            agent.get_finding("urn:nothing")

    def test_a_cell_is_cited_with_what_it_states(self, agent: Tools, example_store: Path) -> None:
        place = find_place(example_store, AKETAO, "revenue", "total", "total")
        said = agent.cite_cell(place.cell)
        assert said["citation"]["printed"] == place.printed
        assert said["citation"]["start"] == place.start
        assert Decimal(said["states"]["amount"]) == Decimal(place.printed.replace(",", "")) * 10000
        assert said["citation"]["sha256"][:16] in said["text"]
        for nothing in ("urn:nothing", "not an address"):
            with pytest.raises(BudgetError):
                agent.cite_cell(nothing)

    def test_personal_data_is_in_no_answer(self, agent: Tools) -> None:
        """The restricted store is not opened: no graph of it is there to be asked."""
        said = agent.run_query(_BUDGET + "SELECT ?s { ?s a budget:PersonalDatum }")
        assert said["rows"] == []
        named = agent.run_query("SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } }")
        assert named["rows"]
        assert not any("restricted" in row["graph"] for row in named["rows"])


def test_a_runaway_query_is_stopped(example_store: Path) -> None:
    limits = Limits(time=0.5, rows=10, workers=2, long_slots=1, rate=0)
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with tools_over(example_store, None, limits) as bounded:
        with pytest.raises(BudgetError):
            bounded.run_query(endless)
        assert bounded.run_query("SELECT ?s { ?s ?p ?o }", 5)["rows"], "the next one is answered"


def test_the_sdk_client_over_stdio(example_store: Path) -> None:
    """One conversation: what there is, a search, a query, a citation, a refusal."""

    async def converse() -> None:
        server = StdioServerParameters(command=sys.executable, args=["-m", "kg.cli", "mcp", "--store", str(example_store)])
        async with Client(server, read_timeout_seconds=120) as client:
            listed = (await client.list_tools()).tools
            assert {tool.name for tool in listed} == TOOLS
            for tool in listed:
                assert tool.annotations is not None
                assert tool.annotations.read_only_hint is True
                assert tool.description
            found = await client.call_tool("search_entity", {"text": "阿克陶县医疗保障局", "kind": "department"})
            assert content(found)["hits"][0]["id"] == AKETAO
            query = f"{_BUDGET}SELECT ?cell ?amount {{ ?cell budget:department <{AKETAO}> ; budget:amount ?amount }} ORDER BY ?cell"
            answer = content(await client.call_tool("run_query", {"query": query, "rows": 3}))
            assert len(answer["rows"]) == 3
            assert all(number["citation"]["sha256"] for number in cited_numbers(answer["rows"]))
            cited = content(await client.call_tool("cite_cell", {"cell": answer["rows"][0]["cell"]}))
            assert cited["citation"] == answer["rows"][0]["amount"]["citation"]
            refused = await client.call_tool("run_query", {"query": "DROP ALL"})
            assert refused.is_error
            assert "only reads" in str(refused.content)
            assert "budget:Disclosure" in str(content(await client.call_tool("schema_card", {})))
            finding = await client.call_tool("get_finding", {"finding": cited["citation"]["disclosure"]})
            assert content(finding)["found"] >= 0

    within(converse(), 300)


def content(result: Any) -> dict[str, Any]:
    assert not result.is_error, result.content
    found: dict[str, Any] = result.structured_content or json.loads(result.content[0].text)
    return found


def within(work: Coroutine[Any, Any, _Made], seconds: float) -> _Made:
    async def bounded() -> _Made:
        return await asyncio.wait_for(work, seconds)

    return asyncio.run(bounded())


def test_without_the_sdk_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from kg.cli import main

    for name in [name for name in sys.modules if name == "mcp" or name.startswith(("mcp.", "kg.agents.server"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    result = CliRunner().invoke(main, ["mcp"])
    assert result.exit_code == 2
    assert "pip install 'budget-kg[mcp]'" in result.stderr
