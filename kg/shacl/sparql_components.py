"""SPARQL-based constraint components (SHACL, 6): constraints that the shapes define themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pyoxigraph as ox

from kg.shacl.components.query import constant
from kg.shacl.errors import ShapesError
from kg.shacl.isolation import Level
from kg.shacl.prebinding import compile_select
from kg.shacl.results import Result
from kg.shacl.seed import Seed
from kg.shacl.shapes_graph import Shape, ShapesGraph
from kg.shacl.sparql_constraints import pre_bound, result_of, selected
from kg.shacl.value_nodes import ValueNodes
from kg.shacl.vocabulary import SH, Term, sh
from kg.shacl.workspace import Key, Workspace, key_of

_RESERVED = {"this", "shapesGraph", "currentShape", "path", "PATH", "value"}


@dataclass(frozen=True)
class Parameter:
    path: ox.NamedNode
    optional: bool

    @property
    def name(self) -> str:
        return self.path.value.replace("#", "/").rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Component:
    """A component that the shapes graph declares (6.2)."""

    node: ox.NamedNode | ox.BlankNode
    parameters: tuple[Parameter, ...]

    def uses(self, shapes: ShapesGraph, shape: Shape) -> Iterator[dict[str, Term]]:
        """The parameter values of each constraint of this kind that a shape has (6.2.2); each value of a single parameter is one."""
        values = {parameter.name: shapes.objects(shape.node, parameter.path) for parameter in self.parameters}
        if any(not values[parameter.name] for parameter in self.parameters if not parameter.optional):
            return
        given = {name: found for name, found in values.items() if found}
        for chosen in product(*given.values()):
            yield dict(zip(given, chosen, strict=True))


def declared(shapes: ShapesGraph) -> tuple[Component, ...]:
    """The components that a shapes graph declares. Raises :class:`ShapesError` for an ill-formed one."""
    nodes = [node for node in shapes.subjects_of(sh("parameter")) if shapes.is_instance(node, sh("ConstraintComponent"))]
    return tuple(Component(node, tuple(_parameters(shapes, node))) for node in nodes if SH not in str(node))


def _parameters(shapes: ShapesGraph, node: Term) -> Iterator[Parameter]:
    for parameter in shapes.objects(node, sh("parameter")):
        path = shapes.value(parameter, sh("path"))
        if not isinstance(path, ox.NamedNode):
            raise ShapesError("a parameter needs a property as its sh:path", str(node))
        found = Parameter(path, shapes.is_true(parameter, sh("optional")))
        if found.name in _RESERVED:
            raise ShapesError(f"a parameter must not be called {found.name}", str(node))
        yield found


def results(data: Workspace, shapes: ShapesGraph, shape: Shape, component: Component, nodes: ValueNodes) -> Iterator[tuple[Key, Result]]:
    """What the constraints of one component on a shape find, by focus node."""
    for values in component.uses(shapes, shape):
        constants = pre_bound(shape) | {name: constant(value) for name, value in values.items()}
        for validator in _validators(shapes, component, shape):
            messages = shapes.messages(validator) or shapes.messages(component.node)
            select, ask = shapes.value(validator, sh("select")), shapes.value(validator, sh("ask"))
            if select is not None:
                seed = Seed(nodes.focus.pattern, nodes.focus.keys, constants, nodes.focus.levels)
                rows = selected(data, shapes, shape, validator, select.value, seed)
            elif ask is not None:
                rows = _refused(data, shapes, shape, validator, ask.value, nodes, constants)
            else:
                raise ShapesError("a validator with neither sh:select nor sh:ask", str(component.node))
            for key, row in rows:
                yield key, result_of(shape, key, {**values, **row}, component.node.value, messages, None)


def _validators(shapes: ShapesGraph, component: Component, shape: Shape) -> tuple[Term, ...]:
    """The validators for the kind of shape (6.2.3). Raises :class:`ShapesError` when there is none."""
    own = "nodeValidator" if shape.path is None else "propertyValidator"
    found = shapes.objects(component.node, sh(own))[:1] or shapes.objects(component.node, sh("validator"))[:1]
    if not found and not any(shapes.objects(component.node, sh(name)) for name in ("nodeValidator", "propertyValidator")):
        raise ShapesError("a constraint component without a validator", str(component.node))
    return found


def _refused(
    data: Workspace, shapes: ShapesGraph, shape: Shape, validator: Term, text: str, nodes: ValueNodes, constants: dict[str, str]
) -> Iterator[tuple[Key, dict[str, Term]]]:
    """The value nodes of which an ASK is not true: all of them but those that the query, asked of all at once, finds."""
    levels = {**nodes.focus.levels, "value": Level.SAFE}
    pairs = Seed(f"{{ {nodes.pairs} }}", ("this", "value"), constants, levels)
    try:
        query = compile_select(shapes.prefixes(validator) + text, pairs, data.isolation)
        accepted = {(key_of(row), row["value"]) for row in data.rows(query)}
    except ShapesError as error:
        raise ShapesError(error.reason, str(shape.node)) from error
    except SyntaxError as error:
        raise ShapesError(f"{error}", str(shape.node)) from error
    for row in data.rows(nodes.pairs):
        key, value = key_of(row), row["value"]
        assert value is not None
        assert not isinstance(value, ox.Triple)
        if (key, value) not in accepted:
            yield key, {"this": key[1], "value": value}
