"""Many graphs in one store without seeing each other: which patterns must be told which graph they read.

Graphs that are *closed* can be merged: no two say anything about the same node, none mentions a node that another speaks of, and
what they share (code lists) stands apart, mentions none of their nodes, and says the same of a node to all that share it.
A node that a graph speaks of is *owned* by it. *Safe* is a node of which the merged graph says to a graph only what it would say
alone: its own, one that it shares, one of which nobody speaks. In the merged graph a triple pattern whose subject is safe matches
nothing foreign; its object then is safe too, but for what *loose* properties of the shared part lead to, which another graph may share
alone. And where the object is owned, so is the subject, by the same graph. So from a focus node most patterns of a query are
*anchored*. One that is not is told its graph: its subject has to be what the graph of the focus node speaks of.
Paths with inverse steps are not followed; such a query is asked of each graph alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from enum import IntEnum

from kg.shacl.sparql_text import Token, Triples


class NotIsolated(Exception):
    """A query that cannot be kept inside one of several merged graphs; it is asked of each graph alone."""


class Level(IntEnum):
    """What is known of the node that a variable stands for."""

    OPEN = 0
    """Nothing: another graph may speak of it."""
    SAFE = 1
    """No other graph says anything of it that its graph does not."""
    OWNED = 2
    """It is owned by the graph of the focus node."""


@dataclass(frozen=True)
class Pattern:
    """A triple pattern: subject, property or path, object, as tokens."""

    subject: Token
    path: tuple[Token, ...]
    object: Token

    @property
    def variables(self) -> Set[str]:
        return {self.subject.variable, self.object.variable} - {""}


@dataclass(frozen=True)
class Isolation:
    """What is known of merged graphs: ``own`` are properties that the shared part never uses, ``inward`` those of them whose values
    are always nodes that the same graph speaks of, ``loose`` those of the shared part that may lead to what only another graph shares;
    ``spoken`` are the nodes that a graph speaks of.

    For the order of patterns, on which no result depends: ``rare`` are properties and classes of which all graphs together have fewer
    than one has nodes, ``few`` values (plain literals in quotes) stand in a graph twice at most, ``wide`` properties lead from many nodes
    to one, ``narrow`` ones from a handful at most, of all graphs together. Two that differ in these alone are equal: a query is ordered by
    what the first data of a ``scale`` says (how large the number of graphs and of a graph's nodes is), since to compile it again for each
    costs more.
    ``texts`` are what all graphs share: node → properties with their only value, a plain literal in quotes.
    """

    own: frozenset[str]
    inward: frozenset[str]
    loose: frozenset[str]
    spoken: frozenset[str]
    rare: frozenset[str] = field(default=frozenset(), compare=False)
    few: frozenset[str] = field(default=frozenset(), compare=False)
    wide: frozenset[str] = field(default=frozenset(), compare=False)
    narrow: frozenset[str] = field(default=frozenset(), compare=False)
    scale: tuple[int, int] = (0, 0)
    texts: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict, hash=False)
    prefixes: Mapping[str, str] = field(default_factory=dict, hash=False)

    def about(self, names: Set[str]) -> "Isolation":
        """What it says of these addresses: all that a query that names no others depends on."""
        own, inward, loose, spoken = (said & names for said in (self.own, self.inward, self.loose, self.spoken))
        texts = {name: self.texts[name] for name in names if name in self.texts}
        rare, few, wide, narrow = (said & names for said in (self.rare, self.few, self.wide, self.narrow))
        return Isolation(own, inward, loose, spoken, rare, few, wide, narrow, self.scale, texts)

    def iri(self, token: Token) -> str:
        """What a name or an address in angle brackets stands for; empty for anything else."""
        if token.kind == "iri":
            return token.text[1:-1]
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            return self.prefixes.get(prefix, "") + local.replace("\\", "")
        return "http://www.w3.org/1999/02/22-rdf-syntax-ns#type" if token.text == "a" else ""

    def text_of(self, pattern: Pattern) -> Token | None:
        """The only value that a pattern from one named node by one property can bind, where it is known."""
        said = dict(self.texts.get(self.iri(pattern.subject), ()))
        found = said.get(self.iri(pattern.path[0])) if len(pattern.path) == 1 else None
        return Token("string", found) if found else None

    def level(self, token: Token, levels: Mapping[str, Level]) -> Level:
        if token.variable:
            return levels.get(token.variable, Level.OPEN)
        if self.iri(token) in self.spoken:
            raise NotIsolated("a query names a node that one of the graphs speaks of")
        return Level.SAFE

    def is_own(self, path: tuple[Token, ...]) -> bool:
        """Whether the first step is a property of which the shared part says nothing."""
        first = self.iri(path[0])
        sign = path[1].text if len(path) > 1 else "/"
        return first in self.own and sign in ("/", "+")

    def is_wide(self, path: tuple[Token, ...]) -> bool:
        """Whether a path is one property that leads from many nodes to one."""
        return len(path) == 1 and self.iri(path[0]) in self.wide

    def is_narrow(self, path: tuple[Token, ...]) -> bool:
        """Whether a path is one property that leads from a handful of nodes to one."""
        return len(path) == 1 and self.iri(path[0]) in self.narrow

    def is_few(self, token: Token) -> bool:
        """Whether a pattern names a value that stands in few places."""
        return (token.text if token.kind == "string" else self.iri(token)) in self.few

    def leads_inward(self, path: tuple[Token, ...]) -> bool:
        """Whether the last step of a path is a property that leads to nodes of the same graph."""
        before = path[-2].text if len(path) > 1 else "/"
        return before == "/" and self.iri(path[-1]) in self.inward

    def is_loose(self, path: tuple[Token, ...]) -> bool:
        """Whether a path leads to what only another graph may share. Raises :class:`NotIsolated` when it goes on from there."""
        if not any(self.iri(token) in self.loose for token in path):
            return False
        if len(path) > 1:
            raise NotIsolated("a path by way of what only another graph may share")
        return True

    def settle(self, patterns: Iterable[Pattern], levels: dict[str, Level]) -> None:
        """Draw all conclusions from what is known, until nothing is new."""
        changed = True
        patterns = tuple(patterns)
        while changed:
            changed = False
            for pattern in patterns:
                subject, object_ = self.level(pattern.subject, levels), self.level(pattern.object, levels)
                if object_ is Level.OWNED or (subject is not Level.OPEN and self.is_own(pattern.path)):
                    changed |= _raise(levels, pattern.subject, Level.OWNED)
                if subject is not Level.OPEN and not self.is_loose(pattern.path):
                    reached = Level.OWNED if self.leads_inward(pattern.path) else Level.SAFE
                    changed |= _raise(levels, pattern.object, reached)

    def unanchored(self, patterns: Iterable[Pattern], levels: Mapping[str, Level]) -> Pattern | None:
        """A pattern whose subject has to be told its graph; one with a property of the graphs' own before others."""
        left = [pattern for pattern in patterns if self.level(pattern.subject, levels) is Level.OPEN]
        return next((pattern for pattern in left if self.is_own(pattern.path)), left[0] if left else None)


def _raise(levels: dict[str, Level], token: Token, level: Level) -> bool:
    if not token.variable or levels.get(token.variable, Level.OPEN) >= level:
        return False
    levels[token.variable] = level
    return True


def patterns(block: Triples) -> Iterator[Pattern]:
    """The triple patterns of a block. Raises :class:`NotIsolated` for nodes in brackets, lists and inverse steps."""
    tokens = [*block.tokens, Token("sign", ".")]
    at = 0
    subject: Token | None = None
    path: list[Token] = []
    while at < len(tokens):
        token = tokens[at]
        if token.text in (".", ";"):
            subject = None if token.text == "." else subject
            path = []
            at += 1
        elif subject is None:
            subject = _node(token)
            at += 1
        elif not path:
            depth = 0
            while not path or depth or not _is_node(tokens[at], path):
                depth += {"(": 1, ")": -1}.get(tokens[at].text, 0)
                path.append(tokens[at])
                at += 1
            if any(part.text in ("^", "!") for part in path) and not (len(path) == 2 and path[0].text == "^"):
                raise NotIsolated("a path with inverse steps")
        elif token.text == ",":
            at += 1
        else:
            object_, at = _object(tokens, at)
            inverse = path[0].text == "^"
            yield Pattern(object_, tuple(path[1:]), subject) if inverse else Pattern(subject, tuple(path), object_)


def _is_node(token: Token, path: list[Token]) -> bool:
    """Whether a token behind a path begins its object: the path is complete when it does not end in an operator."""
    if token.kind == "sign":
        return token.text in ("[", "(") and path[-1].text not in ("/", "|", "^", "!", "(")
    return path[-1].text not in ("/", "|", "^", "!", "(")


def _node(token: Token) -> Token:
    if token.text in ("[", "("):
        raise NotIsolated("a node in brackets")
    return token


def _object(tokens: list[Token], at: int) -> tuple[Token, int]:
    """An object, with the datatype or language behind a literal, or the sign before a number."""
    if tokens[at].text in ("+", "-"):
        return tokens[at + 1], at + 2
    node = _node(tokens[at])
    if tokens[at + 1].text == "^^":
        return node, at + 3
    return node, at + (2 if tokens[at + 1].kind == "language" else 1)
