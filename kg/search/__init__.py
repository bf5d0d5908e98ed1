"""Full-text search over names: an SQLite file beside the snapshot it was made from.

One row a thing: its kind (department, disclosure, table, project, target, policy, code, rule, finding), its name, a line of detail,
and the year and the region (GB/T 2260) it belongs to, where it belongs to one.
"""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import pyoxigraph as ox

from kg.errors import StoreError
from kg.search.findings import SCHEMA as _FINDINGS
from kg.search.findings import Chosen, Listed, Listing, counts, fill, list_findings
from kg.search.grams import match, words
from kg.store import Reader, Rooms, View

__all__ = ["KINDS", "Chosen", "Found", "Hit", "Listed", "Listing", "SearchIndex", "build_index", "index_path"]

KINDS = ("department", "disclosure", "project", "policy", "table", "code", "rule", "target", "finding")
"""In the order in which they are shown: what people look for first comes first."""
_SCHEMA = """
CREATE TABLE entry (id INTEGER PRIMARY KEY, thing TEXT NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL, detail TEXT NOT NULL,
                    year INTEGER, region TEXT NOT NULL);
CREATE VIRTUAL TABLE gram USING fts5(name_grams, detail_grams, content='', tokenize='unicode61');
"""
_FACETS = ("kind", "year", "region")
_FORM = 3
"""The number of the form of the file. It is part of the name: a file of another form is not looked at, and made anew."""


@dataclass(frozen=True)
class Hit:
    """A thing that was found. ``detail`` says where it belongs; ``year`` is 0 and ``region`` empty where it belongs to none."""

    thing: str
    kind: str
    name: str
    detail: str
    year: int
    region: str


@dataclass(frozen=True)
class Found:
    """One page of hits, how many there are in all, and how many in each kind, year and region (of those chosen otherwise)."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]


def index_path(rooms: Rooms, version: int) -> Path:
    """Where the index of a data version is: it is made anew for each, and removed with its snapshot."""
    return rooms.path / "search" / f"{version:08d}-{_FORM}.sqlite"


def build_index(reader: Reader, target: Path) -> int:
    """Write the index of everything that ``reader`` shows; the file appears when it is whole. How many entries it has."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    os.close(handle)
    try:
        with contextlib.closing(sqlite3.connect(name)) as database:
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA + _FINDINGS)
            database.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)", _entries(reader))
            pairs = ((row[0], words(row[1]), words(row[2])) for row in database.execute("SELECT id, name, detail FROM entry").fetchall())
            database.executemany("INSERT INTO gram (rowid, name_grams, detail_grams) VALUES (?, ?, ?)", pairs)
            fill(database, reader)
            count = int(database.execute("SELECT COUNT(*) FROM entry").fetchone()[0])
            database.commit()
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
    for old in sorted(target.parent.glob("*.sqlite"))[:-2]:
        old.unlink(missing_ok=True)
    return count


def _entries(reader: Reader) -> Iterator[tuple[int, str, int, str, str, int | None, str]]:
    answer = reader.query((files("kg.search") / "entries.rq").read_text("utf-8"))
    assert isinstance(answer, ox.QuerySolutions)
    seen: set[str] = set()
    for row in answer:
        thing = row["thing"].value
        if thing in seen:
            continue
        seen.add(thing)
        year = row["year"]
        detail, region = row["detail"], row["region"]
        yield (
            len(seen),
            thing,
            KINDS.index(row["kind"].value),
            row["name"].value,
            detail.value if detail is not None else "",
            int(year.value) if year is not None else None,
            region.value.rsplit("/", 1)[-1] if region is not None else "",
        )


class Held(View, Protocol):
    """A view with a folder on this machine, where its index is kept."""

    rooms: Rooms


class SearchIndex:
    """An open index. Use as a context manager; one per thread."""

    def __init__(self, path: Path) -> None:
        try:
            self._database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            self._database.execute("SELECT 1 FROM entry LIMIT 1")
        except sqlite3.Error as error:
            raise StoreError(f"no search index: {error}", str(path)) from error

    @classmethod
    def of_snapshot(cls, snapshot: Held) -> Self:
        """The index of a snapshot, made now if nobody has."""
        path = index_path(snapshot.rooms, snapshot.version)
        if not path.exists():
            build_index(snapshot, path)
        return cls(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def findings(self, chosen: Chosen, limit: int, offset: int) -> Listing:
        """A page of the list of findings."""
        return list_findings(self._database, chosen, limit, offset)

    def finding_counts(self, disclosure: str = "") -> dict[str, dict[str, int]]:
        """Disclosure → severity (``violation``, ``warning``, ``info``) → number of findings; of one disclosure where it is named."""
        found: dict[str, dict[str, int]] = {}
        for of, severity, number in counts(self._database, disclosure):
            found.setdefault(of, {})[severity] = number
        return found

    def search(self, text: str, *, kind: str = "", year: int = 0, region: str = "", limit: int = 20, offset: int = 0) -> Found:
        """What has all the words of ``text`` in its name or detail: exact names first, then by kind and by how well it fits.

        ``region`` also stands for the regions below it (653000 for 653022).
        """
        expression = match(text)
        if not expression:
            return Found((), 0, {facet: {} for facet in _FACETS})
        chosen = {"kind": KINDS.index(kind) if kind in KINDS else None, "year": year or None, "region": _below(region)}
        hits, total = self._page(expression, text.strip(), chosen, limit, offset)
        return Found(hits, total, {facet: self._facet(expression, chosen, facet) for facet in _FACETS})

    def _page(
        self, expression: str, text: str, chosen: Mapping[str, int | str | None], limit: int, offset: int
    ) -> tuple[tuple[Hit, ...], int]:
        values = {"text": text, "limit": limit, "offset": offset} | _values(expression, chosen)
        rows = self._database.execute(
            f"""SELECT thing, kind, name, detail, year, region FROM gram JOIN entry ON entry.id = gram.rowid {_where(chosen)}
            ORDER BY name != :text, NOT (name LIKE :text || '%'), kind, bm25(gram, 10.0, 1.0), year DESC, name
            LIMIT :limit OFFSET :offset""",  # noqa: S608 - conditions from a fixed list
            values,
        )
        hits = tuple(Hit(thing, KINDS[kind], name, detail, year or 0, region) for thing, kind, name, detail, year, region in rows)
        (total,) = self._database.execute(
            f"SELECT COUNT(*) FROM gram JOIN entry ON entry.id = gram.rowid {_where(chosen)}",  # noqa: S608
            values,
        ).fetchone()
        return hits, int(total)

    def _facet(self, expression: str, chosen: Mapping[str, int | str | None], facet: str) -> dict[str, int]:
        others = {name: value for name, value in chosen.items() if name != facet}
        rows = self._database.execute(
            f"""SELECT {facet}, COUNT(*) FROM gram JOIN entry ON entry.id = gram.rowid {_where(others)}
            GROUP BY {facet} ORDER BY {facet}""",  # noqa: S608 - names of columns, from a fixed list
            _values(expression, others),
        )
        return {KINDS[value] if facet == "kind" else str(value): count for value, count in rows if value not in (None, "")}


def _below(region: str) -> str | None:
    """A pattern for a region and those below it; ``None`` for no region."""
    if not region.isdigit():
        return None
    code = region[:6]
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return f"{code}%"


def _where(chosen: Mapping[str, int | str | None]) -> str:
    conditions = {"kind": "kind = :kind", "year": "year = :year", "region": "region LIKE :region"}
    return " AND ".join(["WHERE gram MATCH :expression", *(conditions[name] for name, value in chosen.items() if value is not None)])


def _values(expression: str, chosen: Mapping[str, int | str | None]) -> dict[str, int | str]:
    return {"expression": expression} | {name: value for name, value in chosen.items() if value is not None}
