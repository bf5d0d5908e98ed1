"""The pages of rules: the list, and one rule with its words, its shape as Turtle, its outcomes and its findings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from flask import Response, abort, g, redirect
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node
from werkzeug.wrappers import Response as Redirect

from kg.iri import VOCABULARY
from kg.search import Chosen, SearchIndex
from kg.terms import PREFIXES, TERMS
from web.findings import read_listed
from web.highlight import highlighted
from web.home import severity_name
from web.rendering import href, render, view
from web.site import Row, View
from web.things import Thing, read_thing

SHOWN = 10
"""Findings that the page of a rule shows; the list has the others."""
_GENID = "/.well-known/genid/"
_SH, _DCTERMS, _RDFS = PREFIXES["sh"], PREFIXES["dcterms"], PREFIXES["rdfs"]
_USED = ("budget", "dcterms", "rdfs", "sh")
_SHORTHANDS = {"rule": f"{VOCABULARY}rule/", "tolerance": f"{VOCABULARY}shapes/tolerance/"}
Page = tuple[str, dict[str, Any]]
Value = ox.NamedNode | ox.Literal
Fact = tuple[str, str, Value]
"""A triple: subject and predicate as IRIs, and the object."""


@dataclass(frozen=True)
class Wording:
    """What a rule says in the language of the page. ``sources`` one a line; ``open`` when it is not evaluated."""

    comment: str
    sources: tuple[str, ...]
    severity: str
    tolerance: str
    not_applicable: tuple[str, ...]
    open: tuple[str, ...]
    messages: tuple[str, ...]


def rules_page() -> Response:
    """``/rules``: every rule with the number of its findings."""
    data = view()
    with SearchIndex.of_snapshot(data.snapshot) as index:
        counts = index.findings(Chosen(), 0, 0).facets["rule"]
    rules = sorted(data.rows("rules"), key=lambda row: row.text("rule"))
    families: dict[str, list[Row]] = {}
    for row in rules:
        families.setdefault(row.text("rule").rsplit("/", 1)[-1].partition("-")[0], []).append(row)
    return render("rules.html", families=families, counts=counts, total=len(rules), severity_name=severity_name)


def rule_address(name: str) -> Redirect:
    """``/rules/{id}`` leads to the page of the rule."""
    iri = f"{VOCABULARY}rule/{name}"
    if not name.replace("-", "").isalnum() or not view().knows(iri):
        abort(404)
    return redirect(href(iri))


def rule(data: View, thing: Thing) -> Page:
    """The page of one rule."""
    facts = list(_described(data, thing.iri))
    outcomes = {row.text("outcome"): row.integer("disclosures") for row in data.rows("rule-outcomes", rule=thing.iri)}
    with SearchIndex.of_snapshot(data.snapshot) as index:
        listing = index.findings(Chosen(rule=thing.iri), SHOWN, 0)
    return "rule.html", {
        "wording": _wording(facts, thing.iri, g.language),
        "shape": highlighted(_turtle(facts)),
        "outcomes": outcomes,
        "entries": read_listed(data, listing.entries),
        "listing": listing,
    }


def _described(data: View, iri: str) -> Iterator[Fact]:
    """What the graph says of a rule: of its node shape, of the shapes that are part of it, and of what has no name of its own."""
    waiting, seen = [iri, *sorted(row.text("shape") for row in data.rows("rule-parts", rule=iri))], set[str]()
    while waiting:
        subject = waiting.pop(0)
        if subject in seen:
            continue
        seen.add(subject)
        for row in data.rows("statements", subject=subject):
            value = row.term("object")
            if isinstance(value, Value):
                yield subject, row.text("predicate"), value
            if isinstance(value, ox.NamedNode) and _GENID in value.value:
                waiting.append(value.value)


def _turtle(facts: list[Fact]) -> str:
    """The facts as people write them: what has no name of its own stands where it is used."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in {name: PREFIXES[name] for name in _USED}.items() | _SHORTHANDS.items():
        graph.bind(prefix, namespace)
    for subject, predicate, value in facts:
        graph.add((_named(subject), URIRef(predicate), _node(value)))
    return graph.serialize(format="turtle").strip()


def _node(term: Value) -> Node:
    if isinstance(term, ox.NamedNode):
        return _named(term.value)
    datatype = None if term.language or term.datatype.value.endswith("#string") else URIRef(term.datatype.value)
    return Literal(term.value, lang=term.language, datatype=datatype)


def _named(iri: str) -> URIRef | BNode:
    return BNode(iri.rpartition(_GENID)[2]) if _GENID in iri else URIRef(iri)


def _wording(facts: list[Fact], iri: str, language: str) -> Wording:
    def objects(subject: str, predicate: str) -> list[Value]:
        return [value for one, said, value in facts if one == subject and said == predicate]

    def words(subject: str, predicate: str) -> tuple[str, ...]:
        found = [value for value in objects(subject, predicate) if isinstance(value, ox.Literal)]
        own = [value.value for value in found if value.language == language]
        return tuple(sorted(own or [value.value for value in found]))

    def messages(predicate: str) -> tuple[str, ...]:
        said = [text for node in objects(iri, predicate) for text in words(node.value, f"{_SH}message")]
        return tuple(dict.fromkeys(said))

    shapes = sorted({subject for subject, predicate, _ in facts if predicate == f"{TERMS}partOfRule"})
    checks = [node.value for shape in (iri, *shapes) for node in objects(shape, f"{_SH}sparql")]
    severity = next(iter(objects(iri, f"{_SH}severity")), None)
    tolerance = next(iter(objects(iri, f"{TERMS}toleranceClass")), None)
    return Wording(
        comment=" ".join(words(iri, f"{_RDFS}comment")),
        sources=words(iri, f"{_DCTERMS}source"),
        severity=severity_name(severity.value) if severity else "",
        tolerance=tolerance.value if tolerance else "",
        not_applicable=messages(f"{TERMS}appliesWhen"),
        open=messages(f"{TERMS}needs"),
        messages=tuple(dict.fromkeys(text for node in checks for text in words(node, f"{_SH}message"))),
    )


def rule_words(data: View, iri: str, language: str) -> dict[str, str]:
    """The remark on a rule and what its tolerance class allows, for the page of a finding; empty where the graph has neither."""
    described = read_thing(data, iri)
    if described is None:
        return {"comment": "", "tolerance": "", "allows": ""}
    tolerance = described.value("toleranceClass")
    return {
        "comment": _said(described, language),
        "tolerance": tolerance,
        "allows": _said(read_thing(data, tolerance), language) if tolerance else "",
    }


def _said(thing: Thing | None, language: str) -> str:
    """The comment of a thing in a language."""
    values = [value for entry in thing.statements if entry.predicate == f"{_RDFS}comment" for value in entry.objects] if thing else []
    own = next((value.value for value in values if isinstance(value, ox.Literal) and value.language == language), "")
    return own or next((value.value for value in values), "")
