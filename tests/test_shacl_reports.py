"""Reports are those of pySHACL up to blank nodes; targets by query; what cannot be compiled is run by the reference engine, and said."""

from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import Graph
from rdflib.compare import to_isomorphic
from rdflib.namespace import SH

from kg.shacl import engine
from kg.shacl.report import serialised, to_triples
from kg.shacl.results import Report
from kg.shacl.shapes_graph import ShapesGraph
from kg.shacl.workspace import Workspace
from kg.validate import Outcome, validate
from kg.validate.jobs import Judge
from tests.rules.cases import cases

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DATA = (
    PREFIXES
    + """
:a a :Person ; :name "甲" , "乙" ; :age "seven" ; :knows :b .
:b a :Person ; :age 7 ; :knows "nobody" .
:c a :Person ; :name "丙" ; :age -1 .
"""
)
BY_COMPONENT = {
    "counts": ":P sh:path :name ; sh:minCount 1 ; sh:maxCount 1",
    "datatype": ":P sh:path :age ; sh:datatype xsd:integer ; sh:severity sh:Warning",
    "range": ":P sh:path :age ; sh:minInclusive 0",
    "kind": ":P sh:path :knows ; sh:nodeKind sh:IRI",
    "class": ":P sh:path :knows ; sh:class :Person",
    "pattern": ':P sh:path :name ; sh:pattern "^丙$"',
    "values": ':P sh:path :name ; sh:in ( "甲" "丙" )',
    "node": ":P sh:path :knows ; sh:node :Q . :Q a sh:NodeShape ; sh:nodeKind sh:IRI",
}


def _triples(turtle: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)]


def _validated(data: str, shapes: str) -> tuple[Report, ShapesGraph]:
    read = ShapesGraph(_triples(shapes))
    return engine.validate(Workspace.single(ox.serialize(_triples(data), format=ox.RdfFormat.N_TRIPLES) or b""), read), read


@pytest.mark.parametrize("component", BY_COMPONENT)
def test_report_is_that_of_pyshacl_up_to_blank_nodes(component: str) -> None:
    words = 'sh:message "不合要求"@zh , "not as it should be"@en'
    head = f":S a sh:NodeShape ; sh:targetClass :Person ; sh:property :P . :P a sh:PropertyShape ; {words} . "
    shapes = f"{PREFIXES}{head}{BY_COMPONENT[component]} ."
    report, read = _validated(DATA, shapes)
    ours = Graph().parse(data=serialised(to_triples(report, read), ox.RdfFormat.N_TRIPLES), format="nt")
    _, theirs, _ = pyshacl.validate(Graph().parse(data=DATA, format="turtle"), shacl_graph=Graph().parse(data=shapes, format="turtle"))
    assert isinstance(theirs, Graph)
    for detail in list(theirs.objects(None, SH.detail)):  # what the specification leaves optional
        theirs.remove((None, None, detail))
        theirs.remove((detail, None, None))
    assert not report.conforms
    assert to_isomorphic(ours) == to_isomorphic(theirs)


def test_focus_nodes_by_query() -> None:
    select = "SELECT ?this WHERE { ?this <urn:x:knows> ?other . FILTER(ISIRI(?other)) }"
    shapes = f"""{PREFIXES}
        :S a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ; sh:select "{select}" ] ; sh:property [ sh:path :name ; sh:maxCount 1 ] ."""
    report, _ = _validated(DATA, shapes)
    assert [str(result.focus) for result in report.results] == ["<urn:x:a>"]
    assert not report.fallbacks


OWN_RULE = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix budget: <https://budget-kg.example/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix tolerance: <https://budget-kg.example/tolerance/> .
<https://budget-kg.example/rule/OWN-001> a sh:NodeShape , budget:Rule ;
  rdfs:label "只看一个表"@zh , "looks at one table"@en ; dcterms:source "本单位"@zh , "our own"@en ;
  sh:severity sh:Warning ; budget:toleranceClass TOLERANCE ; sh:targetClass budget:Disclosure ;
  sh:sparql [ sh:message "有表 {?value}"@zh , "there is a table {?value}"@en ;
    sh:select "SELECT $this ?value WHERE { ?value <https://budget-kg.example/ontology#inDisclosure> $this } ORDER BY ?value LIMIT 1" ] .
"""


def test_an_own_rule_that_cannot_be_compiled_runs_on_the_reference_engine_and_says_so(tmp_path: Path) -> None:
    known = next(str(node) for node in Judge.load().rules.shapes.subjects() if "olerance" in str(node))
    (tmp_path / "own.ttl").write_text(OWN_RULE.replace("TOLERANCE", f"<{known}>"), "utf-8")
    judge = Judge.load([tmp_path])
    case = next(case for case in cases() if b"inDisclosure" in case.ntriples and not case.is_valid)
    validation = validate(case.ntriples, judge.context, judge.rules.only("OWN-001"))
    (outcome,) = validation.outcomes
    assert outcome.outcome is Outcome.FAILED
    assert "run by the reference engine" in outcome.reason.en
    assert "LIMIT" in outcome.reason.en
    assert len(validation.findings) == 1
    assert validation.findings[0].message.en.startswith("there is a table")
