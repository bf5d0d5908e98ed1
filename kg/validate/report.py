"""A validation as N-Triples, as JSON lines and as text for a terminal."""

import json
from collections.abc import Iterator
from decimal import Decimal

import pyoxigraph as ox

from kg import iri
from kg.amounts import plain
from kg.ntriples import Triples, decimal, text
from kg.ntriples import iri as ref
from kg.terms import TERMS
from kg.validate.finding import Finding, Locator, Outcome, RuleOutcome, Stated, Validation
from kg.validate.rules import LANGUAGES, Bilingual, Severity

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_SH = "http://www.w3.org/ns/shacl#"
_MARKS = {Severity.VIOLATION: ("违规", "violation"), Severity.WARNING: ("警告", "warning"), Severity.INFO: ("提示", "info")}

_OUTCOMES = {
    Outcome.PASSED: "通过",
    Outcome.FAILED: "未通过",
    Outcome.NOT_APPLICABLE: "不适用",
    Outcome.NOT_EVALUATED: "未评价",
}


def to_triples(validation: Validation) -> Triples:
    """The validation graph of ``docs/graph.md``: outcomes and findings, addresses minted beside the disclosure's own."""
    triples = Triples()
    base, _, sha16 = validation.disclosure.rpartition("disclosure/")
    here = f"{base}validation/{sha16}"
    for outcome in validation.outcomes:
        _outcome_triples(triples, f"{here}/outcome/{outcome.rule}", outcome, validation)
    numbers: dict[str, int] = {}
    for finding in validation.findings:
        numbers[finding.rule] = numbers.get(finding.rule, 0) + 1
        _finding_triples(triples, f"{here}/finding/{finding.rule}/{numbers[finding.rule]}", finding, validation)
    return triples


def _outcome_triples(triples: Triples, node: str, outcome: RuleOutcome, validation: Validation) -> None:
    triples.add(node, _RDF_TYPE, ref(f"{TERMS}RuleOutcome"))
    triples.add(node, f"{TERMS}rule", ref(iri.rule(outcome.rule)))
    triples.add(node, f"{TERMS}outcome", text(outcome.outcome.value))
    triples.add(node, f"{TERMS}inDisclosure", ref(validation.disclosure))
    triples.add(node, f"{TERMS}reason", *_both(outcome.reason))


def _finding_triples(triples: Triples, node: str, finding: Finding, validation: Validation) -> None:
    triples.add(node, _RDF_TYPE, ref(f"{TERMS}Finding"))
    triples.add(node, f"{TERMS}rule", ref(iri.rule(finding.rule)))
    triples.add(node, f"{TERMS}inDisclosure", ref(validation.disclosure))
    triples.add(node, f"{_SH}resultSeverity", ref(f"{_SH}{finding.severity.value.capitalize()}"))
    triples.add(node, f"{_SH}resultMessage", *_both(finding.message))
    triples.add(node, f"{_SH}focusNode", ref(finding.focus))
    if finding.value is not None:
        triples.add(node, f"{_SH}value", ref(finding.value.value) if isinstance(finding.value, ox.NamedNode) else str(finding.value))
    if finding.expression:
        triples.add(node, f"{TERMS}expression", text(finding.expression))
    for name in ("expected", "actual", "difference", "tolerance"):
        value: Stated = getattr(finding, name)
        if value is not None:
            triples.add(node, f"{TERMS}{name}", decimal(value) if isinstance(value, Decimal) else text(value))
    triples.add(node, f"{TERMS}root", ref(finding.root))
    triples.add(node, f"{TERMS}operand", *map(ref, finding.operands))


def _both(words: Bilingual) -> list[str]:
    return [text(said, language) for said, language in zip((words.zh, words.en), LANGUAGES, strict=True) if said]


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
    fields = ("kind", "table", "row", "column", "label", "printed", "line", "start", "end")
    found = {name: getattr(locator, name) for name in fields}
    return {"role": locator.role.value} | {name: value for name, value in found.items() if value not in ("", None)} | {"id": locator.thing}


def _plain(value: Stated) -> str | None:
    return plain(value) if isinstance(value, Decimal) else value


def _json(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False)


def to_text(validation: Validation, language: str = "zh") -> str:
    """For a terminal, in ``zh`` or ``en``: a line of counts, then every root with the findings that rest on it."""
    chinese = language == "zh"
    lines = [_summary(validation, chinese=chinese)]
    roots: dict[str, list[Finding]] = {}
    for finding in validation.findings:
        roots.setdefault(finding.root, []).append(finding)
    for findings in roots.values():
        for number, finding in enumerate(findings):
            mark = _MARKS[finding.severity][0 if chinese else 1]
            message = finding.message.zh if chinese else finding.message.en
            if finding.expression:
                message += f"（{finding.expression}）" if chinese else f" ({finding.expression})"
            lines.append(f"{'  ' if number == 0 else '    + '}{finding.rule} {mark} {message}")
            lines += [f"      {_place(locator, chinese=chinese)}" for locator in finding.evidence if number == 0]
    for outcome in validation.outcomes:
        if outcome.outcome is Outcome.NOT_EVALUATED:
            reason = outcome.reason.zh if chinese else outcome.reason.en
            lines.append(f"  {outcome.rule} {'未评价' if chinese else 'not evaluated'}: {reason}")
    return "\n".join(lines)


def _summary(validation: Validation, *, chinese: bool) -> str:
    counts = {severity: validation.count(severity) for severity in Severity}
    outcomes = {outcome: sum(said.outcome is outcome for said in validation.outcomes) for outcome in Outcome}
    if chinese:
        found = "，".join(f"{_MARKS[severity][0]} {count}" for severity, count in counts.items())
        said = "，".join(f"{_OUTCOMES[outcome]} {count}" for outcome, count in outcomes.items())
        return f"{validation.document}：{found}；规则：{said}"
    found = ", ".join(f"{count} {_MARKS[severity][1]}{'s' if count != 1 else ''}" for severity, count in counts.items())
    said = ", ".join(f"{count} {outcome.value}" for outcome, count in outcomes.items())
    return f"{validation.document}: {found}; rules: {said}"


def _place(locator: Locator, *, chinese: bool) -> str:
    line = f"{'行' if chinese else 'line'} {locator.line}" if locator.line else ""
    cell = " / ".join(part for part in (locator.table, locator.row, locator.column) if part)
    return " ".join(part for part in (line, cell, locator.label, locator.printed) if part)
