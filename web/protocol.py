"""The SPARQL 1.1 Protocol, query part. Read-only: an update is refused and changes nothing.

A query runs in the process that answers the request and cannot be stopped: there is no time limit here.
"""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from flask import Response, redirect, request
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Response as Redirect

from kg.errors import QueryError
from kg.query_guard import ForbiddenQueryError, ask
from kg.store import Answer
from web.formats import GRAPH_FORMATS, Format, by_media_type, by_suffix, formats_of, media_types, write_answer
from web.negotiate import choose
from web.problems import ProblemError
from web.rendering import view
from web.service import describe_service
from web.site import site

PATH = "/sparql"
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
MAX_QUERY_BYTES = 200_000
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_HTML = "text/html"
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, Content-Type",
}


@dataclass(frozen=True)
class QueryRequest:
    """What a client asks: the text, the graphs that replace its FROM, and the format when the address names one."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    suffix: str


def sparql() -> Response | Redirect:
    """One request to the endpoint."""
    if request.method == "OPTIONS":
        return _preflight()
    if request.method in ("GET", "HEAD") and not request.query_string:
        return _introduce()
    return answer_query(_read_request())


def answer_query(wanted: QueryRequest) -> Response | Redirect:
    """The answer in the best format, or a redirect to the query page for a browser."""
    accept = request.headers.get("Accept", "")
    try:
        answer = ask(view().snapshot, wanted.text, wanted.default_graphs, wanted.named_graphs, site().settings.base)
    except ForbiddenQueryError as error:
        raise _query_problem(HTTPStatus.FORBIDDEN, error) from error
    except QueryError as error:
        raise _query_problem(HTTPStatus.BAD_REQUEST, error) from error
    except ValueError as error:  # a graph that is no IRI
        raise ProblemError(HTTPStatus.BAD_REQUEST, str(error)) from error
    chosen = choose_format(answer, accept, wanted.suffix, pages=request.method != "POST")
    if chosen is None:
        response = redirect(f"/query?{urlencode({'query': wanted.text})}", HTTPStatus.SEE_OTHER)
        response.vary.add("Accept")
        return response
    return with_cors(Response(write_answer(answer, chosen), content_type=chosen.content_type))


def choose_format(answer: Answer, accept: str, suffix: str, pages: bool) -> Format | None:
    """The format of an answer; ``None`` stands for a page. Raises 406 with the offers when nothing fits."""
    formats = formats_of(answer)
    if suffix:
        named = by_suffix(formats, suffix)
        if named is None:
            known = [entry.suffix for entry in formats]
            raise ProblemError(HTTPStatus.NOT_ACCEPTABLE, f"this query has no format {suffix!r}", offers=known)
        return named
    offers = [*media_types(formats), *([_HTML] if pages else [])]
    media_type = choose(accept, offers)
    return None if media_type == _HTML else by_media_type(formats, media_type)


def with_cors(response: Response) -> Response:
    """Open to scripts of any origin: the data are public and the endpoint knows no users."""
    response.headers.update(_CORS)
    response.vary.add("Accept")
    return response


def _preflight() -> Response:
    response = Response(status=HTTPStatus.NO_CONTENT, headers=_CORS)
    response.headers["Allow"] = response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _introduce() -> Response | Redirect:
    """The service description, or the query page for a browser."""
    offers = [*media_types(GRAPH_FORMATS), _HTML]
    media_type = choose(request.headers.get("Accept", ""), offers)
    if media_type == _HTML:
        response = redirect("/query", HTTPStatus.SEE_OTHER)
        response.vary.add("Accept")
        return response
    chosen = by_media_type(GRAPH_FORMATS, media_type)
    return with_cors(Response(describe_service(request.base_url, chosen), content_type=chosen.content_type))


def _read_request() -> QueryRequest:
    """The request in any of its three forms. Raises :class:`ProblemError` for what the protocol does not allow."""
    if len(request.query_string) > MAX_QUERY_BYTES or (request.content_length or 0) > MAX_QUERY_BYTES:
        raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a query may have {MAX_QUERY_BYTES:,} bytes")
    pairs = _pairs(request.query_string)
    if request.method == "POST":
        pairs += _body_pairs()
    if any(key == "update" for key, _ in pairs):
        _refuse_update([value for key, value in pairs if key == "update"])
    queries = [value for key, value in pairs if key == "query"]
    if len(queries) != 1:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"one parameter 'query' is needed, {len(queries)} were sent")
    return QueryRequest(
        queries[0],
        tuple(value for key, value in pairs if key == "default-graph-uri"),
        tuple(value for key, value in pairs if key == "named-graph-uri"),
        next((value for key, value in pairs if key == "format"), ""),
    )


def _body_pairs() -> list[tuple[str, str]]:
    """The body of a POST as parameters; a query sent directly counts as the parameter ``query``."""
    media_type, options = parse_options_header(request.headers.get("Content-Type", ""))
    if media_type not in (_FORM, _QUERY, _UPDATE):
        sent = media_type or "a body without a type"
        headers = {"Accept-Post": f"{_FORM}, {_QUERY}"}
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {_FORM} or {_QUERY}, not {sent}", headers)
    if options.get("charset", "utf-8").lower() not in ("utf-8", "us-ascii"):
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body must be UTF-8")
    body = request.get_data(cache=False)
    if len(body) > MAX_QUERY_BYTES:
        raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a query may have {MAX_QUERY_BYTES:,} bytes")
    if media_type == _FORM:
        return _pairs(body)
    return [("query" if media_type == _QUERY else "update", _decode(body))]


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(_decode(encoded), keep_blank_values=True, errors="strict", max_num_fields=200)
    except UnicodeDecodeError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "the parameters must be percent-encoded UTF-8") from error
    except ValueError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "too many parameters") from error


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "the text must be UTF-8") from error


def _refuse_update(updates: list[str]) -> None:
    if len(updates) > 1:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"one update at a time, {len(updates)} were sent")
    raise ProblemError(HTTPStatus.FORBIDDEN, "this endpoint is read-only: updates are refused and nothing was changed")


def _query_problem(status: HTTPStatus, error: QueryError) -> ProblemError:
    if not error.line:
        return ProblemError(status, error.reason)
    return ProblemError(status, error.reason, line=error.line, column=error.column)
