"""Targets (SHACL, 2.1.3; SPARQL-based targets: SHACL Advanced Features, 3)."""

import hashlib
from collections.abc import Iterator

import pyoxigraph as ox

from kg.shacl.components.query import constant
from kg.shacl.errors import NotCompiled, ShapesError
from kg.shacl.prebinding import compile_companion
from kg.shacl.seed import Seed
from kg.shacl.shapes_graph import Shape, ShapesGraph
from kg.shacl.vocabulary import A_CLASS, Term, sh
from kg.shacl.workspace import Key, Workspace, in_graphs, key_of


class Targets:
    """Finds the focus nodes of shapes; shapes with the same targets share one set."""

    def __init__(self, shapes: ShapesGraph, data: Workspace) -> None:
        self.shapes = shapes
        self.data = data
        self._sets: dict[frozenset[tuple[str, Term]], Seed | None] = {}

    def of(self, shape: Shape) -> Seed | None:
        """The shape's focus nodes in all graphs; ``None`` when there are none."""
        said = frozenset(self._said(shape))
        if said not in self._sets:
            keys = dict.fromkeys(key for name, value in sorted(said, key=str) for key in self._keys(name, value))
            self._sets[said] = self.data.node_set(keys, name=_name(said)) if keys else None
        return self._sets[said]

    def _said(self, shape: Shape) -> Iterator[tuple[str, Term]]:
        for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target"):
            for value in self.shapes.objects(shape.node, sh(name)):
                yield name, value
        if shape.node in self.shapes.implicit_classes:
            yield "targetClass", shape.node

    def _keys(self, name: str, value: Term) -> list[Key]:
        if name == "targetNode":
            return [(graph, value) for graph in self.data.graphs]
        if name == "target":
            return [key_of(row) for row in self.data.rows(self._selected(value))]
        if not isinstance(value, ox.NamedNode):
            raise ShapesError(f"sh:{name} needs an IRI, not {value}")
        patterns = {
            "targetClass": ("this", f"?this {A_CLASS} <{value.value}>"),
            "targetSubjectsOf": ("this", f"?this <{value.value}> ?any"),
            "targetObjectsOf": ("any", f"?any <{value.value}> ?this"),
        }
        subject, pattern = patterns[name]
        names = "?this" if subject == "this" else "?any ?this"
        return list(in_graphs(self.data, self.data.rows(f"SELECT DISTINCT {names} WHERE {{ {pattern} }}"), subject))

    def _selected(self, target: Term) -> str:
        """The query of a SPARQL-based target; a parameterised one takes its values from the target (Advanced Features, 3.2)."""
        constants: dict[str, str] = {}
        query_node = target
        if self.shapes.value(target, sh("select")) is None:
            kinds = [kind for kind in self.shapes.classes_of(target) if self.shapes.value(kind, sh("select")) is not None]
            if len(kinds) != 1:
                raise NotCompiled("a target that is neither a SPARQL query nor of a target type with one")
            query_node = kinds[0]
            for parameter in self.shapes.objects(query_node, sh("parameter")):
                path = self.shapes.value(parameter, sh("path"))
                value = self.shapes.value(target, path) if isinstance(path, ox.NamedNode) else None
                if isinstance(path, ox.NamedNode) and value is not None:
                    constants[local_name(path)] = constant(value)
        text = self.shapes.value(query_node, sh("select"))
        assert text is not None
        select = self.shapes.prefixes(query_node) + text.value
        return compile_companion(select, Seed(self.data.each_graph.pattern, (), constants), self.data.isolation)


def _name(said: frozenset[tuple[str, Term]]) -> str:
    """A name for the focus nodes of these targets."""
    return hashlib.sha256(repr(sorted((name, str(value)) for name, value in said)).encode()).hexdigest()[:16]


def local_name(iri: ox.NamedNode) -> str:
    """What is behind the last ``#`` or ``/`` of an IRI."""
    return iri.value.replace("#", "/").rsplit("/", 1)[-1]
