"""Breaking text into lines as printers do: between any two characters, but never within a number."""

import unicodedata
from collections.abc import Iterator


def wrapped(text: str, width: int) -> Iterator[str]:
    """Lines of at most ``width`` columns."""
    line = ""
    for piece in pieces(text):
        if line and columns(line) + columns(piece) > width:
            yield line.rstrip()
            line = ""
        line += piece.lstrip() if not line else piece
    if line.strip():
        yield line.rstrip()


def pieces(text: str) -> Iterator[str]:
    """Single characters, a number being one piece."""
    number = ""
    for character in text:
        if character.isascii() and (character.isdigit() or character in ".,"):
            number += character
            continue
        if number:
            yield number
            number = ""
        yield character
    if number:
        yield number


def columns(text: str) -> int:
    """The width of a text, a Chinese character counting two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
