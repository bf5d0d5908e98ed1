"""Which departments belong together: communities of departments, projects, policies and functional codes, and what holds each together."""

from collections import Counter
from dataclasses import dataclass

import networkx as nx

from kg.networks.network import Kind, Network, Node, Relation

_SEED = 1
_HELD_BY = 5
_MEMBERS = (Kind.DEPARTMENT, Kind.PROJECT, Kind.POLICY, Kind.FUNCTIONAL)
_WHOLE = 1000
"""A department's budget: links by money weigh as their share of it in thousandths, so that a large department does not outweigh all."""


@dataclass(frozen=True)
class Community:
    """``held_by`` are the policies and codes that its departments share most (two of them at least), with how many departments."""

    number: int
    departments: tuple[Node, ...]
    projects: int
    policies: int
    held_by: tuple[tuple[Node, int], ...]


@dataclass(frozen=True)
class Communities:
    """Those with two departments or more, the largest first; ``alone`` departments are in none. ``modularity`` is of the whole
    division, 0 for none, towards 1 for clearly separate groups."""

    found: tuple[Community, ...]
    alone: tuple[Node, ...]
    modularity: float


def find_communities(network: Network) -> Communities:
    """Louvain's method over weighted links, seeded and on numbers in place of addresses: equal on every run."""
    things = [iri for iri, node in network.nodes.items() if node.kind in _MEMBERS]
    number = {iri: position for position, iri in enumerate(things)}
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(things)))
    for one, other, weight in _weights(network):
        if one in number and other in number:
            graph.add_edge(number[one], number[other], weight=weight)
    if not graph.number_of_edges():
        return Communities((), tuple(network.of_kind(Kind.DEPARTMENT)), 0.0)
    parts = nx.community.louvain_communities(graph, weight="weight", seed=_SEED)
    modularity = nx.community.modularity(graph, parts, weight="weight")
    groups = [[network.nodes[things[position]] for position in part] for part in sorted(map(sorted, parts))]
    departments = [[node for node in group if node.kind is Kind.DEPARTMENT] for group in groups]
    chosen = sorted((index for index, held in enumerate(departments) if len(held) > 1), key=lambda index: (-len(departments[index]), index))
    alone = tuple(node for held in departments if len(held) == 1 for node in held)
    found = tuple(_community(network, number + 1, groups[index]) for number, index in enumerate(chosen))
    return Communities(found, alone, round(modularity, 6))


def _weights(network: Network) -> list[tuple[str, str, int]]:
    """Pairs with the weight of their link: of the newest year, as a share of what the department spends in all."""
    found = []
    totals = {iri: sum(figure.amount for figure in entry.parts[Kind.FUNCTIONAL].values()) for iri, entry in network.published.items()}
    for one, other, data in network.graph.edges(data=True):
        link = data["links"][0]
        if link.relation is Relation.REALISES:
            found.append((one, other, _WHOLE))
        elif link.relation in (Relation.SPENDS, Relation.PLANS, Relation.CITES, Relation.CLASSED):
            whole = totals.get(link.disclosure) or 0
            share = int(_WHOLE * link.amount / whole) if link.amount and whole else 0
            found.append((one, other, max(1, min(share, _WHOLE))))
    return found


def _community(network: Network, number: int, group: list[Node]) -> Community:
    departments = tuple(node for node in group if node.kind is Kind.DEPARTMENT)
    members = {node.iri for node in group}
    shared: Counter[str] = Counter()
    for department in departments:
        near = {other for other in network.graph[department.iri] if other in members}
        further = {policy for project in near if network.nodes[project].kind is Kind.PROJECT for policy in network.graph[project]}
        shared.update(iri for iri in near | further if iri in members and network.nodes[iri].kind in (Kind.POLICY, Kind.FUNCTIONAL))
    common = sorted(((iri, count) for iri, count in shared.items() if count > 1), key=lambda item: (-item[1], item[0]))[:_HELD_BY]
    kinds = Counter(node.kind for node in group)
    return Community(
        number, departments, kinds[Kind.PROJECT], kinds[Kind.POLICY], tuple((network.nodes[iri], count) for iri, count in common)
    )
