"""The data under validation: graphs in memory that do not see each other, and sets of nodes to look at.

A node set is kept as triples of a graph of its own, ``GRAPH → name of the set → node``, so that a query can start from it
whatever its members are: addresses, blank nodes or literals.
"""

from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from kg.shacl.prebinding import GRAPH, Seed
from kg.shacl.vocabulary import Term

Key = tuple[ox.NamedNode, Term]
"""A node in one of the graphs."""
_ASIDE = "urn:x-shacl:"
_SETS = ox.NamedNode(f"{_ASIDE}sets")
SHAPES = ox.NamedNode(f"{_ASIDE}shapes")
_MEMBER = ox.NamedNode(f"{_ASIDE}graph")
_HERE = ox.Literal("")


class Workspace:
    """Graphs to be held against shapes; each is closed in itself."""

    def __init__(self) -> None:
        self._store = ox.Store()
        self._sets = 0
        self.graphs: list[ox.NamedNode] = []

    def add(self, graph: str, ntriples: bytes) -> None:
        """Add N-Triples as a graph, or to one that is there."""
        node = self._member(graph)
        self._store.load(ntriples, format=ox.RdfFormat.N_TRIPLES, to_graph=node)

    def add_triples(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        node = self._member(graph)
        self._store.bulk_extend(ox.Quad(triple.subject, triple.predicate, triple.object, node) for triple in triples)

    def _member(self, graph: str) -> ox.NamedNode:
        node = ox.NamedNode(graph)
        if node not in self.graphs:
            self.graphs.append(node)
            self._store.add(ox.Quad(node, _MEMBER, _HERE, _SETS))
        return node

    def add_shapes(self, triples: Iterable[ox.Triple]) -> None:
        """Put the shapes where ``GRAPH $shapesGraph`` finds them."""
        self._store.bulk_extend(ox.Quad(triple.subject, triple.predicate, triple.object, SHAPES) for triple in triples)

    def node_set(self, keys: Iterable[Key]) -> Seed:
        """Keep a set of nodes, and say how a query starts from it: ``?this`` in its graph."""
        self._sets += 1
        name = ox.NamedNode(f"{_ASIDE}set/{self._sets}")
        self._store.bulk_extend(ox.Quad(graph, name, node, _SETS) for graph, node in keys)
        return Seed(f"GRAPH <{_SETS.value}> {{ ?{GRAPH} <{name.value}> ?this }}", ("this",))

    @property
    def each_graph(self) -> Seed:
        """Binds the graphs alone."""
        return Seed(f'GRAPH <{_SETS.value}> {{ ?{GRAPH} <{_MEMBER.value}> "" }}', ())

    def rows(self, text: str) -> ox.QuerySolutions:
        """Run a SELECT that names the graphs it reads. Raises ``SyntaxError`` when it is no SPARQL."""
        answer = self._store.query(text)
        assert isinstance(answer, ox.QuerySolutions)
        return answer

    def rows_of(self, text: str, graph: str, bindings: dict[str, Term] | None = None) -> ox.QuerySolutions:
        """Run a SELECT as it stands over one of the graphs."""
        substitutions: dict[ox.Variable, Any] = {ox.Variable(name): value for name, value in (bindings or {}).items()}
        answer = self._store.query(text, default_graph=[ox.NamedNode(graph)], substitutions=substitutions)
        assert isinstance(answer, ox.QuerySolutions)
        return answer

    def ntriples(self, graph: ox.NamedNode) -> bytes:
        return self._store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b""

    def keys(self, where: str, node: str = "this") -> list[Key]:
        """The distinct nodes that a pattern binds, each in its graph."""
        return [_key(row, node) for row in self.rows(f"SELECT DISTINCT ?{GRAPH} ?{node} WHERE {{ {self.each_graph.pattern} {where} }}")]


def _key(row: ox.QuerySolution, node: str) -> Key:
    graph, found = row[GRAPH], row[node]
    assert isinstance(graph, ox.NamedNode)
    assert found is not None
    assert not isinstance(found, ox.Triple)
    return graph, found


def key_of(row: ox.QuerySolution) -> Key:
    """The focus node of a row, in its graph."""
    return _key(row, "this")
