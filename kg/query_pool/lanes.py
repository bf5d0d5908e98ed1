"""Who runs next, who must make room: a short lane and a long lane, fair between clients. Pure: time comes in, decisions go out.

Every query begins in the short lane, unless its client has lately sent long ones. A query that outlives the quantum is long:
it keeps running while a long slot is free, else it gives way as soon as a short one waits, and starts again in the long lane
(its answer is sent only when it is whole, so nobody sees the difference). In both lanes the client that has used least goes
first, and a long query that has had its share ends when another client waits.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from kg.query_pool.limits import Limits

QUANTUM = 0.25
"""Seconds after which a query is long."""
SHARE = 5.0
"""Seconds that a long query may have while a client that used less waits for a long slot."""
FADING = 30.0
"""Seconds after which a third of what a client has used still counts (e-folding)."""
LONG_HISTORY = 1.0
"""Seconds in long queries, faded, that send a client's next query straight to the long lane."""


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
    """One query on its way. ``lane`` is ``short`` or ``long``; ``started`` is ``None`` while it waits."""

    client: str
    arrived: float
    lane: str = "short"
    started: float | None = None

    def ran(self, now: float) -> float:
        return now - self.started if self.started is not None else 0.0


@dataclass
class _Use:
    """What a client has used lately: seconds in all, seconds in long queries."""

    at: float
    total: float = 0.0
    long: float = 0.0

    def faded(self, now: float) -> "_Use":
        factor = math.exp((self.at - now) / FADING)
        return _Use(now, self.total * factor, self.long * factor)


@dataclass
class Lanes:
    """The queries that wait and those that run."""

    limits: Limits
    waiting: list[Job] = field(default_factory=list)
    running: list[Job] = field(default_factory=list)
    _used: dict[str, _Use] = field(default_factory=dict)

    def submit(self, job: Job, now: float) -> tuple[Job, Verdict] | None:
        """Let a query in. Returns the query that must be refused for it, itself or another one, if any."""
        own = sum(other.client == job.client for other in (*self.waiting, *self.running))
        if own >= self.limits.per_client:
            return job, Verdict.CLIENT
        if self._use(job.client, now).long > LONG_HISTORY:
            job.lane = "long"
        self.waiting.append(job)
        if len(self.waiting) <= self.limits.queue:
            return None
        greedy = max(self.waiting, key=lambda other: (sum(o.client == other.client for o in self.waiting), other.arrived))
        self.waiting.remove(greedy)
        return greedy, Verdict.QUEUE

    def next(self, idle: int, now: float) -> Job | None:
        """The query that a free worker takes; ``idle`` is how many workers are free."""
        if not idle:
            return None
        short = [job for job in self.waiting if job.lane == "short"]
        long = [job for job in self.waiting if job.lane == "long"]
        chosen = self._first(short, now)
        if chosen is None and self._long_running(now) < self.limits.long_slots:
            chosen = self._first(long, now)
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
        job.lane, job.started = "long", None
        self.waiting.append(job)

    def overdue(self, now: float) -> Iterator[tuple[Job, Verdict]]:
        """Queries that have had their time, running or waiting."""
        for job in self.running:
            if job.ran(now) >= self.limits.time:
                yield job, Verdict.TIME
        for job in self.waiting:
            if now - job.arrived >= self.limits.time + self._share():
                yield job, Verdict.BUSY

    def promote(self, now: float) -> list[Job]:
        """Running queries that become long now, because they outlived the quantum and a long slot is free."""
        found = []
        for job in sorted(self._past_quantum(now), key=lambda job: self._use(job.client, now).total):
            if self._long_running(now) >= self.limits.long_slots:
                break
            job.lane = "long"
            found.append(job)
        return found

    def in_the_way(self, idle: int, now: float) -> tuple[Job, bool] | None:
        """A running query that must be stopped for one that waits, and whether it starts again (else it is refused as busy)."""
        if idle == 0 and any(job.lane == "short" for job in self.waiting):
            past = self._past_quantum(now)
            if past:
                return max(past, key=lambda job: self._use(job.client, now).total + job.ran(now)), True
        waits = self._first([job for job in self.waiting if job.lane == "long"], now)
        if waits is not None and self._long_running(now) >= self.limits.long_slots:
            mine = self._use(waits.client, now).total
            served = [
                job
                for job in self.running
                if job.lane == "long" and job.ran(now) >= self._share() and self._use(job.client, now).total + job.ran(now) > mine
            ]
            if served:
                return max(served, key=lambda job: job.ran(now)), False
        return None

    def _share(self) -> float:
        return min(SHARE, self.limits.time)

    def _past_quantum(self, now: float) -> list[Job]:
        return [job for job in self.running if job.lane == "short" and job.ran(now) >= QUANTUM]

    def _long_running(self, now: float) -> int:
        return sum(job.lane == "long" for job in self.running)

    def _first(self, jobs: Iterable[Job], now: float) -> Job | None:
        """The client with the fewest running queries, then the least used one, goes first."""
        busy: dict[str, int] = {}
        for job in self.running:
            busy[job.client] = busy.get(job.client, 0) + 1
        return min(jobs, key=lambda job: (busy.get(job.client, 0), self._use(job.client, now).total, job.arrived), default=None)

    def _use(self, client: str, now: float) -> _Use:
        return self._used.get(client, _Use(now)).faded(now)

    def _charge(self, job: Job, now: float) -> None:
        use, ran = self._use(job.client, now), job.ran(now)
        use.total += ran
        use.long += ran if ran > QUANTUM else 0.0
        self._used[job.client] = use
        if len(self._used) > 20_000:
            self._used = {client: kept for client, kept in self._used.items() if kept.faded(now).total > 0.05}
