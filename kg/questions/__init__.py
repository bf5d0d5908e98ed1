"""The named questions: one ``.rq`` file each, with a header that people and programs read.

A header line is a comment ``# key: value``. Keys: ``title.zh`` ``title.en`` ``description.zh`` ``description.en`` once each,
``param`` (``name type default | zh | en``, a default of ``-`` means that the parameter may stay open) and ``column``
(``name | zh | en``) as often as needed. The file name begins with ``q`` and the number of the question.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import pyoxigraph as ox

from kg.errors import QueryError
from kg.store import Term

Kind = Literal["integer", "text"]
OPEN = "-"
_XSD_INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
_HEADER = re.compile(r"#\s*(?P<key>[a-z.]+):\s*(?P<value>.*\S)\s*$")
_NUMBER = re.compile(r"q(\d+)-[a-z0-9-]+$")
_ONCE = ("title.zh", "title.en", "description.zh", "description.en")


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class Parameter:
    """A variable that may be bound. ``default`` is empty when the parameter may stay open."""

    name: str
    kind: Kind
    default: str
    label: Words


@dataclass(frozen=True)
class Column:
    """A variable of the result and its heading."""

    name: str
    label: Words


@dataclass(frozen=True)
class Question:
    """A named query. ``number`` is its number in the list of questions that the graph must answer."""

    name: str
    number: int
    title: Words
    description: Words
    params: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    text: str

    def heading(self, variable: str, language: str) -> str:
        """The heading of a result column, or the variable's own name."""
        return next((column.label.get(language) for column in self.columns if column.name == variable), variable)


@cache
def load_questions() -> tuple[Question, ...]:
    """All questions by number. Raises :class:`QueryError` for a file that breaks the form of a header."""
    found = (entry for entry in files(__name__).iterdir() if entry.name.endswith(".rq"))
    questions = [parse_question(entry.name.removesuffix(".rq"), entry.read_text("utf-8")) for entry in found]
    return tuple(sorted(questions, key=lambda question: question.number))


def find_question(name: str) -> Question:
    """A question by its name or its number. Raises :class:`QueryError` when there is none."""
    for question in load_questions():
        if name in (question.name, str(question.number)):
            return question
    raise QueryError(f"there is no question {name!r}")


def bind(question: Question, values: Mapping[str, str]) -> dict[str, Term]:
    """The values as terms to be bound; a parameter without a value takes its default, or stays open.

    Raises :class:`QueryError` for a parameter that the question has not, and for a value of the wrong kind.
    """
    unknown = sorted(set(values) - {param.name for param in question.params})
    if unknown:
        raise QueryError(f"{question.name} has no parameter {', '.join(unknown)}")
    given = {param: values.get(param.name, "").strip() or param.default for param in question.params}
    return {param.name: _term(param, value) for param, value in given.items() if value}


def _term(param: Parameter, value: str) -> Term:
    if param.kind == "text":
        return ox.Literal(value)
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
        raise QueryError(f"{param.name} must be a whole number, not {value!r}")
    return ox.Literal(str(int(value)), datatype=_XSD_INTEGER)


def parse_question(name: str, text: str) -> Question:
    """A question from the text of its file. Raises :class:`QueryError` that names the file and the line."""
    number = _NUMBER.match(name)
    if number is None:
        raise QueryError(f"{name}.rq: the name must be q, a number, a hyphen and words")
    once: dict[str, str] = {}
    params: list[Parameter] = []
    columns: list[Column] = []
    for line_number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#"):
            break
        header = _HEADER.match(line)
        if header is None:
            raise QueryError(f"{name}.rq: a header line says 'key: value'", line_number, 1)
        key, value = header["key"], header["value"]
        if key == "param":
            params.append(_param(name, line_number, value))
        elif key == "column":
            column, label = _labelled(name, line_number, value)
            columns.append(Column(column, label))
        elif key not in _ONCE or key in once:
            raise QueryError(f"{name}.rq: the key {key!r} is {'repeated' if key in once else 'unknown'}", line_number, 1)
        else:
            once[key] = value
    missing = [key for key in _ONCE if key not in once]
    if missing:
        raise QueryError(f"{name}.rq: the header lacks {', '.join(missing)}")
    title, description = (Words(once[f"{key}.zh"], once[f"{key}.en"]) for key in ("title", "description"))
    return Question(name, int(number[1]), title, description, tuple(params), tuple(columns), text)


def _param(name: str, line: int, value: str) -> Parameter:
    head, label = _labelled(name, line, value)
    parts = head.split()
    if len(parts) != 3:
        raise QueryError(f"{name}.rq: a param says 'name type default | zh | en'", line, 1)
    kind: Kind | None = next((known for known in get_args(Kind) if known == parts[1]), None)
    if kind is None:
        raise QueryError(f"{name}.rq: a param is one of {', '.join(get_args(Kind))}, not {parts[1]!r}", line, 1)
    return Parameter(parts[0], kind, "" if parts[2] == OPEN else parts[2], label)


def _labelled(name: str, line: int, value: str) -> tuple[str, Words]:
    parts = [part.strip() for part in value.split("|")]
    if len(parts) != 3 or not all(parts):
        raise QueryError(f"{name}.rq: a label says '… | zh | en'", line, 1)
    return parts[0], Words(parts[1], parts[2])
