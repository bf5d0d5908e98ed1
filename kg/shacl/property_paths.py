"""Property paths (SHACL, 2.3.1): how a shape's path reads in SPARQL."""

import re
from dataclasses import dataclass

import pyoxigraph as ox


@dataclass(frozen=True)
class Path:
    """A path as SPARQL writes it, full IRIs. ``node`` is its node in the shapes graph.

    ``reaches_itself``: the path of length zero is one of its paths, so that a focus node is among its own values even where no
    triple of the data names it.
    """

    text: str
    node: ox.NamedNode | ox.BlankNode
    reaches_itself: bool = False

    @property
    def goes_back(self) -> bool:
        """Whether it has an inverse step."""
        return "^" in self.text

    @property
    def is_one_step_back(self) -> bool:
        return re.fullmatch(r"\(\^<[^>]*>\)", self.text) is not None

    @property
    def predicate(self) -> str:
        """The property of a predicate path; empty for any other."""
        return self.node.value if isinstance(self.node, ox.NamedNode) else ""
