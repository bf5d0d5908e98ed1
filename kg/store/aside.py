"""What is kept beside a main store and never part of it: sources, superseded revisions, personal data."""

import os
import tempfile
import time
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.rooms import Rooms


def open_writer(path: Path) -> ox.Store:
    """Open one room of a store directory for writing. Raises :class:`StoreError` when another process has it."""
    try:
        return ox.Store(path)
    except OSError as error:
        if "lock" in str(error).lower():
            raise StoreError("another process is writing here; wait for it to end or stop it", str(path.parent)) from error
        raise StoreError(f"cannot be opened: {error}", str(path.parent)) from error


def _keep(target: Path, data: bytes) -> None:
    """Write a file whose name says what is in it."""
    if not target.exists():
        _write(target, data)


def _write(target: Path, data: bytes) -> None:
    """Write a file, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.replace(name, target)


class Aside:
    """The rooms of a folder that belong to the writer alone. Archive and restricted room are opened when they are needed."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self._open: dict[Path, ox.Store] = {}

    def close(self) -> None:
        self._open.clear()

    def keep_source(self, sha256: str, data: bytes) -> None:
        """As :meth:`kg.store.interface.Writer.keep_source`."""
        _keep(self.rooms.source(sha256), data)

    def keep_outcome(self, basis: str, data: bytes) -> None:
        """As :meth:`kg.store.interface.Writer.keep_outcome`."""
        _keep(self.rooms.outcomes / basis, data)

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
        if not self.rooms.manifest.exists():
            return frozenset()
        lines = (line.split() for line in self.rooms.manifest.read_text("ascii", "replace").splitlines())
        return frozenset(fields[0] for fields in lines if len(fields) == 2 and fields[1] == maker)

    def note_taken_in(self, sha256: str, maker: str) -> None:
        """As :meth:`kg.store.interface.Writer.note_taken_in`."""
        with self.rooms.manifest.open("a", encoding="ascii") as file:
            file.write(f"\n{sha256} {maker}")

    def archive(self, graph: str, ntriples: bytes, successor: str) -> None:
        """As :meth:`kg.store.interface.Writer.archive`."""
        self._put(self.rooms.archive, graph, ntriples)
        _write(self.rooms.superseded / graph.rpartition("/")[2], successor.encode())

    def put_restricted(self, graph: str, ntriples: bytes) -> None:
        """As :meth:`kg.store.interface.Writer.put_restricted`."""
        if ntriples or self.rooms.restricted.exists():
            self._put(self.rooms.restricted, graph, ntriples)

    def _put(self, room: Path, graph: str, ntriples: bytes) -> None:
        if room not in self._open:
            self._open[room] = open_writer(room)
        self._open[room].update(f"DROP SILENT GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{\n{ntriples.decode()}}} }}")
