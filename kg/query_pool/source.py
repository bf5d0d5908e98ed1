"""What queries run over: the newest snapshot of a store directory, or a remote store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from kg.settings import DEFAULT_LOCAL
from kg.store import OWN_DATASET, Endpoint, RemoteStore, Rooms, Snapshot, View

Place = Path | Endpoint
"""Where a store is: a directory, or a SPARQL service."""


class Source(View, Protocol):
    """A view that can also hand out single graphs. ``tag`` names the state of the data, empty where nobody can tell."""

    rooms: Rooms

    @property
    def tag(self) -> str: ...

    def has_graph(self, name: str) -> bool:
        """Whether there is a graph of this name. Raises :class:`ValueError` when it is no IRI."""

    def triples(self, graph: str) -> Iterator[ox.Triple]:
        """The triples of one graph; an empty name stands for the default graph, which is not the union."""


class RemoteSource(RemoteStore):
    """A remote store for queries from outside. Anybody may change it without telling us, so its state has no name.

    ``rooms`` is the folder on this machine with the sources and the search index of that store.
    """

    tag = ""

    def __init__(self, endpoint: Endpoint, local: Path) -> None:
        super().__init__(endpoint)
        self.rooms = Rooms(local)

    def source(self, sha256: str) -> bytes | None:
        return self.rooms.kept_source(sha256)

    def has_graph(self, name: str) -> bool:
        found = self.query(f"ASK {{ GRAPH {ox.NamedNode(name)} {{ ?s ?p ?o }} }}", dataset=OWN_DATASET)
        assert isinstance(found, ox.QueryBoolean)
        return bool(found)

    def triples(self, graph: str) -> Iterator[ox.Triple]:
        where = f"GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
        found = self.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {where} }}", dataset=OWN_DATASET)
        assert isinstance(found, ox.QueryTriples)
        return iter(found)


def local_folder(place: Place, local: Path | None = None) -> Path:
    """The folder of a store, or what a remote store has on this machine (``local`` unless it is ``None``)."""
    return place if isinstance(place, Path) else local or place.local(DEFAULT_LOCAL)


def open_source(place: Place, local: Path | None = None) -> Source:
    """Open a store for reading. Raises :class:`kg.errors.StoreError` when there is none, or it cannot be reached."""
    return Snapshot(place) if isinstance(place, Path) else RemoteSource(place, local_folder(place, local))
