"""The names in ``kg/terms.py`` against the Turtle, in both directions, and what every term must say of itself."""

import pytest
from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.compare import to_isomorphic
from rdflib.namespace import QB

from kg.resources import code_list_files, ontology_files, shape_files
from kg.terms import BUDGET, ONTOLOGY, PREFIXES, STRUCTURE, TERMS

LANGUAGES = {"zh", "en"}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    graph = Graph()
    for file in ontology_files():
        graph.parse(data=file.read_bytes(), format="turtle")
    return graph


def ours(graph: Graph, *kinds: URIRef) -> set[URIRef]:
    """The subjects in our namespace that have one of the kinds."""
    found = {subject for kind in kinds for subject in graph.subjects(RDF.type, kind)}
    return {subject for subject in found if isinstance(subject, URIRef) and subject.startswith(TERMS)}


def words(graph: Graph) -> set[URIRef]:
    return ours(graph, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def test_python_and_turtle_have_the_same_terms(ontology: Graph) -> None:
    assert {URIRef(TERMS + name) for name in BUDGET.__annotations__ if not name.startswith("_")} == words(ontology)


def test_a_misspelt_term_is_refused() -> None:
    with pytest.raises(AttributeError):
        _ = BUDGET.totalIncomes


def test_no_term_is_mentioned_that_is_not_declared(ontology: Graph) -> None:
    declared = set(ontology.subjects(RDF.type, None))
    mentioned = {node for triple in ontology for node in triple if isinstance(node, URIRef) and node.startswith(TERMS)}
    assert mentioned <= declared


def test_every_term_has_labels_and_definitions_in_both_languages(ontology: Graph) -> None:
    structural = ours(ontology, QB.DataStructureDefinition, QB.ComponentSpecification)
    for term in words(ontology) | structural | {URIRef(ONTOLOGY)}:
        for said in (RDFS.label, RDFS.comment):
            texts = list(ontology.objects(term, said))
            assert {getattr(text, "language", None) for text in texts} == LANGUAGES, f"{term} {said}"
            assert len(texts) == len(LANGUAGES), f"{term} {said}"
            assert all(str(text).strip() for text in texts), f"{term} {said}"


def test_a_definition_is_more_than_the_label(ontology: Graph) -> None:
    for term in words(ontology):
        labels = {str(label).casefold() for label in ontology.objects(term, RDFS.label)}
        for definition in ontology.objects(term, RDFS.comment):
            assert str(definition).rstrip("。.").casefold() not in labels, term


def test_a_property_is_either_for_resources_or_for_literals(ontology: Graph) -> None:
    assert not ours(ontology, OWL.ObjectProperty) & ours(ontology, OWL.DatatypeProperty)


def test_a_property_has_at_most_one_domain_and_one_range(ontology: Graph) -> None:
    """Two domains mean both at once, which is nearly always a mistake."""
    for term in words(ontology):
        for axiom in (RDFS.domain, RDFS.range):
            assert len(list(ontology.objects(term, axiom))) <= 1, f"{term} {axiom}"


def test_disjoint_groups_name_declared_classes(ontology: Graph) -> None:
    groups = list(ontology.subjects(RDF.type, OWL.AllDisjointClasses))
    assert groups
    classes = ours(ontology, OWL.Class)
    for group in groups:
        members = list(Collection(ontology, next(ontology.objects(group, OWL.members))))
        assert set(members) <= classes
        assert len(set(members)) == len(members)


def test_every_table_kind_has_its_structure(ontology: Graph) -> None:
    kinds = Graph().parse(data=_code_list("table-kind"), format="turtle").subjects(RDF.type, BUDGET.TableKind)
    expected = {URIRef(STRUCTURE + str(kind).rsplit("/", 1)[1]) for kind in kinds}
    assert ours(ontology, QB.DataStructureDefinition) == expected
    for structure in expected:
        components = list(ontology.objects(structure, QB.component))
        assert [measure for part in components for measure in ontology.objects(part, QB.measure)] == [BUDGET.amount]


def test_turtle_uses_our_prefixes_with_our_meaning() -> None:
    for file in (*ontology_files(), *code_list_files()):
        graph = Graph(bind_namespaces="none").parse(data=file.read_bytes(), format="turtle")
        for prefix, namespace in graph.namespaces():
            assert PREFIXES.get(prefix, str(namespace)) == str(namespace), f"{file.name}: {prefix}"


def test_files_are_found_by_role() -> None:
    names = [file.name for file in ontology_files()]
    assert names == sorted(names)
    assert "core.ttl" in names
    assert "role.ttl" not in names
    assert "role.ttl" in [file.name for file in code_list_files()]
    assert all(file.name.endswith(".ttl") for file in shape_files())


def test_serialising_keeps_the_ontology(ontology: Graph) -> None:
    """Every local name is an NCName: RDF/XML can write the whole graph."""
    again = Graph().parse(data=ontology.serialize(format="xml"), format="xml")
    assert to_isomorphic(again) == to_isomorphic(ontology)


def _code_list(stem: str) -> bytes:
    return next(file.read_bytes() for file in code_list_files() if file.name == f"{stem}.ttl")
