"""What several documents share, in a graph of its own: departments, projects over the years, policies, codes that no list has.

It is told anew from all disclosures, or, where few of them changed, only about the things that these name.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

import pyoxigraph as ox

from kg import iri
from kg.ntriples import Triples, integer, text
from kg.ntriples import iri as ref
from kg.records import DisclosureKind
from kg.store import Reader, Writer, named_rows
from kg.triples import BUDGET, RDF_TYPE, RDFS_LABEL

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SCHEMES = {"functionalCode": "FunctionalCode", "economicCode": "EconomicCode"}
_NAMED = re.compile(rf"<{re.escape(BUDGET)}(department|project|cites|{'|'.join(_SCHEMES)})> <([^>]+)>".encode())
_MANY = 4
"""Where more than one in so many disclosures changed, everything is told anew."""


@dataclass
class Touched:
    """The things that disclosures name that came, changed or went: kind (local name of a property) → addresses."""

    disclosures: int = 0
    things: dict[str, set[str]] = field(default_factory=dict)

    def by(self, *graphs: bytes) -> None:
        """One disclosure changed; its graph as N-Triples, before and after."""
        self.disclosures += 1
        for graph in graphs:
            for kind, thing in set(_NAMED.findall(graph)):
                self.things.setdefault(kind.decode(), set()).add(thing.decode())


def update_reference(store: Writer, minter: iri.Minter, touched: Touched) -> None:
    """Bring the reference graph up to date with the disclosures; what changed since it last was is in ``touched``.

    A change that a killed process made is in nobody's list: :func:`rebuild_reference` is for that.
    """
    if not touched.disclosures:
        return
    if touched.disclosures * _MANY > sum(1 for _ in named_rows(store, "disclosures")):
        rebuild_reference(store, minter)
        return
    things = {thing for found in touched.things.values() for thing in found}
    store.retell(minter.graph("reference"), things, _told(store, touched.things).data)


def rebuild_reference(store: Writer, minter: iri.Minter) -> None:
    """Make the reference graph anew from all disclosures, where it is not what it should be."""
    name = minter.graph("reference")
    data = reference(store).data
    if not store.holds(name, data) and (data or name in store.graphs()):
        store.replace_graphs({name: data})


def reference(store: Reader) -> Triples:
    """The whole reference graph, from all disclosures."""
    return _told(store, None)


def _told(store: Reader, things: Mapping[str, Collection[str]] | None) -> Triples:
    """What the disclosures say of these things, or of all."""

    def rows(query: str, kind: str, variable: str) -> Iterator[dict[str, str]]:
        if things is None:
            return named_rows(store, query)
        return (row for thing in sorted(things.get(kind, ())) for row in named_rows(store, query, {variable: ox.NamedNode(thing)}))

    triples = Triples()
    of_departments = "disclosures-of-departments" if things is None else "disclosures-of-department"
    disclosures = list(rows(of_departments, "department", "department"))
    _departments(triples, disclosures)
    _preferred(triples, disclosures)
    _projects(triples, rows("projects", "project", "project"))
    _policies(triples, rows("cited-policies", "cites", "policy"))
    listed = {row["code"] for row in named_rows(store, "listed-codes")}
    for scheme, name in _SCHEMES.items():
        used = set(things.get(scheme, ())) if things is not None else _used(store, scheme)
        _codes(triples, name, _first_names(store, scheme, used - listed))
    return triples


def _used(store: Reader, scheme: str) -> set[str]:
    return {row["code"] for row in named_rows(store, "used-codes", {"property": ox.NamedNode(f"{BUDGET}{scheme}")})}


def _first_names(store: Reader, scheme: str, codes: Collection[str]) -> Iterator[dict[str, str]]:
    for code in sorted(codes):
        yield from named_rows(store, "first-name-of-code", {"property": ox.NamedNode(f"{BUDGET}{scheme}"), "code": ox.NamedNode(code)})


def _departments(triples: Triples, rows: Iterable[dict[str, str]]) -> None:
    for row in rows:
        triples.add(row["department"], RDF_TYPE, ref(f"{BUDGET}Department"))
        triples.add(row["department"], RDFS_LABEL, text(row["name"], "zh"))
        if row["region"]:
            triples.add(row["department"], f"{BUDGET}region", ref(row["region"]))


def _preferred(triples: Triples, rows: Iterable[dict[str, str]]) -> None:
    """One disclosure of a department for each year and phase: its own, else that of a unit."""
    preferred: dict[tuple[str, str, str], tuple[bool, str]] = {}
    for row in rows:
        of = (row["department"], row["year"], row["phase"])
        candidate = (not row["kind"].endswith(f"/{DisclosureKind.DEPARTMENT}"), row["disclosure"])
        preferred[of] = min(candidate, preferred.get(of, candidate))
    for (department, _, _), (_, disclosure) in preferred.items():
        triples.add(department, f"{BUDGET}preferredDisclosure", ref(disclosure))


def _projects(triples: Triples, rows: Iterable[dict[str, str]]) -> None:
    """The shortest printed name is the label, the others stand beside it."""
    names: dict[str, set[str]] = {}
    for row in rows:
        names.setdefault(row["project"], set()).add(row["name"])
        triples.add(row["project"], RDF_TYPE, ref(f"{BUDGET}BudgetProject"))
        triples.add(row["project"], f"{BUDGET}department", ref(row["department"]))
    for project, printed in names.items():
        label, *others = sorted(printed, key=lambda name: (len(name), name))
        triples.add(project, RDFS_LABEL, text(label, "zh"))
        for name in others:
            triples.add(project, f"{_SKOS}altLabel", text(name, "zh"))


def _codes(triples: Triples, name: str, rows: Iterable[dict[str, str]]) -> None:
    """Codes that no list has, with the first of their printed names."""
    for row in rows:
        code = row["code"]
        scheme, _, notation = code.rpartition("/")
        triples.add(code, RDF_TYPE, ref(f"{BUDGET}{name}"))
        triples.add(code, f"{_SKOS}prefLabel", text(row["name"], "zh"))
        triples.add(code, f"{_SKOS}notation", text(notation))
        triples.add(code, f"{_SKOS}inScheme", ref(scheme))
        triples.add(code, f"{BUDGET}codeStatus", ref(iri.code("code-status", "observed")))
        triples.add(code, f"{BUDGET}level", integer({3: 1, 5: 2, 7: 3}.get(len(notation), 3)))
        if len(notation) > 3:
            triples.add(code, f"{_SKOS}broader", ref(f"{scheme}/{notation[:-2]}"))


def _policies(triples: Triples, rows: Iterable[dict[str, str]]) -> None:
    """Cited documents: by number where they have one (the address says it), else by title."""
    for row in rows:
        policy = row["policy"]
        triples.add(policy, RDF_TYPE, ref(f"{BUDGET}PolicyDocument"))
        issuer, year, number = map(unquote, policy.rsplit("/", 3)[1:])
        if year.isdigit():
            triples.add(policy, f"{BUDGET}policyIssuer", text(issuer))
            triples.add(policy, f"{BUDGET}policyYear", integer(int(year)))
            triples.add(policy, f"{BUDGET}policyNumber", text(number))
            triples.add(policy, f"{BUDGET}documentNumber", text(f"{issuer}〔{year}〕{number}号"))
            triples.add(policy, RDFS_LABEL, text(f"{issuer}〔{year}〕{number}号", "zh"))
        else:
            triples.add(policy, RDFS_LABEL, text(row["title"] or row["printed"], "zh"))
        if row["title"]:
            triples.add(policy, "http://purl.org/dc/terms/title", text(row["title"], "zh"))
