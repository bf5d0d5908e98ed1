"""The query page: the gallery of named questions with their parameters, and a field for a query of one's own."""

from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice

import pyoxigraph as ox
from flask import Response, abort, g, request
from werkzeug.wrappers import Response as Redirect

from kg.errors import QueryError
from kg.query_guard import ask
from kg.questions import Question, bind, find_question, load_questions
from kg.store import Answer, Term
from web.formats import RESULT_FORMATS, by_suffix, formats_of, write_answer
from web.problems import ProblemError
from web.protocol import with_cors
from web.rendering import render, view

ROWS_SHOWN = 500
EXAMPLE = """PREFIX budget: <https://budget-kg.example/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?department ?name WHERE {
  ?department a budget:Department ; rdfs:label ?name .
} ORDER BY ?name
"""


@dataclass(frozen=True)
class Column:
    """A column of a result. ``names`` is the variable that holds the names of this column's IRIs, or empty."""

    variable: str
    heading: str
    names: str
    numeric: bool


@dataclass(frozen=True)
class Result:
    """An answer as a page shows it: rows of terms by variable, cut at :data:`ROWS_SHOWN`; or a truth value; or triples."""

    columns: tuple[Column, ...] = ()
    rows: tuple[dict[str, Term], ...] = ()
    is_cut: bool = False
    truth: bool | None = None
    turtle: str = ""
    formats: tuple[str, ...] = ()


def query_page() -> Response:
    """``/query``: the gallery, and the reader's own query when there is one."""
    text = request.args.get("query", "")
    result, error = None, None
    if text.strip():
        try:
            result = read_result(ask(view().snapshot, text), None, g.language)
        except QueryError as caught:
            error = caught
    return render(
        "query.html",
        HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        questions=load_questions(),
        question=None,
        text=text or EXAMPLE,
        asked=text,
        result=result,
        error=error,
        limit=ROWS_SHOWN,
    )


def question_page(name: str) -> Response | Redirect:
    """``/query/{name}`` as a page, ``/query/{name}.{csv,json,tsv,xml}`` as a file."""
    stem, _, suffix = name.partition(".")
    try:
        question = find_question(stem)
    except QueryError:
        abort(HTTPStatus.NOT_FOUND)
    values = {param.name: request.args.get(param.name, "") for param in question.params}
    if suffix:
        return _download(question, values, suffix)
    result, error = None, None
    try:
        result = read_result(view().snapshot.query(question.text, bind(question, values)), question, g.language)
    except QueryError as caught:
        error = caught
    shown = {param.name: values[param.name] or param.default for param in question.params}
    return render(
        "query.html",
        HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        questions=load_questions(),
        question=question,
        values=shown,
        text=question.text,
        asked="",
        result=result,
        error=error,
        limit=ROWS_SHOWN,
    )


def _download(question: Question, values: dict[str, str], suffix: str) -> Response:
    chosen = by_suffix(RESULT_FORMATS, suffix)
    if chosen is None:
        abort(HTTPStatus.NOT_FOUND)
    try:
        answer = view().snapshot.query(question.text, bind(question, values))
    except QueryError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, error.reason) from error
    return with_cors(Response(write_answer(answer, chosen), content_type=chosen.content_type))


def read_result(answer: Answer, question: Question | None, language: str) -> Result:
    """An answer for a page. A column ``xName`` beside a column ``x`` of IRIs becomes the name of its links."""
    formats = tuple(entry.suffix for entry in formats_of(answer))
    if isinstance(answer, ox.QueryBoolean):
        return Result(truth=bool(answer), formats=formats)
    if isinstance(answer, ox.QueryTriples):
        triples = list(islice(answer, ROWS_SHOWN + 1))
        turtle = ox.serialize(triples[:ROWS_SHOWN], format=ox.RdfFormat.TURTLE) or b""
        return Result(turtle=turtle.decode(), is_cut=len(triples) > ROWS_SHOWN, formats=formats)
    variables = [variable.value for variable in answer.variables]
    rows = []
    for solution in islice(answer, ROWS_SHOWN + 1):
        found = {name: solution[name] for name in variables}
        rows.append({name: value for name, value in found.items() if value is not None and not isinstance(value, ox.Triple)})
    shown = tuple(rows[:ROWS_SHOWN])
    named = {name: f"{name}Name" for name in variables if f"{name}Name" in variables}
    columns = tuple(
        Column(
            name,
            question.heading(named.get(name, name), language) if question else name,
            named.get(name, ""),
            any(is_number(row.get(name)) for row in shown),
        )
        for name in variables
        if name not in named.values()
    )
    return Result(columns, shown, len(rows) > ROWS_SHOWN, formats=formats)


def is_number(term: Term | None) -> bool:
    """Whether a term is a number that is shown with separators."""
    return isinstance(term, ox.Literal) and term.datatype.value.rsplit("#", 1)[-1] in ("decimal", "integer", "double")
