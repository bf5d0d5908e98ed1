"""What people found in two of the seeds: each finding is reported under a fitting rule with its places, or listed with the reason."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from kg.ingest import Toolbox
from kg.settings import Settings
from kg.validate.finding import Finding
from kg.validate.jobs import Judge, validate_files
from kg.validate.rules import Severity

DOCUMENTS = ("000_f09aa091ff60ce74.txt", "004_8019a2ac96ad9f35.txt")

REPORTED: dict[str, dict[str, tuple[int, ...]]] = {
    "000-01": {"EXT-002": (145, 149, 152, 154)},
    "000-02": {"PRJ-009": (627, 578)},
    "000-03": {"PRJ-007": (552,)},
    "000-04": {"KPI-001": (594,)},
    "000-05": {"KPI-001": (611,)},
    "000-11": {"KPI-012": (590, 591)},
    "000-12": {"PRJ-006": (578, 388)},
    "000-13": {"KPI-017": (578, 611)},
    "000-14": {"KPI-012": (609, 623)},
    "000-16": {"PRJ-005": (489,)},
    "000-17": {"XCL-002": (285,)},
    "004-01": {"SUM-004": (840, 921)},
    "004-02": {"XT-009": (624, 392), "XT-011": (624, 471)},
    "004-03": {"COD-004": (445, 598)},
    "004-04": {"COD-005": (686,)},
    "004-05": {"COD-005": (692,)},
    "004-06": {"COD-003": (690,)},
    "004-07": {"COD-003": (660,), "NAR-005": (1261,)},
    "004-08": {"COD-008": (378, 873)},
    "004-09": {"YOY-003": (1093, 1136)},
    "004-10": {"KPI-011": (1614, 1297)},
    "004-12": {"KPI-011": (1777, 1332)},
    "004-13": {"KPI-009": (1554,)},
    "004-14": {"KPI-009": (1826,)},
    "004-15": {"KPI-012": (1837,)},
    "004-16": {"KPI-010": (1953,)},
    "004-17": {"KPI-010": (2033,)},
    "004-18": {"YOY-008": (1087, 1132)},
    "004-20": {"KPI-002": (1683, 1852, 2033)},
    "004-21": {"DOC-010": (1441, 68)},
    "004-23": {"PRJ-006": (1718,)},
    "004-26": {"XCL-002": (664,)},
    "004-29": {"KPI-009": (1979, 1999)},
}
"""Finding → the rules that report it, each with lines that stand in its evidence."""

NOT_REPORTED = {
    "000-06": "the sense of a reason against the sense of another section",
    "000-07": "the sense of a reason against what other sections imply",
    "000-08": "whether a reason belongs to the fund it explains is sense",
    "000-09": "that 新增 means nothing before is sense; an info of medium confidence",
    "000-10": "two values of one target inside a goal text; the goal is prose",
    "000-15": "whose staff a reason speaks of is sense",
    "000-18": "a low share is no fault of the document; the catalogue has no such rule",
    "000-19": "the year of a cited basis; the catalogue excludes years in titles and bases",
    "000-20": "misspelt words",
    "004-11": "two bases may stand beside each other",
    "004-19": "movements of staff told in words",
    "004-22": "misspelt words",
    "004-24": "numbering of the items; layout of the text",
    "004-25": "the cover and contents are lost in conversion: DOC-002 is not applicable",
    "004-27": "an unusual growth with a reason; the sense of the reason",
    "004-28": "the meaning of an economic class whose column the source does not settle",
}


@pytest.fixture(scope="module")
def gold(shared: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads((shared / "gold" / "findings.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def findings(shared: Path) -> dict[str, tuple[Finding, ...]]:
    paths = [shared / "seeds" / name for name in DOCUMENTS]
    return {said.document: said.findings for said in validate_files(paths, Settings(), Toolbox.load(), Judge.load())}


def test_every_finding_is_reported_or_listed_with_the_reason(gold: dict[str, list[dict[str, str]]]) -> None:
    assert {finding["id"] for finding in gold["findings"]} == REPORTED.keys() | NOT_REPORTED.keys()
    assert not REPORTED.keys() & NOT_REPORTED.keys()


@pytest.mark.parametrize("gold_id", REPORTED)
def test_it_is_reported_under_its_rule_with_its_places(gold_id: str, findings: dict[str, tuple[Finding, ...]]) -> None:
    document = next(name for name in DOCUMENTS if name.startswith(gold_id[:3]))
    for rule, lines in REPORTED[gold_id].items():
        seen = {locator.line for finding in findings[document] if finding.rule == rule for locator in finding.evidence}
        assert set(lines) <= seen, (gold_id, rule, sorted(line for line in seen if line))


def test_mere_rounding_stays_silent(gold: dict[str, list[dict[str, str]]], findings: dict[str, tuple[Finding, ...]]) -> None:
    """No violation or warning reckons what the list reckons: the computed and the published number of an entry."""
    for entry in gold["rounding_only_must_not_flag"]:
        pair = {Decimal(str(entry["computed"])), Decimal(str(entry["published"]))}
        for finding in findings[entry["document"]]:
            if finding.severity is Severity.INFO:
                continue
            stated = {value for value in (finding.expected, finding.actual) if isinstance(value, Decimal)}
            for factor in (Decimal(1), Decimal(10_000)):
                assert {value / factor for value in stated} != pair, (entry, finding.rule, finding.message.en)
