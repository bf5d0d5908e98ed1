"""Logical constraint components (SHACL, 4.6): which value nodes conform to which shapes decides."""

from collections.abc import Callable, Iterator, Mapping

from kg.shacl.components.nested import Nested, Pair
from kg.shacl.vocabulary import Term


def _not(nested: Nested, value: Term) -> Iterator[Pair]:
    """4.6.1"""
    failing = nested.failing(value)
    return (pair for pair in nested.pairs if pair.key not in failing)


def _and(nested: Nested, value: Term) -> Iterator[Pair]:
    """4.6.2"""
    failing = [nested.failing(member) for member in nested.items(value)]
    return (pair for pair in nested.pairs if any(pair.key in fails for fails in failing))


def _or(nested: Nested, value: Term) -> Iterator[Pair]:
    """4.6.3"""
    failing = [nested.failing(member) for member in nested.items(value)]
    return (pair for pair in nested.pairs if all(pair.key in fails for fails in failing))


def _xone(nested: Nested, value: Term) -> Iterator[Pair]:
    """4.6.4: a shape that the list names twice counts twice."""
    failing = [nested.failing(member) for member in nested.items(value)]
    return (pair for pair in nested.pairs if sum(pair.key not in fails for fails in failing) != 1)


LOGICAL: Mapping[str, tuple[str, Callable[[Nested, Term], Iterator[Pair]]]] = {
    "not": ("Not", _not),
    "and": ("And", _and),
    "or": ("Or", _or),
    "xone": ("Xone", _xone),
}
