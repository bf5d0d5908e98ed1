"""What a disclosure is validated against beside itself: the code lists, cut down to what it mentions."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Self

import pyoxigraph as ox

from kg.iri import normal
from kg.shacl.facts import split
from kg.terms import ONTOLOGY_BASE, TERMS
from kg.validate.rules import Bilingual

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_ALWAYS_NEEDED = (f"{_SKOS}ConceptScheme", f"{TERMS}WordClass")
"""Classes whose instances every disclosure is held against: no disclosure mentions them."""
_PRINTED_NAMES = (f"<{TERMS}printedLabel>", f"<{TERMS}normalLabel>")
_ECONOMIC = f"{ONTOLOGY_BASE}code/economic/"
_COLUMN_SCHEMES = ("expenditure-type", "fund-source", "line-item", "economic/2018", "functional/2024")
_TOTAL = Bilingual("合计", "total")


@dataclass(frozen=True)
class Context:
    """Code lists as N-Triples lines by concept. One is made for many validations; it is never changed.

    ``schemes`` holds the lists themselves and the word classes, ``by_notation`` which concepts bear a code,
    ``by_name`` which economic codes bear a name (functional codes share theirs by the hundred).
    """

    lines: dict[str, str]
    broader: dict[str, frozenset[str]]
    by_notation: dict[str, frozenset[str]]
    by_name: dict[str, frozenset[str]]
    schemes: frozenset[str]
    names: dict[str, Bilingual]

    @cached_property
    def digest(self) -> str:
        """Identifies what the lists say."""
        return hashlib.sha256("".join(self.lines[subject] for subject in sorted(self.lines)).encode()).hexdigest()

    @classmethod
    def load(cls, files: Iterable[Traversable | Path], vocabulary: Iterable[Traversable | Path] = ()) -> Self:
        """Read Turtle files: code lists (``kg.resources.code_list_files``), and the ontology for the names of its classes."""
        triples = (quad.triple for file in files for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE))
        lists = cls.of(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
        return replace(lists, names=lists.names | _class_names(vocabulary))

    @classmethod
    def of(cls, ntriples: bytes) -> Self:
        """From N-Triples, one statement a line; statements about blank nodes are left out."""
        lines: dict[str, list[str]] = defaultdict(list)
        broader: dict[str, set[str]] = defaultdict(set)
        notations: dict[str, set[str]] = defaultdict(set)
        names: dict[str, dict[str, str]] = defaultdict(dict)
        bearers: dict[str, set[str]] = defaultdict(set)
        schemes: set[str] = set()
        for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES):
            if not isinstance(quad.subject, ox.NamedNode):
                continue
            subject, predicate, value = quad.subject.value, quad.predicate.value.removeprefix(_SKOS), quad.object
            lines[subject].append(f"{quad.triple} .\n")
            if isinstance(value, ox.NamedNode):
                if predicate == "broader":
                    broader[subject].add(value.value)
                elif value.value in _ALWAYS_NEEDED:
                    schemes.add(subject)
            elif isinstance(value, ox.Literal):
                if predicate == "notation":
                    notations[value.value].add(subject)
                elif predicate == "prefLabel" and value.language:
                    names[subject][value.language] = value.value
                if predicate in ("prefLabel", "altLabel") and subject.startswith(_ECONOMIC):
                    bearers[normal(value.value)].add(subject)
        return cls(
            {subject: "".join(found) for subject, found in lines.items()},
            {subject: frozenset(found) for subject, found in broader.items()},
            {notation: frozenset(found) for notation, found in notations.items()},
            {name: frozenset(found) for name, found in bearers.items()},
            frozenset(schemes),
            {subject: Bilingual(found.get("zh", ""), found.get("en", "")) for subject, found in names.items()},
        )

    def needed(self, data: bytes) -> bytes:
        """The lists' own statements, and those about the concepts that ``data`` mentions or prints and what is above them."""
        wanted = set(self.schemes)
        said = split(data)
        assert said is not None, "a graph of a disclosure has one statement a line"
        values = set(said.values)
        wanted.update(value[1:-1] for value in values)
        for code in {value[1:-1] for value in values if value[0] == '"'}:
            if code.isdigit():
                wanted |= self.by_notation.get(code, frozenset())
        printed = {value for name, value in zip(said.properties, said.values, strict=True) if name in _PRINTED_NAMES and value[0] == '"'}
        for value in printed:
            wanted |= self.by_name.get(normal(value.split('"', 2)[1]), frozenset())
        level = wanted
        while level := {above for concept in level for above in self.broader.get(concept, ())} - wanted:
            wanted |= level
        return "".join(self.lines[subject] for subject in sorted(wanted & self.lines.keys())).encode()

    def name(self, thing: str) -> Bilingual:
        """The names of a concept by its address, or of a row or column key; empty when no list has it."""
        if thing.startswith(ONTOLOGY_BASE):
            return self.names.get(thing, Bilingual())
        if thing == "total":
            return _TOTAL
        key = thing.removeprefix("economic-").replace(":", "-")
        found = (self.names.get(f"{ONTOLOGY_BASE}code/{scheme}/{key}") for scheme in _COLUMN_SCHEMES)
        return next((name for name in found if name), Bilingual())


def _class_names(files: Iterable[Traversable | Path]) -> dict[str, Bilingual]:
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for file in files:
        for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE):
            subject, value = quad.subject, quad.object
            if isinstance(subject, ox.NamedNode) and isinstance(value, ox.Literal) and quad.predicate.value == _LABEL and value.language:
                names[subject.value][value.language] = value.value
    return {subject: Bilingual(found.get("zh", ""), found.get("en", "")) for subject, found in names.items()}
