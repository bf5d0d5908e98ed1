"""Faults of wording: blocks whose text is printed otherwise than the form has it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kg.samples.blocks import Block, Entry, Heading, Paragraph, Table
from kg.samples.facts import Misprint, Printed


def misprinted(blocks: Iterable[Block], misprints: Sequence[Misprint]) -> Iterator[Block]:
    """The blocks with every misprint made. Raises :class:`ValueError` when the text of one is not there."""
    press = _Press(misprints)
    for block in blocks:
        yield from press.printed(block)
    for misprint in misprints:
        if press.seen[misprint] <= misprint.skip:
            raise ValueError(f"no {misprint.part} reads {misprint.text!r} {misprint.skip + 1} times")


class _Press:
    """Prints block after block, and counts how often each misprinted text has come."""

    def __init__(self, misprints: Sequence[Misprint]) -> None:
        self._misprints = misprints
        self._under = ""
        self.seen: Counter[Misprint] = Counter()

    def printed(self, block: Block) -> Iterator[Block]:
        """The block as printed; nothing where it is left out."""
        match block:
            case Heading(text) | Paragraph(text) | Entry(text):
                changed = self._text(text, Printed.TEXT)
                if isinstance(block, Heading):
                    self._under = text
                if changed or not text:
                    yield block if changed == text else replace(block, text=changed)
            case Table(head, rows):
                labels = tuple(tuple(replace(label, text=self._text(label.text, Printed.HEAD)) for label in line) for line in head)
                cells = tuple(replace(row, cells=tuple(self._text(cell, Printed.CELL) for cell in row.cells)) for row in rows)
                yield Table(labels, cells)
            case _:
                yield block

    def _text(self, text: str, part: Printed) -> str:
        """The text, or what is printed instead; a label may be wrapped by spaces."""
        plain = text.replace(" ", "") if part is Printed.HEAD else text
        printed = text
        for misprint in self._misprints:
            if (misprint.part, misprint.text) == (part, plain) and misprint.under in ("", self._under):
                self.seen[misprint] += 1
                printed = misprint.instead if self.seen[misprint] == misprint.skip + 1 else printed
        return printed
