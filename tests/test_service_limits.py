"""What one query and one client may take from a running server, and what happens at each limit."""

import json
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from kg.store import EmbeddedStore
from tests.service_load import ENDLESS, path_of, workers_of
from tests.service_server import Server, command_of, descendants, is_running, kg_serve, private_bytes, request
from tests.web_fixture import Answer
from web.formats import RESULT_FORMATS

QUICK = "/sparql?query=ASK%20%7B%7D"
BRIEF = 2
"""Seconds."""


@pytest.fixture(scope="module")
def server(example_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A public server with little memory for each query, and so much time that a busy machine meets no other limit."""
    with kg_serve(example_store, tmp_path_factory.mktemp("limits"), "--time-limit", "300", "--memory-limit", "256") as found:
        yield found


@pytest.fixture(scope="module")
def brief(example_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with little time for each query."""
    with kg_serve(example_store, tmp_path_factory.mktemp("brief"), "--time-limit", str(BRIEF)) as found:
        yield found


@pytest.fixture(scope="module")
def narrow(example_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server where little fits in, behind a proxy that it trusts."""
    options = "--time-limit 300 --row-limit 10 --query-workers 2 --queue-limit 4 --client-limit 3 --workers 1 --trusted-proxy 127.0.0.1/32"
    with kg_serve(example_store, tmp_path_factory.mktemp("narrow"), *options.split()) as found:
        yield found


def reason(answer: Answer, status: int) -> str:
    assert answer.status == status, answer.text[:300]
    assert answer.media_type == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return str(json.loads(answer.body)["reason"])


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    ends = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < ends:
        time.sleep(0.1)
    return met


def running(server: Server) -> int:
    queries = json.loads(request(server.address, "/healthz").body)["queries"]
    return int(queries["running"]) + int(queries["waiting"])


@contextmanager
def asked(server: Server, query: str, clients: list[str], forwarded: bool = False) -> Iterator[list[Answer]]:
    """Queries under way, one a client, with the answers that have come so far. In the end the clients hang up, which stops them."""
    answers: list[Answer] = []
    netloc = urlsplit(server.address).netloc
    links = [HTTPConnection(netloc, timeout=300, source_address=("127.0.0.1" if forwarded else client, 0)) for client in clients]
    for link in links:
        link.connect()
    handles = [link.sock for link in links]

    def ask(link: HTTPConnection, client: str) -> None:
        with suppress(OSError, HTTPException):
            link.request("GET", path_of(query), headers={"X-Forwarded-For": client} if forwarded else {})
            response = link.getresponse()
            answers.append(Answer(response.status, response.headers, response.read()))

    threads = [threading.Thread(target=ask, args=pair) for pair in zip(links, clients, strict=True)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        for handle in handles:
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
    assert until(lambda: running(server) == 0)


def test_a_runaway_ends_at_the_limit_and_the_next_query_answers(brief: Server) -> None:
    begun = time.monotonic()
    assert reason(request(brief.address, path_of(ENDLESS[0])), 503) == "time-limit"
    assert time.monotonic() - begun >= BRIEF
    assert request(brief.address, QUICK).status == 200


def test_other_clients_are_answered_while_runaways_run(server: Server) -> None:
    runaways = [f"127.0.0.{number}" for number in range(2, 12)]
    with asked(server, ENDLESS[0], runaways) as ended:
        assert until(lambda: running(server) == len(runaways))
        answered = [request(server.address, QUICK, source="127.0.0.99").status for _ in range(5)]
        assert len(ended) < len(runaways)
    assert answered == [200] * 5
    assert {reason(answer, 503) for answer in ended} <= {"busy"}


def test_memory_has_a_limit(server: Server) -> None:
    largest = 0
    with asked(server, "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c", ["127.0.0.2"]) as answers:
        while not answers:
            largest = max([largest, *(private_bytes(pid) for pid in workers_of(server))])
            time.sleep(0.02)
    assert reason(answers[0], 503) == "memory-limit"
    assert largest < (256 + 64) * 2**20
    assert until(lambda: len(workers_of(server)) == 8)
    assert request(server.address, QUICK).status == 200


def test_a_query_of_a_client_that_leaves_is_stopped(server: Server) -> None:
    """Long before its time limit; what ``asked`` says at its end."""
    with asked(server, ENDLESS[0], ["127.0.0.2"]) as answers:
        assert until(lambda: running(server) == 1)
    assert not answers


@pytest.mark.parametrize("wanted", [300_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_many_rows_are_in_no_memory(server: Server, wanted: int) -> None:
    """Neither the worker that writes them nor the web process that sends them holds them."""
    query = "SELECT ?a ?b { ?a a ?t . ?b a ?u }"
    text = urlencode({"query": f"{query} LIMIT {wanted}"})
    before = {pid: private_bytes(pid) for pid in server.processes()}
    growth, received, rows = 0, 0, -1
    connection = HTTPConnection(urlsplit(server.address).netloc, timeout=600)
    connection.request("GET", f"/sparql?{text}", headers={"Accept": "text/tab-separated-values"})
    response = connection.getresponse()
    assert response.status == 200
    while piece := response.read(1 << 20):
        received += len(piece)
        rows += piece.count(b"\n")
        growth = max([growth, *(private_bytes(pid) - before.get(pid, 25 * 2**20) for pid in server.processes())])
    connection.close()
    assert "X-Row-Limit-Reached" not in response.headers
    assert rows == wanted
    assert received > 80 * wanted
    assert growth < received / 4


@pytest.mark.parametrize("accept", [entry.media_type for entry in RESULT_FORMATS])
def test_a_cut_is_announced(narrow: Server, accept: str) -> None:
    def ask(limit: int) -> Answer:
        query = f"SELECT ?s ?o {{ ?s ?p ?o }} LIMIT {limit}"
        return request(narrow.address, f"/sparql?{urlencode({'query': query})}", headers={"Accept": accept})

    whole, cut = ask(10), ask(11)
    assert "X-Row-Limit-Reached" not in whole.headers
    assert cut.headers["X-Row-Limit-Reached"] == "10"
    assert cut.status == 200
    if accept.startswith("text/"):
        assert cut.body == whole.body
    else:
        assert b"urn:budget-kg:row-limit:10" in cut.body
        assert b"urn:budget-kg" not in whole.body


def test_a_file_of_a_question_is_cut_and_says_so(narrow: Server) -> None:
    cut = request(narrow.address, "/query/q10-sums-by-class.csv")
    assert cut.headers["X-Row-Limit-Reached"] == "10"
    assert len(cut.body.decode().splitlines()) == 11
    whole = request(narrow.address, "/query/q38-suspicious-assets.csv")
    assert whole.status == 200
    assert len(whole.body.decode().splitlines()) <= 11
    assert "X-Row-Limit-Reached" not in whole.headers


def test_a_cut_graph_is_announced(narrow: Server) -> None:
    query = urlencode({"query": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"})
    answer = request(narrow.address, f"/sparql?{query}", headers={"Accept": "application/n-triples"})
    assert answer.headers["X-Row-Limit-Reached"] == "10"
    assert answer.body.count(b"\n") == 10


def test_one_client_has_only_so_many_under_way(narrow: Server) -> None:
    with asked(narrow, ENDLESS[0], ["127.0.0.2"] * 3):
        assert until(lambda: running(narrow) == 3)
        refused = request(narrow.address, QUICK, source="127.0.0.2")
        assert reason(refused, 429) == "client-limit"
        assert int(refused.headers["Retry-After"]) > 0
        assert request(narrow.address, QUICK, source="127.0.0.3").status == 200


def test_a_full_queue_refuses_the_greedy(narrow: Server) -> None:
    with asked(narrow, ENDLESS[0], ["127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.3", "127.0.0.4", "127.0.0.4", "127.0.0.5"]) as answers:
        assert until(lambda: bool(answers))
        answer = request(narrow.address, QUICK, source="127.0.0.99")
    assert answer.status == 200
    full = [found for found in answers if json.loads(found.body)["reason"] == "queue-full"]
    assert full
    assert all(int(found.headers["Retry-After"]) > 0 for found in full)


def test_a_trusted_proxy_tells_the_client(narrow: Server) -> None:
    with asked(narrow, ENDLESS[0], ["203.0.113.1"] * 3, forwarded=True):
        assert until(lambda: running(narrow) == 3)
        mine = {"X-Forwarded-For": "198.51.100.7, 203.0.113.1"}
        assert reason(request(narrow.address, QUICK, headers=mine), 429) == "client-limit"
        assert request(narrow.address, QUICK, headers={"X-Forwarded-For": "203.0.113.2"}).status == 200


def test_the_rate_limit_is_one_for_all_web_processes(example_store: Path, tmp_path: Path) -> None:
    with kg_serve(example_store, tmp_path, "--workers", "3", "--rate-limit", "30") as server:
        begun = time.monotonic()
        answers = [request(server.address, QUICK, headers={"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(45)]
        refilled = 2 + (time.monotonic() - begun) / 2
        counts = Counter(answer.status for answer in answers)
        assert 30 <= counts[200] <= 30 + refilled
        assert counts[200] + counts[429] == 45
        refused = next(answer for answer in answers if answer.status == 429)
        assert reason(refused, 429) == "rate-limit"
        assert 1 <= int(refused.headers["Retry-After"]) <= 2
        assert request(server.address, QUICK, source="127.0.0.2").status == 200


def test_new_data_come_without_a_failed_request(example_store: Path, tmp_path: Path) -> None:
    """Publications while queries run; an old snapshot stays as long as somebody reads it."""
    store = tmp_path / "store"
    with EmbeddedStore(store) as writer:
        writer.replace_graphs({"https://x.example/g": _numbered(0)})
    counts: list[int] = []
    failures: list[str] = []
    done = threading.Event()
    with kg_serve(store, tmp_path) as server:

        def ask(client: str) -> None:
            while not done.is_set():
                query = urlencode({"query": "SELECT (MIN(?n) AS ?a) (MAX(?n) AS ?b) (COUNT(*) AS ?c) { ?s <x:n> ?n }", "format": "csv"})
                answer = request(server.address, f"/sparql?{query}", source=client)
                if answer.status != 200:
                    failures.append(answer.text)
                    continue
                low, high, count = map(int, answer.text.splitlines()[1].split(","))
                counts.append(low)
                if (high, count) != (low, 500):
                    failures.append(answer.text)

        threads = [threading.Thread(target=ask, args=(f"127.0.0.{number}",)) for number in range(2, 6)]
        for thread in threads:
            thread.start()
        for number in range(1, 9):
            with EmbeddedStore(store) as writer:
                writer.replace_graphs({"https://x.example/g": _numbered(number)})
            seen = urlencode({"query": f"ASK {{ ?s <x:n> {number} }}", "format": "csv"})
            assert request(server.address, f"/sparql?{seen}").text.strip() == "true"
        done.set()
        for thread in threads:
            thread.join()
    assert not failures
    assert len(set(counts)) > 2
    assert len(list((store / "snapshots").iterdir())) < 8


def _numbered(number: int) -> bytes:
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    return "".join(f'<x:{row}> <x:n> "{number}"^^<{integer}> .\n' for row in range(500)).encode()


def test_no_process_is_left(example_store: Path, tmp_path: Path) -> None:
    """Not after a stop with a query running, not after the server was killed."""
    for end in (signal.SIGTERM, signal.SIGKILL):
        with kg_serve(example_store, tmp_path, "--time-limit", "3") as server, asked_and_forgotten(server):
            assert until(lambda server=server: running(server) == 1)  # type: ignore[misc]
            # A worker that is being replaced is missing for a moment.
            assert until(lambda server=server: len(server.processes()) >= 1 + 2 + 1 + 8)  # type: ignore[misc]
            processes = server.processes()
            server.process.send_signal(end)
            server.process.wait(30)
            assert until(lambda processes=processes: not any(map(is_running, processes)))  # type: ignore[misc]


@contextmanager
def asked_and_forgotten(server: Server) -> Iterator[None]:
    with socket.create_connection((urlsplit(server.address).hostname or "", urlsplit(server.address).port or 0)) as link:
        link.sendall(f"GET {path_of(ENDLESS[0])} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        yield


def test_the_broker_is_started_again(brief: Server) -> None:
    (broker,) = (pid for pid in descendants(brief.process.pid) if "kg.query_pool" in command_of(pid) and descendants(pid))
    os.kill(broker, signal.SIGKILL)
    assert until(lambda: request(brief.address, QUICK).status == 200)


def test_the_access_log_has_no_query_texts(brief: Server, example_store: Path, tmp_path: Path) -> None:
    def logged(server: Server) -> str:
        """The line of a query, once it is there."""
        request(server.address, "/sparql?query=ASK%20%7B%3Curn:a-secret%3E%20?p%20?o%7D", headers={"Referer": "http://x/?urn:a-secret"})
        request(server.address, "/sparql/?query=ASK%7B%7D")
        assert until(lambda: "/sparql/" in server.log.read_text("utf-8"))
        return server.log.read_text("utf-8")

    assert "a-secret" not in logged(brief)
    with kg_serve(example_store, tmp_path, "--log-queries") as server:
        assert "a-secret" in logged(server)
