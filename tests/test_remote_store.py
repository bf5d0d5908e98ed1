"""Writing to a remote store: on servers of our own, from nothing; what goes wrong is said and leaves the old or the new."""

import contextlib
import dataclasses
import http.server
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

from benchmarks.servers import Server
from kg.errors import QueryError, StoreError
from kg.ingest import Report, Toolbox, disclosure_of, ingest
from kg.settings import Settings
from kg.store import OWN_DATASET, Credentials, Dataset, EmbeddedStore, Endpoint, RemoteStore
from kg.store.engines import RECORD
from tests.conftest import ROOT
from tests.remote_servers import empty, oxigraph_server, server, virtuoso_server

__all__ = ["oxigraph_server", "server", "virtuoso_server"]
DISCLOSURES = "SELECT (COUNT(*) AS ?n) { ?d a <https://budget-kg.example/ontology#Disclosure> }"


def _ingest(store: RemoteStore | EmbeddedStore, tools: Toolbox, *paths: Path) -> Report:
    return ingest(list(paths), store, Settings(), tools, lambda message: None)


def _number(store: RemoteStore, text: str) -> int:
    answer = store.query(text)
    assert isinstance(answer, ox.QuerySolutions)
    return int(next(iter(answer))["n"].value)


def _quads(store: RemoteStore) -> list[bytes]:
    return sorted(store.quads())


def _lines(count: int, tag: str) -> bytes:
    return b"".join(
        b'<urn:%s:%d> <urn:p> "%d.5"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n' % (tag.encode(), n, n) for n in range(count)
    )


def test_new_unchanged_revised_superseded_and_refused(server: Server, tmp_path: Path, examples: list[Path], tools: Toolbox) -> None:
    text = examples[0].read_text("utf-8")
    corrected, older, letter = tmp_path / "corrected.txt", tmp_path / "older.txt", tmp_path / "letter.txt"
    corrected.write_text(text.replace("5.20", "5.30"), "utf-8")
    older.write_text(re.sub(r"2026 ?年 ?3 ?月 ?13 ?日", "2026年1月2日", text), "utf-8")
    letter.write_text("一封信", "utf-8")
    assert len({text, corrected.read_text("utf-8"), older.read_text("utf-8")}) == 3
    with empty(server, tmp_path / "local") as store:
        assert [entry.outcome for entry in _ingest(store, tools, examples[0]).ingested] == ["new"]
        before, version = _quads(store), RemoteStore(server.endpoint).version
        report = _ingest(store, tools, letter, examples[0], older)
        assert [entry.outcome for entry in report.ingested] == ["unchanged", "superseded"]
        assert [Path(refusal.file).name for refusal in report.refused] == ["letter.txt"]
        assert _quads(store) == before
        assert RemoteStore(server.endpoint).version == version
        seen = RemoteStore(server.endpoint)
        assert [entry.outcome for entry in _ingest(store, tools, corrected).ingested] == ["revised"]
        assert not seen.is_current()
        assert _number(store, DISCLOSURES) == 1
        assert store.source(next(iter(report.ingested)).sha256) == examples[0].read_bytes()
    archive = ox.Store.read_only(str(tmp_path / "local" / "archive"))
    assert len(list(archive.named_graphs())) == 2


def test_personal_data_never_leaves_this_machine(server: Server, tmp_path: Path, seeds: list[Path], tools: Toolbox) -> None:
    with empty(server, tmp_path / "local") as store:
        report = _ingest(store, tools, *seeds[:2])
        texts = {datum.text for entry in report.ingested for datum in disclosure_of(entry.file, tools).personal}
        everything = b"".join(_quads(store)).decode()
    assert texts
    assert not [text for text in texts if text in everything]
    kept = str(ox.Store.read_only(str(tmp_path / "local" / "restricted")))
    assert not [text for text in texts if text not in kept]


def test_large_graphs_long_texts_and_hard_values_come_back_whole(server: Server, tmp_path: Path) -> None:
    values = [
        '"20.980"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        '"123456789012345678901234.5"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
        '"2026-03-01"^^<http://www.w3.org/2001/XMLSchema#date>',
        '"2026"^^<http://www.w3.org/2001/XMLSchema#gYear>',
        '"2026"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"两\\n行 \\"q\\" \\\\"@zh',
        '"plain 文 \u2028 \u0085"',
        '""',
        f'"{"长" * 20_000}"',
        "<http://x/文>",
        "<http://x/%E6%96%87%2F>",
    ]
    hard = "".join(f"<urn:s> <urn:p{number}> {value} .\n" for number, value in enumerate(values)).encode()
    with empty(server, tmp_path / "local") as store:
        store.replace_graphs({"urn:t:hard": hard, "urn:t:large": _lines(12_000, "large"), "urn:t:gone": _lines(1, "gone")})
        store.replace_graphs({"urn:t:none": b""}, drop=["urn:t:gone", "urn:t:never"])
        assert store.graphs() == ["urn:t:hard", "urn:t:large"]
        assert store.holds("urn:t:hard", hard)
        assert store.holds("urn:t:large", _lines(12_000, "large"))
        assert not store.holds("urn:t:large", _lines(11_999, "large"))
        answer = store.query("SELECT ?p ?o { GRAPH <urn:t:hard> { ?s ?p ?o } }")
        assert isinstance(answer, ox.QuerySolutions)
        told = "".join(f"<urn:s> {row['p']} {row['o']} .\n" for row in answer)
        assert store.holds("urn:t:hard", told.encode())


def test_datasets_forms_and_bindings(server: Server, tmp_path: Path) -> None:
    with empty(server, tmp_path / "local") as store:
        store.replace_graphs({f"urn:t:{tag}": _lines(3, tag) for tag in ("a", "b", "c")})
        count = "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?g) AS ?m) { { ?s <urn:p> ?o } UNION { GRAPH ?g { ?s <urn:p> ?o } } }"

        def counted(dataset: Dataset) -> tuple[int, int]:
            answer = store.query(count, dataset=dataset)
            assert isinstance(answer, ox.QuerySolutions)
            row = next(iter(answer))
            return int(row["n"].value), int(row["m"].value)

        assert counted(Dataset()) == (18, 3)
        assert counted(Dataset.of(["urn:t:a"], ["urn:t:b", "urn:t:c"])) == (9, 2)
        assert counted(Dataset.of(["urn:t:a", "urn:t:b"], [])) == (6, 0)
        assert counted(Dataset.of([], [])) == (0, 0)
        own = store.query("SELECT (COUNT(*) AS ?n) FROM <urn:t:b> { ?s <urn:p> ?o }", dataset=OWN_DATASET)
        assert isinstance(own, ox.QuerySolutions)
        assert next(iter(own))["n"].value == "3"
        store.replace_graphs({"urn:t:based": b"<http://x/y/s> <urn:q> 'x' .".replace(b"'", b'"')})
        assert bool(store.query("ASK { <s> <urn:q> ?o }", base="http://x/y/z")) is True
        store.replace_graphs({}, drop=["urn:t:based"])
        assert (
            bool(
                store.query(
                    "ASK { ?s <urn:p> ?v }", {"v": ox.Literal("9.5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))}
                )
            )
            is False
        )
        triples = store.query("CONSTRUCT { ?s <urn:q> ?o } WHERE { ?s <urn:p> ?o }")
        assert isinstance(triples, ox.QueryTriples)
        assert len(list(triples)) == 9
        with pytest.raises(QueryError, match="not SPARQL"):
            store.query("SELECT * { ?s ?p ")
        computed = "SELECT ?s ?name { ?s <urn:p> ?o BIND(STR(?s) AS ?name) }"
        if server.sql_port:
            with pytest.raises(QueryError, match="computed"):
                store.query(computed, {"name": ox.Literal("urn:a:1")})
        else:
            named = store.query(computed, {"name": ox.Literal("urn:a:1")})
            assert isinstance(named, ox.QuerySolutions)
            assert [row["s"].value for row in named] == ["urn:a:1"]
        assert store.graphs() == ["urn:t:a", "urn:t:b", "urn:t:c"]
        assert RECORD not in b"".join(store.quads()).decode()


def test_readers_see_the_old_or_the_new_graph(oxigraph_server: Server, tmp_path: Path) -> None:
    """Not so on Virtuoso, where a reader was seen to count one triple of 4,000 (docs/remote-stores.md)."""
    server = oxigraph_server
    sizes = {4000, 4001}
    seen: set[int] = set()
    with empty(server, tmp_path / "local") as store:
        store.replace_graphs({"urn:t:g": _lines(4000, "x"), "urn:t:other": _lines(1, "y")})
        reading, done = threading.Event(), threading.Event()

        def read() -> None:
            with RemoteStore(server.endpoint) as reader:
                while not done.is_set():
                    seen.add(_number(reader, "SELECT (COUNT(*) AS ?n) { GRAPH <urn:t:g> { ?s ?p ?o } }"))
                    reading.set()

        with ThreadPoolExecutor(1) as pool:
            reads = pool.submit(read)
            try:
                assert reading.wait(60)
                for step in range(3):
                    store.replace_graphs({"urn:t:g": _lines(4000 + step % 2, f"x{step}")}, drop=["urn:t:other"])
            finally:
                done.set()
            reads.result(30)
    assert seen <= sizes


def test_a_connection_that_breaks_in_the_middle_leaves_the_old(server: Server, tmp_path: Path) -> None:
    with empty(server, tmp_path / "local") as store:
        store.replace_graphs({"urn:t:g": _lines(500, "old")})
        update = store._endpoint.update or store._sibling()
        body = b"CLEAR GRAPH <urn:t:g> ; INSERT DATA { GRAPH <urn:t:g> {\n" + _lines(500, "new") + b"} }"
        headers = store._wire._password.headers("POST", update)
        parts = urlsplit(update)
        lines = [
            f"POST {parts.path} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Content-Type: application/sparql-update",
            f"Content-Length: {len(body)}",
        ]
        head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items())]) + "\r\n\r\n"
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as connection:
            connection.sendall(head.encode() + body[: len(body) // 2])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        time.sleep(0.3)
        assert store.holds("urn:t:g", _lines(500, "old"))


def test_an_ingest_that_is_killed_leaves_whole_graphs(server: Server, tmp_path: Path, examples: list[Path], tools: Toolbox) -> None:
    with empty(server, tmp_path / "local") as store, EmbeddedStore(tmp_path / "embedded") as embedded:
        _ingest(embedded, tools, *examples[:2])
        who = server.endpoint.credentials
        (tmp_path / "password").write_text(who.password)
        signed = {"KG_STORE_USER": who.user, "KG_STORE_PASSWORD_FILE": str(tmp_path / "password")} if who.user else {}
        command = [sys.executable, "-m", "kg.cli", "ingest", "--no-validate", "--store", server.endpoint.query]
        command += ["--local", str(tmp_path / "local2"), *map(str, examples[:2])]
        with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT, env={**os.environ, **signed}, text=True) as process:
            assert process.stderr is not None
            assert "new" in process.stderr.readline()
            process.send_signal(signal.SIGKILL)
        whole = [graph for graph in store.graphs() if "graph/disclosure/" in graph]
        assert whole
        for graph in whole:
            assert store.dump(graph) == embedded.dump(graph)
        assert {entry.outcome for entry in _ingest(store, tools, *examples[:2]).ingested} <= {"new", "unchanged"}
        assert store.graphs() == embedded.graphs()


def test_an_engine_whose_default_graph_is_empty_is_asked_with_lists(oxigraph_server: Server, tmp_path: Path) -> None:
    address = oxigraph_server.endpoint.query
    with empty(oxigraph_server, tmp_path / "local") as store:
        store.replace_graphs({"urn:t:a": _lines(3, "a"), "urn:t:b": _lines(4, "b")})
    plain = Endpoint(address, engine="generic", graph_store=address.replace("/query", "/store"))
    with RemoteStore(plain, tmp_path / "local") as store:
        assert _number(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == 7
        store.replace_graphs({"urn:t:c": _lines(5, "c")}, drop=["urn:t:a", "urn:t:never"])
        assert store.graphs() == ["urn:t:b", "urn:t:c"]
        assert _number(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o GRAPH ?g { ?s ?p ?o } }") == 9
    with RemoteStore(Endpoint(address, engine="generic", union_graph="urn:t:b")) as store:
        assert _number(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == 4
    with (
        RemoteStore(Endpoint(address, engine="generic"), tmp_path / "local") as store,
        pytest.raises(StoreError, match="KG_STORE_UPDATE_URL"),
    ):
        store.replace_graphs({})


def test_credentials_are_needed_checked_and_never_shown(virtuoso_server: Server, tmp_path: Path) -> None:
    right = virtuoso_server.endpoint
    wrong = dataclasses.replace(right, credentials=Credentials(user="dba", password="not-this-one"))
    nobody = dataclasses.replace(right, credentials=Credentials())
    assert right.credentials.password not in repr(right) + repr(virtuoso_server.endpoint.credentials)
    for endpoint, words in ((wrong, "not accepted"), (nobody, "credentials are needed")):
        with RemoteStore(endpoint, tmp_path / "local") as store, pytest.raises(StoreError, match=words) as caught:
            store.replace_graphs({"urn:t:g": _lines(1, "x")})
        assert "not-this-one" not in str(caught.value)


class _Odd(http.server.BaseHTTPRequestHandler):
    """A service that answers as its path says."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        first = b'{"head":{"vars":["key","value"]},"results":{"bindings":['
        if self.path == "/slow":
            time.sleep(1.5)
        bodies = {
            "/cut": first + b'{"key":{"type":"literal","value":"x"},"value":{"type":"literal","value":"x"}},',
            "/page": b"<html>",
            "/rows": first + b"]}}",
        }
        body = bodies.get(self.path, b"")
        status = {"/moved": 302, "/broken": 500}.get(self.path, 200)
        self.send_response_only(status)
        self.send_header("Server", "Virtuoso/7" if self.path == "/rows" else "Odd")
        self.send_header("Content-Type", "text/html" if self.path == "/page" else "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        if self.path == "/rows":
            self.send_header("X-SPARQL-MaxRows", "10000")
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def odd() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Odd) as service:
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{service.server_port}"
        service.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/slow", "no answer within 0.5 seconds"),
        ("/cut", "cut off"),
        ("/page", "answers text/html"),
        ("/moved", "has moved"),
        ("/broken", "HTTP 500"),
    ],
)
def test_a_service_that_fails_is_named_with_the_reason(odd: str, path: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        RemoteStore(Endpoint(odd + path, seconds=0.5))
    assert caught.value.path == odd + path


def test_rows_that_the_service_leaves_out_are_an_error(odd: str) -> None:
    with pytest.raises(StoreError, match="leaves out rows after 10000"):
        RemoteStore(Endpoint(odd + "/rows", engine="virtuoso"))


def test_nobody_there_is_said_so() -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        RemoteStore(Endpoint("http://127.0.0.1:9/query"))


@pytest.mark.parametrize("url", ["http://user:secret-word@host/sparql", "ftp://host/", "http:///x"])
def test_addresses_that_will_not_do(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Endpoint(url)
    assert "secret-word" not in str(caught.value)


def test_a_local_folder_belongs_to_one_address(oxigraph_server: Server, tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "embedded"), pytest.raises(StoreError, match="embedded store"):
        RemoteStore(oxigraph_server.endpoint, tmp_path / "embedded")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "ENDPOINT").write_text("https://elsewhere.example/sparql\n")
    with pytest.raises(StoreError, match="belongs to https://elsewhere"):
        RemoteStore(oxigraph_server.endpoint, tmp_path / "taken")
    with RemoteStore(oxigraph_server.endpoint) as store, pytest.raises(StoreError, match="local folder"):
        store.keep_source("0" * 64, b"")


def test_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n")
    (tmp_path / "empty").write_text("\n")
    assert Credentials.of_files(tmp_path / "token", "", None).token == "abc"
    for arguments in (
        (tmp_path / "absent", "", None),
        (tmp_path / "empty", "", None),
        (None, "user", None),
        (None, "", tmp_path / "token"),
    ):
        with pytest.raises(StoreError):
            Credentials.of_files(*arguments)
