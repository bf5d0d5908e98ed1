"""The SPARQL 1.1 Graph Store HTTP Protocol: one graph at a time, read by everybody, written by the owner.

A graph is named by ``/gsp?graph=IRI``, by ``/gsp?default``, or by its own address under ``/gsp/``. The default graph is what
stands in no named graph, not the union that queries see.
"""

import secrets
import tempfile
from http import HTTPStatus
from typing import IO

from flask import Response, request
from werkzeug.http import parse_options_header

from kg.errors import QueryError
from kg.query_pool.runner import NotAnswered, PoolQuery
from web.endpoint.access import require_owner
from web.endpoint.answers import empty, refusal, run, to_response, unchanged
from web.endpoint.sparql import preflight
from web.formats import GRAPH_FORMATS, by_media_type, media_types
from web.negotiate import choose
from web.problems import ProblemError
from web.rendering import raw_target
from web.site import site

PATH = "/gsp"
READ = ("GET", "HEAD", "OPTIONS")
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS")
MAX_GRAPH_BYTES = 256_000_000
_MULTIPART = "multipart/form-data"
_COPIED = 1 << 20


def graph_store(path: str = "") -> Response:
    """One request about one graph."""
    methods = METHODS if site().serving.access.writable else READ
    if request.method == "OPTIONS":
        return preflight(methods)
    if request.method in ("GET", "HEAD"):
        return _read(_graph(bool(path)))
    refused = "this graph store is read-only: nothing was changed"
    require_owner(site().serving.access, HTTPStatus.METHOD_NOT_ALLOWED, refused, Allow=", ".join(methods))
    is_new = request.method == "POST" and not path and not request.query_string
    name = f"{request.root_url}{PATH[1:]}/{secrets.token_urlsafe(12)}" if is_new else _graph(bool(path))
    return _delete(name) if request.method == "DELETE" else _write(name)


def _graph(is_direct: bool) -> str:
    """The name of the graph that is meant, empty for the default graph."""
    if is_direct:
        return request.root_url.rstrip("/") + raw_target().partition("?")[0]
    graphs, wants_default = request.args.getlist("graph"), "default" in request.args
    if len(graphs) + wants_default != 1:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "name one graph: ?graph=IRI or ?default")
    if not wants_default and not graphs[0]:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "the name of the graph is empty")
    return "" if wants_default else graphs[0]


def _read(name: str) -> Response:
    chosen = by_media_type(GRAPH_FORMATS, choose(request.headers.get("Accept", ""), media_types(GRAPH_FORMATS)))
    known = unchanged(site().tag(), [chosen])
    if known is not None:
        return known
    answer = run(PoolQuery("", site().client(), None, chosen.media_type, site().settings.base, graph=name))
    if answer is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no graph {name}")
    return to_response(answer, chosen)


def _write(name: str) -> Response:
    with tempfile.TemporaryFile() as body:
        parts = _receive(body)
        body.flush()
        made = _change({"action": request.method.lower(), "graph": name, "parts": parts}, body)
    created = bool(made.get("created"))
    response = empty(HTTPStatus.CREATED if created else HTTPStatus.NO_CONTENT)
    if created:
        response.headers["Location"] = name
    return response


def _delete(name: str) -> Response:
    if not _change({"action": "delete", "graph": name}, None)["done"]:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no graph {name}")
    return empty(HTTPStatus.NO_CONTENT)


def _change(fields: dict[str, object], body: IO[bytes] | None) -> dict[str, object]:
    base = {"client": site().client(), "base": site().settings.base}
    try:
        return site().serving.runner.write({**base, **fields}, body=body)
    except (QueryError, NotAnswered) as error:
        raise refusal(error) from error


def _receive(body: IO[bytes]) -> list[tuple[str, int]]:
    """Put the body of the request into a file; the media types and sizes of its parts, which stand there one after another."""
    if (request.content_length or 0) > MAX_GRAPH_BYTES:
        raise _too_large()
    media_type, _ = parse_options_header(request.headers.get("Content-Type", ""))
    if media_type != _MULTIPART:
        return [(_known(media_type), _copy(request.stream, body))]
    request.max_content_length = MAX_GRAPH_BYTES
    files = [file for _, file in request.files.items(multi=True)]
    return [(_known(file.mimetype), _copy(file.stream, body)) for file in files]


def _known(media_type: str) -> str:
    if media_type not in media_types(GRAPH_FORMATS):
        offers = ", ".join(entry.media_type for entry in GRAPH_FORMATS)
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send one of {offers}, not {media_type or 'a body without a type'}")
    return by_media_type(GRAPH_FORMATS, media_type).media_type


def _copy(source: IO[bytes], target: IO[bytes]) -> int:
    size = 0
    while piece := source.read(_COPIED):
        size += target.write(piece)
        if size > MAX_GRAPH_BYTES:
            raise _too_large()
    return size


def _too_large() -> ProblemError:
    return ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a graph may have {MAX_GRAPH_BYTES:,} bytes")
