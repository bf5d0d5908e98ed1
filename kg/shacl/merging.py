"""Several graphs as one: whether they are closed, who speaks of which node, and what is known of the whole (:mod:`kg.shacl.isolation`)."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import pyoxigraph as ox

from kg.shacl.facts import Columns, Facts, columns
from kg.shacl.isolation import Isolation, NotIsolated
from kg.shacl.rewriting import SPOKEN_OF_IN
from kg.shacl.vocabulary import RDFS, TYPE

_HIERARCHY = {TYPE.value, f"{RDFS}subClassOf"}
"""What class constraints follow."""
_PLAIN = re.compile(r'"(?:[^"\\]|\\.)*"')
_MANY = 50
"""A property that leads from so many nodes to one is wide."""
_HANDFUL = 8
"""One that leads from no more nodes to a value, counted over all values, is narrow."""


@dataclass(frozen=True)
class Given:
    """One graph: its own statements, and those it shares with others (code lists), both as N-Triples."""

    graph: ox.NamedNode
    own: bytes
    shared: bytes = b""


@dataclass(frozen=True)
class Merged:
    """Several graphs as one: ``owned`` says which graph speaks of a node by itself, ``brought`` which graphs share what is said of
    one; ``shared`` is all that they share, once; ``facts`` are those of the whole."""

    isolation: Isolation
    owned: Mapping[str, str]
    brought: Mapping[str, tuple[ox.NamedNode, ...]]
    shared: bytes
    facts: Facts

    def owners(self) -> bytes:
        """Which graph speaks of which nodes, as N-Triples."""
        own = (f"<{node}> <{SPOKEN_OF_IN}> <{graph}> .\n" for node, graph in self.owned.items())
        shared = (f"<{node}> <{SPOKEN_OF_IN}> {graph} .\n" for node, graphs in self.brought.items() for graph in graphs)
        return "".join((*own, *shared)).encode()


def merged(given: Sequence[Given]) -> Merged:
    """Raises :class:`NotIsolated` when the graphs are not closed (:mod:`kg.shacl.isolation`)."""
    owned: dict[str, str] = {}
    subjects: list[set[str]] = []
    mentioned: list[set[str]] = []
    facts = Facts()
    for one in given:
        found = columns(one.own)
        own_subjects = {subject[1:-1] for subject in set(found.subjects)}
        if twice := own_subjects & owned.keys():
            raise NotIsolated(f"two graphs speak of {min(twice)}")
        owned |= dict.fromkeys(own_subjects, one.graph.value)
        subjects.append(own_subjects)
        mentioned.append(_addresses(set(found.values)))
        facts.add(found)
    shared = _shared(given)
    facts.add(shared.columns)
    for own_subjects, objects, brought in zip(subjects, mentioned, shared.brought, strict=True):
        if others := (objects & owned.keys()) - own_subjects:
            raise NotIsolated(f"a graph mentions {min(others)}, of which another one speaks")
        if missing := (objects & shared.subjects) - brought:
            raise NotIsolated(f"a graph mentions {min(missing)}, of which others share what is said")
    if foreign := shared.nodes & owned.keys():
        raise NotIsolated(f"what the graphs share mentions {min(foreign)}, of which one of them speaks")
    own = {name: facts.values[name] for name in facts.values.keys() - {*shared.columns.properties}}
    homes: dict[str, list[ox.NamedNode]] = defaultdict(list)
    for one, brought in zip(given, shared.brought, strict=True):
        for subject in brought:
            homes[subject].append(one.graph)
    nodes = (len(owned) + len(shared.subjects)) // len(given)
    isolation = Isolation(
        own=_bare(own),
        inward=_bare(name for name, values in own.items() if _all_addresses(values) and _addresses(values) <= owned.keys()),
        loose=shared.loose,
        spoken=frozenset(owned),
        rare=_bare(name for counted in (facts.uses, facts.value_uses) for name, count in counted.items() if count < nodes),
        few=_bare(value for value, count in facts.value_uses.items() if count <= 2 * len(given)),
        wide=_bare(name for name, values in facts.values.items() if _is_wide(facts.uses[name], values, len(given))),
        narrow=_bare(name for name, values in facts.values.items() if facts.uses[name] <= _HANDFUL * len(values)),
        scale=(len(given).bit_length(), len(str(nodes))),
        texts=_texts(shared.columns, frozenset[str].intersection(*shared.brought)),
    )
    return Merged(isolation, owned, {node: tuple(graphs) for node, graphs in homes.items()}, shared.text, facts)


def _is_wide(uses: int, values: Set[str], graphs: int) -> bool:
    """Whether a property leads from many nodes of a graph to one address."""
    return uses >= _MANY * max(len(values), graphs) and _all_addresses(values)


def _addresses(values: Iterable[str]) -> set[str]:
    return {value[1:-1] for value in values if value[0] == "<"}


def _all_addresses(values: Iterable[str]) -> bool:
    return all(value[0] == "<" for value in values)


def _bare(terms: Iterable[str]) -> frozenset[str]:
    """Addresses without their brackets; literals as they are."""
    return frozenset(term[1:-1] if term[0] == "<" else term for term in terms)


@dataclass(frozen=True)
class _Shared:
    """What graphs share: its statements, its subjects by graph and together, all its nodes, and where it is loose (:class:`Isolation`)."""

    text: bytes
    columns: Columns
    brought: tuple[frozenset[str], ...]
    subjects: Set[str]
    nodes: Set[str]
    loose: frozenset[str]


def _shared(given: Sequence[Given]) -> _Shared:
    """Raises :class:`NotIsolated` where graphs share different things about one node."""
    lines = [frozenset(one.shared.splitlines()) for one in given]
    together = sorted(frozenset[bytes]().union(*lines))
    text = b"".join(line + b"\n" for line in together)
    found = columns(text)
    subject_of = {line: subject[1:-1] for line, subject in zip(together, found.subjects, strict=True)}
    subjects = set(subject_of.values())
    about = Counter(subject_of.values())
    objects = _addresses(found.values)
    leading = {
        line: (name[1:-1], value[1:-1])
        for line, name, value in zip(together, found.properties, found.values, strict=True)
        if value[0] == "<" and value[1:-1] in subjects
    }
    brought = tuple(frozenset(map(subject_of.__getitem__, said)) for said in lines)
    if any(len(said) != sum(about[subject] for subject in mine) for said, mine in zip(lines, brought, strict=True)):
        raise NotIsolated("graphs share different things about one node")
    loose = set[str]()
    for said, mine in zip(lines, brought, strict=True):
        loose.update(name for name, value in map(leading.__getitem__, said & leading.keys()) if value not in mine)
    if loose & _HIERARCHY:
        raise NotIsolated("a class of which only some of the graphs share what is said")
    return _Shared(text, found, brought, subjects, subjects | objects, frozenset(loose))


def _texts(shared: Columns, subjects: Set[str]) -> Mapping[str, frozenset[tuple[str, str]]]:
    """Subject → property with its only value where that is a plain literal, in quotes."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for subject, name, value in zip(shared.subjects, shared.properties, shared.values, strict=True):
        found[subject[1:-1], name[1:-1]].add(value)
    texts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for (subject, name), (value, *others) in found.items():
        if subject in subjects and not others and _PLAIN.fullmatch(value):
            texts[subject].add((name, value))
    return {subject: frozenset(said) for subject, said in texts.items()}
