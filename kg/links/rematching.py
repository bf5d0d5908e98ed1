"""What is matched again: everything that shares a block with something that changed, and nothing else.

The blocks are, by the first word of their names: ``region`` (departments over the years), ``chief`` (the projects of a department under all
its names), ``counterpart`` (a department), ``notice``, ``grant``, ``funding`` (a project of a year), ``indicator`` (a key of names),
``variant`` (a project).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kg import iri
from kg.iri import Minter
from kg.links.blocks import LABEL, TYPE, Blocks
from kg.links.clusters import Clusters
from kg.links.departments import counterpart_links, department_links, field_of
from kg.links.indicators import indicator_key, indicator_links, shapes
from kg.links.model import Kind, Link, Status
from kg.links.names import name_of_money, read_name
from kg.links.notices import Grant, Notice, cited_funding, funding_by_name, notice_links, read_notices, says_money, title_core
from kg.links.projects import project_links, variant_links
from kg.links.reading import Appearance, Body, Citation, ProjectYear, Regions, Variant, bodies_of, projects_of
from kg.links.register import Register
from kg.ntriples import iri as ref
from kg.ntriples import text
from kg.store import Reader
from kg.terms import PREFIXES, TERMS


@dataclass
class Touched:
    """The things that what changed names, or named: kind (the name of a handle) → values."""

    things: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def by(self, handles: Iterable[tuple[str, str, str]]) -> None:
        """Handles of an entry that came or went, with its kind."""
        for _, name, value in handles:
            self.things[name].add(value)

    def block(self, name: str) -> None:
        """A block that has to be made again."""
        kind, _, value = name.partition(" ")
        self.things[{"funding": "project_year", "variant": "project", "indicator": "key"}.get(kind, kind)].add(value)

    def __getitem__(self, name: str) -> set[str]:
        return self.things[name]


class Rematching:
    """One round of matching over what a register holds."""

    def __init__(self, store: Reader, minter: Minter, regions: Regions, register: Register, blocks: Blocks) -> None:
        self._store, self._minter, self._regions = store, minter, regions
        self._register, self._blocks = register, blocks

    def run(self, touched: Touched) -> None:
        """Make the blocks that what was touched belongs to."""
        self._departments(touched)
        self._projects(touched)
        self._counterparts(touched)
        self._money(touched)
        self._funding(touched)
        self._indicators(touched)
        self._variants(touched)

    # Departments and their projects

    def _bodies(self, handle: str, values: Iterable[str]) -> dict[str, Body]:
        return bodies_of(Appearance(**each) for each in self._register.find("appearance", handle, values))

    def _departments(self, touched: Touched) -> None:
        """Regions, and the departments without one: each department with the newest of its names, its chief."""
        regions = touched["region"]
        bodies = self._bodies("region", regions) | self._bodies("department", touched["department"])
        self._blocks.begin(f"region {region}" for region in regions)
        self._blocks.begin(f"region {department}" for department in touched["department"])
        clusters = Clusters[str]({body.iri: body.years for body in bodies.values()})
        whole = [body for body in bodies.values() if body.region in regions]
        links: list[Link] = []
        for link in department_links(whole, self._regions, self._store):
            links += self._blocks.decided(f"region {bodies[link.first].region}", [link])
        for link in _surest_first(links):
            if link.status.is_used:
                # Two departments that merge share their years: only the one that follows excludes.
                clusters.join(link.first, link.second, force=True)
                block, event = f"region {bodies[link.first].region}", self._minter.change_event(link.second)
                self._blocks.add(block, event, TYPE, ref(f"{PREFIXES['org']}ChangeEvent"))
                self._blocks.add(block, event, f"{PREFIXES['org']}originalOrganization", ref(link.first))
                self._blocks.add(block, event, f"{PREFIXES['org']}resultingOrganization", ref(link.second))
        chiefs = _chiefs({body.iri: body.years[-1] for body in bodies.values()}, clusters)
        for department, chief in chiefs.items():
            self._blocks.say(f"region {bodies[department].region or department}", department, "identity", ref(chief))
        self._note_bodies(bodies, chiefs, touched)

    def _note_bodies(self, bodies: Mapping[str, Body], chiefs: Mapping[str, str], touched: Touched) -> None:
        """Keep what departments are found by, and note which projects and counterparts a change of it touches."""
        for department in sorted(bodies.keys() | touched["department"]):
            before = self._register.forget(f"body {department}")
            after = set()
            if body := bodies.get(department):
                kind = field_of(body, self._regions)
                handles = [("department", department), ("chief", chiefs[department]), ("field", f"{body.region} {kind}")]
                handles += [("below", f"{region} {kind}") for region in self._regions.above(body.region)]
                self._register.keep(f"body {department}", "body", {"iri": department, "chief": chiefs[department]}, handles)
                after = {("body", name, value) for name, value in handles if value}
            if before != after or department in touched["department"]:
                touched["chief"].update(value for _, name, value in before | after if name == "chief")
                touched["counterpart"].add(department)
            if before != after:
                touched["fields"].update(value for _, name, value in before ^ after if name == "field")

    def _projects(self, touched: Touched) -> None:
        """The projects of departments under all their names."""
        chiefs = touched["chief"]
        self._blocks.begin(f"chief {chief}" for chief in chiefs)
        chief_of = {each["iri"]: each["chief"] for each in self._register.find("body", "chief", chiefs)}
        bodies = self._bodies("department", chief_of)
        years = [ProjectYear(**each) for each in self._register.find("project", "department", chief_of)]
        citations = [Citation(**each) for each in self._register.find("citation", "department", chief_of)]
        of_chief: dict[str, list[str]] = defaultdict(list)
        projects = projects_of(years, citations)
        for project in projects.values():
            of_chief[chief_of[project.department]].append(project.iri)
        for chief, own in of_chief.items():
            block = f"chief {chief}"
            clusters = Clusters[str]({each: projects[each].names for each in own})
            found = project_links([projects[each] for each in own], bodies, self._regions)
            for link in _surest_first(self._blocks.decided(block, found)):
                if link.status.is_used:
                    clusters.join(link.first, link.second, force=link.status is Status.ACCEPTED)
            for each, newest in _chiefs({each: max(projects[each].names) for each in own}, clusters).items():
                self._blocks.say(block, each, "identity", ref(newest))

    def _counterparts(self, touched: Touched) -> None:
        """Departments that changed, and those below that may look up to them."""
        below = {each["iri"] for each in self._register.find("body", "below", touched["fields"])}
        departments = touched["counterpart"] | below
        self._blocks.begin(f"counterpart {department}" for department in departments)
        for body in self._bodies("department", departments).values():
            for link in self._blocks.decided(f"counterpart {body.iri}", counterpart_links(body, self._regions, self._bodies_at)):
                self._blocks.join(f"counterpart {body.iri}", link, "counterpartAbove")

    def _bodies_at(self, region: str, kind: str) -> list[str]:
        return [each["iri"] for each in self._register.find("body", "field", [f"{region} {kind}"])]

    # Money

    def _money(self, touched: Touched) -> None:
        """Notices and grants, with all that hang together with those that were touched."""
        notices, grants, citations = self._hanging_together(touched)
        self._blocks.begin(f"notice {notice}" for notice in notices)
        self._blocks.begin(f"grant {grant}" for grant in grants)
        found, given = read_notices(citations, self._minter)
        cited = self._register.counts("citation", "policy", notices)
        for link in notice_links(found, given):
            block = f"notice {link.second if link.kind is Kind.NOTICE else link.first}"
            for decided in self._blocks.decided(block, [link]):
                self._blocks.join(block, decided, "realises" if link.kind is Kind.NOTICE else "passesOn")
        for notice in found.values():
            self._notice(notice, named=notice.iri not in cited)
        for grant in given.values():
            self._grant(grant)
        for link in cited_funding(found.values()):
            for decided in self._blocks.decided(f"grant {link.second}", [link]):
                self._blocks.join(f"grant {link.second}", decided, "fundedBy")
        self._note_money(notices, grants, found, given, touched)

    def _hanging_together(self, touched: Touched) -> tuple[set[str], set[str], list[Citation]]:
        """Notices and grants that citations join with those that were touched, and these citations."""
        sets: dict[str, set[str]] = {"notice": set(), "grant": set()}
        citations: dict[str, Citation] = {}
        new = {"notice": touched["notice"] | touched["policy"], "grant": set(touched["grant"])}
        while any(new.values()):
            for handle, values in new.items():
                sets[handle] |= values
                citations |= {each["iri"]: Citation(**each) for each in self._register.find("citation", handle, values)}
            named = {"notice": {each.notice for each in citations.values()}, "grant": {each.grant for each in citations.values()}}
            new = {handle: values - sets[handle] - {""} for handle, values in named.items()}
        return sets["notice"], sets["grant"], list(citations.values())

    def _notice(self, notice: Notice, named: bool) -> None:
        block = f"notice {notice.iri}"
        self._blocks.add(block, notice.iri, TYPE, ref(f"{TERMS}Notice"))
        self._blocks.say(block, notice.iri, "noticeIssuer", text(notice.issuer))
        if named:
            self._blocks.add(block, notice.iri, LABEL, text(notice.title, "zh"))
        if notice.region:
            self._blocks.say(block, notice.iri, "issuedInRegion", ref(notice.region))

    def _grant(self, grant: Grant) -> None:
        block, programme = f"grant {grant.iri}", self._minter.grant(title_core(grant.name))
        said = name_of_money(grant.name.printed)  # what people call it: the title after 下达 and before 预算的通知, without the year
        for address, kind, year in ((grant.iri, "Grant", f"{grant.year}年"), (programme, "GrantProgramme", "")):
            self._blocks.add(block, address, TYPE, ref(f"{TERMS}{kind}"))
            self._blocks.add(block, address, LABEL, text(year + said, "zh"))
        self._blocks.say(block, grant.iri, "programme", ref(programme))
        self._blocks.say(block, grant.iri, "grantYear", ref(iri.year(grant.year)))

    def _note_money(
        self, notices: set[str], grants: set[str], found: Mapping[str, Notice], given: Mapping[str, Grant], touched: Touched
    ) -> None:
        """Keep which notices pass on grants, and what these are called; note the projects that a change of it touches."""
        turned = set()
        for notice in notices:
            before = bool(self._register.forget(f"granted {notice}"))
            after = notice in found and bool(found[notice].grant)
            if after:
                self._register.keep(f"granted {notice}", "granted", {"notice": notice}, [("notice", notice)])
            if before != after:
                turned.add(notice)
        touched["project_year"].update(each["project_year"] for each in self._register.find("citation", "notice", turned))
        for grant in grants:
            before_money = self._register.forget(f"grant {grant}")
            after_money = set()
            if each := given.get(grant):
                handles = [("grant", grant), ("money", each.name.plain), ("printed", each.name.printed)]
                data = {"iri": grant, "printed": each.name.printed, "year": each.year}
                self._register.keep(f"grant {grant}", "grant", data, handles)
                after_money = {("grant", name, value) for name, value in handles if value}
            if before_money != after_money:
                touched["words"].update(value for _, name, value in before_money | after_money if name == "money")

    def _funding(self, touched: Touched) -> None:
        """Projects of a year that name a grant and cite none."""
        touched["project_year"].update(each["iri"] for each in self._register.find("project", "money", touched["words"]))
        years = touched["project_year"] - {""}
        self._blocks.begin(f"funding {year}" for year in years)
        notices: dict[str, set[str]] = defaultdict(set)
        for each in self._register.find("citation", "project_year", years):
            notices[each["project_year"]].add(each["notice"])
        granted = self._register.counts("granted", "notice", {notice for some in notices.values() for notice in some})
        names: dict[str, set[str]] = defaultdict(set)
        for each in self._register.find("project", "project_year", years):
            if not notices[each["iri"]] & granted.keys() and says_money(each["name"]):
                names[each["iri"]].add(each["name"])
        plain = {says_money(name) for some in names.values() for name in some}
        grants: dict[str, list[Grant]] = defaultdict(list)
        for each in sorted(self._register.find("grant", "money", plain), key=lambda each: str(each["iri"])):
            grant = Grant(each["iri"], read_name(each["printed"]), each["year"])
            grants[grant.name.plain].append(grant)
        for year, printed in names.items():
            for link in self._blocks.decided(f"funding {year}", funding_by_name(year, printed, grants)):
                self._blocks.join(f"funding {year}", link, "fundedBy")

    # Names

    def _indicators(self, touched: Touched) -> None:
        """Names of indicators, with all that are joined with those that were touched, slip by slip."""
        counts = self._register.counts("said", "indicator", touched["indicator"])
        keys = touched["key"]
        for name in sorted(touched["indicator"]):
            key = indicator_key(name)
            keys.add(key)
            self._register.forget(f"name {name}")
            if name in counts:
                self._register.keep(f"name {name}", "name", {"name": name, "count": counts[name]}, [("key", key)])
        there = self._register.counts("name", "key", keys)
        known = self._register.counts("key", "key", keys)
        for key in sorted(keys):
            if key not in there:
                self._register.forget(f"key {key}")
            elif key not in known:
                self._register.keep(f"key {key}", "key", {"key": key}, [("key", key), *(("shape", shape) for shape in shapes(key))])
        joined, new = set(keys), set(keys)
        while new:
            near = self._register.find("key", "shape", {shape for key in new for shape in shapes(key)})
            new = {each["key"] for each in near} - joined
            joined |= new
        self._blocks.begin(f"indicator {key}" for key in joined)
        names = {each["name"]: each["count"] for each in self._register.find("name", "key", joined)}
        for link in indicator_links(names, self._minter):
            block = f"indicator {indicator_key(link.second)}"
            for decided in self._blocks.decided(block, [link]):
                self._indicator(block, decided)

    def _indicator(self, block: str, link: Link) -> None:
        if not link.status.is_used:
            return
        self._blocks.add(block, link.first, TYPE, ref(f"{TERMS}Indicator"))
        said = "prefLabel" if self._minter.indicator(link.second) == link.first else "altLabel"
        self._blocks.add(block, link.first, f"{PREFIXES['skos']}{said}", text(link.second, "zh"))

    def _variants(self, touched: Touched) -> None:
        self._blocks.begin(f"variant {project}" for project in touched["project"])
        for link in variant_links(Variant(**each) for each in self._register.find("variant", "project", touched["project"])):
            for _ in self._blocks.decided(f"variant {link.first}", [link]):
                pass


def _chiefs(last_years: Mapping[str, int], clusters: Clusters[str]) -> dict[str, str]:
    """Every thing with the newest of those that it is one with, itself where there is no other."""
    return {thing: max(clusters.of(thing), key=lambda other: (last_years[other], other)) for thing in last_years}


def _surest_first(links: Iterable[Link]) -> list[Link]:
    """A person's word first, then by confidence, in a fixed order."""
    return sorted(links, key=lambda link: (link.status is not Status.ACCEPTED, -link.confidence, link.first, link.second))
