"""Staff and running cost of a department: posts, wages and what follows from them, as entries of its ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from kg.samples.bureaus import Bureau
from kg.samples.facts import Staffing
from kg.samples.ledger import ZERO, Entry, Part

_PENSION, _ANNUITY, _MEDICAL, _CIVIL_MEDICAL, _HOUSING = (Decimal(rate) for rate in ("0.16", "0.08", "0.075", "0.03", "0.12"))
_CENT = Decimal("0.01")
_RUNNING = {
    "30201": (2400, 1.0),
    "30202": (600, 0.5),
    "30205": (150, 0.5),
    "30206": (500, 0.6),
    "30207": (700, 0.8),
    "30208": (900, 0.4),
    "30209": (400, 0.3),
    "30211": (1500, 0.6),
    "30212": (900, 0.02),
    "30213": (700, 0.4),
    "30216": (400, 0.4),
    "30217": (250, 0.25),
    "30228": (1300, 0.9),
    "30229": (900, 0.8),
    "30231": (1100, 0.55),
    "30239": (1600, 0.35),
    "30299": (500, 0.4),
    "31002": (600, 0.12),
}
"""Running cost: 元 a head and year, and how many departments have the item."""


@dataclass(frozen=True)
class People:
    """Who is paid in one year."""

    admin: int
    institution: int
    retired: int
    veterans: int

    @property
    def in_post(self) -> int:
        return self.admin + self.institution


class Payroll:
    """The staff of one department over the years; draws from ``rng`` in order of the years."""

    def __init__(self, bureau: Bureau, size: float, rng: Random) -> None:
        self._bureau = bureau
        self._rng = rng
        self._people = People(
            admin=max(3, round(rng.uniform(5, 30) * size)) if bureau.admin else 0,
            institution=max(4, round(rng.uniform(5, 45) * size)) if bureau.institution else 0,
            retired=rng.choice((0, 0, rng.randint(1, 6), rng.randint(2, 24))),
            veterans=rng.choice((0, 0, 0, 0, rng.randint(1, 2))),
        )
        self._spare_posts = rng.randint(0, 4)
        self._wage = Decimal(rng.randint(36_000, 56_000))
        self._has_annuity = rng.random() < 0.75
        self._has_civil_medical = bool(bureau.admin) and rng.random() < 0.5
        self._running = tuple(code for code, (_, share) in _RUNNING.items() if rng.random() < share)

    def next_year(self) -> tuple[Staffing, tuple[Entry, ...]]:
        """Staffing and entries of the year after the last one asked for."""
        before, self._people = self._people, self._moved()
        self._wage *= Decimal(self._rng.randint(990, 1060)) / 1000
        now = self._people
        staffing = Staffing(
            authorised=max(now.in_post, before.in_post) + self._spare_posts,
            actual=now.in_post + now.retired + now.veterans,
            in_post=now.in_post,
            retired=now.retired,
            veterans=now.veterans,
            in_post_change=now.in_post - before.in_post,
            retired_change=now.retired - before.retired,
            veterans_change=now.veterans - before.veterans,
        )
        return staffing, tuple(entry for entry in self._entries(now) if entry.amount)

    def _moved(self) -> People:
        now, rng = self._people, self._rng
        return People(
            admin=max(2, now.admin + rng.choice((-2, -1, 0, 0, 1, 2))) if now.admin else 0,
            institution=max(2, now.institution + rng.choice((-2, -1, 0, 0, 1, 3))) if now.institution else 0,
            retired=now.retired + rng.choice((0, 0, 0, 1, 2)),
            veterans=max(0, now.veterans - rng.choice((0, 0, 0, 0, 1))),
        )

    def _entries(self, people: People) -> Iterator[Entry]:
        bureau = self._bureau
        wages = {}
        for item, heads, bonus in ((bureau.admin, people.admin, "30102"), (bureau.institution, people.institution, "30107")):
            if heads:
                paid = {"30101": self._pay(heads, 1.0), bonus: self._pay(heads, 1.25), "30103": self._pay(heads, 0.6)}
                paid["30112"] = self._pay(heads, 0.03)
                wages[item] = sum(paid.values(), ZERO)
                yield from (_staff(item, economic, amount) for economic, amount in paid.items())
        total = sum(wages.values(), ZERO)
        retirement = "2080501" if bureau.admin else "2080502"
        yield _staff(retirement, "30301", self._pay(people.veterans, 0.9))
        yield _staff(retirement, "30302", self._pay(people.retired, 0.12))
        yield _staff("2080505", "30108", _rate(total, _PENSION))
        if self._has_annuity:
            yield _staff("2080506", "30109", _rate(total, _ANNUITY))
        yield _staff("2101101", "30110", _rate(wages.get(bureau.admin, ZERO), _MEDICAL))
        yield _staff("2101102", "30110", _rate(wages.get(bureau.institution, ZERO), _MEDICAL))
        if self._has_civil_medical:
            yield _staff("2101103", "30111", _rate(total, _CIVIL_MEDICAL))
        yield _staff("2210201", "30113", _rate(total, _HOUSING))
        for code in self._running:
            amount = Decimal(self._rng.uniform(0.85, 1.15) * _RUNNING[code][0] * people.in_post).quantize(_CENT)
            yield Entry(bureau.admin or bureau.institution, "general-budget", Part.RUNNING, code, amount)

    def _pay(self, heads: int, times: float) -> Decimal:
        """Yearly pay of so many heads at about ``times`` the basic wage."""
        return (self._wage * heads * Decimal(self._rng.uniform(0.96, 1.04) * times)).quantize(_CENT)


def _staff(item: str, economic: str, amount: Decimal) -> Entry:
    return Entry(item, "general-budget", Part.STAFF, economic, amount)


def _rate(base: Decimal, rate: Decimal) -> Decimal:
    return (base * rate).quantize(_CENT)
