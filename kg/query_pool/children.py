"""The processes that the broker forks: started, given their priority, looked at, killed and buried."""

import contextlib
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.query_pool.lanes import LONG, Job
from kg.query_pool.limits import Limits
from kg.query_pool.links import Links, Peer
from kg.query_pool.source import Place
from kg.query_pool.wire import Message

_NICE = (0, 5, 10)
"""The priority of each lane: the system lets the quick ones pass."""
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")

Serve = Callable[[socket.socket, int, Any, Path, Limits], None]
"""What a process does: its end of the link, its parent, and the rest as the broker has it."""


@dataclass(eq=False)
class Client(Peer):
    """A web process with one request; it closes the link when nobody wants the answer any more."""

    job: Job | None = None
    message: Message | None = None


@dataclass(eq=False)
class Child(Peer):
    """A child process. ``client`` is whose request it has; ``base`` its private bytes when it became ready,
    ``used_before`` its processor time before the present request."""

    pid: int = 0
    ready: bool = False
    client: Client | None = None
    base: int = 0
    used_before: float = 0.0
    _nice: int = 0

    @property
    def job(self) -> Job | None:
        """The query that it runs."""
        return self.client.job if self.client is not None else None

    @property
    def was_long(self) -> bool:
        """Whether it has the priority of long queries."""
        return self._nice == _NICE[LONG]

    def become_ready(self) -> None:
        self.ready, self.base, self.used_before = True, self.private_bytes(), self.processor_seconds()

    def set_lane(self, lane: int) -> None:
        """Give it the priority of a lane. Raises :class:`PermissionError` where the system lets nobody raise one again."""
        if self._nice != _NICE[lane]:
            with contextlib.suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, self.pid, _NICE[lane])
            self._nice = _NICE[lane]

    def processor_seconds(self) -> float:
        """What it has used so far; 0 when it has gone."""
        with contextlib.suppress(OSError, IndexError):
            fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / _TICKS
        return 0.0

    def private_bytes(self) -> int:
        """Resident memory that is not of mapped files; 0 when it has gone."""
        with contextlib.suppress(OSError, IndexError):
            fields = Path(f"/proc/{self.pid}/statm").read_text("ascii").split()
            return (int(fields[1]) - int(fields[2])) * _PAGE
        return 0


class Nursery:
    """Starts children and ends them; each works for the store and within the limits that are given here."""

    def __init__(self, links: Links, store: Place, spool: Path, limits: Limits) -> None:
        self._links, self._store, self._spool, self._limits = links, store, spool, limits
        self._dying: list[int] = []

    @property
    def is_burying(self) -> bool:
        return bool(self._dying)

    def start(self, serve: Serve) -> Child:
        """Fork a child; who called watches its link."""
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
        return Child(mine, pid=pid)

    def end(self, child: Child) -> None:
        """Kill a child and close its link. A large process takes its time to go, which must not be ours."""
        os.kill(child.pid, signal.SIGKILL)
        self._dying.append(child.pid)
        self._links.close(child)

    def bury(self, wait: bool = False) -> None:
        """Take note of those that are gone, or wait for them all."""
        self._dying = [pid for pid in self._dying if os.waitpid(pid, 0 if wait else os.WNOHANG) == (0, 0)]

    def ended_by(self, child: Child) -> int:
        """The signal that ended a child which is gone by itself, 0 for none; its link is closed."""
        _, status = os.waitpid(child.pid, 0)
        self._links.close(child)
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def _keep_only(handle: int) -> None:
    """Close what a child has inherited, but for the standard streams and one descriptor."""
    signal.set_wakeup_fd(-1)
    os.closerange(3, handle)
    os.closerange(handle + 1, os.sysconf("SC_OPEN_MAX"))
