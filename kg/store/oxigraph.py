"""What is asked of pyoxigraph, in memory and on disk alike."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from kg.errors import QueryError
from kg.store.interface import UNION, Answer, Dataset, Term

_PLACE = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): (?P<reason>.*)", re.DOTALL)


class Asked:
    """A :class:`kg.store.interface.Reader` over an engine's store that its heir has opened."""

    _store: ox.Store

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
        return sorted(graph.value for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode))

    def dump(self, graph: str) -> bytes:
        """Empty when there is none."""
        return _dump(self._store, graph)


def _run(store: ox.Store, text: str, bindings: Mapping[str, Term] | None, dataset: Dataset, base: str | None) -> Answer:
    """As :meth:`kg.store.interface.Reader.query`."""
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
        raise query_error(str(error)) from error


def update(store: ox.Store, text: str, base: str | None) -> None:
    """Run an update. Raises :class:`QueryError` with line and column when it is none, or cannot be run."""
    try:
        store.update(text, base_iri=base)
    except SyntaxError as error:
        raise query_error(str(error)) from error
    except RuntimeError as error:  # CREATE of a graph that is there, DROP of one that is not
        raise QueryError(f"the update was refused and nothing was changed: {error}") from error


def _nodes(graphs: Sequence[str] | None) -> list[Any] | None:
    return None if graphs is None else [ox.NamedNode(graph) for graph in graphs]


def query_error(message: str) -> QueryError:
    """The parser's ``error at LINE:COLUMN: expected …`` as facts."""
    place = _PLACE.match(message)
    if place is None:
        return QueryError(f"not SPARQL: {message}")
    reason = textwrap.shorten(place["reason"], 200, placeholder=" …")
    return QueryError(f"not SPARQL: {reason}", int(place["line"]), int(place["column"]))


def _dump(store: ox.Store, graph: str) -> bytes:
    """One graph as sorted N-Triples; empty when there is none."""
    data = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph))
    return b"".join(sorted((data or b"").splitlines(keepends=True)))


def canonical(ntriples: bytes) -> bytes:
    """N-Triples as :meth:`Asked.dump` would give them back: decimals in canonical form, lines sorted."""
    store = ox.Store()
    store.load(ntriples, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode("urn:graph"))
    return _dump(store, "urn:graph")
