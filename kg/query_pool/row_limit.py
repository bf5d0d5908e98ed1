"""A row limit on what the engine writes, without holding rows: the answer passes through in pieces and is cut between two rows.

pyoxigraph writes results much faster than Python could row by row, but it knows no limit. So its output is counted: cheaply
first (the bytes between two rows, which a text may hold too: an upper bound), exactly once the bound says that the limit
may have been passed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

NOTICE = "urn:budget-kg:row-limit:"
"""What the head of a cut answer links to, with the number of rows behind it."""
_PIECE = 1 << 16
_JSON_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?P<end>")?|\},\{', re.DOTALL)
_JSON, _XML, _CSV, _TSV = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)


class RowLimitReached(Exception):
    """Raised into the engine to end its writing; the answer has been cut and closed."""


class AnswerTooLarge(Exception):
    """The answer has more bytes than are allowed."""


@dataclass(frozen=True)
class _Syntax:
    """The bytes between two rows; which of their occurrences, counted from 1, shows that row ``limit + 1`` exists
    (``limit + after``); how far behind an occurrence the next row begins."""

    between: bytes
    after: int
    skip: int


_SYNTAXES = {
    _JSON: _Syntax(b"},{", 0, 1),
    _XML: _Syntax(b"<result>", 1, 0),
    _CSV: _Syntax(b"\r\n", 2, 2),
    _TSV: _Syntax(b"\n", 2, 1),
}


class RowLimit:
    """A file for the engine to write an answer to. ``target`` is read back, and truncated when the limit is reached."""

    def __init__(self, target: IO[bytes], media_type: str, rows: int, size: int) -> None:
        self._target = target
        self._media_type = media_type
        self._syntax = _SYNTAXES[media_type]
        self._rows = rows
        self._size = size
        self._written = 0
        self._bound = 0
        self._tail = b""
        self._ended = False
        self._shows_more = rows + self._syntax.after
        self._next_check = self._shows_more

    def write(self, data: bytes) -> int:
        if self._ended:  # the engine empties its buffer once more when its writing was ended
            return len(data)
        self._target.write(data)
        self._written += len(data)
        if self._written > self._size:
            self._ended = True
            raise AnswerTooLarge
        between = self._syntax.between
        joined = self._tail + data
        self._bound += joined.count(between)
        self._tail = joined[len(joined) - len(between) + 1 :]
        if self._bound >= self._next_check:
            self._check()
        return len(data)

    def flush(self) -> None:
        self._target.flush()

    def _check(self) -> None:
        """Count exactly; cut when there are too many rows, else look again when there may be as many."""
        seen = before = 0
        for position in self._separators():
            seen += 1
            if seen == self._shows_more:
                # In lines, the occurrence ends row limit + 1, and the one before it ends the last row that is allowed.
                self._cut((before if self._media_type in (_CSV, _TSV) else position) + self._syntax.skip)
            before = position
        self._target.seek(0, 2)
        self._next_check = self._bound + self._shows_more - seen

    def _cut(self, end: int) -> None:
        self._target.seek(end)
        self._target.truncate()
        _close(self._media_type, self._rows, self._target)
        self._ended = True
        raise RowLimitReached

    def _separators(self) -> Iterator[int]:
        """Where the bytes between rows stand, exactly: not where a text holds the same bytes."""
        self._target.seek(0)
        pieces = iter(lambda: self._target.read(_PIECE), b"")
        if self._media_type == _JSON:
            return _in_json(pieces)
        if self._media_type == _CSV:
            return _in_csv(pieces)
        return _anywhere(pieces, self._syntax.between)


def _close(media_type: str, rows: int, target: IO[bytes]) -> None:
    """Close an answer that was cut, and say so in its head, where the formats have a link for what else there is to know."""
    if media_type == _JSON:
        target.write(b"]}}")
        _insert(target, b'{"head":{', f'"link":["{NOTICE}{rows}"],'.encode())
    elif media_type == _XML:
        target.write(b"</results></sparql>")
        _insert(target, b"</head>", f'<link href="{NOTICE}{rows}"/>'.encode(), before=True)


def _insert(target: IO[bytes], marker: bytes, new: bytes, before: bool = False) -> None:
    """Put bytes behind (or before) the first marker, moving what follows piece by piece."""
    end = target.tell()
    target.seek(0)
    begin = target.read(16 * _PIECE).index(marker) + (0 if before else len(marker))
    while end > begin:
        start = max(begin, end - _PIECE)
        target.seek(start)
        piece = target.read(end - start)
        target.seek(start + len(new))
        target.write(piece)
        end = start
    target.seek(begin)
    target.write(new)
    target.seek(0, 2)


def _anywhere(pieces: Iterator[bytes], between: bytes) -> Iterator[int]:
    offset, rest = 0, b""
    for piece in pieces:
        data = rest + piece
        position = data.find(between)
        while position >= 0:
            yield offset + position
            position = data.find(between, position + len(between))
        keep = min(len(data), len(between) - 1)
        offset += len(data) - keep
        rest = data[len(data) - keep :]


def _in_csv(pieces: Iterator[bytes]) -> Iterator[int]:
    """Line ends outside quotes; a doubled quote closes and opens again."""
    offset, rest, quoted = 0, b"", False
    for piece in pieces:
        data = rest + piece
        rest = b"\r" if data.endswith(b"\r") else b""
        data = data[: len(data) - len(rest)]
        start = 0
        for number, part in enumerate(data.split(b'"')):
            if number:
                quoted = not quoted
            if not quoted:
                position = part.find(b"\r\n")
                while position >= 0:
                    yield offset + start + position
                    position = part.find(b"\r\n", position + 2)
            start += len(part) + 1
        offset += len(data)


def _in_json(pieces: Iterator[bytes]) -> Iterator[int]:
    """``},{`` outside strings: inside a row an object is followed by a name."""
    offset, rest = 0, b""
    for piece in pieces:
        data = rest + piece
        end = max(len(data) - 2, 0)
        for match in _JSON_TOKEN.finditer(data):
            if match.group().startswith(b'"'):
                end = max(end, match.end()) if match["end"] else match.start()
            else:
                yield offset + match.start()
                end = max(end, match.end())
        offset += end
        rest = data[end:]
