"""Notices that documents with numbers are, grants that notices of several levels pass on, and the projects that these pay for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kg.iri import Minter
from kg.links.likeness import Side, compare
from kg.links.model import Kind, Link, Method, Reason, Status
from kg.links.names import Name, read_name
from kg.links.reading import Citation, issuer_of

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


def read_notices(citations: Iterable[Citation], minter: Minter) -> tuple[dict[str, Notice], dict[str, Grant]]:
    """The notices and the grants that the citations name, by IRI."""
    notices: dict[str, Notice] = {}
    grants: dict[str, Grant] = {}
    for citation in sorted(citations, key=lambda citation: citation.iri):
        if not citation.notice:
            continue
        notice = notices.setdefault(citation.notice, Notice(citation.notice, citation.title, issuer_of(citation.policy)))
        notice.title = min(notice.title, citation.title)
        notice.documents.setdefault(citation.policy, []).append(citation)
        notice.region = notice.region or citation.region
        if grant := grant_of(citation, minter):
            notice.grant = grant.iri
            grants.setdefault(grant.iri, grant)
    return dict(sorted(notices.items())), dict(sorted(grants.items()))


def grant_of(citation: Citation, minter: Minter) -> Grant | None:
    """The grant that a citation's title names, with its year; ``None`` where it names none."""
    name = read_name(citation.title)
    year = citation.advance or (name.years[0] if name.years else 0)
    return Grant(minter.grant(title_core(name), year), name, year) if citation.notice and name.is_grant and year else None


def title_core(name: Name) -> str:
    """What a title says the money is for, with the level of government and the part, without years and 关于…的通知."""
    return "-".join(("+".join(sorted(name.levels)), name.core, *name.asides, *sorted(name.rounds)))


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


def cited_funding(notices: Iterable[Notice]) -> Iterator[Link]:
    """Projects of a year and the grants whose notices they cite."""
    cited: dict[tuple[str, str], list[Citation]] = {}
    for notice in notices:
        for citation in (each for group in notice.documents.values() for each in group):
            if notice.grant and citation.project_year:
                cited.setdefault((citation.project_year, notice.grant), []).append(citation)
    for (project_year, grant), citations in sorted(cited.items()):
        reasons = tuple(Reason("cited-as-basis", printed) for printed in sorted({citation.printed for citation in citations}))
        yield Link(Kind.FUNDING, project_year, grant, Method.NUMBER, _SURE, reasons, tuple(sorted(each.iri for each in citations)))


def says_money(printed: str) -> str:
    """The plain form of a name that says level and year of money, as a grant does; empty for others."""
    name = read_name(printed)
    return name.plain if name.levels and name.years else ""


def funding_by_name(project_year: str, names: Iterable[str], grants: Mapping[str, Sequence[Grant]]) -> Iterator[Link]:
    """The grant of whose level and year a project's name speaks, where it cites none; ``grants`` by the plain form of their names."""
    for printed in sorted(names):
        name = read_name(printed)
        for grant in grants.get(says_money(printed), ()):
            likeness = compare(Side(name), Side(grant.name))
            if name.levels == grant.name.levels and grant.year in name.years and likeness.is_match:
                confidence = min(likeness.confidence, _BY_NAME)
                reasons = (Reason("grant-name", name.core), *likeness.reasons)
                yield Link(Kind.FUNDING, project_year, grant.iri, likeness.method, confidence, reasons, (project_year,), Status.LIKELY)
                return
