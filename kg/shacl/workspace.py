"""The data under validation: graphs in memory that do not see each other, and sets of nodes to look at.

The data is the default graph of the store. A node set is kept as triples of a graph of its own, ``GRAPH → name of the set → node``,
so that a query can start from it whatever its members are: addresses, blank nodes or literals.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import pyoxigraph as ox

from kg.shacl.isolation import Isolation, Level, NotIsolated
from kg.shacl.rewriting import HOLDS, OWNERS
from kg.shacl.seed import GRAPH, Seed
from kg.shacl.vocabulary import TYPE, Term

Key = tuple[ox.NamedNode, Term]
"""A node in one of the graphs."""
_ASIDE = "urn:x-shacl:"
_SETS = ox.NamedNode(f"{_ASIDE}sets")
SHAPES = ox.NamedNode(f"{_ASIDE}shapes")
_MEMBER = ox.NamedNode(f"{_ASIDE}graph")
_HERE = ox.Literal("")
_LINE = re.compile(r"^<([^>\\]*)> <([^>]*)> (?:<([^>\\]*)> \.)?", re.MULTILINE)
_HIERARCHY = {TYPE.value, "http://www.w3.org/2000/01/rdf-schema#subClassOf"}
"""What class constraints follow."""
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

    def __init__(self, given: Iterable[Given], merged: "_Merged | None") -> None:
        self.given = tuple(given)
        self.graphs = tuple(one.graph for one in self.given)
        self.isolation = merged.isolation if merged else None
        self._merged = merged
        self._sets = 0
        self.spelled: Mapping[Term, Term] = {}
        self._alone: dict[ox.NamedNode, Workspace] = {}

    @classmethod
    def of(cls, given: Iterable[Given]) -> Self:
        """Several graphs. Raises :class:`NotIsolated` when they are not closed (:mod:`kg.shacl.isolation`)."""
        given = tuple(given)
        return cls(given, _closed(given) if len(given) > 1 else None)

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
                store.bulk_load(part, format=ox.RdfFormat.N_TRIPLES)
        store.bulk_extend(ox.Quad(graph, _MEMBER, _HERE, _SETS) for graph in self.graphs)
        if self._merged is not None:
            store.bulk_load(self._merged.owners(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(OWNERS))
        return store

    def add_shapes(self, triples: Iterable[ox.Triple]) -> None:
        """Put the shapes where ``GRAPH $shapesGraph`` finds them."""
        self._store.bulk_extend(ox.Quad(triple.subject, triple.predicate, triple.object, SHAPES) for triple in triples)

    def node_set(self, keys: Iterable[Key], variable: str = "this", name: str = "") -> Seed:
        """Keep a set of nodes, and say how a query starts from it: the variable in its graph.

        A set that other workspaces have too says its ``name``: queries that start from it are compiled once for all.
        """
        self._sets += 1
        name = f"{_ASIDE}set/{name or self._sets}"
        pattern = f"GRAPH <{_SETS.value}> {{ ?{GRAPH} <{name}> ?{variable} }}"
        keys = tuple(keys)
        self._store.bulk_extend(ox.Quad(graph, ox.NamedNode(name), node, _SETS) for graph, node in keys)
        return Seed(pattern, (variable,), {}, {variable: self._level(keys)})

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


@dataclass(frozen=True)
class _Merged:
    """Several graphs as one: ``owned`` says which graph speaks of a node by itself, ``brought`` which graphs share what is said of
    one; ``shared`` is all that they share, once."""

    isolation: Isolation
    owned: Mapping[str, str]
    brought: Mapping[str, tuple[ox.NamedNode, ...]]
    shared: bytes

    def owners(self) -> bytes:
        """Which graph speaks of which nodes, as N-Triples."""
        own = (f"<{graph}> <{HOLDS}> <{node}> .\n" for node, graph in self.owned.items())
        shared = (f"{graph} <{HOLDS}> <{node}> .\n" for node, graphs in self.brought.items() for graph in graphs)
        return "".join((*own, *shared)).encode()


def _closed(given: Sequence[Given]) -> _Merged:
    owned: dict[str, str] = {}
    leading: dict[str, set[str]] = defaultdict(set)
    mentioned: list[set[str]] = []
    uses = Counter[str]()
    for one in given:
        subjects, by_property, objects = _parts(one.own, uses)
        for subject in subjects:
            if owned.setdefault(subject, one.graph.value) != one.graph.value:
                raise NotIsolated(f"two graphs speak of {subject}")
        for name, values in by_property.items():
            leading[name] |= values
        mentioned.append(objects)
    shared = _shared(given, uses)
    for one, objects, brought in zip(given, mentioned, shared.brought, strict=True):
        for node in objects:
            if owned.get(node, one.graph.value) != one.graph.value:
                raise NotIsolated(f"a graph mentions {node}, of which another one speaks")
        if missing := (objects & shared.subjects) - brought:
            raise NotIsolated(f"a graph mentions {min(missing)}, of which others share what is said")
    if foreign := shared.nodes & owned.keys():
        raise NotIsolated(f"what the graphs share mentions {min(foreign)}, of which one of them speaks")
    own = leading.keys() - shared.properties
    inward = frozenset(name for name in own if leading[name] <= owned.keys())
    homes: dict[str, list[ox.NamedNode]] = defaultdict(list)
    for one, brought in zip(given, shared.brought, strict=True):
        for subject in brought:
            homes[subject].append(one.graph)
    nodes = (len(owned) + len(shared.subjects)) // len(given)
    rare = frozenset(name for name, count in uses.items() if count < nodes)
    isolation = Isolation(frozenset(own), inward, shared.loose, frozenset(owned), rare)
    return _Merged(isolation, owned, {node: tuple(graphs) for node, graphs in homes.items()}, shared.text)


@dataclass(frozen=True)
class _Shared:
    """What graphs share: its subjects, by graph and together, its properties, all its nodes, and where it is loose (:class:`Isolation`)."""

    text: bytes
    brought: tuple[Set[str], ...]
    subjects: Set[str]
    properties: Set[str]
    nodes: Set[str]
    loose: frozenset[str]


def _shared(given: Sequence[Given], uses: Counter[str]) -> _Shared:
    """Counts uses as :func:`_parts` does. Raises :class:`NotIsolated` where graphs share different things about one node."""
    lines = [frozenset(one.shared.splitlines()) for one in given]
    text = b"".join(line + b"\n" for line in sorted(frozenset[bytes]().union(*lines)))
    subjects, by_property, objects = _parts(text, uses)
    about = Counter[str]()
    subject_of: dict[bytes, str] = {}
    leading: dict[bytes, tuple[str, str]] = {}
    for line in text.splitlines():
        subject, name, value = _LINE.findall(line.decode())[0]
        subject_of[line] = subject
        about[subject] += 1
        if value in subjects:
            leading[line] = name, value
    brought = tuple(frozenset(map(subject_of.__getitem__, said)) for said in lines)
    if any(len(said) != sum(about[subject] for subject in mine) for said, mine in zip(lines, brought, strict=True)):
        raise NotIsolated("graphs share different things about one node")
    loose = set[str]()
    for said, mine in zip(lines, brought, strict=True):
        loose.update(name for name, value in map(leading.__getitem__, said & leading.keys()) if value not in mine)
    if loose & _HIERARCHY:
        raise NotIsolated("a class of which only some of the graphs share what is said")
    return _Shared(text, brought, subjects, by_property.keys(), subjects | objects, frozenset(loose))


def _parts(ntriples: bytes, uses: Counter[str]) -> tuple[set[str], Mapping[str, set[str]], set[str]]:
    """Subjects, properties with their values (a literal is empty), and the values that are addresses.

    Counts in ``uses`` how often a property is used and how many instances a class has. Raises :class:`NotIsolated` for blank nodes.
    """
    text = ntriples.decode()
    if _NOT_CLOSED.search(text.rstrip("\n")) and text:
        raise NotIsolated("blank nodes")
    found = _LINE.findall(text)
    uses.update(name for _, name, _ in found)
    uses.update(value for _, name, value in found if name == TYPE.value)
    values: dict[str, set[str]] = defaultdict(set)
    for name, value in {line[1:] for line in found}:
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
