"""The graph of links: made anew from the documents and the decisions, or brought up to date with those that changed.

Both are one way: what is found again is what shares a block (a region, a department under all its names, a notice with its grant, names of
an indicator a slip apart) with something that changed, and at first everything did. The same documents and decisions give the same quads.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from kg.iri import Minter
from kg.links.blocks import Blocks
from kg.links.decisions import read_decisions
from kg.links.model import Kind, Status
from kg.links.notices import grant_of, says_money
from kg.links.reading import Regions, Said, read_regions, read_said
from kg.links.register import Handle, Register
from kg.links.rematching import Rematching, Touched
from kg.program import program
from kg.store import Journal, Reader, Writer

GRAPH = "links"
_REGISTER = "LINKS"
_MANY = 4
"""Where more than one in so many disclosures changed, all of them are read at once."""


@dataclass(frozen=True)
class Built:
    """How many links of each kind and status there are, and whether the graph changed."""

    counts: Mapping[tuple[Kind, Status], int]
    changed: bool


def build_links(store: Writer, minter: Minter, *, anew: bool = False) -> Built:
    """Bring the graph of links up to date. ``anew``: from all documents, whatever is known of those that changed."""
    journal = store.journal
    with Register(journal.beside(_REGISTER) if journal else None) as register:
        making = _Making(store, minter, register)
        changed = None if anew or journal is None else making.changed(journal)
        if changed is None or journal is None:
            data = making.everything()
            done = not store.holds(minter.graph(GRAPH), data)
            if done:
                store.replace_graphs({minter.graph(GRAPH): data})
        else:
            gone, new = making.what_changed(changed)
            done = bool(gone or new)
            if done:
                journal.note_everything()  # broken off between the store and the register, all is made anew
                store.amend(minter.graph(GRAPH), gone, new)
        register.commit()
        if journal:
            journal.settle()
        return Built(making.counts(), done)


def links_anew(store: Reader, minter: Minter) -> bytes:
    """What the graph of links has to be, as N-Triples, by all documents and decisions."""
    with Register(None) as register:
        return _Making(store, minter, register).everything()


def links_due(journal: Journal, minter: Minter) -> bool:
    """Whether documents have changed, as far as is known, and the links may not say so yet."""
    names = journal.graphs()
    prefixes = (minter.graph("disclosure/"), minter.graph("codes/"))
    return names is None or not journal.beside(_REGISTER).exists() or any(name.startswith(prefixes) for name in names)


class _Making:
    """One making of the graph, over a register."""

    def __init__(self, store: Reader, minter: Minter, register: Register) -> None:
        self._store, self._minter, self._register = store, minter, register
        self._decisions = read_decisions(store)
        self._touched = Touched()

    def changed(self, journal: Journal) -> Collection[str] | None:
        """The graphs of disclosures that changed since the register was written; ``None`` where that is not known, or many did."""
        names = journal.graphs()
        codes, prefix = self._minter.graph("codes/"), self._minter.graph("disclosure/")
        if names is None or self._register.about("maker") != self._maker() or any(name.startswith(codes) for name in names):
            return None
        there = {name for name in self._store.graphs() if name.startswith(prefix)}
        known = {self._minter.graph(source) for source in self._register.sources("disclosure")}
        changed = {name for name in names if name.startswith(prefix)} | (there ^ known)
        return None if len(changed) * _MANY > len(there) else changed

    def everything(self) -> bytes:
        """Everything matched anew; the graph as N-Triples."""
        self._register.clear()
        regions = read_regions(self._store)
        self._register.note("regions", regions.text())
        for disclosure, said in sorted(read_said(self._store, self._minter, regions).items()):
            self._keep(disclosure, said)
        self._rematch(regions)
        return "".join(self._register.lines()).encode()

    def what_changed(self, graphs: Collection[str]) -> tuple[bytes, bytes]:
        """What shares a block with these graphs, or with decisions that changed, matched again; the N-Triples that go and that come."""
        regions = Regions.of_text(self._register.about("regions"))
        for graph in sorted(graphs):
            self._touched.by(self._register.forget(graph.removeprefix(self._minter.graph(""))))
            for disclosure, said in read_said(self._store, self._minter, regions, graph).items():
                self._keep(disclosure, said)
        before = json.loads(self._register.about("decisions"))
        now = self._decided()
        for block in self._register.blocks_of({link for link in before.keys() | now.keys() if before.get(link) != now.get(link)}):
            self._touched.block(block)
        gone, new = self._rematch(regions)
        return "".join(sorted(gone)).encode(), "".join(sorted(new)).encode()

    def counts(self) -> dict[tuple[Kind, Status], int]:
        return {(Kind(kind), Status(status)): number for kind, status, number in self._register.linked()}

    def _rematch(self, regions: Regions) -> tuple[set[str], set[str]]:
        blocks = Blocks(self._minter, self._decisions)
        Rematching(self._store, self._minter, regions, self._register, blocks).run(self._touched)
        self._register.note("maker", self._maker())
        self._register.note("decisions", json.dumps(self._decided()))
        return self._register.replace(blocks.made)

    def _maker(self) -> str:
        return f"{program()} {self._minter.base}"

    def _decided(self) -> dict[str, list[str]]:
        return {link: [decision.status, decision.note] for link, decision in self._decisions.items()}

    def _keep(self, disclosure: str, said: Said) -> None:
        """Write down what a disclosure says, and what it touches."""
        source = disclosure.removeprefix(self._minter.base)

        def keep(kind: str, data: dict[str, Any], *handles: Handle) -> None:
            self._register.keep(source, kind, data, handles)
            self._touched.by((kind, *handle) for handle in handles if handle[1])

        keep("disclosure", {})
        for appearance in said.appearances:
            keep("appearance", asdict(appearance), ("department", appearance.department), ("region", appearance.region))
        for each in said.projects:
            named = (
                ("department", each.department),
                ("project", each.project),
                ("project_year", each.iri),
                ("money", says_money(each.name)),
            )
            keep("project", asdict(each), *named)
        for plain in said.citations:
            grant = grant_of(plain, self._minter)
            citation = replace(plain, grant=grant.iri if grant else "")
            places = (("department", citation.department), ("project_year", citation.project_year), ("policy", citation.policy))
            keep("citation", asdict(citation), *places, ("notice", citation.notice), ("grant", citation.grant))
        for variant in said.variants:
            keep("variant", asdict(variant), ("project", variant.project))
        if said.indicators:
            keep("said", {}, *(("indicator", name) for name in said.indicators))
