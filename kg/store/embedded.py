"""The writer of a store directory."""

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store import oxigraph
from kg.store.interface import UNION, Answer, Dataset, Term
from kg.store.lease import remove_unheld
from kg.store.rooms import SCHEMA_VERSION, Rooms


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

    def update(self, text: str, base: str | None = None) -> None:
        """Run a SPARQL update, all of it or nothing. Raises :class:`kg.errors.QueryError` with line and column when it is none."""
        self._changed = True
        oxigraph.update(self._main, text, base)

    def query(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        *,
        dataset: Dataset = UNION,
        base: str | None = None,
    ) -> Answer:
        return oxigraph.run(self._main, text, bindings, dataset, base)

    def graphs(self) -> list[str]:
        return oxigraph.graphs(self._main)

    def dump(self, graph: str) -> bytes:
        return oxigraph.dump(self._main, graph)

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
        content = json.dumps({"snapshot": target.name, "version": version, "tag": f"-{secrets.token_hex(4)}"})
        handle, name = tempfile.mkstemp(dir=self.rooms.path)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        os.replace(name, self.rooms.current)
        for old in sorted(self.rooms.snapshots.iterdir())[:-2]:
            remove_unheld(old)
        self._changed = False

    def _version(self) -> int:
        if not self.rooms.current.exists():
            return 0
        return int(json.loads(self.rooms.current.read_text("utf-8"))["version"])
