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

from kg.errors import StoreError
from kg.store import oxigraph
from kg.store.aside import Aside, open_writer
from kg.store.lease import remove_unheld
from kg.store.rooms import SCHEMA_VERSION, Rooms


class EmbeddedStore(oxigraph.Asked):
    """The one writer of a store directory. Use as a context manager; leaving it publishes a snapshot."""

    def __init__(self, path: Path) -> None:
        self.rooms = Rooms(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
            if self.rooms.main.exists():
                self.rooms.check()
            self.rooms.snapshots.mkdir(exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot be made: {error.strerror or error}", str(path)) from error
        self._store = open_writer(self.rooms.main)
        self.rooms.schema.write_text(f"{SCHEMA_VERSION}\n", "utf-8")
        self._aside = Aside(self.rooms)
        self._changed = not self.rooms.current.exists()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Publish what changed and release the directory."""
        if self._changed:
            self.publish()
        self._aside.close()
        del self._store

    def replace_graphs(self, graphs: Mapping[str, bytes], drop: Sequence[str] = ()) -> None:
        """Replace each named graph by its N-Triples, and drop others, in one update: all of it or nothing."""
        parts = [f"DROP SILENT GRAPH <{name}>" for name in (*drop, *graphs)]
        parts += [f"INSERT DATA {{ GRAPH <{name}> {{\n{data.decode()}}} }}" for name, data in graphs.items() if data]
        self._store.update(" ;\n".join(parts))
        self._changed = True

    def update(self, text: str, base: str | None = None) -> None:
        """Run a SPARQL update, all of it or nothing. Raises :class:`kg.errors.QueryError` with line and column when it is none."""
        self._changed = True
        oxigraph.update(self._store, text, base)

    def keep_source(self, sha256: str, data: bytes) -> None:
        self._aside.keep_source(sha256, data)

    def source(self, sha256: str) -> bytes | None:
        """The bytes of a disclosure by its hash, or ``None`` when the store does not have them."""
        return self.rooms.kept_source(sha256)

    def keep_outcome(self, basis: str, data: bytes) -> None:
        self._aside.keep_outcome(basis, data)

    def outcome(self, basis: str) -> bytes | None:
        return self._aside.outcome(basis)

    def drop_outcomes(self, days: float) -> int:
        return self._aside.drop_outcomes(days)

    def taken_in(self, maker: str) -> frozenset[str]:
        return self._aside.taken_in(maker)

    def note_taken_in(self, sha256: str, maker: str) -> None:
        self._aside.note_taken_in(sha256, maker)

    def archive(self, graph: str, ntriples: bytes, successor: str) -> None:
        self._aside.archive(graph, ntriples, successor)

    def holds(self, graph: str, ntriples: bytes) -> bool:
        return oxigraph.canonical(ntriples) == self.dump(graph)

    def vocabulary(self) -> str:
        """The digest of the ontology and code lists in the main store; empty when there are none yet."""
        return self.rooms.vocabulary.read_text("utf-8") if self.rooms.vocabulary.exists() else ""

    def set_vocabulary(self, digest: str) -> None:
        self.rooms.vocabulary.write_text(digest, "utf-8")

    def put_restricted(self, graph: str, ntriples: bytes) -> None:
        self._aside.put_restricted(graph, ntriples)

    def publish(self) -> None:
        """Make what was written visible to readers: a snapshot by hard links, named in ``CURRENT`` in one step."""
        self._store.flush()
        version = self._version() + 1
        target = self.rooms.snapshots / f"{version:08d}"
        if target.exists():
            shutil.rmtree(target)
        self._store.backup(target)
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
