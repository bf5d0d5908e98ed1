"""Values bound into the text of a query, for engines that are reached by a protocol and so know no bound values.

The text is cut into tokens, and a variable's token gives way to its term as SPARQL writes it: a value cannot become anything
but one term, whatever stands in it. The meaning is that of bound values in the embedded store:

- A value holds wherever the variable of the outermost SELECT is in scope: in groups, OPTIONAL, UNION, FILTER, EXISTS, and in
  a sub-select that projects the variable. In a sub-select that does not project it, the name is another variable and stays.
- The variable keeps its column, which shows the value.
- A variable that the text computes itself (``AS ?v``, ``VALUES ?v``) is not replaced but joined with its value at the end.

Refused, because text cannot say it: a variable that SELECT does not name (as in the embedded store) or computes, one inside
MINUS, a computed one where the text already ends in VALUES, a literal to describe, and a blank node as a value. A literal where only a
resource can stand (a subject) is refused by the engine, where the embedded store finds nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import QueryError
from kg.sparql_tokens import Token, place, tokens
from kg.store.interface import Term

_FORMS = frozenset({"SELECT", "CONSTRUCT", "ASK", "DESCRIBE"})
_TAIL = frozenset({"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})


def bound(text: str, values: Mapping[str, Term], joins: bool = True) -> str:
    """``text`` with ``values`` in the place of their variables. Raises :class:`QueryError` for what cannot be bound.

    ``joins``: whether the engine joins rows with VALUES at the end; where not, variables that the text computes are refused.
    """
    if not values:
        return text
    if blank := [name for name, value in values.items() if isinstance(value, ox.BlankNode)]:
        raise QueryError(f"?{blank[0]} cannot be bound to a blank node")
    found = list(tokens(text))
    computed = _Binding(text, found, values, frozenset()).computed()
    if not computed:
        return _Binding(text, found, values, computed).replaced()
    if not joins:
        raise QueryError(f"?{min(computed)} is computed by the query: this engine cannot hold it to a value; say FILTER")
    if _ends_in_values(found):
        raise QueryError(f"?{min(computed)} is computed by the query, which already ends in VALUES: it cannot be bound")
    rest = "".join(f"\nVALUES ?{name} {{ {values[name]} }}" for name in sorted(computed))
    return _Binding(text, found, values, computed).replaced() + rest


def _ends_in_values(found: list[Token]) -> bool:
    depth = 0
    for token in found:
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0 and _word(token) == "VALUES":
            return True
    return False


def _word(token: Token) -> str:
    return token.text.upper() if token.kind == "word" else ""


def _name(token: Token) -> str:
    return token.text[1:] if token.kind == "variable" else ""


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    text: str


class _Binding:
    """One walk over the tokens of a query, scope by scope. ``kept`` are variables that stay in their places."""

    def __init__(self, text: str, found: list[Token], values: Mapping[str, Term], kept: Collection[str]) -> None:
        self._text = text
        self._tokens = found
        self._terms = {name: str(value) for name, value in values.items()}
        self._literals = {name for name, value in values.items() if isinstance(value, ox.Literal)}
        self._kept = frozenset(kept)
        self._edits: list[_Edit] = []
        self._computed: set[str] = set()
        form = next((index for index, token in enumerate(found) if _word(token) in _FORMS), None)
        if form is None:
            raise QueryError("not SPARQL: no SELECT, CONSTRUCT, ASK or DESCRIBE")
        self._scope(form, len(found), frozenset(values), outermost=True)

    def computed(self) -> frozenset[str]:
        """Bound variables to which the text itself gives a value."""
        return frozenset(self._computed)

    def replaced(self) -> str:
        parts = []
        at = 0
        for edit in sorted(self._edits, key=lambda edit: edit.start):
            parts += [self._text[at : edit.start], edit.text]
            at = edit.end
        return "".join((*parts, self._text[at:]))

    def _scope(self, form: int, end: int, active: frozenset[str], outermost: bool = False) -> None:
        """A query or sub-select from its first word to ``end``."""
        word = _word(self._tokens[form])
        body = self._opening(form, end)
        if word == "CONSTRUCT" and body == form + 1:
            close = self._closing(body)
            self._group(body, close + 1, active)
            body = self._opening(close + 1, end)
        after = self._closing(body) + 1 if body < end else end
        key = self._group_keys(after, end, active, outermost)
        if word == "SELECT":
            self._select(form, body, active - {key}, outermost)
        elif word == "DESCRIBE":
            self._describe(form, body, active)
        self._group(body, after, active)
        self._tail(after, end, active, outermost)

    def _select(self, form: int, body: int, active: frozenset[str], outermost: bool) -> None:
        """The outermost SELECT shows the value; that of a sub-select drops the variable, since what is around it has the value."""
        plain, star = self._projected(form, body)
        if outermost and (made := self._made(form, body) & active):
            raise QueryError(f"?{min(made)} cannot be bound: SELECT computes it")
        if outermost and not star and (missing := active - set(plain)):
            raise QueryError(f"?{min(missing)} cannot be bound: SELECT does not name it")
        if outermost and star:
            self._computed |= active
        dropped = not outermost and bool(set(plain) - active or self._made(form, body))
        for index, depth in self._nested(form, body):
            name = _name(self._tokens[index])
            if name not in active:
                continue
            if depth:
                self._put(index, name)
            else:
                self._put(index, name, " " if dropped else self._named(name, outermost))

    def _describe(self, form: int, body: int, active: frozenset[str]) -> None:
        for index in range(form, body):
            name = _name(self._tokens[index])
            if name in active:
                if name in self._literals:
                    raise QueryError(f"?{name} is a literal, which cannot be described")
                self._put(index, name)

    def _group_keys(self, start: int, end: int, active: frozenset[str], outermost: bool) -> str:
        """A constant divides nothing, so a bound variable leaves GROUP BY; the only key becomes a named constant and is returned."""
        alone: list[int] = []
        others = False
        inside = False
        for index, depth in self._nested(start, end):
            token = self._tokens[index]
            word = _word(token)
            was, inside = inside, (inside or word == "GROUP") and word not in _TAIL
            if was and inside and not depth and word != "BY":
                if _name(token) in active:
                    alone.append(index)
                else:
                    others = True
        for index in alone[0 if others else 1 :]:
            self._put(index, _name(self._tokens[index]), " ")
        if not alone or others:
            return ""
        name = _name(self._tokens[alone[0]])
        self._put(alone[0], name, self._named(name, outermost))
        return name if outermost else ""

    def _tail(self, start: int, end: int, active: frozenset[str], outermost: bool) -> None:
        """Solution modifiers. ORDER BY of the outermost query keeps the variable, which SELECT defines."""
        clause = ""
        for index, depth in self._nested(start, end):
            word = _word(self._tokens[index])
            clause = word if word == "GROUP" or word in _TAIL else clause
            name = _name(self._tokens[index])
            if name not in active:
                continue
            if clause == "VALUES":
                self._computed.add(name)
            elif clause == "ORDER" and not outermost:
                self._put(index, name, f"({self._terms[name]})")
            elif clause == "HAVING" or (clause == "GROUP" and depth):
                self._put_in_expression(index, name)

    def _named(self, name: str, outermost: bool) -> str:
        return f"({self._terms[name]} AS ?{name if outermost else f'bound_{name}'})"

    def _group(self, start: int, end: int, active: frozenset[str], within_minus: bool = False) -> None:
        """A group graph pattern with its braces."""
        index = start
        while index < end:
            token = self._tokens[index]
            word = _word(token)
            if token.text == "{" and _word(self._tokens[index + 1]) == "SELECT":
                close = self._closing(index)
                self._sub_select(index + 1, close, active)
                index = close
            elif word == "MINUS":
                close = self._closing(index + 1)
                self._group(index + 1, close + 1, active, within_minus=True)
                index = close
            elif word == "VALUES":
                index = self._values(index, active)
            elif _name(token) in active:
                if within_minus:
                    raise QueryError(
                        f"?{_name(token)} stands in MINUS, where it cannot be bound; say FILTER NOT EXISTS", *self._place(index)
                    )
                if _word(self._tokens[index - 1]) == "AS":
                    self._computed.add(_name(token))
                else:
                    self._put_in_expression(index, _name(token))
            index += 1

    def _sub_select(self, form: int, end: int, active: frozenset[str]) -> None:
        body = self._opening(form, end)
        plain, star = self._projected(form, body)
        self._computed |= self._made(form, body) & active
        inner = active if star else active & set(plain)
        self._scope(form, end, inner)

    def _values(self, index: int, active: frozenset[str]) -> int:
        """A block of VALUES from its word on; the index of its closing brace."""
        opening = self._opening(index, len(self._tokens))
        self._computed |= active & {_name(token) for token in self._tokens[index:opening]}
        return self._closing(opening)

    def _put_in_expression(self, index: int, name: str) -> None:
        """``BOUND`` takes a variable only, and a bound one is bound."""
        if _word(self._tokens[index - 2]) == "BOUND" and self._tokens[index - 1].text == "(":
            if name not in self._kept:
                close = self._tokens[index + 1]
                self._edits.append(_Edit(self._tokens[index - 2].start, close.start + 1, " true "))
        else:
            self._put(index, name)

    def _put(self, index: int, name: str, text: str = "") -> None:
        token = self._tokens[index]
        if name not in self._kept:
            self._edits.append(_Edit(token.start, token.start + len(token.text), f" {text or self._terms[name]} "))

    def _projected(self, form: int, body: int) -> tuple[list[str], bool]:
        """The variables that stand alone in a SELECT clause, and whether it says ``*``."""
        alone = [self._tokens[index] for index, depth in self._nested(form, body) if not depth]
        return [_name(token) for token in alone if token.kind == "variable"], any(token.text == "*" for token in alone)

    def _made(self, form: int, body: int) -> frozenset[str]:
        """The variables that a SELECT clause computes: ``(… AS ?v)``."""
        return frozenset(_name(self._tokens[index]) for index in range(form + 1, body) if _word(self._tokens[index - 1]) == "AS")

    def _nested(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Indices with the depth of round brackets around them."""
        depth = 0
        for index in range(start, end):
            text = self._tokens[index].text
            depth -= text == ")"
            yield index, depth
            depth += text == "("

    def _opening(self, start: int, end: int) -> int:
        return next((index for index in range(start, end) if self._tokens[index].text == "{"), end)

    def _closing(self, opening: int) -> int:
        depth = 0
        for index in range(opening, len(self._tokens)):
            text = self._tokens[index].text
            depth += (text == "{") - (text == "}")
            if depth == 0 and text == "}":
                return index
        raise QueryError("not SPARQL: '{' is never closed", *self._place(opening))

    def _place(self, index: int) -> tuple[int, int]:
        return place(self._text, self._tokens[min(index, len(self._tokens) - 1)].start)
