"""Requests to a SPARQL service: pooled connections, time limits, credentials, and errors as what they mean.

A request that changes something is sent once: it is tried again only where no connection came about.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode, urlsplit
from urllib.request import AbstractDigestAuthHandler, HTTPPasswordMgrWithDefaultRealm, Request, parse_http_list, parse_keqv_list

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError, TimeoutError
from urllib3.util import Retry, Timeout, make_headers

from kg.errors import QueryError, StoreError
from kg.store.endpoint import Credentials
from kg.store.oxigraph import query_error

CONNECT_SECONDS = 10.0
_POOL_SIZE = 8
_ERROR_BYTES = 4096
_REASON_LENGTH = 300
_VIRTUOSO_LINE = re.compile(r"SPARQL compiler, line (\d+): (.*)")


class _NoSecondWait(Retry):
    """Tries again where a connection breaks off, and never where an answer takes too long."""

    def _is_read_error(self, err: Exception) -> bool:
        return isinstance(err, ProtocolError)


_ASKING = _NoSecondWait(
    total=3, connect=2, read=2, status=2, backoff_factor=0.2, status_forcelist=(502, 503, 504), allowed_methods=None, raise_on_status=False
)
_CHANGING = _NoSecondWait(total=2, connect=2, read=0, status=0, other=0, backoff_factor=0.2, allowed_methods=None)


class Answered:
    """The answer to a request, read as it comes: a file for parsers. Cut answers raise :class:`StoreError`."""

    def __init__(self, response: urllib3.BaseHTTPResponse, url: str, seconds: float) -> None:
        self._response = response
        self._url = url
        self._seconds = seconds
        self._last = b""
        self.server = response.headers.get("Server", "")
        self.content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def header(self, name: str) -> str:
        return self._response.headers.get(name, "")

    def read(self, size: int | None = None) -> bytes:
        """The next bytes, or all that are left; empty at the end."""
        try:
            data = self._response.read(size)
        except HTTPError as error:
            raise _broken(error, self._url, self._seconds) from error
        self._last = data.rstrip()[-1:] or self._last
        if not data and self._last not in (b"}", b">"):
            raise StoreError("the answer was cut off by the server", place_of(self._url))
        return data

    def everything(self) -> bytes:
        """The whole body, whatever it is."""
        try:
            return self._response.read()
        except HTTPError as error:
            raise _broken(error, self._url, self._seconds) from error


class Wire:
    """The connections to one service."""

    def __init__(self, credentials: Credentials, seconds: float) -> None:
        self._credentials = credentials
        self._seconds = seconds
        self._pool = urllib3.PoolManager(maxsize=_POOL_SIZE, timeout=Timeout(connect=CONNECT_SECONDS, read=seconds))
        self._password = _Password(credentials)

    def close(self) -> None:
        self._pool.clear()

    def ask(self, url: str, fields: Sequence[tuple[str, str]], accept: str) -> Answered:
        """POST form fields to the address for queries; the body is still to be read."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        return self._send("POST", url, urlencode(fields).encode(), headers, _ASKING)

    def change(self, method: str, url: str, body: bytes | None = None, content_type: str = "", absent: bool = False) -> None:
        """Send a change and wait for its end; with ``absent`` a thing that is not there (404) is as good."""
        headers = {"Content-Type": content_type} if content_type else {}
        self._send(method, url, body, headers, _CHANGING, absent).everything()

    def _send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], retry: Retry, absent: bool = False) -> Answered:
        response = self._request(method, url, body, headers, retry)
        if response.status == 401 and self._password.learn(response.headers.get("WWW-Authenticate", "")):
            response.drain_conn()
            response = self._request(method, url, body, headers, retry)
        if response.status >= 300 and not (absent and response.status == 404):
            raise _refusal(response, url, bool(self._credentials), asked=retry is _ASKING)
        return Answered(response, url, self._seconds)

    def _request(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], retry: Retry) -> urllib3.BaseHTTPResponse:
        sent = {"User-Agent": "budget-kg", **headers, **self._password.headers(method, url)}
        try:
            return self._pool.request(method, url, body=body, headers=sent, retries=retry, redirect=False, preload_content=False)
        except HTTPError as error:
            raise _broken(error, url, self._seconds) from error


class _Password:
    """Says who we are as the server wants it: a token at once, a password when the server has asked, as Basic or Digest."""

    def __init__(self, credentials: Credentials) -> None:
        self._who = credentials
        book = HTTPPasswordMgrWithDefaultRealm()
        self._book = book
        self._digest = AbstractDigestAuthHandler(book)
        self._challenge: Mapping[str, str] | None = None
        self._basic = False

    def learn(self, challenge: str) -> bool:
        """Take in a challenge; whether there is an answer to it."""
        scheme, _, rest = challenge.partition(" ")
        if not self._who.user or scheme.lower() not in ("basic", "digest"):
            return False
        self._basic = scheme.lower() == "basic"
        self._challenge = None if self._basic else parse_keqv_list(parse_http_list(rest))
        return True

    def headers(self, method: str, url: str) -> dict[str, str]:
        if self._who.token:
            return {"Authorization": f"Bearer {self._who.token}"}
        if self._basic:
            return {"Authorization": make_headers(basic_auth=f"{self._who.user}:{self._who.password}")["authorization"]}
        if self._challenge is None:
            return {}
        self._book.add_password(None, url, self._who.user, self._who.password)
        return {"Authorization": f"Digest {self._digest.get_authorization(Request(url, method=method), self._challenge)}"}  # noqa: S310


def place_of(url: str) -> str:
    """An address as it may be printed: without what follows the path."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def _broken(error: HTTPError, url: str, seconds: float) -> StoreError:
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(cause, urllib3.exceptions.ReadTimeoutError):
        return StoreError(f"no answer within {seconds:g} seconds", place_of(url))
    if isinstance(cause, TimeoutError | urllib3.exceptions.NewConnectionError | urllib3.exceptions.SSLError):
        return StoreError(f"cannot be reached: {_first_line(str(cause).rpartition('>: ')[2] or str(cause))}", place_of(url))
    return StoreError("the connection broke off", place_of(url))


def _refusal(response: urllib3.BaseHTTPResponse, url: str, named: bool, asked: bool) -> BaseException:
    """What a status means: a fault of the query (400, where something was ``asked``), of who asks, or of the place."""
    status = response.status
    text = next(_texts(response), "")
    response.drain_conn()
    if status == 400 and asked:
        return _fault(text)
    if status in (401, 403):
        reason = "these credentials are not accepted" if named else "credentials are needed: KG_STORE_TOKEN_FILE, or KG_STORE_USER"
        return StoreError(f"{reason} (HTTP {status})", place_of(url))
    if 300 <= status < 400:
        return StoreError(f"the service has moved (HTTP {status}); say its new address", place_of(url))
    if status == 404:
        return StoreError("no SPARQL service here (HTTP 404)", place_of(url))
    return StoreError(f"HTTP {status}: {_first_line(text) or 'no reason given'}", place_of(url))


def _texts(response: urllib3.BaseHTTPResponse) -> Iterator[str]:
    try:
        yield response.read(_ERROR_BYTES).decode("utf-8", "replace")
    except HTTPError:
        return


def _fault(text: str) -> QueryError:
    """The fault of a query as the engine tells it; the place where it tells one."""
    if virtuoso := _VIRTUOSO_LINE.search(text):
        return QueryError(f"not SPARQL: {_first_line(virtuoso[2])}", int(virtuoso[1]), 1)
    return query_error(text if text.startswith("error at") else _first_line(text))


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:_REASON_LENGTH]
