"""The query page: the gallery of named questions with their parameters, and a field for a query of one's own."""

from dataclasses import dataclass, replace
from decimal import Decimal
from http import HTTPStatus
from itertools import islice

import pyoxigraph as ox
from flask import Response, abort, g, request
from werkzeug.wrappers import Response as Redirect

from kg.errors import QueryError
from kg.query_pool.runner import ClientGone, NotAnswered, PoolQuery
from kg.questions import TAGS, Question, bind, find_question, load_questions, tagged
from kg.store import Answer
from kg.store.binding import bound
from web.endpoint.answers import Gone, refusal, with_cors
from web.figures import grouped
from web.formats import GRAPH_FORMATS, RESULT_FORMATS, by_suffix, formats_of, write_answer
from web.problems import ProblemError
from web.rendering import caption, href, render, view
from web.site import site

ROWS_SHOWN = 500
EXAMPLE = """PREFIX budget: <https://budget-kg.example/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?department ?name WHERE {
  ?department a budget:Department ; rdfs:label ?name .
} ORDER BY ?name
"""


@dataclass(frozen=True)
class Column:
    """A column of a result."""

    heading: str
    numeric: bool


@dataclass(frozen=True)
class Shown:
    """A term as a page shows it; ``link`` is empty for what is no IRI."""

    text: str
    link: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Result:
    """An answer as a page shows it: rows, cut at :data:`ROWS_SHOWN` (``None`` where unbound); or a truth value; or Turtle."""

    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Shown | None, ...], ...] = ()
    is_cut: bool = False
    truth: bool | None = None
    turtle: str = ""
    formats: tuple[str, ...] = ()


def query_page() -> Response:
    """``/query``: the gallery, and the reader's own query when there is one."""
    text = request.args.get("query", "")
    tag = request.args.get("tag", "")
    if tag and tag not in TAGS:
        abort(HTTPStatus.NOT_FOUND)
    result, error = None, None
    status, headers = HTTPStatus.OK, {}
    if text.strip():
        try:
            result = _own_result(text)
        except QueryError as caught:
            error, status = caught, HTTPStatus.BAD_REQUEST
        except NotAnswered as caught:
            refused = refusal(caught)
            error, status, headers = QueryError(refused.detail), refused.status, refused.headers
    response = render(
        "query.html",
        status,
        questions=tagged(tag) if tag else load_questions(),
        question=None,
        tags=TAGS,
        tag=tag,
        text=text or EXAMPLE,
        copied="",
        asked=text,
        result=result,
        error=error,
        limit=ROWS_SHOWN,
    )
    response.headers.update(headers)
    return response


def _own_result(text: str) -> Result:
    """The answer to a reader's own query, which runs where it can be stopped."""
    query = PoolQuery(
        text, site().client(), "application/sparql-results+json", "application/n-triples", site().settings.base, rows=ROWS_SHOWN
    )
    try:
        answer = site().serving.runner.ask(query, request.environ.get("gunicorn.socket"))
    except ClientGone as error:
        raise Gone from error
    assert answer is not None
    data, is_cut = b"".join(answer.pieces()), answer.row_limit > 0
    if answer.kind == "graph":
        triples = [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]
        return replace(read_graph(triples), is_cut=is_cut)
    found = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    return replace(read_result(found, None, g.language), is_cut=is_cut)


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
    copied = question.text
    try:
        terms = bind(question, values)
        copied = bound(question.text, terms)
        result = read_result(view().snapshot.query(question.text, terms), question, g.language)
    except QueryError as caught:
        error = caught
    shown = {param.name: values[param.name] or param.default for param in question.params}
    return render(
        "query.html",
        HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        questions=load_questions(),
        question=question,
        tags=TAGS,
        tag="",
        values=shown,
        text=question.text,
        copied=copied,
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
    return Result(columns, rows, len(solutions) > ROWS_SHOWN, formats=formats)


def read_graph(triples: list[ox.Triple]) -> Result:
    """Triples for a page."""
    turtle = ox.serialize(triples[:ROWS_SHOWN], format=ox.RdfFormat.TURTLE) or b""
    return Result(turtle=turtle.decode(), is_cut=len(triples) > ROWS_SHOWN, formats=tuple(entry.suffix for entry in GRAPH_FORMATS))


def _is_numeric(values: list[Shown | None]) -> bool:
    """Whether a column has figures and nothing else."""
    held = [value for value in values if value is not None]
    return bool(held) and all(value.numeric for value in held)


def _shown(solution: ox.QuerySolution, variable: str, names: dict[str, str]) -> Shown | None:
    value = solution[variable]
    if value is None:
        return None
    if isinstance(value, ox.NamedNode):
        is_address = value.value.startswith(("http://", "https://"))
        named = solution[names[variable]] if variable in names else None
        text = named.value if isinstance(named, ox.Literal) else caption(value.value)
        return Shown(text, href(value.value)) if is_address else Shown(value.value)
    if isinstance(value, ox.Literal):
        return _shown_literal(value)
    return Shown(str(value))


def _shown_literal(value: ox.Literal) -> Shown:
    """A number with separators, except a whole number of four digits or fewer: that may be a year."""
    kind = value.datatype.value.rpartition("#")[2]
    if kind not in ("decimal", "integer"):
        return Shown(value.value, numeric=kind == "double")
    number = Decimal(value.value)
    is_short = kind == "integer" and abs(number) < 10_000
    return Shown(value.value if is_short else grouped(number), numeric=True)
