"""The list of findings: an SQL table beside the search index, so that a page of it is read without reading all of them.

Rows stand in the order of the list: severity, department, newest year first, disclosure, rule. What several findings rest on is one
entry of the list (``budget:root``): the first of them, with the others under it.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from importlib.resources import files

import pyoxigraph as ox

from kg.store import Reader

SCHEMA = """
CREATE TABLE finding (id INTEGER PRIMARY KEY, thing TEXT NOT NULL, root TEXT NOT NULL, severity TEXT NOT NULL, rule TEXT NOT NULL,
                      department TEXT NOT NULL, disclosure TEXT NOT NULL, year INTEGER NOT NULL);
CREATE INDEX finding_of_root ON finding (root);
CREATE INDEX finding_of_severity ON finding (severity, root);
CREATE INDEX finding_of_year ON finding (year, root);
CREATE INDEX finding_of_rule ON finding (rule);
CREATE INDEX finding_of_department ON finding (department);
CREATE INDEX finding_of_disclosure ON finding (disclosure);
"""
SEVERITIES = ("violation", "warning", "info")
FACETS = ("severity", "rule", "department", "year")
_Line = tuple[str, str, str, str, str, str, int]


@dataclass(frozen=True)
class Chosen:
    """What the list is narrowed down to; empty where it is not. ``rule``, ``department`` and ``disclosure`` are IRIs."""

    severity: str = ""
    rule: str = ""
    department: str = ""
    year: str = ""
    disclosure: str = ""


@dataclass(frozen=True)
class Listed:
    """One entry: the finding to show, and the others that rest on the same place (IRIs)."""

    first: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """One page of entries; how many entries and findings there are in all; per facet, how many findings each value has of
    those chosen otherwise."""

    entries: tuple[Listed, ...]
    total: int
    findings: int
    facets: Mapping[str, Mapping[str, int]]


def fill(database: sqlite3.Connection, reader: Reader) -> None:
    """Write the table of everything that ``reader`` shows."""
    answer = reader.query((files("kg.search") / "findings.rq").read_text("utf-8"))
    assert isinstance(answer, ox.QuerySolutions)
    lines = {line[0]: line for line in map(_line, answer)}
    ordered = sorted(lines.values(), key=_rank)
    database.executemany("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ((number, *line) for number, line in enumerate(ordered, 1)))


def _line(row: ox.QuerySolution) -> _Line:
    finding, root = row["finding"].value, row["root"]
    severity = row["severity"].value.rsplit("#", 1)[-1].lower()
    where = (row["department"].value, row["disclosure"].value)
    return (finding, root.value if root is not None else finding, severity, row["rule"].value, *where, int(row["year"].value))


def _rank(line: _Line) -> tuple[int, str, int, str, str, int, str]:
    finding, _, severity, rule, department, disclosure, year = line
    known = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    number = re.search(r"(\d{1,9})$", finding)
    return (known, department, -year, disclosure, rule, int(number[1]) if number else 0, finding)


def list_findings(database: sqlite3.Connection, chosen: Chosen, limit: int, offset: int) -> Listing:
    """A page of the list."""
    where, values = _where(chosen)
    rows = database.execute(
        f"SELECT MIN(id), root FROM finding {where} GROUP BY root ORDER BY 1 LIMIT :limit OFFSET :offset",  # noqa: S608
        values | {"limit": limit, "offset": offset},
    ).fetchall()
    total, findings = database.execute(f"SELECT COUNT(DISTINCT root), COUNT(*) FROM finding {where}", values).fetchone()  # noqa: S608
    entries = tuple(Listed(*_entry(database, where, values, root)) for _, root in rows)
    return Listing(entries, int(total), int(findings), {facet: _facet(database, chosen, facet) for facet in FACETS})


def _entry(database: sqlite3.Connection, where: str, values: Mapping[str, str | int], root: str) -> tuple[str, tuple[str, ...]]:
    """The finding that is shown for a root, and the others. Roots lie inside one disclosure, whose findings are few."""
    joined = f"{where} AND root = :root" if where else "WHERE root = :root"
    found = [thing for (thing,) in database.execute(f"SELECT thing FROM finding {joined} ORDER BY id", dict(values) | {"root": root})]  # noqa: S608
    return found[0], tuple(found[1:])


def _facet(database: sqlite3.Connection, chosen: Chosen, facet: str) -> dict[str, int]:
    where, values = _where(chosen, but=facet)
    order = "1" if facet in ("severity", "year") else "2 DESC, 1"
    counted = database.execute(f"SELECT {facet}, COUNT(*) FROM finding {where} GROUP BY 1 ORDER BY {order}", values)  # noqa: S608
    found = {str(value): int(count) for value, count in counted}
    return {name: found[name] for name in SEVERITIES if name in found} if facet == "severity" else found


def _where(chosen: Chosen, but: str = "") -> tuple[str, dict[str, str | int]]:
    """The condition for what is chosen, names of columns from a fixed list and values as parameters."""
    values = {field.name: getattr(chosen, field.name) for field in fields(chosen) if field.name != but}
    given = {name: value for name, value in values.items() if value}
    return ("WHERE " + " AND ".join(f"{name} = :{name}" for name in given) if given else ""), given


def counts(database: sqlite3.Connection, disclosure: str = "") -> Iterator[tuple[str, str, int]]:
    """How many findings each disclosure has, or one of them: (disclosure, severity, number)."""
    where, values = _where(Chosen(disclosure=disclosure))
    yield from database.execute(f"SELECT disclosure, severity, COUNT(*) FROM finding {where} GROUP BY 1, 2", values)  # noqa: S608
