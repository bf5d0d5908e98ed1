"""From text to the words of the index: two characters at a time for Chinese, whole words for the rest.

SQLite's own trigram tokenizer finds nothing, silently, for words of one or two characters; most Chinese words have two.
"""

import re
import unicodedata
from collections.abc import Iterator

_RUN = re.compile(r"[⺀-鿿豈-﫿]+|[0-9a-z]+")
_QUOTES = re.compile("[“”‘’'\"「」]")
"""“三公”经费 is found as 三公经费."""
_HAN = re.compile(r"[⺀-鿿豈-﫿]")


def words(text: str) -> str:
    """What is indexed: 三公经费 2026 → ``三公 公经 经费 费 2026``. The last character of a run stands alone too, so that a search
    for one character is a search for what begins with it."""
    return " ".join(word for run in _runs(text) for word in _of_run(run))


def match(text: str) -> str:
    """The FTS5 expression that finds all runs of a text, each as it stands; empty when there is nothing to look for."""
    return " AND ".join(_phrase(run) for run in _runs(text))


def _runs(text: str) -> Iterator[str]:
    plain = _QUOTES.sub("", unicodedata.normalize("NFKC", text).lower())
    return (found.group() for found in _RUN.finditer(plain))


def _of_run(run: str) -> list[str]:
    if not _HAN.match(run):
        return [run]
    return [run[start : start + 2] for start in range(len(run))]


def _phrase(run: str) -> str:
    if not _HAN.match(run) or len(run) == 1:
        return f'"{run}"*'
    return '"' + " ".join(run[start : start + 2] for start in range(len(run) - 1)) + '"'
