"""What graphs say, counted: statements read as text, one a line, whose terms stay as N-Triples writes them."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import compress
from operator import itemgetter

from kg.shacl.isolation import NotIsolated
from kg.shacl.vocabulary import TYPE

_A = str(TYPE)
_ADDRESS = re.compile(r"<[^>\\]*>")
_KEPT = 32
"""Texts of which the statements are kept: those of a batch are asked for twice."""


@dataclass(frozen=True)
class Columns:
    """Statements: subjects, properties and values, in step."""

    subjects: tuple[str, ...]
    properties: tuple[str, ...]
    values: tuple[str, ...]


@lru_cache(maxsize=_KEPT)
def split(ntriples: bytes) -> Columns | None:
    """The statements of a text that has one a line, in the plain way: one space between terms, no comments; ``None`` of any other."""
    text = ntriples.decode()
    if not text:
        return Columns((), (), ())
    lines = (text if text.endswith("\n") else f"{text}\n").split(" .\n")
    parts = [line.split(" ", 2) for line in lines[:-1]]
    if lines[-1] or set(map(len, parts)) != {3}:
        return None
    return Columns(*zip(*parts, strict=True))


def columns(ntriples: bytes) -> Columns:
    """The statements of a text.

    Raises :class:`NotIsolated` for blank nodes and for what is not written in the plain way (:func:`split`), without escapes in addresses.
    """
    found = split(ntriples)
    if found is None:
        raise NotIsolated("statements that are not one a line")
    addresses = {*found.subjects, *found.properties, *(value for value in set(found.values) if value[0] != '"')}
    for address in addresses:
        if not _ADDRESS.fullmatch(address):
            raise NotIsolated("blank nodes" if address.startswith("_:") else f"{address} is not written plainly")
    return found


@dataclass
class Facts:
    """How often properties are used and values stand anywhere; which subjects have which properties, and properties which values;
    classes with their direct instances."""

    uses: Counter[str] = field(default_factory=Counter)
    value_uses: Counter[str] = field(default_factory=Counter)
    having: set[tuple[str, str]] = field(default_factory=set)
    led: set[tuple[str, str]] = field(default_factory=set)
    instances: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, found: Columns) -> None:
        """Different statements."""
        self.uses.update(found.properties)
        self.value_uses.update(found.values)
        self.having.update(zip(found.subjects, found.properties, strict=True))
        self.led.update(zip(found.properties, found.values, strict=True))
        for subject, value in compress(zip(found.subjects, found.values, strict=True), map(_A.__eq__, found.properties)):
            self.instances[value].add(subject)

    @cached_property
    def bearers(self) -> Counter[str]:
        """How many subjects have a property, when all is added."""
        return Counter(map(itemgetter(1), self.having))

    @cached_property
    def values(self) -> dict[str, set[str]]:
        """The values of properties, when all is added."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, value in self.led:
            found[name].add(value)
        return found
