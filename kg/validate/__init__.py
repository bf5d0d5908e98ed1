"""Holds disclosures against the rules and says what fails, where, and on what evidence."""

from kg.validate.context import Context
from kg.validate.finding import Finding, Locator, OperandRole, Outcome, RuleOutcome, Validation
from kg.validate.report import finding_record, to_json_lines, to_text, to_triples
from kg.validate.rules import Bilingual, Rule, RuleSet, Severity
from kg.validate.run import validate

__all__ = [
    "Bilingual",
    "Context",
    "Finding",
    "Locator",
    "OperandRole",
    "Outcome",
    "Rule",
    "RuleOutcome",
    "RuleSet",
    "Severity",
    "Validation",
    "finding_record",
    "to_json_lines",
    "to_text",
    "to_triples",
    "validate",
]
