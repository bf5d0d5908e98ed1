"""What follows and why; that HermiT and the rules agree; that a contradiction is found and named; that nothing stale is left."""

import json
import os
import shutil
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.cli import main
from kg.errors import BudgetError
from kg.ingest import Toolbox, ingest
from kg.iri import Minter
from kg.reasoning import hermit
from kg.reasoning.check import RULES, check, chosen, everything, smallest
from kg.reasoning.clashes import clashes
from kg.reasoning.definitions import Ontology, ontology_graph, own_ontology
from kg.reasoning.derive import derive
from kg.reasoning.explain import explain, inferences
from kg.reasoning.facts import TYPE, Extract, Fact, extracts
from kg.reasoning.matching import Inferred, Matcher
from kg.reasoning.telling import told
from kg.resources import code_list_files
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot
from kg.terms import BUDGET, ONTOLOGY_BASE, TERMS
from tests.conftest import missing

CODE = Namespace(f"{ONTOLOGY_BASE}code/")
DISCLOSURE = f"{ONTOLOGY_BASE}disclosure/0000000000000000"
PROJECT = f"{DISCLOSURE}/project/1"
TRANSFER = f"{ONTOLOGY_BASE}code/fund-source/general-budget-transfer"
OWN = f"{ONTOLOGY_BASE}code/fund-source/general-budget-own"


@pytest.fixture
def java() -> None:
    if shutil.which("java") is None:
        missing("Java")


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return own_ontology()


def fact(subject: str, name: str, value: str | int) -> Fact:
    return Fact(subject, TYPE if name == "type" else TERMS + name, Decimal(value) if isinstance(value, int) else value)


def extract(*facts: Fact) -> Extract:
    own = (fact(DISCLOSURE, "type", f"{TERMS}Disclosure"), fact(PROJECT, "type", f"{TERMS}ProjectYear"))
    kinds = (fact(TRANSFER, "type", f"{TERMS}TransferSource"), fact(f"{ONTOLOGY_BASE}year/2026", "type", f"{TERMS}FiscalYear"))
    return Extract(DISCLOSURE, (*own, *kinds, *facts), ())


def names(inferred: set[Inferred]) -> set[str]:
    return {each.iri.removeprefix(TERMS) for each in inferred}


STANDARD = (
    fact(f"{DISCLOSURE}/subsidy/1", "type", f"{TERMS}SubsidyStandard"),
    fact(f"{DISCLOSURE}/subsidy/1", "standardOf", PROJECT),
)
PAID = (fact(PROJECT, "paidFrom", TRANSFER), fact(PROJECT, "paidFromCount", 1))
CITED = (
    fact(f"{DISCLOSURE}/citation/1", "type", f"{TERMS}PolicyCitation"),
    fact(f"{DISCLOSURE}/citation/1", "citationOf", PROJECT),
)
CASES = {
    "nothing is known, nothing follows": ((), set()),
    "no project, and that is known": ((fact(DISCLOSURE, "projectCount", 0),), {"BasicOnlyDisclosure"}),
    "a project": ((fact(DISCLOSURE, "projectCount", 1),), set()),
    "a transfer of nothing": ((fact(DISCLOSURE, "generalBudgetTransfer", 0),), set()),
    "a transfer": ((fact(DISCLOSURE, "governmentFundTransfer", 5),), {"TransferReceivingDisclosure"}),
    "a standard": (STANDARD, {"SubsidyProject"}),
    "paid by transfers alone": (PAID, {"TransferFundedProject"}),
    "paid by transfers and more": (
        (*PAID[:1], fact(PROJECT, "paidFrom", OWN), fact(PROJECT, "paidFromCount", 2)),
        set(),
    ),
    "a standard, paid by transfers": (STANDARD + PAID, {"SubsidyProject", "TransferFundedProject", "TransferFundedSubsidyProject"}),
    "over one year": ((fact(PROJECT, "executionYearCount", 1),), set()),
    "over two years": ((fact(PROJECT, "executionYearCount", 2),), {"CrossYearProject"}),
    "cited": (CITED, {"PolicyBasedProject"}),
    "cited and allotted in advance": (
        (*CITED, fact(f"{DISCLOSURE}/citation/1", "advanceYear", f"{ONTOLOGY_BASE}year/2026")),
        {"PolicyBasedProject", "AdvanceAllottedProject"},
    ),
}


class TestDefinitions:
    def test_every_defined_class_is_tried(self, ontology: Ontology) -> None:
        assert {definition.iri.removeprefix(TERMS) for definition in ontology.definitions} == set().union(
            *(classes for _, classes in CASES.values())
        )

    def test_words_are_whole_in_both_languages(self, ontology: Ontology) -> None:
        for definition in ontology.definitions:
            for language in ("zh", "en"):
                words = ontology.words(definition.meaning, language)
                assert words
                assert "#" not in words, "every part has a label"
            assert ontology.words(definition.meaning, "en").isascii() or "“" in ontology.words(definition.meaning, "en")

    @pytest.mark.parametrize("case", CASES)
    def test_rules_decide(self, ontology: Ontology, case: str) -> None:
        facts, expected = CASES[case]
        found = Matcher(ontology, extract(*facts)).explained()
        assert names({each.inferred for each in found}) == expected
        for each in found:
            assert set(each.facts) <= set(extract(*facts).facts)
            assert each.facts
            without = tuple(one for one in extract(*facts).facts if one not in each.facts)
            fewer = Matcher(ontology, Extract(DISCLOSURE, without, ())).explained()
            assert each.inferred not in {other.inferred for other in fewer}, "the facts that are shown bear it out"

    @pytest.mark.usefixtures("java")
    def test_hermit_decides_the_same(self, ontology: Ontology) -> None:
        """All cases in one run, each about things of its own."""
        every = []
        expected = set()
        for number, (facts, classes) in enumerate(CASES.values()):
            made = extract(*facts)
            own = f"{ONTOLOGY_BASE}disclosure/{number:016x}"
            moved = tuple(
                Fact(each.subject.replace(DISCLOSURE, own), each.predicate, each.value.replace(DISCLOSURE, own))
                if isinstance(each.value, str)
                else Fact(each.subject.replace(DISCLOSURE, own), each.predicate, each.value)
                for each in made.facts
            )
            every.append(Extract(own, moved, ()))
            expected |= {Inferred(own if name.endswith("Disclosure") else f"{own}/project/1", f"{TERMS}{name}") for name in classes}
        assert set(hermit.classify(ontology, ontology_graph(), every)) == expected


@pytest.fixture(scope="module")
def store(examples: list[Path], tools: Toolbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two examples, classified by the rules: one without projects, one with subsidies."""
    path = tmp_path_factory.mktemp("reasoned") / "store"
    chosen_files = [file for file in examples if "changji" in file.name or "yanqi" in file.name]
    assert len(chosen_files) == 2
    with EmbeddedStore(path) as target:
        assert not ingest(chosen_files, target, Settings(), tools, lambda message: None).refused
        derive(target, Settings(), lambda message: None, RULES)
    return path


class TestDerivedGraph:
    def test_what_follows_stands_apart_with_what_it_rests_on(self, store: Path) -> None:
        snapshot = Snapshot(store)
        derived = [name for name in snapshot.graphs() if "/graph/derived/" in name]
        assert len(derived) == 2
        found = inferences(snapshot)
        assert {"BasicOnlyDisclosure", "SubsidyProject", "TransferFundedProject", "TransferFundedSubsidyProject"} <= names(
            {inferred for _, inferred, _, _ in found}
        )
        for address, inferred, disclosure, reasoner in found:
            assert reasoner == RULES
            graph = disclosure.replace("/disclosure/", "/graph/derived/")
            assert snapshot.query(f"ASK {{ GRAPH <{graph}> {{ <{inferred.thing}> a <{inferred.iri}> }} }}"), address
            asserted = disclosure.replace("/disclosure/", "/graph/disclosure/")
            assert not snapshot.query(f"ASK {{ GRAPH <{asserted}> {{ <{inferred.thing}> a <{inferred.iri}> }} }}")
            assert snapshot.query(f"ASK {{ <{address}> <http://www.w3.org/ns/prov#wasDerivedFrom> <{inferred.thing}> }}")

    def test_no_triple_stands_in_two_graphs(self, store: Path) -> None:
        twice = "SELECT * WHERE { GRAPH ?one { ?s ?p ?o } GRAPH ?other { ?s ?p ?o } FILTER(STR(?one) < STR(?other)) } LIMIT 1"
        assert list(Snapshot(store).query(twice)) == []

    def test_every_inference_is_explained_by_facts_of_the_graph(self, store: Path, ontology: Ontology) -> None:
        snapshot = Snapshot(store)
        places = 0
        for address, inferred, _, _ in inferences(snapshot):
            explanation = explain(snapshot, ontology, address)
            assert explanation is not None
            assert explanation.explained is not None, f"{address} no longer follows"
            for each in explanation.explained.facts:
                value = str(each.value) if each.number is None else ""
                says = f"<{each.subject}> <{each.predicate}> " + (f"<{value}>" if value else "?number")
                assert snapshot.query(f"ASK {{ {says} }}"), says
            for language in ("zh", "en"):
                said = told(snapshot, ontology, explanation, language)
                assert said["follows"]
                assert said["class"] == inferred.iri
                places += sum(bool(one["place"]) for one in said["facts"])
        assert places > 10

    @pytest.mark.usefixtures("java")
    def test_hermit_finds_what_the_rules_find_in_documents(self, store: Path, ontology: Ontology) -> None:
        found = extracts(Snapshot(store), ontology)
        by_rules = {each.inferred for one in found for each in Matcher(ontology, one).explained()}
        assert set(hermit.classify(ontology, ontology_graph(), found)) == by_rules

    def test_an_absent_table_is_not_an_absent_project(self, store: Path, tmp_path: Path, ontology: Ontology) -> None:
        """Without its table of projects a disclosure may have any number: nothing follows."""
        copy = tmp_path / "store"
        shutil.copytree(store, copy)
        with EmbeddedStore(copy) as target:
            before = derive(target, Settings(), lambda message: None, RULES).inferences[f"{TERMS}BasicOnlyDisclosure"]
            graphs = "GRAPH ?g { ?d budget:hasTable ?t } FILTER NOT EXISTS { GRAPH ?g { ?p a budget:ProjectYear } }"
            target.update(
                f"PREFIX budget: <{TERMS}> DELETE {{ GRAPH ?g {{ ?d budget:hasTable ?t }} }} "
                f"WHERE {{ {graphs} FILTER(STRENDS(STR(?t), '/general-budget-projects')) }}"
            )
            after = derive(target, Settings(), lambda message: None, RULES)
        assert before == 1
        assert f"{TERMS}BasicOnlyDisclosure" not in after.inferences
        assert after.made == 1, "only what changed is decided again"


class TestNothingIsStale:
    def test_what_rests_on_the_same_facts_stands(self, store: Path, tmp_path: Path) -> None:
        shutil.copytree(store, tmp_path / "store")
        with EmbeddedStore(tmp_path / "store") as target:
            again = derive(target, Settings(), lambda message: None, RULES)
            assert (again.made, again.standing) == (0, 2)
            assert derive(target, Settings(), lambda message: None, RULES, again=True).made == 2

    def test_a_new_revision_takes_its_inferences_with_it(self, store: Path, tmp_path: Path, tools: Toolbox, examples: list[Path]) -> None:
        shutil.copytree(store, tmp_path / "store")
        changji = next(file for file in examples if "changji" in file.name)
        revised = tmp_path / changji.name
        revised.write_text(changji.read_text("utf-8") + "\n", "utf-8")
        with EmbeddedStore(tmp_path / "store") as target:
            before = {name for name in target.graphs() if "/graph/derived/" in name}
            [entry] = ingest([revised], target, Settings(), tools, lambda message: None).ingested
            assert entry.outcome == "revised"
            left = {name for name in target.graphs() if "/graph/derived/" in name}
            assert len(before - left) == 1, "the inferences of the old revision are gone at once"
            derive(target, Settings(), lambda message: None, RULES)
            now = {name for name in target.graphs() if "/graph/derived/" in name}
            assert Minter().graph(f"derived/{entry.sha256[:16]}") in now
            assert len(now) == 2

    def test_a_graph_that_is_dropped_takes_its_inferences_at_the_next_run(self, store: Path, tmp_path: Path) -> None:
        shutil.copytree(store, tmp_path / "store")
        with EmbeddedStore(tmp_path / "store") as target:
            gone = next(name for name in target.graphs() if "/graph/disclosure/" in name)
            target.replace_graphs({}, drop=[gone])
            derive(target, Settings(), lambda message: None, RULES)
            assert gone.replace("/disclosure/", "/derived/") not in target.graphs()


FIGURE = URIRef(f"{ONTOLOGY_BASE}disclosure/0/table/revenue/cell/1-1")
PLANTED = {
    "concept-of-two-kinds": ([(CODE["fund-source/fiscal"], RDF.type, BUDGET.EconomicCode)], "disjoint"),
    "figure-as-document": ([(FIGURE, RDF.type, BUDGET.Disclosure), (FIGURE, BUDGET.row, CODE["x"])], "disjoint"),
    "type-as-fund-source": ([(FIGURE, BUDGET.fundSource, CODE["expenditure-type/basic"])], "disjoint"),
    "two-amounts": ([(FIGURE, BUDGET.amount, Literal(1)), (FIGURE, BUDGET.amount, Literal(2))], "two values"),
    "a word for a number": ([(FIGURE, BUDGET.amount, Literal("many"))], "no decimal"),
}


@pytest.fixture(scope="module")
def some_lists() -> Graph:
    """The ontology with two code lists."""
    graph = ontology_graph()
    for source in code_list_files():
        if source.name in ("fund-source.ttl", "expenditure-type.ttl"):
            graph.parse(data=source.read_bytes(), format="turtle")
    return graph


def with_triples(graph: Graph, triples: Iterable[tuple[Node, Node, Node]]) -> Graph:
    made = Graph()
    made += graph
    for triple in triples:
        made.add(triple)
    return made


class TestConsistency:
    def test_the_ontology_with_all_lists_has_no_clash(self) -> None:
        said = check(everything(), RULES)
        assert said.consistent
        assert said.statements > 10_000

    @pytest.mark.parametrize("planted", PLANTED)
    def test_a_planted_contradiction_is_named_by_the_rules(self, some_lists: Graph, planted: str) -> None:
        triples, reason = PLANTED[planted]
        found = clashes(with_triples(some_lists, triples))
        assert found
        things = {str(term) for triple in triples for term in triple}
        for clash in found:
            assert clash.thing in things
            assert reason in clash.reason
            assert clash.axioms
        assert set(triples) & {triple for clash in found for triple in clash.triples}, "the planted statement is named"

    @pytest.mark.usefixtures("java")
    def test_hermit_finds_one_and_it_is_named(self, some_lists: Graph) -> None:
        triples, _ = PLANTED["concept-of-two-kinds"]
        said = check(with_triples(some_lists, triples), "hermit")
        assert (said.consistent, said.reasoner) == (False, "hermit")
        assert {clash.thing for clash in said.clashes} == {str(CODE["fund-source/fiscal"])}

    def test_the_command_names_what_a_file_of_ones_own_contradicts(self, tmp_path: Path) -> None:
        planted = tmp_path / "planted.ttl"
        planted.write_text(f"<{CODE['fund-source/fiscal']}> a <{BUDGET.EconomicCode}> .\n", "utf-8")
        result = CliRunner().invoke(main, ["reason", "check", str(planted), "--format", "json", "--reasoner", "rules"])
        assert result.exit_code == 1, result.output
        said = json.loads(result.stdout)
        assert said["consistent"] is False
        assert {each["thing"] for each in said["clashes"]} == {str(CODE["fund-source/fiscal"])}
        assert any("EconomicCode" in text for each in said["clashes"] for text in each["statements"])

    @pytest.mark.soak
    @pytest.mark.usefixtures("java")
    def test_what_no_rule_names_is_cut_down_to_the_statements_at_fault(self) -> None:
        graph = ontology_graph()
        innocent = [(CODE[f"fund-source/{number}"], RDF.type, BUDGET.FundSource) for number in range(6)]
        guilty: list[tuple[Node, Node, Node]] = [(FIGURE, RDF.type, BUDGET.Disclosure), (FIGURE, RDF.type, BUDGET.TableRow)]
        for triple in (*innocent, *guilty):
            graph.add(triple)
        assert set(smallest(graph)) == set(guilty)


class TestWithoutJava:
    def test_asking_for_hermit_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", os.devnull)
        with pytest.raises(BudgetError, match="no Java runtime"):
            chosen("hermit")
        assert chosen("auto") == RULES
        with pytest.raises(BudgetError, match="no Java runtime"):
            hermit.judge(Graph())

    def test_the_command_falls_back_and_says_so(self, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shutil.copytree(store, tmp_path / "store")
        monkeypatch.setenv("PATH", os.devnull)
        result = CliRunner().invoke(main, ["reason", "classify", "--store", str(tmp_path / "store"), "--again"])
        assert result.exit_code == 0, result.output
        assert "no Java on the PATH" in result.stderr
        refused = CliRunner().invoke(main, ["reason", "classify", "--store", str(tmp_path / "store"), "--reasoner", "hermit"])
        assert refused.exit_code == 2
        assert len(refused.stderr.splitlines()) == 1


class TestCommands:
    def test_explain_a_disclosure_in_both_languages(self, store: Path) -> None:
        snapshot = Snapshot(store)
        basic = next(inferred.thing for _, inferred, _, _ in inferences(snapshot) if inferred.iri.endswith("BasicOnlyDisclosure"))
        for language, word in (("zh", "只有基本支出"), ("en", "basic-only")):
            result = CliRunner().invoke(main, ["reason", "explain", basic, "--store", str(store), "--language", language])
            assert result.exit_code == 0, result.output
            assert word in result.stdout
        found = json.loads(CliRunner().invoke(main, ["reason", "explain", basic, "--store", str(store), "--format", "json"]).stdout)
        assert any(each["counted"] for each in found[0]["facts"])

    def test_nothing_inferred_is_one_line(self, store: Path) -> None:
        result = CliRunner().invoke(main, ["reason", "explain", "urn:nobody", "--store", str(store)])
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1


def test_counts_are_integers_and_amounts_decimals(store: Path) -> None:
    query = f"SELECT ?count WHERE {{ ?d <{TERMS}projectCount> ?count }}"
    for row in Snapshot(store).query(query):
        assert row["count"].datatype == ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
