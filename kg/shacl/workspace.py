"""The data under validation: graphs in memory that do not see each other, and sets of nodes to look at.

The data is the default graph of the store. A node set is kept as triples of a graph of its own, ``GRAPH → name of the set → node``,
so that a query can start from it whatever its members are: addresses, blank nodes or literals.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Self

import pyoxigraph as ox

from kg.shacl.facts import Facts
from kg.shacl.isolation import Level, NotIsolated
from kg.shacl.merging import Given, Merged, merged
from kg.shacl.rewriting import OWNERS
from kg.shacl.seed import GRAPH, Seed
from kg.shacl.vocabulary import Term

Key = tuple[ox.NamedNode, Term]
"""A node in one of the graphs."""
_ASIDE = "urn:x-shacl:"
_SETS = ox.NamedNode(f"{_ASIDE}sets")
SHAPES = ox.NamedNode(f"{_ASIDE}shapes")
_MEMBER = ox.NamedNode(f"{_ASIDE}graph")
_HERE = ox.Literal("")
_WHOLE = re.compile(rb"XMLSchema#(?:byte|short|int|long|unsigned\w+|(?:non)?(?:[pP]ositive|[nN]egative)Integer)>")


class Workspace:
    """Graphs to be held against shapes; each is closed in itself.

    ``isolation`` is what keeps queries over several graphs apart; ``None`` with one graph, where there is nothing to keep apart.
    """

    def __init__(self, given: Iterable[Given], one: Merged | None) -> None:
        self.given = tuple(given)
        self.graphs = tuple(one.graph for one in self.given)
        self.isolation = one.isolation if one else None
        self._merged = one
        self._sets = 0
        self._shapes: tuple[ox.Triple, ...] = ()
        self._members: dict[str, tuple[Key, ...]] = {}
        self._texts: dict[str, frozenset[str]] = {}
        self.spelled: Mapping[Term, Term] = {}
        self._alone: dict[ox.NamedNode, Workspace] = {}

    @classmethod
    def of(cls, given: Iterable[Given]) -> Self:
        """Several graphs. Raises :class:`NotIsolated` when they are not closed (:mod:`kg.shacl.isolation`)."""
        given = tuple(given)
        return cls(given, merged(given) if len(given) > 1 else None)

    @classmethod
    def single(cls, ntriples: bytes, graph: str = f"{_ASIDE}data") -> Self:
        """One graph of any origin: results name its literals as they are written there."""
        found = cls([Given(ox.NamedNode(graph), ntriples)], None)
        found.spelled = dict(_spelled(ntriples))
        return found

    @cached_property
    def keeps_datatypes(self) -> bool:
        """Whether the store keeps the datatype of every literal: it holds whole numbers of all kinds as ``xsd:integer``."""
        return not any(_WHOLE.search(part) for one in self.given for part in (one.own, one.shared))

    def alone(self, graph: ox.NamedNode) -> "Workspace":
        """One of the graphs by itself."""
        if len(self.given) == 1:
            return self
        if graph not in self._alone:
            self._alone[graph] = Workspace([one for one in self.given if one.graph == graph], None)
        return self._alone[graph]

    @cached_property
    def _store(self) -> ox.Store:
        store = ox.Store()
        shared = [self._merged.shared] if self._merged else [one.shared for one in self.given]
        for part in (*(one.own for one in self.given), *shared):
            if b"_:" in part:
                store.bulk_extend(ox.parse(part, format=ox.RdfFormat.N_TRIPLES))
            else:
                store.load(part, format=ox.RdfFormat.N_TRIPLES, lenient=True)
        store.bulk_extend(ox.Quad(graph, _MEMBER, _HERE, _SETS) for graph in self.graphs)
        if self._merged is not None:
            store.load(self._merged.owners(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(OWNERS), lenient=True)
        return store

    def add_shapes(self, triples: Iterable[ox.Triple]) -> None:
        """Have the shapes put where ``GRAPH $shapesGraph`` finds them, when a query names that graph."""
        self._shapes = tuple(triples)

    def node_set(self, keys: Iterable[Key], variable: str = "this", name: str = "") -> Seed:
        """Keep a set of nodes, and say how a query starts from it: the variable in its graph.

        A set that other workspaces have too says its ``name``: queries that start from it are compiled once for all.
        """
        self._sets += 1
        name = f"{_ASIDE}set/{name or self._sets}"
        pattern = f"GRAPH <{_SETS.value}> {{ ?{GRAPH} <{name}> ?{variable} }}"
        keys = self._members[pattern] = tuple(keys)
        self._store.bulk_extend(ox.Quad(graph, ox.NamedNode(name), node, _SETS) for graph, node in keys)
        return Seed(pattern, (variable,), {}, {variable: self._level(keys)})

    @property
    def facts(self) -> Facts | None:
        """What is counted of all graphs, where they are several."""
        return self._merged.facts if self._merged else None

    def members(self, seed: Seed) -> frozenset[str]:
        """The nodes of a node set, as N-Triples writes them."""
        if seed.pattern not in self._texts:
            self._texts[seed.pattern] = frozenset(str(node) for _, node in self._members[seed.pattern])
        return self._texts[seed.pattern]

    def _level(self, keys: Iterable[Key]) -> Level:
        if self._merged is None:
            return Level.SAFE
        level = Level.OWNED
        for graph, node in keys:
            owner = self._merged.owned.get(node.value) if isinstance(node, ox.NamedNode) else None
            if owner is None:
                level = Level.SAFE
            elif owner != graph.value:
                raise NotIsolated("a focus node that another graph speaks of")
        return level

    @cached_property
    def each_graph(self) -> Seed:
        """Binds the graphs alone."""
        return Seed(f'GRAPH <{_SETS.value}> {{ ?{GRAPH} <{_MEMBER.value}> "" }}', ())

    def homes(self, subject: Term) -> tuple[ox.NamedNode, ...]:
        """The graphs that say something about a node."""
        if self._merged is None:
            return self.graphs
        owner = self._merged.owned.get(subject.value) if isinstance(subject, ox.NamedNode) else None
        return (ox.NamedNode(owner),) if owner else self._merged.brought.get(subject.value, ())

    def rows(self, text: str) -> ox.QuerySolutions:
        """Run a SELECT. Raises ``SyntaxError`` when it is no SPARQL."""
        if self._shapes and SHAPES.value in text:
            self._store.bulk_extend(ox.Quad(triple.subject, triple.predicate, triple.object, SHAPES) for triple in self._shapes)
            self._shapes = ()
        answer = self._store.query(text)
        assert isinstance(answer, ox.QuerySolutions)
        return answer

    def ntriples(self, graph: ox.NamedNode) -> bytes:
        """A graph with what it shares."""
        return b"".join(one.own + one.shared for one in self.given if one.graph == graph)


def _spelled(ntriples: bytes) -> Iterator[tuple[Term, Term]]:
    """Literals that the store spells in its own way (``1.20`` as ``1.2``), by that way; of several that it takes for one, the first."""
    literals = dict.fromkeys(
        quad.object for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES) if isinstance(quad.object, ox.Literal)
    )
    typed = [literal for literal in literals if not literal.language and not literal.datatype.value.endswith("#string")]
    store = ox.Store()
    store.bulk_extend(ox.Quad(ox.NamedNode(f"urn:{number}"), _MEMBER, literal) for number, literal in enumerate(typed))
    kept = {quad.subject: quad.object for quad in store.quads_for_pattern(None, None, None)}
    found: dict[Term, Term] = {}
    for number, literal in enumerate(typed):
        stored = kept[ox.NamedNode(f"urn:{number}")]
        assert isinstance(stored, ox.Literal)
        found.setdefault(stored, literal)
    yield from ((stored, literal) for stored, literal in found.items() if stored != literal)


def term(value: Term | ox.Triple | None) -> Term:
    """What a row binds: never nothing, never a triple."""
    assert value is not None
    assert not isinstance(value, ox.Triple)
    return value


def key_of(row: ox.QuerySolution) -> Key:
    """The focus node of a row, in its graph."""
    graph = row[GRAPH]
    assert isinstance(graph, ox.NamedNode)
    return graph, term(row["this"])


def in_graphs(data: Workspace, rows: Iterable[ox.QuerySolution], subject: str) -> Iterator[Key]:
    """``?this`` of every row, in the graphs that speak of the row's ``subject``."""
    for row in rows:
        for graph in data.homes(term(row[subject])):
            yield graph, term(row["this"])
