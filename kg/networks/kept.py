"""Networks kept beside the snapshots they were made from, so that each published state of the data is projected once."""

import contextlib
import gzip
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from kg.networks.network import Figure, Kind, Link, Network, Node, Published, Relation
from kg.networks.projection import project
from kg.store import Rooms, View
from kg.whole_file import write_whole

_FORM = 2
"""The number of the form of the file. It is part of the name: a file of another form is not looked at, and made anew."""
_KEPT = 2
NetworkOf = Callable[[], Network]


class Held(View, Protocol):
    """A view with a folder on this machine; ``tag`` names the state of the data, empty where nobody can tell."""

    rooms: Rooms

    @property
    def tag(self) -> str: ...


def network_of(source: Held) -> Network:
    """The network of a snapshot: read from beside it, or made now and kept there. That of a service is made each time."""
    if not source.tag:
        return project(source)
    path = source.rooms.path / "networks" / f"{source.version:08d}-{source.tag}-{_FORM}.json.gz"
    with contextlib.suppress(OSError, EOFError, ValueError, KeyError):  # not there, or broken off: made anew
        return from_json(json.loads(gzip.decompress(path.read_bytes())))
    network = project(source)
    with contextlib.suppress(OSError):  # a store that may only be read
        _keep(network, path)
    return network


def _keep(network: Network, path: Path) -> None:
    """Write the file in one step, and remove those of older versions."""
    path.parent.mkdir(exist_ok=True)
    write_whole(path, gzip.compress(json.dumps(to_json(network), ensure_ascii=False).encode(), compresslevel=1, mtime=0))
    for old in sorted(path.parent.glob("*.json.gz"))[:-_KEPT]:
        old.unlink(missing_ok=True)


def to_json(network: Network) -> dict[str, Any]:
    """The network as lists; things are named by their number. Amounts are texts."""
    number = {thing: position for position, thing in enumerate(network.nodes)}
    return {
        "nodes": [[node.iri, node.kind, node.zh, node.en] for node in network.nodes.values()],
        "links": [
            [
                link.relation,
                number[link.source],
                number[link.target],
                link.statement,
                number.get(link.disclosure, -1),
                link.year,
                None if link.amount is None else str(link.amount),
                link.cells,
            ]
            for link in network.links
        ],
        "published": [
            [
                *(entry.iri, entry.department, entry.year, entry.phase),
                {name: _figures(codes) for name, codes in entry.parts.items()},
                _figures(entry.figures),
            ]
            for entry in network.published.values()
        ],
    }


def from_json(record: Mapping[str, Any]) -> Network:
    """What :func:`to_json` wrote."""
    nodes = [Node(thing, Kind(kind), zh, en) for thing, kind, zh, en in record["nodes"]]
    links = (
        Link(
            Relation(relation),
            nodes[source].iri,
            nodes[target].iri,
            statement,
            nodes[disclosure].iri if disclosure >= 0 else "",
            year,
            None if amount is None else Decimal(amount),
            cells,
        )
        for relation, source, target, statement, disclosure, year, amount, cells in record["links"]
    )
    published = (
        Published(thing, department, year, phase, {name: _read(codes) for name, codes in parts.items()}, _read(figures))
        for thing, department, year, phase, parts, figures in record["published"]
    )
    return Network({node.iri: node for node in nodes}, tuple(links), {entry.iri: entry for entry in published})


def _figures(figures: Mapping[str, Figure]) -> dict[str, list[Any]]:
    return {name: [str(figure.amount), figure.cell, figure.cells] for name, figure in figures.items()}


def _read(record: Mapping[str, list[Any]]) -> dict[str, Figure]:
    return {name: Figure(Decimal(amount), cell, cells) for name, (amount, cell, cells) in record.items()}
