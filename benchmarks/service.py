"""``python -m benchmarks.service``: what the service adds to a query, beside rdflib-endpoint and ``oxigraph serve``, same data.

Milliseconds by the clock over one kept connection, servers asked in turn query by query, so that a drift of the machine meets all of
them. "Transfer" is what the same bytes cost over the same kind of connection from a server that only sends them.
"""

import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from benchmarks import servers
from kg.ingest import Toolbox, ingest
from kg.samples import write_text
from kg.samples.generate import generate
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot

DISCLOSURES = 10
ROUNDS = 60
LIMIT_MS = 3.0
JSON = "application/sparql-results+json"
_PREFIX = "PREFIX budget: <https://budget-kg.example/ontology#> "
QUERIES: Mapping[str, str] = {
    "ask": "ASK { ?d budget:totalExpenditure ?t }",
    "one row": "SELECT (COUNT(*) AS ?n) { ?d a budget:Disclosure }",
    "100 rows": "SELECT ?s ?a { ?s budget:amount ?a } LIMIT 100",
    "group": "SELECT ?k (COUNT(*) AS ?n) { ?t a budget:BudgetTable ; budget:tableKind ?k } GROUP BY ?k",
    "2,000 rows": "SELECT ?s ?a { ?s budget:amount ?a } LIMIT 2000",
}


def main() -> int:
    """Print the medians; 1 when the service adds more than its limit."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        store = _fill(folder)
        quads = folder / "all.nq"
        quads.write_bytes(b"".join(Snapshot(store).quads()))
        snapshot = Snapshot(store)
        ways: dict[str, Callable[[str], bytes]] = {"pyoxigraph": lambda text: _direct(snapshot, text)}
        ways["kg serve"] = _over_http(stack.enter_context(_kg_serve(store, folder)))
        peer = stack.enter_context(servers.oxigraph(folder / "oxigraph"))
        _load(peer.endpoint.query.removesuffix("/query"), quads)
        ways["oxigraph serve"] = _over_http(peer.endpoint.query, "&union-default-graph=")
        ways["rdflib-endpoint"] = _over_http(stack.enter_context(_rdflib_endpoint(quads)))
        return _measure(ways, stack)


def _measure(ways: Mapping[str, Callable[[str], bytes]], stack: contextlib.ExitStack) -> int:
    print(f"{DISCLOSURES} disclosures, median milliseconds of {ROUNDS}")
    print(f"  {'query':<12}" + "".join(f"{way:>17}" for way in ways) + f"{'transfer':>12}{'added':>9}")
    added = []
    for name, query in QUERIES.items():
        text = _PREFIX + query
        body = ways["pyoxigraph"](text)
        transfer = _over_http(stack.enter_context(_sender(body)))
        taken: dict[str, list[float]] = {way: [] for way in (*ways, "transfer")}
        for _ in range(ROUNDS):
            for way, ask in (*ways.items(), ("transfer", transfer)):
                begun = time.perf_counter()
                ask(text)
                taken[way].append((time.perf_counter() - begun) * 1000)
        medians = {way: statistics.median(times) for way, times in taken.items()}
        added.append(medians["kg serve"] - medians["pyoxigraph"] - medians["transfer"])
        print(f"  {name:<12}" + "".join(f"{medians[way]:17.2f}" for way in ways) + f"{medians['transfer']:12.2f}{added[-1]:9.2f}")
    print(f"  added by the service beyond the direct call and the transfer: median {statistics.median(added):.2f} ms (limit {LIMIT_MS})")
    return int(statistics.median(added) > LIMIT_MS)


def _fill(folder: Path) -> Path:
    files = []
    for number, sample in enumerate(generate(1, DISCLOSURES, [2026])):
        files.append(folder / f"{number}.txt")
        files[-1].write_text(write_text(sample), "utf-8")
    with EmbeddedStore(folder / "store") as store:
        ingest(files, store, Settings(), Toolbox.load(), lambda message: None)
    return folder / "store"


def _direct(snapshot: Snapshot, text: str) -> bytes:
    answer = snapshot.query(text)
    assert not isinstance(answer, ox.QueryTriples)
    return answer.serialize(format=ox.QueryResultsFormat.JSON) or b""


def _over_http(endpoint: str, more: str = "") -> Callable[[str], bytes]:
    """Asks an endpoint over a connection that is kept where the server keeps it."""
    parts = urlsplit(endpoint)
    connection = HTTPConnection(parts.netloc, timeout=120)

    def ask(text: str) -> bytes:
        connection.request("GET", f"{parts.path or '/'}?{urlencode({'query': text})}{more}", headers={"Accept": JSON})
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, body[:300]
        return body

    return ask


@contextlib.contextmanager
def _sender(body: bytes) -> Iterator[str]:
    """The address of a server that sends these bytes to everybody."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextlib.contextmanager
def _kg_serve(store: Path, folder: Path) -> Iterator[str]:
    port = servers.free_port()
    command = [sys.executable, "-m", "kg.cli", "serve", "--store", str(store), "--port", str(port), "--access-log", ""]
    with _process([*command, "--rate-limit", "0"], port):
        yield f"http://127.0.0.1:{port}/sparql"


@contextlib.contextmanager
def _rdflib_endpoint(quads: Path) -> Iterator[str]:
    port = servers.free_port()
    with _process(["rdflib-endpoint", "serve", "--host", "127.0.0.1", "--port", str(port), str(quads)], port):
        yield f"http://127.0.0.1:{port}/"


@contextlib.contextmanager
def _process(command: list[str], port: int) -> Iterator[None]:
    """A server until the end of the block, once it takes connections."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_it_answers(process, command[0], port)
        yield
    finally:
        process.terminate()
        process.wait(40)


def _until_it_answers(process: subprocess.Popen[bytes], name: str, port: int) -> None:
    ends = time.monotonic() + 120
    while time.monotonic() < ends and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise RuntimeError(f"{name} does not start")


def _load(place: str, quads: Path) -> None:
    connection = HTTPConnection(urlsplit(place).netloc, timeout=300)
    connection.request("POST", "/store", quads.read_bytes(), {"Content-Type": "application/n-quads"})
    response = connection.getresponse()
    assert response.status in (200, 201, 204), response.read()[:300]
    connection.close()


if __name__ == "__main__":
    sys.exit(main())
