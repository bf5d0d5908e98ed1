"""What graphs say, counted: statements read as text, one a line, whose terms stay as N-Triples writes them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.shacl.isolation import NotIsolated
from kg.shacl.vocabulary import TYPE

A = str(TYPE)
_ADDRESS = re.compile(r"<[^>\\]*>")
Row = tuple[str, str, str]


def rows(ntriples: bytes) -> list[Row]:
    """Subject, property and value of every statement.

    Raises :class:`NotIsolated` for blank nodes and for what is not written in the plain way: one space between terms, no escapes in
    addresses, no comments.
    """
    lines = ntriples.decode().removesuffix("\n").split("\n") if ntriples else []
    parts = [line.split(" ", 2) for line in lines]
    if any(len(part) != 3 or part[2][-2:] != " ." for part in parts):
        raise NotIsolated("statements that are not one a line")
    found = [(subject, name, value[:-2]) for subject, name, value in parts]
    addresses = {part for row in found for part in row[:2]} | {value for _, _, value in found if value[0] != '"'}
    for address in addresses:
        if not _ADDRESS.fullmatch(address):
            raise NotIsolated("blank nodes" if address.startswith("_:") else f"{address} is not written plainly")
    return found


@dataclass(frozen=True)
class Facts:
    """Properties with the subjects that have them, with their different values, and with how often they are used; values with how often
    they stand anywhere; classes with their direct instances."""

    subjects: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    values: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    uses: Counter[str] = field(default_factory=Counter)
    value_uses: Counter[str] = field(default_factory=Counter)
    instances: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, found: Iterable[Row]) -> None:
        """Different statements."""
        found = tuple(found)
        if not found:
            return
        subjects, properties, values = zip(*found, strict=True)
        self.uses.update(properties)
        self.value_uses.update(values)
        for subject, name in set(zip(subjects, properties, strict=True)):
            self.subjects[name].add(subject)
        for name, value in set(zip(properties, values, strict=True)):
            self.values[name].add(value)
        for subject, name, value in found:
            if name == A:
                self.instances[value].add(subject)
