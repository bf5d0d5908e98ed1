"""Seeds: what is bound before a query runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.shacl.isolation import Level

GRAPH = "graph_of_focus"
"""The variable that carries the graph."""


@dataclass(frozen=True)
class Seed:
    """``pattern`` binds the graph and ``keys``, each combination once; ``constants`` are variables with one value, as SPARQL terms.

    ``levels`` say of keys whether the graph owns them (:mod:`kg.shacl.isolation`).
    """

    pattern: str
    keys: tuple[str, ...]
    constants: Mapping[str, str] = field(default_factory=dict, hash=False)
    levels: Mapping[str, Level] = field(default_factory=dict, hash=False)

    @property
    def names(self) -> frozenset[str]:
        return frozenset({GRAPH, *self.keys, *self.constants})
