"""The named questions: one ``.rq`` file each, with a header that people and programs read.

A header line is a comment ``# key: value``. Keys: ``title.zh`` ``title.en`` ``description.zh`` ``description.en`` ``tags``
(keys of :data:`kg.questions.tags.TAGS`) and ``engine`` once each, ``param`` (``name kind default | zh | en``; the kinds are
those of :data:`kg.questions.values.KINDS`, a default of ``-`` means that the parameter may stay open) and ``column``
(``name | zh | en``) as often as needed. The file name begins with ``q`` and the number of the question.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kg.errors import QueryError
from kg.questions.tags import TAGS
from kg.questions.values import KINDS, Parameter
from kg.questions.values import bind as bind_values
from kg.questions.words import Words
from kg.store import Term

__all__ = [
    "ENGINES",
    "TAGS",
    "Column",
    "Parameter",
    "Question",
    "Words",
    "bind",
    "find_question",
    "load_questions",
    "parse_question",
    "tagged",
]

ENGINES = ("sparql", "network")
OPEN = "-"
_HEADER = re.compile(r"#\s*(?P<key>[a-z.]+):\s*(?P<value>.*\S)\s*$")
_NUMBER = re.compile(r"q(\d+)-[a-z0-9-]+$")
_ONCE = ("title.zh", "title.en", "description.zh", "description.en", "tags", "engine")


@dataclass(frozen=True)
class Column:
    """A variable of the result and its heading."""

    name: str
    label: Words


@dataclass(frozen=True)
class Question:
    """A named query.

    ``number`` is its number in the list of questions that the graph must answer; ``engine`` says what answers it: ``sparql``
    (the text is a query for the store) or ``network`` (the text makes the network that is then analysed).
    """

    name: str
    number: int
    title: Words
    description: Words
    tags: tuple[str, ...]
    engine: str
    params: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    text: str

    @property
    def body(self) -> str:
        """The query below the header."""
        lines = self.text.splitlines()
        return "\n".join(lines[next(index for index, line in enumerate(lines) if not line.startswith("#")) :])

    def heading(self, variable: str, language: str) -> str:
        """The heading of a result column, or the variable's own name."""
        return next((column.label.get(language) for column in self.columns if column.name == variable), variable)


@cache
def load_questions() -> tuple[Question, ...]:
    """All questions by number. Raises :class:`QueryError` for a file that breaks the form of a header."""
    found = (entry for entry in files(__name__).iterdir() if entry.name.endswith(".rq"))
    questions = [parse_question(entry.name.removesuffix(".rq"), entry.read_text("utf-8")) for entry in found]
    return tuple(sorted(questions, key=lambda question: question.number))


def tagged(tag: str) -> tuple[Question, ...]:
    """The questions with a tag. Raises :class:`QueryError` for a tag that does not exist."""
    if tag not in TAGS:
        raise QueryError(f"there is no tag {tag!r}; the tags are {', '.join(TAGS)}")
    return tuple(question for question in load_questions() if tag in question.tags)


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
    return bind_values(question.name, question.params, values)


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
    tags = tuple(once["tags"].split())
    _known(name, "tag", tags, TAGS)
    _known(name, "engine", (once["engine"],), ENGINES)
    _unique(name, [param.name for param in params])
    _unique(name, [column.name for column in columns])
    return Question(name, int(number[1]), title, description, tags, once["engine"], tuple(params), tuple(columns), text)


def _known(name: str, what: str, given: tuple[str, ...], known: Iterable[str]) -> None:
    for one in given:
        if one not in known:
            raise QueryError(f"{name}.rq: the {what} {one!r} is none of {', '.join(known)}")


def _unique(name: str, names: list[str]) -> None:
    twice = [one for one in names if names.count(one) > 1]
    if twice:
        raise QueryError(f"{name}.rq: {twice[0]} is described twice")


def _param(name: str, line: int, value: str) -> Parameter:
    head, label = _labelled(name, line, value)
    parts = head.split()
    if len(parts) != 3:
        raise QueryError(f"{name}.rq: a param says 'name kind default | zh | en'", line, 1)
    if parts[1] not in KINDS:
        raise QueryError(f"{name}.rq: a param is one of {', '.join(KINDS)}, not {parts[1]!r}", line, 1)
    param = Parameter(parts[0], parts[1], "" if parts[2] == OPEN else parts[2], label)
    if param.default:
        param.term(param.default)
    return param


def _labelled(name: str, line: int, value: str) -> tuple[str, Words]:
    parts = [part.strip() for part in value.split("|")]
    if len(parts) != 3 or not all(parts):
        raise QueryError(f"{name}.rq: a label says '… | zh | en'", line, 1)
    return parts[0], Words(parts[1], parts[2])
