"""The structure of a SPARQL query, as far as binding variables before it runs asks for: groups, sub-selects, expressions.

Triple patterns and expressions stay sequences of tokens; only what opens a scope is a node. Grammar: SPARQL 1.1 Query, 19.8.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Union

from kg import sparql_tokens
from kg.errors import QueryError
from kg.shacl.errors import ShapesError

_TRIPLE_WORDS = {"A", "TRUE", "FALSE"}
_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}


@dataclass(frozen=True)
class Token:
    """A word of the text. ``kind`` is one of :mod:`kg.sparql_tokens`; variables are written with ``?``.

    ``apart``: white space stands before it.
    """

    kind: str
    text: str
    apart: bool = True

    @cached_property
    def word(self) -> str:
        """A keyword in capitals; empty for anything else."""
        return self.text.upper() if self.kind == "word" else ""

    @cached_property
    def variable(self) -> str:
        """The name of a variable; empty for anything else."""
        return self.text[1:] if self.kind == "variable" else ""


Expression = tuple[Union[Token, "Group"], ...]
"""Tokens; the pattern of an EXISTS stands behind its keyword."""


@dataclass(frozen=True)
class Triples:
    tokens: tuple[Token, ...]


@dataclass(frozen=True)
class Filter:
    expression: Expression


@dataclass(frozen=True)
class Bind:
    """``BIND(expression AS ?variable)``."""

    expression: Expression
    variable: str


@dataclass(frozen=True)
class Optional:
    group: "Group"


@dataclass(frozen=True)
class Alternatives:
    """One group in braces, or several between UNION."""

    groups: tuple["Group", ...]


@dataclass(frozen=True)
class GraphBlock:
    name: Token
    group: "Group"


@dataclass(frozen=True)
class SubSelect:
    select: "Select"


@dataclass(frozen=True)
class Forbidden:
    """MINUS, VALUES or SERVICE: what a constraint may not contain."""

    keyword: str


Element = Triples | Filter | Bind | Optional | Alternatives | GraphBlock | SubSelect | Forbidden


@dataclass(frozen=True)
class Group:
    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Select:
    """A SELECT or, with ``ask``, an ASK. ``projection`` is empty for ``*``; each item is a variable or ``(expression AS ?v)``."""

    projection: tuple[Expression, ...]
    where: Group
    distinct: str = ""
    group_by: Expression = ()
    having: Expression = ()
    order_by: Expression = ()
    slice: tuple[Token, ...] = ()
    ask: bool = False
    from_clause: bool = False
    values: bool = False
    prologue: str = field(default="", compare=False)

    @property
    def aggregates(self) -> bool:
        said = (token for part in (*self.projection, self.having, self.order_by) for token in part)
        return any(isinstance(token, Token) and token.word in _AGGREGATES for token in said)

    @property
    def projected(self) -> tuple[str, ...]:
        """The names of the projected variables; empty for ``*``."""
        return tuple(last_name(item) for item in self.projection)


def last_name(item: Expression) -> str:
    """The name that an item of a projection binds."""
    names = [token.variable for token in item if isinstance(token, Token) and token.variable]
    return names[-1] if names else ""


_token = lru_cache(maxsize=8192)(Token)
"""Tokens are few and asked often what they are: equal ones are one."""


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of a query. Raises :class:`ShapesError` where something is no word of SPARQL."""
    found: list[Token] = []
    end = 0
    try:
        for token in sparql_tokens.tokens(text):
            word = f"?{token.text[1:]}" if token.kind == "variable" else token.text
            found.append(_token(token.kind, word, token.start != end))
            end = token.start + len(token.text)
    except QueryError as error:
        raise ShapesError(str(error)) from error
    return tuple(found)


def apart(token: Token) -> Token:
    """A token with white space before it."""
    return token if token.apart else _token(token.kind, token.text, True)


def written(words: Iterable[Token]) -> str:
    """Tokens as text, apart where they stood apart."""
    return "".join(f" {token.text}" if token.apart else token.text for token in words)


@lru_cache(maxsize=4096)
def parse(text: str) -> Select:
    """The structure of a SELECT or ASK query. Raises :class:`ShapesError` when it has none."""
    return _Parser(tokens(text)).query()


class _Parser:
    def __init__(self, words: Sequence[Token]) -> None:
        self.words = words
        self.at = 0

    def peek(self, ahead: int = 0) -> Token:
        place = self.at + ahead
        return self.words[place] if place < len(self.words) else Token("end", "")

    def take(self) -> Token:
        token = self.peek()
        if token.kind == "end":
            raise ShapesError("not SPARQL: the query ends too early")
        self.at += 1
        return token

    def expect(self, text: str) -> None:
        token = self.take()
        if token.text.upper() != text:
            raise ShapesError(f"not SPARQL: {text} expected where {token.text!r} stands")

    def query(self) -> Select:
        prologue: list[str] = []
        while self.peek().word in ("PREFIX", "BASE"):
            prologue.append(self.take().text)
            while self.peek().kind in ("name", "iri"):
                token = self.take()
                prologue.append(token.text)
                if token.kind == "iri":
                    break
        select = self.select(" ".join(prologue))
        if self.peek().kind != "end":
            raise ShapesError(f"not SPARQL: {self.peek().text!r} behind the end of the query")
        return select

    def select(self, prologue: str = "") -> Select:
        kind = self.take().word
        if kind not in ("SELECT", "ASK"):
            raise ShapesError("a SELECT or ASK query is needed")
        distinct = self.take().word if self.peek().word in ("DISTINCT", "REDUCED") else ""
        projection = [] if kind == "ASK" else list(self._projection())
        from_clause = False
        while self.peek().word == "FROM":
            from_clause = True
            self.take()
            while self.peek().kind in ("iri", "name") or self.peek().word == "NAMED":
                self.take()
        if self.peek().word == "WHERE":
            self.take()
        where = self.group()
        parts: dict[str, Expression] = {}
        while (word := self.peek().word) in ("GROUP", "HAVING", "ORDER"):
            self.take()
            if word != "HAVING":
                self.expect("BY")
            parts[word] = self._modifier()
        limits: list[Token] = []
        while self.peek().word in ("LIMIT", "OFFSET"):
            limits += [self.take(), self.take()]
        values = self.peek().word == "VALUES"
        if values:
            self._skip_values()
        return Select(
            tuple(projection),
            where,
            distinct,
            parts.get("GROUP", ()),
            parts.get("HAVING", ()),
            parts.get("ORDER", ()),
            tuple(limits),
            ask=kind == "ASK",
            from_clause=from_clause,
            values=values,
            prologue=prologue,
        )

    def _projection(self) -> Iterator[Expression]:
        if self.peek().text == "*":
            self.take()
            return
        while self.peek().kind == "variable" or self.peek().text == "(":
            yield (self.take(),) if self.peek().kind == "variable" else self._parenthesised()

    def _modifier(self) -> Expression:
        found: list[Token | Group] = []
        while True:
            token = self.peek()
            if token.text == "(":
                found += self._parenthesised()
            elif token.kind in ("variable", "name", "iri") or (
                token.kind == "word" and token.word not in ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
            ):
                found.append(self.take())
            else:
                return tuple(found)

    def group(self) -> Group:
        self.expect("{")
        if self.peek().word == "SELECT":
            inner = SubSelect(self.select())
            self.expect("}")
            return Group((inner,))
        elements: list[Element] = []
        while self.peek().text != "}":
            element = self._element()
            if element is not None:
                elements.append(element)
        self.take()
        return Group(tuple(elements))

    def _element(self) -> Element | None:
        token = self.peek()
        if token.text == ".":
            self.take()
            return None
        if token.text == "{":
            return self._union()
        match token.word:
            case "FILTER":
                self.take()
                return Filter(self._constraint())
            case "BIND":
                self.take()
                return self._bind()
            case "OPTIONAL":
                self.take()
                return Optional(self.group())
            case "GRAPH":
                self.take()
                return GraphBlock(self.take(), self.group())
            case "MINUS":
                self.take()
                self.group()
                return Forbidden("MINUS")
            case "SERVICE":
                self.take()
                if self.peek().word == "SILENT":
                    self.take()
                self.take()
                self.group()
                return Forbidden("SERVICE")
            case "VALUES":
                self._skip_values()
                return Forbidden("VALUES")
        return self._triples()

    def _skip_values(self) -> None:
        self.take()
        while self.peek().text != "{":
            self.take()
        depth = 0
        while True:
            depth += {"{": 1, "}": -1}.get(self.take().text, 0)
            if depth == 0:
                return

    def _union(self) -> Element:
        groups = [self.group()]
        while self.peek().word == "UNION":
            self.take()
            groups.append(self.group())
        return Alternatives(tuple(groups))

    def _triples(self) -> Triples:
        found: list[Token] = []
        while (token := self.peek()).text not in ("{", "}") and not (token.kind == "word" and token.word not in _TRIPLE_WORDS):
            taken = self.take()
            found.append(Token("variable", f"?blank_{taken.text[2:]}", taken.apart) if taken.kind == "node" else taken)
        if not found:
            raise ShapesError(f"not SPARQL: {token.text!r} where a pattern is expected")
        return Triples(tuple(found))

    def _bind(self) -> Bind:
        whole = self._parenthesised()
        inner = whole[1:-1]
        if len(inner) < 3 or not isinstance(inner[-1], Token) or not isinstance(inner[-2], Token) or inner[-2].word != "AS":
            raise ShapesError("not SPARQL: BIND needs (expression AS ?variable)")
        return Bind(inner[:-2], inner[-1].variable)

    def _constraint(self) -> Expression:
        found: list[Token | Group] = []
        while self.peek().kind in ("word", "iri", "name"):
            found.append(self.take())
        if self.peek().text == "{":
            return (*found, self.group())
        return (*found, *self._parenthesised())

    def _parenthesised(self) -> Expression:
        self.expect("(")
        found: list[Token | Group] = [Token("sign", "(")]
        depth = 1
        while depth:
            if self.peek().text == "{":
                found.append(self.group())
                continue
            token = self.take()
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
            found.append(token)
        return tuple(found)


def elements(group: Group) -> Iterable[Element]:
    """All elements, of nested scopes too."""
    for element in group.elements:
        yield element
        for inner in inner_groups(element):
            yield from elements(inner)


def inner_groups(element: Element) -> tuple[Group, ...]:
    match element:
        case Optional(group) | GraphBlock(_, group):
            return (group,)
        case Alternatives(groups):
            return groups
        case SubSelect(select):
            said = (*select.projection, select.having, select.order_by, select.group_by)
            return (select.where, *(part for expression in said for part in expression if isinstance(part, Group)))
        case Filter(expression) | Bind(expression, _):
            return tuple(part for part in expression if isinstance(part, Group))
    return ()


def variables(group: Group) -> frozenset[str]:
    """Every variable that stands anywhere in a group."""
    return frozenset(name for element in elements(group) for name in said_by(element))


def visible(group: Group) -> frozenset[str]:
    """Every variable that a group may bind for what stands outside: not those that only a sub-select or a condition names."""
    return frozenset(name for element in group.elements for name in binds(element))


def binds(element: Element) -> frozenset[str]:
    """Every variable that an element may bind."""
    match element:
        case Triples(tokens):
            return frozenset(token.variable for token in tokens) - {""}
        case Bind(_, variable):
            return frozenset({variable})
        case Optional(group):
            return visible(group)
        case GraphBlock(name, group):
            return (visible(group) | {name.variable}) - {""}
        case Alternatives(groups):
            return frozenset[str]().union(*map(visible, groups))
        case SubSelect(select):
            return frozenset(select.projected) or visible(select.where)
    return frozenset()


def said_by(element: Element) -> Iterable[str]:
    match element:
        case Triples(tokens):
            return (token.variable for token in tokens if token.variable)
        case Filter(expression) | Bind(expression, _):
            return (token.variable for token in expression if isinstance(token, Token) and token.variable)
        case GraphBlock(name, _):
            return (name.variable,)
        case SubSelect(select):
            parts = (*select.projection, select.group_by, select.having, select.order_by)
            return (token.variable for part in parts for token in part if isinstance(token, Token) and token.variable)
    return ()
