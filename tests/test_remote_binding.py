"""Values in the text of a query mean what bound values mean in the embedded store."""

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.store import MemoryStore, Term
from kg.store.binding import bound

PREFIX = "PREFIX : <http://x/> "
ONE, TWO, NINE, K, A = ox.Literal(1), ox.Literal(2), ox.Literal(9), ox.Literal("k"), ox.NamedNode("http://x/a")
DATA = """<http://x/a> <http://x/p> 1 ; <http://x/c> "k" ; <http://x/r> <http://x/b> .
<http://x/b> <http://x/p> 2 ; <http://x/c> "m" ; <http://x/r> <http://x/a> . <http://x/d> <http://x/p> 1 ."""


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    made = MemoryStore()
    quads = ox.parse(DATA, format=ox.RdfFormat.TURTLE)
    made.load("urn:data", ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b"")
    return made


def answer(store: MemoryStore, text: str, values: dict[str, Term] | None = None) -> object:
    found = store.query(text, values)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    if isinstance(found, ox.QueryTriples):
        return sorted(str(triple) for triple in found)
    names = sorted(variable.value for variable in found.variables if not variable.value.startswith("bound_"))
    return names, sorted(str([row[name] for name in names]) for row in found)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SELECT ?s ?v {?s :p ?v}", ONE),
        ("SELECT ?s $v {?s :p $v # ?v }\n }", ONE),
        ("SELECT * {?s :p ?v}", ONE),
        ("SELECT DISTINCT ?v {?s ?q ?v}", ONE),
        ("SELECT ?s ?v {?s :p ?x OPTIONAL {?s :c ?v}}", K),
        ("SELECT ?s ?v {?s :p ?x OPTIONAL {?s :c ?c FILTER(?c = ?v)}}", K),
        ("SELECT ?s ?v (COUNT(*) AS ?n) {?s :p ?v} GROUP BY ?s ?v", ONE),
        ("SELECT ?v (COUNT(*) AS ?n) {?s :p ?v} GROUP BY ?v", ONE),
        ("SELECT ?v (COUNT(*) AS ?n) {?s :p ?v} GROUP BY ?v", NINE),
        ("SELECT ?s ?v (SUM(?v) AS ?t) {?s :p ?x} GROUP BY ?s ?v ORDER BY DESC(?v) ?s", ONE),
        ("SELECT ?s ?v (COUNT(?x) AS ?n) {?s :p ?x ; :r ?v} GROUP BY ?s ?v HAVING(COUNT(?x) > 0 && ?v != :zz)", A),
        ("SELECT ?v (?v + 1 AS ?t) {?s :p ?x}", ONE),
        ("SELECT ?s ?v {?s :p ?x FILTER(?v = ?x)} ORDER BY ?v ?s LIMIT 1", ONE),
        ("SELECT ?s ?v {?s :c ?x FILTER(?v < 2)}", ONE),
        ("SELECT ?s ?v {?s :p ?v FILTER(BOUND(?v))}", ONE),
        ('SELECT ?s ?v {?s :c ?v FILTER(?v IN ("k", ?v)) FILTER(STR(?v) = "?v" || ?v=?v)}', K),
        ("SELECT ?s ?v {?s :p ?x FILTER NOT EXISTS {?s :p ?v}}", ONE),
        ("SELECT ?v ?s {{?s :p ?v} UNION {?s :c ?v}}", ONE),
        ("SELECT ?s ?v {?s :r+ ?v}", A),
        ("SELECT ?s ?v {GRAPH ?v {?s ?p ?o}}", ox.NamedNode("urn:data")),
        # sub-selects: one that projects the variable has the value, one that does not has another variable of that name
        ("SELECT ?s ?v {?s :c ?x {SELECT ?s ?v {?s :p ?v}}}", ONE),
        ("SELECT ?s ?v {?s :c ?x {SELECT * {?s :p ?v}}}", ONE),
        ("SELECT ?s ?v {?s :c ?x {SELECT ?v {?s :p ?v}}}", ONE),
        ("SELECT ?s ?v {?s :c ?x {SELECT DISTINCT ?v {?z :p ?v}}}", TWO),
        ("SELECT ?s ?v {?s :c ?y {SELECT ?s ?v {?s :p ?v} LIMIT 1}}", TWO),
        ("SELECT ?s ?v ?n {{SELECT ?s ?v (COUNT(*) AS ?n) {?s :p ?v} GROUP BY ?s ?v}}", ONE),
        ("SELECT ?s ?v ?n {?s :c ?x {SELECT ?v (COUNT(*) AS ?n) {?s :p ?v} GROUP BY ?v ORDER BY ?v}}", ONE),
        ("SELECT ?s ?v ?t {?s :c ?x OPTIONAL{SELECT ?s (SUM(?v) AS ?t) {?s :p ?v} GROUP BY ?s}}", ONE),
        ("SELECT ?s ?v {?s :c ?y {SELECT ?s (MAX(?w) AS ?v) {?s :p ?w} GROUP BY ?s}}", ONE),
        # variables that the text computes itself
        ("SELECT ?s ?v {?s :c ?x BIND(2 AS ?v)}", ONE),
        ("SELECT ?s ?v {?s :c ?x BIND(2 AS ?v)}", TWO),
        ("SELECT ?s ?v {?s :c ?x VALUES ?v {1 2}}", ONE),
        ("SELECT ?s ?v {?s :c ?x VALUES (?y ?v) {(7 1) (7 2)}}", ONE),
        ("SELECT ?s ?v {?s :p ?v} VALUES ?s {:a :b}", ONE),
        ("ASK {?s :p ?v}", ONE),
        ("ASK {?s :p ?v}", NINE),
        ("CONSTRUCT {?s :q ?v} WHERE {?s :p ?v}", ONE),
        ("CONSTRUCT WHERE {?s :p ?v}", ONE),
        ("DESCRIBE ?v", A),
        ("SELECT ?s ?v {?s :c ?v}", ox.Literal('k" } # \n\\')),
        ("SELECT ?s ?v {?s :c ?v}", ox.Literal("'''\u2028 文\x01", language="zh")),
    ],
)
def test_a_value_in_the_text_is_a_bound_value(store: MemoryStore, text: str, value: Term) -> None:
    assert answer(store, bound(PREFIX + text, {"v": value})) == answer(store, PREFIX + text, {"v": value})


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("SELECT ?s {?s :p ?v}", ONE, "does not name it"),
        ("SELECT ?s (2 AS ?v) {?s :c ?x}", ONE, "SELECT computes it"),
        ("SELECT ?s ?v {?s :p ?x MINUS {?s :p ?v}}", ONE, "MINUS"),
        ("SELECT ?s ?v {?s :p ?v} VALUES ?v {1}", ONE, "already ends in VALUES"),
        ("DESCRIBE ?v", ONE, "cannot be described"),
        ("SELECT ?s ?v {?s :p ?v}", ox.BlankNode(), "blank node"),
        ("SELECT ?s ?v {?s :p ?v", ONE, "never closed"),
        ("SELECT ?s ?v {?s :p ?v VALUES ?v", ONE, "never closed"),
        ("nothing", ONE, "no SELECT"),
    ],
)
def test_what_text_cannot_say_is_refused(text: str, value: Term, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        bound(PREFIX + text, {"v": value})


def test_without_values_the_text_is_left_alone() -> None:
    assert bound("SELECT ?a { broken", {}) == "SELECT ?a { broken"


def test_names_in_strings_and_comments_are_no_variables(store: MemoryStore) -> None:
    text = PREFIX + "SELECT ?v ?s {?s :c ?v FILTER(?v != '?v' && ?s != <http://x/?v>) # ?v\n}"
    assert bound(text, {"v": K}).count('"k"') == 3
    assert answer(store, bound(text, {"v": K})) == answer(store, text, {"v": K})
