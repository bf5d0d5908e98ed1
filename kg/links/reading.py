"""What links are made from, read from a store: disclosures, projects of a year, citations, regions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kg.store import Reader, named_rows


@dataclass(frozen=True)
class Body:
    """A department with the years in which it published, its total expenditure in each (元, where told) and its printed names."""

    iri: str
    name: str
    region: str
    totals: Mapping[int, Decimal | None]

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted(self.totals))


@dataclass
class Project:
    """A project over the years, as the reference graph has it: year → printed names; the projects of a year; codes; documents."""

    iri: str
    department: str
    names: dict[int, set[str]] = field(default_factory=dict)
    years_of: dict[str, int] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)

    @property
    def printed(self) -> tuple[str, ...]:
        return tuple(sorted({name for names in self.names.values() for name in names}, key=lambda name: (len(name), name)))


@dataclass(frozen=True)
class Citation:
    """A citation; ``notice``, ``title``, ``project_year``, ``region`` (as in the issuer) and ``advance`` (year, 0) may be empty."""

    iri: str
    policy: str
    notice: str
    title: str
    printed: str
    project_year: str
    region: str
    advance: int
    department: str


@dataclass(frozen=True)
class Region:
    """A division with the names it goes by; ``above`` is empty on top."""

    iri: str
    names: tuple[str, ...]
    above: str


@dataclass(frozen=True)
class Facts:
    """Everything, in a fixed order."""

    bodies: Mapping[str, Body]
    projects: Mapping[str, Project]
    citations: tuple[Citation, ...]
    regions: Mapping[str, Region]

    def above(self, region: str) -> Iterator[str]:
        """The regions above one, the nearest first."""
        while region in self.regions and (region := self.regions[region].above):
            yield region


def read_facts(store: Reader) -> Facts:
    """What the current disclosures of a store say."""
    bodies: dict[str, Body] = {}
    department_of: dict[str, str] = {}
    for row in named_rows(store, "link-disclosures"):
        department_of[row["disclosure"]] = row["department"]
        body = bodies.get(row["department"]) or Body(row["department"], row["name"], row["region"], {})
        total = Decimal(row["total"]) if row["total"] else None
        bodies[row["department"]] = Body(body.iri, min(body.name, row["name"]), row["region"], {**body.totals, int(row["year"]): total})
    citations = sorted(_citations(store, department_of), key=lambda citation: citation.iri)
    return Facts(dict(sorted(bodies.items())), _projects(store, citations), tuple(citations), _regions(store))


def _projects(store: Reader, citations: list[Citation]) -> dict[str, Project]:
    found: dict[str, Project] = {}
    owner: dict[str, Project] = {}
    for row in named_rows(store, "link-projects"):
        project = found.setdefault(row["project"], Project(row["project"], row["department"]))
        project.names.setdefault(int(row["year"]), set()).add(row["name"])
        project.years_of[row["projectYear"]] = int(row["year"])
        owner[row["projectYear"]] = project
        if row["code"]:
            project.codes.add(row["code"].rpartition("/")[2])
    for citation in citations:
        if citation.project_year in owner:
            owner[citation.project_year].documents.add(citation.policy)
    return dict(sorted(found.items()))


def _citations(store: Reader, department_of: Mapping[str, str]) -> Iterator[Citation]:
    for row in named_rows(store, "link-citations"):
        advance = row["advance"].rpartition("/")[2]
        yield Citation(
            row["citation"],
            row["policy"],
            row["notice"],
            row["title"],
            row["printed"],
            row["projectYear"],
            row["region"],
            int(advance) if advance else 0,
            department_of.get(row["disclosure"], ""),
        )


def _regions(store: Reader) -> dict[str, Region]:
    names: dict[str, set[str]] = {}
    above: dict[str, str] = {}
    for row in named_rows(store, "link-regions"):
        names.setdefault(row["region"], set()).add(row["name"])
        above[row["region"]] = row["above"]
    return {region: Region(region, tuple(sorted(called)), above[region]) for region, called in sorted(names.items())}
