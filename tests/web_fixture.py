"""What the tests of the web face share: a server on a free loopback port, and the places of the examples in a store."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
from werkzeug.serving import make_server

from kg.settings import Settings
from kg.store import Snapshot
from web.app import create_app

AKETAO = "https://budget-kg.example/dept/653022/%E9%98%BF%E5%85%8B%E9%99%B6%E5%8E%BF%E5%8C%BB%E7%96%97%E4%BF%9D%E9%9A%9C%E5%B1%80"
AKETAO_RAW = "/dept/653022/阿克陶县医疗保障局"
_CELLS = """
PREFIX budget: <https://budget-kg.example/ontology#>
PREFIX qb: <http://purl.org/linked-data/cube#>
SELECT ?department ?kind ?key ?column ?cell ?printed ?start ?disclosure WHERE {
  ?cell qb:dataSet ?table ; budget:row/budget:rowKey ?key ; budget:columnKey ?column ; budget:printedText ?printed ;
    budget:sourceStart ?start ; budget:department ?department .
  ?table budget:tableKind ?kind ; budget:inDisclosure ?disclosure .
}"""


@dataclass(frozen=True)
class Place:
    """A printed figure of the examples and where it is."""

    cell: str
    disclosure: str
    printed: str
    start: int
    end: int

    @property
    def sha16(self) -> str:
        return self.disclosure.rpartition("/")[2]


def find_place(store: Path, department: str, kind: str, row: str, column: str) -> Place:
    """One figure of a department by the keys of the flat form."""
    bindings = {
        "department": ox.NamedNode(department),
        "kind": ox.NamedNode(f"https://budget-kg.example/code/table-kind/{kind}"),
        "key": ox.Literal(row),
        "column": ox.Literal(column),
    }
    (found,) = Snapshot(store).query(_CELLS, bindings)
    printed, start = found["printed"].value, int(found["start"].value)
    return Place(found["cell"].value, found["disclosure"].value, printed, start, start + len(printed))


def path_of(iri: str) -> str:
    """The path of an IRI of the default base, with its slash."""
    return iri.removeprefix("https://budget-kg.example")


@contextmanager
def serving(store: Path) -> Iterator[str]:
    """The address of a server over a store."""
    server = make_server("127.0.0.1", 0, create_app(store, Settings()), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Answer:
    """A response as it came over the wire."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type()


def fetch(address: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """One request, redirects not followed; a header is named with underscores."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()
