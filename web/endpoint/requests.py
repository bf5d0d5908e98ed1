"""Requests of the SPARQL 1.1 Protocol in their three forms, read strictly."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl

from flask import request
from werkzeug.http import parse_options_header

from web.problems import ProblemError

MAX_QUERY_BYTES = 200_000
MAX_UPDATE_BYTES = 16_000_000
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"


@dataclass(frozen=True)
class QueryRequest:
    """What a client asks: the text, the graphs that replace its FROM, and the format when the address names one."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    suffix: str


@dataclass(frozen=True)
class UpdateRequest:
    """What the owner changes: the text, and the graphs that its patterns see."""

    text: str
    using: tuple[str, ...]
    using_named: tuple[str, ...]


def read_request(update_bytes: int) -> QueryRequest | UpdateRequest:
    """The request. Raises :class:`ProblemError` for what the protocol does not allow; an update may have ``update_bytes``."""
    if len(request.query_string) > MAX_QUERY_BYTES:
        raise _too_large(MAX_QUERY_BYTES)
    pairs = _pairs(request.query_string)
    if any(key == "update" for key, _ in pairs):
        raise ProblemError(HTTPStatus.FORBIDDEN, "an update is sent in the body of a POST; nothing was changed")
    if request.method == "POST":
        pairs += _body_pairs(update_bytes)
    queries = _values(pairs, "query")
    updates = _values(pairs, "update")
    if updates:
        if len(updates) > 1 or queries:
            raise ProblemError(HTTPStatus.BAD_REQUEST, f"one update at a time, {len(updates) + len(queries)} were sent")
        return UpdateRequest(updates[0], _values(pairs, "using-graph-uri"), _values(pairs, "using-named-graph-uri"))
    if len(queries) != 1:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"one parameter 'query' is needed, {len(queries)} were sent")
    suffix = next(iter(_values(pairs, "format")), "")
    return QueryRequest(queries[0], _values(pairs, "default-graph-uri"), _values(pairs, "named-graph-uri"), suffix)


def _values(pairs: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(value for key, value in pairs if key == name)


def _body_pairs(update_bytes: int) -> list[tuple[str, str]]:
    """The body of a POST as parameters; a query sent directly counts as the parameter ``query``."""
    media_type, options = parse_options_header(request.headers.get("Content-Type", ""))
    if media_type not in (_FORM, _QUERY, _UPDATE):
        sent = media_type or "a body without a type"
        headers = {"Accept-Post": f"{_FORM}, {_QUERY}, {_UPDATE}"}
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {_FORM} or {_QUERY}, not {sent}", headers)
    if options.get("charset", "utf-8").lower() not in ("utf-8", "us-ascii"):
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body must be UTF-8")
    limit = MAX_QUERY_BYTES if media_type == _QUERY else max(MAX_QUERY_BYTES, update_bytes)
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise _too_large(limit)
    if media_type == _FORM:
        return _pairs(body)
    return [("query" if media_type == _QUERY else "update", _decode(body))]


def _too_large(limit: int) -> ProblemError:
    return ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request may have {limit:,} bytes")


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
