"""What a rule over several disclosures sees beside the one that is validated.

The rule names a property (``budget:sees``). Of every other current disclosure it sees the things that share a value of that
property with the disclosure (citations of the same document), and what the other says of itself; where the disclosures
themselves share it (their department), the whole graph. The others are not typed as disclosures: the rule is about one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kg.iri import Minter
from kg.store import Reader, named_rows
from kg.terms import TERMS
from kg.validate.rules import RuleSet

_TYPE_OF_DISCLOSURE = f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{TERMS}Disclosure> ."


@dataclass(frozen=True)
class Neighbourhood:
    """N-Triples of others, and these disclosures: address → hash and file name."""

    data: bytes
    disclosures: Mapping[str, tuple[str, str]]


class Neighbours:
    """The disclosures of a store as they see each other. Who they are is read once: it must not change meanwhile."""

    def __init__(self, store: Reader, minter: Minter, properties: Iterable[str]) -> None:
        """``properties``: those that rules see others by (IRIs)."""
        self._store = store
        self._minter = minter
        self._marks = tuple(f" <{one}> " for one in properties)
        self._kept: dict[str, dict[str, list[str]]] = {}

    def of(self, sha256: str, joined_by: str) -> Neighbourhood:
        """What a disclosure's rules see of the others that this property joins with it."""
        things: dict[str, set[str]] = {}
        disclosures: dict[str, tuple[str, str]] = {}
        for graph, thing in self._joined(sha256, joined_by):
            known = self._known[graph]
            things.setdefault(graph, {known["disclosure"]}).add(thing)
            disclosures[known["disclosure"]] = (known["sha256"], known["file"])
        whole = joined_by == f"{TERMS}department"
        lines: list[str] = []
        for graph, subjects in things.items():
            if whole:
                lines += self._lines(graph)
            else:
                said = self._sharing(graph)
                lines += sorted(line for subject in subjects for line in said.get(subject, ()))
        return Neighbourhood("".join(lines).encode(), disclosures)

    def _lines(self, graph: str) -> list[str]:
        """A graph as sorted N-Triples, its disclosure without its type."""
        dumped = self._store.dump(graph).decode().splitlines(keepends=True)
        return [line for line in dumped if not line.rstrip().endswith(_TYPE_OF_DISCLOSURE)]

    def _sharing(self, graph: str) -> Mapping[str, Sequence[str]]:
        """The things of a graph that have one of the properties, and its disclosure, with the lines about them. Kept: a law that all
        cite joins everybody with everybody, and each graph would be read once for every other one."""
        if graph not in self._kept:
            lines = self._lines(graph)
            having = {line.partition(" ")[0] for line in lines if any(mark in line for mark in self._marks)}
            found: dict[str, list[str]] = {subject[1:-1]: [] for subject in having | {f"<{self._known[graph]['disclosure']}>"}}
            for line in lines:
                if (subject := line.partition(" ")[0][1:-1]) in found:
                    found[subject].append(line)
            self._kept[graph] = found
        return self._kept[graph]

    def and_neighbours(self, hashes: Sequence[str], rules: RuleSet) -> list[str]:
        """These hashes, and those of the disclosures that some rule sees from one of them."""
        found = dict.fromkeys(hashes)
        for joined_by in sorted({rule.sees for rule in rules} - {""}):
            for sha256 in hashes:
                found |= dict.fromkeys(self._known[graph]["sha256"] for graph, _ in self._joined(sha256, joined_by))
        return list(found)

    @cached_property
    def _known(self) -> Mapping[str, Mapping[str, str]]:
        """Graph → its disclosure, hash and file name."""
        return {row["graph"]: row for row in named_rows(self._store, "graphs-of-disclosures")}

    def _joined(self, sha256: str, joined_by: str) -> Iterator[tuple[str, str]]:
        """Graphs of other disclosures with the things there, one after another."""
        bindings = {"own": ox.NamedNode(self._minter.disclosure_graph(sha256)), "property": ox.NamedNode(joined_by)}
        for row in named_rows(self._store, "neighbours", bindings):
            if row["graph"] in self._known:
                yield row["graph"], row["thing"]
