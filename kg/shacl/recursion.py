"""Recursive shapes (SHACL, 3.4.3): the specification leaves their meaning open, so they are refused."""

from collections.abc import Iterator

from kg.shacl.errors import ShapesError
from kg.shacl.shapes_graph import ShapesGraph
from kg.shacl.vocabulary import Term, sh

_SHAPES = ("property", "node", "not", "qualifiedValueShape")
_LISTS = ("and", "or", "xone")


def references(shapes: ShapesGraph, node: Term) -> Iterator[Term]:
    """The shapes that a shape names in its constraints."""
    for name in _SHAPES:
        yield from shapes.objects(node, sh(name))
    for name in _LISTS:
        for head in shapes.objects(node, sh(name)):
            yield from shapes.items(head)


def refuse_recursion(shapes: ShapesGraph) -> None:
    """Raise :class:`ShapesError` when a shape with a target leads back to one on its way."""
    done: set[Term] = set()
    for shape in shapes.targeted:
        _visit(shapes, shape.node, (), done)


def _visit(shapes: ShapesGraph, node: Term, way: tuple[Term, ...], done: set[Term]) -> None:
    if node in way:
        loop = " → ".join(str(part) for part in (*way[way.index(node) :], node))
        raise ShapesError(f"recursive shapes are refused: {loop}", str(node))
    if node in done:
        return
    for other in references(shapes, node):
        _visit(shapes, other, (*way, node), done)
    done.add(node)
