"""Who runs next and who must make room: three lanes, fair between clients. Pure: time comes in, decisions go out.

Nobody can tell from a text how long a query will run. So every query begins in the quick lane; one that outlives the lane's
quantum belongs to the next. It keeps running while that lane has a place, else it gives way when the last free worker is
taken, and starts again in its new lane (an answer is sent only when it is whole, so nobody sees the difference). While a client
has a query in a slow lane, its other ones go there too. Within a lane the client that has used least goes first, and a
long query that has had its share ends when another client waits.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from kg.query_pool.limits import Limits

QUANTA = (0.05, 0.5)
"""Seconds of processor time that a query may have in the quick lane and in the middle lane."""
LONG = len(QUANTA)
"""The number of the long lane; the quick one is 0."""
RESERVE = 1
"""Workers that are kept free for the next query, as long as there is one to be stopped for it."""
SHARE = 5.0
"""Seconds that a long query may have while a client that used less waits for a long slot."""
FADING = 30.0
"""Seconds after which a third of what a client has used still counts (e-folding)."""
_KEPT = 20_000
_FORGOTTEN = 0.05


class Verdict(StrEnum):
    """Why a query was not answered."""

    TIME = "time-limit"
    MEMORY = "memory-limit"
    SIZE = "answer-size"
    BUSY = "busy"
    QUEUE = "queue-full"
    CLIENT = "client-limit"
    RATE = "rate-limit"
    CRASH = "crash"
    DATA = "no-data"
    LOCKED = "locked"


@dataclass(eq=False)
class Job:
    """One query on its way. ``lane`` is a number; ``started`` is ``None`` while it waits.

    ``used`` is processor time, which decides what is long: on a busy machine a quick query takes long by the clock.
    """

    client: str
    arrived: float
    lane: int = 0
    started: float | None = None
    used: float = 0.0

    @property
    def outlived(self) -> bool:
        """Whether it belongs to the next lane."""
        return self.lane < LONG and self.used >= QUANTA[self.lane]

    def ran(self, now: float) -> float:
        return now - self.started if self.started is not None else 0.0


@dataclass
class _Use:
    """Processor seconds that a client has used lately."""

    at: float
    seconds: float = 0.0

    def faded(self, now: float) -> float:
        return self.seconds * math.exp((self.at - now) / FADING)


@dataclass
class Lanes:
    """The queries that wait and those that run."""

    limits: Limits
    waiting: list[Job] = field(default_factory=list)
    running: list[Job] = field(default_factory=list)
    _used: dict[str, _Use] = field(default_factory=dict)

    def submit(self, job: Job) -> tuple[Job, Verdict] | None:
        """Let a query in. Returns the query that must be refused for it, itself or another one, if any."""
        if self._under_way(job.client) >= self.limits.per_client:
            return job, Verdict.CLIENT
        self.waiting.append(job)
        if len(self.waiting) <= self.limits.queue:
            return None
        greedy = max(self.waiting, key=lambda other: (self._under_way(other.client), other.arrived))
        self.waiting.remove(greedy)
        return greedy, Verdict.QUEUE

    def next(self, idle: int, now: float) -> Job | None:
        """The query that a free worker takes; ``idle`` is how many workers are free."""
        if not idle or not self.waiting:
            return None
        chosen = None
        for lane, jobs in enumerate(self._by_lane()):
            if self._has_place(lane) and (chosen := self._first(jobs, now)) is not None:
                chosen.lane = lane
                break
        if chosen is not None:
            self.waiting.remove(chosen)
            self.running.append(chosen)
            chosen.started = now
        return chosen

    def withdraw(self, job: Job, now: float) -> None:
        """A query is done, refused or no longer wanted."""
        if job in self.waiting:
            self.waiting.remove(job)
        elif job in self.running:
            self.running.remove(job)
            self._charge(job, now)

    def requeue(self, job: Job, now: float) -> None:
        """A running query has been stopped and starts again in the next lane."""
        self.running.remove(job)
        self._charge(job, now)
        job.lane, job.started, job.used = job.lane + 1, None, 0.0
        self.waiting.append(job)

    def overdue(self, now: float) -> Iterator[tuple[Job, Verdict]]:
        """Queries that have had their time, running or waiting."""
        for job in self.running:
            if job.ran(now) >= self.limits.time:
                yield job, Verdict.TIME
        for job in self.waiting:
            if now - job.arrived >= self.limits.time + self._share():
                yield job, Verdict.BUSY

    def promote(self, now: float) -> None:
        """Running queries that outlived their lane change into the next one where it has a place."""
        for lane in reversed(range(LONG)):
            outlived = [job for job in self.running if job.lane == lane and job.outlived]
            for job in sorted(outlived, key=lambda job: self._use(job.client, now)):
                if self._has_place(lane + 1):
                    job.lane += 1

    def in_the_way(self, idle: int, now: float) -> tuple[Job, bool] | None:
        """A running query that must be stopped for one that waits, and whether it starts again (else it is refused as busy)."""
        outlived = [job for job in self.running if job.outlived]
        if idle < RESERVE and outlived:
            return max(outlived, key=lambda job: (job.lane, self._use(job.client, now))), True
        waits = self._first(self._by_lane()[LONG], now)
        if waits is not None and not self._has_place(LONG):
            mine = self._use(waits.client, now)
            had_share = [job for job in self.running if job.lane == LONG and job.ran(now) >= self._share()]
            served = [job for job in had_share if job.client != waits.client and self._use(job.client, now) > mine]
            if served:
                return max(served, key=lambda job: job.ran(now)), False
        return None

    def _by_lane(self) -> list[list[Job]]:
        """The waiting queries of each lane."""
        slowest: dict[str, int] = {}
        for job in (*self.waiting, *self.running):
            slowest[job.client] = max(job.lane, slowest.get(job.client, 0))
        found: list[list[Job]] = [[] for _ in range(LONG + 1)]
        for job in self.waiting:
            found[slowest[job.client]].append(job)
        return found

    def _has_place(self, lane: int) -> bool:
        """The quick lane may have every worker, the middle one half of what the long one leaves."""
        if lane == 0:
            return True
        middle = max(1, (self.limits.workers - self.limits.long_slots) // 2)
        return sum(job.lane == lane for job in self.running) < (self.limits.long_slots if lane == LONG else middle)

    def _under_way(self, client: str) -> int:
        return sum(job.client == client for job in (*self.waiting, *self.running))

    def _share(self) -> float:
        return min(SHARE, self.limits.time)

    def _first(self, jobs: Iterable[Job], now: float) -> Job | None:
        """The client with the fewest running queries, then the least used one, goes first."""

        def rank(job: Job) -> tuple[int, float, float]:
            return sum(other.client == job.client for other in self.running), self._use(job.client, now), job.arrived

        return min(jobs, key=rank, default=None)

    def _use(self, client: str, now: float) -> float:
        """What a client has used, and is using."""
        kept = self._used.get(client)
        return (kept.faded(now) if kept else 0.0) + sum(job.used for job in self.running if job.client == client)

    def _charge(self, job: Job, now: float) -> None:
        kept = self._used.get(job.client)
        self._used[job.client] = _Use(now, (kept.faded(now) if kept else 0.0) + job.used)
        if len(self._used) > _KEPT:
            self._used = {client: use for client, use in self._used.items() if use.faded(now) > _FORGOTTEN}
