"""The SPARQL 1.1 Protocol. Queries and updates run where they can be stopped; updates are the owner's."""

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from kg.errors import QueryError
from kg.query_pool.runner import NotAnswered, PoolQuery
from web.endpoint.access import require_owner
from web.endpoint.answers import empty, refusal, run, to_response, unchanged, with_cors
from web.endpoint.description import describe_service
from web.endpoint.requests import MAX_UPDATE_BYTES, QueryRequest, UpdateRequest, read_request
from web.formats import GRAPH_FORMATS, RESULT_FORMATS, Format, by_media_type, by_name, media_types
from web.negotiate import best, choose
from web.problems import ProblemError
from web.site import site

PATH = "/sparql"
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_HTML = "text/html"


def sparql() -> Response | Redirect:
    """One request to the endpoint."""
    if request.method == "OPTIONS":
        return preflight(METHODS)
    if request.method in ("GET", "HEAD") and not request.query_string:
        return _introduce()
    wanted = read_request(MAX_UPDATE_BYTES if site().serving.access.writable else 0)
    return _update(wanted) if isinstance(wanted, UpdateRequest) else _query(wanted)


def preflight(methods: tuple[str, ...]) -> Response:
    """What a browser asks before a script may go elsewhere."""
    response = empty(HTTPStatus.NO_CONTENT)
    response.headers["Allow"] = response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Headers"] = "Accept, Authorization, Content-Type, If-None-Match"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _query(wanted: QueryRequest) -> Response | Redirect:
    """The answer in the best format, or a redirect to the query page for a browser."""
    results, graphs = (_format(formats, wanted.suffix) for formats in (RESULT_FORMATS, GRAPH_FORMATS))
    if results == graphs == _HTML:
        response = redirect(f"/query?{urlencode({'query': wanted.text})}", HTTPStatus.SEE_OTHER)
        response.vary.add("Accept")
        return response
    offered = [chosen for chosen in (results, graphs) if isinstance(chosen, Format)]
    if not offered:
        raise _not_acceptable(wanted.suffix, (*RESULT_FORMATS, *GRAPH_FORMATS))
    known = unchanged(site().tag(), offered)
    if known is not None:
        return known
    answer = run(
        PoolQuery(
            wanted.text,
            site().client(),
            results.media_type if isinstance(results, Format) else None,
            graphs.media_type if isinstance(graphs, Format) else None,
            site().settings.base,
            wanted.default_graphs,
            wanted.named_graphs,
        )
    )
    assert answer is not None
    chosen = results if answer.kind == "results" else graphs
    if not isinstance(chosen, Format):
        raise _not_acceptable(wanted.suffix, RESULT_FORMATS if answer.kind == "results" else GRAPH_FORMATS)
    return to_response(answer, chosen)


def _format(formats: tuple[Format, ...], suffix: str) -> Format | str | None:
    """The best format of a kind of answer; the media type of a page when a browser asks; ``None`` when nothing fits."""
    if suffix:
        return by_name(formats, suffix)
    offers = [*media_types(formats), *([_HTML] if request.method != "POST" else [])]
    media_type = best(request.headers.get("Accept", ""), offers)
    return media_type if media_type in (None, _HTML) else by_media_type(formats, str(media_type))


def _not_acceptable(suffix: str, formats: tuple[Format, ...]) -> ProblemError:
    if suffix:
        known = [entry.suffix for entry in formats]
        return ProblemError(HTTPStatus.NOT_ACCEPTABLE, f"this query has no format {suffix!r}", offers=known)
    offers = media_types(formats)
    return ProblemError(HTTPStatus.NOT_ACCEPTABLE, "none of the accepted media types is offered", {"Vary": "Accept"}, offers=offers)


def _update(wanted: UpdateRequest) -> Response:
    """204 when the change is made and visible to queries."""
    require_owner(site().serving.access, HTTPStatus.FORBIDDEN, "this endpoint is read-only: updates are refused and nothing was changed")
    fields = {
        "client": site().client(),
        "action": "update",
        "using": wanted.using,
        "using_named": wanted.using_named,
        "base": site().settings.base,
    }
    try:
        site().serving.runner.write(fields, wanted.text)
    except (QueryError, NotAnswered) as error:
        raise refusal(error) from error
    return empty(HTTPStatus.NO_CONTENT)


def _introduce() -> Response | Redirect:
    """The service description, or the query page for a browser."""
    offers = [*media_types(GRAPH_FORMATS), _HTML]
    media_type = choose(request.headers.get("Accept", ""), offers)
    if media_type == _HTML:
        response = redirect("/query", HTTPStatus.SEE_OTHER)
        response.vary.add("Accept")
        return response
    chosen = by_media_type(GRAPH_FORMATS, media_type)
    description = describe_service(request.base_url, request.root_url, site().serving.access.writable, chosen)
    response = with_cors(Response(description, content_type=chosen.content_type))
    response.headers["Link"] = '</.well-known/void>; rel="describedby"'
    return response
