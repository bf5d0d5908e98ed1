"""Asking the broker, from any process and thread: one connection a request, closed to say that nobody waits any more."""

import os
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from kg.errors import BudgetError, QueryError
from kg.query_guard import ForbiddenQueryError
from kg.query_pool.lanes import Verdict
from kg.query_pool.wire import Inbox, Message, send


class ClientGone(Exception):
    """The one who asked has hung up."""


@dataclass(eq=False)
class NotAnswered(BudgetError):
    """The query was stopped or not begun, for a reason that the client is told; ``wait`` is in seconds, 0 when unknown."""

    verdict: Verdict = Verdict.CRASH
    wait: int = 0


@dataclass(frozen=True)
class PoolQuery:
    """A query, or the name of a graph to be read (``""`` the default graph) when ``graph`` is not ``None``.

    ``results`` and ``graphs`` are the media types for the two kinds of answers; ``None`` when the client takes none, and then
    only the kind comes back. ``rows`` cuts the answer earlier than the installation does, 0 does not.
    """

    text: str
    client: str
    results: str | None
    graphs: str | None
    base: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    rows: int = 0
    graph: str | None = None


@dataclass(frozen=True)
class PoolAnswer:
    """A whole answer. ``kind`` is ``results`` or ``graph``; ``row_limit`` is 0 unless rows were cut; ``file`` when it is large."""

    kind: str
    media_type: str | None
    tag: str
    row_limit: int
    is_volatile: bool
    size: int
    data: bytes
    file: IO[bytes] | None = None

    def pieces(self, size: int = 1 << 16) -> Iterator[bytes]:
        """The answer bit by bit, once; it is never in memory as a whole when it is large."""
        if self.file is None:
            yield self.data
            return
        with self.file as file:
            yield from iter(lambda: file.read(size), b"")


@dataclass(frozen=True)
class PoolClient:
    """The way to the broker at a socket."""

    address: Path

    def ask(self, query: PoolQuery, waiting: socket.socket | None = None) -> PoolAnswer | None:
        """The answer, ``None`` when a graph that was asked for is not there. ``waiting`` is the connection of the one who asks.

        Raises :class:`QueryError` for what is no query or is forbidden, :class:`NotAnswered` when it was stopped,
        :class:`ClientGone` when ``waiting`` has been closed.
        """
        fields: dict[str, Any] = {
            "op": "query",
            "client": query.client,
            "results": query.results,
            "graphs": query.graphs,
            "base": query.base,
            "default_graphs": query.default_graphs,
            "named_graphs": query.named_graphs,
            "rows": query.rows,
        }
        if query.graph is not None:
            fields["graph"] = query.graph
        reply = self._request(Message(fields, query.text.encode()), waiting)
        found = reply.fields
        if "missing" in found:
            return None
        size = found.get("size", 0)
        file = os.fdopen(reply.file, "rb") if reply.file is not None else None
        return PoolAnswer(
            found["kind"], found.get("media_type"), found["tag"], found.get("row_limit", 0), found["volatile"], size, reply.data, file
        )

    def write(self, fields: dict[str, Any], text: str = "", body: IO[bytes] | None = None) -> dict[str, Any]:
        """Have the owner's change made; it is visible to queries when this returns. See :mod:`kg.query_pool.writer`.

        Raises as :meth:`ask`.
        """
        handle = body.fileno() if body is not None else None
        return self._request(Message({"op": "write", **fields}, text.encode(), handle), None).fields

    def admit(self, client: str) -> None:
        """Count a request against the rate limit. Raises :class:`NotAnswered` when there were too many."""
        self._request(Message({"op": "admit", "client": client}), None)

    def status(self) -> dict[str, int]:
        """How many workers are ready, and how many queries run and wait."""
        return self._request(Message({"op": "status"}), None).fields

    def _request(self, message: Message, waiting: socket.socket | None) -> Message:
        with self._link() as link:
            send(link, message)
            reply = _receive(link, waiting)
        if reply is None:
            raise NotAnswered("the query processes are being restarted", Verdict.CRASH, 1)
        if "refused" in reply.fields:
            kind = ForbiddenQueryError if reply.fields["forbidden"] else QueryError
            raise kind(reply.fields["refused"], reply.fields["line"], reply.fields["column"])
        if "verdict" in reply.fields:
            verdict = Verdict(reply.fields["verdict"])
            raise NotAnswered(verdict.value, verdict, reply.fields.get("wait", 0))
        return reply

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
