"""Validation results (SHACL, 3.6.2) as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.shacl.property_paths import Path
from kg.shacl.shapes_graph import Subject
from kg.shacl.vocabulary import Term


@dataclass(frozen=True)
class Result:
    """One thing that does not hold.

    ``value`` is ``None`` where a value is missing; ``path`` where the shape has none. ``target`` is the shape whose target led here,
    ``shape`` the one whose constraint it is. ``bindings`` are what a constraint's SELECT projects; empty for other constraints.
    """

    graph: ox.NamedNode
    focus: Term
    path: Path | None
    value: Term | None
    component: str
    shape: Subject
    severity: ox.NamedNode
    messages: tuple[ox.Literal, ...]
    constraint: Term | None = None
    bindings: Mapping[str, Term] = field(default_factory=dict, compare=False)
    target: Subject | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Fallback:
    """A shape that the reference engine ran, and why."""

    shape: Subject
    reason: str


@dataclass(frozen=True)
class Report:
    """All results, and what was not run set at a time."""

    results: tuple[Result, ...]
    fallbacks: tuple[Fallback, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether there is no result of any severity (3.6.1.1)."""
        return not self.results
