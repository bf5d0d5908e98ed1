"""A query process: it reads one query at a time from the broker, runs it over the newest snapshot and answers.

What can go wrong with a query goes wrong here: the parent ends this process at the limits, and the system ends it when it asks
for more memory than it may have.
"""

import contextlib
import os
import resource
import signal
import socket
import threading
import time
from pathlib import Path

from kg.errors import StoreError
from kg.query_pool.answer import answer
from kg.query_pool.limits import Limits
from kg.query_pool.source import Place, Source, open_source
from kg.query_pool.wire import Inbox, Message, send


def serve(link: socket.socket, parent: int, store: Place, spool: Path, limits: Limits) -> None:
    """Answer queries until the broker closes the link."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent(parent)
    source = _open(store)
    _limit_memory(limits.memory)
    send(link, Message({"ready": True}))
    inbox = Inbox()
    while (message := _receive(link, inbox)) is not None:
        begun = time.process_time()
        if source is None or not _is_current(source):
            source = None
            source = _open(store)
        reply = answer(message, source, spool, limits)
        send(link, Message({**reply.fields, "used": time.process_time() - begun}, reply.data, reply.file))
        if reply.file is not None:
            os.close(reply.file)


def end_with_parent(parent: int) -> None:
    """A process whose parent is gone would run its query for ever: watch beside it (the engine lets other threads run)."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _receive(link: socket.socket, inbox: Inbox) -> Message | None:
    while (message := inbox.take()) is None:
        if not inbox.receive(link):
            return None
    return message


def _open(store: Place) -> Source | None:
    with contextlib.suppress(StoreError):
        return open_source(store)
    return None


def _is_current(source: Source) -> bool:
    with contextlib.suppress(StoreError):
        return source.is_current()
    return False


def _limit_memory(size: int) -> None:
    """Bound what this process may take beyond what it has now. RLIMIT_DATA counts private memory and not the mapped files
    of the store, which RLIMIT_AS would count."""
    with open("/proc/self/status", encoding="ascii") as status:
        held = next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:")), 0)
    resource.setrlimit(resource.RLIMIT_DATA, (held + size, held + size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
