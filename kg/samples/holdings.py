"""What a generated department buys and owns: procurement and state assets, invented, and consistent in themselves."""

from decimal import Decimal
from random import Random

from kg.samples.ledger import ZERO, printed
from kg.samples.statements import Assets, Procurement, Vehicles

_CENT = Decimal("0.01")
_WAN = 10_000


def procurement(rng: Random) -> Procurement:
    """Goods and services, works now and then, and the shares reserved for smaller enterprises."""
    goods, works, services = (_yuan(rng, low, high, chance) for low, high, chance in ((0.5, 60, 0.8), (20, 400, 0.15), (1, 90, 0.6)))
    total = goods + works + services
    small_medium = (total * Decimal(rng.uniform(0.3, 1))).quantize(_CENT)
    micro = (small_medium * Decimal(rng.uniform(0.2, 1))).quantize(_CENT)
    return Procurement(*(printed(amount) for amount in (total, goods, works, services, small_medium, micro)))


def assets(year: int, *, with_units: bool, rng: Random) -> Assets:
    """Assets at the end of the year before the budget's."""
    kinds = [(rng.choice((0, 0, 1, 2)), rng.uniform(9, 28)) for _ in range(3)]
    values = [(count * Decimal(value) * _WAN).quantize(_CENT) for count, value in kinds]
    general, enforcement, others = (Vehicles(count, printed(value)) for (count, _), value in zip(kinds, values, strict=True))
    area = rng.choice((0, rng.randint(10_000, 900_000)))
    return Assets(
        as_of=year - 1,
        area=Decimal(area) / 100,
        buildings=_yuan(rng, 20, 900, 1.0 if area else 0.0),
        vehicles=Vehicles(sum(count for count, _ in kinds), printed(sum(values, ZERO))),
        general_vehicles=general,
        enforcement_vehicles=enforcement,
        other_vehicles=others,
        furniture=_yuan(rng, 1, 80, 0.95),
        other=_yuan(rng, 5, 300, 0.95),
        with_units=with_units,
        large_50=rng.choice((0, 0, 0, 1, 2)),
        large_100=rng.choice((0, 0, 0, 0, 1)),
    )


def _yuan(rng: Random, low: float, high: float, chance: float) -> Decimal:
    """An amount between so many 万元, as printed; often none."""
    return printed(Decimal(rng.uniform(low, high) * _WAN)) if rng.random() < chance else ZERO
