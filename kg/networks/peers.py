"""Departments beside each other: whose budget is made up alike, and which share stands out among peers.

Shares are exact parts of one disclosure's own sums; only budgets of one year are compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kg.errors import QueryError
from kg.networks.network import Figure, Kind, Network, Node, Published
from kg.terms import TERMS

DIMENSIONS = (Kind.FUNCTIONAL, Kind.ECONOMIC, Kind.FUND)
"""What a budget is made up of, in three ways."""
SHARED = 6
MIN_PEERS = 5
"""Fewer other departments than this are no peers to be out of line with."""
DEVIATIONS = Decimal(3)
_FROM_MAD = Decimal("1.4826")
"""The median absolute deviation times this is the standard deviation of a normal distribution."""
_LEAST_SPREAD = Decimal("0.01")
"""Where peers are nearly equal a hundredth of the whole is the spread: a few thousandths more or less are nothing to point at."""
_STEP = Decimal("0.0001")
_HEADLINES = ("basicExpenditure", "staffCost", "runningCost", "projectExpenditure", "threePublic")
_INCOMES = ("generalBudgetTransfer", "governmentFund", "ownFunds", "specialAccount", "carryOver")
_CLASS_DIGITS = 3


@dataclass(frozen=True)
class Shared:
    """A part of two budgets, ``own`` and ``other`` as shares of their dimension (0.25 is a quarter), with the largest cells."""

    code: Node
    own: Decimal
    other: Decimal
    own_cell: str
    other_cell: str

    @property
    def overlap(self) -> Decimal:
        return min(self.own, self.other)


@dataclass(frozen=True)
class Similar:
    """Another department: ``overlap`` is the part of the two budgets that goes the same ways (1 is the same structure), the mean
    of the ``dimensions``; ``shared`` are the parts that make up most of it."""

    department: Node
    disclosure: str
    overlap: Decimal
    dimensions: Mapping[Kind, Decimal]
    shared: tuple[Shared, ...]


@dataclass(frozen=True)
class Peer:
    """A department with its share, and the cell the share rests on (empty for none: it spends nothing on this)."""

    department: Node
    share: Decimal
    cell: str


@dataclass(frozen=True)
class Outlier:
    """A share out of line. ``measure`` is a code, or a headline figure of the ontology; ``of`` what it is a share of, a dimension
    or a headline figure. ``deviations`` is how many robust standard deviations (from the median absolute deviation, never less
    than a hundredth of the whole) the share is above (negative: below) the ``median`` of all."""

    measure: str
    of: str
    share: Decimal
    cell: str
    median: Decimal
    spread: Decimal
    deviations: Decimal
    peers: tuple[Peer, ...]


@dataclass(frozen=True)
class Outliers:
    """``kind`` is ``bureau`` when peers are the same kind of bureau elsewhere (named without its region: ``name``), ``all`` when
    there are too few of those and peers are all departments of the year, ``none`` when there are too few of any."""

    department: Node
    disclosure: str
    year: int
    kind: str
    name: str
    peers: int
    measures: int
    found: tuple[Outlier, ...]


def budget_of(network: Network, department: str, year: int = 0) -> Published:
    """The budget of a department, the newest where ``year`` is 0. Raises :class:`QueryError` when there is none."""
    own = [entry for entry in network.published.values() if entry.department == department and entry.phase == "budget"]
    chosen = [entry for entry in own if year in (0, entry.year)]
    if not chosen:
        of_year = f" of {year}" if year else ""
        raise QueryError(f"no budget{of_year} of {department}")
    return max(chosen, key=lambda entry: (entry.year, entry.iri))


def most_similar(network: Network, department: str, year: int = 0, limit: int = 10) -> tuple[Similar, ...]:
    """The departments whose budget of the same year is made up most alike, and why."""
    own = budget_of(network, department, year)
    held = {dimension: _shares(own.parts[dimension]) for dimension in DIMENSIONS if own.parts[dimension]}
    if not held:
        return ()
    beside = [_compared(network, held, own, other) for other in network.budgets(own.year) if other.department != department]
    ranked = sorted((entry for entry in beside if entry.overlap), key=lambda entry: (-entry.overlap, entry.department.iri))
    return tuple(ranked[:limit])


def _compared(network: Network, held: Mapping[Kind, Mapping[str, Decimal]], own: Published, other: Published) -> Similar:
    dimensions: dict[Kind, Decimal] = {}
    shared: list[Shared] = []
    for dimension, shares in held.items():
        beside = _shares(other.parts[dimension])
        both = [
            Shared(network.nodes[code], share, beside[code], own.parts[dimension][code].cell, other.parts[dimension][code].cell)
            for code, share in shares.items()
            if code in beside
        ]
        dimensions[dimension] = sum((each.overlap for each in both), Decimal(0)).quantize(_STEP)
        shared += both
    shared.sort(key=lambda each: (-each.overlap, each.code.iri))
    overlap = (sum(dimensions.values(), Decimal(0)) / len(dimensions)).quantize(_STEP)
    return Similar(network.nodes[other.department], other.iri, overlap, dimensions, tuple(shared[:SHARED]))


def _shares(parts: Mapping[str, Figure]) -> dict[str, Decimal]:
    """Each part of the whole; nothing where the whole is nothing or less."""
    whole = sum((figure.amount for figure in parts.values()), Decimal(0))
    return {code: figure.amount / whole for code, figure in parts.items()} if whole > 0 else {}


def outliers(network: Network, department: str, year: int = 0, deviations: Decimal = DEVIATIONS) -> Outliers:
    """The shares of a budget that stand out among peers, the most out of line first."""
    own = budget_of(network, department, year)
    beside = [entry for entry in network.budgets(own.year) if entry.department != department]
    name = bureau(network, department)
    alike = [entry for entry in beside if bureau(network, entry.department) == name]
    kind = "bureau" if len(alike) >= MIN_PEERS else "all" if len(beside) >= MIN_PEERS else "none"
    peers = alike if kind == "bureau" else beside
    found: list[Outlier] = []
    measured = 0
    if kind != "none":
        for of, values in _measures(network, own, peers, with_tasks=kind == "bureau"):
            for measure, (share, cell) in values[0].items():
                others = [(entry, *value[measure]) for entry, value in zip(peers, values[1:], strict=True) if measure in value]
                if len(others) < MIN_PEERS:
                    continue
                measured += 1
                outlier = _judged(network, measure, of, (share, cell), others, deviations)
                if outlier is not None:
                    found.append(outlier)
    found.sort(key=lambda entry: (-abs(entry.deviations), entry.measure))
    return Outliers(network.nodes[department], own.iri, own.year, kind, name, len(peers), measured, tuple(found))


def bureau(network: Network, department: str) -> str:
    """What kind of bureau a department is: its name without that of its region."""
    node = network.nodes[department]
    region = network.region_of(department)
    return node.zh.removeprefix(network.nodes[region].zh) if region else node.zh


Measured = Mapping[str, tuple[Decimal, str]]


def _measures(network: Network, own: Published, peers: Sequence[Published], *, with_tasks: bool) -> list[tuple[str, list[Measured]]]:
    """What is compared: of what it is a share, and for this department and each peer measure → (share, cell).

    What departments of other kinds spend on their tasks (functional classes) is no measure for this one.
    """
    everyone = [own, *peers]
    found: list[tuple[str, list[Measured]]] = [
        (TERMS + whole, [_headline_shares(entry, names, whole) for entry in everyone])
        for names, whole in ((_HEADLINES, "totalExpenditure"), (_INCOMES, "totalIncome"))
    ]
    for dimension in DIMENSIONS:
        if dimension is Kind.FUNCTIONAL and not with_tasks:
            continue
        shares = [_class_shares(entry.parts[dimension], dimension) for entry in everyone]
        codes = sorted({code for share in shares if share for code in share})
        # a code that a table lacks is a share of nothing; a table that is not there says nothing about any code
        found.append((str(dimension), [{code: share.get(code, (Decimal(0), "")) for code in codes} if share else {} for share in shares]))
    return found


def _headline_shares(entry: Published, names: Sequence[str], whole: str) -> Measured:
    total = entry.figures.get(whole)
    if total is None or total.amount <= 0:
        return {}
    held = ((name, entry.figures[name]) for name in names if name in entry.figures)
    return {TERMS + name: (figure.amount / total.amount, figure.cell) for name, figure in held}


def _class_shares(parts: Mapping[str, Figure], dimension: Kind) -> Measured:
    """Shares by class (the first three digits of a code), each with its largest cell; fund sources as they are."""
    classes: dict[str, tuple[Decimal, str, Decimal]] = {}
    for code, share in _shares(parts).items():
        above, _, notation = code.rpartition("/")
        key = code if dimension is Kind.FUND else f"{above}/{notation[:_CLASS_DIGITS]}"
        total, cell, largest = classes.get(key, (Decimal(0), "", Decimal(-1)))
        classes[key] = (total + share, parts[code].cell if share > largest else cell, max(share, largest))
    return {key: (total, cell) for key, (total, cell, _) in classes.items()}


def _judged(
    network: Network,
    measure: str,
    of: str,
    own: tuple[Decimal, str],
    others: Sequence[tuple[Published, Decimal, str]],
    deviations: Decimal,
) -> Outlier | None:
    """The outlier, or ``None`` when the share is in line. The department itself is not among those it is held against."""
    shares = [share for _, share, _ in others]
    middle = _median(shares)
    spread = max(_FROM_MAD * _median([abs(share - middle) for share in shares]), _LEAST_SPREAD)
    off = (own[0] - middle) / spread
    if abs(off) < deviations:
        return None
    peers = sorted((Peer(network.nodes[entry.department], share.quantize(_STEP), cell) for entry, share, cell in others), key=_by_share)
    return Outlier(
        measure,
        of,
        own[0].quantize(_STEP),
        own[1],
        middle.quantize(_STEP),
        spread.quantize(_STEP),
        off.quantize(Decimal("0.1")),
        tuple(peers),
    )


def _by_share(peer: Peer) -> tuple[Decimal, str]:
    return (-peer.share, peer.department.iri)


def _median(values: Sequence[Decimal]) -> Decimal:
    ranked = sorted(values)
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2
