"""The broker: one process that all web processes ask. It owns the query workers, decides who runs, and ends what must end.

It never opens a store itself, so that it may fork workers at any time (an open store does not survive a fork).
"""

import contextlib
import os
import selectors
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.query_pool import worker, writer
from kg.query_pool.lanes import LONG, Job, Lanes, Verdict
from kg.query_pool.limits import Limits
from kg.query_pool.rate import RateLimit
from kg.query_pool.source import Place
from kg.query_pool.wire import Inbox, Message, Outbox

_TICK = 0.05
_RESTART_PAUSE = 0.25
_NICE = (0, 5, 10)
"""The priority of each lane: the system lets the quick ones pass."""
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(eq=False)
class Peer:
    """The other side of a socket, with what is under way on it."""

    link: socket.socket
    inbox: Inbox = field(default_factory=Inbox)
    outbox: Outbox = field(default_factory=Outbox)


@dataclass(eq=False)
class Client(Peer):
    """A web process with one request; it closes the link when nobody wants the answer any more."""

    job: Job | None = None
    message: Message | None = None


@dataclass(eq=False)
class Worker(Peer):
    """A child process. ``client`` is whose request it has; ``base`` its private bytes when it became ready,
    ``used_before`` its processor time before the present request."""

    pid: int = 0
    ready: bool = False
    client: Client | None = None
    nice: int = 0
    base: int = 0
    used_before: float = 0.0


class Broker:
    """See the module. ``lifeline`` is a socket whose closing ends the broker and everything it has started."""

    def __init__(self, store: Place, address: Path, spool: Path, limits: Limits, lifeline: socket.socket) -> None:
        self._store, self._address, self._spool, self._limits = store, address, spool, limits
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX)
        self._lifeline = lifeline
        self._lanes = Lanes(limits)
        self._rate = RateLimit(limits.rate)
        self._clients: dict[Job, Client] = {}
        self._workers: list[Worker] = []
        self._writer: Worker | None = None
        self._writes: deque[Client] = deque()
        self._write_ends = 0.0
        self._not_before = 0.0
        self._looked = 0.0
        self._dying: list[int] = []
        self._stopping = False

    def run(self) -> None:
        """Serve until the lifeline closes or SIGTERM comes."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._stop)
        self._listener.bind(str(self._address))
        self._listener.listen(512)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._lifeline, selectors.EVENT_READ, self._stop)
        self._fill()
        self._lifeline.sendall(b"ready")
        try:
            while not self._stopping:
                for key, events in self._selector.select(self._pause()):
                    key.data(events)
                self._decide(time.monotonic())
        finally:
            for child in (*self._workers, *([self._writer] if self._writer else [])):
                self._end(child)
            for pid in self._dying:
                os.waitpid(pid, 0)
            self._address.unlink(missing_ok=True)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _pause(self) -> float:
        is_short_of_workers = len(self._workers) < self._limits.workers
        return _TICK if self._lanes.waiting or self._lanes.running or self._writer or self._dying or is_short_of_workers else 5.0

    # Links

    def _accept(self, _: int) -> None:
        with contextlib.suppress(BlockingIOError):
            link, _address = self._listener.accept()
            link.setblocking(False)
            client = Client(link)
            self._watch(client, lambda events: self._on_client(client, events))

    def _watch(self, peer: Peer, handler: Callable[[int], None]) -> None:
        self._selector.register(peer.link, selectors.EVENT_READ, handler)

    def _send(self, peer: Peer, message: Message) -> None:
        peer.outbox.put(message)
        self._flush(peer)

    def _flush(self, peer: Peer) -> None:
        if peer.link.fileno() < 0:  # it has gone while its answer was made
            peer.outbox.close()
            return
        try:
            done = peer.outbox.flush(peer.link)
        except OSError:  # it has closed; reading will say so
            peer.outbox.close()
            done = True
        events = selectors.EVENT_READ if done else selectors.EVENT_READ | selectors.EVENT_WRITE
        key = self._selector.get_map().get(peer.link.fileno())
        if key is not None and key.events != events:
            self._selector.modify(peer.link, events, key.data)

    def _close(self, peer: Peer) -> None:
        self._selector.unregister(peer.link)
        peer.link.close()
        peer.inbox.close()
        peer.outbox.close()

    # Requests of the web processes

    def _on_client(self, client: Client, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush(client)
        if not events & selectors.EVENT_READ:
            return
        is_open = client.inbox.receive(client.link)
        while (message := client.inbox.take()) is not None:
            self._request(client, message, time.monotonic())
        if not is_open:
            self._gone(client)

    def _gone(self, client: Client) -> None:
        """Nobody waits for this answer any more."""
        self._close(client)
        if client in self._writes:
            self._writes.remove(client)
        if client.message is not None and client.message.file is not None:
            os.close(client.message.file)
        if client.job is None:
            return
        self._clients.pop(client.job, None)
        self._lanes.withdraw(client.job, time.monotonic())
        for child in self._workers:
            if child.client is client:
                self._end(child)

    def _request(self, client: Client, message: Message, now: float) -> None:
        fields = message.fields
        operation = fields["op"]
        if operation == "status":
            self._send(client, Message(self._status()))
            return
        wait = self._rate.admit(fields["client"], now)
        if wait:
            self._refuse(client, Verdict.RATE, wait)
        elif operation == "admit":
            self._send(client, Message({"admitted": True}))
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
        self._send(client, Message({"verdict": verdict, "wait": wait}))

    def _refuse_job(self, job: Job, verdict: Verdict, now: float) -> None:
        """Tell the client, and end the worker when the query runs."""
        client = self._clients.pop(job)
        client.job = None
        self._lanes.withdraw(job, now)
        for child in self._workers:
            if child.client is client:
                self._end(child)
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
        self._bury()
        for overdue, verdict in list(self._lanes.overdue(now)):
            self._refuse_job(overdue, verdict, now)
        for child in list(self._workers):
            if child.client is None or child.client.job is None:
                continue
            child.client.job.used = _processor_seconds(child.pid) - child.used_before
            if self._takes_too_much(child):
                self._refuse_job(child.client.job, Verdict.MEMORY, now)
        self._lanes.promote(now)
        for child in self._workers:
            job = child.client.job if child.client is not None else None
            if job is not None:
                self._make_nice(child, job.lane + job.outlived)

    def _free(self) -> int:
        """Workers that can take a query now or in a moment."""
        return sum(child.client is None for child in self._workers)

    def _make_room(self, job: Job, again: bool, now: float) -> None:
        if not again:
            self._refuse_job(job, Verdict.BUSY, now)
            return
        client = self._clients[job]
        self._lanes.requeue(job, now)
        for child in list(self._workers):
            if child.client is client:
                self._end(child)

    def _assign(self, now: float) -> None:
        idle = [child for child in self._workers if child.ready and child.client is None]
        while idle and (job := self._lanes.next(len(idle), now)) is not None:
            child, client = idle.pop(), self._clients[job]
            assert client.message is not None
            child.client = client
            self._make_nice(child, job.lane)
            self._send(child, client.message)

    # Workers

    def _fill(self) -> None:
        now = time.monotonic()
        while len(self._workers) < self._limits.workers and now >= self._not_before:
            self._workers.append(self._start(worker.serve))
            child = self._workers[-1]
            self._watch(child, lambda events, child=child: self._on_worker(child, events))  # type: ignore[misc]

    def _start(self, serve: Callable[[socket.socket, int, Any, Path, Limits], None]) -> Worker:
        mine, theirs = socket.socketpair()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                _keep_only(theirs.fileno())
                serve(theirs, parent, self._store, self._spool, self._limits)
                status = 0
            finally:
                os._exit(status)
        theirs.close()
        mine.setblocking(False)
        return Worker(mine, pid=pid)

    def _end(self, child: Worker) -> None:
        """Kill a child and forget it. A large process takes its time to go, which must not be ours."""
        os.kill(child.pid, signal.SIGKILL)
        self._dying.append(child.pid)
        self._forget(child)

    def _bury(self) -> None:
        self._dying = [pid for pid in self._dying if os.waitpid(pid, os.WNOHANG) == (0, 0)]

    def _forget(self, child: Worker) -> None:
        self._close(child)
        if child in self._workers:
            self._workers.remove(child)
        if child is self._writer:
            self._writer = None

    def _on_worker(self, child: Worker, events: int) -> None:
        if child not in self._workers:
            return
        if events & selectors.EVENT_WRITE:
            self._flush(child)
        if not events & selectors.EVENT_READ:
            return
        is_open = child.inbox.receive(child.link)
        while (message := child.inbox.take()) is not None:
            if child.client is None:
                child.ready, child.base, child.used_before = True, _private_bytes(child.pid), _processor_seconds(child.pid)
            else:
                self._answered(child, message)
        if not is_open and child in self._workers:
            self._died(child)

    def _answered(self, child: Worker, message: Message) -> None:
        client, child.client = child.client, None
        assert client is not None
        if client.job is not None:
            client.job.used = message.fields.pop("used")
            child.used_before += client.job.used
            self._lanes.withdraw(client.job, time.monotonic())
            del self._clients[client.job]
            client.job = None
        self._send(client, message)
        if child.nice == _NICE[LONG]:  # a long query leaves a large process
            self._end(child)
        elif child.nice:
            try:
                self._make_nice(child, 0)
            except PermissionError:
                self._end(child)

    def _died(self, child: Worker) -> None:
        _, status = os.waitpid(child.pid, 0)
        client = child.client
        self._forget(child)
        if not child.ready:
            self._not_before = time.monotonic() + _RESTART_PAUSE
        if client is not None and client.job is not None:
            # Engines abort when they are refused memory; the system kills.
            ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            by_memory = ended in (signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV)
            self._refuse_job(client.job, Verdict.MEMORY if by_memory else Verdict.CRASH, time.monotonic())

    def _takes_too_much(self, child: Worker) -> bool:
        return child.ready and _private_bytes(child.pid) - child.base > self._limits.memory

    def _make_nice(self, child: Worker, lane: int) -> None:
        """Give a worker the priority of a lane; it is lowered at once, and raised again only where the system lets us."""
        if child.nice != _NICE[lane]:
            with contextlib.suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, child.pid, _NICE[lane])
            child.nice = _NICE[lane]

    # Writing, one at a time

    def _write(self, now: float) -> None:
        if self._writer is not None:
            if now > self._write_ends and self._writer.client is not None:
                client = self._writer.client
                self._end(self._writer)
                self._refuse(client, Verdict.TIME)
            return
        if not self._writes:
            return
        client = self._writes.popleft()
        assert client.message is not None
        child = self._writer = self._start(writer.serve)
        child.client = client
        self._write_ends = now + self._limits.write_time
        self._watch(child, lambda events: self._on_writer(child, events))
        self._send(child, client.message)
        client.message = None

    def _on_writer(self, child: Worker, events: int) -> None:
        if child is not self._writer:
            return
        if events & selectors.EVENT_WRITE:
            self._flush(child)
        if not events & selectors.EVENT_READ:
            return
        is_open = child.inbox.receive(child.link)
        message = child.inbox.take()
        if message is None and is_open:
            return
        client = child.client
        if message is None:
            os.waitpid(child.pid, 0)
            self._forget(child)
        else:
            self._end(child)
        if client is not None:
            self._send(client, message or Message({"verdict": Verdict.CRASH}))


def _keep_only(handle: int) -> None:
    """Close what a child has inherited, but for the standard streams and one descriptor."""
    signal.set_wakeup_fd(-1)
    os.closerange(3, handle)
    os.closerange(handle + 1, os.sysconf("SC_OPEN_MAX"))


def _processor_seconds(pid: int) -> float:
    """What a process has used so far."""
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


def _private_bytes(pid: int) -> int:
    """Resident memory that is not of mapped files."""
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/statm").read_text("ascii").split()
        return (int(fields[1]) - int(fields[2])) * _PAGE
    return 0
