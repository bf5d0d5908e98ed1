"""Groups of things that are one, joined pair by pair, the surest pair first."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

_Node = TypeVar("_Node", bound=Hashable)


class Clusters(Generic[_Node]):
    """A union-find in which a group never holds two things that exclude each other: those that share a mark."""

    def __init__(self, marks: Mapping[_Node, Iterable[Hashable]]) -> None:
        self._marks = {node: frozenset(marked) for node, marked in marks.items()}
        self._group = {node: frozenset({node}) for node in self._marks}

    def join(self, one: _Node, other: _Node, *, force: bool = False) -> bool:
        """Join the groups of both; ``False`` where they exclude each other. A person's word (``force``) joins them all the same."""
        first, second = self._group[one], self._group[other]
        if first is second:
            return True
        if not force and self._marked(first) & self._marked(second):
            return False
        joined = first | second
        for node in joined:
            self._group[node] = joined
        return True

    def of(self, node: _Node) -> frozenset[_Node]:
        return self._group[node]

    def _marked(self, group: frozenset[_Node]) -> frozenset[Hashable]:
        return frozenset[Hashable]().union(*(self._marks[node] for node in group))
