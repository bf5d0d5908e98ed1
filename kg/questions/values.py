"""Parameters of a question: their kinds, and the terms that values become. A value is bound as one term, never pasted."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pyoxigraph as ox

from kg.errors import QueryError
from kg.questions.words import Words
from kg.store import Term

_XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGER = ox.NamedNode(f"{_XSD}integer")
_DECIMAL = ox.NamedNode(f"{_XSD}decimal")
_LONGEST_TEXT = 200


@dataclass(frozen=True)
class Kind:
    """A kind of values: what one looks like, in words that end "must be …", and the term it becomes."""

    form: re.Pattern[str]
    words: str
    term: Callable[[str], Term]


def _number(value: str) -> Term:
    return ox.Literal(str(int(value)), datatype=_INTEGER)


def _decimal(value: str) -> Term:
    return ox.Literal(value, datatype=_DECIMAL)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "integer": Kind(re.compile(r"[+-]?[0-9]{1,18}"), "a whole number", _number),
        "decimal": Kind(re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,6})?"), "a number such as 12 or 0.5, without separators", _decimal),
        "year": Kind(re.compile(r"(19|20)[0-9]{2}"), "a year of four digits", _number),
        "code": Kind(re.compile(r"[0-9]{3}([0-9]{2}([0-9]{2})?)?"), "a code of 3, 5 or 7 digits", ox.Literal),
        "region": Kind(re.compile(r"[0-9]{6}"), "a region code of 6 digits", ox.Literal),
        "text": Kind(re.compile(rf"[^\x00-\x1f\x7f]{{1,{_LONGEST_TEXT}}}"), f"one line of at most {_LONGEST_TEXT} characters", ox.Literal),
        "iri": Kind(re.compile(r"https?://[^\x00-\x20<>\"{}|\\^`]{1,500}"), "an address with http:// or https://", ox.NamedNode),
    }
)


@dataclass(frozen=True)
class Parameter:
    """A variable that may be bound. ``kind`` is a key of :data:`KINDS`; ``default`` is empty when it may stay open."""

    name: str
    kind: str
    default: str
    label: Words

    def term(self, value: str) -> Term:
        """The term of a value. Raises :class:`QueryError` for one of another kind."""
        kind = KINDS[self.kind]
        if not kind.form.fullmatch(value):
            raise QueryError(f"{self.name} must be {kind.words}, not {value!r}")
        return kind.term(value)


def bind(name: str, params: tuple[Parameter, ...], values: Mapping[str, str]) -> dict[str, Term]:
    """The values as terms to be bound; a parameter without a value takes its default, or stays open.

    Raises :class:`QueryError` for a parameter that the question ``name`` has not, and for a value of the wrong kind.
    """
    unknown = sorted(set(values) - {param.name for param in params})
    if unknown:
        known = ", ".join(param.name for param in params) or "none"
        raise QueryError(f"{name} has no parameter {', '.join(unknown)}; it has {known}")
    given = {param: values.get(param.name, "").strip() or param.default for param in params}
    return {param.name: param.term(value) for param, value in given.items() if value}
