"""The parts of the query pool by themselves: lanes, the row limit, the rate limit, messages."""

import csv
import io
import json
import random
import socket
import threading
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.query_guard import ForbiddenQueryError
from kg.query_pool.lanes import LONG, QUANTA, SHARE, Job, Lanes, Verdict
from kg.query_pool.limits import Limits
from kg.query_pool.rate import RateLimit
from kg.query_pool.row_limit import AnswerTooLarge, RowLimit, RowLimitReached
from kg.query_pool.wire import Inbox, Message, Outbox, send
from kg.update_guard import prepare_update

LIMITS = Limits(time=30, workers=4, long_slots=1, queue=4, per_client=3)


def lanes_with(*jobs: Job) -> Lanes:
    lanes = Lanes(LIMITS)
    for job in jobs:
        assert lanes.submit(job) is None
    return lanes


def test_the_client_with_least_use_goes_first() -> None:
    first, second, other = Job("a", 0), Job("a", 0.1), Job("b", 0.2)
    lanes = lanes_with(first, second, other)
    assert [lanes.next(1, 1), lanes.next(1, 1), lanes.next(1, 1)] == [first, other, second]
    assert lanes.next(1, 1) is None
    assert lanes.next(0, 1) is None


def test_a_long_query_gives_way_to_the_reserve_and_starts_again_slower() -> None:
    jobs = [Job(name, 0) for name in "abc"]
    lanes = lanes_with(*jobs)
    for _ in jobs:
        lanes.next(3, 0)
    assert lanes.in_the_way(0, 1) is None
    for job in jobs:
        job.used = QUANTA[0]
    lanes.promote(1)
    assert sorted(job.lane for job in jobs) == [0, 0, 1]
    stopped, again = lanes.in_the_way(0, 1) or (None, False)
    assert stopped in jobs
    assert again
    assert stopped.lane == 0
    lanes.requeue(stopped, 1)
    assert (stopped.lane, stopped.started, stopped.used) == (1, None, 0.0)
    assert lanes.in_the_way(1, 1) is None


def test_quick_queries_of_a_client_with_a_long_one_go_behind_it() -> None:
    long, quick, other = Job("a", 0, lane=LONG), Job("a", 0.1), Job("b", 0.2)
    lanes = lanes_with(long, quick, other)
    assert lanes.next(4, 1) is other
    assert lanes.next(3, 1) is long
    assert lanes.next(2, 1) is None  # the one long slot is taken
    lanes.withdraw(long, 2)
    assert lanes.next(2, 2) is quick


def test_a_long_query_that_had_its_share_ends_when_another_waits() -> None:
    greedy, modest = Job("a", 0, lane=LONG), Job("b", 0, lane=LONG)
    lanes = lanes_with(greedy)
    lanes.next(4, 0)
    greedy.used = 3
    assert lanes.in_the_way(3, SHARE + 1) is None
    lanes.submit(modest)
    assert lanes.in_the_way(3, SHARE - 1) is None
    assert lanes.in_the_way(3, SHARE + 1) == (greedy, False)


def test_limits_of_a_client_and_of_the_queue() -> None:
    lanes = lanes_with(*(Job("a", number) for number in range(3)))
    fourth = Job("a", 3)
    assert lanes.submit(fourth) == (fourth, Verdict.CLIENT)
    assert lanes.submit(Job("b", 4)) is None
    refused, why = lanes.submit(Job("c", 5)) or (None, None)
    assert (refused.client if refused else "", why) == ("a", Verdict.QUEUE)


def test_time_runs_out_for_who_runs_and_who_waits() -> None:
    runs, waits = Job("a", 0), Job("b", 0)
    lanes = lanes_with(runs, waits)
    assert lanes.next(1, 1) is runs
    assert list(lanes.overdue(30)) == []
    assert list(lanes.overdue(31)) == [(runs, Verdict.TIME)]
    assert (waits, Verdict.BUSY) in list(lanes.overdue(36))


def test_the_rate_refills_evenly() -> None:
    rate = RateLimit(60)
    assert [rate.admit("a", 0) for _ in range(60)] == [0] * 60
    assert rate.admit("a", 0) == 1
    assert rate.admit("b", 0) == 0
    assert rate.admit("a", 1.1) == 0
    assert rate.admit("a", 1.1) == 1
    assert RateLimit(6).admit("a", 0, cost=7) == 10
    assert all(RateLimit(0).admit("a", 0) == 0 for _ in range(1000))


_FORMS = (ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML, ox.QueryResultsFormat.CSV, ox.QueryResultsFormat.TSV)
_QUERIES = ("SELECT ?s ?o ?v { ?s <p:0> ?o OPTIONAL { ?s <p:1> ?v } }", "SELECT ?x ?s { ?s ?p ?o OPTIONAL { ?s <no:p> ?x } }")
_BITS = ('"', "},{", "}},{", "\r\n", "\n", "\\", "<result>", "&", "x", "{", "}", ",", "部")


def _store() -> ox.Store:
    choose = random.Random(1)
    store = ox.Store()
    for number in range(900):
        text = ox.Literal("".join(choose.choice(_BITS) for _ in range(choose.randint(0, 12))))
        subject, predicate = ox.NamedNode(f"x:{number % 200}"), ox.NamedNode(f"p:{number % 3}")
        store.add(ox.Quad(subject, predicate, text))
    return store


def _count(form: ox.QueryResultsFormat, data: bytes) -> int:
    if form == ox.QueryResultsFormat.JSON:
        return len(json.loads(data)["results"]["bindings"])
    if form == ox.QueryResultsFormat.XML:
        return len(list(ElementTree.fromstring(data).iter("{http://www.w3.org/2005/sparql-results#}result")))
    if form == ox.QueryResultsFormat.CSV:
        return len(list(csv.reader(io.StringIO(data.decode(), newline="")))) - 1
    return data.count(b"\n") - 1


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("query", _QUERIES)
def test_rows_are_cut_between_rows_whatever_the_texts_hold(form: ox.QueryResultsFormat, query: str) -> None:
    store = _store()
    kind = form.media_type.partition(";")[0]
    whole = store.query(query).serialize(format=form)
    rows = _count(form, whole)
    assert rows > 400
    for limit in (1, 2, 7, 300, rows - 1, rows, rows + 1):
        target, cut = io.BytesIO(), False
        try:
            store.query(query).serialize(RowLimit(target, kind, limit, 10**9), form)
        except RowLimitReached:
            cut = True
        assert _count(form, target.getvalue()) == min(limit, rows)
        assert cut is (limit < rows)
        if not cut:
            assert target.getvalue() == whole
        elif kind.startswith("text/"):
            assert whole.startswith(target.getvalue())
        else:
            assert f"urn:budget-kg:row-limit:{limit}".encode() in target.getvalue()
            assert len(list(ox.parse_query_results(target.getvalue(), format=form))) == limit


def test_an_answer_that_is_too_large_ends() -> None:
    with pytest.raises(AnswerTooLarge):
        _store().query("SELECT * { ?s ?p ?o }").serialize(RowLimit(io.BytesIO(), "text/csv", 10**6, 1000), ox.QueryResultsFormat.CSV)


def test_messages_arrive_whole_with_their_files(tmp_path: object) -> None:
    here, there = socket.socketpair()
    inbox, outbox = Inbox(), Outbox()
    with here, there, open(f"{tmp_path}/file", "w+b") as file:
        file.write(b"in the file")
        file.flush()
        sent = [Message({"n": 1}), Message({"名": "部"}, b"x" * 300_000), Message({"n": 3}, b"", file.fileno())]
        outbox.put(sent[0])
        here.setblocking(False)
        assert outbox.flush(here)
        here.setblocking(True)
        thread = threading.Thread(target=lambda: [send(here, message) for message in sent[1:]])
        thread.start()
        found = []
        while len(found) < 3:
            assert inbox.receive(there)
            while (message := inbox.take()) is not None:
                found.append(message)
        thread.join()
    assert [(message.fields, message.data) for message in found] == [(message.fields, message.data) for message in sent]
    assert found[2].file is not None
    with open(found[2].file, "rb") as received:
        received.seek(0)
        assert received.read() == b"in the file"


def test_the_dataset_of_the_protocol_goes_into_an_update() -> None:
    text = "PREFIX a: <x:> INSERT { ?s a:p 'WHERE' } WHERE { ?s a:q ?o { SELECT * WHERE { ?s ?p ?o } } } ; CLEAR DEFAULT"
    prepared = prepare_update(text, ["g:1"], ["g:2"])
    assert prepared == text.replace("} WHERE { ?s a:q", "} USING <g:1> USING NAMED <g:2> WHERE { ?s a:q")
    assert prepare_update(text, [], []) == text
    conflicts = ("WITH <g:1> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "DELETE { ?s ?p ?o } USING <g:1> WHERE { ?s ?p ?o }")
    for bad in (*conflicts, "DELETE WHERE { ?s ?p ?o }"):
        with pytest.raises(QueryError) as caught:
            prepare_update(bad, ["g:2"], [])
        assert caught.value.line == 1
    with pytest.raises(ForbiddenQueryError):
        prepare_update("LOAD <x:y>", [], [])
    with pytest.raises(ValueError, match="IRI"):
        prepare_update(text, ["no iri"], [])
