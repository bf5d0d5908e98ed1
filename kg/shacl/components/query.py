"""What a constraint component compiles to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.shacl.errors import NotCompiled, ShapesError
from kg.shacl.shapes_graph import Shape, ShapesGraph
from kg.shacl.value_nodes import ValueNodes
from kg.shacl.vocabulary import SH, Term


@dataclass(frozen=True)
class Query:
    """A SELECT of what breaks a constraint: the graph, ``?this``, and where there is one ``?value`` and ``?path``."""

    component: str
    text: str


@dataclass(frozen=True)
class Constraint:
    """One value of a parameter on a shape."""

    shapes: ShapesGraph
    shape: Shape
    value: Term
    nodes: ValueNodes
    keeps_datatypes: bool = True
    """Whether the store knows the datatype of every literal of the data."""

    def query(self, name: str, text: str) -> Query:
        """A query of the component ``sh:{name}ConstraintComponent``."""
        return Query(f"{SH}{name}ConstraintComponent", text)

    @property
    def iri(self) -> str:
        """The value in angle brackets. Raises :class:`ShapesError` when it is no IRI."""
        if not isinstance(self.value, ox.NamedNode):
            raise ShapesError(f"an IRI is needed, not {self.value}", str(self.shape.node))
        return f"<{self.value.value}>"

    @property
    def number(self) -> int:
        """The value as an integer. Raises :class:`ShapesError` when it is none."""
        try:
            return int(self.value.value)
        except ValueError as error:
            raise ShapesError(f"an integer is needed, not {self.value}", str(self.shape.node)) from error


Compiler = Callable[[Constraint], Iterator[Query]]


def constant(value: Term) -> str:
    """A term as SPARQL writes it. Raises :class:`NotCompiled` for a blank node, which a query cannot name."""
    if isinstance(value, ox.BlankNode):
        raise NotCompiled("a blank node of the shapes that is compared with the data")
    return str(value)
