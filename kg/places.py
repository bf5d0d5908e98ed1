"""Where a statement is printed, as a citation: document, table, row, page or line, printed text, hash of the file."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from kg.queries import named
from kg.store import Reader


@dataclass(frozen=True)
class Citation:
    """``start`` and ``end`` are offsets into the source text, -1 where they are not known; ``line`` and ``page`` 0."""

    statement: str
    disclosure: str
    document: str
    issuer: str
    file: str
    sha256: str
    table: str = ""
    label: str = ""
    printed: str = ""
    line: int = 0
    page: int = 0
    start: int = -1
    end: int = -1

    def fields(self) -> dict[str, Any]:
        """What is known, for JSON."""
        return {name: value for name, value in asdict(self).items() if value not in ("", 0, -1) or (name == "start" and value == 0)}

    @cached_property
    def place(self) -> str:
        """Table, row and line or page in one line."""
        where = f"p. {self.page}" if self.page else f"line {self.line}" if self.line else ""
        if not where and self.start >= 0:
            where = f"characters {self.start}–{self.end}" if self.end >= 0 else f"character {self.start}"
        return ", ".join(part for part in (self.table, self.label, where, f"“{self.printed}”" if self.printed else "") if part)


def cite(reader: Reader, statement: str) -> Citation | None:
    """Where a figure, a row, a table or a statement of the prose is printed; a disclosure is cited as a whole. ``None`` for what
    no document prints."""
    answer = reader.query(named("printed-place"), {"statement": ox.NamedNode(statement)})
    assert isinstance(answer, ox.QuerySolutions)
    row = min((_values(solution, answer) for solution in answer), key=lambda values: sorted(values.items()), default=None)
    if row is None:
        return None
    start = int(row["start"]) if row["start"] else -1
    end = int(row["stated"]) if row["stated"] else start + len(row["printed"]) if row["printed"] and start >= 0 else -1
    return Citation(
        statement=statement,
        disclosure=row["disclosure"],
        document=row["document"],
        issuer=row["issuer"],
        file=row["file"],
        sha256=row["sha256"],
        table=" ".join(part for part in (row["number"], row["title"]) if part),
        label=row["label"],
        printed=row["printed"],
        line=int(row["line"] or 0),
        page=int(row["page"] or 0),
        start=start,
        end=end,
    )


def cite_all(reader: Reader, statements: Iterable[str]) -> dict[str, Citation]:
    """Statement → place, those that have one."""
    found = {statement: cite(reader, statement) for statement in dict.fromkeys(statements) if statement}
    return {statement: place for statement, place in found.items() if place is not None}


def _values(solution: ox.QuerySolution, answer: ox.QuerySolutions) -> dict[str, str]:
    values = {variable.value: solution[variable] for variable in answer.variables}
    return {name: value.value if isinstance(value, ox.NamedNode | ox.Literal) else "" for name, value in values.items()}
