"""The code lists, the separation of files, and the consistency of it all under HermiT."""

import io
import os
import shutil
from collections import Counter
from importlib.resources.abc import Traversable

import owlready2
import pytest
from rdflib import RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.records import DisclosureKind, Placement, Role
from kg.resources import code_list_files, ontology_files
from kg.terms import BUDGET, ONTOLOGY, ONTOLOGY_BASE

CODE = Namespace(f"{ONTOLOGY_BASE}code/")
FIGURE = URIRef(f"{ONTOLOGY_BASE}disclosure/0/table/revenue/cell/1-1")
CODE_LENGTHS = {"functional-2024": {1: 3, 2: 5, 3: 7}, "economic-2018": {1: 3, 2: 5}}
FUNCTIONAL_CLASSES = {*range(201, 218), *range(219, 225), 227, *range(229, 235)}
ECONOMIC_CLASSES = {301, 302, 303, 307, 309, 310, 311, 312, 313, 399}
FIRST_LEVEL_WITHOUT_ENGLISH = {"regions-gbt2260": 1, "functional-2024": 3}
STATUSES = {CODE["code-status/official"], CODE["code-status/observed"]}


def parsed(file: Traversable) -> Graph:
    return Graph().parse(data=file.read_bytes(), format="turtle")


LISTS = {file.name.removesuffix(".ttl"): parsed(file) for file in code_list_files()}
"""Every code list by file stem."""


def concepts(graph: Graph) -> set[Node]:
    return set(graph.subjects(SKOS.inScheme, None))


def notation(graph: Graph, concept: Node) -> str:
    return str(graph.value(concept, SKOS.notation, any=False))


def level(graph: Graph, concept: Node) -> int:
    return int(str(graph.value(concept, BUDGET.level, any=False)))


def keys(stem: str) -> set[str]:
    return {notation(LISTS[stem], concept) for concept in concepts(LISTS[stem])}


@pytest.mark.parametrize("stem", LISTS)
def test_every_concept_says_what_it_is(stem: str) -> None:
    graph = LISTS[stem]
    (scheme,) = graph.subjects(RDF.type, SKOS.ConceptScheme)
    assert {text.language for text in graph.objects(scheme, RDFS.label) if isinstance(text, Literal)} == {"zh", "en"}
    everything = set(graph.subjects(RDF.type, None)) - {scheme}
    assert everything
    assert everything == concepts(graph)
    kinds = {kind for concept in everything for kind in graph.objects(concept, RDF.type)}
    assert len(kinds) == 1, "a list holds one kind of concept"
    notations = Counter(notation(graph, concept) for concept in concepts(graph))
    assert max(notations.values()) == 1, notations.most_common(3)
    for concept in concepts(graph):
        assert str(concept).rsplit("/", 1)[1] == notation(graph, concept)
        labels = [label.language for label in graph.objects(concept, SKOS.prefLabel) if isinstance(label, Literal)]
        assert Counter(labels) in (Counter(["zh"]), Counter(["zh", "en"])), concept
        assert "en" in labels or level(graph, concept) >= FIRST_LEVEL_WITHOUT_ENGLISH[stem], concept
        assert list(graph.objects(concept, SKOS.inScheme)) == [scheme]
        assert graph.value(concept, BUDGET.codeStatus, any=False) in STATUSES


@pytest.mark.parametrize("stem", LISTS)
def test_broader_goes_up_one_tree(stem: str) -> None:
    """At most one broader concept, of the same list and of a smaller level: no cycle is possible."""
    graph = LISTS[stem]
    listed = concepts(graph)
    for concept in listed:
        above = list(graph.objects(concept, SKOS.broader))
        assert len(above) <= 1, concept
        for parent in above:
            assert parent in listed, parent
            assert level(graph, parent) < level(graph, concept), concept
        if not above:
            assert level(graph, concept) <= 1, concept


@pytest.mark.parametrize("stem", CODE_LENGTHS)
def test_a_code_lies_below_its_prefix(stem: str) -> None:
    graph = LISTS[stem]
    for concept in concepts(graph):
        code, depth = notation(graph, concept), level(graph, concept)
        if depth == 0:
            assert code == "all"
            continue
        assert code.isdecimal(), code
        assert len(code) == CODE_LENGTHS[stem][depth], code
        parent = graph.value(concept, SKOS.broader, any=False)
        assert parent is not None
        assert notation(graph, parent) == ("all" if depth == 1 else code[:-2]), code


def test_a_region_lies_in_the_division_that_its_code_names() -> None:
    graph = LISTS["regions-gbt2260"]
    for concept in concepts(graph):
        code, depth = notation(graph, concept), level(graph, concept)
        assert code.isdecimal(), code
        assert len(code) == 6, code
        assert depth == (1 if code.endswith("0000") else 2 if code.endswith("00") else 3), code
        if depth > 1:
            parent = graph.value(concept, SKOS.broader, any=False)
            assert parent is not None
            assert notation(graph, parent) in ({code[:4] + "00", code[:2] + "0000"} - {code}), code


@pytest.mark.parametrize(
    ("code", "name", "parent"),
    [
        ("310101", "黄浦区", "310000"),
        ("652301", "昌吉市", "652300"),
        ("652800", "巴音郭楞蒙古自治州", "650000"),
        ("652826", "焉耆回族自治县", "652800"),
        ("653000", "克孜勒苏柯尔克孜自治州", "650000"),
        ("653001", "阿图什市", "653000"),
        ("653022", "阿克陶县", "653000"),
        ("659001", "石河子市", "650000"),
    ],
)
def test_regions_of_the_samples(code: str, name: str, parent: str) -> None:
    graph = LISTS["regions-gbt2260"]
    region = URIRef(f"{ONTOLOGY_BASE}region/{code}")
    assert graph.value(region, SKOS.prefLabel) == Literal(name, lang="zh")
    assert graph.value(region, SKOS.broader) == URIRef(f"{ONTOLOGY_BASE}region/{parent}")


def test_classes_are_complete_where_the_list_says_so() -> None:
    for stem, expected in (("functional-2024", FUNCTIONAL_CLASSES), ("economic-2018", ECONOMIC_CLASSES)):
        graph = LISTS[stem]
        (scheme,) = graph.subjects(RDF.type, SKOS.ConceptScheme)
        assert [int(str(number)) for number in graph.objects(scheme, BUDGET.completeLevel)] == [1]
        assert {int(notation(graph, node)) for node in concepts(graph) if level(graph, node) == 1} == expected


def test_the_lists_have_the_values_of_the_records() -> None:
    assert keys("role") == set(Role)
    assert keys("placement") == set(Placement)
    assert keys("disclosure-kind") == set(DisclosureKind)


def test_a_fiscal_year_is_its_number() -> None:
    graph = LISTS["fiscal-year"]
    for concept in concepts(graph):
        assert str(graph.value(concept, BUDGET.yearNumber, any=False)) == notation(graph, concept)
        assert str(concept) == f"{ONTOLOGY_BASE}year/{notation(graph, concept)}"


def test_no_triple_stands_in_two_files() -> None:
    """A query over the union of graphs counts such a triple twice. (Lists of blank nodes have no name to share.)"""
    seen = Counter(
        triple
        for file in (*ontology_files(), *code_list_files())
        for triple in parsed(file)
        if not any(isinstance(node, BNode) for node in triple)
    )
    assert [triple for triple, times in seen.items() if times > 1] == []


class TestReasoner:
    """HermiT through owlready2. It reads no Turtle, so the graph goes in as N-Triples."""

    @pytest.fixture(autouse=True)
    def java(self) -> None:
        if shutil.which("java") is None:
            if "CI" in os.environ:
                pytest.fail("HermiT needs Java: install a JRE on the build machine")
            pytest.skip("HermiT needs Java, and there is none on the PATH")

    @staticmethod
    def reason(graph: Graph) -> owlready2.World:
        world = owlready2.World()
        source = io.BytesIO(graph.serialize(format="nt", encoding="utf-8"))
        with world.get_ontology(ONTOLOGY).load(fileobj=source):
            owlready2.sync_reasoner(world, debug=0)
        return world

    @staticmethod
    def everything() -> Graph:
        graph = Graph()
        for part in (*map(parsed, ontology_files()), *LISTS.values()):
            graph += part
        return graph

    def test_the_ontology_with_all_code_lists_is_consistent(self) -> None:
        world = self.reason(self.everything())
        assert list(world.inconsistent_classes()) == []
        department = world[str(BUDGET.Department)]
        assert world["http://www.w3.org/ns/org#Organization"] in department.ancestors()

    @pytest.mark.parametrize(
        "planted",
        [
            pytest.param([(CODE["fund-source/fiscal"], RDF.type, BUDGET.EconomicCode)], id="concept-of-two-kinds"),
            pytest.param([(FIGURE, RDF.type, BUDGET.Disclosure), (FIGURE, BUDGET.row, CODE["x"])], id="figure-as-document"),
            pytest.param([(FIGURE, BUDGET.fundSource, CODE["expenditure-type/basic"])], id="type-as-fund-source"),
            pytest.param([(FIGURE, BUDGET.amount, Literal(1)), (FIGURE, BUDGET.amount, Literal(2))], id="two-amounts"),
        ],
    )
    def test_a_planted_contradiction_is_found(self, planted: list[tuple[URIRef, URIRef, Node]]) -> None:
        graph = Graph()
        for part in (*map(parsed, ontology_files()), LISTS["fund-source"], LISTS["expenditure-type"]):
            graph += part
        for triple in planted:
            graph.add(triple)
        with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
            self.reason(graph)
