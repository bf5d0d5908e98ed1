"""A store in memory."""

import pyoxigraph as ox

from kg.store import oxigraph


class MemoryStore(oxigraph.Asked):
    """A store that lives in memory: for one document's graph, for uploads and for tests."""

    def __init__(self) -> None:
        self._store = ox.Store()

    def load(self, graph: str, ntriples: bytes) -> None:
        """Add N-Triples to ``graph``."""
        self._store.load(ntriples, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))
