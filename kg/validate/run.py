"""Runs the rules on one disclosure: the engine says what fails, the graph says why, and every rule gets its outcome."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files

import pyoxigraph as ox

from kg.errors import BudgetError
from kg.shacl import reference
from kg.shacl.reference import Result, ShapesError
from kg.store import MemoryStore
from kg.terms import TERMS
from kg.validate.causes import cause
from kg.validate.context import Context
from kg.validate.evidence import Check, Evidence, Lines, Operand, Row, amount, expression, fill, rows
from kg.validate.finding import Finding, OperandRole, Outcome, RuleOutcome, Stated, Validation
from kg.validate.roots import with_roots
from kg.validate.rules import Bilingual, Query, Rule, RuleSet, Severity

_GRAPH = "urn:validation:data"
_EXEMPT = Bilingual("这一表式不适用该规则", "the form of this disclosure has no such rule")
_BLANK_WITHOUT = {
    "actual": (OperandRole.STATED,),
    "expected": tuple(role for role in OperandRole if role not in (OperandRole.STATED, OperandRole.UNPLACED, OperandRole.CONTEXT)),
}
"""A side of a comparison is blank, not zero, when no operand of these roles is printed."""


def validate(data: bytes, context: Context, rules: RuleSet, lines: Lines | None = None) -> Validation:
    """Hold one disclosure graph (N-Triples) against the rules. ``lines`` of the source text give sentences their line.

    A rule that the disclosure's form exempts it from (``budget:exemptFromRule``) is not applicable; one that it makes mild
    (``budget:mildRule``) finds at most what is worth knowing.

    Raises :class:`BudgetError` when ``data`` is not about exactly one disclosure and :class:`ShapesError` when a rule
    cannot be run or its two readings, by pySHACL and by the store, disagree.
    """
    graph = data + context.needed(data)
    store = MemoryStore()
    store.load(_GRAPH, graph)
    disclosure, document = _disclosure(store)
    evidence = Evidence(store, context, lines)
    exempt, mild = (_named_rules(store, disclosure, name) for name in ("exemptFromRule", "mildRule"))
    results: dict[str, list[Result]] = {shape: [] for rule in rules for shape in rule.shape_iris}
    for result in reference.run(graph, rules.shapes):
        results[result.shape].append(result)
    findings: list[Finding] = []
    outcomes: list[RuleOutcome] = []
    for rule in rules:
        if rule.iri in exempt:
            outcomes.append(RuleOutcome(rule.id, Outcome.NOT_APPLICABLE, _EXEMPT))
            continue
        reported = [result for shape in rule.shape_iris for result in results[shape]]
        found = sorted(_findings(rule, reported, evidence), key=_page_order)
        if rule.iri in mild:
            found = [replace(finding, severity=Severity.INFO) for finding in found]
        findings += found
        outcomes.append(_outcome(rule, found, evidence))
    return Validation(disclosure, document, rules, tuple(outcomes), with_roots(findings))


def _disclosure(store: MemoryStore) -> tuple[str, str]:
    found = rows(store, (files("kg.validate") / "disclosure.rq").read_text("utf-8"))
    if len({row["disclosure"] for row in found}) != 1:
        raise BudgetError(f"the graph is about {len(found)} disclosures, one is validated at a time")
    return found[0]["disclosure"].value, found[0]["file"].value if "file" in found[0] else ""


def _named_rules(store: MemoryStore, disclosure: str, name: str) -> frozenset[str]:
    """The rules that a disclosure names by one of its properties."""
    query = "SELECT ?disclosure ?property ?rule WHERE { ?disclosure ?property ?rule }"
    found = rows(store, query, disclosure=ox.NamedNode(disclosure), property=ox.NamedNode(f"{TERMS}{name}"))
    return frozenset(row["rule"].value for row in found)


def _outcome(rule: Rule, findings: Sequence[Finding], evidence: Evidence) -> RuleOutcome:
    if findings:
        return RuleOutcome(rule.id, Outcome.FAILED, Bilingual())
    if rule.applies_when and not rows(evidence.reader, rule.applies_when.select):
        return RuleOutcome(rule.id, Outcome.NOT_APPLICABLE, rule.applies_when.message)
    if rule.applies_when is None and not _has_target(rule, evidence):
        return RuleOutcome(rule.id, Outcome.NOT_APPLICABLE, Bilingual("图中没有这类资源", "the graph has no resource of that class"))
    if missing := evidence.reasons(rule.needs):
        return RuleOutcome(rule.id, Outcome.NOT_EVALUATED, missing)
    return RuleOutcome(rule.id, Outcome.PASSED, evidence.reasons(rule.leaves_out))


def _has_target(rule: Rule, evidence: Evidence) -> bool:
    query = "SELECT ?class ?thing WHERE { ?thing a ?class } LIMIT 1"
    return any(rows(evidence.reader, query, **{"class": ox.NamedNode(target)}) for target in rule.targets)


def _findings(rule: Rule, results: Sequence[Result], evidence: Evidence) -> Iterator[Finding]:
    if not rule.constraints:
        yield from (_structural(rule, result, evidence) for result in results)
        return
    by_focus: dict[str, Counter[str]] = {}
    for result in results:
        by_focus.setdefault(result.focus, Counter())[result.value.value if result.value else ""] += 1
    for focus, reported in by_focus.items():
        answers = [(query, row) for query in rule.constraints for row in rows(evidence.reader, query.select, this=ox.NamedNode(focus))]
        if reported != Counter(row["value"].value for _, row in answers):
            raise ShapesError(f"pySHACL and the store disagree about {focus}", rule.iri)
        yield from (_arithmetic(rule, focus, query, row, evidence) for query, row in answers)


def _structural(rule: Rule, result: Result, evidence: Evidence) -> Finding:
    """A result of a property shape: what is missing or malformed is the path."""
    path = result.path.replace("#", "/").rsplit("/", 1)[-1]
    operand = evidence.operand(result.focus, OperandRole.STATED)
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=fill(rule.message, {"path": Bilingual(path, path)}),
        focus=result.focus,
        value=result.value,
        item=path,
        expression="",
        expected=None,
        actual=result.value.value if isinstance(result.value, ox.Literal) else None,
        difference=None,
        tolerance=None,
        evidence=(operand.locator,),
        root=result.focus,
        shape=rule.iri,
    )


def _arithmetic(rule: Rule, focus: str, query: Query, row: Row, evidence: Evidence) -> Finding:
    """A row of a constraint's SELECT, with the operands of its check."""
    value = row["value"]
    item = row["item"].value if "item" in row else ""
    check: Check = (focus, value.value, item)
    operands = evidence.operands(rule, check)
    expected, actual = _stated(row, "expected"), _stated(row, "actual")
    terms = expression(operands, expected, actual)
    words = fill(query.message, _words(row, operands, evidence))
    return Finding(
        rule=rule.id,
        severity=query.severity or rule.severity,
        message=words,
        focus=focus,
        value=value,
        item=item,
        expression=terms,
        expected=expected,
        actual=actual,
        difference=amount(row.get("difference")),
        tolerance=amount(row.get("tolerance")),
        evidence=tuple(operand.locator for operand in operands),
        root=value.value,
        cause=cause(expected, actual),
        shape=query.shape,
    )


def _stated(row: Row, name: str) -> Stated:
    number = amount(row.get(name))
    return number if number is not None or name not in row else row[name].value


def _words(row: Row, operands: Sequence[Operand], evidence: Evidence) -> Mapping[str, Bilingual]:
    """What a message can name: amounts as the first operand's table prints them, things and keys by their names."""
    words: dict[str, Bilingual] = {}
    for name, term in row.items():
        number = amount(term)
        if number is None or not operands:
            words[name] = (evidence.context.name(term.value) if name == "item" else None) or evidence.name(term)
        elif name in _BLANK_WITHOUT and not any(operand.locator.role in _BLANK_WITHOUT[name] for operand in operands):
            words[name] = Bilingual("空白", "(blank)")
        else:
            words[name] = operands[0].say(number, with_unit=True)
    return words


def _page_order(finding: Finding) -> tuple[int, str, str]:
    lines = [locator.line for locator in finding.evidence if locator.line]
    return lines[0] if lines else 0, finding.focus, finding.item
