"""Code lists as the extractor needs them: labels by notation and notations by label. The Turtle is the source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from itertools import product

import pyoxigraph as ox

from kg.iri import normal

_SKOS = "http://www.w3.org/2004/02/skos/core#"


@dataclass(frozen=True)
class CodeList:
    """One list: ``labels`` maps a notation to its names, the preferred zh one first."""

    name: str
    labels: dict[str, tuple[str, ...]]

    @cached_property
    def item_paths(self) -> dict[tuple[str, ...], str]:
        """Item codes (seven digits) by the normalised names of class, section and item; a path that two codes have is left out."""
        return item_paths(self.labels, self.labels)

    @cached_property
    def by_label(self) -> dict[str, tuple[str, ...]]:
        """Normalised label → notations that bear it, sorted."""
        found: dict[str, set[str]] = {}
        for notation, names in self.labels.items():
            for label in names:
                found.setdefault(normal(label), set()).add(notation)
        return {label: tuple(sorted(notations)) for label, notations in found.items()}


def item_paths(codes: Iterable[str], names: Mapping[str, Iterable[str]]) -> dict[tuple[str, ...], str]:
    """The paths of names that lead to the item codes among ``codes``; a path that two codes have is left out."""
    paths: dict[tuple[str, ...], set[str]] = {}
    for code in codes:
        if len(code) == 7:
            levels = ([normal(name) for name in names.get(part, ())] for part in (code[:3], code[:5], code))
            for path in product(*levels):
                paths.setdefault(path, set()).add(code)
    return {path: found.pop() for path, found in paths.items() if len(found) == 1}


def read_code_list(name: str, turtle: bytes) -> CodeList:
    """Read a list from Turtle. Concepts without a notation are left out."""
    notations: dict[str, str] = {}
    preferred: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE):
        if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.Literal):
            continue
        subject, value = quad.subject.value, quad.object
        if quad.predicate.value == f"{_SKOS}notation":
            notations[subject] = value.value
        elif quad.predicate.value == f"{_SKOS}prefLabel" and value.language == "zh":
            preferred[subject] = value.value
        elif quad.predicate.value == f"{_SKOS}altLabel" and value.language in ("zh", None):
            others.setdefault(subject, []).append(value.value)
    return CodeList(
        name,
        {
            notation: tuple(([preferred[subject]] if subject in preferred else []) + sorted(others.get(subject, [])))
            for subject, notation in sorted(notations.items(), key=lambda item: item[1])
        },
    )


@dataclass(frozen=True)
class Codes:
    """The lists that extraction reads."""

    functional: CodeList
    economic: CodeList
    regions: CodeList

    @cached_property
    def labels(self) -> frozenset[str]:
        """Every name of a functional or economic code."""
        return frozenset(label for scheme in (self.functional, self.economic) for labels in scheme.labels.values() for label in labels)

    def scheme(self, name: str) -> CodeList:
        """``functional`` or ``economic``."""
        return self.economic if name == "economic" else self.functional


def load_codes(sources: Iterable[Traversable]) -> Codes:
    """Pick the lists by file name among the code list files (``kg.resources.code_list_files``)."""
    lists: dict[str, CodeList] = {}
    for source in sources:
        for wanted in ("functional", "economic", "regions"):
            if source.name.startswith(wanted):
                lists[wanted] = read_code_list(source.name.removesuffix(".ttl"), source.read_bytes())
    return Codes(lists["functional"], lists["economic"], lists["regions"])


def region_of(issuer: str, regions: CodeList, jurisdiction: str = "") -> str:
    """The GB/T 2260 code of the region whose name begins the issuer's, longest name first; empty when none or not one.

    A name that several regions bear (鼓楼区) is settled by a longer name before it (南京市鼓楼区) or by ``jurisdiction``, the
    digits that the code must begin with; else it is left open.
    """
    name = normal(issuer)
    context: tuple[str, ...] = (jurisdiction,) if jurisdiction else ()
    best = ""
    while True:
        longest = next((name[:size] for size in range(min(len(name), 20), 1, -1) if name[:size] in regions.by_label), "")
        if not longest:
            return best
        codes = regions.by_label[longest]
        inside = tuple(code for code in codes if not context or any(code.startswith(_stem(outer)) for outer in context))
        if not inside:
            return best
        best = inside[0] if len(inside) == 1 else ""
        context = inside
        name = name[len(longest) :]


def _stem(code: str) -> str:
    """The part of a region code that its children share: 650000 → 65, 653000 → 6530, 653022 → itself."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
