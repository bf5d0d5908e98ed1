"""String-based constraint components (SHACL, 4.4)."""

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kg.shacl.components.query import Compiler, Constraint, Query
from kg.shacl.errors import NotCompiled, ShapesError
from kg.shacl.seed import GRAPH
from kg.shacl.vocabulary import sh


def _length(name: str, comparison: str) -> Compiler:
    """4.4.1, 4.4.2: a blank node has no length."""

    def compile_(constraint: Constraint) -> Iterator[Query]:
        condition = f"ISBLANK(?value) || STRLEN(STR(?value)) {comparison} {constraint.number}"
        yield constraint.query(name, constraint.nodes.where(condition))

    return compile_


def _pattern(constraint: Constraint) -> Iterator[Query]:
    """4.4.3"""
    flags = constraint.shapes.value(constraint.shape.node, sh("flags"))
    arguments = f"{ox.Literal(constraint.value.value)}, {ox.Literal(flags.value if flags else '')}"
    if not _is_regex(arguments):
        raise NotCompiled("a regular expression that the store does not know")
    yield constraint.query("Pattern", constraint.nodes.where(f"ISBLANK(?value) || !REGEX(STR(?value), {arguments})"))


def _is_regex(arguments: str) -> bool:
    return bool(ox.Store().query(f'ASK {{ BIND(REGEX("", {arguments}) AS ?known) FILTER(BOUND(?known)) }}'))


def _language_in(constraint: Constraint) -> Iterator[Query]:
    """4.4.4"""
    ranges = constraint.shapes.items(constraint.value)
    matches = " || ".join(f"LANGMATCHES(LANG(?value), {ox.Literal(tag.value)})" for tag in ranges) or "false"
    yield constraint.query("LanguageIn", constraint.nodes.where(f"!ISLITERAL(?value) || !({matches})"))


def _unique_lang(constraint: Constraint) -> Iterator[Query]:
    """4.4.5: one result for each language that two values have."""
    if constraint.nodes.path is None:
        raise ShapesError("sh:uniqueLang on a node shape", str(constraint.shape.node))
    if constraint.value.value == "true":
        where = f'{constraint.nodes.pattern} BIND(LCASE(LANG(?value)) AS ?language) FILTER(?language != "")'
        grouped = f"GROUP BY ?{GRAPH} ?this ?language HAVING(COUNT(DISTINCT ?value) > 1)"
        yield constraint.query("UniqueLang", f"SELECT ?{GRAPH} ?this ?language WHERE {{ {where} }} {grouped}")


COMPILERS: Mapping[str, Compiler] = {
    "minLength": _length("MinLength", "<"),
    "maxLength": _length("MaxLength", ">"),
    "pattern": _pattern,
    "languageIn": _language_in,
    "uniqueLang": _unique_lang,
}
