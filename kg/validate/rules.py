"""The rules, read from the shapes: each a small document with its own words and queries. ``docs/rules.md`` explains the form."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Self

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SH, SKOS
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import Node

from kg.errors import QueryError
from kg.shacl.errors import ShapesError
from kg.shacl.shapes_graph import ShapesGraph
from kg.store import MemoryStore
from kg.terms import TERMS

LANGUAGES = ("zh", "en")
_RULE = URIRef(f"{TERMS}Rule")
_TOLERANCE = URIRef(f"{TERMS}ToleranceClass")


class Severity(StrEnum):
    """Violation: cannot be true. Warning: a person should look. Info: worth knowing."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


_SEVERITIES = {SH.Violation: Severity.VIOLATION, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}


@dataclass(frozen=True)
class Bilingual:
    """The same words in Chinese and in English; both empty when there are none."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


@dataclass(frozen=True)
class Query:
    """A SELECT of a rule, prefixes included, and the message for what it finds (or, for *applies when*, does not find).

    ``shape`` and ``severity`` are those of the node shape that a constraint stands in; a companion has none.
    """

    select: str
    message: Bilingual = Bilingual()
    shape: str = ""
    severity: Severity | None = None


@dataclass(frozen=True)
class Rule:
    """One rule. ``constraints`` find where it fails; rules that are only property shapes have none.

    A constraint of another severity than the rule's own stands in a node shape that is ``budget:partOfRule`` of it.

    ``applies_when`` selects the disclosure if the rule's own condition holds. ``needs`` select what is missing or not
    settled; ``leaves_out`` what the rule passes over though it could decide the rest. ``operands`` select, for all
    checks that the rule makes, the figures that take part. ``sees`` is the property that a rule over several disclosures
    joins them by, empty for a rule over one (:mod:`kg.validate.neighbours`).
    """

    id: str
    iri: str
    family: str
    label: Bilingual
    comment: Bilingual
    source: Bilingual
    severity: Severity
    tolerance_class: str
    targets: tuple[str, ...]
    message: Bilingual
    constraints: tuple[Query, ...]
    applies_when: Query | None
    needs: tuple[Query, ...]
    leaves_out: tuple[Query, ...]
    operands: tuple[Query, ...]
    sees: str = ""

    @property
    def shape_iris(self) -> tuple[str, ...]:
        """The rule's own node shape and those that are part of it."""
        return tuple(dict.fromkeys((self.iri, *(query.shape for query in self.constraints))))


@dataclass(frozen=True)
class RuleSet:
    """Rules in the order of their ids, with the shapes they were read from. ``digest`` identifies the set's version."""

    rules: tuple[Rule, ...]
    shapes: Graph
    digest: str

    @cached_property
    def _seeing(self) -> "dict[str, RuleSet]":
        """Those that were asked for: a set of rules is read and compiled once, however often it is used."""
        return {}

    @cached_property
    def compiled(self) -> ShapesGraph:
        """The shapes as the engine reads them."""
        return ShapesGraph.of(self.shapes.serialize(format="nt").encode())

    @classmethod
    def load(cls, files: Iterable[Traversable | Path]) -> Self:
        """Read shape files (``kg.resources.shape_files``). Raises :class:`ShapesError` when a rule lacks what it must have."""
        shapes, families = Graph(), dict[Node, str]()
        digest = hashlib.sha256()
        for file in files:
            data = file.read_bytes()
            digest.update(file.name.encode() + b"\0" + data)
            try:
                part = Graph().parse(data=data, format="turtle")
            except BadSyntax as error:
                raise ShapesError(f"{file.name}, line {error.lines + 1}: not Turtle: {error.message}") from error
            families |= dict.fromkeys(part.subjects(RDF.type, _RULE), file.name.removesuffix(".ttl"))
            shapes += part
        rules = _rules(shapes, families)
        twice = [rule_id for rule_id, count in Counter(rule.id for rule in rules).items() if count > 1]
        if twice:
            raise ShapesError(f"two rules of one id: {', '.join(twice)}")
        return cls(rules, shapes, digest.hexdigest())

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __getitem__(self, rule_id: str) -> Rule:
        """The rule of that id. Raises ``KeyError``."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def seeing(self, joined_by: str) -> "RuleSet":
        """The rules over disclosures that this property joins; for an empty one the rules over one disclosure."""
        if joined_by not in self._seeing:
            self._seeing[joined_by] = self.only(*(rule.id for rule in self.rules if rule.sees == joined_by))
        return self._seeing[joined_by]

    def only(self, *ids: str) -> "RuleSet":
        """The rules of those ids, with their part of the shapes."""
        rules = tuple(self[rule_id] for rule_id in ids)
        shapes = Graph()
        for shared in (*self.shapes.subjects(RDF.type, OWL.Ontology), *self.shapes.subjects(RDF.type, _TOLERANCE)):
            shapes += self.shapes.cbd(shared)
        for rule in rules:
            for shape in rule.shape_iris:
                shapes += self.shapes.cbd(URIRef(shape))
        return RuleSet(rules, shapes, hashlib.sha256(f"{self.digest} {' '.join(ids)}".encode()).hexdigest())


def _rules(shapes: Graph, families: dict[Node, str]) -> tuple[Rule, ...]:
    prefixes = "".join(
        f"PREFIX {shapes.value(declaration, SH.prefix)}: <{shapes.value(declaration, SH.namespace)}>\n"
        for declaration in sorted(shapes.objects(None, SH.declare), key=lambda node: str(shapes.value(node, SH.prefix)))
    )
    return tuple(_Reader(shapes, prefixes, node, family).rule() for node, family in sorted(families.items()))


_PARSER = MemoryStore()
"""Stays empty: it only reads queries."""


class _Reader:
    """Reads one rule; what it lacks is an error with the rule's name."""

    def __init__(self, shapes: Graph, prefixes: str, node: Node, family: str) -> None:
        self.shapes = shapes
        self.prefixes = prefixes
        self.node = node
        self.family = family

    def rule(self) -> Rule:
        parts = sorted(self.shapes.subjects(URIRef(f"{TERMS}partOfRule"), self.node), key=str)
        applies_when = self._queries("appliesWhen")
        return Rule(
            id=re.split("[/#]", str(self.node))[-1],
            iri=str(self.node),
            family=self.family,
            label=self._required(RDFS.label),
            comment=self._words(self.node, RDFS.comment),
            source=self._required(DCTERMS.source),
            severity=self._severity(self.node),
            tolerance_class=self._tolerance_class(),
            targets=tuple(sorted(str(target) for target in self.shapes.objects(self.node, SH.targetClass))),
            message=self._words(self.node, SH.message),
            constraints=tuple(query for shape in (self.node, *parts) for query in self._constraints(shape)),
            applies_when=applies_when[0] if applies_when else None,
            needs=self._queries("needs"),
            leaves_out=self._queries("leavesOut"),
            operands=self._queries("operands"),
            sees=str(self.shapes.value(self.node, URIRef(f"{TERMS}sees")) or ""),
        )

    def _severity(self, shape: Node) -> Severity:
        severity = self.shapes.value(shape, SH.severity)
        if not isinstance(severity, URIRef) or severity not in _SEVERITIES:
            raise ShapesError("no severity", str(shape))
        return _SEVERITIES[severity]

    def _constraints(self, shape: Node) -> Iterator[Query]:
        severity = self._severity(shape)
        return (replace(self._query(node), shape=str(shape), severity=severity) for node in self._sorted(shape, SH.sparql))

    def _tolerance_class(self) -> str:
        node = self.shapes.value(self.node, URIRef(f"{TERMS}toleranceClass"))
        notation = self.shapes.value(node, SKOS.notation) if node is not None else None
        if notation is None:
            raise ShapesError("no tolerance class that the shapes describe", str(self.node))
        return str(notation)

    def _queries(self, name: str) -> tuple[Query, ...]:
        return tuple(map(self._query, self._sorted(self.node, URIRef(f"{TERMS}{name}"))))

    def _sorted(self, shape: Node, predicate: URIRef) -> list[Node]:
        return sorted(self.shapes.objects(shape, predicate), key=lambda node: str(self.shapes.value(node, SH.select)))

    def _query(self, node: Node) -> Query:
        select = self.shapes.value(node, SH.select)
        if select is None:
            raise ShapesError("a query without sh:select", str(self.node))
        text = self.prefixes + str(select)
        try:
            _PARSER.query(text)
        except QueryError as error:
            place = f"{error.reason} (line {error.line - self.prefixes.count(chr(10))} of its query)" if error.line else error.reason
            raise ShapesError(place, str(self.node)) from error
        return Query(text, self._words(node, SH.message))

    def _words(self, node: Node, predicate: URIRef) -> Bilingual:
        words = {value.language: str(value) for value in self.shapes.objects(node, predicate) if isinstance(value, Literal)}
        return Bilingual(*(words.get(language, "") for language in LANGUAGES))

    def _required(self, predicate: URIRef) -> Bilingual:
        words = self._words(self.node, predicate)
        if not (words.zh and words.en):
            raise ShapesError(f"{predicate} must be given in zh and en", str(self.node))
        return words
