"""Findings: the list with its filters, and what one finding rests on."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Response, request

from web.home import SEVERITIES, severity_name
from web.rendering import render, view
from web.site import View, is_iri
from web.tables import PrintedTable, read_table

PAGE_SIZE = 100
Stated = Decimal | str | None
EXCERPTS = 6


@dataclass(frozen=True)
class Finding:
    """One finding. What it states are amounts in 元, or words (a code, a name); ``None`` where the rule states nothing."""

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
    root: str

    def message(self, language: str) -> str:
        return (self.en if language == "en" else self.zh) or self.zh or self.en


@dataclass(frozen=True)
class Operand:
    """A figure or a row that took part, and the table around it."""

    iri: str
    row: str
    label: str
    line: int
    printed: str
    start: int | None
    end: int | None
    title: str
    number: str
    table: str
    excerpt: PrintedTable | None = None


def findings_page() -> Response:
    data = view()
    rule, department = request.args.get("rule", ""), request.args.get("department", "")
    asked = {name: value for name, value in (("rule", rule), ("department", department)) if value}
    found = read_findings(data, **asked) if all(map(is_iri, asked.values())) else []
    number = max(request.args.get("page", 1, type=int), 1)
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    filters = list(data.rows("finding-filters"))
    return render(
        "findings.html",
        groups=[(severity, [finding for finding in shown if finding.severity == severity]) for severity in SEVERITIES],
        counts={severity: sum(finding.severity == severity for finding in found) for severity in SEVERITIES},
        operands={finding.iri: read_operands(data, finding.iri, with_excerpts=False) for finding in shown},
        rules=sorted({row.text("rule") for row in filters}),
        departments=sorted({row.text("department") for row in filters}),
        chosen={"rule": rule, "department": department},
        number=number,
        has_more=len(found) > number * PAGE_SIZE,
    )


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
            root=row.text("root"),
        )
        for row in data.rows("findings", **narrowed)
    ]
    return sorted(found, key=_rank)


def _rank(finding: Finding) -> tuple[int, str, str, str]:
    known = finding.severity in SEVERITIES
    rank = SEVERITIES.index(finding.severity) if known else len(SEVERITIES)
    return (rank, finding.department, finding.rule, finding.iri)


def read_operands(data: View, finding: str, with_excerpts: bool = True) -> list[Operand]:
    """What took part in a finding; the first few with the rows around them."""
    operands: list[Operand] = []
    for row in data.rows("finding-operands", finding=finding):
        table = read_table(data, row.text("table")) if with_excerpts and row.text("table") and len(operands) < EXCERPTS else None
        has_place = bool(row.text("start") and row.text("end"))
        operands.append(
            Operand(
                iri=row.text("operand"),
                row=row.text("row"),
                label=row.text("label"),
                line=row.integer("line"),
                printed=row.text("printed"),
                start=row.integer("start") if has_place else None,
                end=row.integer("end") if has_place else None,
                title=row.text("title"),
                number=row.text("number"),
                table=row.text("table"),
                excerpt=table.around(row.text("row")) if table else None,
            )
        )
    return operands
