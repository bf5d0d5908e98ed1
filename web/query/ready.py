"""Ready answers: what the questions answer with the default values of their parameters, for one state of the data.

A folder for each state, in it a small file for each question, written once by whichever process asked first. A file counts only as a
whole: its first line is a digest over the rest, and the rest names the state and the query that it answers. Everything here may be
removed at any time; what is not here is asked.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kg.whole_file import write_whole

try:
    import fcntl
except ImportError:  # Windows, where one process serves
    fcntl = None  # type: ignore[assignment]

LARGEST = 4 * 1024 * 1024
"""Bytes of an answer that are kept; a larger one is asked each time."""
_TAG = re.compile(r"[0-9]+-[0-9a-f]{8}")
"""A state that nobody else's data can have. Others (a remote store, a store that an older program published) have nothing ready."""


@dataclass(frozen=True)
class Asked:
    """A whole answer: ``kind`` is ``results`` (``data`` is SPARQL results in JSON) or ``graph`` (N-Triples); ``cut_at`` is the number of
    rows that it was cut after, 0 for a whole one."""

    kind: str
    data: bytes
    cut_at: int


class ReadyAnswers:
    """The ready answers of an installation. ``maker`` says what an answer depends on beside the data and the query: it differs
    between programs and installations that would answer otherwise."""

    def __init__(self, folder: Path, maker: str) -> None:
        self.folder = folder
        self._maker = maker

    def find(self, tag: str, query: str) -> Asked | None:
        """What the data of a state answered; ``None`` when nobody has kept it, or the file is not what was written."""
        try:
            digest, _, content = self._path(tag, query).read_bytes().partition(b"\n")
        except OSError:
            return None
        if digest != _digest(content):
            return None
        head, _, data = content.partition(b"\n")
        said = json.loads(head)
        if said["about"] != self._about(tag, query):
            return None
        return Asked(said["kind"], data, said["cut_at"])

    def keep(self, tag: str, query: str, answer: Asked) -> None:
        """Keep an answer where that is possible."""
        if not _TAG.fullmatch(tag) or len(answer.data) > LARGEST:
            return
        head = json.dumps({"about": self._about(tag, query), "kind": answer.kind, "cut_at": answer.cut_at}, ensure_ascii=False)
        content = head.encode() + b"\n" + answer.data
        path = self._path(tag, query)
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, _digest(content) + b"\n" + content)

    def forget_others(self, tag: str) -> None:
        """Remove the answers of every other state of the data."""
        with suppress(OSError):
            for entry in self.folder.iterdir():
                if entry.name != tag and entry.is_dir():
                    shutil.rmtree(entry, ignore_errors=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no other process is making answers ready, and none will meanwhile. The system drops the lock with its process."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = (self.folder / "LOCK").open("ab")
        except OSError:  # nothing can be kept here
            yield False
            return
        with file:
            try:
                if fcntl is not None:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True

    def _path(self, tag: str, query: str) -> Path:
        name = hashlib.sha256("\0".join(self._about(tag, query)).encode()).hexdigest()
        return self.folder / (tag if _TAG.fullmatch(tag) else "none") / name

    def _about(self, tag: str, query: str) -> list[str]:
        return [self._maker, tag, query]


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
