"""Findings: the list with its filters, and what one finding rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import Response, request

from kg.document import Span
from kg.extract.personal import personal_spans
from kg.readers.formats import read_document
from web.home import SEVERITIES, severity_name
from web.rendering import render, view
from web.site import View, is_iri
from web.source import SourceLine, excerpt, printed_place
from web.tables import PrintedTable, read_table

PAGE_SIZE = 100
Stated = Decimal | str | None
EXCERPTS = 6


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

    def message(self, language: str) -> str:
        return (self.en if language == "en" else self.zh) or self.zh or self.en


@dataclass(frozen=True)
class Operand:
    """What took part: a figure or a row with the table around it, or a statement with the printed lines around it.

    ``kind`` is the class of a statement, empty for what stands in a table. ``line`` is 0 where it is not known.
    """

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
    kind: str
    excerpt: PrintedTable | None = None
    lines: tuple[SourceLine, ...] = ()


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
            unit=row.text("unit"),
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
    """What took part in a finding; the first few with what is printed around them."""
    operands: list[Operand] = []
    text, hidden = _source(data, finding) if with_excerpts else ("", ())
    for row in data.rows("finding-operands", finding=finding):
        shown = with_excerpts and len(operands) < EXCERPTS
        table = read_table(data, row.text("table")) if shown and row.text("table") else None
        start, end = (row.integer(name) if row.text(name) else None for name in ("start", "end"))
        if start is not None and end is None:
            start, end = printed_place(text, start, row.text("printed"))
        lines = excerpt(text, start, end, hidden) if shown and not table and text and start is not None and end is not None else ()
        operands.append(
            Operand(
                iri=row.text("operand"),
                row=row.text("row"),
                label=row.text("label") or row.text("subject") or row.text("name"),
                line=row.integer("line") or (text.count("\n", 0, start) + 1 if text and start is not None else 0),
                printed=row.text("printed"),
                start=start if end is not None else None,
                end=end,
                title=row.text("title"),
                number=row.text("number"),
                table=row.text("table"),
                kind="" if row.text("table") else row.text("class"),
                excerpt=table.around(row.text("row")) if table else None,
                lines=tuple(lines),
            )
        )
    return operands


def _source(data: View, finding: str) -> tuple[str, Sequence[Span]]:
    """The text of the disclosure that a finding is about and what of it is personal; empty where the source is not kept."""
    row = next(data.rows("finding-source", finding=finding), None)
    raw = data.snapshot.source(row.text("sha256")) if row else None
    if row is None or raw is None:
        return "", ()
    document = read_document(row.text("sha256"), raw)
    return document.text, personal_spans(document)
