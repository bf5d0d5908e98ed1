"""Changes that are told twice, and how much their reasons have in common."""

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.statements import Change

_NOT_HAN = r"[^\u3400-\u9fff]+"


def with_retold(changes: Sequence[Change], fillers: Sequence[str]) -> tuple[Change, ...]:
    """The changes; one that repeats the change of the same subject in an earlier section says which, and how many words they share.

    Only where both give a reason and the reasons differ. ``fillers`` are the words that say nothing about a reason.
    """
    told: list[Change] = []
    for change in changes:
        earlier = next((index for index, other in enumerate(told) if _same(other, change)), None)
        if earlier is not None and told[earlier].reason != change.reason:
            shared = len(_pairs(told[earlier].reason, fillers) & _pairs(change.reason, fillers))
            change = replace(change, retells=earlier, shared_words=shared)
        told.append(change)
    return tuple(told)


def _same(one: Change, other: Change) -> bool:
    if not (one.key and one.reason and other.reason and one.change.value) or one.section == other.section:
        return False
    amounts = [None if change.amount is None else change.amount.value for change in (one, other)]
    return (
        one.key == other.key
        and amounts[0] == amounts[1]
        and (one.change.value, one.direction, one.base_year) == (other.change.value, other.direction, other.base_year)
    )


def _pairs(reason: str, fillers: Sequence[str]) -> frozenset[str]:
    """The pairs of neighbouring characters that say something: words of Chinese are not divided, most are two characters long."""
    words = re.split("|".join([_NOT_HAN, *map(re.escape, sorted(fillers, key=len, reverse=True))]), reason)
    return frozenset(word[at : at + 2] for word in words for at in range(len(word) - 1))
