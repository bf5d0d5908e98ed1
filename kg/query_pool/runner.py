"""What is asked of those who run queries from outside, and what they answer."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Protocol

from kg.errors import BudgetError, QueryError
from kg.query_guard import ForbiddenQueryError
from kg.query_pool.lanes import Verdict
from kg.query_pool.wire import Message


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

    def close(self) -> None:
        if self.file is not None:
            self.file.close()

    def pieces(self, size: int = 1 << 16) -> Iterator[bytes]:
        """The answer bit by bit, once; it is never in memory as a whole when it is large."""
        if self.file is None:
            yield self.data
            return
        with self.file as file:
            yield from iter(lambda: file.read(size), b"")


class Runner(Protocol):
    """Who runs queries and changes: the pool, or this process where there is none."""

    def ask(self, query: PoolQuery, waiting: socket.socket | None = None) -> PoolAnswer | None:
        """The answer, ``None`` when a graph that was asked for is not there. ``waiting`` is the connection of the one who asks.

        Raises :class:`QueryError` for what is no query or is forbidden, :class:`NotAnswered` when it was stopped,
        :class:`ClientGone` when ``waiting`` has been closed.
        """

    def write(self, fields: dict[str, Any], text: str = "", body: IO[bytes] | None = None) -> dict[str, Any]:
        """Have the owner's change made; it is visible to queries when this returns. See :mod:`kg.query_pool.writer`.

        Raises as :meth:`ask`.
        """

    def admit(self, client: str) -> None:
        """Count a request against the rate limit. Raises :class:`NotAnswered` when there were too many."""

    def status(self) -> dict[str, int]:
        """How many workers are ready, and how many queries run and wait."""


def to_message(query: PoolQuery) -> Message:
    """A query as it travels."""
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
    return Message(fields, query.text.encode())


def checked(reply: Message) -> Message:
    """The reply, unless it is a refusal. Raises as :meth:`Runner.ask`."""
    if "refused" in reply.fields:
        kind = ForbiddenQueryError if reply.fields["forbidden"] else QueryError
        raise kind(reply.fields["refused"], reply.fields["line"], reply.fields["column"])
    if "verdict" in reply.fields:
        verdict = Verdict(reply.fields["verdict"])
        raise NotAnswered(verdict.value, verdict, reply.fields.get("wait", 0))
    return reply


def to_answer(reply: Message) -> PoolAnswer | None:
    """A reply that is no refusal, read."""
    found = reply.fields
    if "missing" in found:
        return None
    file = os.fdopen(reply.file, "rb") if reply.file is not None else None
    media_type, row_limit, size = found.get("media_type"), found.get("row_limit", 0), found.get("size", 0)
    return PoolAnswer(found["kind"], media_type, found["tag"], row_limit, found["volatile"], size, reply.data, file)
