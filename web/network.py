"""What a thing is directly connected with, as a table and as data for a drawing."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice

import pyoxigraph as ox
from flask import Response, abort, g, jsonify

from kg.terms import PREFIXES
from web.rendering import caption, href, name, raw_target, view
from web.site import View, site
from web.things import read_thing

OF_A_KIND = 6
"""The most neighbours that are shown for one property in one direction."""
_LOOKED_AT = 1500
_MOST = 60
_NOT_SHOWN = frozenset(
    PREFIXES[prefix] + local
    for prefix, local in (
        ("rdf", "type"),
        ("qb", "structure"),
        ("skos", "inScheme"),
        ("sh", "sourceShape"),
        ("budget", "appliesTo"),
        ("budget", "leafCode"),
    )
)
_NAMELESS = ".well-known/genid/"
OUT, IN = "out", "in"


@dataclass(frozen=True)
class Neighbour:
    """A thing one step away. ``direction`` is ``out`` when the thing itself says it, ``in`` when the neighbour does."""

    iri: str
    predicate: str
    direction: str


@dataclass(frozen=True)
class Neighbourhood:
    """The neighbours by property; ``is_cut`` when there are more than are shown."""

    centre: str
    neighbours: tuple[Neighbour, ...]
    is_cut: bool


def read_neighbourhood(data: View, iri: str) -> Neighbourhood:
    """At most :data:`OF_A_KIND` neighbours a property, direction and shape of address, so that cells do not crowd out the rest.

    Types and schemes are left out: they lead everywhere.
    """
    held: dict[tuple[str, str, str], list[Neighbour]] = {}
    is_cut = False
    for neighbour in _around(data, iri):
        beside = held.setdefault((neighbour.direction, neighbour.predicate, shape(data.links.path(neighbour.iri) or "")), [])
        if neighbour in beside:
            continue
        if len(beside) < OF_A_KIND and sum(map(len, held.values())) < _MOST:
            beside.append(neighbour)
        else:
            is_cut = True
    found = [neighbour for direction in (OUT, IN) for key in sorted(held) if key[0] == direction for neighbour in held[key]]
    return Neighbourhood(iri, tuple(found), is_cut)


def shape(path: str) -> str:
    """What kind of thing an address names: ``disclosure/table/cell``, ``dept``, ``policy``."""
    parts = path.split("/")
    return "/".join(parts[::2]) if parts[0] == "disclosure" else parts[0]


def _around(data: View, iri: str) -> Iterator[Neighbour]:
    for row in data.rows("statements", subject=iri):
        value, predicate = row.term("object"), row.text("predicate")
        if isinstance(value, ox.NamedNode) and predicate not in _NOT_SHOWN and _is_shown(data, value.value) and value.value != iri:
            yield Neighbour(value.value, predicate, OUT)
    for row in islice(data.rows("mentions", object=iri), _LOOKED_AT):
        subject, predicate = row.text("subject"), row.text("predicate")
        if predicate not in _NOT_SHOWN and subject != iri:
            yield Neighbour(subject, predicate, IN)


def _is_shown(data: View, iri: str) -> bool:
    """Whether it has a page here and a name: not a part of a rule's shape that nobody would look for."""
    path = data.links.path(iri)
    return path is not None and not path.startswith(_NAMELESS)


def network(path: str) -> Response:
    """``/network/{path}.json``: ``{nodes: [{id, label, kind, href}], edges: [{source, target, label}]}``, edges among neighbours too."""
    stem, _, suffix = raw_target().partition("?")[0].partition("/network/")[2].rpartition(".")
    iri = site().links.iri(stem)
    data = view()
    if suffix != "json" or read_thing(data, iri) is None:
        abort(HTTPStatus.NOT_FOUND)
    around = read_neighbourhood(data, iri)
    shown = dict.fromkeys([iri, *(neighbour.iri for neighbour in around.neighbours)])
    edges = {
        (iri, neighbour.iri, neighbour.predicate) if neighbour.direction == OUT else (neighbour.iri, iri, neighbour.predicate)
        for neighbour in around.neighbours
    }
    for other in shown:
        for row in data.rows("statements", subject=other):
            value, predicate = row.text("object"), row.text("predicate")
            if value in shown and value != other and predicate not in _NOT_SHOWN:
                edges.add((other, value, predicate))
    nodes = [{"id": node, "label": caption(node), "kind": _kind(data, node), "href": href(node)} for node in shown]
    return jsonify(nodes=nodes, edges=[{"source": start, "target": end, "label": name(said)} for start, end, said in sorted(edges)])


def network_address(iri: str) -> str:
    """Where the data of the drawing are, in the language of the page."""
    return f"{'/en' if g.language == 'en' else ''}/network/{site().links.path(iri)}.json"


def _kind(data: View, iri: str) -> str:
    """The name of the class of a thing, empty for none."""
    types = sorted(row.text("object") for row in data.rows("statements", subject=iri) if row.text("predicate") == PREFIXES["rdf"] + "type")
    own = [found for found in types if found.startswith(PREFIXES["budget"])]
    return name((own or types)[0]) if types else ""
