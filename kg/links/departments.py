"""Departments over the years (renamed, merged) and departments for one field in regions above one another."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import combinations

import pyoxigraph as ox
from rapidfuzz.distance import LCSseq

from kg import iri
from kg.links.likeness import LISTED, USED
from kg.links.model import Kind, Link, Method, Reason, Status
from kg.links.names import plain_form
from kg.links.reading import Body, Regions
from kg.store import Reader, named_rows

_SURE = Decimal(1)
_MONEY = Decimal("0.95")
_LEAST_COMPARED = 3
_SHARE = Decimal("0.45")
_TOLERANCE = Decimal(200)
"""In 元: two rounded figures in 万元 with two decimals."""
_ENDINGS = ("人民政府", "委员会", "办公室", "办事处", "管理局", "中心", "局", "委", "厅", "处", "站", "院", "所")


def counterpart_links(body: Body, regions: Regions, bodies_at: Callable[[str, str], Iterable[str]]) -> Iterator[Link]:
    """A department and those of the same kind in the nearest region above that has one; ``bodies_at`` gives the departments of a
    region and a field."""
    kind = field_of(body, regions)
    for region in regions.above(body.region):
        if others := sorted(bodies_at(region, kind)):
            named = "、".join((regions[body.region].names[0], regions[region].names[0]))
            for other in others:
                yield Link(Kind.COUNTERPART, body.iri, other, Method.REGION, _SURE, (Reason("field-and-region", kind, named),))
            return


def field_of(body: Body, regions: Regions) -> str:
    """The name of a department without the names of its region and of those above."""
    name = iri.normal(body.name)
    called = {word for region in (body.region, *regions.above(body.region)) if region in regions for word in regions[region].names}
    for word in sorted(called, key=len, reverse=True):
        name = name.removeprefix(word) or name
    return name


def department_links(bodies: Iterable[Body], regions: Regions, store: Reader) -> Iterator[Link]:
    """An earlier and a later department of one region where the later one takes over: by its name and by the money it speaks of."""
    by_region: dict[str, list[Body]] = {}
    for body in bodies:
        by_region.setdefault(body.region, []).append(body)
    money = _Money(store)
    for region, own in sorted(by_region.items()):
        if region:
            pairs = [(one, other) for one in own for other in own if one.years[-1] < other.years[0]]
            scored = [(one, other, share) for one, other in pairs if (share := _share(one, other, regions)) >= _SHARE]
            yield from _successions(scored, money)


def _share(one: Body, other: Body, regions: Regions) -> Decimal:
    """How much of both names is common, without region and ending."""
    here, there = (_stem(field_of(body, regions)) for body in (one, other))
    return Decimal(2 * LCSseq.similarity(here, there)) / (len(here) + len(there))


def _stem(field: str) -> str:
    ending = next((ending for ending in _ENDINGS if field.endswith(ending) and len(field) > len(ending) + 1), "")
    return plain_form(field.removesuffix(ending))


def _successions(scored: list[tuple[Body, Body, Decimal]], money: "_Money") -> Iterator[Link]:
    merged: set[tuple[str, str]] = set()
    for later in sorted({other.iri for _, other, _ in scored}):
        candidates = [(one, other, share) for one, other, share in scored if other.iri == later]
        for (one, other, _), (two, _, _) in combinations(candidates, 2):
            compared, agreed = money.compared(other, one, two)
            if _speaks(compared, agreed):
                for each, beside in ((one, two), (two, one)):
                    merged.add((each.iri, other.iri))
                    reasons = (Reason("merged", beside.name), Reason("same-money", str(compared), str(agreed)))
                    yield Link(Kind.DEPARTMENT, each.iri, later, Method.MONEY, _MONEY, reasons, (), Status.LIKELY)
    for one, other, share in scored:
        if (one.iri, other.iri) not in merged:
            yield _succession(one, other, share, *money.compared(other, one))


def _succession(one: Body, other: Body, share: Decimal, compared: int, agreed: int) -> Link:
    reasons = [Reason("name-share", one.name, other.name)]
    confidence, method, status = LISTED + (USED - LISTED) * share * Decimal("0.9"), Method.OVERLAP, Status.POSSIBLE
    if _speaks(compared, agreed):
        confidence, method, status = _MONEY, Method.MONEY, Status.LIKELY
        reasons.append(Reason("same-money", str(compared), str(agreed)))
    elif compared:
        confidence = LISTED
        reasons.append(Reason("other-money", str(compared), str(agreed)))
    confidence = confidence.quantize(Decimal("0.01"))
    return Link(Kind.DEPARTMENT, one.iri, other.iri, method, confidence, tuple(reasons), (), status)


def _speaks(compared: int, agreed: int) -> bool:
    return compared >= _LEAST_COMPARED and 5 * agreed >= 4 * compared


class _Money:
    """What departments publish, and say of the year before: each is asked once, as in a region everyone is compared with everyone."""

    def __init__(self, store: Reader) -> None:
        self._store = store
        self._said: dict[str, Mapping[str, Decimal]] = {}
        self._published: dict[tuple[str, int], Mapping[str, Decimal]] = {}

    def compared(self, later: Body, *earlier: Body) -> tuple[int, int]:
        """Of how many codes the later department says an amount of the year before, and how many are what the earlier ones published."""
        implied = self._implied(later)
        published: dict[str, Decimal] = {}
        for body in earlier:
            for code, amount in self._amounts(body, later.years[0] - 1).items():
                published[code] = published.get(code, Decimal(0)) + amount
        compared = [code for code in implied if code in published]
        return len(compared), sum(abs(implied[code] - published[code]) <= _TOLERANCE for code in compared)

    def _implied(self, later: Body) -> Mapping[str, Decimal]:
        """Code → amount that the first disclosure of a department says of the year before."""
        if later.iri not in self._said:
            bound = {"later": ox.NamedNode(later.iri), "year": ox.NamedNode(iri.year(later.years[0]))}
            rows = named_rows(self._store, "link-said", bound)
            self._said[later.iri] = {row["code"]: Decimal(row["implied"]) for row in rows}
        return self._said[later.iri]

    def _amounts(self, body: Body, year: int) -> Mapping[str, Decimal]:
        """Code → amount that a department published in a year."""
        if (body.iri, year) not in self._published:
            bound = {"earlier": ox.NamedNode(body.iri), "yearBefore": ox.NamedNode(iri.year(year))}
            rows = named_rows(self._store, "link-published", bound)
            self._published[body.iri, year] = {row["code"]: Decimal(row["published"]) for row in rows}
        return self._published[body.iri, year]
