"""How two things are connected: the shortest path of each kind, every step with the statement it rests on."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from kg.errors import QueryError
from kg.networks.network import CONNECTING, Kind, Link, Network, Node


@dataclass(frozen=True)
class Step:
    """From one node to the next. ``links`` are the statements between them, the newest first: the first explains the step, the
    others say the same of other years. A link may point backwards: it says so by its source."""

    start: Node
    end: Node
    links: tuple[Link, ...]

    @property
    def link(self) -> Link:
        return self.links[0]


@dataclass(frozen=True)
class Path:
    """``by`` is the kind of thing that connects, ``None`` for a path through things of several kinds. ``cost`` orders paths: see
    :attr:`kg.networks.network.Network.graph`."""

    by: Kind | None
    steps: tuple[Step, ...]
    cost: float


def find_paths(network: Network, one: str, other: str, by: Iterable[Kind] = CONNECTING) -> tuple[Path, ...]:
    """The shortest path through policies, regions, codes, …: at most one of each kind, what says most first; before them one
    through anything where it is shorter. Nothing when the two are not connected.

    Raises :class:`QueryError` for a thing that is not in the network.
    """
    for thing in (one, other):
        if thing not in network.nodes:
            raise QueryError(f"not in the network: {thing}")
    if one == other:
        return ()
    kinds = tuple(by)
    found = [path for kind in kinds for path in _shortest(network, network.part_graphs[kind], one, other, kind)]
    if kinds == CONNECTING:
        found = [path for path in _shortest(network, network.graph, one, other) if all(path.cost < each.cost for each in found)] + found
    return tuple({tuple(step.end.iri for step in path.steps): path for path in reversed(found)}.values())[::-1]


def _shortest(network: Network, graph: "nx.Graph[str]", one: str, other: str, by: Kind | None = None) -> Iterator[Path]:
    """The shortest path in one graph, if there is one."""
    if one not in graph or other not in graph:
        return
    with contextlib.suppress(nx.NetworkXNoPath):
        cost, things = nx.bidirectional_dijkstra(graph, one, other, "cost")
        links = (graph.edges[pair]["links"] for pair in pairwise(things))
        yield Path(by, tuple(Step(network.nodes[start], network.nodes[end], next(links)) for start, end in pairwise(things)), cost)
