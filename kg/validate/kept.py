"""Validations kept beside the results in a store, so that only what changed is validated again.

What a validation rests on is its graph, the rules and the code lists; their digests together are its *basis*. A rule over several
documents would rest on the sorted hashes of all that took part (:func:`basis` takes any number).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from kg.validate.finding import Finding, Locator, OperandRole, Outcome, RuleOutcome, Stated, Validation
from kg.validate.rules import Bilingual, RuleSet, Severity

_STATED = ("expected", "actual", "difference", "tolerance")


def basis(rules: RuleSet, context_digest: str, *graphs: bytes) -> str:
    """Identifies what a validation of these graphs (N-Triples, sorted) rests on."""
    parts = sorted(hashlib.sha256(graph).hexdigest() for graph in graphs)
    return hashlib.sha256(" ".join((rules.digest, context_digest, *parts)).encode()).hexdigest()


def to_json(validation: Validation) -> str:
    """Everything but the rules, which the reader has."""
    record = {
        "disclosure": validation.disclosure,
        "document": validation.document,
        "outcomes": [asdict(outcome) for outcome in validation.outcomes],
        "findings": [_finding_record(finding) for finding in validation.findings],
    }
    return json.dumps(record, ensure_ascii=False)


def from_json(text: str, rules: RuleSet) -> Validation:
    """What :func:`to_json` wrote."""
    record = json.loads(text)
    outcomes = (RuleOutcome(said["rule"], Outcome(said["outcome"]), Bilingual(**said["reason"])) for said in record["outcomes"])
    return Validation(record["disclosure"], record["document"], rules, tuple(outcomes), tuple(map(_finding, record["findings"])))


def _finding_record(finding: Finding) -> dict[str, Any]:
    record = {field.name: getattr(finding, field.name) for field in fields(finding)}
    value = finding.value
    iri = isinstance(value, ox.NamedNode)
    record["value"] = None if value is None else [str(value.value), "" if isinstance(value, ox.NamedNode) else value.datatype.value]
    record["value_is_iri"] = iri
    for name in _STATED:
        record[name] = _stated_record(record[name])
    return record | {"message": asdict(finding.message), "evidence": [asdict(locator) for locator in finding.evidence]}


def _stated_record(value: Stated) -> list[str] | None:
    return None if value is None else ["amount" if isinstance(value, Decimal) else "text", str(value)]


def _stated(record: list[str] | None) -> Any:
    if record is None:
        return None
    return Decimal(record[1]) if record[0] == "amount" else record[1]


def _finding(record: Mapping[str, Any]) -> Finding:
    said = dict(record)
    value, iri = said.pop("value"), said.pop("value_is_iri")
    term = None if value is None else ox.NamedNode(value[0]) if iri else ox.Literal(value[0], datatype=ox.NamedNode(value[1]))
    evidence = tuple(
        Locator(**{**place, "role": OperandRole(place["role"]), "place": Bilingual(**place["place"])}) for place in said["evidence"]
    )
    amounts = {name: _stated(said[name]) for name in _STATED}
    return Finding(
        **{
            **said,
            **amounts,
            "severity": Severity(said["severity"]),
            "message": Bilingual(**said["message"]),
            "value": term,
            "evidence": evidence,
        }
    )
