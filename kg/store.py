"""The store: one interface, and its embedded room (Oxigraph on disk).

A store directory holds ``main/`` (what may be asked), ``archive/`` (superseded revisions), ``restricted/`` (personal data),
``sources/`` (the bytes of every disclosure, by hash) and ``snapshots/``. One process may write; readers open the newest
published snapshot and never wait for the writer.
"""

import contextlib
import json
import os
import re
import shutil
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import pyoxigraph as ox

from kg.errors import QueryError, StoreError

SCHEMA_VERSION = 1
Term = ox.NamedNode | ox.Literal | ox.BlankNode
Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True)
class Dataset:
    """What a query may see. Without lists: the union of all graphs, or what the text's own FROM says if not ``union``.

    The lists replace FROM and FROM NAMED of the text (SPARQL 1.1 Protocol, 2.1.4).
    """

    union: bool = True
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None

    @classmethod
    def of(cls, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Self:
        """Exactly these graphs."""
        return cls(False, tuple(default_graphs), tuple(named_graphs))


UNION = Dataset()
OWN_DATASET = Dataset(union=False)
_PLACE = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): (?P<reason>.*)", re.DOTALL)


class Reader(Protocol):
    """What can be asked of any store."""

    def query(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        *,
        dataset: Dataset = UNION,
        base: str | None = None,
    ) -> Answer:
        """Run a SPARQL query over ``dataset``; ``bindings`` are bound, never pasted, ``base`` completes relative IRIs.

        Raises :class:`QueryError` with line and column when the text is no SPARQL.
        """

    def graphs(self) -> list[str]:
        """The names of all graphs, sorted."""

    def dump(self, graph: str) -> bytes:
        """One graph as sorted N-Triples."""


def _run(store: ox.Store, text: str, bindings: Mapping[str, Term] | None, dataset: Dataset, base: str | None) -> Answer:
    substitutions: dict[ox.Variable, Any] | None = None
    if bindings:
        substitutions = {ox.Variable(name): value for name, value in bindings.items()}
    try:
        return store.query(
            text,
            base_iri=base,
            use_default_graph_as_union=dataset.union,
            default_graph=_nodes(dataset.default_graphs),
            named_graphs=_nodes(dataset.named_graphs),
            substitutions=substitutions,
        )
    except SyntaxError as error:
        raise _query_error(str(error)) from error


def _nodes(graphs: Sequence[str] | None) -> list[Any] | None:
    return None if graphs is None else [ox.NamedNode(graph) for graph in graphs]


def _query_error(message: str) -> QueryError:
    """The parser's ``error at LINE:COLUMN: expected …`` as facts."""
    place = _PLACE.match(message)
    if place is None:
        return QueryError(f"not SPARQL: {message}")
    reason = textwrap.shorten(place["reason"], 200, placeholder=" …")
    return QueryError(f"not SPARQL: {reason}", int(place["line"]), int(place["column"]))


def _dump(store: ox.Store, graph: str) -> bytes:
    data = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph))
    return b"".join(sorted((data or b"").splitlines(keepends=True)))


def _graphs(store: ox.Store) -> list[str]:
    return sorted(graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode))


class MemoryStore:
    """A store that lives in memory: for one document's graph, for uploads and for tests."""

    def __init__(self) -> None:
        self._store = ox.Store()

    def load(self, graph: str, ntriples: bytes) -> None:
        """Add N-Triples to ``graph``."""
        self._store.load(ntriples, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))

    def query(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        *,
        dataset: Dataset = UNION,
        base: str | None = None,
    ) -> Answer:
        return _run(self._store, text, bindings, dataset, base)

    def graphs(self) -> list[str]:
        return _graphs(self._store)

    def dump(self, graph: str) -> bytes:
        return _dump(self._store, graph)


@dataclass(frozen=True)
class Rooms:
    """The folders of a store directory."""

    path: Path

    @property
    def main(self) -> Path:
        return self.path / "main"

    @property
    def archive(self) -> Path:
        return self.path / "archive"

    @property
    def restricted(self) -> Path:
        return self.path / "restricted"

    @property
    def sources(self) -> Path:
        return self.path / "sources"

    @property
    def snapshots(self) -> Path:
        return self.path / "snapshots"

    @property
    def current(self) -> Path:
        """A small file that names the newest snapshot and its data version."""
        return self.path / "CURRENT"

    @property
    def vocabulary(self) -> Path:
        """A small file with the digest of the ontology and code lists that the main store holds."""
        return self.path / "VOCABULARY"

    @property
    def schema(self) -> Path:
        return self.path / "SCHEMA"

    def source(self, sha256: str) -> Path:
        return self.sources / sha256

    def kept_source(self, sha256: str) -> bytes | None:
        path = self.source(sha256)
        return path.read_bytes() if path.is_file() else None

    def check(self) -> None:
        """Raise :class:`StoreError` unless this is a store of the schema version that this program writes."""
        if not self.schema.is_file():
            raise StoreError("no store here; make one with: kg ingest --store " + str(self.path) + " PATH…", str(self.path))
        found = self.schema.read_text("utf-8").strip()
        if found != str(SCHEMA_VERSION):
            raise StoreError(f"schema version {found}, this program writes {SCHEMA_VERSION}; ingest again", str(self.path))


def _open_writer(path: Path) -> ox.Store:
    try:
        return ox.Store(path)
    except OSError as error:
        if "lock" in str(error).lower():
            raise StoreError("another process is writing here; wait for it to end or stop it", str(path.parent)) from error
        raise StoreError(f"cannot be opened: {error}", str(path.parent)) from error


class EmbeddedStore:
    """The one writer of a store directory. Use as a context manager; leaving it publishes a snapshot."""

    def __init__(self, path: Path) -> None:
        self.rooms = Rooms(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
            if self.rooms.main.exists():
                self.rooms.check()
            for room in (self.rooms.sources, self.rooms.snapshots):
                room.mkdir(exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot be made: {error.strerror or error}", str(path)) from error
        self._main = _open_writer(self.rooms.main)
        self.rooms.schema.write_text(f"{SCHEMA_VERSION}\n", "utf-8")
        self._aside: dict[Path, ox.Store] = {}
        self._changed = not self.rooms.current.exists()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Publish what changed and release the directory."""
        if self._changed:
            self.publish()
        self._aside.clear()
        del self._main

    def replace_graphs(self, graphs: Mapping[str, bytes], drop: Sequence[str] = ()) -> None:
        """Replace each named graph by its N-Triples, and drop others, in one update: all of it or nothing."""
        parts = [f"DROP SILENT GRAPH <{name}>" for name in (*drop, *graphs)]
        parts += [f"INSERT DATA {{ GRAPH <{name}> {{\n{data.decode()}}} }}" for name, data in graphs.items() if data]
        self._main.update(" ;\n".join(parts))
        self._changed = True

    def query(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        *,
        dataset: Dataset = UNION,
        base: str | None = None,
    ) -> Answer:
        return _run(self._main, text, bindings, dataset, base)

    def graphs(self) -> list[str]:
        return _graphs(self._main)

    def dump(self, graph: str) -> bytes:
        return _dump(self._main, graph)

    def keep_source(self, sha256: str, data: bytes) -> None:
        """Keep the bytes of a disclosure beside the store, under their hash."""
        target = self.rooms.source(sha256)
        if not target.exists():
            handle, name = tempfile.mkstemp(dir=self.rooms.sources)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(name, target)

    def source(self, sha256: str) -> bytes | None:
        """The bytes of a disclosure by its hash, or ``None`` when the store does not have them."""
        return self.rooms.kept_source(sha256)

    def archive(self, graph: str, ntriples: bytes) -> None:
        """Put a superseded revision into the archive; the caller drops it from the main store in its own update."""
        self._put_aside(self.rooms.archive, graph, ntriples)

    def vocabulary(self) -> str:
        """The digest of the ontology and code lists in the main store; empty when there are none yet."""
        return self.rooms.vocabulary.read_text("utf-8") if self.rooms.vocabulary.exists() else ""

    def set_vocabulary(self, digest: str) -> None:
        self.rooms.vocabulary.write_text(digest, "utf-8")

    def put_restricted(self, graph: str, ntriples: bytes) -> None:
        """Replace a graph of the restricted store (personal data), which is never part of the main store."""
        if ntriples or self.rooms.restricted.exists():
            self._put_aside(self.rooms.restricted, graph, ntriples)

    def _put_aside(self, room: Path, graph: str, ntriples: bytes) -> None:
        if room not in self._aside:
            self._aside[room] = _open_writer(room)
        self._aside[room].update(f"DROP SILENT GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{\n{ntriples.decode()}}} }}")

    def publish(self) -> None:
        """Make what was written visible to readers: a snapshot by hard links, named in ``CURRENT`` in one step."""
        self._main.flush()
        version = self._version() + 1
        target = self.rooms.snapshots / f"{version:08d}"
        if target.exists():
            shutil.rmtree(target)
        self._main.backup(target)
        content = json.dumps({"snapshot": target.name, "version": version})
        handle, name = tempfile.mkstemp(dir=self.rooms.path)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        os.replace(name, self.rooms.current)
        for old in sorted(self.rooms.snapshots.iterdir())[:-2]:
            shutil.rmtree(old, ignore_errors=True)
        self._changed = False

    def _version(self) -> int:
        if not self.rooms.current.exists():
            return 0
        return int(json.loads(self.rooms.current.read_text("utf-8"))["version"])


class Snapshot:
    """A reader's view of a store directory: the newest published snapshot, frozen. ``version`` grows with every publication."""

    def __init__(self, path: Path) -> None:
        self.rooms = Rooms(path)
        self.rooms.check()
        try:
            current = json.loads(self.rooms.current.read_text("utf-8"))
            self.version = int(current["version"])
            self._store = ox.Store.read_only(str(self.rooms.snapshots / current["snapshot"]))
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(f"no readable snapshot: {error}", str(path)) from error

    def is_current(self) -> bool:
        """Whether no newer snapshot has been published."""
        with contextlib.suppress(OSError, ValueError):
            return bool(json.loads(self.rooms.current.read_text("utf-8"))["version"] == self.version)
        return True

    def query(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        *,
        dataset: Dataset = UNION,
        base: str | None = None,
    ) -> Answer:
        return _run(self._store, text, bindings, dataset, base)

    def graphs(self) -> list[str]:
        return _graphs(self._store)

    def dump(self, graph: str) -> bytes:
        return _dump(self._store, graph)

    def source(self, sha256: str) -> bytes | None:
        """The bytes of a disclosure by its hash, or ``None`` when the store does not have them."""
        return self.rooms.kept_source(sha256)

    def quads(self) -> Iterator[bytes]:
        """The whole snapshot as N-Quads lines, graph by graph."""
        for name in self.graphs():
            suffix = f" <{name}> .\n".encode()
            for line in self.dump(name).splitlines():
                yield line.rstrip(b" .") + suffix
