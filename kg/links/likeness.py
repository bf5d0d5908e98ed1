"""How alike two names are, and what says so."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from rapidfuzz.distance import OSA, LCSseq, Levenshtein

from kg.links.model import Method, Reason
from kg.links.names import FIRST_ROUND, Name

USED = Decimal("0.80")
"""The least confidence at which a scored link is used without a person's decision."""
LISTED = Decimal("0.60")
"""The least confidence at which a scored link is listed for one."""
_KEY, _WORDS, _ORDER, _TYPO, _TYPOS = (Decimal(text) for text in ("1", "0.97", "0.92", "0.93", "0.88"))
_SHORT, _VERY_SHORT, _SCATTERED, _LOOSE = (Decimal(text) for text in ("0.85", "0.76", "0.01", "0.75"))
_SAME_CODE, _SAME_SECTION, _OTHER_CLASS = Decimal("0.08"), Decimal("0.02"), Decimal("-0.20")
_SAME_DOCUMENT = Decimal("0.10")
_ONE_SIDED = Decimal("-0.05")
_MOST = Decimal("0.99")
_POSSIBLE = USED - Decimal("0.01")
"""What both names say of their own may be what tells two things apart."""
_NONE = Decimal(0)


@dataclass(frozen=True)
class Side:
    """One of two things that may be the same: its name and what else is known of it (codes without separators, documents' IRIs)."""

    name: Name
    codes: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Likeness:
    """How sure it is that both sides are one thing, from 0 to 1, with what speaks for it and against it."""

    confidence: Decimal
    method: Method
    reasons: tuple[Reason, ...]

    @property
    def is_match(self) -> bool:
        return self.confidence >= USED


def compare(first: Side, second: Side) -> Likeness:
    """The likeness of two things of one department; symmetric. A word that only one thing can have makes it 0."""
    conflict = _conflict(first.name, second.name)
    if conflict is not None:
        return Likeness(_NONE, Method.NONE, (conflict,))
    base, method, reason = _by_name(first.name, second.name)
    if not base:
        return Likeness(_NONE, Method.NONE, (reason,))
    reasons = [reason]
    confidence = base
    for weight, more in (*_one_sided(first.name, second.name), *_beside(first, second)):
        confidence += weight
        reasons.append(more)
    ceiling = {Method.KEY: _KEY, Method.OVERLAP: _POSSIBLE}.get(method, _MOST)
    return Likeness(min(max(confidence, _NONE), ceiling), method, tuple(reasons))


def _conflict(first: Name, second: Name) -> Reason | None:
    if first.levels and second.levels and first.levels != second.levels:
        return Reason("other-level", "、".join(sorted(first.levels)), "、".join(sorted(second.levels)))
    here, there = _rounds(first), _rounds(second)
    if here != there:
        return Reason("other-round", "、".join(sorted(here)), "、".join(sorted(there)))
    if first.digits != second.digits:
        return Reason("other-digits", "、".join(sorted(first.digits)), "、".join(sorted(second.digits)))
    if first.uses and second.uses and not first.uses & second.uses:
        return Reason("other-use", "、".join(sorted(first.uses)), "、".join(sorted(second.uses)))
    if first.asides and second.asides and not _alike_asides(first.asides, second.asides):
        return Reason("other-part", "、".join(first.asides), "、".join(second.asides))
    words = first.contrast(second)
    return Reason("contrast", *words) if words else None


def _rounds(name: Name) -> frozenset[str]:
    """The rounds of a name; the first one is as good as none."""
    return frozenset(entry for entry in name.rounds if not entry.startswith(FIRST_ROUND) or entry[:2].isdecimal())


def _alike_asides(here: tuple[str, ...], there: tuple[str, ...]) -> bool:
    one, other = "".join(here), "".join(there)
    return one == other or OSA.distance(one, other) <= max(1, min(len(one), len(other)) // 6)


def _by_name(first: Name, second: Name) -> tuple[Decimal, Method, Reason]:
    """What the names alone say."""
    if first.core == second.core:
        return _KEY, Method.KEY, Reason("same-core", first.core)
    if first.plain == second.plain:
        return _WORDS, Method.WORDS, Reason("same-words", first.plain)
    if len(first.plain) >= 3 and Counter(first.plain) == Counter(second.plain):
        return _ORDER, Method.ORDER, Reason("same-characters", first.plain, second.plain)
    slips = _slips(first.core, second.core)
    if slips and not len(first.plain) == len(second.plain) <= 2:
        return (_TYPO if slips == 1 else _TYPOS), Method.TYPO, Reason(f"slips-{slips}", first.core, second.core)
    return max((_overlap(first.bare, second.bare), _overlap(first.plain, second.plain)), key=lambda found: found[0])


def _slips(one: str, other: str) -> int:
    """How many slips of the keyboard lie between two names, 0 for none or too many.

    Two characters beside each other that both differ are another word, not two slips.
    """
    distance, reach = OSA.distance(one, other), min(len(one), len(other))
    if distance == 1 and reach >= 5:
        return 1
    if distance == 2 and reach >= 9:
        edits = Levenshtein.editops(one, other)
        places = sorted(edit.src_pos for edit in edits if edit.tag == "replace")
        return 0 if any(after - before == 1 for before, after in pairwise(places)) and OSA.distance(one, other) == len(edits) else 2
    return 0


def _overlap(one: str, other: str) -> tuple[Decimal, Method, Reason]:
    """One name within the other, or both with something of their own: the latter is never more than a possibility."""
    shorter, longer = sorted((one, other), key=lambda text: (len(text), text))
    common = LCSseq.similarity(shorter, longer)
    base = _SHORT if len(shorter) >= 3 else _VERY_SHORT
    if len(shorter) >= 2 and common == len(shorter) and 5 * common >= 2 * len(longer):
        return base, Method.ABBREVIATION, Reason("shortened", shorter, longer)
    scattered = sum((Counter(shorter) & Counter(longer)).values())
    if len(shorter) >= 2 and scattered == len(shorter) and 2 * scattered >= len(longer):
        return base - _SCATTERED, Method.ORDER, Reason("same-characters", shorter, longer)
    if common >= 3 and 4 * common >= len(shorter) + len(longer):
        share = Decimal(2 * common) / (len(shorter) + len(longer))
        alike = (_LOOSE * share).quantize(Decimal("0.01"))
        return alike, Method.OVERLAP, Reason("overlap", one, other)
    return _NONE, Method.NONE, Reason("nothing-in-common", one, other)


def _one_sided(first: Name, second: Name) -> list[tuple[Decimal, Reason]]:
    """What only one of the names says."""
    found = []
    if bool(first.asides) != bool(second.asides):
        found.append((_ONE_SIDED, Reason("part-only-once", "、".join((*first.asides, *second.asides)))))
    if bool(first.levels) != bool(second.levels):
        found.append((_ONE_SIDED, Reason("level-only-once", "、".join(sorted(first.levels | second.levels)))))
    if bool(first.actions) != bool(second.actions):
        found.append((_ONE_SIDED, Reason("action-only-once", "、".join(sorted(first.actions | second.actions)))))
    return found


def _beside(first: Side, second: Side) -> list[tuple[Decimal, Reason]]:
    """What else is known of both."""
    found = []
    if first.codes and second.codes:
        shared = first.codes & second.codes
        if shared:
            found.append((_SAME_CODE, Reason("same-code", "、".join(sorted(shared)))))
        elif _cut(first.codes, 5) & _cut(second.codes, 5):
            found.append((_SAME_SECTION, Reason("same-section", "、".join(sorted(_cut(first.codes, 5) & _cut(second.codes, 5))))))
        elif not _cut(first.codes, 3) & _cut(second.codes, 3):
            found.append((_OTHER_CLASS, Reason("other-class", "、".join(sorted(first.codes)), "、".join(sorted(second.codes)))))
    if first.documents & second.documents:
        found.append((_SAME_DOCUMENT, Reason("same-document", "、".join(sorted(first.documents & second.documents)))))
    return found


def _cut(codes: frozenset[str], digits: int) -> frozenset[str]:
    return frozenset(code[:digits] for code in codes if len(code) >= digits)
