"""Answers of the query runner as responses: entity tags, the announcement of a cut, and refusals as problem documents."""

from http import HTTPStatus

from flask import Response, request

from kg.errors import QueryError
from kg.query_guard import ForbiddenQueryError
from kg.query_pool.lanes import Verdict
from kg.query_pool.runner import ClientGone, NotAnswered, PoolAnswer, PoolQuery
from web.endpoint.compression import representation_tag
from web.formats import Format
from web.problems import ProblemError
from web.site import site

ROW_LIMIT_HEADER = "X-Row-Limit-Reached"
_EXPOSED = f"Link, Content-Type, ETag, Retry-After, Location, {ROW_LIMIT_HEADER}"
_CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": _EXPOSED}
_CLIENT_CLOSED_REQUEST = 499
_REFUSALS = {
    Verdict.TIME: (503, "the query ran longer than this service allows", 0),
    Verdict.MEMORY: (503, "the query needed more memory than this service allows", 0),
    Verdict.SIZE: (503, "the answer is larger than this service sends; ask for less", 0),
    Verdict.BUSY: (503, "others are waiting and this query had its share; try again later", 10),
    Verdict.QUEUE: (503, "too many queries are waiting; try again later", 5),
    Verdict.CLIENT: (429, "too many queries of yours are under way; wait for an answer before asking again", 1),
    Verdict.RATE: (429, "too many requests of yours in the last minute", 1),
    Verdict.CRASH: (503, "the query could not be run; try again", 1),
    Verdict.DATA: (503, "the data cannot be read at the moment", 5),
    Verdict.LOCKED: (503, "another process is writing; nothing was changed, try again", 5),
}


def with_cors(response: Response) -> Response:
    """Open to scripts of any origin: the data are public and reading knows no users."""
    response.headers.update(_CORS)
    response.vary.add("Accept")
    return response


def empty(status: HTTPStatus) -> Response:
    """A response without a body."""
    response = with_cors(Response(status=status))
    del response.headers["Content-Type"]
    return response


def run(query: PoolQuery) -> PoolAnswer | None:
    """Have a query run; refusals become problem documents."""
    # Servers pass the connection under names of their own; without it a query goes on when its client has left.
    waiting = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    try:
        return site().serving.runner.ask(query, waiting)
    except ClientGone as error:
        raise Gone from error
    except (QueryError, NotAnswered) as error:
        raise refusal(error) from error


class Gone(Exception):
    """The client has hung up; what is answered reaches nobody."""


def nobody(_: Gone) -> Response:
    return Response(status=_CLIENT_CLOSED_REQUEST)


def refusal(error: QueryError | NotAnswered) -> ProblemError:
    """What a client is told about a query that was not answered."""
    if isinstance(error, NotAnswered):
        status, detail, wait = _REFUSALS[error.verdict]
        wait = error.wait or wait
        headers = {"Retry-After": str(wait)} if wait else {}
        return ProblemError(HTTPStatus(status), detail, headers, reason=error.verdict.value)
    status = HTTPStatus.FORBIDDEN if isinstance(error, ForbiddenQueryError) else HTTPStatus.BAD_REQUEST
    if not error.line:
        return ProblemError(status, error.reason)
    return ProblemError(status, error.reason, line=error.line, column=error.column)


def entity_tag(tag: str, chosen: Format) -> str:
    """What names a representation: the state of the data, and the format."""
    return f"{tag}-{chosen.suffix}"


def unchanged(tag: str, formats: list[Format]) -> Response | None:
    """304 when the client has what it would get. Before anything is run: only an answer had the tag to give."""
    if request.method not in ("GET", "HEAD") or not tag or not request.if_none_match:
        return None
    for chosen in formats:
        own = entity_tag(tag, chosen)
        for known in request.if_none_match.as_set(include_weak=True):
            if representation_tag(known) == own:
                response = empty(HTTPStatus.NOT_MODIFIED)
                response.set_etag(known)
                response.vary.add("Accept-Encoding")
                return response
    return None


def to_response(answer: PoolAnswer, chosen: Format) -> Response:
    """An answer over the wire: in pieces when it is large."""
    if answer.file is None:
        response = Response(answer.data, content_type=chosen.content_type)
    else:
        response = Response(answer.pieces(), content_type=chosen.content_type)
        response.content_length = answer.size
        response.call_on_close(answer.close)
    if answer.row_limit:
        response.headers[ROW_LIMIT_HEADER] = str(answer.row_limit)
    if request.method in ("GET", "HEAD") and answer.tag and not answer.is_volatile:
        response.set_etag(entity_tag(answer.tag, chosen))
        response.cache_control.no_cache = True
    return with_cors(response)
