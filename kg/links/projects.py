"""One project under several names over the years of a department; and several names in one document."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from kg.links.likeness import LISTED, USED, Likeness, Side, compare
from kg.links.model import Kind, Link, Method, Reason, Status
from kg.links.names import read_name
from kg.links.reading import Body, Project, Regions, Variant

_NEAR = Decimal("0.03")
"""A rival within this distance makes a likely link a possible one."""


def project_links(projects: Sequence[Project], bodies: Mapping[str, Body], regions: Regions) -> Iterator[Link]:
    """Links between the projects of one department (under all its names, which are in ``bodies``) that never stand in one year."""
    sides = {project.iri: _sides(project, bodies[project.department], regions) for project in projects}
    found: list[tuple[Project, Project, Likeness]] = []
    for one, other in combinations(projects, 2):
        if one.names.keys() & other.names.keys():
            continue
        earlier, later = sorted((one, other), key=lambda project: (min(project.names), project.iri))
        pairs = (compare(here, there) for here in sides[earlier.iri] for there in sides[later.iri])
        best = max(pairs, key=lambda likeness: likeness.confidence)
        if best.confidence >= LISTED:
            found.append((earlier, later, best))
    for earlier, later, likeness in found:
        yield _link(earlier, later, _unless_rivalled(earlier, later, likeness, found))


def _sides(project: Project, body: Body, regions: Regions) -> list[Side]:
    own = (body.name, *regions[body.region].names) if body.region in regions else (body.name,)
    return [Side(read_name(name, own), frozenset(project.codes), frozenset(project.documents)) for name in project.printed]


def _unless_rivalled(earlier: Project, later: Project, likeness: Likeness, found: Iterable[tuple[Project, Project, Likeness]]) -> Likeness:
    """Less sure where another project of the same years is about as near to one of both."""
    if not likeness.is_match:
        return likeness
    for one, other, rival in found:
        rivals = (one is earlier) != (other is later) and (
            (one is earlier and bool(other.names.keys() & later.names.keys()))
            or (other is later and bool(one.names.keys() & earlier.names.keys()))
        )
        if rivals and abs(rival.confidence - likeness.confidence) < _NEAR:
            name = (other if one is earlier else one).printed[0]
            return replace(likeness, confidence=USED - _NEAR, reasons=(*likeness.reasons, Reason("rival", name)))
    return likeness


def _link(earlier: Project, later: Project, likeness: Likeness) -> Link:
    years = ["、".join(map(str, sorted(project.names))) for project in (earlier, later)]
    reasons = (*likeness.reasons, Reason("years", *years))
    sources = tuple(sorted((*earlier.years_of, *later.years_of)))
    status = Status.LIKELY if likeness.is_match else Status.POSSIBLE
    return Link(Kind.PROJECT, earlier.iri, later.iri, likeness.method, likeness.confidence, reasons, sources, status)


def variant_links(variants: Iterable[Variant]) -> Iterator[Link]:
    """Names that one document prints for one project, beside the one of its table."""
    found: dict[tuple[str, str], list[Variant]] = {}
    for variant in variants:
        found.setdefault((variant.project, variant.other), []).append(variant)
    for (project, other), same in sorted(found.items()):
        name = min(variant.name for variant in same)
        likeness = compare(Side(read_name(name)), Side(read_name(other)))
        reasons = (Reason("same-place", name), *likeness.reasons)
        places = {place for variant in same for place in (variant.place, variant.project_year)}
        yield Link(Kind.VARIANT, project, other, Method.JOINED, max(likeness.confidence, LISTED), reasons, tuple(sorted(places)))
