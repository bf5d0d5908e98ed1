"""What is kept beside a main store and never part of it: sources, superseded revisions, personal data."""

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.faults import BUSY, reason_of, told
from kg.store.flush import flush
from kg.store.removal import Removal
from kg.store.rooms import Rooms


def open_writer(path: Path) -> ox.Store:
    """Open one room of a store directory for writing. Raises :class:`StoreError` when another process has it."""
    try:
        return ox.Store(path)
    except (OSError, RuntimeError) as error:
        if "lock" in str(error).lower():
            raise StoreError(BUSY, str(path.parent)) from error
        raise StoreError(reason_of(error) or f"cannot be opened: {error}", str(path.parent)) from error


class Aside:
    """The rooms of a folder that belong to the writer alone. Archive and restricted room are opened when they are needed.

    Every method raises :class:`StoreError` where the disk is full, closed or damaged.
    """

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self._open: dict[Path, ox.Store] = {}
        self._alike: set[Path] = set()
        """The rooms that the copies of the last publication by this object still are like."""

    def close(self) -> None:
        self._open.clear()

    def keep_source(self, sha256: str, data: bytes) -> None:
        """As :meth:`kg.store.interface.Writer.keep_source`."""
        self._keep(self.rooms.source(sha256), data)

    def keep_outcome(self, basis: str, data: bytes) -> None:
        """As :meth:`kg.store.interface.Writer.keep_outcome`."""
        self._keep(self.rooms.outcomes / basis, data)

    def outcome(self, basis: str) -> bytes | None:
        """As :meth:`kg.store.interface.Writer.outcome`."""
        path = self.rooms.outcomes / basis
        if not path.exists():
            return None
        os.utime(path)
        return path.read_bytes()

    def drop_outcomes(self, days: float) -> int:
        """As :meth:`kg.store.interface.Writer.drop_outcomes`."""
        kept = self.rooms.outcomes.iterdir() if self.rooms.outcomes.exists() else ()
        old = [path for path in kept if path.stat().st_mtime < time.time() - days * 24 * 3600]
        for path in old:
            path.unlink()
        return len(old)

    def taken_in(self, maker: str) -> frozenset[str]:
        """As :meth:`kg.store.interface.Writer.taken_in`. A line that a killed process did not finish says nothing."""
        return frozenset(sha256 for sha256, line in self.manifest().items() if line.split()[0] == maker)

    def manifest(self) -> dict[str, str]:
        """Hash → the last whole line about it without the hash: maker and digest of its graph (which older lines lack)."""
        if not self.rooms.manifest.exists():
            return {}
        lines = (line.split() for line in self.rooms.manifest.read_text("ascii", "replace").splitlines())
        return {fields[0]: " ".join(fields[1:]) for fields in lines if len(fields) in (2, 3) and all(len(field) >= 64 for field in fields)}

    def note_taken_in(self, sha256: str, maker: str, digest: str) -> None:
        """As :meth:`kg.store.interface.Writer.note_taken_in`."""
        with told(self.rooms.path), self.rooms.manifest.open("a", encoding="ascii") as file:
            file.write(f"\n{sha256} {maker} {digest}")

    def reference_due(self) -> bool:
        """As :meth:`kg.store.interface.Writer.reference_due`."""
        return self.rooms.reference_due.exists()

    def set_reference_due(self, due: bool) -> None:
        """As :meth:`kg.store.interface.Writer.set_reference_due`."""
        with told(self.rooms.path):
            if due:
                self.rooms.reference_due.touch()
            else:
                self.rooms.reference_due.unlink(missing_ok=True)

    def archive(self, graph: str, ntriples: bytes, successor: str) -> None:
        """As :meth:`kg.store.interface.Writer.archive`."""
        self._put(self.rooms.archive, graph, ntriples)
        self.write(self.rooms.superseded / graph.rpartition("/")[2], successor.encode())

    def put_restricted(self, graph: str, ntriples: bytes) -> None:
        """As :meth:`kg.store.interface.Writer.put_restricted`."""
        if ntriples or self.rooms.restricted.exists():
            self._put(self.rooms.restricted, graph, ntriples)

    def forget(self, removal: Removal) -> None:
        """Take disclosures out of everything that is kept here. Doing it twice is doing it once."""
        for name in removal.restricted:
            self.put_restricted(name, b"")
        for name in removal.archived:
            self._put(self.rooms.archive, name, b"")
            (self.rooms.superseded / name.rpartition("/")[2]).unlink(missing_ok=True)
        for short, address in removal.successors.items():
            self.write(self.rooms.superseded / short, address.encode())
        for sha256 in removal.hashes:
            self.rooms.source(sha256).unlink(missing_ok=True)
        for path in self.rooms.outcomes.iterdir() if self.rooms.outcomes.exists() else ():
            data = path.read_bytes()
            if any(name.encode() in data for name in removal.disclosures):
                path.unlink()
        left = {sha256: line for sha256, line in self.manifest().items() if sha256 not in removal.hashes}
        self.write(self.rooms.manifest, "".join(f"\n{sha256} {line}" for sha256, line in left.items()).encode())

    def sweep(self) -> None:
        """Remove what a process that was killed left half-written. Only for who alone writes here."""
        if self.rooms.unfinished.exists():
            with told(self.rooms.path):
                shutil.rmtree(self.rooms.unfinished)

    def publish(self, snapshot: str, last: str) -> None:
        """Keep archive and restricted room as they are now beside a snapshot, by hard links; what this object has not changed
        since its ``last`` one is linked from there."""
        target = self.rooms.beside(snapshot)
        if target.exists():
            shutil.rmtree(target)
        target.mkdir(parents=True)
        for room in (self.rooms.archive, self.rooms.restricted):
            if not room.exists():
                continue
            old = self.rooms.beside(last) / room.name
            if room in self._alike and old.exists():
                shutil.copytree(old, target / room.name, copy_function=os.link)
            else:
                flush(self._writing(room))
                self._writing(room).backup(target / room.name)
            self._alike.add(room)

    def write(self, target: Path, data: bytes) -> None:
        """Write a file, whole or not at all."""
        with told(self.rooms.path):
            target.parent.mkdir(parents=True, exist_ok=True)
            self.rooms.unfinished.mkdir(exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.rooms.unfinished)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                os.replace(name, target)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name)

    def _keep(self, target: Path, data: bytes) -> None:
        """Write a file whose name says what is in it."""
        if not target.exists():
            self.write(target, data)

    def _put(self, room: Path, graph: str, ntriples: bytes) -> None:
        with told(self.rooms.path):
            update = f"DROP SILENT GRAPH <{graph}>"
            if ntriples:
                update += f" ; INSERT DATA {{ GRAPH <{graph}> {{\n{ntriples.decode()}}} }}"
            self._writing(room).update(update)
        self._alike.discard(room)

    def _writing(self, room: Path) -> ox.Store:
        if room not in self._open:
            self._open[room] = open_writer(room)
        return self._open[room]
