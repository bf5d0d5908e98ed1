"""Pages and data of the network: paths between two things, peers of a department, policies by money. ``….json`` is for programs."""

from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Response, abort, g, jsonify, request

from kg.errors import QueryError
from kg.networks import Kind, Network, network_of
from kg.networks.communities import Communities, find_communities
from kg.networks.naming import NotOneError, find_thing
from kg.networks.network import Node
from kg.networks.paths import Path, find_paths
from kg.networks.peers import Outlier, budget_of, most_similar, outliers
from kg.networks.rankings import rank_policies
from kg.networks.records import community_records, outlier_records, path_records, policy_records, similar_records
from kg.networks.words import kind_name, relation_name
from kg.places import Citation, cite_all
from kg.terms import TERMS
from web.rendering import caption, name, render, view
from web.site import is_iri, site
from web.things import read_thing

MAX_TEXT = 300
SHOWN = 50
SIMILAR = 10
_LARGEST = 1
_PEERS_SHOWN = 6
_CANDIDATES = 12


def network() -> Network:
    """The network of the data of this request, made once for each published state."""
    data = view()
    if not data.snapshot.tag:
        return network_of(data.snapshot)
    return site().remembered(f"network {data.snapshot.tag}", lambda: network_of(data.snapshot))


def connections_page() -> Response:
    """``/connections?from=…&to=…``: names or addresses; ``from-id`` and ``to-id`` are what the suggestions filled in."""
    found, problem = _paths()
    places = _places(found)
    chosen = [_chosen(side) for side in ("from", "to")]
    status = HTTPStatus.NOT_FOUND if problem else HTTPStatus.OK
    return render(
        "connections.html",
        status,
        chosen=chosen,
        paths=found,
        places=places,
        problem=problem,
        most=_CANDIDATES,
        asked=all(chosen),
        relation_name=lambda relation: relation_name(relation, g.language),
        kind_name=lambda kind: kind_name(kind, g.language),
    )


def connections_json() -> Response:
    """The same as data: paths with their steps, the statement and the citation of each."""
    found, problem = _paths()
    if problem:
        abort(HTTPStatus.NOT_FOUND, problem.reason)
    return jsonify(paths=path_records(found, _places(found)))


def _chosen(side: str) -> str:
    return request.args.get(side, "").strip()[:MAX_TEXT]


@dataclass(frozen=True)
class Problem:
    """A side (``from`` or ``to``) on which no one thing was named, and why; ``candidates`` are those that may be meant."""

    side: str
    text: str
    reason: str
    candidates: tuple[Node, ...]


def _paths() -> tuple[tuple[Path, ...], Problem | None]:
    """The paths that are asked for, and what was not recognised; nothing where nothing is asked."""
    texts = {side: _chosen(side) for side in ("from", "to")}
    if not all(texts.values()):
        return (), None
    held = network()
    ends = []
    for side, text in texts.items():
        try:
            ends.append(_node(held, request.args.get(f"{side}-id", ""), text))
        except NotOneError as error:
            return (), Problem(side, error.text, error.reason, error.candidates)
    one, other = ends
    return find_paths(held, one, other), None


def _node(held: Network, address: str, text: str) -> str:
    """A node by the address that was filled in (of a project of one year the project), else by name. Raises :class:`NotOneError`."""
    for iri in (address, text):
        if iri in held.nodes:
            return iri
        if "://" in iri and is_iri(iri):
            thing = read_thing(view(), iri)
            project = thing.value("project") if thing else ""
            if project in held.nodes:
                return project
    return find_thing(held, text)


def _places(paths: tuple[Path, ...]) -> dict[str, Citation]:
    return cite_all(view().snapshot, (step.link.statement for path in paths for step in path.steps))


def policies_page() -> Response:
    """``/policies``: cited documents by money; ``year`` narrows."""
    held, year = network(), request.args.get("year", 0, type=int)
    ranked = rank_policies(held, year)[:SHOWN]
    places = cite_all(view().snapshot, (link.statement for entry in ranked for link in entry.links[:_LARGEST]))
    return render("policies.html", ranked=ranked, places=places, year=year, years=held.years[::-1])


def policies_json() -> Response:
    """The same as data."""
    ranked = rank_policies(network(), request.args.get("year", 0, type=int))[:SHOWN]
    places = cite_all(view().snapshot, (link.statement for entry in ranked for link in entry.links[:_LARGEST]))
    return jsonify(policies=policy_records(ranked, places, _LARGEST))


def _communities() -> Communities:
    data = view()
    if not data.snapshot.tag:
        return find_communities(network())
    return site().remembered(f"communities {data.snapshot.tag}", lambda: find_communities(network()))


def communities_page() -> Response:
    """``/communities``: groups of departments, what holds each together, and who is in none."""
    return render("communities.html", said=_communities(), shown=SHOWN)


def communities_json() -> Response:
    """The same as data."""
    return jsonify(community_records(_communities()))


def peers_page() -> Response:
    """``/peers?department=…``: who has a similar budget, and which shares are out of line; ``year`` chooses another than the newest."""
    held, department, year = _asked_department()
    try:
        own = budget_of(held, department, year)
    except QueryError:
        return render("peers.html", HTTPStatus.NOT_FOUND, department=department, own=None)
    similar = most_similar(held, department, own.year, SIMILAR)
    said = outliers(held, department, own.year)
    years = sorted(entry.year for entry in held.published.values() if entry.department == department)
    return render(
        "peers.html",
        department=department,
        own=own,
        similar=similar,
        said=said,
        years=dict.fromkeys(years),
        measure_name=measure_name,
        percent=percent,
        ends=_ends,
    )


def peers_json() -> Response:
    """The same as data."""
    held, department, year = _asked_department()
    try:
        said = outliers(held, department, year)
    except QueryError as error:
        abort(HTTPStatus.NOT_FOUND, error.reason)
    return jsonify(similar=similar_records(most_similar(held, department, year, SIMILAR)), **outlier_records(said))


def _asked_department() -> tuple[Network, str, int]:
    held, department = network(), request.args.get("department", "")
    if department not in held.nodes or held.nodes[department].kind is not Kind.DEPARTMENT:
        abort(HTTPStatus.NOT_FOUND)
    return held, department, request.args.get("year", 0, type=int)


def _ends(outlier: Outlier) -> list[Any]:
    """The peers with the largest and the smallest shares."""
    peers = list(outlier.peers)
    return peers if len(peers) <= 2 * _PEERS_SHOWN else peers[:_PEERS_SHOWN] + peers[-_PEERS_SHOWN:]


def measure_name(measure: str) -> str:
    """A code with its name, a headline figure by its term."""
    return name(measure) if measure.startswith(TERMS) else caption(measure)


def percent(share: Decimal) -> str:
    return f"{100 * share:.1f}"
