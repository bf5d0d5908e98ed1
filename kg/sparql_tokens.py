"""SPARQL cut into tokens, as the grammar of SPARQL 1.1 (and the words of 1.2) has them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import QueryError

_BASE = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF"
    r"\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_NAME = rf"{_BASE}_0-9"
_CHARS = rf"{_NAME}\u00B7\u0300-\u036F\u203F-\u2040\-"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_CODEPOINT = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
TOKEN = re.compile(
    rf"""
      (?P<blank>[ \t\r\n]+|\#[^\r\n]*)
    | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_CODEPOINT})*>)
    | (?P<string>'''(?:'{{0,2}}(?:[^'\\]|\\.))*'''|\"\"\"(?:"{{0,2}}(?:[^"\\]|\\.))*\"\"\"
        |'(?!'')(?:[^'\\\r\n]|\\.)*'|"(?!"")(?:[^"\\\r\n]|\\.)*")
    | (?P<variable>[?$][{_NAME}][{_NAME}\u00B7\u0300-\u036F\u203F-\u2040]*)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)?)
    | (?P<node>_:[{_NAME}](?:[{_CHARS}.]*[{_CHARS}])?)
    | (?P<name>(?:[{_BASE}](?:[{_CHARS}.]{{0,200}}[{_CHARS}])?)?:
        (?:(?:[{_NAME}:]|{_ESCAPED})(?:(?:[{_CHARS}:.]|{_ESCAPED})*(?:[{_CHARS}:]|{_ESCAPED}))?)?)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[{_BASE}][{_NAME}]*)
    | (?P<sign>&&|\|\||\^\^|<<\(?|\)?>>|[<>!]=|[-+*/!<>=|^?.,;()\[\]{{}}~])
    """,
    re.VERBOSE | re.DOTALL,
)
_ENDS_OPERAND = frozenset({")", "]", "}", ">>", ")>>"})


@dataclass(frozen=True)
class Token:
    """``kind`` is the name of a group of the tokeniser; ``start`` an offset into the text. Comments are no tokens."""

    kind: str
    text: str
    start: int

    @property
    def ends_operand(self) -> bool:
        """Whether an operator may follow, so that ``<`` after it can be a comparison."""
        return self.kind != "sign" or self.text in _ENDS_OPERAND


def tokens(text: str) -> Iterator[Token]:
    """The ordinary reading, in which the longest token wins. Raises :class:`QueryError` where no token begins."""
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise QueryError(f"not SPARQL: {stray(text, position)}", *place(text, position))
        if match.lastgroup != "blank":
            yield Token(str(match.lastgroup), match.group(), position)
        position = match.end()


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def stray(text: str, position: int) -> str:
    """Why no token begins here."""
    character = text[position]
    return f"the string that begins with {character} has no end" if character in "'\"" else f"unexpected {character!r}"
