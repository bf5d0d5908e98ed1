"""Rules over several disclosures in a store: what they see, what they find, and that it is kept true as others come."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from kg.ingest import Toolbox, ingest
from kg.samples import SampleDisclosure, write_text
from kg.samples.generate import generate
from kg.settings import Settings
from kg.store import EmbeddedStore
from kg.validate import Finding, Outcome, Validation
from kg.validate.jobs import Judge, validate_store

RULES = ("YOY-006", "POL-004", "POL-005", "XDP-001", "YOY-001")


@pytest.fixture(scope="module")
def judge() -> Judge:
    whole = Judge.load()
    return Judge(whole.rules.only(*RULES), whole.context)


@pytest.fixture(scope="module")
def two_years() -> tuple[SampleDisclosure, SampleDisclosure]:
    """The budgets of one department in two years, the first with carry-over or not."""
    earlier, later = generate(11, 1, (2025, 2026))
    assert earlier.issuer == later.issuer
    return earlier, later


def stored(store: EmbeddedStore, folder: Path, *samples: SampleDisclosure) -> None:
    folder.mkdir(exist_ok=True)
    for sample in samples:
        (folder / f"{sample.fiscal_year}.txt").write_text(write_text(sample), encoding="utf-8")
    assert not ingest([folder], store, Settings(), Toolbox.load(), lambda _: None).refused


def judged(store: EmbeddedStore, judge: Judge, only_missing: bool = False) -> dict[str, Validation]:
    return {found.document: found for found in validate_store(store, Settings(), judge, lambda _: None, only_missing)}


def outcome(validation: Validation, rule: str) -> Outcome:
    return next(said.outcome for said in validation.outcomes if said.rule == rule)


def of_rule(validation: Validation, rule: str) -> list[Finding]:
    return [finding for finding in validation.findings if finding.rule == rule]


def misprinted(sample: SampleDisclosure) -> SampleDisclosure:
    """Another total of the items' first row in the general public budget table."""
    table = sample.table("general-budget-expenditure")
    assert table is not None
    row = next(row for row in table.rows if len(row.key) == 7)
    wrong = replace(row, cells={**row.cells, "total": row.cells["total"] + Decimal(50_000)})
    rows = tuple(wrong if each is row else each for each in table.rows)
    return replace(sample, tables=tuple(replace(table, rows=rows) if each is table else each for each in sample.tables))


def test_year_before_is_seen(two_years: tuple[SampleDisclosure, SampleDisclosure], tmp_path: Path, judge: Judge) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        stored(store, tmp_path / "files", *two_years)
        found = judged(store, judge)
    assert outcome(found["2025.txt"], "YOY-006") is Outcome.NOT_EVALUATED
    assert outcome(found["2026.txt"], "YOY-006") is Outcome.PASSED
    assert [rule.id for rule in judge.rules] == [said.rule for said in found["2026.txt"].outcomes]


def test_other_amount_published_before_is_found_at_both_places(
    two_years: tuple[SampleDisclosure, SampleDisclosure], tmp_path: Path, judge: Judge
) -> None:
    earlier, later = two_years
    with EmbeddedStore(tmp_path / "store") as store:
        stored(store, tmp_path / "files", misprinted(earlier), later)
        found = judged(store, judge)
    finding = of_rule(found["2026.txt"], "YOY-006")[0]
    assert finding.difference == Decimal(-50_000)
    stated, same = finding.evidence
    assert stated.line
    assert "2025.txt" in same.place.zh
    assert same.line is None


def test_a_disclosure_is_judged_anew_when_the_year_before_comes(
    two_years: tuple[SampleDisclosure, SampleDisclosure], tmp_path: Path, judge: Judge
) -> None:
    earlier, later = two_years
    with EmbeddedStore(tmp_path / "store") as store:
        stored(store, tmp_path / "later", later)
        assert outcome(judged(store, judge, only_missing=True)["2026.txt"], "YOY-006") is Outcome.NOT_EVALUATED
        stored(store, tmp_path / "earlier", earlier)
        again = judged(store, judge, only_missing=True)
        assert outcome(again["2026.txt"], "YOY-006") is Outcome.PASSED
        assert judged(store, judge, only_missing=True) == {}
