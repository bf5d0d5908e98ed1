"""Pairs of project names that are one project or two, made for judging what joins projects over the years.

Of each pair it is known whether both names are one project, and how the second came about. Nothing here is shared with what judges.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

import yaml

from kg.samples.bureaus import Bureau, ProjectKind, bureaus

_FIRST_YEAR, _LAST_YEAR = 2019, 2027
_SUFFIXES = ("项目", "专项", "")
_NEIGHBOURS = {"费": "贵", "资": "姿", "设": "没", "护": "沪", "理": "里", "障": "章", "补": "朴", "农": "浓", "业": "叶", "员": "圆"}
_LEVELS = (("中央财政", "自治区财政"), ("自治区财政", "县级财政"), ("中央财政", "州级财政"))
_ROUNDS = (("第一批", "第二批"), ("一期", "二期"), ("第二批", "第三批"))


@dataclass(frozen=True)
class NamePair:
    """Two printed names with the functional code of each; ``how`` names what was done: ``typo``, ``renamed``, ``other-level`` …"""

    first: str
    second: str
    first_code: str
    second_code: str
    is_same: bool
    how: str


@dataclass(frozen=True)
class _Renames:
    short: tuple[str, ...]
    renamed: tuple[str, ...]
    near: tuple[str, ...]


def name_pairs(seed: int, count: int, only: Callable[[Bureau], bool] = lambda bureau: True) -> Iterator[NamePair]:
    """``count`` pairs, half of them one project; the same seed gives the same pairs. ``only`` narrows the kinds of bureau."""
    rng = Random(f"{seed}/pairs")  # noqa: S311
    chosen = [bureau for bureau in bureaus() if only(bureau)]
    same = (_stamped, _shortened, _renamed, _mistyped, _shortened_and_stamped, _renamed_and_stamped, _mistyped_and_stamped)
    other = (_sibling, _near, _other_level, _other_round, _near_and_stamped)
    for number in range(count):
        makers = same if number % 2 == 0 else other
        maker = makers[number // 2 % len(makers)]
        yield _made(maker, chosen, rng)


def _made(maker: Callable[[Bureau, ProjectKind, Random], NamePair | None], chosen: list[Bureau], rng: Random) -> NamePair:
    """A pair of this kind, of the first bureau drawn that has one."""
    while True:
        bureau = rng.choice(chosen)
        pair = maker(bureau, rng.choice(bureau.projects), rng)
        if pair is not None:
            return pair


def _plain(kind: ProjectKind) -> str:
    return kind.name.removeprefix("{year}年")


def _year(name: str, rng: Random, year: int) -> str:
    """The name with a year where publishers put it."""
    return rng.choice((f"{year}年{name}", f"{year}年度{name}", f"{name}（{year}年）", f"{name}{year}年"))


def _pair(kind: ProjectKind, first: str, second: str, is_same: bool, how: str, code: str = "") -> NamePair:
    return NamePair(first, second, kind.item, code or kind.item, is_same, how)


def _stamped(_: Bureau, kind: ProjectKind, rng: Random) -> NamePair:
    year = rng.randint(_FIRST_YEAR, _LAST_YEAR - 1)
    name = _plain(kind)
    return _pair(kind, _year(name, rng, year), _year(name + rng.choice(_SUFFIXES), rng, year + 1), True, "stamped")


def _shortened(_: Bureau, kind: ProjectKind, rng: Random) -> NamePair:
    return _pair(kind, _plain(kind), rng.choice(_renames()[_plain(kind)].short), True, "abbreviated")


def _renamed(_: Bureau, kind: ProjectKind, rng: Random) -> NamePair:
    return _pair(kind, _plain(kind), rng.choice(_renames()[_plain(kind)].renamed), True, "renamed")


def _mistyped(_: Bureau, kind: ProjectKind, rng: Random) -> NamePair | None:
    mistyped = _with_slip(_plain(kind), rng)
    return _pair(kind, _plain(kind), mistyped, True, "typo") if mistyped else None


def _shortened_and_stamped(bureau: Bureau, kind: ProjectKind, rng: Random) -> NamePair:
    return _both_stamped(_shortened(bureau, kind, rng), rng)


def _renamed_and_stamped(bureau: Bureau, kind: ProjectKind, rng: Random) -> NamePair:
    return _both_stamped(_renamed(bureau, kind, rng), rng)


def _mistyped_and_stamped(bureau: Bureau, kind: ProjectKind, rng: Random) -> NamePair | None:
    pair = _mistyped(bureau, kind, rng)
    return _both_stamped(pair, rng) if pair else None


def _near_and_stamped(bureau: Bureau, kind: ProjectKind, rng: Random) -> NamePair:
    return _both_stamped(_near(bureau, kind, rng), rng)


def _both_stamped(pair: NamePair, rng: Random) -> NamePair:
    year = rng.randint(_FIRST_YEAR, _LAST_YEAR - 1)
    names = _year(pair.first, rng, year), _year(pair.second, rng, year + 1)
    return NamePair(*names, pair.first_code, pair.second_code, pair.is_same, f"{pair.how}, stamped")


def _with_slip(name: str, rng: Random) -> str:
    """The name with one slip of the keyboard; empty where it is too short to be known again."""
    if len(name) < 6:
        return ""
    at = rng.randrange(1, len(name) - 1)
    slip = rng.choice(("double", "missing", "swapped", "other"))
    if slip == "double":
        return name[:at] + name[at] + name[at:]
    if slip == "missing":
        return name[:at] + name[at + 1 :]
    if slip == "swapped" and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    alike = [position for position, character in enumerate(name) if character in _NEIGHBOURS]
    at = rng.choice(alike) if alike else at
    return name[:at] + _NEIGHBOURS.get(name[at], "某") + name[at + 1 :]


def _sibling(bureau: Bureau, kind: ProjectKind, rng: Random) -> NamePair | None:
    """Another project of the same bureau."""
    others = [other for other in bureau.projects if _plain(other) != _plain(kind)]
    if not others:
        return None
    other = rng.choice(others)
    return _pair(kind, _plain(kind), _plain(other), False, "sibling", other.item)


def _near(_: Bureau, kind: ProjectKind, rng: Random) -> NamePair:
    """A project that sounds alike, under the same code: nothing but the name tells them apart."""
    return _pair(kind, _plain(kind), rng.choice(_renames()[_plain(kind)].near), False, "near")


def _other_level(_: Bureau, kind: ProjectKind, rng: Random) -> NamePair:
    here, there = rng.choice(_LEVELS)
    return _pair(kind, here + _plain(kind), there + _plain(kind), False, "other-level")


def _other_round(_: Bureau, kind: ProjectKind, rng: Random) -> NamePair:
    here, there = rng.choice(_ROUNDS)
    return _pair(kind, f"{_plain(kind)}（{here}）", f"{_plain(kind)}（{there}）", False, "other-round")


@cache
def _renames() -> dict[str, _Renames]:
    said = yaml.safe_load((files("kg.samples") / "renames.yaml").read_text("utf-8"))
    return {name: _Renames(tuple(entry["short"]), tuple(entry["renamed"]), tuple(entry["near"])) for name, entry in said.items()}
