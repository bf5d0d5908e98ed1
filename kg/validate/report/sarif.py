"""Validations as SARIF 2.1.0 (OASIS), which editors and code hosts show beside the source."""

import json
from collections.abc import Iterable, Sequence
from importlib.metadata import version

from kg.validate.finding import Finding, Locator, OperandRole, Validation
from kg.validate.report.json_lines import finding_record
from kg.validate.report.words import place, reckoning, said
from kg.validate.rules import Rule, RuleSet, Severity

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
Json = dict[str, object]


def to_sarif(validations: Sequence[Validation], rules: RuleSet, language: str = "zh") -> str:
    """One run over all disclosures. A region is given by line and by character offset; without a line it is left out."""
    index = {rule.id: number for number, rule in enumerate(rules)}
    driver = {
        "name": "budget-kg",
        "version": version("budget-kg"),
        "informationUri": "https://budget-kg.example/rule/",
        "rules": [_rule(rule, language) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "language": "en" if language == "en" else "zh-Hans",
        "artifacts": [{"location": {"uri": validation.document}} for validation in validations],
        "results": [
            _result(finding, validation, index[finding.rule], language) for validation in validations for finding in validation.findings
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1)


def _rule(rule: Rule, language: str) -> Json:
    other = "zh" if language == "en" else "en"
    return {
        "id": rule.id,
        "helpUri": rule.iri,
        "shortDescription": {"text": said(rule.label, language)},
        "fullDescription": {"text": said(rule.comment, language) or said(rule.label, language)},
        "help": {"text": f"{said(rule.source, language)}\n{said(rule.label, other)}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tolerance": rule.tolerance_class},
    }


def _result(finding: Finding, validation: Validation, index: int, language: str) -> Json:
    arithmetic = reckoning(finding, language)
    message = said(finding.message, language) + (f"  {arithmetic}" if arithmetic else "")
    located = _ordered(finding.evidence)
    record = finding_record(finding)
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [_location(locator, validation.document, language) for locator in located[:1]],
        "relatedLocations": [
            _location(locator, validation.document, language) | {"id": number} for number, locator in enumerate(located[1:], start=1)
        ],
        "partialFingerprints": {"finding/v1": f"{finding.rule} {finding.value.value if finding.value else finding.focus} {finding.item}"},
        "properties": {name: record[name] for name in ("expected", "actual", "difference", "tolerance", "root", "cause")},
    }


def _ordered(evidence: Iterable[Locator]) -> list[Locator]:
    """What is stated wrong first."""
    return sorted(evidence, key=lambda locator: locator.role is not OperandRole.STATED)


def _location(locator: Locator, document: str, language: str) -> Json:
    region: Json = {}
    if locator.line is not None:
        region["startLine"] = locator.line
    if locator.start is not None and locator.end is not None:
        region |= {"charOffset": locator.start, "charLength": locator.end - locator.start}
    physical: Json = {"artifactLocation": {"uri": document}}
    return {
        "physicalLocation": physical | ({"region": region} if region else {}),
        "logicalLocations": [{"fullyQualifiedName": locator.thing, "kind": "member"}],
        "message": {"text": place(locator, language)},
    }
