"""What readers of a store directory see."""

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store import oxigraph
from kg.store.faults import reason_of
from kg.store.lease import Lease
from kg.store.rooms import Rooms

_ATTEMPTS = 10


class Snapshot(oxigraph.Asked):
    """A reader's view of a store directory: the newest published snapshot, frozen, and kept while this object lives.

    ``version`` grows with every publication; ``tag`` also tells apart the versions of two stores that stood in the same place.
    ``folder`` is where it is, ``vocabulary`` the digest of its ontology and code lists (empty where an older program published it).
    """

    def __init__(self, path: Path) -> None:
        self.rooms = Rooms(path)
        self.rooms.check()
        for attempt in range(_ATTEMPTS):
            try:
                self._open()
                return
            except (OSError, RuntimeError, ValueError, KeyError) as error:
                # A publisher may have removed the folder between the reading of its name and the lock: there is a newer one then.
                if attempt + 1 == _ATTEMPTS or not self.rooms.current.exists():
                    reason = reason_of(error) if isinstance(error, OSError | RuntimeError) else ""
                    raise StoreError(reason or f"no readable snapshot: {error}", str(path)) from error
                time.sleep(0.01 * attempt)

    def _open(self) -> None:
        current = json.loads(self.rooms.current.read_text("utf-8"))
        self.folder = self.rooms.snapshots / current["snapshot"]
        self._lease = Lease(self.folder)
        self._store = ox.Store.read_only(str(self.folder))
        self.vocabulary = str(current.get("vocabulary", ""))
        self.version = int(current["version"])
        self.tag = f"{self.version}{current.get('tag', '')}"

    def is_current(self) -> bool:
        """Whether no other snapshot has been published since, be it by another store in this place."""
        with contextlib.suppress(OSError, ValueError):
            current = json.loads(self.rooms.current.read_text("utf-8"))
            return f"{int(current['version'])}{current.get('tag', '')}" == self.tag
        return True

    def has_graph(self, name: str) -> bool:
        """Whether there is a graph of this name. Raises :class:`ValueError` when it is no IRI."""
        return self._store.contains_named_graph(ox.NamedNode(name))

    def triples(self, graph: str) -> Iterator[ox.Triple]:
        """The triples of one graph; an empty name stands for the default graph, which is not the union."""
        name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        return (quad.triple for quad in self._store.quads_for_pattern(None, None, None, name))

    def source(self, sha256: str) -> bytes | None:
        """The bytes of a disclosure by its hash, or ``None`` when the store does not have them."""
        return self.rooms.kept_source(sha256)

    def quads(self) -> Iterator[bytes]:
        """The whole snapshot as N-Quads lines, graph by graph."""
        for name in self.graphs():
            suffix = f" <{name}> .\n".encode()
            for line in self.dump(name).splitlines():
                yield line.rstrip(b" .") + suffix
