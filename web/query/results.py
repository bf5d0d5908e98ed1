"""Answers as pages show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

import pyoxigraph as ox

from kg.questions import Question
from kg.store import Answer
from web.figures import grouped
from web.formats import GRAPH_FORMATS, formats_of
from web.rendering import caption, href
from web.spreadsheets import Cell

ROWS_SHOWN = 500
SPREADSHEETS = ("excel.csv", "xlsx")
"""Downloads for spreadsheets, beside the formats of the protocol; by what their address ends with."""


@dataclass(frozen=True)
class Column:
    """A column of a result."""

    heading: str
    numeric: bool


@dataclass(frozen=True)
class Shown:
    """A term as a page shows it; ``link`` is empty for what is no IRI, ``number`` is ``None`` for what is no number."""

    text: str
    link: str = ""
    number: Decimal | None = None
    numeric: bool = False


@dataclass(frozen=True)
class Result:
    """An answer as a page shows it: rows, cut at :data:`ROWS_SHOWN` (``None`` where unbound); or a truth value; or Turtle with the
    ``links`` (subject, predicate, object) among things."""

    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Shown | None, ...], ...] = ()
    is_cut: bool = False
    truth: bool | None = None
    turtle: str = ""
    links: tuple[tuple[Shown, str, Shown], ...] = ()
    formats: tuple[str, ...] = ()


def read_answer(kind: str, data: bytes, question: Question | None, language: str) -> Result:
    """An answer that came as SPARQL results in JSON, or (``graph``) as N-Triples."""
    if kind == "graph":
        return read_graph([quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)])
    return read_result(ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON), question, language)


def read_result(answer: Answer, question: Question | None, language: str) -> Result:
    """An answer for a page. A column ``xName`` beside a column ``x`` of IRIs becomes the text of its links."""
    formats = tuple(entry.suffix for entry in formats_of(answer))
    if isinstance(answer, ox.QueryBoolean):
        return Result(truth=bool(answer), formats=formats)
    if isinstance(answer, ox.QueryTriples):
        return read_graph(list(islice(answer, ROWS_SHOWN + 1)))
    variables = [variable.value for variable in answer.variables]
    solutions = list(islice(answer, ROWS_SHOWN + 1))
    links = {variable for variable in variables if any(isinstance(solution[variable], ox.NamedNode) for solution in solutions)}
    names = {variable: f"{variable}Name" for variable in variables if variable in links and f"{variable}Name" in variables}
    kept = [variable for variable in variables if variable not in names.values()]
    rows = tuple(tuple(_shown(solution, variable, names) for variable in kept) for solution in solutions[:ROWS_SHOWN])
    columns = tuple(
        Column(
            question.heading(names.get(variable, variable), language) if question else variable,
            _is_numeric([row[index] for row in rows]),
        )
        for index, variable in enumerate(kept)
    )
    return Result(columns, rows, len(solutions) > ROWS_SHOWN, formats=formats + SPREADSHEETS)


def read_graph(triples: list[ox.Triple]) -> Result:
    """Triples for a page."""
    shown = triples[:ROWS_SHOWN]
    turtle = ox.serialize(shown, format=ox.RdfFormat.TURTLE) or b""
    links = tuple(
        (_of_iri(triple.subject.value), caption(triple.predicate.value), _of_iri(triple.object.value))
        for triple in shown
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode)
    )
    formats = tuple(entry.suffix for entry in GRAPH_FORMATS)
    return Result(turtle=turtle.decode(), links=links, is_cut=len(triples) > ROWS_SHOWN, formats=formats)


def cells(answer: ox.QuerySolutions, question: Question | None, language: str) -> tuple[list[str], Iterator[list[Cell]]]:
    """Headings and rows for a spreadsheet: every column of the answer, numbers as numbers, IRIs as they are."""
    variables = [variable.value for variable in answer.variables]
    headings = [question.heading(variable, language) if question else variable for variable in variables]
    return headings, ([_cell(solution[variable]) for variable in variables] for solution in answer)


def _cell(value: object) -> Cell:
    if isinstance(value, ox.Literal):
        is_number = value.datatype.value.rpartition("#")[2] in ("decimal", "integer")
        return Decimal(value.value) if is_number else value.value
    if isinstance(value, ox.NamedNode):
        return value.value
    return None if value is None else str(value)


def _is_numeric(values: list[Shown | None]) -> bool:
    """Whether a column has figures and nothing else."""
    held = [value for value in values if value is not None]
    return bool(held) and all(value.numeric for value in held)


def _shown(solution: ox.QuerySolution, variable: str, names: dict[str, str]) -> Shown | None:
    value = solution[variable]
    if value is None:
        return None
    if isinstance(value, ox.NamedNode):
        named = solution[names[variable]] if variable in names else None
        return _of_iri(value.value, named.value if isinstance(named, ox.Literal) else "")
    if isinstance(value, ox.Literal):
        return _shown_literal(value)
    return Shown(str(value))


def _of_iri(iri: str, named: str = "") -> Shown:
    """A thing by its name, as a link where its address can be followed."""
    is_address = iri.startswith(("http://", "https://"))
    return Shown(named or caption(iri), href(iri)) if is_address else Shown(iri)


def _shown_literal(value: ox.Literal) -> Shown:
    """A number with separators, except a whole number of four digits or fewer: that may be a year."""
    kind = value.datatype.value.rpartition("#")[2]
    if kind not in ("decimal", "integer"):
        return Shown(value.value, numeric=kind == "double")
    number = Decimal(value.value)
    is_short = kind == "integer" and abs(number) < 10_000
    return Shown(value.value if is_short else grouped(number), number=number, numeric=True)
