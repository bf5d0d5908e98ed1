"""Queries in the process that asks: for tests, and where processes cannot be forked. Nothing can be stopped here."""

import os
import socket
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

from kg.query_pool.answer import answer
from kg.query_pool.lanes import Verdict
from kg.query_pool.limits import Limits
from kg.query_pool.rate import RateLimit
from kg.query_pool.runner import NotAnswered, PoolAnswer, PoolQuery, checked, to_answer, to_message
from kg.query_pool.source import Place, open_source
from kg.query_pool.wire import Message
from kg.query_pool.writer import change


class DirectRunner:
    """A :class:`kg.query_pool.runner.Runner` without processes: rows, size and rate are limited, time and memory are not."""

    def __init__(self, store: Place, limits: Limits) -> None:
        self._store = store
        self._limits = limits
        self._rate = RateLimit(limits.rate)
        self._lock = threading.Lock()
        self._snapshot = open_source(store)

    def ask(self, query: PoolQuery, waiting: socket.socket | None = None) -> PoolAnswer | None:
        self.admit(query.client)
        with self._lock:
            if not self._snapshot.is_current():
                self._snapshot = open_source(self._store)
            snapshot = self._snapshot
        return to_answer(checked(answer(to_message(query), snapshot, Path(tempfile.gettempdir()), self._limits)))

    def write(self, fields: dict[str, Any], text: str = "", body: IO[bytes] | None = None) -> dict[str, Any]:
        self.admit(fields["client"])
        if not isinstance(self._store, Path):
            raise NotAnswered(Verdict.LOCKED.value, Verdict.LOCKED)
        handle = os.dup(body.fileno()) if body is not None else None
        return checked(Message(change(Message(fields, text.encode(), handle), self._store))).fields

    def admit(self, client: str) -> None:
        with self._lock:
            wait = self._rate.admit(client, time.monotonic())
        if wait:
            raise NotAnswered(Verdict.RATE.value, Verdict.RATE, wait)

    def status(self) -> dict[str, int]:
        return {}
