"""A store in memory."""

from collections.abc import Mapping

import pyoxigraph as ox

from kg.store import oxigraph
from kg.store.interface import UNION, Answer, Dataset, Term


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
        return oxigraph.run(self._store, text, bindings, dataset, base)

    def graphs(self) -> list[str]:
        return oxigraph.graphs(self._store)

    def dump(self, graph: str) -> bytes:
        return oxigraph.dump(self._store, graph)
