"""Who runs next, who must make room: a short lane and a long lane, fair between clients. Pure: time comes in, decisions go out.

Every query begins in the short lane, unless its client has a long one under way. A query that outlives the quantum is long: it
keeps running while a long slot is free, else it gives way as soon as a short one waits, and starts again in the long lane
(its answer is sent only when it is whole, so nobody sees the difference). In both lanes the client that has used least goes
first, and a long query that has had its share ends when another client waits.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from kg.query_pool.limits import Limits

QUANTUM = 0.2
"""Seconds of processor time after which a query is long."""
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
    """One query on its way. ``lane`` is ``short`` or ``long``; ``started`` is ``None`` while it waits.

    ``used`` is processor time, which decides what is long: on a busy machine a short query takes long by the clock.
    """

    client: str
    arrived: float
    lane: str = "short"
    started: float | None = None
    used: float = 0.0

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
        short, long = self._lanes()
        chosen = self._first(short, now)
        if chosen is None and self._long_running() < self.limits.long_slots:
            chosen = self._first(long, now)
            if chosen is not None:
                chosen.lane = "long"
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
        """A running query has been stopped and starts again in the long lane."""
        self.running.remove(job)
        self._charge(job, now)
        job.lane, job.started, job.used = "long", None, 0.0
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
        """Running queries become long when they outlived the quantum and a long slot is free."""
        for job in sorted(self._past_quantum(), key=lambda job: self._use(job.client, now)):
            if self._long_running() >= self.limits.long_slots:
                return
            job.lane = "long"

    def in_the_way(self, idle: int, now: float) -> tuple[Job, bool] | None:
        """A running query that must be stopped for one that waits, and whether it starts again (else it is refused as busy)."""
        if not self.waiting:
            return None
        short, long = self._lanes()
        past = self._past_quantum()
        if short and past and not idle:
            return max(past, key=lambda job: self._use(job.client, now)), True
        waits = self._first(long, now)
        if waits is not None and self._long_running() >= self.limits.long_slots:
            mine = self._use(waits.client, now)
            had_share = [job for job in self.running if job.lane == "long" and job.ran(now) >= self._share()]
            served = [job for job in had_share if job.client != waits.client and self._use(job.client, now) > mine]
            if served:
                return max(served, key=lambda job: job.ran(now)), False
        return None

    def _lanes(self) -> tuple[list[Job], list[Job]]:
        """The waiting queries of the short lane and of the long lane."""
        busy_with_long = {job.client for job in (*self.waiting, *self.running) if job.lane == "long"}
        short = [job for job in self.waiting if job.client not in busy_with_long]
        return short, [job for job in self.waiting if job.client in busy_with_long]

    def _under_way(self, client: str) -> int:
        return sum(job.client == client for job in (*self.waiting, *self.running))

    def _share(self) -> float:
        return min(SHARE, self.limits.time)

    def _past_quantum(self) -> list[Job]:
        return [job for job in self.running if job.lane == "short" and job.used >= QUANTUM]

    def _long_running(self) -> int:
        return sum(job.lane == "long" for job in self.running)

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
