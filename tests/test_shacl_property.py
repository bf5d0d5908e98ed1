"""Random small shapes on random small graphs: both engines report the same."""

import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.shacl import engine, reference
from kg.shacl.isolation import NotIsolated
from kg.shacl.merging import Given
from kg.shacl.shapes_graph import ShapesGraph
from kg.shacl.workspace import Workspace
from tests.test_shacl_engines import said

PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <urn:x:> ."
NODES = [":a", ":b", ":c", ":d"]
LITERALS = ['"1"^^xsd:integer', '"2"^^xsd:integer', '"x"', '"yy"@en', '"zz"@en', '"w"@de', '"1.5"^^xsd:decimal']
PROPERTIES = [":p", ":q", ":r"]
node, literal, prop = st.sampled_from(NODES), st.sampled_from(LITERALS), st.sampled_from(PROPERTIES)
term = st.one_of(node, literal)
statement = st.one_of(st.builds("{} {} {} .".format, node, prop, term), st.builds("{} a {} .".format, node, st.sampled_from([":C", ":D"])))
path = st.one_of(
    prop,
    st.builds("( {} {} )".format, prop, prop),
    st.builds("[ sh:inversePath {} ]".format, prop),
    st.builds("[ sh:alternativePath ( {} {} ) ]".format, prop, prop),
    st.builds("[ sh:zeroOrMorePath {} ]".format, prop),
    st.builds("[ sh:oneOrMorePath {} ]".format, prop),
    st.builds("[ sh:zeroOrOnePath {} ]".format, prop),
)
number = st.integers(0, 3)
on_values = st.one_of(
    st.builds("sh:class {}".format, st.sampled_from([":C", ":D"])),
    st.builds("sh:datatype xsd:{}".format, st.sampled_from(["integer", "string", "decimal"])),
    st.builds("sh:nodeKind sh:{}".format, st.sampled_from(["IRI", "Literal", "BlankNodeOrIRI"])),
    st.builds('sh:{} "{}"^^xsd:integer'.format, st.sampled_from(["minInclusive", "maxInclusive", "minExclusive", "maxExclusive"]), number),
    st.builds("sh:{} {}".format, st.sampled_from(["minLength", "maxLength"]), number),
    st.builds('sh:pattern "{}"'.format, st.sampled_from(["^x", "y+$", "[0-9]"])),
    st.builds('sh:languageIn ( "{}" )'.format, st.sampled_from(["en", "de"])),
    st.builds("sh:in ( {} {} )".format, term, term),
    st.builds("sh:hasValue {}".format, term),
    st.builds("sh:{} {}".format, st.sampled_from(["equals", "disjoint"]), prop),
)
on_paths = st.one_of(
    on_values,
    st.builds("sh:{} {}".format, st.sampled_from(["minCount", "maxCount"]), number),
    st.just("sh:uniqueLang true"),
    st.builds("sh:{} {}".format, st.sampled_from(["lessThan", "lessThanOrEquals"]), prop),
)
property_shape = st.builds(
    "[ sh:path {} ; {} ]".format, path, st.lists(on_paths, min_size=1, max_size=2, unique_by=lambda c: c.split()[0]).map(" ; ".join)
)
inner = st.one_of(st.builds("[ {} ]".format, on_values), st.builds("[ sh:property {} ]".format, property_shape))
logical = st.one_of(
    st.builds("sh:not {}".format, inner),
    st.builds("sh:{} ( {} {} )".format, st.sampled_from(["and", "or", "xone"]), inner, inner),
    st.builds("sh:node {}".format, inner),
    st.builds("sh:property [ sh:path {} ; sh:qualifiedValueShape {} ; sh:qualifiedMinCount 1 ]".format, prop, inner),
    st.just("sh:closed true ; sh:property [ sh:path :p ]"),
    st.just('sh:sparql [ sh:select "SELECT $this ?value WHERE { $this <urn:x:p> ?value . FILTER NOT EXISTS { ?value <urn:x:q> ?any } }" ]'),
    st.just(
        'sh:sparql [ sh:select "SELECT $this ?value WHERE { '
        "{ SELECT $this (COUNT(?v) AS ?value) WHERE { $this <urn:x:p> ?v } GROUP BY $this } "
        'FILTER(?value > 1) }" ]'
    ),
)
target = st.one_of(
    st.builds("sh:targetClass {}".format, st.sampled_from([":C", ":D"])),
    st.builds("sh:targetNode {}".format, term),
    st.builds("sh:target{}Of {}".format, st.sampled_from(["Subjects", "Objects"]), prop),
)
shape = st.builds(
    ":S a sh:NodeShape ; {} ; {} .".format,
    target,
    st.lists(
        st.one_of(on_values, st.builds("sh:property {}".format, property_shape), logical),
        min_size=1,
        max_size=3,
        unique_by=lambda c: c.split()[0],
    ).map(" ; ".join),
)
graph = st.lists(statement, min_size=1, max_size=12, unique=True).map("\n".join)
QUICK = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def triples(turtle: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(f"{PREFIXES}\n{turtle}".encode(), format=ox.RdfFormat.TURTLE)]


def ntriples(turtle: str) -> bytes:
    return ox.serialize(triples(turtle), format=ox.RdfFormat.N_TRIPLES) or b""


@QUICK
@given(graph, shape)
def test_engines_agree(data: str, shapes: str) -> None:
    read = ShapesGraph(triples(shapes))
    report = engine.validate(Workspace.single(ntriples(data)), read)
    assert not report.fallbacks
    assert sorted(set(said(report.results))) == sorted(set(said(reference.run(ntriples(data), read))))


def _apart(data: str, mark: str) -> str:
    """The same graph about nodes of its own."""
    for name in NODES:
        data = data.replace(f"{name} ", f"{name}{mark} ")
    return data


@QUICK
@given(graph, graph, shape)
def test_graphs_validated_together_do_not_see_each_other(first: str, second: str, shapes: str) -> None:
    read = ShapesGraph(triples(shapes))
    shared = ntriples(':C :label "c" .')
    given_ = [Given(ox.NamedNode(f"urn:g{mark}"), ntriples(_apart(data, mark)), shared) for data, mark in ((first, "1"), (second, "2"))]
    try:
        together = Workspace.of(given_)
    except NotIsolated:
        return
    apart = [result for one in given_ for result in engine.validate(Workspace.of([one]), read).results]
    assert said(engine.validate(together, read).results) == said(apart)


CONDITIONS = (
    # taken apart at && and asked within the branches of a UNION
    "{ $this :p ?value . BIND(1 AS ?n) } UNION { $this :q ?value . BIND(2 AS ?n) } FILTER(isIRI(?value) && ?n > 1)",
    # what an OPTIONAL may bind is known only behind it
    "$this :p ?value OPTIONAL { $this :q ?other } FILTER(!BOUND(?other) && ?value != :a)",
    # those with patterns come last, in turn
    "$this :p ?value . ?value :p|:q ?near FILTER(isIRI(?value) && (?near != :b || EXISTS { ?near :r ?far })) "
    "FILTER NOT EXISTS { ?near a :D } FILTER EXISTS { $this :p|:q|:r ?near }",
    # what || joins stays together
    "$this :p ?value . FILTER(isIRI(?value) && ?value = :a || EXISTS { $this :q ?any })",
    # an error is no truth
    "$this :p ?value . $this :q ?other FILTER(?value < ?other && EXISTS { $this :r ?any })",
)


@settings(QUICK, max_examples=100)
@given(graph, st.sampled_from(CONDITIONS))
def test_conditions_that_are_asked_early_or_late_decide_the_same(data: str, where: str) -> None:
    select = f"PREFIX : <urn:x:> SELECT $this ?value WHERE {{ {where} }}"
    read = ShapesGraph(triples(f':S a sh:NodeShape ; sh:targetClass :C ; sh:sparql [ sh:select "{select}" ] .'))
    report = engine.validate(Workspace.single(ntriples(data)), read)
    assert not report.fallbacks
    assert sorted(set(said(report.results))) == sorted(set(said(reference.run(ntriples(data), read))))
