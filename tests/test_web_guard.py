"""Queries from outside: no SERVICE and no update in any reading of the text, and faults are placed where they are."""

import time
from contextlib import suppress

import pytest

from kg.errors import QueryError
from kg.query_guard import MAX_READINGS, ForbiddenQueryError, ask, check, find_fault
from kg.store import OWN_DATASET, UNION, MemoryStore

CALL = "SERVICE SILENT <http://127.0.0.1:1/> {?s ?p ?o}"

FORBIDDEN = {
    "plain": f"SELECT * {{ {CALL} }}",
    "mixed case": "SELECT * { sErViCe <http://127.0.0.1:1/> {?s ?p ?o} }",
    "a comment inside": "SELECT * { SERVICE # a comment\n SILENT <http://127.0.0.1:1/> {?s ?p ?o} }",
    "a carriage return ends a comment": "SELECT * { # hidden\rSERVICE <http://127.0.0.1:1/> {?s ?p ?o} }",
    "no space": "SELECT*{SERVICE<http://127.0.0.1:1/>{?s?p?o}}",
    "a variable endpoint": "SELECT*{VALUES ?x {<http://127.0.0.1:1/>} SERVICE?x{?s?p?o}}",
    "two keywords as one word": "SELECT * { SERVICESILENT<http://127.0.0.1:1/>{} }",
    "behind a literal": f"SELECT * {{ ?s ?p true{CALL} }}",
    "behind a number": f"SELECT * {{ ?s ?p 1{CALL} }}",
    "as part of a prefixed name": "PREFIX a: <http://127.0.0.1:1/> SELECT * {SERVICEa:b{?s ?p ?o}}",
    "as a prefix of its own": "PREFIX : <http://127.0.0.1:1/> SELECT * {service:b{?s ?p ?o}}",
    "in what looks like a string after an IRI": f"SELECT * {{ VALUES ?a {{'1'}} FILTER(?a<'>'){CALL} BIND('x' AS ?b) }}",
    "in what looks like a long string after an IRI": (f"PREFIX b: <b:> SELECT * {{ VALUES ?a {{1}} FILTER(?a<b:c#>'''\n) {CALL} #'''\n }}"),
    "LOAD": "LOAD <http://127.0.0.1:1/data>",
    "INSERT": "PREFIX a: <a:> INSERT DATA { a:a a:b a:c }",
    "DELETE": "DELETE WHERE { ?s ?p ?o }",
    "CLEAR": "clear all",
}

ALLOWED = {
    "a variable": "SELECT ?SERVICE ?load { BIND(1 AS ?SERVICE) BIND(2 AS ?load) }",
    "a string": f"SELECT * {{ BIND('{CALL}' AS ?x) BIND(\"LOAD <x:y>\" AS ?y) }}",
    "a long string": f'SELECT * {{ BIND("""a ""\n{CALL}""" AS ?x) }}',
    "a comment": f"SELECT * {{ # {CALL}\n }}",
    "a comment goes on behind other separators": f"SELECT * {{ # \x0b{CALL}\u2028{CALL}\n }}",
    "a local name": "PREFIX x: <x:> SELECT * { ?s x:SERVICE x:LOAD }",
    "a prefix": "PREFIX service: <x:> SELECT * { ?s service:p service:o . GRAPH service:g { ?a ?b ?c } }",
    "an IRI": "SELECT * { VALUES (?a ?b) { (<x:y> <http://www.w3.org/ns/sparql-service-description#Graph>) } }",
    "comparisons": "SELECT * { VALUES (?a ?b) {(1 2)} FILTER(?a<?b&&?b>?a) FILTER(?a<'>') }",
    "Chinese names": "PREFIX 部: <x:> SELECT ?年度 { ?部门 a 部:部门 ; 部:年度 ?年度 }",
}


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    memory = MemoryStore()
    memory.load("g:1", b"<a:1> <a:p> <a:x> .\n")
    memory.load("g:2", b"<a:2> <a:p> <a:x> .\n")
    return memory


@pytest.mark.parametrize("text", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_forbidden_in_every_disguise(text: str) -> None:
    with pytest.raises(ForbiddenQueryError) as caught:
        check(text)
    assert caught.value.line > 0
    assert any(word in caught.value.reason for word in ("SERVICE", "LOAD", "INSERT", "DELETE", "CLEAR"))


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED.keys())
def test_allowed_where_it_is_no_keyword(text: str, store: MemoryStore) -> None:
    ask(store, text)


@pytest.mark.parametrize("name", ["plain", "behind a literal", "in what looks like a string after an IRI", "two keywords as one word"])
def test_the_engine_would_have_run_it(name: str, store: MemoryStore) -> None:
    """The disguises are no invention: the engine takes each of them for a SERVICE clause (and SILENT hides its failure)."""
    list(store.query(FORBIDDEN[name]))


def test_the_place_is_that_of_the_word() -> None:
    with pytest.raises(ForbiddenQueryError) as caught:
        check("SELECT * {\n  ?s ?p ?o .\n  service <x:y> {} }")
    assert (caught.value.line, caught.value.column) == (3, 3)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("SELEC * {}", 1, 1, "unknown word 'SELEC'"),
        ("SELECT ?x WHERE {\n  FOO ?s ?p ?o\n}", 2, 3, "unknown word 'FOO'"),
        ("SELECT * WHERE { ?s ?p ?o } }\n\n", 1, 29, "'}' closes nothing"),
        ("ASK {", 1, 5, "'{' is never closed"),
        ("SELECT * {\n  ?s nope:p ?o }", 2, 6, "no PREFIX declares 'nope:'"),
        ("SELECT * {\n  ?s ?p 'abc .\n}", 2, 9, "has no end"),
        ("SELECT * { ?s ?p \x00 }", 1, 18, "unexpected"),
        ("SELECT * WHERE { ?s ?p }", 1, 25, "not SPARQL"),
    ],
)
def test_faults_have_a_place(text: str, line: int, column: int, words: str, store: MemoryStore) -> None:
    with pytest.raises(QueryError) as caught:
        ask(store, text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in caught.value.reason


def test_no_fault_in_a_good_query() -> None:
    assert find_fault("PREFIX a: <x:> SELECT (COUNT(*) AS ?n) { ?s a a:B, [ a:c (1 2) ] } GROUP BY ?s HAVING(?n > 1)") is None


def test_too_many_readings_are_refused() -> None:
    with pytest.raises(QueryError, match="space after"):
        check("SELECT * { " + "FILTER(?a<'>') " * MAX_READINGS + "}")


@pytest.mark.parametrize("text", ["'" * 60_000, "<" * 60_000, "a." * 60_000 + ":", "?a<'" * 30_000, '"' + "\\" * 100_000])
def test_hostile_texts_are_read_in_time(text: str) -> None:
    started = time.monotonic()
    with suppress(QueryError):
        check(text)
    assert time.monotonic() - started < 10


def test_from_is_honoured(store: MemoryStore) -> None:
    """The union of all graphs would silently override it."""
    assert check("SELECT * FROM <g:1> { ?s ?p ?o }") == OWN_DATASET
    assert check("SELECT * { ?s ?p ?o }") == UNION
    assert [row["s"].value for row in ask(store, "SELECT ?s FROM <g:1> { ?s ?p ?o }")] == ["a:1"]
    assert [row["s"].value for row in ask(store, "SELECT ?s FROM <g:1> { ?s ?p ?o }", ["g:2"])] == ["a:2"]
    assert len(list(ask(store, "SELECT ?s { ?s ?p ?o }"))) == 2
    assert [row["s"].value for row in ask(store, "SELECT ?s { GRAPH ?g { ?s ?p ?o } }", (), ["g:2"])] == ["a:2"]
    assert not list(ask(store, "SELECT ?s FROM NAMED <g:1> { ?s ?p ?o }"))
