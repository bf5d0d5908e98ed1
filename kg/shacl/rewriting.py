"""Writes a query anew with its seed in it and, over merged graphs, with its patterns kept inside the graph of the focus node."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from kg.shacl.errors import ShapesError
from kg.shacl.isolation import Isolation, Level, NotIsolated, Pattern, patterns
from kg.shacl.ordering import asked_early, is_plain, ordered, reached, steps
from kg.shacl.seed import GRAPH, Seed
from kg.shacl.sparql_text import (
    Alternatives,
    Bind,
    Element,
    Expression,
    Filter,
    Forbidden,
    GraphBlock,
    Group,
    Optional,
    Select,
    SubSelect,
    Token,
    Triples,
    apart,
    binds,
    elements,
    inner_groups,
    said_by,
    tokens,
    variables,
    written,
)
from kg.shacl.vocabulary import TYPE

PREFIX = re.compile(r"PREFIX\s+(\S*):\s*<([^>]*)>", re.IGNORECASE)
_NAMES_GRAPH = re.compile(rf"\?{GRAPH}\b")
SPOKEN_OF_IN = "urn:x-shacl:spoken-of-in"
OWNERS = "urn:x-shacl:owners"
"""The graph that says of which nodes a graph speaks, by itself or by what it shares, and the property it says it by."""
_SEARCHING = {"REGEX", "REPLACE", "CONTAINS"}
Levels = Mapping[str, Level]


@dataclass
class _Written:
    """A group as text. ``levels`` are those of variables that every row of it binds."""

    text: str
    levels: dict[str, Level] = field(default_factory=dict)


@dataclass(frozen=True)
class Rewriter:
    """Without ``isolation`` the data is one graph, and patterns stay as they are."""

    seed: Seed
    isolation: Isolation | None
    path: tuple[Token, ...] = ()
    in_shapes: bool = False
    """Inside ``GRAPH $shapesGraph``, whose patterns are not about the data."""
    given: frozenset[str] = frozenset()
    """What an EXISTS is handed from outside."""
    before: frozenset[str] = frozenset()
    """What stands before a group and may be bound in it: its patterns are asked in that light (:mod:`kg.shacl.ordering`)."""
    texts: Mapping[str, Token] = field(default_factory=dict)
    """Variables of which the only value is known: conditions name it, since a regular expression that is written is read once."""
    fresh: Iterator[int] = field(default_factory=count)

    @classmethod
    def of(cls, query: Select, seed: Seed, isolation: Isolation | None, path: str) -> "Rewriter":
        """``path`` is what ``$PATH`` stands for."""
        if isolation is not None:
            isolation = replace(isolation, prefixes=dict(PREFIX.findall(query.prologue)))
        return cls(seed, isolation, tokens(path))

    def top(self, query: Select) -> str:
        return self._select(query, self.seed.levels, seeded=True).text

    def _select(self, query: Select, levels: Levels, *, seeded: bool = False) -> _Written:
        where = self._group(query.where, levels, self._asked_of(query), seeded=seeded)
        if not seeded and _NAMES_GRAPH.search(where.text):
            where, seeded = self._group(query.where, levels, self._asked_of(query), seeded=True), True
        carried = (*([GRAPH] if seeded else []), *self.seed.keys)
        if query.ask:
            return _Written(f"SELECT DISTINCT {_variables(carried)} WHERE {where.text}")
        items = ["*"]
        if query.projection:
            items = [f"?{name}" for name in carried if name not in query.projected]
            items += [self._expression(item, where.levels) for item in query.projection]
        text = f"SELECT {query.distinct} {' '.join(items)} WHERE {where.text}"
        if query.group_by:
            already = {token.variable for token in query.group_by if isinstance(token, Token)}
            keys = _variables(name for name in carried if name not in already)
            text += f" GROUP BY {keys} {self._expression(query.group_by, where.levels)}"
        if query.having:
            text += f" HAVING {self._expression(query.having, where.levels)}"
        return _Written(text, {name: level for name, level in where.levels.items() if name in query.projected})

    def _asked_of(self, query: Select) -> frozenset[str]:
        """What the outermost group of a select must bind in every row: the keys, and the constants that the select names."""
        parts = (query.having, query.group_by, *query.projection)
        named = {token.variable for part in parts for token in part if isinstance(token, Token)}
        shared = {GRAPH} if self.isolation and any(self.seed.levels.get(key) is not Level.OWNED for key in self.seed.keys) else set()
        return frozenset({*self.seed.keys, *shared} | (named & self.seed.constants.keys()))

    def _group(
        self, group: Group, levels: Levels, asked: frozenset[str] = frozenset(), *, seeded: bool = False, given: bool = False
    ) -> _Written:
        """A group, with the seed in it where its expressions or its select need what it does not bind itself.

        ``levels`` are known of variables that what encloses the group joins with it; ``given``: that (an EXISTS) hands in
        everything that is pre-bound.
        """
        group = asked_early(group, self.before.union(self.given, self.seed.names))
        needed = frozenset() if given else asked | self._read(group)
        seeded = seeded or bool(needed - self.seed.constants.keys() - self._bound(group))
        known = dict(levels) | (dict(self.seed.levels) if seeded else {})
        texts: dict[int, str] = {}
        own = self._own(group)
        written_out = self._known_texts(own)
        self._inner_scopes(group, SubSelect, texts, known)
        self._settle(own, known)
        self._inner_scopes(group, Alternatives, texts, known)
        self._settle(own, known)
        owners = self._told(own, known)
        binds_graph = bool(owners)
        for place, element in enumerate(group.elements):
            if place not in texts:
                texts[place] = replace(self._after(group, place), texts=written_out)._element(element, known)
        wants_graph = any(_NAMES_GRAPH.search(text) for text in (*texts.values(), *owners.values()))
        for place, element in enumerate(group.elements):
            binds_graph = binds_graph or (isinstance(element, SubSelect) and _NAMES_GRAPH.search(texts[place]) is not None)
        if wants_graph and not (seeded or given or binds_graph):
            seeded = True
        parts = [self.seed.pattern] if seeded else []
        parts += [f"VALUES ?{name} {{ {self.seed.constants[name]} }}" for name in sorted(needed & self.seed.constants.keys())]
        if self.in_shapes:
            parts += (texts[place] for place in range(len(texts)))
        else:
            parts += self._chain(group, texts, owners, seeded)
        return _Written("{ " + " ".join(parts) + " }", known)

    def _known_texts(self, own: Sequence[Pattern]) -> Mapping[str, Token]:
        """What the group's own patterns can only bind to one text; inside an EXISTS, what those outside it do too."""
        found = dict(self.texts) if self.given else {}
        for pattern in own:
            text = self.isolation.text_of(pattern) if self.isolation is not None else None
            if text is not None and pattern.object.variable:
                found[pattern.object.variable] = text
        return found

    def _after(self, group: Group, place: int) -> "Rewriter":
        """For an element of a group: it stands behind others; what is in a filter is asked when all of them are bound."""
        last = isinstance(group.elements[place], Filter)
        others = (other for at, other in enumerate(group.elements) if (last or at < place) and not isinstance(other, Filter))
        return replace(self, before=self.before.union(self.seed.keys, *(binds(other) for other in others)))

    def _chain(self, group: Group, texts: Mapping[int, str], owners: Mapping[str, str], seeded: bool) -> Iterator[str]:
        """The elements of a group: its patterns one after the other, each with all that is bound before it.

        ``owners`` keep the nodes of some variables in their graph: behind the pattern that binds them, before one that joins nothing.
        A condition without patterns is asked as soon as nothing that follows can bind what it names and is not yet ``bound`` by a pattern.
        A pattern that joins nothing
        waits for a sub-select or a UNION behind it.
        """
        lateral = seeded
        owners = dict(owners)
        known = set(self.before).union(self.seed.names if seeded else ())
        standing = set(self.seed.names if seeded else ())
        bound: set[str] = set()
        waiting: list[Pattern] = []
        conditions = {place: element for place, element in enumerate(group.elements) if isinstance(element, Filter)}
        early = {place: variables(Group((element,))) for place, element in conditions.items() if not inner_groups(element)}
        following = [element for element in group.elements if not isinstance(element, Filter)]

        def settled() -> str:
            """The conditions that can be asked now."""
            later = frozenset[str]().union(*map(binds, following), *(pattern.variables for pattern in waiting))
            ready = [place for place, names in early.items() if names <= known and (names - bound).isdisjoint(later)]
            for place in ready:
                del early[place], conditions[place]
            return " ".join(texts[place] for place in ready)

        def asked(steps_: Sequence[Pattern]) -> Iterator[str]:
            nonlocal lateral
            for step in list(ordered(steps_, known, self.isolation)):
                waiting.remove(step)
                words = (step.subject, *step.path, step.object)
                text = self._triples(Triples(tuple(map(apart, words))))
                owner = [owners.pop(name) for name in step.variables & owners.keys()]
                parts = [text, *owner] if step.variables & known or (owner and self._rare(step)) else [*owner, text]
                known.update(step.variables)
                standing.update(step.variables)
                bound.update(step.variables)
                if lateral:
                    parts[-1] = f"{parts[-1]} {settled()}"
                for part in parts:
                    yield f"LATERAL {{ {part} }}" if lateral else part
                    lateral = True

        for place, element in enumerate(group.elements):
            if isinstance(element, Filter):
                continue
            following.pop(0)
            found = steps(Triples(self._tokens(element)), self.fresh) if isinstance(element, Triples) else None
            if found is not None:
                waiting += found
                continue
            joins = isinstance(element, SubSelect | Alternatives)
            if joins and waiting and not standing:
                yield from asked([next(ordered(waiting, known, self.isolation))])
            yield from asked(reached(waiting, known) if joins else waiting)
            plain = isinstance(element, Optional) and is_plain(element.group, standing, self.given, optional=True)
            if isinstance(element, Alternatives):
                plain = all(is_plain(branch, standing, self.given) for branch in element.groups)
            for names in (known, standing):
                names |= binds(element)
            condition = settled() if lateral and plain else ""
            yield f"LATERAL {{ {texts[place]} {condition} }}" if lateral and plain else texts[place]
            lateral = True
        yield from asked(waiting)
        yield from owners.values()
        last = sorted(conditions, key=lambda place: _cost(conditions[place]))
        cheap = [texts[place] for place in last if place in early]
        yield from cheap
        if dear := [texts[place] for place in last if place not in early]:
            yield _in_turn(cheap, dear)

    def _rare(self, pattern: Pattern) -> bool:
        """Whether all graphs together have less of a property, or of a class, than one has nodes."""
        assert self.isolation is not None
        name = self.isolation.iri(pattern.path[0])
        return (self.isolation.iri(pattern.object) if name == TYPE.value else name) in self.isolation.rare

    def _own(self, group: Group) -> list[Pattern]:
        """The group's own triple patterns. Raises :class:`NotIsolated` where what an OPTIONAL binds is bound again behind it."""
        if self.isolation is None or self.in_shapes:
            return []
        found: list[Pattern] = []
        bound: set[str] = {*self.seed.keys, *self.given}
        optional: set[str] = set()
        for element in group.elements:
            if isinstance(element, Triples | SubSelect | Alternatives):
                names = set(variables(Group((element,))))
                if names & optional - bound:
                    raise NotIsolated("a pattern that binds again what an OPTIONAL before it may bind")
                bound |= names
            elif isinstance(element, Optional):
                optional |= variables(element.group)
            if isinstance(element, Triples):
                found += patterns(Triples(self._tokens(element)))
        return found

    def _tokens(self, block: Triples) -> tuple[Token, ...]:
        """With ``$PATH`` replaced."""
        found: list[Token] = []
        for token in block.tokens:
            found += self.path if self.path and token.variable == "PATH" else (token,)
        return tuple(found)

    def _settle(self, own: list[Pattern], known: dict[str, Level]) -> None:
        if self.isolation is not None:
            self.isolation.settle(own, known)

    def _inner_scopes(
        self, group: Group, kind: type[SubSelect] | type[Alternatives], texts: dict[int, str], known: dict[str, Level]
    ) -> None:
        for place, element in enumerate(group.elements):
            if not isinstance(element, kind):
                continue
            if isinstance(element, SubSelect):
                inner = replace(self, given=frozenset(), before=frozenset())._select(element.select, self.seed.levels)
                texts[place] = f"{{ {inner.text} }}"
                outcome = inner.levels
            else:
                branches = [self._after(group, place)._group(branch, known) for branch in element.groups]
                texts[place] = " UNION ".join(branch.text for branch in branches)
                names = set.intersection(*(set(branch.levels) for branch in branches))
                outcome = {name: min(branch.levels[name] for branch in branches) for name in names}
            for name, level in outcome.items():
                known[name] = max(level, known.get(name, Level.OPEN))

    def _told(self, own: list[Pattern], known: dict[str, Level]) -> dict[str, str]:
        """What keeps unanchored patterns in the graph of the focus node: patterns by the variable they bind."""
        owners: dict[str, str] = {}
        while self.isolation is not None and (pattern := self.isolation.unanchored(own, known)) is not None:
            if any(token.text in ("*", "?") for token in pattern.path):
                raise NotIsolated("a path of length zero from any node")
            name = pattern.subject.variable
            owners[name] = f"GRAPH <{OWNERS}> {{ ?{name} <{SPOKEN_OF_IN}> ?{GRAPH} }}"
            known[name] = Level.OWNED if self.isolation.is_own(pattern.path) else Level.SAFE
            self.isolation.settle(own, known)
        return owners

    def _bound(self, group: Group) -> frozenset[str]:
        """What the group's own triple patterns bind in every row, whatever else it contains."""
        found: set[str] = set()
        for element in group.elements:
            if isinstance(element, Triples):
                found |= {token.variable for token in element.tokens}
            elif isinstance(element, Bind):
                break
        return frozenset(found)

    def _read(self, group: Group) -> frozenset[str]:
        """The pre-bound variables that the group's own expressions read, and constants that its patterns name."""
        found: set[str] = set()
        for element in group.elements:
            if isinstance(element, Filter | Bind):
                found |= set(said_by(element))
                found |= {name for inner in inner_groups(element) for name in variables(inner)}
            elif isinstance(element, GraphBlock):
                found.add(element.name.variable)
            elif isinstance(element, Triples):
                found |= {token.variable for token in element.tokens} & self.seed.constants.keys()
        return frozenset(found) & self.seed.names

    def _element(self, element: Element, known: dict[str, Level]) -> str:
        match element:
            case Triples():
                return self._triples(element)
            case Filter(expression):
                return f"FILTER {self._expression(self._named(expression), known)}"
            case Bind(expression, variable):
                if len(expression) == 1 and isinstance(expression[0], Token) and expression[0].variable in known:
                    known[variable] = known[expression[0].variable]
                return f"BIND({self._expression(expression, known)} AS ?{variable})"
            case Optional(group):
                return f"OPTIONAL {self._group(group, known).text}"
            case GraphBlock(name, group):
                return f"GRAPH {name.text} {replace(self, in_shapes=True)._group(group, known).text}"
            case Forbidden(keyword):
                raise ShapesError(f"a constraint must not contain {keyword}")
        raise AssertionError(f"written before: {element}")

    def _triples(self, block: Triples) -> str:
        return f"{written(self._tokens(block)).rstrip(' .')} ."

    def _named(self, expression: Expression) -> Expression:
        """A condition with its known texts written out where they are arguments behind another."""
        found: list[Token | Group] = []
        for part in expression:
            behind_another = bool(found) and isinstance(found[-1], Token) and found[-1].text == ","
            found.append(self.texts.get(part.variable, part) if isinstance(part, Token) and behind_another else part)
        return tuple(found)

    def _expression(self, expression: Expression, known: Levels) -> str:
        inside = replace(self, given=self.before)
        parts = (written([part]) if isinstance(part, Token) else f" {inside._group(part, known, given=True).text}" for part in expression)
        return "".join(parts)


def _in_turn(cheap: Sequence[str], dear: Sequence[str]) -> str:
    """Conditions with patterns as one, asked of what the ``cheap`` ones leave, each of what the one before it leaves: Oxigraph would ask
    each of all that binds what it names.
    """
    first, *others = [f"({text.removeprefix('FILTER')})" for text in (*cheap, *dear)]
    at = len(cheap) or 1
    return f"FILTER(IF({' && '.join((first, *others[: at - 1]))}, {' && '.join(others[at - 1 :])}, false))" if others else dear[0]


def _cost(condition: Filter) -> tuple[int, int]:
    """Conditions without patterns before those with, without texts to search before those with."""
    inner = [element for group in inner_groups(condition) for element in elements(group)]
    words = sum(isinstance(part, Token) and part.word in _SEARCHING for part in condition.expression)
    return len(inner), words


def _variables(names: Iterable[str]) -> str:
    return " ".join(f"?{name}" for name in names)
