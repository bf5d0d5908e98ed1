"""Content negotiation (RFC 9110, 12.5.1): which of our formats a client would rather have."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from web.problems import ProblemError


@dataclass(frozen=True)
class MediaRange:
    """One entry of an ``Accept`` header; ``kind`` and ``subtype`` may be ``*``."""

    kind: str
    subtype: str
    quality: float

    def specificity(self, media_type: str) -> int:
        """How closely the range names a media type: 0 not at all, 3 exactly."""
        kind, _, subtype = media_type.partition("/")
        if (self.kind, self.subtype) == (kind, subtype):
            return 3
        if (self.kind, self.subtype) == (kind, "*"):
            return 2
        return 1 if (self.kind, self.subtype) == ("*", "*") else 0


def parse_accept(header: str) -> list[MediaRange]:
    """The ranges of a header; an entry that is no media range is left out, parameters other than ``q`` are ignored."""
    ranges = []
    for entry in header.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        kind, slash, subtype = name.partition("/")
        if slash and kind and subtype:
            ranges.append(MediaRange(kind, subtype, _quality(parameters)))
    return ranges


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def best(header: str, offers: Sequence[str]) -> str | None:
    """The offer of the highest quality, the earlier one when two are equal; ``None`` when the client takes none of them."""
    ranges = parse_accept(header)
    if not ranges:
        return offers[0] if not header.strip() else None
    chosen, chosen_quality = None, 0.0
    for offer in offers:
        specificity, quality = max((entry.specificity(offer), entry.quality) for entry in ranges)
        if specificity and quality > chosen_quality:
            chosen, chosen_quality = offer, quality
    return chosen


def choose(header: str, offers: Sequence[str]) -> str:
    """The best offer. Raises :class:`ProblemError` 406 with the offers when the client takes none of them."""
    chosen = best(header, offers)
    if chosen is None:
        headers = {"Vary": "Accept"}
        raise ProblemError(HTTPStatus.NOT_ACCEPTABLE, "none of the accepted media types is offered", headers, offers=list(offers))
    return chosen
