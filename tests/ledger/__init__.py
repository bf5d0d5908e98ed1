"""The ledger: what was judged of every violation and warning on documents that people have read.

``python -m tests.ledger`` adds what is found and not yet judged, with an empty verdict; a person reads the source, writes
``true`` (a genuine fault of the document) or ``false`` (a false alarm) and the reason. What is no longer reported is taken out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from kg.validate.finding import Finding, OperandRole
from kg.validate.rules import Severity

FILE = Path(__file__).parent / "ledger.yaml"
VERDICTS = ("true", "false")


@dataclass(frozen=True, order=True)
class Entry:
    """One finding by what a reader of the page would call it; ``verdict`` is empty until somebody has judged."""

    document: str
    rule: str
    place: str
    severity: str
    verdict: str = ""
    reason: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.document, self.rule, self.place


def entry_of(document: str, finding: Finding) -> Entry:
    """Where it stands is the line of what is stated wrong, else of the first operand, the item, and what is printed there."""
    stated = [locator for locator in finding.evidence if locator.role is OperandRole.STATED]
    at = (stated or list(finding.evidence) or [None])[0]
    where = f"line {at.line}" if at is not None and at.line else ""
    page = f"page {at.page}" if at is not None and at.page else ""
    printed = at.printed.strip()[:24] if at is not None else ""
    item = finding.item.rsplit("/", 1)[-1]
    return Entry(document, finding.rule, ", ".join(part for part in (page or where, item, printed) if part), finding.severity.value)


def judged(findings: Iterable[tuple[str, Finding]]) -> Iterator[Entry]:
    """The entries that must stand in the ledger: violations and warnings, equal ones once."""
    entries = (entry_of(document, finding) for document, finding in findings if finding.severity is not Severity.INFO)
    return iter(sorted(set(entries)))


def load() -> dict[tuple[str, str, str], Entry]:
    """The entries of the file by their key."""
    rows = yaml.safe_load(FILE.read_text("utf-8")) or []
    entries = [Entry(**row) for row in rows]
    return {entry.key: entry for entry in entries}


def save(entries: Iterable[Entry]) -> None:
    """Write the ledger, sorted."""
    rows = [{name: getattr(entry, name) for name in Entry.__dataclass_fields__} for entry in sorted(entries)]
    FILE.write_text(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=160), "utf-8")
