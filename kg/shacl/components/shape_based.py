"""Shape-based constraint components (SHACL, 4.7), beside ``sh:property``, whose results are those of the property shape itself."""

from collections import Counter
from collections.abc import Iterator

from kg.shacl.components.nested import Nested, Pair
from kg.shacl.errors import ShapesError
from kg.shacl.vocabulary import Term, sh
from kg.shacl.workspace import Key


def node(nested: Nested, value: Term) -> Iterator[Pair]:
    """4.7.1: the value nodes that do not conform."""
    failing = nested.failing(value)
    return (pair for pair in nested.pairs if pair.key in failing)


def qualified(nested: Nested, value: Term) -> Iterator[tuple[str, Key]]:
    """4.7.3: the focus nodes with too few or too many values that conform, each with the component that says so."""
    shapes, shape = nested.shapes, nested.shape
    least, most = (shapes.value(shape.node, sh(name)) for name in ("qualifiedMinCount", "qualifiedMaxCount"))
    out = [nested.failing(value)] + [_conforming(nested, sibling) for sibling in _siblings(nested, value)]
    counts = Counter(pair.focus for pair in nested.pairs if not any(pair.key in outside for outside in out))
    for key in nested.focus:
        if least is not None and counts[key] < _number(least, nested):
            yield "QualifiedMinCount", key
        if most is not None and counts[key] > _number(most, nested):
            yield "QualifiedMaxCount", key


def _siblings(nested: Nested, value: Term) -> Iterator[Term]:
    """The qualified value shapes of the property shapes beside this one, when the shape asks to keep them apart."""
    shapes, shape = nested.shapes, nested.shape
    if not shapes.is_true(shape.node, sh("qualifiedValueShapesDisjoint")):
        return
    for parent in shapes.subjects_of(sh("property")):
        beside = shapes.objects(parent, sh("property"))
        if shape.node in beside:
            for other in beside:
                yield from (sibling for sibling in shapes.objects(other, sh("qualifiedValueShape")) if sibling != value)


def _conforming(nested: Nested, shape: Term) -> frozenset[Key]:
    failing = nested.failing(shape)
    return frozenset(pair.key for pair in nested.pairs if pair.key not in failing)


def _number(term: Term, nested: Nested) -> int:
    try:
        return int(term.value)
    except ValueError as error:
        raise ShapesError(f"an integer is needed, not {term}", str(nested.shape.node)) from error
