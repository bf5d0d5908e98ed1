"""The departments and units that generated disclosures are about, each in a real region of Xinjiang."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from kg.codes import CodeList, region_of
from kg.records import DisclosureKind
from kg.samples.bureaus import Bureau, ProjectKind, bureaus
from kg.samples.style import LAYOUTS, Layout

_ALL_COLUMNS = 12
_AUTONOMOUS_REGION = "65"
_CORPS_CITIES = "6590"
_ORDINALS = "一二三四五六七八"
_SUBORDINATES = ("综合服务中心", "事务保障中心", "执法大队", "信息中心", "技术推广站")
_PREFECTURE_NOTICES = {
    "6501": "乌",
    "6504": "吐",
    "6505": "哈",
    "6527": "博州",
    "6528": "巴",
    "6529": "阿地",
    "6530": "克",
    "6531": "喀地",
    "6532": "和地",
    "6540": "伊州",
    "6542": "塔地",
}
"""How documents of a prefecture are numbered; where it is not here, only the autonomous region's are cited."""
_BRACKETS = ("〔{}〕", "【{}】")


@dataclass(frozen=True)
class Department:
    """Who publishes, and what stays the same over the years.

    ``notices_from`` are the prefixes of document numbers it may cite, the autonomous region's first; ``brackets`` stand
    around their years. ``size`` scales staff and projects.
    """

    issuer: str
    region: str
    kind: DisclosureKind
    bureau: Bureau
    layout: str
    size: float
    notices_from: tuple[str, ...]
    brackets: str
    subordinates: tuple[str, ...]
    roster: tuple[ProjectKind, ...]
    states_staff: bool
    issuer_rows: bool
    notes_in_tables: bool

    @property
    def is_prefecture(self) -> bool:
        return self.region.endswith("00")


def departments(seed: int, count: int, layouts: Sequence[str], regions: CodeList) -> Iterator[Department]:
    """The first ``count`` departments of that seed, no two with one name.

    Raises :class:`ValueError` when there are not so many regions and kinds.
    """
    places = [
        (region, bureau, name)
        for region in sorted(regions.labels)
        if region.startswith(_AUTONOMOUS_REGION) and not region.startswith((f"{_AUTONOMOUS_REGION}00", _CORPS_CITIES))
        for bureau in bureaus()
        for name in _names(bureau)
    ]
    if count > len(places):
        raise ValueError(f"{count} departments asked for, there are {len(places)}")
    Random(f"{seed}").shuffle(places)  # noqa: S311
    for region, bureau, name in places[:count]:
        issuer = _place(region, regions) + name
        yield _department(issuer, region, bureau, layouts, Random(f"{seed}/{issuer}"))  # noqa: S311


def _names(bureau: Bureau) -> list[str]:
    if "{ordinal}" not in bureau.name:
        return [bureau.name]
    return [bureau.name.format(ordinal=ordinal) for ordinal in _ORDINALS]


def _place(region: str, regions: CodeList) -> str:
    """The region's name, after its prefecture's where it alone would not be told from another."""
    name = regions.labels[region][0]
    return name if region_of(name, regions) == region else regions.labels[f"{region[:4]}00"][0] + name


def _department(issuer: str, region: str, bureau: Bureau, layouts: Sequence[str], rng: Random) -> Department:
    layout = rng.choice(layouts)
    unit = bureau.unit_only or rng.random() < 0.3
    units = [] if unit or rng.random() < 0.6 else rng.sample(_SUBORDINATES, rng.randint(1, 3))
    prefecture = _PREFECTURE_NOTICES.get(region[:4])
    return Department(
        issuer=issuer,
        region=region,
        kind=DisclosureKind.UNIT if unit else DisclosureKind.DEPARTMENT,
        bureau=bureau,
        layout=layout,
        size=rng.uniform(0.6, 1.6) * (1.8 if region.endswith("00") else 1.0),
        notices_from=("新", prefecture) if prefecture else ("新",),
        brackets=rng.choice(_BRACKETS),
        subordinates=tuple(issuer + name for name in units),
        roster=_roster(bureau, LAYOUTS[layout], rng),
        states_staff=rng.random() < 0.7,
        issuer_rows=rng.random() < 0.4,
        notes_in_tables=rng.random() < 0.75,
    )


def _roster(bureau: Bureau, layout: Layout, rng: Random) -> tuple[ProjectKind, ...]:
    """The projects that come up over the years; now and then none."""
    if rng.random() < 0.06:
        return ()
    chosen = [project for project in bureau.projects if _printable(project, layout) and rng.random() < 0.8]
    return (*chosen, VILLAGE_WORK) if rng.random() < 0.35 and VILLAGE_WORK not in bureau.projects else tuple(chosen)


def _printable(project: ProjectKind, layout: Layout) -> bool:
    """Whether the revenue table has a column for that money, and none that a shift would print over."""
    if project.fund == "state-capital-transfer":
        return layout.revenue_columns == _ALL_COLUMNS
    return not (layout.revenue_shift and project.fund == "fiscal-special-account")


VILLAGE_WORK = next(project for bureau in bureaus() for project in bureau.projects if project.item == "2013299")
"""A project that any department may have, in a class of its own."""
