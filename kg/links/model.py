"""What a link is: two things that are the same, or that money or office joins, with what says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What a link joins."""

    DEPARTMENT = "department"
    """One department under two names: the earlier and the later one."""
    PROJECT = "project"
    """One project under two names, in two years."""
    NOTICE = "notice"
    """A numbered document and the notice, by issuer and title, that it is."""
    GRANT = "grant"
    """A notice and the grant that it passes on."""
    FUNDING = "funding"
    """A project of a year and the grant that pays for it."""
    INDICATOR = "indicator"
    """A printed name of an indicator and the indicator that it means."""
    COUNTERPART = "counterpart"
    """A department and the one for the same field in the region above."""
    VARIANT = "variant"
    """A project and another name that the same document prints for it."""


class Method(StrEnum):
    """How a link was found."""

    KEY = "key"
    NUMBER = "number"
    WORDS = "words"
    ORDER = "order"
    TYPO = "typo"
    ABBREVIATION = "abbreviation"
    OVERLAP = "overlap"
    MONEY = "money"
    REGION = "region"
    JOINED = "joined"
    NONE = "none"


class Status(StrEnum):
    """What a link is worth: by a key, by its confidence, or by a person's word."""

    SETTLED = "settled"
    LIKELY = "likely"
    POSSIBLE = "possible"
    ACCEPTED = "accepted"
    REJECTED = "rejected"

    @property
    def is_used(self) -> bool:
        """Whether queries and paths follow the link."""
        return self in (Status.SETTLED, Status.LIKELY, Status.ACCEPTED)


@dataclass(frozen=True)
class Reason:
    """One piece of evidence: a key of :data:`kg.links.words.REASONS` and what it is filled with."""

    key: str
    here: str = ""
    there: str = ""


@dataclass(frozen=True)
class Link:
    """``first`` and ``second`` are IRIs (of a variant the second is a name); ``sources`` are the nodes that the evidence rests on."""

    kind: Kind
    first: str
    second: str
    method: Method
    confidence: Decimal
    reasons: Sequence[Reason]
    sources: Sequence[str] = ()
    status: Status = Status.SETTLED
