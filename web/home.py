"""The first page: which departments and years are held, and what was found in them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from flask import Response

from kg.questions import load_questions
from kg.search import SearchIndex
from kg.terms import TERMS
from web.rendering import render, view
from web.site import View, site

SEVERITIES = ("violation", "warning", "info")
_EXAMPLES = ("三公", "职业年金", "医疗保障", "满意度")
"""Words to start from; they are in nearly every disclosure."""
_TOTAL = f"{TERMS}totalExpenditure"


@dataclass
class Held:
    """What is held of one department: its disclosures by year, tables and findings over all of them."""

    department: str
    name: str
    region: str
    years: dict[str, "YearCell"] = field(default_factory=dict)
    expected: int = 0
    found: int = 0
    findings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class YearCell:
    """One disclosure in the overview; ``total`` is ``None`` when its total was not printed."""

    disclosure: str
    total: Decimal | None
    cell: str


def home() -> Response:
    data = view()
    departments, figures = kept_overview(data)
    years = sorted({year for held in departments for year in held.years}, key=lambda year: year.rsplit("/", 1)[-1])
    return render(
        "home.html",
        departments=departments,
        years=years,
        documents=sum(len(held.years) for held in departments),
        figures=figures,
        findings=total_findings(held.findings for held in departments),
        questions=load_questions(),
        examples=_EXAMPLES,
    )


def kept_overview(data: View) -> tuple[list[Held], int]:
    """The overview, made once for a state of the data."""
    return site().remembered(f"home {data.snapshot.tag}", lambda: overview(data))


def overview(data: View) -> tuple[list[Held], int]:
    """All departments by region and name, and how many printed figures the tables of all disclosures have.

    Where a 部门 and a 单位 disclosure share a year, the former is shown.
    """
    totals = {row.text("disclosure"): row for row in data.rows("headlines", property=_TOTAL)}
    coverage = {row.text("disclosure"): row for row in data.rows("coverage")}
    findings = findings_by_disclosure(data)
    departments: dict[str, Held] = {}
    for row in sorted(data.rows("disclosures"), key=lambda row: row.text("kind"), reverse=True):
        iri, disclosure = row.text("department"), row.text("disclosure")
        held = departments.setdefault(iri, Held(iri, data.name(iri, "zh"), row.text("region").rsplit("/", 1)[-1]))
        total = totals.get(disclosure)
        amount = total.number("amount") if total else None
        held.years[row.text("year")] = YearCell(disclosure, amount, total.text("cell") if total else "")
        if disclosure in coverage:
            held.expected += coverage[disclosure].integer("expected")
            held.found += coverage[disclosure].integer("found")
        for severity, count in findings.get(disclosure, {}).items():
            held.findings[severity] = held.findings.get(severity, 0) + count
    figures = sum(row.integer("figures") for row in coverage.values())
    return sorted(departments.values(), key=lambda held: (held.region, held.name)), figures


def findings_by_disclosure(data: View, disclosure: str = "") -> dict[str, dict[str, int]]:
    """Disclosure → severity (``violation``, ``warning``, ``info``) → number of findings; of one disclosure where it is named."""
    with SearchIndex.of_snapshot(data.snapshot) as index:
        return index.finding_counts(disclosure)


def severity_name(iri: str) -> str:
    """``sh:Violation`` as ``violation``."""
    return iri.rsplit("#", 1)[-1].lower()


def total_findings(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    """The sum of several counts by severity."""
    total = dict.fromkeys(SEVERITIES, 0)
    for count in counts:
        for severity, number in count.items():
            total[severity] = total.get(severity, 0) + number
    return total
