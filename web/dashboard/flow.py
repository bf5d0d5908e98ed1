"""The way of the money: source of funds → functional class → basic or project expenditure → use. What does not add up shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kg.iri import VOCABULARY
from web.dashboard.money import Entry, Money, by_class, of_table, total
from web.site import View

SOURCES, CLASSES, TYPES, USES = range(4)
KNOWN, REST, OTHERS, OPEN = "known", "rest", "others", "open"
"""Kinds of nodes: something that has a name, what is not itemised, small parts taken together, what does not reconcile."""
PROJECTS_SHOWN = 8
_TYPE = f"{VOCABULARY}code/expenditure-type/"
_ALL = f"{VOCABULARY}code/fund-source/all"
_CLASS_CODE = f"{VOCABULARY}code/functional/2024/"


@dataclass(frozen=True)
class Node:
    """A place that money comes through. ``count`` is how many parts ``OTHERS`` stands for."""

    level: int
    kind: str
    iri: str = ""
    count: int = 0


@dataclass(frozen=True)
class Link:
    """Money from one node to the next; ``cell`` is where the amount is printed, empty for a sum or a difference."""

    origin: Node
    target: Node
    amount: Decimal
    cell: str = ""


@dataclass(frozen=True)
class Gap:
    """A node whose two sides differ by more than rounding explains: what should be there and what is."""

    node: Node
    first: Decimal
    second: Decimal

    @property
    def difference(self) -> Decimal:
        return self.first - self.second


@dataclass
class Flow:
    """All links, and the gaps among them. ``totals`` are the printed totals of nodes that have one."""

    links: list[Link] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    totals: dict[Node, Entry] = field(default_factory=dict)

    def nodes(self, level: int) -> list[Node]:
        """The nodes of a level: classes and types by code, others as they came, those without a name of their own last."""
        found = dict.fromkeys(node for link in self.links for node in (link.origin, link.target) if node.level == level)
        return sorted(found, key=lambda node: ((KNOWN, OTHERS, REST, OPEN).index(node.kind), node.iri if level in (CLASSES, TYPES) else ""))

    def amount(self, node: Node) -> Decimal:
        """What comes through a node: the larger of what comes in and what goes out."""
        into = sum((link.amount for link in self.links if link.target == node), Decimal(0))
        out = sum((link.amount for link in self.links if link.origin == node), Decimal(0))
        return max(into, out)

    def is_project(self, link: Link) -> bool:
        """Whether the money is for projects."""
        return _project() in (link.origin, link.target)


def _project() -> Node:
    return Node(TYPES, KNOWN, f"{_TYPE}project")


@dataclass(frozen=True)
class Use:
    """A project and its amount."""

    iri: str
    entry: Entry


def read_flow(data: View, money: Sequence[Money], projects: Iterable[Use], show_all: bool) -> Flow:
    """The flow of one disclosure; empty when it prints neither the revenue nor the expenditure table by class."""
    flow = Flow()
    revenue, expenditure = of_table(money, "revenue"), of_table(money, "expenditure")
    resolution = max((entry.resolution for entry in (*revenue, *expenditure)), default=Decimal(1))
    _from_sources(flow, revenue, finest_sources(revenue, _broader(data)), resolution)
    _to_types(flow, expenditure, resolution)
    _balance_classes(flow, resolution)
    if flow.links:
        _to_uses(flow, of_table(money, "basic-expenditure-economic"), projects, resolution, show_all)
    return flow


def _broader(data: View) -> Mapping[str, str]:
    return {row.text("source"): row.text("broader") for row in data.rows("fund-sources")}


def finest_sources(money: Iterable[Money], broader: Mapping[str, str]) -> dict[str, str]:
    """Column → source of funds, for the columns of a table that no other column is a part of."""
    columns = {entry.column: entry.source for entry in money if entry.source and entry.source != _ALL}
    parents: set[str] = set()
    for source in columns.values():
        above = broader.get(source, "")
        while above and above not in parents:
            parents.add(above)
            above = broader.get(above, "")
    return {column: source for column, source in columns.items() if source not in parents}


def _from_sources(flow: Flow, revenue: Sequence[Money], sources: Mapping[str, str], resolution: Decimal) -> None:
    out: dict[Node, list[Decimal]] = {}
    for code, column, entry in by_class(revenue):
        if column in sources and entry.amount > 0:
            origin = Node(SOURCES, KNOWN, sources[column])
            flow.links.append(Link(origin, Node(CLASSES, KNOWN, _CLASS_CODE + code), entry.amount, entry.cell))
            out.setdefault(origin, []).append(entry.amount)
    for column, source in sources.items():
        node, printed = Node(SOURCES, KNOWN, source), total(revenue, column)
        if printed is None or not printed.amount:
            continue
        flow.totals[node] = printed
        _hold(flow, node, [printed.amount], out.get(node, []), resolution, Node(CLASSES, OPEN), None)


def _to_types(flow: Flow, expenditure: Sequence[Money], resolution: Decimal) -> None:
    into: dict[Node, list[Decimal]] = {}
    columns = ("basic", "project")
    for code, column, entry in by_class(expenditure):
        if column in columns and entry.amount > 0:
            target = Node(TYPES, KNOWN, _TYPE + column)
            flow.links.append(Link(Node(CLASSES, KNOWN, _CLASS_CODE + code), target, entry.amount, entry.cell))
            into.setdefault(target, []).append(entry.amount)
    for column in columns:
        node, printed = Node(TYPES, KNOWN, _TYPE + column), total(expenditure, column)
        if printed is None or not printed.amount:
            continue
        flow.totals[node] = printed
        _hold(flow, node, into.get(node, []), [printed.amount], resolution, None, Node(CLASSES, OPEN))


def _balance_classes(flow: Flow, resolution: Decimal) -> None:
    sides = {level: any(link.origin.level == level for link in flow.links) for level in (SOURCES, CLASSES)}
    if not all(sides.values()):
        return
    for node in flow.nodes(CLASSES):
        if node.kind == KNOWN:
            into = [link.amount for link in flow.links if link.target == node]
            out = [link.amount for link in flow.links if link.origin == node]
            _hold(flow, node, into, out, resolution, Node(TYPES, OPEN), Node(SOURCES, OPEN))


def _hold(
    flow: Flow, node: Node, first: Sequence[Decimal], second: Sequence[Decimal], resolution: Decimal, to: Node | None, come: Node | None
) -> None:
    """Hold two sides of a node against each other. What the first has more goes to ``to``, what it lacks comes from ``come``."""
    one, other = sum(first, Decimal(0)), sum(second, Decimal(0))
    if abs(one - other) <= resolution * (len(first) + len(second)) / 2:
        return
    flow.gaps.append(Gap(node, one, other))
    if one > other and to is not None:
        flow.links.append(Link(node, to, one - other))
    elif one < other and come is not None:
        flow.links.append(Link(come, node, other - one))


def _to_uses(flow: Flow, basic: Sequence[Money], projects: Iterable[Use], resolution: Decimal, show_all: bool) -> None:
    for column in ("staff", "running"):
        printed = total(basic, column)
        if printed is not None and printed.amount > 0:
            flow.links.append(Link(Node(TYPES, KNOWN, f"{_TYPE}basic"), Node(USES, KNOWN, _TYPE + column), printed.amount, printed.cell))
    held = sorted((use for use in projects if use.entry.amount > 0), key=lambda use: (-use.entry.amount, use.iri))
    shown = held if show_all or len(held) <= PROJECTS_SHOWN + 1 else held[:PROJECTS_SHOWN]
    flow.links += [Link(_project(), Node(USES, KNOWN, use.iri), use.entry.amount, use.entry.cell) for use in shown]
    if len(shown) < len(held):
        left = held[len(shown) :]
        amount = sum((use.entry.amount for use in left), Decimal(0))
        flow.links.append(Link(_project(), Node(USES, OTHERS, count=len(left)), amount))
    for name in ("basic", "project"):
        node = Node(TYPES, KNOWN, _TYPE + name)
        into = flow.totals.get(node)
        stated = into.amount if into else sum((link.amount for link in flow.links if link.target == node), Decimal(0))
        out = [link.amount for link in flow.links if link.origin == node]
        left_over = stated - sum(out, Decimal(0))
        if abs(left_over) <= resolution * (len(out) + 1) / 2:
            continue
        if left_over > 0:
            flow.links.append(Link(node, Node(USES, REST), left_over))
        else:
            flow.gaps.append(Gap(node, stated, stated - left_over))
            flow.links.append(Link(Node(CLASSES, OPEN), node, -left_over))
