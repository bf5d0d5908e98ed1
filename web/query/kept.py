"""Kept answers: a query as it was asked, what the data answered then, and which data those were. Their address never changes.

One small file each. The name is the beginning of a hash over the query and the state of the data, so that asking the same again
keeps nothing new.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.errors import BudgetError
from web.check.drafts import write_json

MOST = 20_000
"""Answers that an installation keeps; more are refused, none is ever thrown away."""
MAX_QUERY = 20_000
MAX_ANSWER = 400_000
ROWS = 500
"""Rows that are kept to be shown; the digest is over all that were read."""
_NAME = re.compile(r"[0-9a-f]{16}")


class NotKept(BudgetError):
    """An answer that cannot be kept; the reason is for the reader."""


@dataclass(frozen=True)
class Kept:
    """``kind`` is ``results`` (``data`` is SPARQL results in JSON) or ``graph`` (N-Triples). ``question`` is empty for a query of
    one's own; ``values`` are its parameters. ``digest`` is over the whole answer, empty when there was more than was read.
    ``asked`` is a date and time of UTC as ISO 8601 has it."""

    name: str
    query: str
    question: str
    values: Mapping[str, str]
    asked: str
    version: int
    tag: str
    kind: str
    data: str
    is_cut: bool
    digest: str


class KeptAnswers:
    """The kept answers of an installation, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, answer: Kept) -> Kept:
        """Keep an answer; one that is kept already stays as it was. Raises :class:`NotKept`."""
        known = self.find(answer.name)
        if known is not None:
            return known
        if len(answer.query) > MAX_QUERY or len(answer.data) > MAX_ANSWER:
            raise NotKept("the query or its answer is too large to be kept")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if sum(1 for _ in self.folder.glob("*.json")) >= MOST:
                raise NotKept("this installation keeps no more answers")
            write_json(self._path(answer.name), asdict(answer))
        except OSError as error:
            raise NotKept(f"this installation cannot keep answers: {error.strerror}") from error
        return answer

    def find(self, name: str) -> Kept | None:
        """The kept answer of a name, or ``None``."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return Kept(**json.loads(self._path(name).read_text("utf-8")))
        except FileNotFoundError:
            return None

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def name_of(query: str, tag: str) -> str:
    """The name under which a query and the state of the data it was asked at are kept."""
    return hashlib.sha256(f"{tag}\0{query}".encode()).hexdigest()[:16]


def digest_of(kind: str, data: bytes) -> str:
    """What tells two answers apart: over their rows or triples, whatever their order."""
    if kind == "graph":
        lines = sorted(data.decode().splitlines())
    else:
        found = json.loads(data)
        bindings = found.get("results", {}).get("bindings", [])
        lines = [json.dumps(found.get("boolean")), *sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in bindings)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def first_rows(kind: str, data: bytes) -> str:
    """The part of an answer that is kept to be shown."""
    if kind == "graph":
        return "".join(data.decode().splitlines(keepends=True)[:ROWS])
    found = json.loads(data)
    if "results" in found:
        found["results"]["bindings"] = found["results"]["bindings"][:ROWS]
    return json.dumps(found, ensure_ascii=False)
