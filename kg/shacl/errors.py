"""What is refused: shapes that cannot be run, and data that cannot be read."""

from dataclasses import dataclass

from kg.errors import BudgetError


@dataclass(eq=False)
class ShapesError(BudgetError):
    """The shapes could not be run: a fault of the shapes, not of the data. ``shape`` is its IRI, empty when not known."""

    shape: str = ""

    def __str__(self) -> str:
        return f"shape {self.shape}: {self.reason}" if self.shape else self.reason


class NotCompiled(Exception):
    """A constraint that cannot be answered set at a time exactly; the reference engine runs its shape. Says why."""
