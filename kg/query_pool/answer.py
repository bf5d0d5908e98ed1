"""One query over one snapshot: the answer in the format that was asked for, in a message or in a file."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.query_guard import ForbiddenQueryError, ask, is_volatile
from kg.query_pool.lanes import Verdict
from kg.query_pool.limits import Limits
from kg.query_pool.row_limit import AnswerTooLarge, RowLimit, RowLimitReached
from kg.query_pool.source import Source
from kg.query_pool.wire import Message
from kg.store import Answer
from kg.terms import PREFIXES

INLINE = 1 << 16
"""Answers up to this size travel in the message, larger ones in a file."""


def answer(message: Message, source: Source | None, spool: Path, limits: Limits) -> Message:
    """The answer to a query, or why there is none."""
    if source is None:
        return Message({"verdict": Verdict.DATA})
    wanted = message.fields
    try:
        found: Answer | Iterable[ox.Triple] | None
        text = message.data.decode()
        if "graph" in wanted:
            found = _graph(source, wanted)
        else:
            found = ask(source, text, wanted["default_graphs"], wanted["named_graphs"], wanted["base"])
        if found is None:
            return Message({"missing": True, "tag": source.tag})
        return _write(found, wanted, source.tag, is_volatile(text), spool, limits)
    except QueryError as error:
        forbidden = isinstance(error, ForbiddenQueryError)
        return Message({"refused": error.reason, "line": error.line, "column": error.column, "forbidden": forbidden})
    except ValueError as error:  # a graph that is no IRI
        return Message({"refused": str(error), "line": 0, "column": 0, "forbidden": False})
    except AnswerTooLarge:
        return Message({"verdict": Verdict.SIZE})
    except StoreError:  # a remote store that does not answer, or breaks off
        return Message({"verdict": Verdict.DATA})
    except MemoryError:
        return Message({"verdict": Verdict.MEMORY})


def _graph(source: Source, wanted: dict[str, Any]) -> Iterable[ox.Triple] | None:
    """The triples of one graph, the default graph for an empty name; ``None`` when there is no such graph."""
    name = wanted["graph"]
    return source.triples(name) if not name or source.has_graph(name) else None


def _write(found: Answer | Iterable[ox.Triple], wanted: dict[str, Any], tag: str, volatile: bool, spool: Path, limits: Limits) -> Message:
    is_result = isinstance(found, ox.QuerySolutions | ox.QueryBoolean)
    fields: dict[str, Any] = {"kind": "results" if is_result else "graph", "tag": tag, "volatile": volatile}
    media_type = wanted["results" if is_result else "graphs"]
    if media_type is None:
        return Message(fields)
    rows = min(limits.rows, wanted.get("rows") or limits.rows)
    with tempfile.SpooledTemporaryFile(INLINE, dir=str(spool)) as target:
        file = cast(IO[bytes], target)
        if isinstance(found, ox.QueryBoolean | ox.QuerySolutions):
            cut = _write_results(found, file, media_type, rows, limits.answer)
        else:
            cut = _write_triples(found, file, media_type, rows, limits.answer)
        fields |= {"media_type": media_type, "row_limit": rows if cut else 0, "size": target.tell()}
        if target.tell() <= INLINE:
            target.seek(0)
            return Message(fields, target.read())
        target.seek(0)
        return Message(fields, file=os.dup(target.fileno()))


def _write_results(found: ox.QuerySolutions | ox.QueryBoolean, target: IO[bytes], media_type: str, rows: int, size: int) -> bool:
    """Whether the rows were cut."""
    form = ox.QueryResultsFormat.from_media_type(media_type)
    assert form is not None
    if isinstance(found, ox.QueryBoolean):
        target.write(found.serialize(format=form) or b"")
        return False
    try:
        found.serialize(cast(IO[bytes], RowLimit(target, media_type, rows, size)), form)
    except RowLimitReached:
        return True
    return False


def _write_triples(found: Iterable[ox.Triple], target: IO[bytes], media_type: str, rows: int, size: int) -> bool:
    """Whether the triples were cut."""
    form = ox.RdfFormat.from_media_type(media_type)
    assert form is not None
    counted = _Counted(found, rows, size, target)
    ox.serialize(counted, target, form, prefixes=PREFIXES)
    return counted.cut


class _Counted:
    """Triples up to a limit; the size is looked at on the way."""

    def __init__(self, triples: Iterable[ox.Triple], limit: int, size: int, target: IO[bytes]) -> None:
        self._triples, self._limit, self._size, self._target = triples, limit, size, target
        self.cut = False

    def __iter__(self) -> Iterator[ox.Triple]:
        for number, triple in enumerate(self._triples):
            if number >= self._limit:
                self.cut = True
                return
            if number % 1000 == 0 and self._target.tell() > self._size:
                raise AnswerTooLarge
            yield triple
