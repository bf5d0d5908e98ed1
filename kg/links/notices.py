"""Notices that documents with numbers are, grants that notices of several levels pass on, and the projects that these pay for."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote

from kg import iri
from kg.iri import Minter
from kg.links.likeness import Side, compare
from kg.links.model import Kind, Link, Method, Reason, Status
from kg.links.names import Name, read_name
from kg.links.reading import Citation, Facts

_SURE = Decimal(1)
_BY_NAME = Decimal("0.90")


@dataclass
class Notice:
    """A notice by issuer and title: its numbered documents with a citation of each, and the region of its issuer (or empty)."""

    iri: str
    title: str
    issuer: str
    region: str = ""
    documents: dict[str, list[Citation]] = field(default_factory=dict)
    grant: str = ""


@dataclass(frozen=True)
class Grant:
    """Money of one name and year that notices of one title pass down; ``core`` names it without the year."""

    iri: str
    name: Name
    year: int

    @property
    def core(self) -> str:
        return title_core(self.name)


def read_notices(facts: Facts, minter: Minter) -> tuple[dict[str, Notice], dict[str, Grant]]:
    """The notices and the grants that the citations name, by IRI."""
    notices: dict[str, Notice] = {}
    grants: dict[str, Grant] = {}
    names_of = {one: project.names[year] for project in facts.projects.values() for one, year in project.years_of.items()}
    for citation in facts.citations:
        title, address = _title_of(citation, names_of, minter)
        if not address:
            continue
        issuer = unquote(citation.policy.rsplit("/", 3)[1])
        notice = notices.setdefault(address, Notice(address, title, issuer))
        notice.title = min(notice.title, title)
        notice.documents.setdefault(citation.policy, []).append(citation)
        notice.region = notice.region or _region_of(citation, facts)
        name = read_name(title)
        year = citation.advance or (name.years[0] if name.years else 0)
        if name.is_grant and year:
            grant = Grant(minter.grant(title_core(name), year), name, year)
            notice.grant = grant.iri
            grants.setdefault(grant.iri, grant)
    return dict(sorted(notices.items())), dict(sorted(grants.items()))


def title_core(name: Name) -> str:
    """What a title says the money is for, with the level of government and the part, without years and 关于…的通知."""
    return "-".join(("+".join(sorted(name.levels)), name.core, *name.asides, *sorted(name.rounds)))


def _title_of(citation: Citation, names_of: Mapping[str, Collection[str]], minter: Minter) -> tuple[str, str]:
    """The title of a numbered citation and the address of its notice; a title may stand in the project's name beside the number."""
    if citation.notice:
        return citation.title, citation.notice
    for name in sorted(names_of.get(citation.project_year, ())) if not citation.title else ():
        if iri.normal(citation.printed) in iri.normal(name) and read_name(name).is_grant:
            issuer = unquote(citation.policy.rsplit("/", 3)[1])
            return name, minter.policy(issuer, 0, "", name)
    return "", ""


def _region_of(citation: Citation, facts: Facts) -> str:
    """The region of an issuer: of the citing department's own and those above the nearest whose name begins with, or has, its character."""
    body = facts.bodies.get(citation.department)
    if not citation.region or body is None:
        return ""
    chain = [region for region in (body.region, *facts.above(body.region)) if region in facts.regions]
    short = citation.region[0]
    begins = (region for region in chain if any(name.startswith(short) for name in facts.regions[region].names))
    has = (region for region in chain if any(short in name for name in facts.regions[region].names))
    return next(begins, next(has, ""))


def notice_links(notices: Mapping[str, Notice], grants: Mapping[str, Grant]) -> Iterator[Link]:
    """Each numbered document with its notice, and each notice with its grant."""
    for notice in notices.values():
        for policy, citations in sorted(notice.documents.items()):
            sources = tuple(sorted(citation.iri for citation in citations))
            reasons = (Reason("number", citations[0].printed, notice.title),)
            yield Link(Kind.NOTICE, policy, notice.iri, Method.NUMBER, _SURE, reasons, sources)
        if notice.grant:
            sources = tuple(sorted(citation.iri for citations in notice.documents.values() for citation in citations))
            reasons = (Reason("grant-title", grants[notice.grant].name.core),)
            yield Link(Kind.GRANT, notice.iri, notice.grant, Method.KEY, _SURE, reasons, sources)


def funding_links(facts: Facts, notices: Mapping[str, Notice], grants: Mapping[str, Grant]) -> Iterator[Link]:
    """Projects of a year and the grants that pay for them: by the notices they cite, else by the name of a grant of that year."""
    cited: dict[tuple[str, str], list[Citation]] = {}
    for notice in notices.values():
        for citation in (each for group in notice.documents.values() for each in group):
            if notice.grant and citation.project_year:
                cited.setdefault((citation.project_year, notice.grant), []).append(citation)
    for (project_year, grant), citations in sorted(cited.items()):
        reasons = tuple(Reason("cited-as-basis", printed) for printed in sorted({citation.printed for citation in citations}))
        yield Link(Kind.FUNDING, project_year, grant, Method.NUMBER, _SURE, reasons, tuple(sorted(each.iri for each in citations)))
    paid = {project_year for project_year, _ in cited}
    by_words: dict[str, list[Grant]] = {}
    for grant_of in grants.values():
        by_words.setdefault(grant_of.name.plain, []).append(grant_of)
    for project in facts.projects.values():
        for project_year in sorted(project.years_of.keys() - paid):
            yield from _by_name(project_year, sorted(project.names[project.years_of[project_year]]), by_words)


def _by_name(project_year: str, names: list[str], by_words: Mapping[str, list[Grant]]) -> Iterator[Link]:
    """A project that names level and year as a grant does, and cites nothing."""
    for printed in names:
        name = read_name(printed)
        for grant in by_words.get(name.plain, ()) if name.levels and name.years else ():
            likeness = compare(Side(name), Side(grant.name))
            if name.levels == grant.name.levels and grant.year in name.years and likeness.is_match:
                confidence = min(likeness.confidence, _BY_NAME)
                reasons = (Reason("grant-name", name.core), *likeness.reasons)
                yield Link(Kind.FUNDING, project_year, grant.iri, likeness.method, confidence, reasons, (project_year,), Status.LIKELY)
                return
