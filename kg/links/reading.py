"""What links are made from: what each disclosure says, and the bodies, projects and regions that several speak of."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from urllib.parse import unquote

from kg import iri
from kg.iri import Minter
from kg.links.names import read_name
from kg.store import UNION, Dataset, Reader, named_rows


@dataclass(frozen=True)
class Region:
    """A division with the names it goes by; ``above`` is empty on top."""

    iri: str
    names: tuple[str, ...]
    above: str


@dataclass(frozen=True)
class Regions:
    """The regions of the list, by IRI."""

    by_iri: Mapping[str, Region]

    def __contains__(self, region: str) -> bool:
        return region in self.by_iri

    def __getitem__(self, region: str) -> Region:
        return self.by_iri[region]

    def above(self, region: str) -> Iterator[str]:
        """The regions above one, the nearest first."""
        while region in self.by_iri and (region := self.by_iri[region].above):
            yield region

    def issuing(self, short: str, region: str) -> str:
        """The region that the character of an issuer means: of this region and those above it the nearest whose name begins with it,
        else has it; empty when none does."""
        chain = [each for each in (region, *self.above(region)) if each in self.by_iri]
        begins = (each for each in chain if any(name.startswith(short) for name in self.by_iri[each].names))
        has = (each for each in chain if any(short in name for name in self.by_iri[each].names))
        return next(begins, next(has, "")) if short else ""

    def text(self) -> str:
        return json.dumps([asdict(region) for region in self.by_iri.values()], ensure_ascii=False)

    @classmethod
    def of_text(cls, text: str) -> "Regions":
        """What :meth:`text` wrote."""
        found = (Region(each["iri"], tuple(each["names"]), each["above"]) for each in json.loads(text))
        return cls({region.iri: region for region in found})


def read_regions(store: Reader) -> Regions:
    """The regions of the list."""
    names: dict[str, set[str]] = {}
    above: dict[str, str] = {}
    for row in named_rows(store, "link-regions"):
        names.setdefault(row["region"], set()).add(row["name"])
        above[row["region"]] = row["above"]
    return Regions({region: Region(region, tuple(sorted(called)), above[region]) for region, called in sorted(names.items())})


@dataclass(frozen=True)
class Appearance:
    """A disclosure of a department: the name it prints of itself, its region (or empty) and the year."""

    department: str
    name: str
    region: str
    year: int


@dataclass(frozen=True)
class ProjectYear:
    """A project of a year as one disclosure prints it, with the project over the years; ``code`` (a functional one) may be empty."""

    iri: str
    project: str
    department: str
    name: str
    year: int
    code: str


@dataclass(frozen=True)
class Citation:
    """A citation; ``notice``, ``title``, ``project_year``, ``region`` (that of the issuer), ``advance`` (year, 0) and ``grant`` (the
    one that the title names) may be empty."""

    iri: str
    policy: str
    notice: str
    title: str
    printed: str
    project_year: str
    region: str
    advance: int
    department: str
    grant: str = ""


@dataclass(frozen=True)
class Variant:
    """Another name that a disclosure prints for a project, beside the one of its table, and where."""

    project: str
    project_year: str
    name: str
    other: str
    place: str


@dataclass
class Said:
    """What one disclosure says that links are made from."""

    appearances: list[Appearance] = field(default_factory=list)
    projects: list[ProjectYear] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    indicators: list[str] = field(default_factory=list)


def read_said(store: Reader, minter: Minter, regions: Regions, graph: str = "") -> dict[str, Said]:
    """What the current disclosures say, by their IRI; of one graph where it is named."""
    dataset = Dataset.of([graph], []) if graph else UNION
    found: dict[str, Said] = {}
    for row in named_rows(store, "link-disclosures", dataset=dataset):
        appearance = Appearance(row["department"], row["name"], row["region"], int(row["year"].rpartition("/")[2]))
        found.setdefault(row["disclosure"], Said()).appearances.append(appearance)
    names: dict[str, set[str]] = {}
    for row in named_rows(store, "link-projects", dataset=dataset):
        said = found[row["disclosure"]]
        by, code = said.appearances[0], row["code"].rpartition("/")[2]
        said.projects.append(ProjectYear(row["projectYear"], row["project"], by.department, row["name"], by.year, code))
        names.setdefault(row["projectYear"], set()).add(row["name"])
    for row in named_rows(store, "link-citations", dataset=dataset):
        if row["disclosure"] in found:
            said = found[row["disclosure"]]
            said.citations.append(_citation(row, said.appearances[0], names.get(row["projectYear"], ()), minter, regions))
    for row in named_rows(store, "link-variants", dataset=dataset):
        if iri.normal(row["other"]) != iri.normal(row["name"]):
            variant = Variant(row["project"], row["projectYear"], row["name"], row["other"], row["place"])
            found[row["disclosure"]].variants.append(variant)
    for row in named_rows(store, "link-indicators", dataset=dataset):
        found[row["disclosure"]].indicators.append(row["name"])
    return found


def _citation(row: Mapping[str, str], by: Appearance, names: Iterable[str], minter: Minter, regions: Regions) -> Citation:
    """A citation of a department; its title may stand in the name of the project that cites, beside the number."""
    notice, title = row["notice"], row["title"]
    if not notice and not title:
        printed = iri.normal(row["printed"])
        title = next((name for name in sorted(names) if printed in iri.normal(name) and read_name(name).is_grant), "")
        notice = minter.policy(issuer_of(row["policy"]), 0, "", title) if title else ""
    advance = row["advance"].rpartition("/")[2]
    region = regions.issuing(row["region"][:1], by.region)
    numbers = (row["printed"], row["projectYear"], region, int(advance) if advance else 0)
    return Citation(row["citation"], row["policy"], notice, title, *numbers, by.department)


def issuer_of(policy: str) -> str:
    """The issuer that the address of a policy document has."""
    return unquote(policy.rsplit("/", 3)[1])


@dataclass(frozen=True)
class Body:
    """A department with its printed name, its region (or empty) and the years in which it published."""

    iri: str
    name: str
    region: str
    years: tuple[int, ...]


def bodies_of(appearances: Iterable[Appearance]) -> dict[str, Body]:
    """The departments that appear, by IRI."""
    found: dict[str, list[Appearance]] = {}
    for each in appearances:
        found.setdefault(each.department, []).append(each)
    return {
        department: Body(department, min(each.name for each in own), own[0].region, tuple(sorted({each.year for each in own})))
        for department, own in sorted(found.items())
    }


@dataclass
class Project:
    """A project over the years: year → printed names; the projects of a year; codes; documents that these cite."""

    iri: str
    department: str
    names: dict[int, set[str]] = field(default_factory=dict)
    years_of: dict[str, int] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)

    @property
    def printed(self) -> tuple[str, ...]:
        return tuple(sorted({name for names in self.names.values() for name in names}, key=lambda name: (len(name), name)))


def projects_of(years: Iterable[ProjectYear], citations: Iterable[Citation]) -> dict[str, Project]:
    """The projects over the years, by IRI, with what is cited for them."""
    found: dict[str, Project] = {}
    owner: dict[str, Project] = {}
    for each in years:
        project = found.setdefault(each.project, Project(each.project, each.department))
        project.names.setdefault(each.year, set()).add(each.name)
        project.years_of[each.iri] = each.year
        owner[each.iri] = project
        if each.code:
            project.codes.add(each.code)
    for citation in citations:
        if citation.project_year in owner:
            owner[citation.project_year].documents.add(citation.policy)
    return dict(sorted(found.items()))
