"""Networks: every link rests on a statement, results are what hand-made figures say, and the same on every run."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import QueryError
from kg.ingest import Toolbox, ingest
from kg.iri import Minter
from kg.links import build_links
from kg.networks import Kind, Link, Network, Node, Published, Relation, network_of
from kg.networks.communities import find_communities
from kg.networks.kept import from_json, to_json
from kg.networks.naming import find_thing
from kg.networks.network import CONNECTING, Figure
from kg.networks.paths import find_paths
from kg.networks.peers import MIN_PEERS, bureau, most_similar, outliers
from kg.networks.projection import project
from kg.networks.rankings import page_rank, rank_policies
from kg.networks.words import KINDS, RELATIONS
from kg.places import cite
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot
from kg.terms import TERMS
from tests.web_fixture import AKETAO

BASE = "https://budget-kg.example/"


@pytest.fixture(scope="module")
def examples_network(example_store: Path) -> Network:
    return project(Snapshot(example_store))


@pytest.fixture(scope="module")
def seeds_store(seeds: list[Path], tools: Toolbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seeds") / "store"
    with EmbeddedStore(path) as store:
        assert not ingest(seeds, store, Settings(), tools, lambda message: None).refused
    return path


# --- a network made by hand: departments d0, d1, … of one year


def department(number: int) -> str:
    return f"{BASE}dept/000000/d{number}"


def code(notation: str) -> str:
    return f"{BASE}code/economic/2018/{notation}"


def made(parts: Sequence[dict[str, int]], name: str = "财政局", cited: Sequence[tuple[int, str, int | None]] = ()) -> Network:
    """Departments with what they spend by economic code, and (department, policy, amount) for projects that cite a policy."""
    nodes: dict[str, Node] = {}
    links: list[Link] = []
    published: dict[str, Published] = {}
    for number, spent in enumerate(parts):
        who, disclosure = department(number), f"{BASE}disclosure/{number:016}"
        nodes[who] = Node(who, Kind.DEPARTMENT, name)
        nodes[disclosure] = Node(disclosure, Kind.DISCLOSURE, f"{name} 2026")
        links.append(Link(Relation.PUBLISHED, who, disclosure, disclosure, disclosure, 2026))
        figures = {code(notation): Figure(Decimal(amount), f"{disclosure}/cell/{notation}") for notation, amount in spent.items()}
        for thing, figure in figures.items():
            nodes[thing] = Node(thing, Kind.ECONOMIC, thing[-5:])
            nodes.setdefault(thing[:-2], Node(thing[:-2], Kind.ECONOMIC, thing[-5:-2]))
            links.append(Link(Relation.USES, who, thing, figure.cell, disclosure, 2026, figure.amount))
            links.append(Link(Relation.PART_OF, thing, thing[:-2]))
        by_dimension = {Kind.FUNCTIONAL: {}, Kind.ECONOMIC: figures, Kind.FUND: {}}
        published[disclosure] = Published(disclosure, who, 2026, "budget", {str(kind): held for kind, held in by_dimension.items()}, {})
    for number, (who_number, policy, amount) in enumerate(cited):
        project_iri, disclosure = f"{BASE}project/{number}", f"{BASE}disclosure/{who_number:016}"
        money = None if amount is None else Decimal(amount)
        nodes[project_iri] = Node(project_iri, Kind.PROJECT, f"p{number}")
        nodes[policy] = Node(policy, Kind.POLICY, policy)
        planned = f"{disclosure}/project/{number}"
        links.append(Link(Relation.PLANS, department(who_number), project_iri, planned, disclosure, 2026, money))
        links.append(Link(Relation.CITES, project_iri, policy, f"{disclosure}/citation/{number}", disclosure, 2026, money))
    return Network(
        dict(sorted(nodes.items())), tuple(sorted(set(links), key=lambda link: (link.source, link.target, link.rank))), published
    )


class TestProjection:
    def test_every_kind_of_thing_and_link_is_there(self, examples_network: Network) -> None:
        assert {node.kind for node in examples_network.nodes.values()} == set(Kind)
        found = {link.relation for link in examples_network.links}
        assert found >= set(Relation) - {Relation.SAME}, "no example has a thing under two names"

    def test_links_across_documents_are_followed(self, seeds_store: Path, tmp_path: Path) -> None:
        """The grant that two levels name, and the counterpart above, each printed where its evidence is."""
        shutil.copytree(seeds_store, tmp_path / "store")
        with EmbeddedStore(tmp_path / "store") as store:
            build_links(store, Minter())
        snapshot = Snapshot(tmp_path / "store")
        network = project(snapshot)
        found = {link.relation for link in network.links}
        assert {Relation.PASSES_ON, Relation.FUNDED_BY, Relation.COUNTERPART} <= found
        county, prefecture = (find_thing(network, name) for name in ("阿克陶县医疗保障局", "克孜勒苏柯尔克孜自治州医疗保障局"))
        direct, *others = find_paths(network, county, prefecture)
        assert [step.link.relation for step in direct.steps] == [Relation.COUNTERPART]
        assert direct.by is None
        by = {path.by: path for path in others}
        assert any(step.end.kind is Kind.GRANT for step in by[Kind.GRANT].steps)
        for step in by[Kind.GRANT].steps:
            assert cite(snapshot, step.link.statement) is not None, step.link

    def test_every_link_of_a_document_rests_on_a_statement_of_the_graph(self, examples_network: Network, example_store: Path) -> None:
        snapshot = Snapshot(example_store)
        printed = [link for link in examples_network.links if link.disclosure]
        assert len(printed) > 100
        for statement in {link.statement for link in printed}:
            assert snapshot.query("ASK { ?thing ?p ?o }", {"thing": ox.NamedNode(statement)}), statement
        bare = {link.relation for link in examples_network.links if not link.statement}
        assert bare == {Relation.LIES_IN, Relation.PART_OF}

    def test_amounts_are_the_leaves_of_the_preferred_table(self, examples_network: Network, example_store: Path) -> None:
        """What the codes of a dimension sum to is the printed total, so nothing is counted twice."""
        for entry in examples_network.published.values():
            spent = sum(figure.amount for figure in entry.parts[Kind.FUNCTIONAL].values())
            assert abs(spent - entry.figures["totalExpenditure"].amount) <= 100 * len(entry.parts[Kind.FUNCTIONAL]), "but for rounding"
            assert all(figure.cells >= 1 for figure in entry.parts[Kind.FUNCTIONAL].values())
        assert examples_network.published

    def test_the_kept_network_is_the_same_and_made_once(self, example_store: Path, examples_network: Network) -> None:
        snapshot = Snapshot(example_store)
        first = network_of(snapshot)
        [file] = (example_store / "networks").glob("*.json.gz")
        written = file.stat().st_mtime_ns
        assert network_of(snapshot) == first == examples_network
        assert file.stat().st_mtime_ns == written
        file.write_bytes(b"broken")
        assert network_of(snapshot) == first, "a broken file is made anew"

    def test_what_is_kept_reads_back(self, examples_network: Network) -> None:
        assert from_json(json.loads(json.dumps(to_json(examples_network)))) == examples_network


class TestPaths:
    def test_each_step_goes_on_where_the_last_ended_and_is_explained(self, examples_network: Network, example_store: Path) -> None:
        snapshot = Snapshot(example_store)
        others = [node.iri for node in examples_network.of_kind(Kind.DEPARTMENT) if node.iri != AKETAO]
        walked = 0
        for other in others:
            for path in find_paths(examples_network, AKETAO, other):
                assert path.steps[0].start.iri == AKETAO
                assert path.steps[-1].end.iri == other
                for before, after in zip(path.steps, path.steps[1:], strict=False):
                    assert before.end == after.start
                for step in path.steps:
                    assert {step.link.source, step.link.target} == {step.start.iri, step.end.iri}
                    if step.link.disclosure:
                        place = cite(snapshot, step.link.statement)
                        assert place is not None
                        assert place.disclosure == step.link.disclosure
                        assert place.line or place.page or place.start >= 0 or place.statement == place.disclosure
                        walked += 1
        assert walked > 20

    def test_a_printed_place_is_where_the_number_stands(self, examples_network: Network, example_store: Path) -> None:
        snapshot = Snapshot(example_store)
        cells = [link for link in examples_network.links if link.relation is Relation.SPENDS and link.source == AKETAO]
        assert cells
        for link in cells:
            place = cite(snapshot, link.statement)
            assert place is not None
            source = snapshot.source(place.sha256)
            assert source is not None
            assert source.decode()[place.start : place.end] == place.printed
            assert Decimal(place.printed.replace(",", "")) * 10000 == link.amount or link.cells > 1

    def test_one_path_of_a_kind_what_says_most_first(self, examples_network: Network) -> None:
        other = next(node.iri for node in examples_network.of_kind(Kind.DEPARTMENT) if node.iri != AKETAO)
        kinds = [path.by for path in find_paths(examples_network, AKETAO, other) if path.by]
        assert kinds == sorted(kinds, key=CONNECTING.index)
        assert len(kinds) == len(set(kinds)) >= 2
        [only] = find_paths(examples_network, AKETAO, other, [Kind.FUND])
        assert only.by is Kind.FUND
        assert {step.end.kind for step in only.steps[:-1]} <= {Kind.FUND, Kind.DEPARTMENT, Kind.DISCLOSURE}

    def test_a_rare_thing_connects_better_than_a_common_one(self) -> None:
        common = [{"30101": 10} for _ in range(20)]
        common[0]["30299"] = common[1]["30299"] = 1
        path = find_paths(made(common), department(0), department(1))[0]
        assert [step.end.iri for step in path.steps] == [code("30299"), department(1)]

    def test_the_unconnected_and_the_unknown(self) -> None:
        network = made([{"30101": 1}, {"31002": 1}])
        assert find_paths(network, department(0), department(1)) == ()
        assert find_paths(network, department(0), department(0)) == ()
        with pytest.raises(QueryError, match="not in the network"):
            find_paths(network, department(0), "urn:nobody")

    def test_a_county_and_its_prefecture_on_real_documents(self, seeds_store: Path) -> None:
        """One notice that both cite, by two numbers; and the county lies in the prefecture."""
        network = project(Snapshot(seeds_store))
        county, prefecture = (find_thing(network, name) for name in ("阿克陶县医疗保障局", "克孜勒苏柯尔克孜自治州医疗保障局"))
        by = {path.by: path for path in find_paths(network, county, prefecture)}
        things = [step.end for step in by[Kind.POLICY].steps]
        numbers = [node.zh for node in things if node.kind is Kind.POLICY and "号" in node.zh]
        assert len(set(numbers)) == 2, "the notice by the number that each gives it"
        assert sum(node.kind is Kind.PROJECT for node in things) == 2
        assert [step.end.kind for step in by[Kind.REGION].steps] == [Kind.REGION, Kind.REGION, Kind.DEPARTMENT]


class TestRankings:
    CITED = ((0, "policy/a", 100), (1, "policy/a", 50), (1, "policy/b", 120), (0, "policy/c", None))

    def test_money_departments_and_projects(self) -> None:
        ranked = rank_policies(made([{}, {}], cited=self.CITED))
        assert [(entry.policy.iri, entry.money, entry.departments, entry.projects, entry.without) for entry in ranked] == [
            ("policy/a", Decimal(150), 2, 2, 0),
            ("policy/b", Decimal(120), 1, 1, 0),
            ("policy/c", Decimal(0), 1, 1, 1),
        ]
        assert [entry.share for entry in ranked] == [Decimal("55.56"), Decimal("44.44"), Decimal(0)]
        assert ranked[0].centrality > ranked[1].centrality > 0

    def test_another_year_has_none(self) -> None:
        network = made([{}, {}], cited=self.CITED)
        assert rank_policies(network, 2025) == ()
        assert rank_policies(network, 2026) == rank_policies(network)

    def test_page_rank_is_a_distribution_and_even_on_a_ring(self) -> None:
        ring = {str(number): {str((number + step) % 5): 3 for step in (1, 4)} for number in range(5)}
        ranks = page_rank(ring)
        assert sum(ranks.values()) == pytest.approx(1)
        assert all(rank == pytest.approx(0.2) for rank in ranks.values())
        star = {"hub": {"a": 1, "b": 9}, "a": {"hub": 1}, "b": {"hub": 9}}
        found = page_rank(star)
        assert found["hub"] > found["b"] > found["a"]
        assert page_rank({}) == {}

    def test_the_examples_cite_what_is_ranked(self, examples_network: Network) -> None:
        ranked = rank_policies(examples_network)
        assert ranked
        assert {entry.policy.iri for entry in ranked} == {link.target for link in examples_network.links if link.relation is Relation.CITES}
        assert [entry.money for entry in ranked] == sorted((entry.money for entry in ranked), reverse=True)


class TestPeers:
    def test_overlap_is_the_part_that_goes_the_same_ways(self) -> None:
        network = made([{"30101": 60, "30102": 40}, {"30101": 30, "30102": 70}, {"31002": 5}])
        [found] = most_similar(network, department(0))
        assert found.department.iri == department(1)
        assert found.overlap == Decimal("0.7000")
        assert [(each.code.iri, each.own, each.other) for each in found.shared] == [
            (code("30102"), Decimal("0.4"), Decimal("0.7")),
            (code("30101"), Decimal("0.6"), Decimal("0.3")),
        ]

    def test_a_share_three_deviations_off_is_found_with_its_peers(self) -> None:
        usual = [{"30101": 90 + number, "30201": 10 - number} for number in (0, 1, 2, 3, 1, 2)]
        said = outliers(made([{"30101": 50, "30201": 50}, *usual]), department(0))
        assert said.kind == "bureau"
        assert said.peers == len(usual)
        assert {entry.measure for entry in said.found} == {code("301"), code("302")}
        services = next(entry for entry in said.found if entry.measure == code("302"))
        assert services.share == Decimal("0.5000")
        assert services.median == Decimal("0.0850")  # of 0.10, 0.09, 0.08, 0.07, 0.09 and 0.08
        # deviations from it 0.015, 0.005, 0.005, 0.015, 0.005, 0.005: half of them 0.005, times 1.4826 less than a hundredth
        assert services.spread == Decimal("0.0100")
        assert services.deviations == Decimal("41.5")
        assert [peer.share for peer in services.peers] == [Decimal(text) for text in ("0.1", "0.09", "0.09", "0.08", "0.08", "0.07")]

    def test_a_share_in_line_is_none(self) -> None:
        usual = [{"30101": 90 + number, "30201": 10 - number} for number in (0, 1, 2, 3, 1, 2)]
        said = outliers(made([{"30101": 89, "30201": 11}, *usual]), department(0))
        assert said.found == ()
        assert said.measures == 2

    def test_the_spread_of_the_peers_counts(self) -> None:
        wide = [{"30101": 100 - share, "30201": share} for share in (10, 20, 30, 40, 50, 60)]
        said = outliers(made([{"30101": 20, "30201": 80}, *wide]), department(0))
        assert said.found == (), "0.45 above a median of 0.35 is two deviations where they are 0.22 wide"

    def test_too_few_peers_are_no_peers(self) -> None:
        said = outliers(made([{"30101": 1}] + [{"31002": 1}] * (MIN_PEERS - 1)), department(0))
        assert (said.kind, said.found, said.measures) == ("none", (), 0)

    def test_a_kind_of_bureau_is_a_name_without_its_region(self, examples_network: Network) -> None:
        assert bureau(examples_network, AKETAO) == "医疗保障局"

    def test_a_department_without_a_budget_is_refused(self) -> None:
        with pytest.raises(QueryError, match="no budget of 2020"):
            most_similar(made([{"30101": 1}]), department(0), 2020)


class TestCommunities:
    def test_two_groups_that_share_policies_are_two(self) -> None:
        cited = [(number, "policy/a" if number < 3 else "policy/b", 10) for number in range(6)]
        said = find_communities(made([{}] * 6, cited=cited))
        assert len(said.found) == 2
        first, second = ({department(number) for number in numbers} for numbers in (range(3), range(3, 6)))
        assert {node.iri for node in said.found[0].departments} <= first
        assert {node.iri for node in said.found[1].departments} <= second
        assert [node.iri for node, _ in said.found[0].held_by] == ["policy/a"]
        assert all(count > 1 for community in said.found for _, count in community.held_by), "what one has is shared by nobody"
        assert said.modularity > 0.4

    def test_nothing_linked_is_alone(self) -> None:
        said = find_communities(made([{}, {}]))
        assert said.found == ()
        assert len(said.alone) == 2


def test_two_runs_say_the_same(example_store: Path) -> None:
    """In processes whose sets are in another order."""
    script = """
import sys; from pathlib import Path; from kg.store import Snapshot; from kg.networks.projection import project
from kg.networks.communities import find_communities; from kg.networks.rankings import rank_policies
from kg.networks.peers import most_similar, outliers; from kg.networks.paths import find_paths; from kg.networks.network import Kind
network = project(Snapshot(Path(sys.argv[1]))); everyone = [node.iri for node in network.of_kind(Kind.DEPARTMENT)]
print(network.nodes, network.links, find_communities(network), rank_policies(network), find_paths(network, everyone[0], everyone[-1]))
print([(most_similar(network, each), outliers(network, each)) for each in everyone])
"""
    said = [
        subprocess.run(
            [sys.executable, "-c", script, str(example_store)], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert len(said[0]) > 10_000


class TestNaming:
    def test_a_name_or_a_part_of_it(self, examples_network: Network) -> None:
        assert find_thing(examples_network, AKETAO) == find_thing(examples_network, "阿克陶县医疗保障局") == AKETAO
        assert find_thing(examples_network, "阿克陶县医疗", "department") == AKETAO

    @pytest.mark.parametrize(("text", "reason"), [("医疗", "may be"), ("不存在的部门", "nothing"), ("", "nothing")])
    def test_several_or_none_are_refused(self, examples_network: Network, text: str, reason: str) -> None:
        with pytest.raises(QueryError, match=reason):
            find_thing(examples_network, text)


def test_every_kind_and_relation_has_its_words() -> None:
    assert set(RELATIONS) == set(Relation)
    assert set(KINDS) == set(Kind)


class TestCommands:
    @staticmethod
    def run(store: Path, *words: str) -> str:
        result = CliRunner().invoke(main, ["network", *words, "--store", str(store)])
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def test_paths(self, example_store: Path, examples_network: Network) -> None:
        other = next(node for node in examples_network.of_kind(Kind.DEPARTMENT) if node.iri != AKETAO)
        found = json.loads(self.run(example_store, "paths", "阿克陶县医疗保障局", other.iri, "--format", "json"))
        assert {path["by"] for path in found} >= {"functional-code"}
        cited = [step["link"]["citation"] for path in found for step in path["steps"] if step["link"].get("year")]
        assert cited
        assert all(place["sha256"] and place["document"] for place in cited)
        assert other.zh in self.run(example_store, "paths", AKETAO, other.iri)
        header, *rows = self.run(example_store, "paths", AKETAO, other.iri, "--format", "csv").splitlines()
        assert header.startswith("path,by,step,from,relation,to,year,amount,document,place")
        assert len(rows) == sum(len(path["steps"]) for path in found)

    @pytest.mark.parametrize("command", [("policies",), ("communities",), ("similar", AKETAO), ("outliers",), ("outliers", AKETAO)])
    def test_every_format(self, example_store: Path, command: tuple[str, ...]) -> None:
        json.loads(self.run(example_store, *command, "--format", "json"))
        assert "," in self.run(example_store, *command, "--format", "csv").splitlines()[0]
        self.run(example_store, *command)

    def test_an_unknown_name_is_one_line(self, example_store: Path) -> None:
        result = CliRunner().invoke(main, ["network", "similar", "不存在的部门", "--store", str(example_store)])
        assert result.exit_code == 2
        assert result.stderr.splitlines() == ["kg: nothing in the network is called '不存在的部门'"]


def test_headline_measures_are_terms(examples_network: Network) -> None:
    assert all(TERMS not in name for entry in examples_network.published.values() for name in entry.figures)
