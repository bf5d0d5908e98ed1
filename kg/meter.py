"""How far a long piece of work has come, how fast it goes and how long it will take."""

import time
from collections.abc import Callable

_AFTER = 5
"""So many must have been done before anything is foretold."""


class Meter:
    """Counts ``total`` things; ``clock`` gives seconds."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._clock = total, clock
        self._begun = clock()
        self._number = self._slow = 0

    def passed(self, quick: bool = False) -> str:
        """One more is done: ``[3/100]``. Quick ones say nothing about how long the others take."""
        self._number += 1
        self._slow += not quick
        return f"[{self._number}/{self._total}]"

    def left(self) -> str:
        """The rate and the time left in brackets; empty when there is too little to tell by, or nothing left."""
        left = self._total - self._number
        seconds = self._clock() - self._begun
        if self._slow < _AFTER or not left or seconds <= 0:
            return ""
        rate = self._slow / seconds
        return f" ({rate:.1f}/s, {_span(left / rate)} left)"


def _span(seconds: float) -> str:
    """A time as people say it: seconds, minutes, or hours and minutes."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"
