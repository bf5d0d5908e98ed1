"""Every violation and warning on the documents that were read by people has been judged, and few are false alarms."""

from collections import Counter

import pytest

from tests.conftest import NO_SHARED
from tests.ledger import VERDICTS, Entry, judged, load
from tests.ledger.documents import documents, findings

MOST_FALSE = 0.05


@pytest.fixture(scope="module")
def reported() -> list[Entry]:
    if not documents():
        pytest.skip(NO_SHARED)
    return list(judged(findings()))


def test_every_entry_has_a_verdict_and_a_reason() -> None:
    for entry in load().values():
        assert entry.verdict in VERDICTS, entry
        assert entry.reason, entry


def test_every_finding_is_judged(reported: list[Entry]) -> None:
    known = load()
    assert [entry.key for entry in reported if entry.key not in known] == [], "python -m tests.ledger, then judge"


def test_the_ledger_holds_nothing_that_is_not_reported(reported: list[Entry]) -> None:
    assert sorted(load().keys() - {entry.key for entry in reported}) == [], "python -m tests.ledger takes it out"


def test_few_findings_are_false_alarms() -> None:
    verdicts = Counter(entry.verdict for entry in load().values())
    assert verdicts["true"]
    assert verdicts["false"] <= MOST_FALSE * verdicts.total()
