"""Focus nodes with their value nodes (SHACL, 3.3): the pattern that every query of a constraint starts with."""

from dataclasses import dataclass

from kg.shacl.property_paths import Path
from kg.shacl.seed import GRAPH, Seed


@dataclass(frozen=True)
class ValueNodes:
    """The value nodes of a set of focus nodes: the focus nodes themselves, or what a path leads to."""

    focus: Seed
    path: Path | None

    @property
    def pattern(self) -> str:
        """Binds ``?this`` and ``?value``; a value may be bound more than once."""
        return f"{self.focus.pattern} {self.reached()}"

    def reached(self, value: str = "value") -> str:
        """From ``?this`` to its values."""
        if self.path is None:
            return f"BIND(?this AS ?{value})"
        steps = f"?this {self.path.text} ?{value} ."
        if not self.path.reaches_itself:
            return steps
        return f"{{ {steps} }} UNION {{ {self.focus.pattern} BIND(?this AS ?{value}) }}"

    def where(self, condition: str) -> str:
        """The values of which a condition holds."""
        return f"SELECT DISTINCT ?{GRAPH} ?this ?value WHERE {{ {self.pattern} FILTER({condition}) }}"

    @property
    def pairs(self) -> str:
        """Every focus node with each of its values, once."""
        return f"SELECT DISTINCT ?{GRAPH} ?this ?value WHERE {{ {self.pattern} }}"
