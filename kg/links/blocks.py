"""Parts of the graph of links that are made together: their links, with what people decided of them, and what follows from these."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kg import iri
from kg.iri import Minter
from kg.links.decisions import Decision
from kg.links.model import Kind, Link
from kg.links.register import Linked
from kg.links.words import told
from kg.ntriples import decimal, text
from kg.ntriples import iri as ref
from kg.terms import PREFIXES, TERMS

TYPE = f"{PREFIXES['rdf']}type"
LABEL = f"{PREFIXES['rdfs']}label"
_DERIVED = f"{PREFIXES['prov']}wasDerivedFrom"
_NAMED = (Kind.VARIANT, Kind.INDICATOR)
"""Links whose second end is a name, not a thing."""


class Blocks:
    """Blocks being made. A block is named by what it is of (:mod:`kg.links.rematching`)."""

    def __init__(self, minter: Minter, decisions: Mapping[str, Decision]) -> None:
        self._minter, self._decisions = minter, decisions
        self.made: dict[str, tuple[set[str], list[Linked]]] = {}
        """Block → the lines of its N-Triples, and its links."""

    def begin(self, blocks: Iterable[str]) -> None:
        """These are made anew: what is not said of them from now on is no more."""
        for block in blocks:
            self.made.setdefault(block, (set(), []))

    def decided(self, block: str, links: Iterable[Link]) -> Iterator[Link]:
        """The links with what people decided, each written down."""
        for link in links:
            address = self._minter.link(link.kind, link.first, link.second)
            decision = self._decisions.get(address)
            decided = replace(link, status=decision.status) if decision else link
            self._write(block, address, decided, decision)
            self.made[block][1].append((address, decided.kind, decided.status))
            yield decided

    def add(self, block: str, subject: str, predicate: str, *values: str) -> None:
        """State something; the predicate is an IRI."""
        lines, _ = self.made.setdefault(block, (set(), []))
        lines.update(f"{ref(subject)} {ref(predicate)} {value} .\n" for value in values)

    def say(self, block: str, subject: str, name: str, *values: str) -> None:
        """State something by a property of this ontology."""
        self.add(block, subject, f"{TERMS}{name}", *values)

    def join(self, block: str, link: Link, name: str) -> None:
        """State what a link that is used joins."""
        if link.status.is_used:
            self.say(block, link.first, name, ref(link.second))

    def _write(self, block: str, address: str, link: Link, decision: Decision | None) -> None:
        chinese, english = told(link.reasons)
        self.add(block, address, TYPE, ref(f"{TERMS}Link"))
        self.say(block, address, "linkKind", ref(iri.code("link-kind", link.kind)))
        self.say(block, address, "linkFrom", ref(link.first))
        self.say(block, address, *(("linkedName", text(link.second)) if link.kind in _NAMED else ("linkTo", ref(link.second))))
        self.say(block, address, "linkMethod", ref(iri.code("link-method", link.method)))
        self.say(block, address, "linkStatus", ref(iri.code("link-status", link.status)))
        self.say(block, address, "confidence", decimal(link.confidence))
        self.say(block, address, "evidence", text(chinese, "zh"), text(english, "en"))
        if decision and decision.note:
            self.say(block, address, "evidence", text(decision.note))
        self.add(block, address, _DERIVED, *map(ref, link.sources))
