"""The graph of links, made anew from the documents and the decisions: the same of both give the same quads."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kg import iri
from kg.iri import Minter
from kg.links.clusters import Clusters
from kg.links.decisions import Decision, read_decisions
from kg.links.departments import counterpart_links, department_links
from kg.links.indicators import indicator_links
from kg.links.model import Kind, Link, Status
from kg.links.names import name_of_money
from kg.links.notices import Grant, Notice, funding_links, notice_links, read_notices, title_core
from kg.links.projects import project_links, variant_links
from kg.links.reading import Facts, read_facts
from kg.links.words import told
from kg.ntriples import Triples, decimal, text
from kg.ntriples import iri as ref
from kg.store import Reader, Writer
from kg.terms import PREFIXES, TERMS

GRAPH = "links"
_TYPE = f"{PREFIXES['rdf']}type"
_LABEL = f"{PREFIXES['rdfs']}label"
_DERIVED = f"{PREFIXES['prov']}wasDerivedFrom"
_NAMED = (Kind.VARIANT, Kind.INDICATOR)
"""Links whose second end is a name, not a thing."""


@dataclass(frozen=True)
class Built:
    """How many links of each kind and status there are, and whether the graph changed."""

    counts: Mapping[tuple[Kind, Status], int]
    changed: bool


def build_links(store: Writer, minter: Minter) -> Built:
    """Make the graph of links anew; it is written only where it differs from what the store has."""
    maker = _Maker(store, minter)
    data = maker.triples().data
    graph = minter.graph(GRAPH)
    changed = not store.holds(graph, data)
    if changed:
        store.replace_graphs({graph: data})
    return Built(dict(sorted(maker.counts.items())), changed)


class _Maker:
    """One making of the graph."""

    def __init__(self, store: Reader, minter: Minter) -> None:
        self._store = store
        self._minter = minter
        self._decisions = read_decisions(store)
        self._triples = Triples()
        self.counts: dict[tuple[Kind, Status], int] = {}

    def triples(self) -> Triples:
        facts = read_facts(self._store)
        bodies = self._departments(facts)
        self._projects(facts, bodies)
        self._money(facts)
        for link in self._decided(counterpart_links(facts)):
            self._joined(link, "counterpartAbove")
        for link in self._decided(indicator_links(self._store, self._minter)):
            self._indicator(link)
        for _ in self._decided(variant_links(self._store)):
            pass
        return self._triples

    def _decided(self, links: Iterable[Link]) -> Iterator[Link]:
        """The links with what people decided, each written down."""
        for link in links:
            address = self._minter.link(link.kind, link.first, link.second)
            decision = self._decisions.get(address)
            decided = replace(link, status=decision.status) if decision else link
            self._write(address, decided, decision)
            self.counts[decided.kind, decided.status] = self.counts.get((decided.kind, decided.status), 0) + 1
            yield decided

    def _write(self, address: str, link: Link, decision: Decision | None) -> None:
        chinese, english = told(link.reasons)
        self._triples.add(address, _TYPE, ref(f"{TERMS}Link"))
        self._add(address, "linkKind", ref(iri.code("link-kind", link.kind)))
        self._add(address, "linkFrom", ref(link.first))
        self._add(address, *(("linkedName", text(link.second)) if link.kind in _NAMED else ("linkTo", ref(link.second))))
        self._add(address, "linkMethod", ref(iri.code("link-method", link.method)))
        self._add(address, "linkStatus", ref(iri.code("link-status", link.status)))
        self._add(address, "confidence", decimal(link.confidence))
        self._add(address, "evidence", text(chinese, "zh"), text(english, "en"))
        if decision and decision.note:
            self._add(address, "evidence", text(decision.note))
        for source in link.sources:
            self._triples.add(address, _DERIVED, ref(source))

    def _departments(self, facts: Facts) -> dict[str, str]:
        """Department → the newest of its names."""
        clusters = Clusters[str]({body.iri: body.years for body in facts.bodies.values()})
        for link in _surest_first(self._decided(department_links(facts, self._store))):
            if link.status.is_used:
                # Two departments that merge share their years: only the one that follows excludes.
                clusters.join(link.first, link.second, force=True)
                event = self._minter.change_event(link.second)
                self._triples.add(event, _TYPE, ref(f"{PREFIXES['org']}ChangeEvent"))
                self._triples.add(event, f"{PREFIXES['org']}originalOrganization", ref(link.first))
                self._triples.add(event, f"{PREFIXES['org']}resultingOrganization", ref(link.second))
        return self._identities({body.iri: body.years[-1] for body in facts.bodies.values()}, clusters)

    def _projects(self, facts: Facts, bodies: Mapping[str, str]) -> None:
        clusters = Clusters[str]({project.iri: project.names for project in facts.projects.values()})
        for link in _surest_first(self._decided(project_links(facts, bodies))):
            if link.status.is_used:
                clusters.join(link.first, link.second, force=link.status is Status.ACCEPTED)
        self._identities({project.iri: max(project.names) for project in facts.projects.values()}, clusters)

    def _identities(self, last_years: Mapping[str, int], clusters: Clusters[str]) -> dict[str, str]:
        """Every thing with the newest of those that it is one with, itself where there is no other."""
        chiefs = {thing: max(clusters.of(thing), key=lambda other: (last_years[other], other)) for thing in last_years}
        for thing, chief in chiefs.items():
            self._add(thing, "identity", ref(chief))
        return chiefs

    def _money(self, facts: Facts) -> None:
        notices, grants = read_notices(facts, self._minter)
        cited = {citation.policy for citation in facts.citations}
        for link in self._decided(notice_links(notices, grants)):
            if link.status.is_used and link.kind is Kind.NOTICE:
                self._joined(link, "realises")
            elif link.status.is_used:
                self._joined(link, "passesOn")
        for notice in notices.values():
            self._notice(notice, named=notice.iri not in cited)
        for grant in grants.values():
            self._grant(grant)
        for link in self._decided(funding_links(facts, notices, grants)):
            self._joined(link, "fundedBy")

    def _notice(self, notice: Notice, named: bool) -> None:
        self._triples.add(notice.iri, _TYPE, ref(f"{TERMS}Notice"))
        self._add(notice.iri, "noticeIssuer", text(notice.issuer))
        if named:
            self._triples.add(notice.iri, _LABEL, text(notice.title, "zh"))
        if notice.region:
            self._add(notice.iri, "issuedInRegion", ref(notice.region))

    def _grant(self, grant: Grant) -> None:
        programme = self._minter.grant(title_core(grant.name))
        for address, kind in ((grant.iri, "Grant"), (programme, "GrantProgramme")):
            self._triples.add(address, _TYPE, ref(f"{TERMS}{kind}"))
            year = f"{grant.year}年" if kind == "Grant" else ""
            self._triples.add(address, _LABEL, text(year + _said(grant), "zh"))
        self._add(grant.iri, "programme", ref(programme))
        self._add(grant.iri, "grantYear", ref(iri.year(grant.year)))

    def _indicator(self, link: Link) -> None:
        if not link.status.is_used:
            return
        self._triples.add(link.first, _TYPE, ref(f"{TERMS}Indicator"))
        best = link.second if self._minter.indicator(link.second) == link.first else ""
        said = "prefLabel" if best else "altLabel"
        self._triples.add(link.first, f"{PREFIXES['skos']}{said}", text(link.second, "zh"))

    def _joined(self, link: Link, name: str) -> None:
        if link.status.is_used:
            self._add(link.first, name, ref(link.second))

    def _add(self, subject: str, name: str, *values: str) -> None:
        self._triples.add(subject, f"{TERMS}{name}", *values)


def _surest_first(links: Iterable[Link]) -> list[Link]:
    """A person's word first, then by confidence, in a fixed order."""
    return sorted(links, key=lambda link: (link.status is not Status.ACCEPTED, -link.confidence, link.first, link.second))


def _said(grant: Grant) -> str:
    """What people call a grant: the words of its title after 下达 and before 预算的通知, without the year."""
    return name_of_money(grant.name.printed)
