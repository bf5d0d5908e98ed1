"""The broker: one process that all web processes ask. It owns the query workers, decides who runs, and ends what must end.

It never opens a store itself, so that it may fork workers at any time (an open store does not survive a fork).
"""

import contextlib
import os
import signal
import socket
import time
from collections import deque
from pathlib import Path
from typing import Any

from kg.query_pool import worker, writer
from kg.query_pool.children import Child, Client, Nursery
from kg.query_pool.lanes import LONG, Job, Lanes, Verdict
from kg.query_pool.limits import Limits
from kg.query_pool.links import Links
from kg.query_pool.rate import RateLimit
from kg.query_pool.source import Place
from kg.query_pool.wire import Message

_TICK = 0.05
_RESTART_PAUSE = 0.25


class Broker:
    """See the module. ``lifeline`` is a socket whose closing ends the broker and everything it has started."""

    def __init__(self, store: Place, address: Path, spool: Path, limits: Limits, lifeline: socket.socket) -> None:
        self._address, self._limits, self._lifeline = address, limits, lifeline
        self._links = Links()
        self._nursery = Nursery(self._links, store, spool, limits)
        self._listener = socket.socket(socket.AF_UNIX)
        self._lanes = Lanes(limits)
        self._rate = RateLimit(limits.rate)
        self._clients: dict[Job, Client] = {}
        self._workers: list[Child] = []
        self._writer: Child | None = None
        self._writes: deque[Client] = deque()
        self._write_ends = 0.0
        self._not_before = 0.0
        self._looked = 0.0
        self._stopping = False

    def run(self) -> None:
        """Serve until the lifeline closes or SIGTERM comes."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._stop)
        self._listener.bind(str(self._address))
        self._listener.listen(512)
        self._listener.setblocking(False)
        self._links.listen(self._listener, self._accept)
        self._links.listen(self._lifeline, self._stop)
        self._fill()
        self._lifeline.sendall(b"ready")
        try:
            while not self._stopping:
                self._links.wait(self._pause())
                self._decide(time.monotonic())
        finally:
            for child in (*self._workers, *([self._writer] if self._writer else [])):
                self._nursery.end(child)
            self._nursery.bury(wait=True)
            self._address.unlink(missing_ok=True)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _pause(self) -> float:
        is_busy = self._lanes.waiting or self._lanes.running or self._writer or self._nursery.is_burying
        return _TICK if is_busy or len(self._workers) < self._limits.workers else 5.0

    # Requests of the web processes

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            link, _address = self._listener.accept()
            link.setblocking(False)
            client = Client(link)
            self._links.watch(client, lambda is_open: self._asked(client, is_open))

    def _asked(self, client: Client, is_open: bool) -> None:
        while (message := client.inbox.take()) is not None:
            self._request(client, message, time.monotonic())
        if not is_open:
            self._gone(client)

    def _gone(self, client: Client) -> None:
        """Nobody waits for this answer any more."""
        self._links.close(client)
        if client in self._writes:
            self._writes.remove(client)
        if client.message is not None and client.message.file is not None:
            os.close(client.message.file)
        if client.job is not None:
            self._clients.pop(client.job, None)
            self._lanes.withdraw(client.job, time.monotonic())
            self._end_worker_of(client)

    def _request(self, client: Client, message: Message, now: float) -> None:
        fields = message.fields
        operation = fields["op"]
        if operation == "status":
            self._links.send(client, Message(self._status()))
            return
        wait = self._rate.admit(fields["client"], now)
        if wait:
            self._refuse(client, Verdict.RATE, wait)
        elif operation == "admit":
            self._links.send(client, Message({"admitted": True}))
        elif operation == "write":
            client.message = message
            self._writes.append(client)
        else:
            client.message, client.job = message, Job(fields["client"], now)
            self._clients[client.job] = client
            refused = self._lanes.submit(client.job)
            if refused is not None:
                self._refuse_job(*refused, now)
            self._assign(now)

    def _status(self) -> dict[str, Any]:
        return {
            "workers": sum(child.ready for child in self._workers),
            "running": len(self._lanes.running),
            "waiting": len(self._lanes.waiting),
            "long": sum(job.lane == LONG for job in self._lanes.running),
        }

    def _refuse(self, client: Client, verdict: Verdict, wait: int = 0) -> None:
        self._links.send(client, Message({"verdict": verdict, "wait": wait}))

    def _refuse_job(self, job: Job, verdict: Verdict, now: float) -> None:
        """Tell the client, and end the worker when the query runs."""
        client = self._clients.pop(job)
        client.job = None
        self._lanes.withdraw(job, now)
        self._end_worker_of(client)
        self._refuse(client, verdict)

    # Deciding

    def _decide(self, now: float) -> None:
        self._assign(now)
        if now - self._looked >= _TICK:
            self._looked = now
            self._look(now)
        while (found := self._lanes.in_the_way(self._free(), now)) is not None:
            self._make_room(*found, now)
            self._fill()
        self._fill()
        self._write(now)

    def _look(self, now: float) -> None:
        """What is decided by time and memory, every :data:`_TICK`."""
        self._nursery.bury()
        for overdue, verdict in list(self._lanes.overdue(now)):
            self._refuse_job(overdue, verdict, now)
        for child in list(self._workers):
            if child.job is None:
                continue
            child.job.used = child.processor_seconds() - child.used_before
            if child.ready and child.private_bytes() - child.base > self._limits.memory:
                self._refuse_job(child.job, Verdict.MEMORY, now)
        self._lanes.promote(now)
        for child in self._workers:
            if child.job is not None:
                child.set_lane(child.job.lane + child.job.outlived)

    def _free(self) -> int:
        """Workers that can take a query now or in a moment."""
        return sum(child.client is None for child in self._workers)

    def _make_room(self, job: Job, again: bool, now: float) -> None:
        if not again:
            self._refuse_job(job, Verdict.BUSY, now)
            return
        self._lanes.requeue(job, now)
        self._end_worker_of(self._clients[job])

    def _assign(self, now: float) -> None:
        idle = [child for child in self._workers if child.ready and child.client is None]
        while idle and (job := self._lanes.next(len(idle), now)) is not None:
            child, client = idle.pop(), self._clients[job]
            assert client.message is not None
            child.client = client
            child.set_lane(job.lane)
            self._links.send(child, client.message)

    # Workers

    def _fill(self) -> None:
        now = time.monotonic()
        while len(self._workers) < self._limits.workers and now >= self._not_before:
            child = self._nursery.start(worker.serve)
            self._workers.append(child)
            self._links.watch(child, lambda is_open, child=child: self._heard(child, is_open))  # type: ignore[misc]

    def _end(self, child: Child) -> None:
        self._workers.remove(child)
        self._nursery.end(child)

    def _end_worker_of(self, client: Client) -> None:
        for child in list(self._workers):
            if child.client is client:
                self._end(child)

    def _heard(self, child: Child, is_open: bool) -> None:
        while (message := child.inbox.take()) is not None:
            if child.client is None:
                child.become_ready()
            else:
                self._answered(child, message)
        if not is_open and not child.is_closed:
            self._died(child)

    def _answered(self, child: Child, message: Message) -> None:
        client, child.client = child.client, None
        assert client is not None
        if client.job is not None:
            client.job.used = message.fields.pop("used")
            child.used_before += client.job.used
            self._lanes.withdraw(client.job, time.monotonic())
            del self._clients[client.job]
            client.job = None
        self._links.send(client, message)
        try:
            if child.was_long:  # a long query leaves a large process
                self._end(child)
            else:
                child.set_lane(0)
        except PermissionError:
            self._end(child)

    def _died(self, child: Child) -> None:
        self._workers.remove(child)
        ended = self._nursery.ended_by(child)
        if not child.ready:
            self._not_before = time.monotonic() + _RESTART_PAUSE
        if child.job is not None:
            # Engines abort when they are refused memory; the system kills.
            by_memory = ended in (signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV)
            self._refuse_job(child.job, Verdict.MEMORY if by_memory else Verdict.CRASH, time.monotonic())

    # Writing, one at a time

    def _write(self, now: float) -> None:
        if self._writer is not None:
            if now > self._write_ends:
                self._written(self._writer, Message({"verdict": Verdict.TIME}))
            return
        if not self._writes:
            return
        client = self._writes.popleft()
        assert client.message is not None
        child = self._writer = self._nursery.start(writer.serve)
        child.client = client
        self._write_ends = now + self._limits.write_time
        self._links.watch(child, lambda is_open: self._heard_writer(child, is_open))
        self._links.send(child, client.message)
        client.message = None

    def _heard_writer(self, child: Child, is_open: bool) -> None:
        message = child.inbox.take()
        if message is not None or not is_open:
            self._written(child, message or Message({"verdict": Verdict.CRASH}))

    def _written(self, child: Child, message: Message) -> None:
        self._writer = None
        self._nursery.end(child)
        if child.client is not None:
            self._links.send(child.client, message)
