"""A validation as JSON lines (``docs/flat-form.md`` has the names of tables, rows and columns)."""

import json
from collections.abc import Iterator
from decimal import Decimal

from kg.amounts import plain
from kg.validate.finding import Finding, Locator, Outcome, Stated, Validation


def to_json_lines(validation: Validation) -> Iterator[str]:
    """One line a finding; for every rule that did not fail, one line with its outcome and reason (in English)."""
    for outcome in validation.outcomes:
        line: dict[str, object] = {"document": validation.document, "rule": outcome.rule, "outcome": outcome.outcome.value}
        if outcome.outcome is not Outcome.FAILED:
            yield _json(line | {"reason": outcome.reason.en})
            continue
        for finding in validation.findings:
            if finding.rule == outcome.rule:
                yield _json(line | finding_record(finding))


def finding_record(finding: Finding) -> dict[str, object]:
    """A finding as plain values; amounts are decimal strings in 元, what a rule has no use for is ``None``."""
    return {
        "severity": finding.severity.value,
        "message": {"zh": finding.message.zh, "en": finding.message.en},
        "expression": finding.expression or None,
        "expected": _plain(finding.expected),
        "actual": _plain(finding.actual),
        "difference": _plain(finding.difference),
        "tolerance": _plain(finding.tolerance),
        "root": finding.root,
        "cause": finding.cause or None,
        "evidence": [_locator_record(locator) for locator in finding.evidence],
    }


def _locator_record(locator: Locator) -> dict[str, object]:
    fields = ("kind", "table", "row", "column", "label", "printed", "line", "page", "box", "start", "end")
    found = {name: getattr(locator, name) for name in fields}
    return {"role": locator.role.value} | {name: value for name, value in found.items() if value not in ("", None)} | {"id": locator.thing}


def _plain(value: Stated) -> str | None:
    return plain(value) if isinstance(value, Decimal) else value


def _json(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False)
