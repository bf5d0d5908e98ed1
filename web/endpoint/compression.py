"""gzip for who accepts it, bit by bit: a large answer is never in memory, compressed or not."""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator

from flask import Response, request

_SMALL = 860
"""Bytes below which compressing makes no packet fewer."""
_COMPRESSIBLE = re.compile(r"text/|application/(.*\+)?(json|xml)\b|application/(n-triples|n-quads|problem)|image/svg")
_SUFFIX = "-gzip"


def compress(response: Response) -> Response:
    """Compress a response when the client would take it and it is worth it."""
    if not _COMPRESSIBLE.match(response.content_type or "") or response.status_code == 304:
        return response
    response.vary.add("Accept-Encoding")
    is_worth_it = response.is_streamed or (response.content_length or 0) >= _SMALL
    if response.status_code != 200 or not is_worth_it or "Content-Encoding" in response.headers or not accepts_gzip():
        return response
    etag, is_weak = response.get_etag()
    if etag is not None:
        response.set_etag(etag + _SUFFIX, bool(is_weak))
    response.headers["Content-Encoding"] = "gzip"
    if response.is_streamed:
        response.headers.pop("Content-Length", None)
        response.response = _stream(response.response)
    else:
        response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
    return response


def accepts_gzip() -> bool:
    return request.accept_encodings.quality("gzip") > 0


def representation_tag(tag: str) -> str:
    """The entity tag under which a representation may be known to a client, without what compression adds."""
    return tag.removesuffix(_SUFFIX)


def _stream(pieces: Iterable[str | bytes]) -> Iterator[bytes]:
    press = zlib.compressobj(4, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for piece in pieces:
        out = press.compress(piece if isinstance(piece, bytes) else piece.encode())
        if out:
            yield out
    yield press.flush()
