"""Printed names of performance indicators that mean one indicator."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from kg import iri
from kg.iri import Minter
from kg.links.likeness import Side, compare
from kg.links.model import Kind, Link, Method, Reason, Status
from kg.links.names import read_name, word_book

_WORDS = Decimal("0.95")
_TYPO = Decimal("0.88")
_LEAST = 6
"""Shorter names are too near to others for a slip to be told from another word."""
_UNIT = re.compile(r"\((?P<unit>[^()]{1,4})\)$")
_MARKS = re.compile("[,，。;；:：]")
_TIMES = frozenset("年月日天时")


def indicator_key(name: str) -> str:
    """A printed name with one form for words that are used for one another, without punctuation and unit.

    A unit of time stays: so many months are another indicator than so much money.
    """
    book = word_book()
    whole = _MARKS.sub("", iri.normal(name))
    unit = _UNIT.search(whole)
    lasting = f"({unit['unit']})" if unit and _TIMES & set(unit["unit"]) else ""
    return book.written_out.sub(lambda match: book.forms[match.group()], _UNIT.sub("", whole)) + lasting


def indicator_links(counts: Mapping[str, int], minter: Minter) -> Iterator[Link]:
    """The printed names of an indicator, where it has more than one, each with the name that most documents print.

    ``counts`` are printed names with how many documents print them: all, or all that :func:`shapes` of their keys join.
    """
    groups: dict[str, dict[str, int]] = {}
    for name, count in counts.items():
        groups.setdefault(indicator_key(name), {})[name] = count
    leader: dict[str, str] = dict(sorted(_slips(groups)))
    chief = {key: leader.get(key, key) for key in groups}
    variants = {chief[key] for key in groups if chief[key] != key} | {key for key, names in groups.items() if len(names) > 1}
    for key, names in sorted(groups.items()):
        if chief[key] in variants:
            best = min(groups[chief[key]], key=lambda name: (-groups[chief[key]][name], name))
            yield from (_link(name, count, best, minter) for name, count in sorted(names.items()))


def _link(name: str, count: int, best: str, minter: Minter) -> Link:
    told = Reason("indicator", str(count), name)
    if name == best:
        return Link(Kind.INDICATOR, minter.indicator(best), name, Method.KEY, Decimal(1), (told,))
    if indicator_key(name) == indicator_key(best):
        reasons: tuple[Reason, ...] = (told, Reason("same-words", indicator_key(best)))
        return Link(Kind.INDICATOR, minter.indicator(best), name, Method.WORDS, _WORDS, reasons)
    reasons = (told, Reason("slips-1", name, best))
    return Link(Kind.INDICATOR, minter.indicator(best), name, Method.TYPO, _TYPO, reasons, (), Status.LIKELY)


def shapes(key: str) -> frozenset[str]:
    """What a key looks like with a character left out: keys a slip apart share one. None for those too short for slips."""
    return frozenset({key, *(key[:at] + key[at + 1 :] for at in range(len(key)))}) if len(key) >= _LEAST else frozenset()


def _slips(groups: dict[str, dict[str, int]]) -> Iterator[tuple[str, str]]:
    """Rare keys that are one slip away from a more usual one, which is none of them itself."""
    weight = {key: sum(names.values()) for key, names in groups.items()}
    around: dict[str, list[str]] = {}
    for key in sorted(groups, key=lambda key: (-weight[key], key)):
        own = shapes(key)
        near = {other for shape in own for other in around.get(shape, ()) if weight[other] > weight[key] and _is_slip(key, other)}
        if near:
            yield key, min(near, key=lambda other: (-weight[other], other))
            continue
        for shape in own:
            around.setdefault(shape, []).append(key)


def _is_slip(one: str, other: str) -> bool:
    likeness = compare(Side(read_name(one)), Side(read_name(other)))
    return likeness.method is Method.TYPO and likeness.is_match and likeness.reasons[0].key == "slips-1"
