"""What constraints that name other shapes ask: which value nodes conform to a shape."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.shacl.shapes_graph import Shape, ShapesGraph
from kg.shacl.vocabulary import Term
from kg.shacl.workspace import Key


@dataclass(frozen=True)
class Pair:
    """A focus node and one of its value nodes, both in the same graph."""

    focus: Key
    value: Term

    @property
    def key(self) -> Key:
        """The value node in its graph."""
        return self.focus[0], self.value


@dataclass(frozen=True)
class Nested:
    """A shape with its focus and value nodes, all at once. ``conformance`` finds the nodes that do not conform to a shape."""

    shapes: ShapesGraph
    shape: Shape
    focus: Sequence[Key]
    pairs: Sequence[Pair]
    conformance: Callable[[Term], frozenset[Key]]

    def items(self, head: Term) -> tuple[Term, ...]:
        return self.shapes.items(head)

    def failing(self, shape: Term) -> frozenset[Key]:
        """The value nodes that do not conform to a shape."""
        return self.conformance(shape)
