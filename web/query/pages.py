"""The query pages: the gallery of named questions with their parameters, and a field for a query of one's own."""

from http import HTTPStatus

import pyoxigraph as ox
from flask import Response, abort, g, request
from werkzeug.wrappers import Response as Redirect

from kg.errors import QueryError
from kg.query_pool.lanes import Verdict
from kg.query_pool.runner import NotAnswered
from kg.questions import TAGS, Question, bind, find_question, load_questions, tagged
from kg.store import Answer
from kg.store.binding import bound
from web.endpoint.answers import ROW_LIMIT_HEADER, refusal, with_cors
from web.formats import GRAPH_FORMATS, RESULT_FORMATS, by_suffix, write_answer
from web.highlight import highlighted
from web.problems import ProblemError
from web.query.asking import ask, ask_for_page
from web.query.chart import Chart, draw
from web.query.links import LinkMap, map_links
from web.query.results import ROWS_SHOWN, SPREADSHEETS, Result, cells, read_answer
from web.rendering import render, view
from web.spreadsheets import XLSX, to_csv, to_xlsx

OWN = "own"
"""The name that stands for a reader's own query in the address of a download."""
VIEWS = ("both", "table", "chart", "links")
_BESIDE = 40
"""Rows up to which a chart stands beside its table unless the reader chooses otherwise."""
EXAMPLE = """PREFIX budget: <https://budget-kg.example/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?department ?name WHERE {
  ?department a budget:Department ; rdfs:label ?name .
} ORDER BY ?name
"""


def query_page() -> Response:
    """``/query``: the gallery, and the reader's own query when there is one."""
    text = request.args.get("query", "")
    tag = request.args.get("tag", "")
    if tag and tag not in TAGS:
        abort(HTTPStatus.NOT_FOUND)
    result, error, unanswered = None, None, ""
    status, headers = HTTPStatus.OK, {}
    if text.strip():
        try:
            answer = ask(text, ROWS_SHOWN)
            result = shown(read_answer(answer.kind, answer.data, None, g.language), answer.cut_at > 0)
        except QueryError as caught:
            error, status = caught, HTTPStatus.BAD_REQUEST
        except NotAnswered as caught:
            refused = refusal(caught)
            unanswered, status, headers = why(caught), refused.status, refused.headers
    response = render(
        "query.html",
        status,
        questions=tagged(tag) if tag else load_questions(),
        question=None,
        tags=TAGS,
        tag=tag,
        text=text or EXAMPLE,
        copied=text,
        asked=text,
        result=result,
        error=error,
        unanswered=unanswered,
        limit=ROWS_SHOWN,
        **views(result),
    )
    response.headers.update(headers)
    return response


def why(error: NotAnswered) -> str:
    """What a page says of a query without an answer (the end of a key): that it was too much, or else to ask again."""
    too_much = error.verdict in (Verdict.TIME, Verdict.MEMORY, Verdict.SIZE)
    return error.verdict.value if too_much else "wait"


def shown(result: Result, is_cut: bool) -> Result:
    """The same result, said to be cut."""
    return Result(result.columns, result.rows, is_cut, result.truth, result.turtle, result.links, result.formats)


def views(result: Result | None) -> dict[str, object]:
    """What the ways of looking at a result need: the chart and the map where there is one, and the way that is chosen."""
    chart: Chart | None = draw(result, request.args.get("column", -1, type=int)) if result else None
    links: LinkMap | None = map_links(result) if result else None
    offered = [name for name in VIEWS if name == "table" or (name == "links" and links) or (name in ("both", "chart") and chart)]
    chosen = request.args.get("view", "")
    fallback = "both" if chart and result and len(result.rows) <= _BESIDE else "table"
    return {"chart": chart, "links": links, "views": offered, "chosen_view": chosen if chosen in offered else fallback}


def question_page(name: str) -> Response | Redirect:
    """``/query/{name}`` as a page, ``/query/{name}.{csv,json,tsv,xml,excel.csv,xlsx}`` as a file; ``own`` with ``?query=`` for a
    query of one's own."""
    stem, _, suffix = name.partition(".")
    if stem == OWN:
        return _own_download(request.args.get("query", ""), suffix)
    try:
        question = find_question(stem)
    except QueryError:
        abort(HTTPStatus.NOT_FOUND)
    values = {param.name: request.args.get(param.name, "") for param in question.params}
    if suffix:
        return _download(question, values, suffix)
    result, error, unanswered = None, None, ""
    copied = question.text
    status, headers = HTTPStatus.OK, {}
    try:
        copied = bound(question.text, bind(question, values))
        answer = ask_for_page(question, copied)
        result = shown(read_answer(answer.kind, answer.data, question, g.language), answer.cut_at > 0)
    except QueryError as caught:
        error, status = caught, HTTPStatus.BAD_REQUEST
    except NotAnswered as caught:
        refused = refusal(caught)
        unanswered, status, headers = why(caught), refused.status, refused.headers
    response = render(
        "query.html",
        status,
        questions=load_questions(),
        question=question,
        tags=TAGS,
        tag="",
        values={param.name: values[param.name] or param.default for param in question.params},
        years=years() if any(param.kind == "year" for param in question.params) else (),
        source=highlighted(question.text),
        text=question.text,
        copied=copied,
        asked="",
        result=result,
        error=error,
        unanswered=unanswered,
        limit=ROWS_SHOWN,
        **views(result),
    )
    response.headers.update(headers)
    return response


def years() -> list[str]:
    """The years of which there are disclosures, newest first."""
    found = {row.text("year").rsplit("/", 1)[-1] for row in view().rows("years")}
    return sorted(found, reverse=True)


def _download(question: Question, values: dict[str, str], suffix: str) -> Response:
    _must_be_offered(suffix)
    try:
        text = bound(question.text, bind(question, values))
    except QueryError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, error.reason) from error
    return _asked_file(text, suffix, question, question.name)


def _own_download(text: str, suffix: str) -> Response:
    """A reader's own query as a file; the formats of the protocol are at the endpoint."""
    if suffix not in SPREADSHEETS or not text.strip():
        abort(HTTPStatus.NOT_FOUND)
    return _asked_file(text, suffix, None, "result")


def _asked_file(text: str, suffix: str, question: Question | None, name: str) -> Response:
    """The rows that a query has now, as a file; cut where the installation cuts, which a header says as it does at the endpoint."""
    try:
        answer = ask(text, 0)
    except (QueryError, NotAnswered) as error:
        raise refusal(error) from error
    if answer.kind == "graph":
        raise ProblemError(HTTPStatus.BAD_REQUEST, "triples are no rows: a graph has no file for spreadsheets")
    response = to_file(ox.parse_query_results(answer.data, format=ox.QueryResultsFormat.JSON), suffix, question, name)
    if answer.cut_at:
        response.headers[ROW_LIMIT_HEADER] = str(answer.cut_at)
    return response


def _must_be_offered(suffix: str) -> None:
    if suffix not in SPREADSHEETS and by_suffix(RESULT_FORMATS, suffix) is None:
        abort(HTTPStatus.NOT_FOUND)


def to_file(answer: Answer, suffix: str, question: Question | None, name: str) -> Response:
    """An answer as a file in the format of a suffix. 404 for a format that such an answer has not."""
    if suffix in SPREADSHEETS and isinstance(answer, ox.QuerySolutions):
        headings, rows = cells(answer, question, g.language)
        is_book = suffix == "xlsx"
        body = to_xlsx(name, headings, rows) if is_book else to_csv(headings, rows)
        response = Response(body, content_type=XLSX if is_book else "text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{"xlsx" if is_book else "csv"}"'
        return with_cors(response)
    chosen = by_suffix(GRAPH_FORMATS if isinstance(answer, ox.QueryTriples) else RESULT_FORMATS, suffix)
    if chosen is None:
        abort(HTTPStatus.NOT_FOUND)
    return with_cors(Response(write_answer(answer, chosen), content_type=chosen.content_type))
