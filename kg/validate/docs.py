"""Writes ``docs/rules.md`` from the shapes: ``python -m kg.validate.docs > docs/rules.md``. A test holds the page to them."""

import sys
from collections.abc import Iterator
from itertools import groupby

from rdflib.namespace import RDF, RDFS, SKOS
from rdflib.term import Literal, URIRef

from kg.resources import shape_files
from kg.terms import TERMS
from kg.validate.rules import Rule, RuleSet

_HEAD = """# The rules

Written by `python -m kg.validate.docs > docs/rules.md` from the files in `shapes/`; change those.

## How a rule is read

A rule is one SHACL node shape, `https://budget-kg.example/rule/{ID}`, with its name and source in Chinese and English, a severity,
a tolerance class, a target and what must hold: property shapes, or constraints in SPARQL (`sh:sparql`). Any SHACL processor with
SPARQL support can run it. A constraint projects

| variable | what it is |
|---|---|
| `$this` | the focus node: a table, or the disclosure |
| `?value` | what is stated wrong: the cell; its row or table where the cell is blank |
| `?item` | tells checks on one value apart: a column or row key |
| `?actual` `?expected` `?difference` `?tolerance` | in 元, `difference` = actual − expected; texts where the rule is about texts |
| `?label` | the printed name, for the message |

and its `sh:message` names them as `{?actual}`. `kg validate` prints amounts in the unit of the table, puts the arithmetic behind
the message and gives both languages. Beside the constraints stand companions, each a `sh:select` with, where it speaks, a message:

| property | selects | then |
|---|---|---|
| `budget:appliesWhen` | `?disclosure` whose own matter this is | nothing found: *not applicable*, for the reason in its message |
| `budget:needs` | `?missing`: what is absent or not settled | found, and no check fails: *not evaluated*, with the message |
| `budget:leavesOut` | `?missing`: what the rule passes over | found, and no check fails: *passed*, with the message as a remark |
| `budget:operands` | `?this ?value ?item ?operand ?operandRole` for **all** checks, held or not | evidence, the arithmetic, and which figures were looked at |

Roles of operands: `stated`, `addend` (of the stated value), `same` (the same fact elsewhere), `unplaced` (fits no column). A rule that
has only property shapes needs no companion: it applies where its target class has an instance.

**Failed** needs one failing check; it wins over everything else. A check that could include a figure whose column is open is not made.
Failures that one correction of one cell would mend share a `root`, that cell; a root is a place to look first, not a verdict.

## How to write a rule

1. Put the shape into the file of its family. Start from a neighbour; say `$this` in every sub-select; no `VALUES`, no `MINUS`.
2. Repeat the formula of its tolerance class word for word (below); a test compares. Amounts are `xsd:decimal`, never divided except by u.
3. Filter failing checks in a group of their own, before looking up anything else: most checks hold.
4. Add `tests/rules/{ID}/valid.*.ttl` and `invalid.*.ttl` whose names state the fault, run `python -m tests.rules.approve`, read the
   reports it writes, and this command.
"""


def rules_page(rules: RuleSet) -> str:
    """The page as Markdown."""
    families = groupby(sorted(rules, key=lambda rule: (rule.family, rule.id)), key=lambda rule: rule.family)
    parts = [_HEAD, *_tolerances(rules), "## Catalogue\n"]
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
    for node in sorted(rules.shapes.subjects(RDF.type, URIRef(f"{TERMS}ToleranceClass"))):
        words = {value.language: value for value in rules.shapes.objects(node, RDFS.comment) if isinstance(value, Literal)}
        yield f"- **{rules.shapes.value(node, SKOS.notation)}** {words['zh']} {words['en']}"
        if formula := rules.shapes.value(node, URIRef(f"{TERMS}formula")):
            yield f"  `{formula}`"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(rules_page(RuleSet.load(shape_files())))
