"""Having the engine write out what it holds in memory."""

import contextlib
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Protocol

_PATIENCE = 5.0
"""Seconds after which the engine is asked once more; twice as many the next time, as a slow disk needs no more of it."""


class Buffered(Protocol):
    """What holds writes in memory."""

    def flush(self) -> None: ...


def flush(store: Buffered, patience: float = _PATIENCE) -> None:
    """Return when everything is in the engine's tables. Raises what the engine does.

    RocksDB loses such a request where it meets its own writing of the same buffers, and waits for ever (facebook/rocksdb#13280,
    for engines that write two buffers as one, as Oxigraph does); the next request ends the wait of both (decision 0044).
    """
    answers: SimpleQueue[Exception | None] = SimpleQueue()

    def ask() -> None:
        try:
            store.flush()
        except Exception as error:  # noqa: BLE001  # raised by who asked
            answers.put(error)
        else:
            answers.put(None)

    errors: list[Exception] = []
    asked = answered = 0
    while not asked or answered < asked:
        Thread(target=ask, daemon=True).start()  # no waiting for it where the program is broken off
        asked += 1
        with contextlib.suppress(Empty):
            while answered < asked:
                error = answers.get(timeout=patience)
                answered += 1
                if error:
                    errors.append(error)
        patience *= 2
    if errors:
        raise errors[0]
