"""SPARQL-based constraints (SHACL, 5): one query for all focus nodes."""

import re
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kg.shacl.errors import ShapesError
from kg.shacl.prebinding import compile_select
from kg.shacl.property_paths import Path
from kg.shacl.results import Result
from kg.shacl.seed import GRAPH, Seed
from kg.shacl.shapes_graph import Shape, ShapesGraph
from kg.shacl.vocabulary import SH, Term, sh
from kg.shacl.workspace import SHAPES, Key, Workspace, key_of

_PLACE = re.compile(r"\{[?$](\w+)\}")
COMPONENT = f"{SH}SPARQLConstraintComponent"


def results(data: Workspace, shapes: ShapesGraph, shape: Shape, constraint: Term, focus: Seed) -> Iterator[tuple[Key, Result]]:
    """What a constraint finds, by focus node. Raises :class:`ShapesError` for a query that is refused."""
    if shapes.is_true(constraint, sh("deactivated")):
        return
    select = shapes.value(constraint, sh("select"))
    if select is None:
        raise ShapesError("a SPARQL constraint without sh:select", str(shape.node))
    seed = Seed(focus.pattern, focus.keys, pre_bound(shape), focus.levels)
    for key, row in selected(data, shapes, shape, constraint, select.value, seed):
        yield key, result_of(shape, key, row, COMPONENT, shapes.messages(constraint), constraint)


def pre_bound(shape: Shape) -> dict[str, str]:
    """``$shapesGraph``, and ``$currentShape`` where the shape has a name (5.3.1)."""
    found = {"shapesGraph": f"<{SHAPES.value}>"}
    if isinstance(shape.node, ox.NamedNode):
        found["currentShape"] = f"<{shape.node.value}>"
    return found


def selected(
    data: Workspace, shapes: ShapesGraph, shape: Shape, node: Term, text: str, seed: Seed
) -> Iterator[tuple[Key, Mapping[str, Term]]]:
    """The distinct rows of a SELECT of the shapes, by focus node."""
    path = shape.path.text if shape.path else ""
    if not path and re.search(r"[?$]PATH\b", text):
        raise ShapesError("$PATH in a query of a shape without a path", str(shape.node))
    try:
        query = compile_select(shapes.prefixes(node) + text, seed, data.isolation, path)
        answer = data.rows(query)
    except ShapesError as error:
        raise ShapesError(error.reason, str(shape.node)) from error
    except SyntaxError as error:
        raise ShapesError(f"{error}", str(shape.node)) from error
    names = [variable.value for variable in answer.variables if variable.value != GRAPH]
    seen: set[tuple[Key, tuple[Term | ox.Triple | None, ...]]] = set()
    for row in answer:
        key = key_of(row)
        values = tuple(row[name] for name in names)
        if (key, values) in seen:
            continue
        seen.add((key, values))
        found = {name: value for name, value in zip(names, values, strict=True) if value is not None and not isinstance(value, ox.Triple)}
        if "failure" in found:
            raise ShapesError(f"a constraint reports a failure at {key[1]}", str(shape.node))
        yield key, found


def result_of(
    shape: Shape, key: Key, row: Mapping[str, Term], component: str, messages: tuple[ox.Literal, ...], constraint: Term | None
) -> Result:
    """A row as a validation result (5.3.2)."""
    said = row.get("path")
    own = (row["message"],) if isinstance(row.get("message"), ox.Literal) else messages
    words = tuple(_filled(message, row) for message in (*own, *shape.messages) if isinstance(message, ox.Literal))
    value = row.get("value", key[1] if shape.path is None else None)
    path = _named_path(said) if isinstance(said, ox.NamedNode) else shape.path
    return Result(key[0], key[1], path, value, component, shape.node, shape.severity, tuple(dict.fromkeys(words)), constraint, row)


def _named_path(predicate: ox.NamedNode) -> Path:
    return Path(f"<{predicate.value}>", predicate)


def _filled(message: ox.Literal, row: Mapping[str, Term]) -> ox.Literal:
    """A message with its ``{?name}`` filled; it keeps its language."""
    text = _PLACE.sub(lambda place: row[place[1]].value if place[1] in row else place[0], message.value)
    return ox.Literal(text, language=message.language) if message.language else ox.Literal(text)
