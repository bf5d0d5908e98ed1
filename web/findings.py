"""Findings: what one says, and the list by severity, rule, department and year, what rests on one place under one entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask import Response, request

from kg.search import Chosen, Listed, SearchIndex
from web.home import SEVERITIES, severity_name
from web.places import Operand, read_operands
from web.rendering import render, view
from web.site import View

PAGE_SIZE = 30
_OF_FACET, _AT_MOST = 15, 300
"""Values of a facet that are shown at once, and those that are listed at all."""
_OTHERS = 5
"""Findings that are listed under the one they share a place with."""
Stated = Decimal | str | None


@dataclass(frozen=True)
class Finding:
    """One finding. What it states are amounts in 元, numbers of ``unit`` (``1``: bare numbers) where that is given, or words
    (a code, a name); ``None`` where the rule states nothing."""

    iri: str
    rule: str
    disclosure: str
    department: str
    severity: str
    zh: str
    en: str
    expression: str
    expected: Stated
    actual: Stated
    difference: Stated
    tolerance: Stated
    unit: str
    root: str
    cause: str

    def message(self, language: str) -> str:
        return (self.en if language == "en" else self.zh) or self.zh or self.en


@dataclass(frozen=True)
class Entry:
    """One entry of the list: a finding with what took part in it, and the others that rest on the same place;
    ``left`` more of them are on the page of the finding."""

    finding: Finding
    operands: tuple[Operand, ...]
    others: tuple[Finding, ...]
    left: int


def findings_page() -> Response:
    """``/findings``, narrowed by ``severity``, ``rule``, ``department``, ``year`` and ``disclosure``."""
    data = view()
    chosen = Chosen(**{name: request.args.get(name, "") for name in ("severity", "rule", "department", "year", "disclosure")})
    number = min(max(request.args.get("page", 1, type=int), 1), 1_000_000)
    with SearchIndex.of_snapshot(data.snapshot) as index:
        listing = index.findings(chosen, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    entries = read_listed(data, listing.entries)
    return render(
        "findings.html",
        groups=[(severity, [entry for entry in entries if entry.finding.severity == severity]) for severity in SEVERITIES],
        listing=listing,
        chosen=chosen,
        most=_OF_FACET,
        all=_AT_MOST,
        number=number,
        has_more=listing.total > number * PAGE_SIZE,
    )


def read_listed(data: View, listed: Iterable[Listed]) -> list[Entry]:
    """Entries of the list with what they say."""
    entries = []
    for one in listed:
        shown = one.others[:_OTHERS]
        first, *others = (found for iri in (one.first, *shown) for found in read_findings(data, finding=iri))
        entries.append(Entry(first, tuple(read_operands(data, one.first)), tuple(others), len(one.others) - len(shown)))
    return entries


def read_findings(data: View, **narrowed: str) -> list[Finding]:
    """Findings by severity, department and rule; narrowed by ``rule``, ``department``, ``disclosure`` or ``finding``."""
    found = [
        Finding(
            iri=row.text("finding"),
            rule=row.text("rule"),
            disclosure=row.text("disclosure"),
            department=row.text("department"),
            severity=severity_name(row.text("severity")),
            zh=row.text("zh"),
            en=row.text("en"),
            expression=row.text("expression"),
            expected=row.stated("expected"),
            actual=row.stated("actual"),
            difference=row.stated("difference"),
            tolerance=row.stated("tolerance"),
            unit=row.text("unit"),
            root=row.text("root"),
            cause=row.text("cause"),
        )
        for row in data.rows("findings", **narrowed)
    ]
    return sorted(found, key=_rank)


def _rank(finding: Finding) -> tuple[int, str, str, str]:
    known = finding.severity in SEVERITIES
    rank = SEVERITIES.index(finding.severity) if known else len(SEVERITIES)
    return (rank, finding.department, finding.rule, finding.iri)
