"""One project under several names over the years of a department; and several names in one document."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from kg import iri
from kg.links.likeness import LISTED, USED, Likeness, Side, compare
from kg.links.model import Kind, Link, Method, Reason, Status
from kg.links.names import read_name
from kg.links.reading import Facts, Project
from kg.store import Reader, named_rows

_NEAR = Decimal("0.03")
"""A rival within this distance makes a likely link a possible one."""


def project_links(facts: Facts, identity: Mapping[str, str]) -> Iterator[Link]:
    """Links between the projects of a department (of all its names, by ``identity``) that never stand in one year."""
    by_body: dict[str, list[Project]] = {}
    for project in facts.projects.values():
        by_body.setdefault(identity.get(project.department, project.department), []).append(project)
    for _, projects in sorted(by_body.items()):
        yield from _of_one_body(projects, facts)


def _of_one_body(projects: list[Project], facts: Facts) -> Iterator[Link]:
    sides = {project.iri: _sides(project, facts) for project in projects}
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


def _sides(project: Project, facts: Facts) -> list[Side]:
    body = facts.bodies[project.department]
    own = (body.name, *(name for name in facts.regions[body.region].names)) if body.region in facts.regions else (body.name,)
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


def variant_links(store: Reader) -> Iterator[Link]:
    """Names that one document prints for one project, beside the one of its table."""
    found: dict[tuple[str, str], tuple[dict[str, str], set[str]]] = {}
    for row in named_rows(store, "link-variants"):
        if iri.normal(row["other"]) != iri.normal(row["name"]):
            _, places = found.setdefault((row["project"], row["other"]), (row, set()))
            places |= {row["place"], row["projectYear"]}
    for (project, other), (row, places) in sorted(found.items()):
        likeness = compare(Side(read_name(row["name"])), Side(read_name(other)))
        reasons = (Reason("same-place", row["name"]), *likeness.reasons)
        confidence = max(likeness.confidence, LISTED)
        yield Link(Kind.VARIANT, project, other, Method.JOINED, confidence, reasons, tuple(sorted(places)))
