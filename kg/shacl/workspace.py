"""The data under validation: graphs in memory that do not see each other, and sets of nodes to look at.

The data is the default graph of the store. A node set is kept as triples of a graph of its own, ``GRAPH → name of the set → node``,
so that a query can start from it whatever its members are: addresses, blank nodes or literals.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import pyoxigraph as ox

from kg.shacl.isolation import Isolation, Level, NotIsolated
from kg.shacl.rewriting import HOLDS, OWNERS
from kg.shacl.seed import GRAPH, Seed
from kg.shacl.vocabulary import Term

Key = tuple[ox.NamedNode, Term]
"""A node in one of the graphs."""
_ASIDE = "urn:x-shacl:"
_SETS = ox.NamedNode(f"{_ASIDE}sets")
SHAPES = ox.NamedNode(f"{_ASIDE}shapes")
_MEMBER = ox.NamedNode(f"{_ASIDE}graph")
_HERE = ox.Literal("")
_LINE = re.compile(r"^<([^>\\]*)> <([^>]*)> (?:<([^>\\]*)> \.)?", re.MULTILINE)
_WHOLE = re.compile(rb"XMLSchema#(?:byte|short|int|long|unsigned\w+|(?:non)?(?:[pP]ositive|[nN]egative)Integer)>")
_NOT_CLOSED = re.compile(r"^(?!<[^>\\]*> <[^>]*> [<\"])|^<[^>]*> <[^>]*> <[^>\\]*\\", re.MULTILINE)
"""A statement with a blank node, or with an address that is written in escapes."""


@dataclass(frozen=True)
class Given:
    """One graph: its own statements, and those it shares with others (code lists), both as N-Triples."""

    graph: ox.NamedNode
    own: bytes
    shared: bytes = b""


class Workspace:
    """Graphs to be held against shapes; each is closed in itself.

    ``isolation`` is what keeps queries over several graphs apart; ``None`` with one graph, where there is nothing to keep apart.
    """

    def __init__(self, given: Iterable[Given], isolation: Isolation | None, brought: Mapping[str, tuple[ox.NamedNode, ...]]) -> None:
        self.given = tuple(given)
        self.graphs = tuple(one.graph for one in self.given)
        self.isolation = isolation
        self._brought = brought
        self._sets = 0
        self.spelled: Mapping[Term, Term] = {}
        self._alone: dict[ox.NamedNode, Workspace] = {}

    @classmethod
    def of(cls, given: Iterable[Given]) -> Self:
        """Several graphs. Raises :class:`NotIsolated` when they are not closed (:mod:`kg.shacl.isolation`)."""
        given = tuple(given)
        if len(given) < 2:
            return cls(given, None, {})
        return cls(given, *_closed(given))

    @classmethod
    def single(cls, ntriples: bytes, graph: str = f"{_ASIDE}data") -> Self:
        """One graph of any origin: results name its literals as they are written there."""
        found = cls([Given(ox.NamedNode(graph), ntriples)], None, {})
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
            self._alone[graph] = Workspace([one for one in self.given if one.graph == graph], None, {})
        return self._alone[graph]

    @cached_property
    def _store(self) -> ox.Store:
        store = ox.Store()
        for one in self.given:
            for part in (one.own, one.shared):
                if self.isolation is not None:
                    store.load(part, format=ox.RdfFormat.N_TRIPLES, to_graph=one.graph)
                if b"_:" in part:
                    store.bulk_extend(ox.parse(part, format=ox.RdfFormat.N_TRIPLES))
                else:
                    store.load(part, format=ox.RdfFormat.N_TRIPLES)
            store.add(ox.Quad(one.graph, _MEMBER, _HERE, _SETS))
        if self.isolation is not None:
            owners = "".join(f"<{graph}> <{HOLDS}> <{node}> .\n" for node, graph in self.isolation.owned.items())
            store.load(owners.encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(OWNERS))
        return store

    def add_shapes(self, triples: Iterable[ox.Triple]) -> None:
        """Put the shapes where ``GRAPH $shapesGraph`` finds them."""
        self._store.bulk_extend(ox.Quad(triple.subject, triple.predicate, triple.object, SHAPES) for triple in triples)

    def node_set(self, keys: Iterable[Key], variable: str = "this") -> Seed:
        """Keep a set of nodes, and say how a query starts from it: the variable in its graph."""
        self._sets += 1
        pattern = f"GRAPH <{_SETS.value}> {{ ?{GRAPH} <{_ASIDE}set/{self._sets}> ?{variable} }}"
        name = ox.NamedNode(f"{_ASIDE}set/{self._sets}")
        keys = tuple(keys)
        self._store.bulk_extend(ox.Quad(graph, name, node, _SETS) for graph, node in keys)
        return Seed(pattern, (variable,), {}, {variable: self._level(keys)})

    def _level(self, keys: Iterable[Key]) -> Level:
        if self.isolation is None:
            return Level.SAFE
        level = Level.OWNED
        for graph, node in keys:
            owner = self.isolation.owned.get(node.value) if isinstance(node, ox.NamedNode) else None
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
        if self.isolation is None:
            return self.graphs
        owner = self.isolation.owned.get(subject.value) if isinstance(subject, ox.NamedNode) else None
        return (ox.NamedNode(owner),) if owner else self._brought.get(subject.value, ())

    def rows(self, text: str) -> ox.QuerySolutions:
        """Run a SELECT. Raises ``SyntaxError`` when it is no SPARQL."""
        answer = self._store.query(text)
        assert isinstance(answer, ox.QuerySolutions)
        return answer

    def rows_of(self, text: str, bindings: Mapping[str, Term]) -> ox.QuerySolutions:
        """Run a SELECT with variables bound."""
        substitutions: dict[ox.Variable, Any] = {ox.Variable(name): value for name, value in bindings.items()}
        answer = self._store.query(text, substitutions=substitutions)
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


def _closed(given: Iterable[Given]) -> tuple[Isolation, Mapping[str, tuple[ox.NamedNode, ...]]]:
    owned: dict[str, str] = {}
    leading: dict[str, set[str]] = defaultdict(set)
    mentioned: list[tuple[str, set[str]]] = []
    shared_properties: set[str] = set()
    shared_nodes: set[str] = set()
    brought: dict[str, list[ox.NamedNode]] = defaultdict(list)
    for one in given:
        subjects, by_property, objects = _parts(one.own)
        for subject in subjects:
            if owned.setdefault(subject, one.graph.value) != one.graph.value:
                raise NotIsolated(f"two graphs speak of {subject}")
        for name, values in by_property.items():
            leading[name] |= values
        mentioned.append((one.graph.value, objects))
        subjects, by_property, objects = _parts(one.shared)
        shared_properties |= by_property.keys()
        shared_nodes |= subjects | objects
        for subject in subjects:
            brought[subject].append(one.graph)
    for graph, objects in mentioned:
        for node in objects:
            if owned.get(node, graph) != graph:
                raise NotIsolated(f"a graph mentions {node}, of which another one speaks")
    if foreign := shared_nodes & owned.keys():
        raise NotIsolated(f"what the graphs share mentions {min(foreign)}, of which one of them speaks")
    own = leading.keys() - shared_properties
    inward = frozenset(name for name in own if leading[name] <= owned.keys())
    isolation = Isolation(frozenset(own), inward, owned)
    return isolation, {node: tuple(graphs) for node, graphs in brought.items()}


def _parts(ntriples: bytes) -> tuple[set[str], Mapping[str, set[str]], set[str]]:
    """Subjects, properties with their values (a literal is empty), and the values that are addresses.

    Raises :class:`NotIsolated` for blank nodes.
    """
    text = ntriples.decode()
    if _NOT_CLOSED.search(text.rstrip("\n")) and text:
        raise NotIsolated("blank nodes")
    found = _LINE.findall(text)
    values: dict[str, set[str]] = defaultdict(set)
    for _, name, value in found:
        values[name].add(value)
    return {line[0] for line in found}, values, set[str]().union(*values.values()) - {""}


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
