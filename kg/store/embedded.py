"""The writer of a store directory."""

import contextlib
import json
import secrets
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store import oxigraph
from kg.store.aside import Aside, open_writer
from kg.store.faults import reason_of, told
from kg.store.flush import flush
from kg.store.journal import Journal
from kg.store.lease import remove_unheld
from kg.store.removal import Removal
from kg.store.retelling import retelling
from kg.store.rooms import SCHEMA_VERSION, Rooms
from kg.store.sums import write_sums

_MUCH = 4
"""N-Triples of which so many times the size is that of the tables are a good part of them: what comes in is 0.3 to 0.8 of its tables."""
_KEPT_SNAPSHOTS = 2
"""A reader may have read the name of the one before just now."""


class EmbeddedStore(oxigraph.Asked):
    """The one writer of a store directory. Use as a context manager; leaving it publishes a snapshot."""

    def __init__(self, path: Path) -> None:
        self.rooms = Rooms(path)
        self._aside = Aside(self.rooms)
        self.journal = Journal(self.rooms)
        try:
            path.mkdir(parents=True, exist_ok=True)
            if self.rooms.main.exists():
                self.rooms.check()
            else:
                self._aside.write(self.rooms.schema, f"{SCHEMA_VERSION}\n".encode())
            self.rooms.snapshots.mkdir(exist_ok=True)
        except OSError as error:
            raise StoreError(reason_of(error) or f"cannot be made: {error.strerror or error}", str(path)) from error
        self._store = open_writer(self.rooms.main)
        self._aside.sweep()
        self._changed = not self.rooms.current.exists() or self.rooms.unpublished.exists()
        self._forgot = False
        self._published = ""
        self._written = 0
        if self.rooms.removing.exists():
            self._end_removal()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Publish what changed and release the directory."""
        try:
            if self._changed:
                self.publish()
        finally:
            self._aside.close()
            del self._store

    def replace_graphs(self, graphs: Mapping[str, bytes], drop: Sequence[str] = ()) -> None:
        """Replace each named graph by its N-Triples, and drop others, in one update: all of it or nothing."""
        self._changing()
        self._written += sum(map(len, graphs.values()))
        self.journal.note((*drop, *graphs))
        with told(self.rooms.path):
            gone = [name for name in (*drop, *graphs) if self._store.contains_named_graph(ox.NamedNode(name))]
            if not gone and len(graphs) == 1:
                # As much one transaction as an update is, without the text of one to be read.
                (name, data), *_ = graphs.items()
                self._store.load(data, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(name))
                return
            parts = [f"DROP SILENT GRAPH <{name}>" for name in gone]
            parts += [f"INSERT DATA {{ GRAPH <{name}> {{\n{data.decode()}}} }}" for name, data in graphs.items() if data]
            self._store.update(" ;\n".join(parts))

    def retell(self, graph: str, subjects: Collection[str], ntriples: bytes) -> None:
        """As :meth:`kg.store.interface.Writer.retell`, in one transaction."""
        self._changing()
        with told(self.rooms.path):
            self._store.update(" ;\n".join(retelling(graph, subjects, ntriples)))

    def amend(self, graph: str, gone: bytes, new: bytes) -> None:
        """As :meth:`kg.store.interface.Writer.amend`, in one transaction."""
        self._changing()
        with told(self.rooms.path):
            parts = ((word, data) for word, data in (("DELETE", gone), ("INSERT", new)) if data)
            self._store.update(" ;\n".join(f"{word} DATA {{ GRAPH <{graph}> {{\n{data.decode()}}} }}" for word, data in parts))

    def update(self, text: str, base: str | None = None) -> None:
        """Run a SPARQL update, all of it or nothing. Raises :class:`kg.errors.QueryError` with line and column when it is none."""
        self._changing()
        self.journal.note_everything()
        with told(self.rooms.path):
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

    def note_taken_in(self, sha256: str, maker: str, digest: str) -> None:
        self._aside.note_taken_in(sha256, maker, digest)

    def reference_due(self) -> bool:
        return self._aside.reference_due()

    def set_reference_due(self, due: bool) -> None:
        self._aside.set_reference_due(due)

    def archive(self, graph: str, ntriples: bytes, successor: str) -> None:
        self._aside.archive(graph, ntriples, successor)

    def holds(self, graph: str, ntriples: bytes) -> bool:
        return self._store.contains_named_graph(ox.NamedNode(graph)) and oxigraph.canonical(ntriples) == self.dump(graph)

    def vocabulary(self) -> str:
        """The digest of the ontology and code lists in the main store; empty when there are none yet."""
        return self.rooms.vocabulary.read_text("utf-8") if self.rooms.vocabulary.exists() else ""

    def set_vocabulary(self, digest: str) -> None:
        self._aside.write(self.rooms.vocabulary, digest.encode())

    def put_restricted(self, graph: str, ntriples: bytes) -> None:
        self._aside.put_restricted(graph, ntriples)

    def forget(self, removal: Removal) -> None:
        """As :meth:`kg.store.interface.Writer.forget`. The next publication leaves no older snapshot that nobody holds."""
        self._aside.write(self.rooms.removing, removal.text().encode())
        self._end_removal()

    def _end_removal(self) -> None:
        """Do what is written down, again from its beginning if it was broken off."""
        removal = Removal.of_text(self.rooms.removing.read_text("utf-8"))
        self._aside.set_reference_due(True)
        if removal.graphs:
            self.replace_graphs({}, drop=removal.graphs)
        self._aside.forget(removal)
        self.rooms.removing.unlink()
        self._changing()
        self._forgot = True

    def publish(self, after: int = 0) -> None:
        """Make what was written visible to readers: a snapshot by hard links, named in ``CURRENT`` in one step.

        Its version follows the last one, and ``after``.
        """
        with told(self.rooms.path):
            flush(self._store)
            self._compact()
            version = max(self.rooms.published_version(), after) + 1
            target = self.rooms.snapshots / f"{version:08d}"
            if target.exists():
                shutil.rmtree(target)
            self._store.backup(target)
            self._aside.publish(target.name, self._published)
            newest = max((path.name for path in self.rooms.snapshots.iterdir() if path != target), default="")
            write_sums(target, self.rooms.beside(target.name), self.rooms.beside(newest))
            content = {"snapshot": target.name, "version": version, "tag": f"-{secrets.token_hex(4)}", "vocabulary": self.vocabulary()}
            self._aside.write(self.rooms.current, json.dumps(content).encode())
            self.rooms.unpublished.unlink(missing_ok=True)
            kept = 1 if self._forgot else _KEPT_SNAPSHOTS
            for old in sorted(self.rooms.snapshots.iterdir())[:-kept]:
                remove_unheld(old)
                if not old.exists():
                    shutil.rmtree(self.rooms.beside(old.name), ignore_errors=True)
        self._changed, self._forgot, self._published = False, False, target.name

    def _compact(self) -> None:
        """Put what lies in many files in order after much was written: queries over everything then take a quarter less."""
        if self._written and self._written * _MUCH > sum(map(_size, self.rooms.main.glob("*.sst"))):
            self._store.optimize()
            self._written = 0

    def _changing(self) -> None:
        """Note that there is something to publish, so that it is not forgotten when this process is killed."""
        if not self.rooms.unpublished.exists():
            with told(self.rooms.path):
                self.rooms.unpublished.touch()
        self._changed = True


def _size(table: Path) -> int:
    """Bytes of a file; 0 when the engine has merged it into others since."""
    with contextlib.suppress(FileNotFoundError):
        return table.stat().st_size
    return 0
