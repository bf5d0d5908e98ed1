"""What a network is made of: things, links with the statement each rests on, and what disclosures spend their money on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

import networkx as nx


class Kind(StrEnum):
    """The kinds of nodes."""

    DEPARTMENT = "department"
    DISCLOSURE = "disclosure"
    PROJECT = "project"
    POLICY = "policy"
    GRANT = "grant"
    FUNCTIONAL = "functional-code"
    ECONOMIC = "economic-code"
    FUND = "fund-source"
    REGION = "region"


class Relation(StrEnum):
    """What a link says, from its source to its target."""

    PUBLISHED = "published"
    LIES_IN = "lies-in"
    PART_OF = "part-of"
    PLANS = "plans"
    CLASSED = "classed"
    SPENDS = "spends"
    USES = "uses"
    PAID_FROM = "paid-from"
    CITES = "cites"
    REALISES = "realises"
    SAME = "same"
    PASSES_ON = "passes-on"
    FUNDED_BY = "funded-by"
    COUNTERPART = "counterpart"


@dataclass(frozen=True, slots=True)
class Node:
    """A thing; ``en`` is empty where it has no English name."""

    iri: str
    kind: Kind
    zh: str
    en: str = ""

    def name(self, language: str) -> str:
        """The name in a language, the Chinese one where there is no other."""
        return (self.en if language == "en" else "") or self.zh


@dataclass(frozen=True, slots=True)
class Link:
    """One statement between two things. ``statement`` is what the place in the source hangs on: a figure, a project of a year, a
    citation, or a link across documents with its evidence; empty where the relation is printed nowhere (a region within another).
    ``amount`` is in 元 and ``None`` where the statement has none; where it is the sum of several ``cells``, ``statement`` is the
    largest of them. ``disclosure`` and ``year`` are empty and 0 where none is behind it."""

    relation: Relation
    source: str
    target: str
    statement: str = ""
    disclosure: str = ""
    year: int = 0
    amount: Decimal | None = None
    cells: int = 1

    @property
    def rank(self) -> tuple[int, Decimal, str]:
        """The newest and largest first; the address breaks ties."""
        return (-self.year, -(self.amount or Decimal(0)), self.statement)


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount in 元 with the cell that shows it: of several ``cells`` summed, the largest."""

    amount: Decimal
    cell: str
    cells: int = 1


@dataclass(frozen=True, slots=True)
class Published:
    """A disclosure that stands for its department in one year and phase. ``parts`` is, by the dimension (``functional-code``,
    ``economic-code``, ``fund-source``), what the leaves of that dimension's table sum to by code; ``figures`` are the headline
    figures by the local name of their property."""

    iri: str
    department: str
    year: int
    phase: str
    parts: Mapping[str, Mapping[str, Figure]]
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Network:
    """A typed projection of one state of a store. Nodes and links are sorted, so that what is computed is the same every time."""

    nodes: Mapping[str, Node]
    links: tuple[Link, ...]
    published: Mapping[str, Published]

    @cached_property
    def graph(self) -> "nx.Graph[str]":
        """Everything as an undirected graph. An edge has ``links``, the best first, and ``cost``: a step through what many things
        share says little, so it costs one and the logarithm (base 2) of how many neighbours its ends have on the average."""
        graph: nx.Graph[str] = nx.Graph()
        graph.add_nodes_from(self.nodes)
        held: dict[tuple[str, str], list[Link]] = {}
        for link in self.links:
            held.setdefault((min(link.source, link.target), max(link.source, link.target)), []).append(link)
        for (one, other), links in held.items():
            graph.add_edge(one, other, links=tuple(sorted(links, key=lambda link: link.rank)))
        for one, other, data in graph.edges(data=True):
            data["cost"] = 1 + ((graph.degree[one] - 1).bit_length() + (graph.degree[other] - 1).bit_length()) / 2
        return graph

    @cached_property
    def part_graphs(self) -> Mapping[Kind, "nx.Graph[str]"]:
        """By the kind of thing that connects: departments and disclosures with things of this kind and what belongs to it only."""
        return {kind: self._part({kind, *_BESIDE.get(kind, ()), *_ENDS}) for kind in CONNECTING}

    def _part(self, kinds: set[Kind]) -> "nx.Graph[str]":
        """The nodes of some kinds with the edges between them, in the order of the whole (which networkx' own does not keep); without
        the edges from department to department, which pass by whatever else connects them."""
        held = {iri: None for iri, node in self.nodes.items() if node.kind in kinds}
        part: nx.Graph[str] = nx.Graph()
        part.add_nodes_from(held)
        part.add_edges_from((one, other, data) for one, other, data in self.graph.edges(data=True) if one in held and other in held)
        part.remove_edges_from([pair for pair in part.edges if all(self.nodes[end].kind is Kind.DEPARTMENT for end in pair)])
        return part

    def of_kind(self, kind: Kind) -> list[Node]:
        """The nodes of a kind, by address."""
        return [node for node in self.nodes.values() if node.kind is kind]

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years of the budgets, ascending."""
        return tuple(sorted(self._budgets))

    def budgets(self, year: int) -> Sequence[Published]:
        """The budgets of a year, by department."""
        return self._budgets.get(year, ())

    @cached_property
    def _budgets(self) -> Mapping[int, Sequence[Published]]:
        of_year: dict[int, list[Published]] = {}
        for entry in sorted(self.published.values(), key=lambda entry: (entry.department, entry.iri)):
            if entry.phase == BUDGET_PHASE:
                of_year.setdefault(entry.year, []).append(entry)
        return of_year

    def region_of(self, department: str) -> str:
        """The region of a department, empty where it is not known."""
        return self._regions.get(department, "")

    @cached_property
    def _regions(self) -> Mapping[str, str]:
        """Of several the first by address."""
        pairs = ((link.source, link.target) for link in self.links if link.relation is Relation.LIES_IN)
        regions: dict[str, str] = {}
        for department, region in sorted(pairs):
            regions.setdefault(department, region)
        return regions


BUDGET_PHASE = "budget"
_ENDS = (Kind.DEPARTMENT, Kind.DISCLOSURE)
_BESIDE = {Kind.POLICY: (Kind.PROJECT,), Kind.GRANT: (Kind.PROJECT,)}
CONNECTING = (Kind.GRANT, Kind.POLICY, Kind.PROJECT, Kind.REGION, Kind.FUND, Kind.FUNCTIONAL, Kind.ECONOMIC)
"""The kinds of things that connect two others, those that say most first."""
