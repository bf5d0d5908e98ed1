"""What a disclosure is validated against beside itself: the code lists, cut down to what it mentions."""
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Self

import pyoxigraph as ox

from kg.terms import ONTOLOGY_BASE
from kg.validate.rules import Bilingual

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_LINE = re.compile(rb"<([^>]*)> <([^>]*)> (?:<([^>]*)>|(.*)) \.")
_MENTIONED = re.compile(rb"<([^>]*)>|printedCode> \"([^\"]*)\"")
_COLUMN_SCHEMES = ("expenditure-type", "fund-source", "line-item", "economic/2018", "functional/2024")


@dataclass(frozen=True)
class Context:
    """Code lists as N-Triples lines by concept. One is made for many validations; it is never changed.

    ``schemes`` holds what the lists say of themselves, ``by_notation`` which concepts bear a code.
    """

    lines: dict[bytes, bytes]
    broader: dict[bytes, frozenset[bytes]]
    by_notation: dict[bytes, frozenset[bytes]]
    schemes: frozenset[bytes]
    names: dict[str, Bilingual]

    @classmethod
    def load(cls, files: Iterable[Traversable | Path]) -> Self:
        """Read Turtle files (``kg.resources.code_list_files``)."""
        triples = (quad.triple for file in files for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE))
        return cls.of(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")

    @classmethod
    def of(cls, ntriples: bytes) -> Self:
        """From N-Triples, one statement a line; statements about blank nodes are left out."""
        lines: dict[bytes, list[bytes]] = defaultdict(list)
        broader: dict[bytes, set[bytes]] = defaultdict(set)
        notations: dict[bytes, set[bytes]] = defaultdict(set)
        schemes: set[bytes] = set()
        words: dict[str, dict[str, str]] = defaultdict(dict)
        for line in ntriples.splitlines(keepends=True):
            match = _LINE.match(line)
            if match is None:
                continue
            subject, predicate, resource, literal = match.groups()
            lines[subject].append(line)
            name = predicate.decode().removeprefix(_SKOS)
            if name == "broader":
                broader[subject].add(resource)
            elif name == "notation":
                notations[literal.strip(b'"')].add(subject)
            elif name == "prefLabel":
                text, _, language = literal.decode().rpartition("@")
                words[subject.decode()][language] = text.strip('"')
            elif resource == f"{_SKOS}ConceptScheme".encode():
                schemes.add(subject)
        return cls(
            {subject: b"".join(found) for subject, found in lines.items()},
            {subject: frozenset(found) for subject, found in broader.items()},
            {notation: frozenset(found) for notation, found in notations.items()},
            frozenset(schemes),
            {subject: Bilingual(found.get("zh", ""), found.get("en", "")) for subject, found in words.items()},
        )

    def needed(self, data: bytes) -> bytes:
        """The lists' own statements, and those about the concepts that ``data`` mentions or prints and what is above them."""
        wanted = set(self.schemes)
        for address, code in _MENTIONED.findall(data):
            wanted |= self.by_notation.get(code, frozenset()) if code else {address}
        level = wanted
        while level := {above for concept in level for above in self.broader.get(concept, ())} - wanted:
            wanted |= level
        return b"".join(self.lines[subject] for subject in sorted(wanted & self.lines.keys()))

    def name(self, thing: str) -> Bilingual:
        """The names of a concept by its address, or of a row or column key; empty when no list has it."""
        if thing.startswith(ONTOLOGY_BASE):
            return self.names.get(thing, Bilingual())
        key = {"total": "all"}.get(thing, thing.removeprefix("economic-").replace(":", "-"))
        found = (self.names.get(f"{ONTOLOGY_BASE}code/{scheme}/{key}") for scheme in _COLUMN_SCHEMES)
        return next((name for name in found if name), Bilingual())
