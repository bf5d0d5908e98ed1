"""Writes the page of rules from the shapes and ``rules_head.md``: ``python -m kg.validate.docs > docs/rules.md``."""

import sys
from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby

from rdflib.namespace import RDF, RDFS, SKOS
from rdflib.term import Literal, URIRef

from kg.resources import shape_files
from kg.terms import TERMS
from kg.validate.rules import Rule, RuleSet


def rules_page(rules: RuleSet) -> str:
    """The page as Markdown."""
    families = groupby(sorted(rules, key=lambda rule: (rule.family, rule.id)), key=lambda rule: rule.family)
    head = (files("kg.validate") / "rules_head.md").read_text("utf-8")
    parts = [head, *_tolerances(rules), "## Catalogue\n"]
    for family, members in families:
        parts += [f"### {family}.ttl\n", "| id | rule | tolerance | severity | source |\n|---|---|---|---|---|"]
        parts += [_line(rule) for rule in members]
        parts.append("")
    return "\n".join(parts)


def _line(rule: Rule) -> str:
    words = f"{rule.label.zh}<br>{rule.label.en}"
    if rule.comment:
        words += f"<br>*{rule.comment.zh}*<br>*{rule.comment.en}*"
    return f"| {rule.id} | {words} | {rule.tolerance_class} | {rule.severity.value} | {rule.source.zh}<br>{rule.source.en} |"


def _tolerances(rules: RuleSet) -> Iterator[str]:
    yield "## Tolerance classes\n"
    for node in sorted(rules.shapes.subjects(RDF.type, URIRef(f"{TERMS}ToleranceClass")), key=str):
        words = {value.language: value for value in rules.shapes.objects(node, RDFS.comment) if isinstance(value, Literal)}
        yield f"- **{rules.shapes.value(node, SKOS.notation)}** {words['zh']} {words['en']}"
        if formula := rules.shapes.value(node, URIRef(f"{TERMS}formula")):
            yield f"  `{formula}`"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(rules_page(RuleSet.load(shape_files())))
