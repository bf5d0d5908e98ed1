"""What was made a moment ago and is likely to be asked for again."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

_Made = TypeVar("_Made")


class Memory:
    """The things used last, at most ``size`` of them. Two threads that ask at once may both make one."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._held: OrderedDict[str, object] = OrderedDict()

    def get(self, key: str, make: Callable[[], _Made]) -> _Made:
        """What ``make`` returned when it was last called for this key; the key says all that it depends on."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]  # type: ignore[return-value]
        made = make()
        with self._lock:
            self._held[key] = made
            while len(self._held) > self._size:
                self._held.popitem(last=False)
        return made
