"""Queries from outside: what they may not say is decided on their tokens, never by searching the text.

``SERVICE`` would make the engine open a connection, so it is refused before the engine sees the text, and so is every
update. The engine reads without a tokeniser: it takes ``trueSERVICE`` for two words, ``SERVICEa:b {`` for a keyword and
a name, and inside an expression ``?a<'>'`` for a comparison with a string where a tokeniser sees an IRI. The guard
therefore follows every reading that the grammar allows and refuses a text when one of them has a forbidden word.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kg.errors import QueryError
from kg.sparql_tokens import TOKEN, Token, place, stray
from kg.store import OWN_DATASET, UNION, Answer, Dataset, Reader

# Keywords, built-in functions and aggregates of SPARQL 1.1 and 1.2: any other word is a slip of the pen.
_WORDS = """
A ABS ADD ADJUST ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL CLEAR COALESCE CONCAT CONSTRUCT CONTAINS COPY COUNT
CREATE DATA DATATYPE DAY DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR FROM
GRAPH GROUP GROUP_CONCAT HASLANG HASLANGDIR HAVING HOURS IF IN INSERT INTO IRI ISBLANK ISIRI ISLITERAL ISNUMERIC
ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LATERAL LCASE LIMIT LOAD MAX MD5 MIN MINUS MINUTES MONTH MOVE NAMED NOT NOW
OBJECT OFFSET OPTIONAL ORDER PREDICATE PREFIX RAND REDUCED REGEX REPLACE ROUND SAMETERM SAMPLE SECONDS SELECT
SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN
STRSTARTS STRUUID SUBJECT SUBSTR SUM TIMEZONE TO TRIPLE TRUE TZ UCASE UNDEF UNION URI USING UUID VALUES VERSION WHERE
WITH YEAR
"""
WORDS = frozenset(_WORDS.split())
UPDATE_WORDS = frozenset({"ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH"})
VOLATILE_WORDS = frozenset({"BNODE", "NOW", "RAND", "STRUUID", "UUID"})
MAX_READINGS = 64
_CLOSING = {")": "(", "]": "[", "}": "{"}
_OPERATORS = frozenset({"/", "-", "+", "*", "^", "|", "!", "=", "<", ">", "<=", ">=", "!=", "&&", "||"})
_GRAPH_NAME_FOLLOWS = frozenset({"GRAPH", "FROM", "NAMED"})


class ForbiddenQueryError(QueryError):
    """A query that may be good SPARQL but is not answered here."""


def ask(
    reader: Reader,
    text: str,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    base: str | None = None,
) -> Answer:
    """Run a query that came from outside. The graphs, when there are any, replace the text's own FROM.

    Raises :class:`ForbiddenQueryError` for SERVICE and updates, :class:`QueryError` for what is no SPARQL; both say where.
    """
    dataset = check(text)
    if default_graphs or named_graphs:
        dataset = Dataset.of(default_graphs, named_graphs)
    try:
        return reader.query(text, dataset=dataset, base=base)
    except QueryError as error:
        raise find_fault(text) or error from error


def check(text: str) -> Dataset:
    """Refuse forbidden words; the dataset that the text asks for (its own when it says FROM, else the union)."""
    found = list(readings(text))
    for tokens in found:
        for index, token in enumerate(tokens):
            word = _forbidden(tokens, index)
            if word:
                reason = f"{word} is not answered here: this endpoint only reads its own data"
                raise ForbiddenQueryError(reason, *place(text, token.start))
    says_from = any(token.kind == "word" and "FROM" in token.text.upper() for tokens in found for token in tokens)
    return OWN_DATASET if says_from else UNION


def is_volatile(text: str) -> bool:
    """Whether a query that has been checked may answer otherwise the next time, over the same data."""
    return any(token.kind == "word" and token.text.upper() in VOLATILE_WORDS for tokens in readings(text) for token in tokens)


def find_fault(text: str) -> QueryError | None:
    """The first fault that the tokens alone show: an unknown word, an undeclared prefix, a bracket without partner.

    The engine often reports the end of the text instead of the fault; this is the better place when it finds one.
    """
    tokens = next(iter(readings(text)))
    faults = (_unknown_word(tokens), _undeclared_prefix(tokens), _unpaired_bracket(tokens))
    found = [fault for fault in faults if fault]
    if not found:
        return None
    start, reason = min(found)
    return QueryError(f"not SPARQL: {reason}", *place(text, start))


def readings(text: str) -> Iterator[list[Token]]:
    """Every way to cut the text into tokens, the ordinary one first; raises :class:`QueryError` when there is none."""
    pending: list[tuple[list[Token], list[str], int]] = [([], [], 0)]
    fault: QueryError | None = None
    found = tried = 0
    while pending:
        tokens, brackets, position = pending.pop()
        tried += 1
        if tried > MAX_READINGS:
            raise QueryError("too many comparisons look like IRIs; put a space after each '<'")
        while position < len(text):
            match = TOKEN.match(text, position)
            if match is None:
                fault = fault or QueryError(f"not SPARQL: {stray(text, position)}", *place(text, position))
                break
            kind, value = str(match.lastgroup), match.group()
            if kind == "iri" and _may_be_comparison(value, tokens, brackets):
                pending.append(([*tokens, Token("sign", "<", position)], brackets.copy(), position + 1))
            if kind == "sign":
                _follow(brackets, value)
            if kind != "blank":
                tokens.append(Token(kind, value, position))
            position = match.end()
        else:
            found += 1
            yield tokens
    if not found:
        raise fault or QueryError("not SPARQL")


def _may_be_comparison(iri: str, tokens: list[Token], brackets: list[str]) -> bool:
    """Only inside round brackets and after an operand; it matters only where the two readings then part."""
    return bool(tokens and brackets) and brackets[-1] == "(" and tokens[-1].ends_operand and ("'" in iri or "#" in iri)


def _follow(brackets: list[str], sign: str) -> None:
    for character in sign:
        if character in "([{":
            brackets.append(character)
        elif character in _CLOSING and brackets:
            brackets.pop()


def _forbidden(tokens: list[Token], index: int) -> str:
    """The forbidden word that this token is or hides, or an empty text."""
    token = tokens[index]
    before = tokens[index - 1] if index else None
    if token.kind == "word":
        if before is not None and before.kind == "sign" and before.text in _OPERATORS:
            return ""  # a part of an operand: no clause begins after an operator
        word = token.text.upper()
        return "SERVICE" if "SERVICE" in word else word if word in UPDATE_WORDS else ""
    if token.kind == "name" and "SERVICE" in token.text.partition(":")[0].upper():
        names_graph = before is not None and before.kind == "word" and before.text.upper() in _GRAPH_NAME_FOLLOWS
        opens_group = index + 1 < len(tokens) and tokens[index + 1].text == "{"
        return "SERVICE" if opens_group and not names_graph else ""
    return ""


def _unknown_word(tokens: list[Token]) -> tuple[int, str] | None:
    for token in tokens:
        if token.kind == "word" and token.text != "a" and token.text.upper() not in WORDS:
            return token.start, f"unknown word {token.text!r}"
    return None


def _undeclared_prefix(tokens: list[Token]) -> tuple[int, str] | None:
    declared: set[str] = set()
    for before, token in pairwise([Token("sign", "", 0), *tokens]):
        if token.kind != "name":
            continue
        prefix = token.text.partition(":")[0]
        if before.kind == "word" and before.text.upper() == "PREFIX":
            declared.add(prefix)
        elif prefix not in declared:
            return token.start, f"no PREFIX declares {prefix + ':'!r}"
    return None


def _unpaired_bracket(tokens: list[Token]) -> tuple[int, str] | None:
    opened: list[Token] = []
    for token in tokens:
        if token.kind != "sign":
            continue
        if token.text in ("(", "[", "{"):
            opened.append(token)
        elif token.text in _CLOSING and (not opened or opened.pop().text != _CLOSING[token.text]):
            return token.start, f"{token.text!r} closes nothing"
    return (opened[-1].start, f"{opened[-1].text!r} is never closed") if opened else None
