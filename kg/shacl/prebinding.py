"""Pre-binding (SHACL, Appendix A and 5.3.1), set at a time: one query for all focus nodes of all graphs.

The specification runs a constraint once for each focus node, with ``$this`` replaced by it wherever it stands. Here ``$this``
stays a variable, bound by a *seed*: a pattern that holds for every focus node once, joined at the top of the query and in every
inner scope whose expressions read a pre-bound variable before the scope itself binds it. Since a seed holds once for a
focus node, joining it again changes nothing but the scope it is joined in; so the rows of the one query for a focus
node are the rows of its own query. The graph a focus node stands in is carried along in the same way: every triple
pattern is read in it, and every sub-select and grouping keeps it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from kg.shacl.errors import NotCompiled, ShapesError
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
    written,
)

GRAPH = "graph_of_focus"
"""The variable that carries the graph."""


@dataclass(frozen=True)
class Seed:
    """What is bound before a query runs.

    ``pattern`` binds ``keys``, each combination once; ``constants`` are variables with one value, written as SPARQL terms.
    """

    pattern: str
    keys: tuple[str, ...]
    constants: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        return frozenset({GRAPH, *self.keys, *self.constants})


def compile_select(query: Select, seed: Seed, path: str = "") -> str:
    """The text of one query for all that ``seed`` holds for; it projects the graph and the keys beside what ``query`` projects.

    ``path`` replaces ``$PATH``. Raises :class:`ShapesError` for what the specification forbids in a constraint, and
    :class:`NotCompiled` for what one query for all cannot say.
    """
    _check(query, seed)
    if not query.ask and query.projection and "this" in seed.keys and "this" not in query.projected:
        raise NotCompiled("the query does not project $this")
    return f"{query.prologue}\n{_Writer(seed, path).select(query, top=True)}"


def compile_companion(query: Select, seed: Seed) -> str:
    """As :func:`compile_select` for a query that is asked of each graph as a whole and binds nothing before."""
    _check(query, seed, strict=False)
    return f"{query.prologue}\n{_Writer(seed, '').select(query, top=True)}"


def _check(query: Select, seed: Seed, *, strict: bool = True) -> None:
    for select in _selects(query):
        if strict and select.values:
            raise ShapesError("a constraint must not contain VALUES (SHACL, Appendix A)")
        if select.from_clause:
            raise NotCompiled("FROM")
        if select.slice:
            raise NotCompiled("LIMIT or OFFSET, which count the rows of each focus node")
        if select.aggregates and not select.group_by:
            raise NotCompiled("an aggregate without GROUP BY, which has a row where nothing matches")
        if strict and select is not query and "this" in seed.keys and "this" not in select.projected:
            raise ShapesError("every sub-select must project $this (SHACL, Appendix A)")
        for item in select.projection:
            if len(item) > 1 and _last(item) in seed.names:
                raise ShapesError(f"AS ?{_last(item)} binds a pre-bound variable anew (SHACL, Appendix A)")
    for element in _elements(query.where):
        if isinstance(element, Forbidden):
            if strict:
                raise ShapesError(f"a constraint must not contain {element.keyword} (SHACL, Appendix A)")
            raise NotCompiled(element.keyword)
        if isinstance(element, Bind) and element.variable in seed.names | {"shapesGraph", "currentShape"}:
            raise ShapesError(f"AS ?{element.variable} binds a pre-bound variable anew (SHACL, Appendix A)")
        if isinstance(element, GraphBlock) and element.name.variable != "shapesGraph":
            raise NotCompiled("GRAPH with anything but $shapesGraph")


def _last(item: Expression) -> str:
    names = [token.variable for token in item if isinstance(token, Token) and token.variable]
    return names[-1] if names else ""


def _selects(query: Select) -> Iterable[Select]:
    yield query
    for element in _elements(query.where):
        if isinstance(element, SubSelect):
            yield element.select


def _elements(group: Group) -> Iterable[Element]:
    """All elements, of nested scopes too."""
    for element in group.elements:
        yield element
        for inner in _inner(element):
            yield from _elements(inner)


def _inner(element: Element) -> tuple[Group, ...]:
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
    return frozenset(name for element in _elements(group) for name in _said(element))


def _said(element: Element) -> Iterable[str]:
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


@dataclass(frozen=True)
class _Writer:
    seed: Seed
    path: str
    in_shapes: bool = False
    """Inside ``GRAPH $shapesGraph``: triple patterns are read there."""

    def select(self, query: Select, *, top: bool) -> str:
        carried = (GRAPH, *self.seed.keys)
        where = self._group(query.where, self._asked_of(query), seeded=top)
        if query.ask:
            return f"SELECT DISTINCT {_variables(carried)} WHERE {where}"
        items = ["*"]
        if query.projection:
            items = [f"?{name}" for name in carried if name not in query.projected]
            items += [self._expression(item) for item in query.projection]
        text = f"SELECT {query.distinct} {' '.join(items)} WHERE {where}"
        if query.group_by:
            already = {token.variable for token in query.group_by if isinstance(token, Token)}
            text += f" GROUP BY {_variables(name for name in carried if name not in already)} {self._expression(query.group_by)}"
        if query.having:
            text += f" HAVING {self._expression(query.having)}"
        return text

    def _asked_of(self, query: Select) -> frozenset[str]:
        """What the outermost group of a select must bind in every row: the keys, and the constants that the select names."""
        parts = (query.having, query.group_by, *query.projection)
        named = {token.variable for part in parts for token in part if isinstance(token, Token)}
        return frozenset({GRAPH, *self.seed.keys} | (named & self.seed.constants.keys()))

    def _group(self, group: Group, asked: frozenset[str] = frozenset(), *, seeded: bool = False, given: bool = False) -> str:
        """A group, with the seed in it where its expressions or its select need what it does not bind itself.

        ``given``: what encloses the group (an EXISTS) hands in everything that is pre-bound.
        """
        needed = frozenset() if given else asked | self._read(group)
        keys = needed - self.seed.constants.keys() - self._bound(group)
        parts = [self.seed.pattern] if keys or seeded else []
        parts += [f"VALUES ?{name} {{ {self.seed.constants[name]} }}" for name in sorted(needed & self.seed.constants.keys())]
        parts += [self._element(element) for element in group.elements]
        return "{ " + " ".join(parts) + " }"

    def _bound(self, group: Group) -> frozenset[str]:
        """What the group's own triple patterns bind in every row, whatever else it contains."""
        found: set[str] = set()
        for element in group.elements:
            if isinstance(element, Triples):
                found |= {token.variable for token in element.tokens} | ({GRAPH} if not self.in_shapes else set())
            elif isinstance(element, Bind):
                break
        return frozenset(found)

    def _read(self, group: Group) -> frozenset[str]:
        """The pre-bound variables that the group's own expressions read, and constants that its patterns name."""
        found: set[str] = set()
        for element in group.elements:
            if isinstance(element, Filter | Bind):
                found |= set(_said(element))
                for inner in _inner(element):
                    found |= variables(inner) | {GRAPH}
            elif isinstance(element, GraphBlock):
                found.add(element.name.variable)
            elif isinstance(element, Triples):
                found |= {token.variable for token in element.tokens} & self.seed.constants.keys()
        return frozenset(found) & self.seed.names

    def _element(self, element: Element) -> str:
        match element:
            case Triples(tokens):
                text = written(replace(token, text=self.path) if self.path and token.variable == "PATH" else token for token in tokens)
                return text + " ." if self.in_shapes else f"GRAPH ?{GRAPH} {{ {text} }}"
            case Filter(expression):
                return f"FILTER {self._expression(expression)}"
            case Bind(expression, variable):
                return f"BIND({self._expression(expression)} AS ?{variable})"
            case Optional(group):
                return f"OPTIONAL {self._group(group)}"
            case Alternatives(groups):
                return " UNION ".join(self._group(group) for group in groups)
            case GraphBlock(name, group):
                return f"GRAPH {name.text} {replace(self, in_shapes=True)._group(group)}"
            case SubSelect(select):
                return f"{{ {self.select(select, top=False)} }}"
            case Forbidden(keyword):
                raise ShapesError(f"a constraint must not contain {keyword}")

    def _expression(self, expression: Expression) -> str:
        return "".join(written([part]) if isinstance(part, Token) else f" {self._group(part, given=True)}" for part in expression)


def _variables(names: Iterable[str]) -> str:
    return " ".join(f"?{name}" for name in names)
