"""The rule cases: small graphs beside their approved reports."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.resources import code_list_files
from kg.validate import Context, RuleSet, Validation, finding_record, validate

FOLDER = Path(__file__).parent
WORDS = Context.load(file for file in code_list_files() if file.name == "word-class.ttl")


@dataclass(frozen=True)
class Case:
    """One Turtle file: ``tests/rules/{rule}/{valid|invalid}.{what it shows}.ttl``.

    Where what it shows cannot but fail another rule too, that rule's id follows behind a ``+``.
    """

    path: Path

    @property
    def rule(self) -> str:
        return self.path.parent.name

    @property
    def is_valid(self) -> bool:
        return self.path.name.startswith("valid.")

    @property
    def fails_beside(self) -> frozenset[str]:
        """Other rules that the case fails of necessity."""
        return frozenset(self.path.stem.split("+")[1:])

    @property
    def report_path(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.json")

    @property
    def approved(self) -> Mapping[str, Any]:
        """The report a person has read and agreed with."""
        report: Mapping[str, Any] = json.loads(self.report_path.read_text("utf-8"))
        return report

    @property
    def ntriples(self) -> bytes:
        quads = ox.parse(self.path.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri="https://budget-kg.example/")
        ntriples = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b""
        return ntriples + WORDS.needed(ntriples)

    def run(self, rules: RuleSet) -> Validation:
        """Hold the case against the rules that see what its own rule sees; it brings its own code lists, but the word classes are
        those of the program."""
        return validate(self.ntriples, WORDS, rules.seeing(rules[self.rule].sees))


def cases() -> Iterator[Case]:
    return (Case(path) for path in sorted(FOLDER.glob("*/*.ttl")))


def report(case: Case, validation: Validation) -> dict[str, Any]:
    """What is approved: the outcome of the case's own rule, and every finding of any rule."""
    outcome = next(said for said in validation.outcomes if said.rule == case.rule)
    return {
        "outcome": outcome.outcome.value,
        "reason": {"zh": outcome.reason.zh, "en": outcome.reason.en},
        "findings": [
            {"rule": finding.rule, "focus": finding.focus, "value": finding.value.value if finding.value else None, "item": finding.item}
            | finding_record(finding)
            for finding in validation.findings
        ],
    }


def written(record: Mapping[str, Any]) -> str:
    """A report as it stands in its file."""
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"
