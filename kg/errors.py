"""Errors as data: what was refused, where, and why."""

from dataclasses import dataclass


@dataclass(eq=False)
class BudgetError(Exception):
    """Base of everything this package raises on purpose; ``str`` is one line for a person."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class RefusedFile(BudgetError):
    """A file that cannot become a graph; the store is as it was.

    ``place`` is a line, page or byte range as text, or empty when the whole file is meant.
    """

    file: str = ""
    place: str = ""

    def __str__(self) -> str:
        where = f", {self.place}" if self.place else ""
        return f"{self.file}{where}: {self.reason}"


@dataclass(eq=False)
class FormPackError(BudgetError):
    """A form pack that breaks its own schema; ``pack`` is its file name."""

    pack: str = ""

    def __str__(self) -> str:
        return f"form pack {self.pack}: {self.reason}"


@dataclass(eq=False)
class StoreError(BudgetError):
    """A store cannot be opened, reached or written, or has another schema version. ``path`` is its directory or address."""

    path: str = ""

    def __str__(self) -> str:
        return f"store {self.path}: {self.reason}" if self.path else self.reason


@dataclass(eq=False)
class QueryError(BudgetError):
    """A query that was refused before it ran; ``line`` and ``column`` count from 1, 0 when unknown."""

    line: int = 0
    column: int = 0
