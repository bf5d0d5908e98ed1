"""Which policy documents move most money: the money of the projects that cite them, and their weighted centrality."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kg.networks.network import Kind, Link, Network, Node, Relation

_DAMPING = 0.85
_ROUNDS = 100
_CLOSE_ENOUGH = 1e-10
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class RankedPolicy:
    """``money`` (元) is what the projects that cite the document plan; a project that cites two counts with both, so the money of
    several documents is never added up. ``share`` is its part (in per cent) of all money of citing projects. ``centrality`` is its
    weighted PageRank among departments, projects and documents, in thousandths of the whole. ``links`` are the citations, by money.
    ``without`` citations are of projects without an amount, and add nothing."""

    policy: Node
    money: Decimal
    share: Decimal
    centrality: Decimal
    departments: int
    projects: int
    without: int
    links: tuple[Link, ...]


def rank_policies(network: Network, year: int = 0) -> tuple[RankedPolicy, ...]:
    """Every cited document, most money first; of one year, or of all years together where ``year`` is 0."""
    cited: dict[str, list[Link]] = {}
    for link in network.links:
        if link.relation is Relation.CITES and year in (0, link.year):
            cited.setdefault(link.target, []).append(link)
    plans = {link.statement: link for link in network.links if _is_plan(network, link) and year in (0, link.year)}
    money_of_projects: dict[tuple[str, str], Decimal] = {}
    for links in cited.values():
        for link in links:
            if link.amount is not None:
                money_of_projects[link.source, link.disclosure] = link.amount
    whole = sum(money_of_projects.values(), Decimal(0))
    centrality = page_rank(_flows(network, cited, plans))
    ranked = [_ranked(network, policy, links, whole, centrality.get(policy, 0.0)) for policy, links in cited.items()]
    return tuple(sorted(ranked, key=lambda entry: (-entry.money, -entry.centrality, entry.policy.iri)))


def _is_plan(network: Network, link: Link) -> bool:
    return link.relation is Relation.PLANS and network.nodes[link.source].kind is Kind.DEPARTMENT


def _ranked(network: Network, policy: str, links: list[Link], whole: Decimal, centrality: float) -> RankedPolicy:
    amounts = {(link.source, link.disclosure): link.amount for link in links}
    money = sum((amount for amount in amounts.values() if amount is not None), Decimal(0))
    return RankedPolicy(
        policy=network.nodes[policy],
        money=money,
        share=(100 * money / whole).quantize(_CENT) if whole else Decimal(0),
        centrality=Decimal(repr(centrality * 1000)).quantize(Decimal("0.001")),
        departments=len({network.published[link.disclosure].department for link in links}),
        projects=len({link.source for link in links if network.nodes[link.source].kind is Kind.PROJECT}),
        without=sum(amount is None for amount in amounts.values()),
        links=tuple(sorted(links, key=lambda link: (-(link.amount or Decimal(0)), link.statement))),
    )


def _flows(network: Network, cited: Mapping[str, list[Link]], plans: Mapping[str, Link]) -> dict[str, dict[str, int]]:
    """Who stands beside whom, weighted by money in 分: departments, their projects, and the documents that these cite."""
    flows: dict[str, dict[str, int]] = {}

    def add(one: str, other: str, amount: Decimal | None) -> None:
        weight = int((amount or Decimal(0)) * 100)
        if weight > 0:
            for start, end in ((one, other), (other, one)):
                beside = flows.setdefault(start, {})
                beside[end] = beside.get(end, 0) + weight

    for link in plans.values():
        add(link.source, link.target, link.amount)
    for policy in sorted(cited):
        for link in cited[policy]:
            add(link.source, policy, link.amount)
    return flows


def page_rank(flows: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """PageRank over symmetric weights, by rounds in a fixed order (networkx computes it with SciPy, which is not needed for this)."""
    things = sorted(flows)
    if not things:
        return {}
    even = 1 / len(things)
    leaving = {thing: sum(flows[thing].values()) for thing in things}
    rank = dict.fromkeys(things, even)
    for _ in range(_ROUNDS):
        passed = {thing: rank[thing] / leaving[thing] for thing in things}
        new = {
            thing: (1 - _DAMPING) * even + _DAMPING * sum(passed[other] * weight for other, weight in flows[thing].items())
            for thing in things
        }
        moved = sum(abs(new[thing] - rank[thing]) for thing in things)
        rank = new
        if moved < _CLOSE_ENOUGH:
            break
    return rank
