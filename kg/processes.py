"""Work shared between processes: results come in the order of the tasks, and few tasks are under way at any time."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import Any, Generic, TypeVar

from kg.errors import BudgetError

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
FEW = 8
"""Fewer tasks than this are not worth the start of a process."""


class Processes(Generic[_Task, _Result]):
    """``jobs`` processes that begin with ``sit_down(*desk)`` and then do ``work``. They start with the first task.

    ``purpose`` names them in the error when one is ended from outside.
    """

    def __init__(
        self, jobs: int, sit_down: Callable[..., None], desk: tuple[Any, ...], work: Callable[[_Task], _Result], purpose: str
    ) -> None:
        self._sit_down, self._desk = sit_down, desk
        self._jobs, self._work, self._purpose = jobs, work, purpose
        self._pool: ProcessPoolExecutor | None = None

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def each(self, tasks: Iterable[_Task]) -> Iterator[tuple[_Task, _Result]]:
        """The tasks with their results, in their order; no more than two tasks a process are under way.

        Raises :class:`BudgetError` when a process was ended from outside, and what the work raises.
        """
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._jobs, get_context("spawn"), self._sit_down, self._desk)
        left = iter(tasks)
        running: deque[tuple[_Task, Future[_Result]]] = deque()
        try:
            while True:
                for task in islice(left, 2 * self._jobs - len(running)):
                    running.append((task, self._pool.submit(self._work, task)))
                if not running:
                    return
                task, done = running.popleft()
                yield task, done.result()
        except BrokenProcessPool as error:
            raise BudgetError(f"a process of the {self._purpose} was ended from outside, by the limit of memory most likely") from error


def jobs_for(number: int, wanted: int | None) -> int:
    """How many processes: as many as wanted, else one a core, but one for a few tasks."""
    if wanted is not None:
        return wanted
    return 1 if number < FEW else min(len(os.sched_getaffinity(0)), -(-number // FEW))
