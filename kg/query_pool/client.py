"""Asking the broker, from any process and thread: one connection a request, closed to say that nobody waits any more."""

import contextlib
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from kg.query_pool.lanes import Verdict
from kg.query_pool.runner import ClientGone, NotAnswered, PoolAnswer, PoolQuery, checked, to_answer, to_message
from kg.query_pool.wire import Inbox, Message, send


@dataclass(frozen=True)
class PoolClient:
    """The way to the broker at a socket; see :class:`kg.query_pool.runner.Runner`."""

    address: Path

    def ask(self, query: PoolQuery, waiting: socket.socket | None = None) -> PoolAnswer | None:
        return to_answer(self._request(to_message(query), waiting))

    def write(self, fields: dict[str, Any], text: str = "", body: IO[bytes] | None = None) -> dict[str, Any]:
        handle = body.fileno() if body is not None else None
        return self._request(Message({"op": "write", **fields}, text.encode(), handle), None).fields

    def admit(self, client: str) -> None:
        self._request(Message({"op": "admit", "client": client}), None)

    def status(self) -> dict[str, int]:
        return self._request(Message({"op": "status"}), None).fields

    def _request(self, message: Message, waiting: socket.socket | None) -> Message:
        with self._link() as link:
            with contextlib.suppress(ConnectionError):  # the broker has gone since: there will be no reply
                send(link, message)
            reply = _receive(link, waiting)
        if reply is None:
            raise NotAnswered("the query processes are being restarted", Verdict.CRASH, 1)
        return checked(reply)

    @contextmanager
    def _link(self) -> Iterator[socket.socket]:
        link = socket.socket(socket.AF_UNIX)
        try:
            link.connect(str(self.address))
        except OSError as error:
            link.close()
            raise NotAnswered("the query processes are being restarted", Verdict.CRASH, 1) from error
        with link:
            yield link


def _receive(link: socket.socket, waiting: socket.socket | None) -> Message | None:
    """The reply, or ``None`` when the broker has gone."""
    inbox = Inbox()
    watched = select.poll()
    watched.register(link, select.POLLIN)
    if waiting is not None:
        watched.register(waiting, select.POLLRDHUP if hasattr(select, "POLLRDHUP") else select.POLLHUP)
    while (message := inbox.take()) is None:
        ready = {handle for handle, _ in watched.poll()}
        if link.fileno() in ready:
            if not inbox.receive(link):
                return None
        elif waiting is not None and waiting.fileno() in ready:
            raise ClientGone
    return message
