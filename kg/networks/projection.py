"""From a store to a network: a dozen queries over aggregates, no statement invented on the way."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import pyoxigraph as ox

from kg import iri
from kg.networks.network import Figure, Kind, Link, Network, Node, Published, Relation
from kg.queries import named
from kg.store import Reader, Term
from kg.terms import TERMS

_NAMED = {
    "Department": Kind.DEPARTMENT,
    "BudgetProject": Kind.PROJECT,
    "PolicyDocument": Kind.POLICY,
    "Notice": Kind.POLICY,
    "Grant": Kind.GRANT,
    "FunctionalCode": Kind.FUNCTIONAL,
    "EconomicCode": Kind.ECONOMIC,
    "FundSource": Kind.FUND,
    "Region": Kind.REGION,
}
_DIMENSIONS = (
    (Kind.FUNCTIONAL, Relation.SPENDS, "functionalCode", "expenditure"),
    (Kind.ECONOMIC, Relation.USES, "economicCode", "economic"),
    (Kind.FUND, Relation.PAID_FROM, "fundSource", "funds"),
)
_LINKED = {
    "department": Relation.SAME,
    "project": Relation.SAME,
    "grant": Relation.PASSES_ON,
    "funding": Relation.FUNDED_BY,
    "counterpart": Relation.COUNTERPART,
}
_LIES_IN_LISTS = frozenset({Relation.LIES_IN, Relation.CLASSED, *(relation for _, relation, _, _ in _DIMENSIONS)})
Values = Mapping[str, str]


def project(reader: Reader) -> Network:
    """The network of everything that ``reader`` shows. Disclosures that do not stand for their department are left out, so that
    no money is counted twice."""
    made = _Projection(reader)
    made.disclosures()
    made.planned()
    made.cited()
    made.linked()
    made.above()
    return made.network()


class _Projection:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._names: dict[str, dict[str, str]] = {}
        self._kinds: dict[str, Kind] = {}
        for name, kind in _NAMED.items():
            for row in self._rows("network-names", {"class": ox.NamedNode(TERMS + name)}):
                self._called(row["thing"], kind, row["name"], row["name@"])
        self._tables = {row["table"]: row["disclosure"] for row in self._rows("network-tables")}
        self._links: set[Link] = set()
        self._published: dict[str, Published] = {}
        self._project_of: dict[str, tuple[str, Link]] = {}

    def disclosures(self) -> None:
        """Departments with their regions and disclosures, and what these spend and are paid from."""
        parts = {kind: self._parts(view, name) for kind, _, name, view in _DIMENSIONS}
        figures = self._figures()
        for row in self._rows("network-disclosures"):
            disclosure, department, year = row["disclosure"], row["department"], int(row["year"])
            own = {str(kind): parts[kind].get(disclosure, {}) for kind, *_ in _DIMENSIONS}
            self._called(disclosure, Kind.DISCLOSURE, row["label"], "zh")
            self._published[disclosure] = Published(
                disclosure, department, year, row["phase"].rsplit("/", 1)[-1], own, figures.get(disclosure, {})
            )
            self._links.add(Link(Relation.PUBLISHED, department, disclosure, disclosure, disclosure, year))
            if row["region"]:
                self._links.add(Link(Relation.LIES_IN, department, row["region"]))
            for kind, relation, _, _ in _DIMENSIONS:
                for code, figure in own[str(kind)].items():
                    for source in (disclosure, department):
                        self._links.add(Link(relation, source, code, figure.cell, disclosure, year, figure.amount, figure.cells))

    def planned(self) -> None:
        """The projects of departments and disclosures, and their codes."""
        for row in self._rows("network-projects"):
            held = self._published.get(row["disclosure"])
            if held is None:
                continue
            amount = Decimal(row["amount"]) if row["amount"] else None
            link = Link(Relation.PLANS, held.department, row["project"], row["planned"], held.iri, held.year, amount)
            self._project_of[row["planned"]] = (row["project"], link)
            self._links |= {link, Link(Relation.PLANS, held.iri, row["project"], row["planned"], held.iri, held.year, amount)}
            if row["code"]:
                self._links.add(Link(Relation.CLASSED, row["project"], row["code"], row["planned"], held.iri, held.year, amount))

    def cited(self) -> None:
        """The policy documents that projects and disclosures cite, and the notices that several numbers realise."""
        for row in self._rows("network-citations"):
            held = self._published.get(row["disclosure"])
            if held is None:
                continue
            project, planned = self._project_of.get(row["planned"], ("", None))
            amount = planned.amount if planned else None
            source = project or held.iri
            self._links.add(Link(Relation.CITES, source, row["policy"], row["citation"], held.iri, held.year, amount))
            if row["notice"] and row["notice"] != row["policy"]:
                self._called(row["notice"], Kind.POLICY, row["title"], "zh")
                self._links.add(Link(Relation.REALISES, row["policy"], row["notice"], row["citation"], held.iri, held.year, amount))

    def linked(self) -> None:
        """The links across documents that are followed, each with its evidence."""
        for row in self._rows("network-links"):
            relation = _LINKED.get(row["kind"].rsplit("/", 1)[-1])
            if relation is not None:
                planned = self._project_of.get(row["from"])
                source = planned[0] if planned else row["from"]
                about = planned[1] if planned else Link(relation, source, row["to"])
                self._links.add(Link(relation, source, row["to"], row["link"], about.disclosure, about.year, about.amount))

    def above(self) -> None:
        """The divisions and codes above those that are linked already."""
        within: dict[str, set[str]] = {}
        for row in self._rows("network-broader"):
            within.setdefault(row["thing"], set()).add(row["above"])
        waiting = {link.target for link in self._links if link.relation in _LIES_IN_LISTS}
        while waiting:
            thing = waiting.pop()
            for above in within.pop(thing, ()):
                self._links.add(Link(Relation.PART_OF, thing, above))
                waiting.add(above)

    def network(self) -> Network:
        links = sorted(
            (link for link in self._links if link.source in self._kinds and link.target in self._kinds),
            key=lambda link: (link.source, link.target, link.relation, link.rank),
        )
        touched = sorted({end for link in links for end in (link.source, link.target)})
        nodes = {thing: self._node(thing) for thing in touched}
        return Network(nodes, tuple(links), dict(sorted(self._published.items())))

    def _node(self, thing: str) -> Node:
        names = self._names[thing]
        zh = names.get("zh") or names.get("") or names.get("en") or thing
        return Node(thing, self._kinds[thing], zh, names.get("en", ""))

    def _called(self, thing: str, kind: Kind, name: str, language: str) -> None:
        """Note a name; of several in one language the first by text, so that the order of answers does not matter."""
        self._kinds.setdefault(thing, kind)
        known = self._names.setdefault(thing, {})
        known[language] = min(known.get(language, name), name)

    def _parts(self, view: str, name: str) -> dict[str, dict[str, Figure]]:
        """Disclosure → code → what its leaves sum to, with the largest cell."""
        bindings = {"view": ox.NamedNode(iri.code("leaf-view", view)), "property": ox.NamedNode(TERMS + name)}
        cells: dict[str, dict[str, list[tuple[Decimal, str]]]] = {}
        for row in self._rows("network-cells", bindings):
            cells.setdefault(self._tables[row["table"]], {}).setdefault(row["code"], []).append((Decimal(row["amount"]), row["cell"]))
        return {
            disclosure: {code: _summed(of_code) for code, of_code in sorted(codes.items()) if any(amount for amount, _ in of_code)}
            for disclosure, codes in cells.items()
        }

    def _figures(self) -> dict[str, dict[str, Figure]]:
        found: dict[str, dict[str, Figure]] = {}
        for row in self._rows("network-figures"):
            figure = Figure(Decimal(row["amount"]), row["cell"])
            found.setdefault(row["disclosure"], {})[row["property"].removeprefix(TERMS)] = figure
        return {disclosure: dict(sorted(figures.items())) for disclosure, figures in found.items()}

    def _rows(self, query: str, bindings: Mapping[str, Term] | None = None) -> Iterator[Values]:
        """The solutions as texts, empty where unbound; ``name@`` is the language of a name."""
        answer = self._reader.query(named(query), bindings)
        assert isinstance(answer, ox.QuerySolutions)
        variables = [variable.value for variable in answer.variables]
        for solution in answer:
            values = {name: solution[name] for name in variables}
            row = {name: value.value if isinstance(value, ox.NamedNode | ox.Literal) else "" for name, value in values.items()}
            called = values.get("name")
            if isinstance(called, ox.Literal):
                row["name@"] = called.language or ""
            yield row


def _summed(cells: list[tuple[Decimal, str]]) -> Figure:
    largest = min(cells, key=lambda cell: (-cell[0], cell[1]))
    return Figure(sum((amount for amount, _ in cells), Decimal(0)), largest[1], len(cells))
