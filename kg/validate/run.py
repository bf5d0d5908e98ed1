"""Runs the rules on disclosures: the engine says what fails, the graph says why, and every rule gets its outcome."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files

import pyoxigraph as ox

from kg.errors import BudgetError
from kg.shacl.errors import ShapesError
from kg.shacl.isolation import NotIsolated
from kg.shacl.results import Result
from kg.shacl.vocabulary import sh
from kg.terms import TERMS
from kg.validate.batch import Batch, BatchEvidence
from kg.validate.causes import cause
from kg.validate.context import Context
from kg.validate.evidence import Check, Evidence, Lines, Operand, OtherText, Row, amount, expression, fill, joined
from kg.validate.finding import Finding, OperandRole, Outcome, RuleOutcome, Stated, Validation
from kg.validate.roots import with_roots
from kg.validate.rules import Bilingual, Query, Rule, RuleSet, Severity

_EXEMPT = Bilingual("这一表式不适用该规则", "the form of this disclosure has no such rule")
_BLANK_WITHOUT = {
    "actual": (OperandRole.STATED,),
    "expected": tuple(role for role in OperandRole if role not in (OperandRole.STATED, OperandRole.UNPLACED, OperandRole.CONTEXT)),
}
"""A side of a comparison is blank, not zero, when no operand of these roles is printed."""


@dataclass(frozen=True)
class Given:
    """A disclosure graph (N-Triples). ``lines`` of its source text give sentences their line.

    For rules over several disclosures ``data`` also holds what they see of others, ``others`` the names and lines of these.
    """

    data: bytes
    lines: Lines | None = None
    others: Mapping[str, OtherText] = field(default_factory=dict)


def validate(data: bytes, context: Context, rules: RuleSet, lines: Lines | None = None) -> Validation:
    """:func:`validate_many` for one disclosure."""
    return validate_many([Given(data, lines)], context, rules)[0]


def validate_many(given: Sequence[Given], context: Context, rules: RuleSet) -> list[Validation]:
    """Hold disclosure graphs against the rules, all at once, in their order. None sees another.

    A rule that the disclosure's form exempts it from (``budget:exemptFromRule``) is not applicable; one that it makes mild
    (``budget:mildRule``) finds at most what is worth knowing.

    Raises :class:`BudgetError` when a graph is not about exactly one disclosure and :class:`ShapesError` when a rule
    cannot be run.
    """
    try:
        batch = Batch([one.data for one in given], context)
    except NotIsolated:
        return [validation for one in given for validation in validate_many([one], context, rules)]
    subjects = [_disclosure(batch, number) for number in range(len(given))]
    results = batch.results(rules)
    found: list[Validation] = []
    for number, (disclosure, document) in enumerate(subjects):
        evidence = BatchEvidence(batch, number, context, given[number].lines, given[number].others)
        judged = _Judged(rules, evidence, results.get(number, {}))
        found.append(judged.validation(disclosure, document))
    return found


def _disclosure(batch: Batch, number: int) -> tuple[str, str]:
    found = batch.answers((files("kg.validate") / "disclosure.rq").read_text("utf-8")).get(number, ())
    if len({row["disclosure"] for row in found}) != 1:
        raise BudgetError(f"the graph is about {len(found)} disclosures, one is validated at a time")
    return found[0]["disclosure"].value, found[0]["file"].value if "file" in found[0] else ""


@dataclass(frozen=True)
class _Judged:
    """One disclosure with what the engine reports of it, by shape."""

    rules: RuleSet
    evidence: BatchEvidence
    results: Mapping[str, Sequence[Result]]

    def validation(self, disclosure: str, document: str) -> Validation:
        exempt, mild = (self._named_rules(name) for name in ("exemptFromRule", "mildRule"))
        findings: list[Finding] = []
        outcomes: list[RuleOutcome] = []
        for rule in self.rules:
            if rule.iri in exempt:
                outcomes.append(RuleOutcome(rule.id, Outcome.NOT_APPLICABLE, _EXEMPT))
                continue
            reported = [result for shape in rule.shape_iris for result in self.results.get(shape, ())]
            found = sorted(_findings(rule, reported, self.evidence, self.rules), key=_page_order)
            if rule.iri in mild:
                found = [replace(finding, severity=Severity.INFO) for finding in found]
            findings += found
            outcomes.append(self._outcome(rule, found))
        return Validation(disclosure, document, self.rules, tuple(outcomes), with_roots(findings))

    def _named_rules(self, name: str) -> frozenset[str]:
        """The rules that the disclosure names by one of its properties."""
        found = self._rows(f"SELECT ?rule WHERE {{ ?disclosure a <{TERMS}Disclosure> ; <{TERMS}{name}> ?rule }}")
        return frozenset(row["rule"].value for row in found)

    def _outcome(self, rule: Rule, findings: Sequence[Finding]) -> RuleOutcome:
        by_reference = self._by_reference(rule)
        if findings:
            return RuleOutcome(rule.id, Outcome.FAILED, by_reference)
        if rule.applies_when and not self._rows(rule.applies_when.select):
            return RuleOutcome(rule.id, Outcome.NOT_APPLICABLE, rule.applies_when.message)
        if rule.applies_when is None and not self._has_target(rule):
            return RuleOutcome(rule.id, Outcome.NOT_APPLICABLE, Bilingual("图中没有这类资源", "the graph has no resource of that class"))
        if missing := self.evidence.reasons(rule.needs):
            return RuleOutcome(rule.id, Outcome.NOT_EVALUATED, missing)
        left_out = self.evidence.reasons(rule.leaves_out)
        return RuleOutcome(rule.id, Outcome.PASSED, joined(part for part in (left_out, by_reference) if part))

    def _by_reference(self, rule: Rule) -> Bilingual:
        """That the reference engine ran a rule, and why; empty for one that is compiled."""
        reasons = {self.evidence.batch.fallbacks[shape] for shape in rule.shape_iris if shape in self.evidence.batch.fallbacks}
        said = "; ".join(sorted(reasons))
        return Bilingual(f"由参考引擎 pySHACL 执行（{said}）", f"run by the reference engine, pySHACL ({said})") if said else Bilingual()

    def _has_target(self, rule: Rule) -> bool:
        return not self.evidence.batch.classes(self.evidence.number).isdisjoint(rule.targets)

    def _rows(self, select: str) -> Sequence[Row]:
        return self.evidence.asked(Query(select))


def _findings(rule: Rule, results: Sequence[Result], evidence: Evidence, rules: RuleSet) -> Iterator[Finding]:
    """A finding for each result; results of one constraint that say the same are one."""
    if not rule.constraints:
        yield from (_structural(rule, result, evidence) for result in results)
        return
    for result in results:
        query = _constraint(rule, result, rules)
        said: Mapping[str, object] = result.bindings or {"value": result.value}
        row = {name: term for name, term in said.items() if isinstance(term, ox.NamedNode | ox.Literal)}
        if "value" not in row:
            raise ShapesError("a constraint that selects no ?value", rule.iri)
        yield _arithmetic(rule, result.focus.value, query, row, evidence)


def _constraint(rule: Rule, result: Result, rules: RuleSet) -> Query:
    """The query of the constraint that a result comes from, with its words."""
    select = rules.compiled.value(result.constraint, sh("select")) if result.constraint else None
    of_shape = [query for query in rule.constraints if query.shape == result.shape.value]
    for query in of_shape:
        if len(of_shape) == 1 or (select is not None and query.select.endswith(select.value)):
            return query
    raise ShapesError("a result of no constraint of the rule", rule.iri)


def _structural(rule: Rule, result: Result, evidence: Evidence) -> Finding:
    """A result of a property shape: what is missing or malformed is the path."""
    path = (result.path.predicate if result.path else "").replace("#", "/").rsplit("/", 1)[-1]
    operand = evidence.operand(result.focus.value, OperandRole.STATED)
    value = result.value if isinstance(result.value, ox.NamedNode | ox.Literal) else None
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=fill(rule.message, {"path": Bilingual(path, path)}),
        focus=result.focus.value,
        value=value,
        item=path,
        expression="",
        expected=None,
        actual=value.value if isinstance(value, ox.Literal) else None,
        difference=None,
        tolerance=None,
        evidence=(operand.locator,),
        root=result.focus.value,
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
        unit=operands[0].counts if operands and actual is not None and not isinstance(actual, str) else "",
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


def _page_order(finding: Finding) -> tuple[int, str, str, str, str]:
    lines = [locator.line for locator in finding.evidence if locator.line]
    value = finding.value.value if finding.value is not None else ""
    return lines[0] if lines else 0, finding.focus, finding.item, value, finding.message.zh
