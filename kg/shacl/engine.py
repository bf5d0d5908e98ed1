"""Validation (SHACL, 3): shapes held against graphs, every constraint one query for all focus nodes.

A constraint that names other shapes is answered in stages: the value nodes become a set of nodes of their own, the other
shape is held against the whole set, and who conforms decides. What cannot be said so runs on the reference engine, a
target shape at a time, and the report names it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pyoxigraph as ox

from kg.shacl import reference, sparql_components, sparql_constraints
from kg.shacl.components import COMPILERS
from kg.shacl.components.logical import LOGICAL
from kg.shacl.components.nested import Nested, Pair
from kg.shacl.components.query import Constraint
from kg.shacl.components.shape_based import node as node_constraint
from kg.shacl.components.shape_based import qualified
from kg.shacl.errors import NotCompiled
from kg.shacl.isolation import Level, NotIsolated
from kg.shacl.property_paths import Path
from kg.shacl.recursion import refuse_recursion
from kg.shacl.results import Fallback, Report, Result
from kg.shacl.screening import is_kept
from kg.shacl.seed import Seed
from kg.shacl.shapes_graph import Shape, ShapesGraph
from kg.shacl.targets import Targets
from kg.shacl.value_nodes import ValueNodes
from kg.shacl.vocabulary import SH, Term, sh
from kg.shacl.workspace import Key, Workspace, key_of

Found = Iterator[tuple[Key, Result]]


def validate(data: Workspace, shapes: ShapesGraph) -> Report:
    """Hold every graph of ``data`` against ``shapes``; none sees another.

    Raises :class:`ShapesError` when the shapes are ill-formed or recursive.
    """
    refuse_recursion(shapes)
    runs: dict[ox.NamedNode | None, _Run] = {None: _Run(data, shapes)}
    results: list[Result] = []
    fallbacks: list[Fallback] = []
    for shape in shapes.targeted:
        try:
            results += _of_target(runs, shape)
        except NotCompiled as reason:
            fallbacks.append(Fallback(shape.node, str(reason)))
            for graph in data.graphs:
                results += reference.run(data.ntriples(graph), shapes, only=shape.node, graph=graph.value)
    return Report(tuple(_spelled(result, data.spelled) for result in results), tuple(fallbacks))


def _spelled(result: Result, spelled: Mapping[Term, Term]) -> Result:
    """With literals as the data writes them."""
    if not spelled:
        return result
    value = None if result.value is None else spelled.get(result.value, result.value)
    return replace(result, focus=spelled.get(result.focus, result.focus), value=value)


def _of_target(runs: "dict[ox.NamedNode | None, _Run]", shape: Shape) -> list[Result]:
    """The results of a shape: of all graphs at once, or of each alone where they cannot be kept apart."""
    together = runs[None]
    try:
        return together.of_target(shape)
    except NotIsolated:
        found: list[Result] = []
        for graph in together.data.graphs:
            if graph not in runs:
                runs[graph] = _Run(together.data.alone(graph), together.shapes)
            found += runs[graph].of_target(shape)
        return found


class _Run:
    """One validation, with what it has found out so far."""

    def __init__(self, data: Workspace, shapes: ShapesGraph) -> None:
        self.data = data
        self.shapes = shapes
        self.targets = Targets(shapes, data)
        self.components = sparql_components.declared(shapes)
        data.add_shapes(shapes.triples)

    def of_target(self, shape: Shape) -> list[Result]:
        """All results of a shape for its own targets."""
        focus = self.targets.of(shape)
        if focus is None:
            return []
        return [_of(result, shape) for _, result in self.of_shape(shape, focus)]

    def of_shape(self, shape: Shape, focus: Seed) -> Found:
        """All results of a shape for a set of focus nodes, each with the focus node it belongs to."""
        if shape.deactivated:
            return
        self._refuse_leaving(shape, focus)
        nodes = ValueNodes(focus, shape.path)
        for name in self._parameters(shape):
            for value in self.shapes.objects(shape.node, sh(name)):
                if name in COMPILERS:
                    yield from self._queried(name, Constraint(self.shapes, shape, value, nodes, self.data.keeps_datatypes))
                elif name == "sparql":
                    yield from sparql_constraints.results(self.data, self.shapes, shape, value, focus)
        yield from self._nested(shape, nodes)
        for component in self.components:
            yield from sparql_components.results(self.data, self.shapes, shape, component, nodes)

    def _refuse_leaving(self, shape: Shape, focus: Seed) -> None:
        """An inverse step from a node that several graphs share leads into any of them."""
        if self.data.isolation is None or shape.path is None or not shape.path.goes_back:
            return
        if not (shape.path.is_one_step_back and focus.levels.get("this") is Level.OWNED):
            raise NotIsolated("a path with inverse steps")

    def _parameters(self, shape: Shape) -> Iterator[str]:
        return (predicate.removeprefix(SH) for predicate in self.shapes.predicates(shape.node) if predicate.startswith(SH))

    def _queried(self, name: str, constraint: Constraint) -> Found:
        focus, facts = constraint.nodes.focus, self.data.facts
        for query in COMPILERS[name](constraint):
            if facts is not None and is_kept(name, constraint, facts, lambda: self.data.members(focus)):
                continue
            for row in self.data.rows(query.text):
                names = {variable for variable in ("value", "path") if _has(row, variable)}
                value = row["value"] if "value" in names else None
                path = row["path"] if "path" in names else None
                key, shape = key_of(row), constraint.shape
                assert not isinstance(value, ox.Triple)
                own = self.shapes.path(path) if isinstance(path, ox.NamedNode) else shape.path
                yield key, _result(shape, key, value, query.component, own)

    def _nested(self, shape: Shape, nodes: ValueNodes) -> Found:
        """The results of constraints that name other shapes."""
        named = {name: self.shapes.objects(shape.node, sh(name)) for name in ("property", "node", "qualifiedValueShape", *LOGICAL)}
        if not any(named.values()):
            return
        if shape.path is None and not any(named[name] for name in named if name != "property"):
            for prop in named["property"]:
                yield from self.of_shape(self.shapes.shape(prop), nodes.focus)
            return
        yield from self._staged(shape, nodes, named)

    def _staged(self, shape: Shape, nodes: ValueNodes, named: dict[str, tuple[Term, ...]]) -> Found:
        pairs = [Pair(key_of(row), _term(row["value"])) for row in self.data.rows(nodes.pairs)]
        values = nodes.focus if shape.path is None else self.data.node_set(dict.fromkeys(pair.key for pair in pairs))
        known: dict[Term, frozenset[Key]] = {}

        def failing(other: Term) -> frozenset[Key]:
            if other not in known:
                known[other] = frozenset(key for key, _ in self.of_shape(self.shapes.shape(other), values))
            return known[other]

        focus = [key_of(row) for row in self.data.rows(ValueNodes(nodes.focus, None).pairs)] if named["qualifiedValueShape"] else []
        nested = Nested(self.shapes, shape, focus, pairs, failing)
        by_value: dict[Key, list[Key]] = {}
        for pair in pairs:
            by_value.setdefault(pair.key, []).append(pair.focus)
        for prop in named["property"]:
            for key, result in self.of_shape(self.shapes.shape(prop), values):
                yield from ((above, result) for above in by_value[key])
        for value in named["node"]:
            yield from (_of_pair(shape, pair, "Node") for pair in node_constraint(nested, value))
        for name, (component, broken) in LOGICAL.items():
            for value in named[name]:
                yield from (_of_pair(shape, pair, component) for pair in broken(nested, value))
        for value in named["qualifiedValueShape"]:
            for component, key in qualified(nested, value):
                yield key, _result(shape, key, None, f"{SH}{component}ConstraintComponent", shape.path)


def _has(row: ox.QuerySolution, name: str) -> bool:
    try:
        return row[name] is not None
    except KeyError:
        return False


def _term(value: Term | ox.Triple | None) -> Term:
    assert value is not None
    assert not isinstance(value, ox.Triple)
    return value


def _of_pair(shape: Shape, pair: Pair, component: str) -> tuple[Key, Result]:
    return pair.focus, _result(shape, pair.focus, pair.value, f"{SH}{component}ConstraintComponent", shape.path)


def _result(shape: Shape, key: Key, value: Term | None, component: str, path: Path | None) -> Result:
    return Result(key[0], key[1], path, value, component, shape.node, shape.severity, shape.messages)


def _of(result: Result, target: Shape) -> Result:
    return replace(result, target=target.node)
