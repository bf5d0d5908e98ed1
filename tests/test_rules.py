"""The shapes: their form, their words, and every case beside its approved report."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SH, SKOS
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query as Prepared
from rdflib.query import Result

from kg.resources import ontology_files, shape_files
from kg.shacl import reference
from kg.terms import TERMS
from kg.validate import Rule, RuleSet, Validation
from kg.validate.docs import rules_page
from kg.validate.finding import OperandRole
from tests.conftest import ROOT
from tests.rules.cases import Case, cases, report

RULES = RuleSet.load(shape_files())
CASES = list(cases())
COMPANIONS = {"appliesWhen", "needs", "leavesOut", "operands"}
FILLED_IN = {"missing", "count"}

each_rule = pytest.mark.parametrize("rule", list(RULES), ids=lambda rule: rule.id)
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}/{case.path.stem}")


class PreparedGraph(Graph):
    """An rdflib graph whose queries are parsed once, so that pySHACL can be run over rdflib in reasonable time."""

    def query(self, query_object: str | Prepared, *args: Any, **kwargs: Any) -> Result:
        return super().query(_prepared(query_object) if isinstance(query_object, str) else query_object, *args, **kwargs)


@cache
def _prepared(text: str) -> Prepared:
    return prepareQuery(text)


@cache
def _validated(case: Case) -> Validation:
    """Each case is held against the rules once, for all tests that read what was found."""
    return case.run(RULES)


def _queries(rule: Rule) -> Iterator[str]:
    companions = [rule.applies_when] if rule.applies_when else []
    for query in (*rule.constraints, *companions, *rule.needs, *rule.leaves_out, *rule.operands):
        yield query.select


def _projected(select: str) -> set[str]:
    answer = ox.Store().query(select)
    assert isinstance(answer, ox.QuerySolutions)
    return {variable.value for variable in answer.variables}


def _squeezed(text: str) -> str:
    return " ".join(text.split())


# --- cases ---


@each_case
def test_case_fails_its_rule_or_none(case: Case) -> None:
    validation = _validated(case)
    failed = {finding.rule for finding in validation.findings}
    assert failed == (set() if case.is_valid else {case.rule}) | case.fails_beside
    assert report(case, validation) == case.approved, "read the difference; python -m tests.rules.approve writes it anew"


@each_case
def test_case_reads_the_same_over_rdflib(case: Case) -> None:
    """pySHACL over rdflib's SPARQL, an independent reading, reports what it reports over Oxigraph."""
    rules = RULES.only(case.rule)
    data = PreparedGraph().parse(data=case.ntriples, format="nt")
    _, results, _ = pyshacl.validate(data, shacl_graph=rules.shapes, inplace=True)
    assert isinstance(results, Graph)
    read = sorted((str(results.value(node, SH.focusNode)), str(results.value(node, SH.value))) for node in results.subjects(SH.focusNode))
    results_of_reference = reference.run(case.ntriples, rules.compiled, oxigraph=True)
    ours = sorted((result.focus.value, result.value.value if result.value else "None") for result in results_of_reference)
    assert read == ours


@each_rule
def test_rule_has_valid_and_invalid_cases(rule: Rule) -> None:
    mine = [case for case in CASES if case.rule == rule.id]
    assert any(case.is_valid for case in mine)
    assert any(not case.is_valid for case in mine)


def test_every_case_belongs_to_a_rule() -> None:
    assert {case.rule for case in CASES} <= {rule.id for rule in RULES}


@each_case
def test_finding_has_evidence(case: Case) -> None:
    for finding in _validated(case).findings:
        assert finding.evidence
        assert finding.message.zh
        assert finding.message.en
        assert "{?" not in finding.message.zh + finding.message.en


# --- form ---


@pytest.mark.parametrize("file", shape_files(), ids=lambda file: file.name)
def test_shacl_terms_exist(file: Any) -> None:
    """``sh:dataType`` is no term, and SHACL ignores it silently."""
    graph = Graph().parse(data=file.read_bytes(), format="turtle")
    used = {term for triple in graph for term in triple if isinstance(term, URIRef) and term.startswith(str(SH))}
    assert {term for term in used if term not in SH} == set()


def test_misspelt_shacl_term_would_be_seen() -> None:
    assert URIRef(f"{SH}dataType") not in SH
    assert SH.datatype in SH


def test_budget_terms_are_declared() -> None:
    declared = Graph()
    for file in ontology_files():
        declared.parse(data=file.read_bytes(), format="turtle")
    known = {str(subject).removeprefix(TERMS) for subject in declared.subjects() if str(subject).startswith(TERMS)}
    used = {
        str(term).removeprefix(TERMS) for triple in RULES.shapes for term in triple if isinstance(term, URIRef) and term.startswith(TERMS)
    }
    for rule in RULES:
        for query in _queries(rule):
            used |= set(re.findall(r"\bbudget:(\w+)", query))
    assert used - known == set()


@each_rule
def test_rule_speaks_both_languages(rule: Rule) -> None:
    assert rule.label.zh
    assert rule.label.en
    assert rule.source.zh
    assert rule.source.en
    companions = [rule.applies_when] if rule.applies_when else []
    for query in (*rule.constraints, *companions, *rule.needs, *rule.leaves_out):
        assert query.message.zh
        assert query.message.en
    assert rule.constraints or (rule.message.zh and rule.message.en)


@each_rule
def test_message_names_what_its_query_selects(rule: Rule) -> None:
    for query in (*rule.constraints, *rule.needs, *rule.leaves_out):
        for words in (query.message.zh, query.message.en):
            assert set(re.findall(r"\{\?(\w+)\}", words)) <= _projected(query.select) | FILLED_IN


@each_rule
def test_rule_has_a_known_tolerance_class_and_its_formula(rule: Rule) -> None:
    node = next(RULES.shapes.subjects(SKOS.notation, Literal(rule.tolerance_class)))
    formula = RULES.shapes.value(node, URIRef(f"{TERMS}formula"))
    for query in rule.constraints:
        if formula and "expected" in _projected(query.select):
            assert _squeezed(str(formula)) in _squeezed(query.select)


@each_rule
def test_rule_has_what_its_kind_needs(rule: Rule) -> None:
    assert rule.targets
    if rule.constraints:
        assert rule.applies_when is not None
        assert rule.operands
        assert all({"this", "value"} <= _projected(query.select) for query in rule.constraints)
        assert all("disclosure" in _projected(query.select) for query in (rule.applies_when, *rule.needs, *rule.leaves_out))
        assert all({"this", "value", "item", "operand", "operandRole"} <= _projected(query.select) for query in rule.operands)
    else:
        assert set(RULES.shapes.objects(URIRef(rule.iri), SH.property))


@each_rule
def test_operand_roles_are_known(rule: Rule) -> None:
    for query in rule.operands:
        assert "AS ?operandRole" in query.select
    said = [word for query in rule.operands for word in re.findall(r'"([a-z]+)"(?=[^"]*AS \?operandRole)', query.select)]
    assert set(said) <= {role.value for role in OperandRole}


@each_rule
def test_queries_keep_to_pre_binding(rule: Rule) -> None:
    """No VALUES, MINUS or SERVICE, and every sub-select names ``$this``: what the SHACL specification asks of constraints."""
    for query in rule.constraints:
        assert not re.search(r"\b(VALUES|MINUS|SERVICE)\b", query.select)
        assert all("$this" in projection for projection in re.findall(r"SELECT([^{]*?)WHERE", query.select))


@each_rule
def test_queries_use_declared_prefixes_only(rule: Rule) -> None:
    """Also where the data binds a prefix by chance; each constraint says ``sh:prefixes``."""
    for query in _queries(rule):
        prepareQuery(query)
    for constraint in RULES.shapes.objects(URIRef(rule.iri), SH.sparql):
        assert RULES.shapes.value(constraint, SH.prefixes) is not None


@each_rule
def test_rule_knows_no_names(rule: Rule) -> None:
    """No department, no file: the Chinese in a query are units of money and words that the rule's label or comment gives."""
    told = rule.label.zh + rule.comment.zh
    for query in _queries(rule):
        for said in re.findall(r"[一-鿿]+", query):
            assert said in told or set(said) <= set("元万亿年第号")


def test_companions_are_known() -> None:
    used = {str(p).removeprefix(TERMS) for _, p, _ in RULES.shapes if str(p).startswith(TERMS)}
    assert used <= COMPANIONS | {"toleranceClass", "formula", "partOfRule", "sees"}


def test_every_shape_with_a_target_is_a_rule() -> None:
    shapes = {shape for rule in RULES for shape in rule.shape_iris}
    assert {str(shape) for shape in RULES.shapes.subjects(SH.targetClass)} == shapes
    assert set(map(str, RULES.shapes.subjects(RDF.type, SH.NodeShape))) == shapes


def test_rules_page_is_current() -> None:
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert page == rules_page(RULES), "python -m kg.validate.docs > docs/rules.md"
