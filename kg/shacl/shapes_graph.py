"""The shapes graph (SHACL, 2 and 3.1): which nodes are shapes, their paths, parameters and targets."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import pyoxigraph as ox

from kg.shacl.errors import ShapesError
from kg.shacl.property_paths import Path
from kg.shacl.vocabulary import RDF, RDFS, TYPE, XSD, Term, sh

_NIL = ox.NamedNode(f"{RDF}nil")
_FIRST, _REST = ox.NamedNode(f"{RDF}first"), ox.NamedNode(f"{RDF}rest")
_SUB_CLASS = ox.NamedNode(f"{RDFS}subClassOf")
_TRUE = ox.Literal("true", datatype=ox.NamedNode(f"{XSD}boolean"))
TARGETS = (sh("targetNode"), sh("targetClass"), sh("targetSubjectsOf"), sh("targetObjectsOf"), sh("target"))
Subject = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True)
class Shape:
    """A node shape, or with a ``path`` a property shape. ``messages`` are its own, in every language."""

    node: Subject
    path: Path | None
    severity: ox.NamedNode
    messages: tuple[ox.Literal, ...]
    deactivated: bool


class ShapesGraph:
    """The triples of shapes, with what SHACL reads from them. Never changed after it is made."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._objects: dict[tuple[Subject, str], list[Term]] = defaultdict(list)
        self._predicates: dict[Subject, list[str]] = defaultdict(list)
        self.triples = tuple(dict.fromkeys(triples))
        for triple in self.triples:
            if not isinstance(triple.object, ox.Triple) and not isinstance(triple.subject, ox.Triple):
                key = (triple.subject, triple.predicate.value)
                if key not in self._objects:
                    self._predicates[triple.subject].append(triple.predicate.value)
                self._objects[key].append(triple.object)
        self._shapes: dict[Subject, Shape] = {}

    @classmethod
    def of(cls, ntriples: bytes) -> Self:
        """From N-Triples; blank nodes keep their labels."""
        return cls(quad.triple for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES))

    def objects(self, subject: Term, predicate: ox.NamedNode) -> tuple[Term, ...]:
        """The values of a property, in the order of the file; a literal has none."""
        if isinstance(subject, ox.Literal):
            return ()
        return tuple(self._objects.get((subject, predicate.value), ()))

    def value(self, subject: Term, predicate: ox.NamedNode) -> Term | None:
        """The first value of a property."""
        return next(iter(self.objects(subject, predicate)), None)

    def predicates(self, subject: Subject) -> tuple[str, ...]:
        return tuple(self._predicates.get(subject, ()))

    def subjects_of(self, predicate: ox.NamedNode) -> tuple[Subject, ...]:
        return tuple(dict.fromkeys(subject for subject, said in self._objects if said == predicate.value))

    def items(self, head: Term) -> tuple[Term, ...]:
        """The members of an RDF list. Raises :class:`ShapesError` when it is none."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != _NIL:
            first, rest = self.value(head, _FIRST), self.value(head, _REST)
            if first is None or rest is None or head in seen:
                raise ShapesError(f"not a list: {head}")
            seen.add(head)
            found.append(first)
            head = rest
        return tuple(found)

    def is_instance(self, node: Term, of: ox.NamedNode) -> bool:
        """Whether a node of this graph is an instance of a class, by way of ``rdfs:subClassOf`` too."""
        return bool(self.classes_of(node) & {of})

    def classes_of(self, node: Term) -> frozenset[Term]:
        found: set[Term] = set()
        open_ = list(self.objects(node, TYPE))
        while open_:
            here = open_.pop()
            if here not in found:
                found.add(here)
                open_ += self.objects(here, _SUB_CLASS)
        return frozenset(found)

    @cached_property
    def targeted(self) -> tuple[Shape, ...]:
        """The shapes that have a target (2.1.3), implicit class targets among them, deactivated ones not."""
        nodes = dict.fromkeys(subject for predicate in TARGETS for subject in self.subjects_of(predicate))
        nodes |= dict.fromkeys(self.implicit_classes)
        shapes = (self.shape(node) for node in nodes)
        return tuple(shape for shape in shapes if not shape.deactivated)

    @cached_property
    def implicit_classes(self) -> tuple[Subject, ...]:
        """Shapes that are classes too, and so have their instances as targets (2.1.3.3)."""
        a_class, kinds = ox.NamedNode(f"{RDFS}Class"), (sh("NodeShape"), sh("PropertyShape"))
        found = (node for node in self.subjects_of(TYPE) if any(kind in self.objects(node, TYPE) for kind in kinds))
        return tuple(node for node in found if isinstance(node, ox.NamedNode) and self.is_instance(node, a_class))

    def shape(self, node: Term) -> Shape:
        """The shape of a node. Raises :class:`ShapesError` for a literal or an ill-formed path."""
        if isinstance(node, ox.Literal):
            raise ShapesError(f"a literal is no shape: {node}")
        if node not in self._shapes:
            paths = self.objects(node, sh("path"))
            if len(paths) > 1:
                raise ShapesError("more than one sh:path", str(node))
            severity = self.value(node, sh("severity"))
            self._shapes[node] = Shape(
                node,
                self.path(paths[0]) if paths else None,
                severity if isinstance(severity, ox.NamedNode) else sh("Violation"),
                self.messages(node),
                self.is_true(node, sh("deactivated")),
            )
        return self._shapes[node]

    def messages(self, node: Term) -> tuple[ox.Literal, ...]:
        return tuple(value for value in self.objects(node, sh("message")) if isinstance(value, ox.Literal))

    def is_true(self, node: Term, predicate: ox.NamedNode) -> bool:
        return _TRUE in self.objects(node, predicate)

    def path(self, node: Term, depth: int = 0) -> Path:
        """A property path (2.3.1). Raises :class:`ShapesError` when it is ill-formed or contains itself."""
        if depth > 50:
            raise ShapesError("a property path that contains itself")
        if isinstance(node, ox.NamedNode) and not self.value(node, _FIRST):
            return Path(f"<{node.value}>", node)
        if isinstance(node, ox.Literal):
            raise ShapesError(f"a literal is no property path: {node}")
        if self.value(node, _FIRST) is not None:
            parts = [self.path(part, depth + 1) for part in self.items(node)]
            if len(parts) < 2:
                raise ShapesError("a sequence path needs two members")
            return Path(f"({'/'.join(part.text for part in parts)})", node, all(part.reaches_itself for part in parts))
        if (inverse := self.value(node, sh("inversePath"))) is not None:
            inner = self.path(inverse, depth + 1)
            return Path(f"(^{inner.text})", node, inner.reaches_itself)
        if (alternatives := self.value(node, sh("alternativePath"))) is not None:
            parts = [self.path(part, depth + 1) for part in self.items(alternatives)]
            if len(parts) < 2:
                raise ShapesError("an alternative path needs two members")
            return Path(f"({'|'.join(part.text for part in parts)})", node, any(part.reaches_itself for part in parts))
        for name, sign in (("zeroOrMorePath", "*"), ("oneOrMorePath", "+"), ("zeroOrOnePath", "?")):
            if (repeated := self.value(node, sh(name))) is not None:
                inner = self.path(repeated, depth + 1)
                return Path(f"({inner.text}{sign})", node, inner.reaches_itself or sign != "+")
        raise ShapesError(f"not a property path: {node}")

    def prefixes(self, node: Term) -> str:
        """The PREFIX lines that ``sh:prefixes`` of a SPARQL node declares (5.2.1)."""
        declared: dict[str, str] = {}
        seen: set[Term] = set()
        open_ = list(self.objects(node, sh("prefixes")))
        while open_:
            here = open_.pop()
            if here in seen:
                continue
            seen.add(here)
            open_ += self.objects(here, ox.NamedNode("http://www.w3.org/2002/07/owl#imports"))
            for declaration in self.objects(here, sh("declare")):
                prefix, namespace = self.value(declaration, sh("prefix")), self.value(declaration, sh("namespace"))
                if prefix is None or namespace is None:
                    raise ShapesError("sh:declare needs sh:prefix and sh:namespace", str(here))
                if declared.setdefault(_text(prefix), _text(namespace)) != _text(namespace):
                    raise ShapesError(f"the prefix {_text(prefix)} is declared twice with different namespaces", str(here))
        return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(declared.items()))

    def described(self, node: Subject, done: set[Subject] | None = None) -> Iterator[ox.Triple]:
        """What is said of a blank node, and of the blank nodes in it: what a report must repeat to name it."""
        done = set() if done is None else done
        if node in done:
            return
        done.add(node)
        for predicate in self.predicates(node):
            for value in self.objects(node, ox.NamedNode(predicate)):
                yield ox.Triple(node, ox.NamedNode(predicate), value)
                if isinstance(value, ox.BlankNode):
                    yield from self.described(value, done)


def _text(term: Term) -> str:
    return term.value
