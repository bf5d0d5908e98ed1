"""What joins a thing with others across documents: its links with their evidence, its years, who cites it; and the list of all links."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox
from flask import Response, g, request

from kg.terms import TERMS
from web.rendering import render, view
from web.site import Row, View
from web.things import PAGE_SIZE, Thing

_CITED = frozenset(f"{TERMS}{name}" for name in ("PolicyDocument", "Notice", "Grant"))
_PROJECT = f"{TERMS}BudgetProject"


@dataclass(frozen=True)
class Joint:
    """A link as a page shows it; ``other`` is an IRI or empty, then ``other_name`` is what was printed."""

    iri: str
    kind: str
    status: str
    method: str
    confidence: Decimal
    other: str
    other_name: str
    evidence: str
    start: str = ""

    @property
    def name(self) -> str:
        """As the commands take it."""
        return self.iri.partition("/link/")[2]


@dataclass(frozen=True)
class Joined:
    """The links of a thing, the surest first; the years of a project; the citations of a document."""

    links: tuple[Joint, ...]
    years: tuple[Row, ...]
    citations: tuple[Row, ...]


def read_joined(data: View, thing: Thing) -> Joined:
    """What joins a thing with others."""
    types = set(thing.types())
    links = [_joint(data, row, row.text("other")) for row in data.rows("links-of", thing=thing.iri)]
    years = data.rows("trajectory", thing=thing.iri) if _PROJECT in types else ()
    cited = data.rows("citations", thing=thing.iri) if types & _CITED else ()
    return Joined(
        tuple(sorted(links, key=lambda link: (-link.confidence, link.kind, link.iri))),
        tuple(sorted(years, key=lambda row: (row.text("year"), row.text("name")))),
        tuple(sorted(cited, key=lambda row: (row.text("department"), row.text("year"), row.text("citation")))),
    )


def _joint(data: View, row: Row, other: str, start: str = "") -> Joint:
    link = row.text("link")
    return Joint(
        link,
        row.text("kind"),
        row.text("status"),
        row.text("method"),
        row.number("confidence") or Decimal(0),
        other,
        row.text("otherName") if not start else row.text("toName"),
        _evidence(data, link),
        start,
    )


def _evidence(data: View, link: str) -> str:
    """What says so, in the language of the page, and what a person noted."""
    found = [row.term("text") for row in data.rows("evidence", link=link)]
    literals = [text for text in found if isinstance(text, ox.Literal)]
    told = [text.value for text in literals if text.language == g.language]
    noted = [text.value for text in literals if not text.language]
    return " · ".join((*told, *noted))


def links_page() -> Response:
    """``/links``: all links, the least sure first, narrowed by kind and status."""
    data = view()
    rows = list(data.rows("links"))
    chosen = {facet: request.args.get(facet, "") for facet in ("kind", "status")}
    counts = {facet: Counter(row.text(facet) for row in rows) for facet in chosen}
    shown = [row for row in rows if all(not value or row.text(facet).endswith(f"/{value}") for facet, value in chosen.items())]
    shown.sort(key=lambda row: (row.number("confidence") or Decimal(0), row.text("kind"), row.text("link")))
    number = max(request.args.get("page", 1, type=int), 1)
    of_page = shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return render(
        "links.html",
        links=[_joint(data, row, row.text("to"), row.text("from")) for row in of_page],
        total=len(shown),
        counts=counts,
        chosen=chosen,
        number=number,
        has_more=len(shown) > number * PAGE_SIZE,
    )
