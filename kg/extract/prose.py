"""Running text as one string without white space, each character leading back to its place in the source.

Publishers insert spaces around digits, wrap lines and break pages inside sentences; patterns are therefore matched on
text from which all of that is gone, and every match is traced back to the printed characters.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from kg.document import Document, Line, Span

# Full-width forms, brackets and punctuation that mean the same, one character for one character (no NFKC: lengths must hold).
_WIDTH = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {
        "〔": "[",
        "〕": "]",
        "【": "[",
        "】": "]",
        "［": "[",
        "］": "]",
        "﹝": "[",
        "﹞": "]",
        "“": '"',
        "”": '"',
        "＂": '"',
        "‘": "'",
        "’": "'",
        "—": "-",
        "－": "-",
        "–": "-",
        "·": "·",
    }
)
_WORD = re.compile(r"\S+")
_MARKUP = re.compile(r"</?[a-z]+>|\*\*|^#{1,6}\s")


def unify(text: str) -> str:
    """One width and one kind of bracket and quote for every character that has several; the length stays the same."""
    return text.translate(_WIDTH)


@dataclass(frozen=True)
class Prose:
    """``text`` has no white space and no markup and is unified; ``offsets[i]`` is where character ``i`` stands in the source.

    ``lines`` are the source line numbers at ``line_starts`` (positions in ``text``).
    """

    text: str
    offsets: tuple[int, ...]
    line_starts: tuple[int, ...]
    lines: tuple[int, ...]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "Prose":
        """The prose of some lines, in their order; markdown marks and inline tags are left out."""
        words: list[str] = []
        offsets: list[int] = []
        line_starts: list[int] = []
        numbers: list[int] = []
        for line in lines:
            line_starts.append(len(offsets))
            numbers.append(line.span.line)
            shown = _MARKUP.sub(lambda match: " " * len(match.group()), line.text)
            for word in _WORD.finditer(shown):
                words.append(word.group())
                offsets.extend(range(line.span.start + word.start(), line.span.start + word.end()))
        return cls(unify("".join(words)), tuple(offsets), tuple(line_starts), tuple(numbers))

    @classmethod
    def of_document(cls, document: Document) -> "Prose":
        """All running text of a document, grids left out."""
        return cls.of(document.lines())

    def span(self, start: int, end: int) -> Span:
        """Where ``text[start:end]`` (not empty) was printed."""
        line = self.lines[bisect_right(self.line_starts, start) - 1]
        return Span(line, self.offsets[start], self.offsets[end - 1] + 1)
