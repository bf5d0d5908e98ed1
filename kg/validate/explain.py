"""What a rule says, for a reader at a terminal."""

import re

from rdflib import Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS

from kg.terms import TERMS
from kg.validate.report.words import SEVERITIES, said
from kg.validate.rules import Bilingual, Rule, RuleSet


def listed(rule: Rule, language: str) -> str:
    """One line."""
    return f"{rule.id}  {said(SEVERITIES[rule.severity], language)}  {rule.tolerance_class}  {said(rule.label, language)}"


def explained(rule: Rule, rules: RuleSet, language: str) -> str:
    """Name, remark, severity, tolerance, source, when it applies and what it needs, and what it says when it fails."""
    english = language == "en"
    colon = ": " if english else "："
    lines = [f"{rule.id}  {said(rule.label, language)}", f"  {said(rule.label, 'zh' if english else 'en')}"]
    if rule.comment:
        lines.append(f"  {said(rule.comment, language)}")
    severities = dict.fromkeys((rule.severity, *(query.severity for query in rule.constraints if query.severity)))
    lines += [
        f"  {'severity' if english else '严重程度'}{colon}" + " / ".join(said(SEVERITIES[severity], language) for severity in severities),
        f"  {'tolerance' if english else '容差'}: {rule.tolerance_class}  {said(tolerance_words(rule, rules), language)}",
        f"  {'source' if english else '依据'}{colon}{said(rule.source, language)}",
    ]
    if rule.applies_when:
        lines.append(f"  {'not applicable when' if english else '不适用'}{colon}{_words(rule.applies_when.message, language)}")
    for query in rule.needs:
        lines.append(f"  {'not evaluated when' if english else '未评价'}{colon}{_words(query.message, language)}")
    for message in dict.fromkeys(query.message for query in rule.constraints) or (rule.message,):
        lines.append(f"  {'says' if english else '提示语'}{colon}{_words(message, language)}")
    lines.append(f"  {rule.iri}")
    return "\n".join(lines)


def _words(message: Bilingual, language: str) -> str:
    """A message without the names of its variables."""
    return re.sub(r"\{\?\w+\}", "…", said(message, language))


def tolerance_words(rule: Rule, rules: RuleSet) -> Bilingual:
    """What the rule's tolerance class allows, as the shapes describe it."""
    for node in rules.shapes.subjects(RDF.type, URIRef(f"{TERMS}ToleranceClass")):
        if str(rules.shapes.value(node, SKOS.notation)) == rule.tolerance_class:
            words = {value.language: str(value) for value in rules.shapes.objects(node, RDFS.comment) if isinstance(value, Literal)}
            return Bilingual(words.get("zh", ""), words.get("en", ""))
    return Bilingual()


def shape_of(rules: RuleSet) -> str:
    """The shapes of a rule set as Turtle."""
    return rules.shapes.serialize(format="turtle")
