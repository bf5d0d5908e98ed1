"""A validation for a terminal: the most severe first, the sum written out, the places, and one line that sums up."""

from collections import Counter
from collections.abc import Iterator, Sequence

import click

from kg.validate.finding import Outcome, Validation
from kg.validate.report.words import OUTCOMES, SEVERITIES, cause, place, reckoning, said
from kg.validate.roots import Root, by_root
from kg.validate.rules import Severity

_COLOURS = {Severity.VIOLATION: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_MARKS = {Severity.VIOLATION: "◆", Severity.WARNING: "▲", Severity.INFO: "○"}
_MOST_REASONS = 12


def to_text(validation: Validation, language: str = "zh") -> str:
    """One disclosure. Colours are escape sequences that ``click.echo`` drops where the output is no terminal."""
    lines = [click.style(validation.document or validation.disclosure, bold=True), f"  {_counts(validation, language)}"]
    roots = by_root(validation.findings)
    for severity in Severity:
        here = [root for root in roots if root.severity is severity]
        if here:
            heading = f"{_MARKS[severity]} {said(SEVERITIES[severity], language)} {len(here)}"
            lines += ["", click.style(heading, fg=_COLOURS[severity], bold=True)]
        for root in here:
            lines += _root(root, validation, language)
    lines += _not_evaluated(validation, language)
    return "\n".join(lines)


def summary(validations: Sequence[Validation], language: str = "zh") -> str:
    """The last line after several disclosures."""
    found = Counter(finding.severity for validation in validations for finding in validation.findings)
    clean = sum(validation.conforms for validation in validations)
    counted = _listed([(said(SEVERITIES[severity], language), found[severity]) for severity in Severity], language)
    if language == "en":
        return f"{len(validations)} disclosures, {clean} without a violation: {counted}"
    return f"{len(validations)} 份文件，{clean} 份没有违规：{counted}"


def _root(root: Root, validation: Validation, language: str) -> Iterator[str]:
    finding = root.first
    yield f"  {click.style(finding.rule, bold=True)}  {said(finding.message, language)}"
    if arithmetic := reckoning(finding, language):
        yield f"      {arithmetic}"
    yield from (f"      {place(locator, language)}" for locator in finding.evidence)
    if guess := cause(finding, language):
        yield click.style(f"      {'suspected cause: ' if language == 'en' else '可能原因：'}{guess}", dim=True)
    for other in root.others:
        label = "also" if language == "en" else "同根"
        yield click.style(f"      {label} {other.rule}  {said(other.message, language)}", dim=True)


def _not_evaluated(validation: Validation, language: str) -> Iterator[str]:
    left = [outcome for outcome in validation.outcomes if outcome.outcome is Outcome.NOT_EVALUATED]
    if left:
        yield ""
        yield click.style(f"◌ {said(OUTCOMES[Outcome.NOT_EVALUATED], language)} {len(left)}", bold=True)
    for outcome in left[:_MOST_REASONS]:
        yield click.style(f"  {outcome.rule}  {said(outcome.reason, language)}", dim=True)
    if len(left) > _MOST_REASONS:
        yield click.style("  " + ", ".join(outcome.rule for outcome in left[_MOST_REASONS:]), dim=True)


def _counts(validation: Validation, language: str) -> str:
    found = Counter(finding.severity for finding in validation.findings)
    outcomes = Counter(outcome.outcome for outcome in validation.outcomes)
    severities = _listed([(said(SEVERITIES[severity], language), found[severity]) for severity in Severity], language)
    rules = _listed([(said(OUTCOMES[outcome], language), outcomes[outcome]) for outcome in Outcome], language)
    return f"{severities}; rules: {rules}" if language == "en" else f"{severities}；规则：{rules}"


def _listed(counts: Sequence[tuple[str, int]], language: str) -> str:
    if language == "en":
        return ", ".join(f"{count} {name}{'s' if count != 1 and name in ('violation', 'warning') else ''}" for name, count in counts)
    return "，".join(f"{name} {count}" for name, count in counts)
