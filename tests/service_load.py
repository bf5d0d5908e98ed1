"""Load on a running server: an attack, and mixed use while data come in. Every answer is compared with the right one."""

import hashlib
import json
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urlencode

import pyoxigraph as ox

from kg.store import Snapshot
from tests.service_server import Server, command_of, descendants, private_bytes, request

_PREFIXES = """PREFIX budget: <https://budget-kg.example/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
ORDINARY: Mapping[str, str] = {
    "departments": "SELECT ?name { ?d a budget:Department ; rdfs:label ?name } ORDER BY ?name",
    "totals": "SELECT ?name ?total { ?d budget:issuerName ?name ; budget:totalExpenditure ?total } ORDER BY ?name ?total",
    "codes": "SELECT ?code ?label { ?code skos:notation '201' ; skos:prefLabel ?label } ORDER BY ?code ?label",
    "count": "SELECT (COUNT(*) AS ?n) { ?d a budget:Disclosure }",
    "ask": "ASK { ?d budget:totalExpenditure ?total }",
    "by table": "SELECT ?kind (COUNT(*) AS ?n) { ?t a budget:BudgetTable ; budget:tableKind ?kind } GROUP BY ?kind ORDER BY ?kind",
    "sum": "SELECT (SUM(?total) AS ?s) { ?d budget:totalExpenditure ?total }",
}
LARGE = "SELECT ?s ?a { ?s budget:amount ?a } ORDER BY ?s ?a"
CLIENTS = 10
ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c",
    "SELECT (COUNT(*) AS ?n) { ?a (!<x:x>)* ?b . ?b (!<x:x>)* ?c }",
    "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) = 1) }",
)


def text_of(query: str) -> str:
    return _PREFIXES + query


def path_of(query: str) -> str:
    return f"/sparql?{urlencode({'query': text_of(query)})}"


def right_answers(snapshot: Snapshot) -> dict[str, str]:
    """The digests of the right answers, straight from the engine."""
    return {query: _digest_of(snapshot, query) for query in (*ORDINARY.values(), LARGE)}


def _digest_of(snapshot: Snapshot, query: str) -> str:
    answer = snapshot.query(text_of(query))
    assert not isinstance(answer, ox.QueryTriples)
    return digest(answer.serialize(format=ox.QueryResultsFormat.JSON) or b"")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Tally:
    """What happened; ``wrong``, ``failed`` and ``short_refused`` (quick queries that were not answered) are told in words."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    short_refused: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refused(self, what: str, status: int, body: bytes, allowed: Callable[[int, str], bool]) -> None:
        """Count a refusal; one that says no reason, or one that must not be, is a failure."""
        try:
            reason = str(json.loads(body).get("reason", ""))
        except ValueError:
            reason = ""
        with self.lock:
            self.statuses[f"{status} {reason}"] += 1
            if not allowed(status, reason):
                self.failed.append(f"{what}: {status} {body[:200]!r}")

    def median(self) -> float:
        return statistics.median(self.seconds)

    def share(self, part: float) -> float:
        return sorted(self.seconds)[min(int(len(self.seconds) * part), len(self.seconds) - 1)]


@dataclass
class Attack:
    """What an attack did: the ordinary client's tally, the refusals of the attackers, the largest worker in bytes."""

    ordinary: Tally
    attackers: Tally
    largest: int = 0


def attack(server: Server, seconds: float, right: Mapping[str, str], connections: int = 3) -> Attack:
    """Endless queries from eight addresses, ``connections`` at a time each; ordinary ones from a ninth."""
    found = Attack(Tally(), Tally())
    ends = time.monotonic() + seconds

    def assail(client: int, number: int) -> None:
        choose = random.Random(client * 100 + number)
        while time.monotonic() < ends:
            query = choose.choice(ENDLESS)
            try:
                answer = request(server.address, path_of(query), source=f"127.0.0.{client}")
            except (OSError, HTTPException) as error:
                found.attackers.failed.append(repr(error))
                continue
            found.attackers.refused(query, answer.status, answer.body, lambda status, reason: bool(reason))

    def watch() -> None:
        while time.monotonic() < ends:
            found.largest = max([found.largest, *(private_bytes(pid) for pid in workers_of(server))])
            time.sleep(0.1)

    threads = [threading.Thread(target=assail, args=(client, number)) for client in range(2, CLIENTS) for number in range(connections)]
    for thread in (*threads, watcher := threading.Thread(target=watch)):
        thread.start()
    while time.monotonic() < ends:
        for query in ORDINARY.values():
            begun = time.monotonic()
            answer = request(server.address, path_of(query), source="127.0.0.99")
            found.ordinary.seconds.append(time.monotonic() - begun)
            if answer.status != 200:
                found.ordinary.failed.append(f"{answer.status} {answer.body[:200]!r}")
            elif digest(answer.body) != right[query]:
                found.ordinary.wrong.append(query)
            time.sleep(0.02)
    for thread in (*threads, watcher):
        thread.join()
    return found


def workers_of(server: Server) -> list[int]:
    """The query workers: children of the broker."""
    brokers = [pid for pid in descendants(server.process.pid) if "kg.query_pool" in command_of(pid)]
    return [child for pid in brokers for child in descendants(pid)]


@dataclass
class States:
    """The right answers of every published state of the data, by its tag."""

    right: dict[str, dict[str, str]] = field(default_factory=dict)
    unsure: list[tuple[str, str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, snapshot: Snapshot) -> None:
        answers = right_answers(snapshot)
        with self.lock:
            self.right[snapshot.tag] = answers

    def wrong(self, tag: str, query: str, found: str) -> bool:
        """Whether an answer is wrong; when the state is not known yet it is kept for the end."""
        with self.lock:
            if tag not in self.right:
                self.unsure.append((tag, query, found))
                return False
            return self.right[tag][query] != found

    def late(self) -> Iterator[str]:
        """Answers that are wrong, or of a state that never was, when everything is known."""
        for tag, query, found in self.unsure:
            if tag not in self.right:
                yield f"unknown state {tag}: {query}"
            elif self.right[tag][query] != found:
                yield f"{tag}: {query}"


def ask_and_compare(server: Server, states: States, query: str, client: str, tally: Tally) -> None:
    """One ordinary query whose answer must be right for the state of the data that it names."""
    begun = time.monotonic()
    try:
        answer = request(server.address, path_of(query), source=client)
    except (OSError, HTTPException) as error:
        with tally.lock:
            tally.failed.append(f"{query}: {error!r}")
        return
    with tally.lock:
        tally.seconds.append(time.monotonic() - begun)
    if answer.status != 200:
        tally.refused(query, answer.status, answer.body, lambda status, reason: status in (429, 503) and bool(reason))
        if query != LARGE:
            tally.short_refused.append(f"{answer.status} {time.monotonic() - begun:.1f} s: {query}")
        return
    tag = answer.headers["ETag"].strip('"').removesuffix("-json")
    with tally.lock:
        tally.statuses["200"] += 1
        if states.wrong(tag, query, digest(answer.body)):
            tally.wrong.append(f"{tag}: {query}")
