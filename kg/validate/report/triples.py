"""A validation as a graph: what the store keeps, and a report as the SHACL recommendation has it."""

from collections.abc import Iterable
from decimal import Decimal

import pyoxigraph as ox

from kg.ntriples import Triples, boolean, decimal, text
from kg.ntriples import iri as ref
from kg.terms import PREFIXES, TERMS
from kg.validate.finding import Finding, RuleOutcome, Stated, Validation
from kg.validate.rules import LANGUAGES, Bilingual

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_SH = "http://www.w3.org/ns/shacl#"
_PREFIXES = {name: PREFIXES[name] for name in ("budget", "sh", "xsd")}


def to_turtle(validations: Iterable[Validation]) -> bytes:
    """The validation graphs of several disclosures, in Turtle."""
    lines = "".join(to_triples(validation).data.decode() for validation in validations)
    triples = (quad.triple for quad in ox.parse(lines.encode(), format=ox.RdfFormat.N_TRIPLES))
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=_PREFIXES) or b""


def to_triples(validation: Validation) -> Triples:
    """The validation graph of ``docs/graph.md``: a ``sh:ValidationReport`` with its results, and the outcome of every rule.

    Addresses are minted beside the disclosure's own. ``sh:conforms`` is false when there is any result (SHACL, 3.6.1.1).
    """
    triples = Triples()
    base, _, sha16 = validation.disclosure.rpartition("disclosure/")
    here = f"{base}validation/{sha16}"
    for outcome in validation.outcomes:
        _outcome_triples(triples, f"{here}/outcome/{outcome.rule}", outcome, validation)
    triples.add(here, _RDF_TYPE, ref(f"{_SH}ValidationReport"))
    triples.add(here, f"{TERMS}inDisclosure", ref(validation.disclosure))
    triples.add(here, f"{_SH}conforms", boolean(not validation.findings))
    numbers: dict[str, int] = {}
    for finding in validation.findings:
        numbers[finding.rule] = numbers.get(finding.rule, 0) + 1
        node = f"{here}/finding/{finding.rule}/{numbers[finding.rule]}"
        triples.add(here, f"{_SH}result", ref(node))
        _finding_triples(triples, node, finding, validation)
    return triples


def _outcome_triples(triples: Triples, node: str, outcome: RuleOutcome, validation: Validation) -> None:
    triples.add(node, _RDF_TYPE, ref(f"{TERMS}RuleOutcome"))
    triples.add(node, f"{TERMS}rule", ref(validation.rules[outcome.rule].iri))
    triples.add(node, f"{TERMS}outcome", text(outcome.outcome.value))
    triples.add(node, f"{TERMS}inDisclosure", ref(validation.disclosure))
    triples.add(node, f"{TERMS}reason", *_both(outcome.reason))


def _finding_triples(triples: Triples, node: str, finding: Finding, validation: Validation) -> None:
    triples.add(node, _RDF_TYPE, ref(f"{TERMS}Finding"))
    triples.add(node, f"{TERMS}rule", ref(validation.rules[finding.rule].iri))
    triples.add(node, f"{TERMS}inDisclosure", ref(validation.disclosure))
    triples.add(node, f"{_SH}resultSeverity", ref(f"{_SH}{finding.severity.value.capitalize()}"))
    triples.add(node, f"{_SH}resultMessage", *_both(finding.message))
    triples.add(node, f"{_SH}focusNode", ref(finding.focus))
    triples.add(node, f"{_SH}sourceShape", ref(finding.shape))
    if finding.value is not None:
        triples.add(node, f"{_SH}value", ref(finding.value.value) if isinstance(finding.value, ox.NamedNode) else str(finding.value))
    if finding.expression:
        triples.add(node, f"{TERMS}expression", text(finding.expression))
    for name in ("expected", "actual", "difference", "tolerance"):
        value: Stated = getattr(finding, name)
        if value is not None:
            triples.add(node, f"{TERMS}{name}", decimal(value) if isinstance(value, Decimal) else text(value))
    if finding.unit:
        triples.add(node, f"{TERMS}quantityUnit", text(finding.unit))
    triples.add(node, f"{TERMS}root", ref(finding.root))
    if finding.cause:
        triples.add(node, f"{TERMS}suspectedCause", text(finding.cause))
    triples.add(node, f"{TERMS}operand", *map(ref, finding.operands))


def _both(words: Bilingual) -> list[str]:
    return [text(said, language) for said, language in zip((words.zh, words.en), LANGUAGES, strict=True) if said]
