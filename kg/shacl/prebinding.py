"""Pre-binding (SHACL, Appendix A and 5.3.1), set at a time: one query for all focus nodes of all graphs.

The specification runs a constraint once for each focus node, with ``$this`` replaced by it wherever it stands. Here ``$this``
stays a variable, bound by a *seed*: a pattern that holds for every focus node once, joined at the top of the query and in every
inner scope whose expressions read a pre-bound variable before the scope itself binds it. Since a seed holds once for a
focus node, joining it again changes nothing but the scope it is joined in; so the rows of the one query for a focus
node are the rows of its own query.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from kg.shacl.errors import NotCompiled, ShapesError
from kg.shacl.isolation import Isolation
from kg.shacl.rewriting import PREFIX, Rewriter
from kg.shacl.seed import Seed
from kg.shacl.sparql_text import Bind, Filter, Forbidden, GraphBlock, Group, Select, SubSelect, Token, elements, last_name, parse, tokens

_ALWAYS = {"shapesGraph", "currentShape"}


def compile_select(text: str, seed: Seed, isolation: Isolation | None, path: str = "") -> str:
    """The text of one query for all that ``seed`` holds for; it projects the graph and the keys beside what ``text`` projects.

    ``path`` replaces ``$PATH``. Raises :class:`ShapesError` for what the specification forbids in a constraint,
    :class:`NotCompiled` for what one query for all cannot say, and :class:`kg.shacl.isolation.NotIsolated`.
    """
    return _compiled(text, seed, isolation and isolation.about(_named(text) | _named(path)), path, strict=True)


def compile_companion(text: str, seed: Seed, isolation: Isolation | None) -> str:
    """As :func:`compile_select` for a query that is no constraint: what a constraint may not contain is only not compiled."""
    return _compiled(text, seed, isolation and isolation.about(_named(text)), "", strict=False)


@lru_cache(maxsize=8192)
def _compiled(text: str, seed: Seed, isolation: Isolation | None, path: str, *, strict: bool) -> str:
    """Compiled once for all data of which the isolation says the same of what the query names."""
    query = parse(text)
    _check(query, seed, strict=strict)
    if not strict and query.distinct and query.projected and not {*query.projected} - {*seed.keys} and not (query.group_by or query.having):
        query = replace(query, where=Group((Filter((Token("word", "EXISTS"), query.where)),)))
    if strict and not query.ask and query.projection and "this" in seed.keys and "this" not in query.projected:
        raise NotCompiled("the query does not project $this")
    return f"{query.prologue}\n{Rewriter.of(query, seed, isolation, path).top(query)}"


@lru_cache(maxsize=8192)
def _named(text: str) -> frozenset[str]:
    """The addresses that a query names, and its literals in quotes."""
    words = set(tokens(text))
    prefixes = dict(PREFIX.findall(text))
    reader = Isolation(frozenset(), frozenset(), frozenset(), frozenset(), prefixes=prefixes)
    return frozenset(word.text if word.kind == "string" else reader.iri(word) for word in words) - {""}


def _check(query: Select, seed: Seed, *, strict: bool) -> None:
    for select in _selects(query):
        if select.values:
            raise _refused("VALUES", strict=strict)
        if select.from_clause:
            raise NotCompiled("FROM")
        if select.slice:
            raise NotCompiled("LIMIT or OFFSET, which count the rows of each focus node")
        if select.aggregates and not select.group_by:
            raise NotCompiled("an aggregate without GROUP BY, which has a row where nothing matches")
        if strict and select is not query and "this" in seed.keys and "this" not in select.projected:
            raise ShapesError("every sub-select must project $this (SHACL, Appendix A)")
        for item in select.projection:
            if len(item) > 1 and last_name(item) in seed.names | _ALWAYS:
                raise ShapesError(f"AS ?{last_name(item)} binds a pre-bound variable anew (SHACL, Appendix A)")
    for element in elements(query.where):
        if isinstance(element, Forbidden):
            raise _refused(element.keyword, strict=strict)
        if isinstance(element, Bind) and element.variable in seed.names | _ALWAYS:
            raise ShapesError(f"AS ?{element.variable} binds a pre-bound variable anew (SHACL, Appendix A)")
        if isinstance(element, GraphBlock) and element.name.variable != "shapesGraph":
            raise NotCompiled("GRAPH with anything but $shapesGraph")


def _refused(keyword: str, *, strict: bool) -> Exception:
    return ShapesError(f"a constraint must not contain {keyword} (SHACL, Appendix A)") if strict else NotCompiled(keyword)


def _selects(query: Select) -> Iterable[Select]:
    yield query
    for element in elements(query.where):
        if isinstance(element, SubSelect):
            yield element.select
