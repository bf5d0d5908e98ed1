"""Results as plain data for JSON: amounts and shares are decimal texts, every figure stands beside the place it is printed at."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from kg.networks.communities import Communities
from kg.networks.network import Link, Node
from kg.networks.paths import Path, Step
from kg.networks.peers import Outliers, Similar
from kg.networks.rankings import RankedPolicy
from kg.networks.words import relation_name
from kg.places import Citation

Record = dict[str, Any]
Places = Mapping[str, Citation]


def amount_text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def node_record(node: Node) -> Record:
    return {"id": node.iri, "kind": node.kind, "name": node.zh} | ({"name_en": node.en} if node.en else {})


def link_record(link: Link, places: Places) -> Record:
    place = places.get(link.statement)
    record: Record = {"relation": link.relation, "source": link.source, "target": link.target, "statement": link.statement or None}
    if link.year:
        record |= {"year": link.year, "amount": amount_text(link.amount), "cells": link.cells}
    return record | {"citation": place.fields() if place else None}


def path_records(paths: Iterable[Path], places: Places) -> list[Record]:
    return [{"by": path.by, "cost": round(path.cost, 3), "steps": [_step(step, places) for step in path.steps]} for path in paths]


def _step(step: Step, places: Places) -> Record:
    said = {language: relation_name(step.link.relation, language) for language in ("zh", "en")}
    return {
        "from": node_record(step.start),
        "to": node_record(step.end),
        "says": said,
        "forwards": step.link.source == step.start.iri,
        "link": link_record(step.link, places),
        "further": len(step.links) - 1,
    }


def policy_records(ranked: Iterable[RankedPolicy], places: Places, links: int) -> list[Record]:
    """``links`` is how many citations are written of each, the largest first."""
    return [
        node_record(entry.policy)
        | {
            "money": amount_text(entry.money),
            "share_percent": amount_text(entry.share),
            "centrality": amount_text(entry.centrality),
            "departments": entry.departments,
            "projects": entry.projects,
            "citations": len(entry.links),
            "citations_without_amount": entry.without,
            "largest": [link_record(link, places) for link in entry.links[:links]],
        }
        for entry in ranked
    ]


def community_records(communities: Communities) -> Record:
    return {
        "modularity": communities.modularity,
        "communities": [
            {
                "number": entry.number,
                "departments": [node_record(node) for node in entry.departments],
                "projects": entry.projects,
                "policies": entry.policies,
                "held_by": [node_record(node) | {"departments": count} for node, count in entry.held_by],
            }
            for entry in communities.found
        ],
        "alone": [node_record(node) for node in communities.alone],
    }


def similar_records(similar: Iterable[Similar]) -> list[Record]:
    return [
        node_record(entry.department)
        | {
            "disclosure": entry.disclosure,
            "overlap": amount_text(entry.overlap),
            "dimensions": {dimension: amount_text(value) for dimension, value in entry.dimensions.items()},
            "shared": [
                node_record(each.code)
                | {
                    "share": _share(each.own),
                    "share_there": _share(each.other),
                    "cell": each.own_cell,
                    "cell_there": each.other_cell,
                }
                for each in entry.shared
            ],
        }
        for entry in similar
    ]


def outlier_records(said: Outliers) -> Record:
    return {
        "department": node_record(said.department),
        "disclosure": said.disclosure,
        "year": said.year,
        "peers": {"kind": said.kind, "bureau": said.name, "count": said.peers},
        "measures": said.measures,
        "outliers": [
            {
                "measure": entry.measure,
                "of": entry.of,
                "share": amount_text(entry.share),
                "cell": entry.cell,
                "median": amount_text(entry.median),
                "spread": amount_text(entry.spread),
                "deviations": amount_text(entry.deviations),
                "peers": [node_record(peer.department) | {"share": amount_text(peer.share), "cell": peer.cell} for peer in entry.peers],
            }
            for entry in said.found
        ],
    }


def _share(share: Decimal) -> str:
    return f"{share.quantize(Decimal('0.0001')):f}"
