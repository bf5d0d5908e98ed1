"""Updates of the owner: no ``LOAD`` and no ``SERVICE``, and the dataset of the protocol written into the text."""

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from kg.errors import QueryError
from kg.query_guard import ForbiddenQueryError, readings
from kg.sparql_tokens import Token, place

_NAMES_GRAPH = frozenset({"PREFIX", "GRAPH", "USING", "NAMED", "INTO", "TO", "WITH"})


def prepare_update(text: str, using: Sequence[str], using_named: Sequence[str]) -> str:
    """The update as it may be run.

    Raises :class:`ForbiddenQueryError` for what would open a connection, :class:`QueryError` when the protocol names a dataset
    and the text does too (SPARQL 1.1 Protocol, 2.2.3), :class:`ValueError` for a graph that is no IRI.
    """
    found = list(readings(text))
    for tokens in found:
        for before, token in zip([None, *tokens], tokens, strict=False):
            word = _fetches(before, token)
            if word:
                raise ForbiddenQueryError(f"{word} is not answered here: this service opens no connections", *place(text, token.start))
    if not using and not using_named:
        return text
    clause = " ".join([f"USING {ox.NamedNode(graph)}" for graph in using] + [f"USING NAMED {ox.NamedNode(graph)}" for graph in using_named])
    pieces, done = [], 0
    for before, token in _top_level(found[0]):
        word = token.text.upper()
        if word in ("USING", "WITH"):
            raise QueryError(f"the request names a dataset and the update says {word}: one of them", *place(text, token.start))
        if word == "WHERE":
            if before is not None and before.text.upper() == "DELETE":
                raise QueryError("DELETE WHERE takes no dataset: write DELETE {…} WHERE {…}", *place(text, token.start))
            pieces += [text[done : token.start], clause, " "]
            done = token.start
    return "".join([*pieces, text[done:]])


def _fetches(before: Token | None, token: Token) -> str:
    """The word by which this token would fetch something, or an empty text."""
    prefix = token.text.partition(":")[0].upper()
    if token.kind == "word":
        return "SERVICE" if "SERVICE" in prefix else "LOAD" if prefix.startswith("LOAD") else ""
    is_name = before is not None and before.kind == "word" and before.text.upper() in _NAMES_GRAPH
    if token.kind == "name" and not is_name and prefix.startswith(("SERVICE", "LOAD")):
        # The engine may take it for the word and a name.
        return "SERVICE" if prefix.startswith("SERVICE") else "LOAD"
    return ""


def _top_level(tokens: Sequence[Token]) -> Iterator[tuple[Token | None, Token]]:
    """The words outside all brackets, each with the token before it."""
    depth, before = 0, None
    for token in tokens:
        if token.kind == "sign":
            depth += (token.text in "{([") - (token.text in "})]")
        elif token.kind == "word" and not depth:
            yield before, token
        before = token
