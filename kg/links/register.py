"""What links were made from and what came of it, in an SQLite file beside the store: what lets a change be followed.

Entries are found by handles (a kind, a name and a value); blocks are parts of the graph of links that are made together, each with its
lines and its links. Everything here can be made anew from the store, so a file that is missing or of another program is no loss.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE entry (id INTEGER PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX entry_of_source ON entry (source);
CREATE TABLE handle (kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, entry INTEGER NOT NULL,
                     PRIMARY KEY (kind, name, value, entry)) WITHOUT ROWID;
CREATE INDEX handle_of_entry ON handle (entry);
CREATE TABLE line (block TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX line_of_block ON line (block);
CREATE INDEX block_of_line ON line (text);
CREATE TABLE link (block TEXT NOT NULL, address TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL);
CREATE INDEX link_of_block ON link (block);
CREATE INDEX block_of_link ON link (address);
"""
_AT_ONCE = 500
Handle = tuple[str, str]
"""A name and a value."""
Linked = tuple[str, str, str]
"""Address, kind and status of a link."""


class Register:
    """One register. What is written counts when :meth:`commit` says so. Use as a context manager."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, made if need be; ``None`` keeps everything in memory."""
        try:
            self._database = _opened(path)
        except sqlite3.DatabaseError:
            assert path is not None
            path.unlink()
            self._database = _opened(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._database.close()

    def commit(self) -> None:
        self._database.commit()

    def clear(self) -> None:
        """Forget everything."""
        for table in ("about", "entry", "handle", "line", "link"):
            self._database.execute(f"DELETE FROM {table}")  # noqa: S608 - a fixed list

    def about(self, key: str) -> str:
        """What was noted under a key; empty for nothing."""
        row = self._database.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def note(self, key: str, value: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, value))

    # Entries

    def keep(self, source: str, kind: str, data: Mapping[str, Any], handles: Iterable[Handle] = ()) -> None:
        """Add an entry that came from a source. Handles without a value are left out."""
        entry = self._database.execute(
            "INSERT INTO entry (source, kind, data) VALUES (?, ?, ?)", (source, kind, json.dumps(data, ensure_ascii=False))
        ).lastrowid
        rows = {(kind, name, value, entry) for name, value in handles if value}
        self._database.executemany("INSERT INTO handle VALUES (?, ?, ?, ?)", rows)

    def forget(self, source: str) -> set[tuple[str, str, str]]:
        """Drop the entries that came from a source; their handles with their kinds."""
        entries = [row[0] for row in self._database.execute("SELECT id FROM entry WHERE source = ?", (source,))]
        handles: set[tuple[str, str, str]] = set()
        for some in _some(entries):
            marks = _marks(some)
            handles.update(self._database.execute(f"SELECT kind, name, value FROM handle WHERE entry IN ({marks})", some))  # noqa: S608
            self._database.execute(f"DELETE FROM handle WHERE entry IN ({marks})", some)  # noqa: S608
            self._database.execute(f"DELETE FROM entry WHERE id IN ({marks})", some)  # noqa: S608
        return handles

    def find(self, kind: str, name: str, values: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The entries of a kind that have a handle with one of these values, each once, in the order in which they came."""
        found: dict[int, str] = {}
        for some in _some(sorted(set(values))):
            found.update(
                self._database.execute(
                    "SELECT entry.id, data FROM handle JOIN entry ON entry.id = handle.entry"  # noqa: S608
                    f" WHERE handle.kind = ? AND handle.name = ? AND handle.value IN ({_marks(some)})",
                    (kind, name, *some),
                )
            )
        return (json.loads(found[entry]) for entry in sorted(found))

    def counts(self, kind: str, name: str, values: Iterable[str]) -> dict[str, int]:
        """How many entries of a kind have a handle with each of these values; without those that have none."""
        found: dict[str, int] = {}
        for some in _some(sorted(set(values))):
            found.update(
                self._database.execute(
                    f"SELECT value, COUNT(*) FROM handle WHERE kind = ? AND name = ? AND value IN ({_marks(some)}) GROUP BY value",  # noqa: S608
                    (kind, name, *some),
                )
            )
        return found

    def sources(self, kind: str) -> set[str]:
        """What the entries of a kind came from."""
        return {row[0] for row in self._database.execute("SELECT DISTINCT source FROM entry WHERE kind = ?", (kind,))}

    # Blocks

    def replace(self, blocks: Mapping[str, tuple[set[str], list[Linked]]]) -> tuple[set[str], set[str]]:
        """Put lines and links of blocks in the place of what they had; the lines that the graph loses, and those that it may not have."""
        before: set[str] = set()
        for some in _some(list(blocks)):
            before.update(row[0] for row in self._database.execute(f"SELECT text FROM line WHERE block IN ({_marks(some)})", some))  # noqa: S608
            for table in ("line", "link"):
                self._database.execute(f"DELETE FROM {table} WHERE block IN ({_marks(some)})", some)  # noqa: S608
        now = ((block, line) for block, (lines, _) in blocks.items() for line in sorted(lines))
        self._database.executemany("INSERT INTO line VALUES (?, ?)", now)
        links = ((block, *link) for block, (_, linked) in blocks.items() for link in linked)
        self._database.executemany("INSERT INTO link VALUES (?, ?, ?, ?)", links)
        after = {line for lines, _ in blocks.values() for line in lines}
        gone = before - after
        for some in _some(sorted(gone)):
            gone.difference_update(row[0] for row in self._database.execute(f"SELECT text FROM line WHERE text IN ({_marks(some)})", some))  # noqa: S608
        return gone, after - before

    def lines(self) -> Iterator[str]:
        """The lines of all blocks, sorted, each once."""
        return (row[0] for row in self._database.execute("SELECT DISTINCT text FROM line ORDER BY text"))

    def blocks_of(self, links: Iterable[str]) -> set[str]:
        """The blocks that these links are in."""
        found: set[str] = set()
        for some in _some(sorted(links)):
            found.update(row[0] for row in self._database.execute(f"SELECT block FROM link WHERE address IN ({_marks(some)})", some))  # noqa: S608
        return found

    def linked(self) -> Iterator[tuple[str, str, int]]:
        """Kind, status and number of the links."""
        yield from self._database.execute("SELECT kind, status, COUNT(*) FROM link GROUP BY kind, status ORDER BY kind, status")


def _opened(path: Path | None) -> sqlite3.Connection:
    database = sqlite3.connect(path or ":memory:")
    try:
        database.execute("PRAGMA synchronous = OFF")  # a register that a loss of power damaged is made anew
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone():
            database.executescript(_SCHEMA)
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database


def _some(values: list[Any]) -> Iterator[list[Any]]:
    """Parts that fit into one statement."""
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _marks(values: list[Any]) -> str:
    return ", ".join("?" * len(values))
