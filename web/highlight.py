"""Turtle and SPARQL with their keywords, variables, strings and comments told apart, line by line."""

import re
from collections.abc import Iterator

KEYWORD, VARIABLE, COMMENT, STRING, PLAIN = "keyword", "variable", "comment", "string", ""
_WORDS = (
    "ASK AS ASC BASE BIND BOUND BY COALESCE CONCAT CONSTRUCT CONTAINS COUNT DATATYPE DESC DESCRIBE DISTINCT EXISTS FILTER FROM GRAPH "
    "GROUP GROUP_CONCAT HAVING IF IN ISBLANK ISIRI ISLITERAL LANG LANGMATCHES LCASE LIMIT MAX MIN MINUS NAMED NOT OFFSET OPTIONAL ORDER "
    "PREFIX REDUCED REGEX REPLACE SAMPLE SELECT SEPARATOR STR STRAFTER STRBEFORE STRENDS STRLEN STRSTARTS SUBSTR SUM UCASE UNDEF UNION "
    "VALUES WHERE ABS AVG CEIL FLOOR ROUND IRI URI XSD"
).replace(" ", "|")
_TOKEN = re.compile(
    rf"""(?P<plain>\"\"\"|<[^<>\s]*>|[\w-]*:[\w.%-]*\w)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<comment>\#[^\n]*)
    |(?P<variable>[?$]\w+)
    |(?P<keyword>@prefix\b|@base\b|\b(?:{_WORDS})\b|(?<=\s)a(?=\s))""",
    re.VERBOSE,
)
Token = tuple[str, str]
"""A kind (one of the constants above, empty for everything else) and the text."""


def highlighted(text: str) -> tuple[tuple[Token, ...], ...]:
    """The lines of a text as tokens; joined they are the text again. A query inside a long string of Turtle is told apart too."""
    lines: list[list[Token]] = [[]]
    for kind, piece in _tokens(text):
        first, *others = piece.split("\n")
        lines[-1].append((kind, first))
        lines.extend([(kind, other)] for other in others)
    return tuple(tuple(token for token in line if token[1]) for line in lines)


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    for match in _TOKEN.finditer(text):
        if match.start() > at:
            yield PLAIN, text[at : match.start()]
        kind = match.lastgroup or PLAIN
        yield PLAIN if kind == "plain" else kind, match.group()
        at = match.end()
    if at < len(text):
        yield PLAIN, text[at:]
