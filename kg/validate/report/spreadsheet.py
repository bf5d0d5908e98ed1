"""Validations as an Excel workbook: findings, what they rest on, every rule's outcome."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Self

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kg.validate.finding import Finding, Validation
from kg.validate.report.words import OUTCOMES, SEVERITIES, cause, place, said
from kg.validate.roots import by_root
from kg.validate.rules import RuleSet

_FIXED_TIME = datetime.datetime(2000, 1, 1)
_FINDINGS = (
    ("文件", "document", 24), ("严重程度", "severity", 10), ("规则", "rule", 10), ("问题", "finding", 60), ("算式", "arithmetic", 44),
    ("应为（元）", "expected", 16), ("所印（元）", "actual", 16), ("差（元）", "difference", 14), ("容差（元）", "tolerance", 12),
    ("可能原因", "suspected cause", 18), ("行", "line", 8), ("位置", "place", 48), ("根源", "root", 8), ("首条", "first of root", 8),
)  # fmt: skip
_EVIDENCE = (
    ("文件", "document", 24), ("规则", "rule", 10), ("根源", "root", 8), ("作用", "role", 12), ("行", "line", 8), ("位置", "place", 60),
    ("所印", "printed", 20), ("地址", "address", 60),
)  # fmt: skip
_RULES = (("文件", "document", 24), ("规则", "rule", 10), ("名称", "name", 60), ("结果", "outcome", 14), ("理由", "reason", 70))
Column = tuple[str, str, int]
Value = Decimal | int | str | None


def to_spreadsheet(validations: Sequence[Validation], rules: RuleSet, language: str = "zh") -> bytes:
    """The workbook's bytes. Amounts are numbers, in 元; texts stay texts, also those that begin like a formula."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"title": "budget-kg", "created": _FIXED_TIME})
    formats = _Formats.of(book)
    english = language == "en"
    for names, columns, rows in (
        (("发现", "Findings"), _FINDINGS, _finding_rows(validations, language)),
        (("依据", "Evidence"), _EVIDENCE, _evidence_rows(validations, language)),
        (("规则", "Rules"), _RULES, _outcome_rows(validations, rules, language)),
    ):
        _sheet(book.add_worksheet(names[english]), [(en if english else zh, width) for zh, en, width in columns], rows, formats)
    book.close()
    return target.getvalue()


@dataclass(frozen=True)
class _Formats:
    head: Format
    text: Format
    money: Format

    @classmethod
    def of(cls, book: xlsxwriter.Workbook) -> Self:
        return cls(
            head=book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
            text=book.add_format({"text_wrap": True, "valign": "top"}),
            money=book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        )


def _sheet(sheet: Worksheet, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[Value]], formats: _Formats) -> None:
    for number, (heading, width) in enumerate(columns):
        sheet.set_column(number, number, width)
        sheet.write_string(0, number, heading, formats.head)
    for line, row in enumerate(rows, start=1):
        for number, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(line, number, Fraction(value), formats.money)
            elif isinstance(value, int):
                sheet.write_number(line, number, value, formats.text)
            elif value:
                sheet.write_string(line, number, value, formats.text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)


def _finding_rows(validations: Sequence[Validation], language: str) -> list[list[Value]]:
    return [
        _finding_row(finding, validation, number, language, first=finding is root.first)
        for validation in validations
        for number, root in enumerate(by_root(validation.findings), start=1)
        for finding in (root.first, *root.others)
    ]


def _finding_row(finding: Finding, validation: Validation, root: int, language: str, *, first: bool) -> list[Value]:
    where = finding.evidence[0] if finding.evidence else None
    return [
        validation.document,
        said(SEVERITIES[finding.severity], language),
        finding.rule,
        said(finding.message, language),
        finding.expression,
        finding.expected,
        finding.actual,
        finding.difference,
        finding.tolerance,
        cause(finding, language),
        where.line if where else None,
        place(where, language) if where else "",
        root,
        "✓" if first else "",
    ]


def _evidence_rows(validations: Sequence[Validation], language: str) -> list[list[Value]]:
    return [
        [
            validation.document,
            finding.rule,
            number,
            locator.role.value,
            locator.line,
            said(locator.place, language) or locator.label,
            locator.printed,
            locator.thing,
        ]
        for validation in validations
        for number, root in enumerate(by_root(validation.findings), start=1)
        for finding in (root.first, *root.others)
        for locator in finding.evidence
    ]


def _outcome_rows(validations: Sequence[Validation], rules: RuleSet, language: str) -> list[list[Value]]:
    return [
        [
            validation.document,
            outcome.rule,
            said(rules[outcome.rule].label, language),
            said(OUTCOMES[outcome.outcome], language),
            said(outcome.reason, language),
        ]
        for validation in validations
        for outcome in validation.outcomes
    ]
