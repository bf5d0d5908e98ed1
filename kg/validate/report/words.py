"""The words of the reports that people read, in both languages."""

from collections.abc import Mapping
from decimal import Decimal

from kg.amounts import plain
from kg.validate.finding import Finding, Locator, Outcome, Stated
from kg.validate.rules import Bilingual, Severity

SEVERITIES: Mapping[Severity, Bilingual] = {
    Severity.VIOLATION: Bilingual("违规", "violation"),
    Severity.WARNING: Bilingual("警告", "warning"),
    Severity.INFO: Bilingual("提示", "info"),
}
OUTCOMES: Mapping[Outcome, Bilingual] = {
    Outcome.PASSED: Bilingual("通过", "passed"),
    Outcome.FAILED: Bilingual("未通过", "failed"),
    Outcome.NOT_APPLICABLE: Bilingual("不适用", "not applicable"),
    Outcome.NOT_EVALUATED: Bilingual("未评价", "not evaluated"),
}
CAUSES: Mapping[str, Bilingual] = {
    "unit-slip": Bilingual("元与万元混用", "元 and 万元 mixed up"),
    "transposed-digits": Bilingual("相邻两位数字颠倒", "two neighbouring digits exchanged"),
    "cut-short": Bilingual("末尾数字缺失", "last digits cut off"),
    "shifted-column": Bilingual("数字错列", "figure in a neighbouring column"),
    "cut-not-rounded": Bilingual("换算时截断而未四舍五入", "cut instead of rounded when converted"),
}
LANGUAGES = ("zh", "en")


def said(words: Bilingual, language: str) -> str:
    """The words in a language, or in the other one where it has none."""
    return (words.en if language == "en" else words.zh) or words.zh or words.en


def place(locator: Locator, language: str) -> str:
    """Page (in paged formats) or line first, then what stands there, then its printed text."""
    number, kind = (locator.page, Bilingual("页", "page")) if locator.page else (locator.line, Bilingual("行", "line"))
    line = "" if number is None else f"{kind.en} {number}" if language == "en" else f"第 {number} {kind.zh}"
    gap = "  " if line else ""
    here = said(locator.place, language) or " / ".join(part for part in (locator.table, locator.row, locator.column) if part)
    printed = f"  {locator.printed.strip()}" if locator.printed.strip() else ""
    return f"{line}{gap}{here or locator.label}{printed}"


def reckoning(finding: Finding, language: str) -> str:
    """The sum written out with difference and tolerance in 元 where the rule is about amounts; empty without numbers."""
    if not finding.expression:
        return ""
    parts = [finding.expression]
    if finding.difference is not None:
        tolerance = finding.tolerance or Decimal(0)
        parts.append(
            f"difference {_number(finding.difference)}, tolerance {_number(tolerance)}"
            if language == "en"
            else f"差 {_number(finding.difference)}，容差 {_number(tolerance)}"
        )
    return "  ".join(parts)


def cause(finding: Finding, language: str) -> str:
    """The suspected cause in words; empty when there is none."""
    return said(CAUSES.get(finding.cause, Bilingual(finding.cause, finding.cause)), language) if finding.cause else ""


def stated(value: Stated) -> str:
    """An amount without separators, a text as it is, nothing as an empty text."""
    return _number(value) if isinstance(value, Decimal) else value or ""


def _number(value: Decimal) -> str:
    text = plain(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
