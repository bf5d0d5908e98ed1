"""What the tools stand on while they answer: the newest data, and processes that run queries and can be stopped."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from kg.agents.tools import Tools
from kg.query_pool.client import PoolClient
from kg.query_pool.direct import DirectRunner
from kg.query_pool.limits import Limits
from kg.query_pool.pool import Pool
from kg.query_pool.source import Place, Source, open_source


class Newest:
    """The newest published data of a place, opened again when there is newer."""

    def __init__(self, place: Place, local: Path | None) -> None:
        self._place, self._local = place, local
        self._lock = Lock()
        self._held = open_source(place, local)

    def __call__(self) -> Source:
        with self._lock:
            if not self._held.is_current():
                self._held = open_source(self._place, self._local)
            return self._held


@contextmanager
def tools_over(place: Place, local: Path | None, limits: Limits) -> Iterator[Tools]:
    """The tools over a store; the processes that run queries end with the context. Where none can be forked queries run in this one."""
    newest = Newest(place, local)
    if not hasattr(os, "fork"):
        yield Tools(newest, DirectRunner(place, limits))
        return
    with Pool(place, limits) as pool:
        yield Tools(newest, PoolClient(pool.address))
