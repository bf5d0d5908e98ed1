"""Planted faults and written corpora: what was changed is known, printed, and found under its rule."""

import contextlib
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from kg.amounts import plain
from kg.ingest import Toolbox, ingest
from kg.records import DisclosureKind
from kg.samples import SampleDisclosure, dump_facts, load_facts, write_text
from kg.samples.corpus import FAULTS_FILE, write_corpus
from kg.samples.facts import Misprint
from kg.samples.generate import generate
from kg.samples.plant import PLANTABLE, PLANTABLE_BESIDE, NotPlantable, Planted, plant, plant_beside
from kg.settings import Settings
from kg.store import EmbeddedStore
from kg.validate import Validation
from kg.validate.jobs import Judge, validate_store
from tests.planted_faults import WRITERS, Writer, found_at, missed, planted_in
from tests.rules.cases import cases

YEARS = (2024, 2025, 2026)


@pytest.fixture(scope="module")
def samples() -> tuple[SampleDisclosure, ...]:
    return tuple(generate(21, 25, YEARS))


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge.load()


@pytest.fixture(scope="module")
def tools() -> Toolbox:
    return Toolbox.load()


@pytest.mark.parametrize("rule", PLANTABLE)
def test_every_fault_can_be_planted_and_is_printed(rule: str, samples: tuple[SampleDisclosure, ...], tmp_path: Path) -> None:
    found = planted_in(samples, rule, 5)
    assert found
    for sample, planted in found:
        assert planted.rule == rule
        assert planted.before != planted.after
        assert write_text(planted.sample) != write_text(sample)
    path = tmp_path / "facts.yaml"
    path.write_text(dump_facts(found[0][1].sample), encoding="utf-8")
    assert load_facts(path) == found[0][1].sample


def test_the_same_slips_from_the_same_numbers(samples: tuple[SampleDisclosure, ...]) -> None:
    assert plant(samples[0], "SUM-004", Random(1)) == plant(samples[0], "SUM-004", Random(1))
    assert len({plant(samples[0], "SUM-004", Random(number)).after for number in range(20)}) > 5


def test_a_place_in_a_table_is_where_it_differs(samples: tuple[SampleDisclosure, ...]) -> None:
    for rule in ("SUM-001", "SUM-003", "XT-003", "T1-003"):
        for sample, planted in planted_in(samples, rule, 5):
            place = planted.place
            before, after = sample.table(place.section), planted.sample.table(place.section)
            assert before
            assert after
            cells = [
                (row.key, row.project, column, plain(row.cells[column]), plain(changed.cells[column]))
                for row, changed in zip(before.rows, after.rows, strict=True)
                for column in row.cells
                if row.cells[column] != changed.cells[column]
            ]
            assert cells == [(place.row, place.project, place.column, planted.before, planted.after)]


def test_what_cannot_be_planted_is_refused(samples: tuple[SampleDisclosure, ...]) -> None:
    with pytest.raises(ValueError, match="no way to break ABC-001"):
        plant(samples[0], "ABC-001", Random(1))
    full = next(sample for sample in samples if sample.overview.staffing is None)
    with pytest.raises(NotPlantable, match="no staffing"):
        plant(full, "DOC-011", Random(1))


def test_a_misprint_of_what_is_not_printed_is_refused(samples: tuple[SampleDisclosure, ...]) -> None:
    nowhere = replace(samples[0], misprints=(Misprint("目 录", skip=1),))
    with pytest.raises(ValueError, match="no text reads '目 录' 2 times"):
        write_text(nowhere)


# Every rule of the book


BY_HAND = {
    "EXT-004": "a figure without its place is a fault of extraction, no publisher can print one",
    "PRJ-010": "a description of the Shanghai forms, which samples do not write",
    "PRJ-011": "a description of the Shanghai forms, which samples do not write",
    "TIM-001": "the day of approval stands in no disclosure",
    **{f"STR-00{number}": "a graph that lacks what the program writes; no document leads to one" for number in range(1, 9)},
}
"""Rules that cannot be planted, and why; they have cases by hand."""
COLUMNS_LOST = {
    "EXT-001": "raw text does not show which label stands over which column; the rule says that it did not look",
    "EXT-002": "raw text has no columns that figures could be shifted from",
}
"""Rules that read what only text with columns has."""
COUNT = 24
"""Faults planted for a rule, half of them in tabbed and half in raw text."""
SEVERAL_STYLES = 4
"""House styles among the faults planted for a rule, at least."""


def test_every_rule_can_be_planted_or_has_cases_by_hand(judge: Judge) -> None:
    rules = {rule.id for rule in judge.rules}
    ways = [*PLANTABLE, *PLANTABLE_BESIDE, *BY_HAND]
    assert len(ways) == len(set(ways))
    assert rules == set(ways)
    by_hand = {case.rule for case in cases() if not case.is_valid}
    assert set(BY_HAND) <= by_hand


QUICK = 4
"""Which part of the rules is planted every day: one in so many, another one in raw text."""


@pytest.mark.parametrize(("text", "first"), [("tabbed", 0), ("raw", 2)])
def test_a_planted_fault_is_found_at_its_place(
    text: str, first: int, samples: tuple[SampleDisclosure, ...], tmp_path: Path, judge: Judge, tools: Toolbox
) -> None:
    rules = [rule for rule in PLANTABLE if text == "tabbed" or rule not in COLUMNS_LOST][first::QUICK]
    assert len(rules) >= 24
    lost = [each for rule in rules for each in missed(rule, planted_in(samples, rule, 1), WRITERS[text], tmp_path / rule, judge, tools)]
    assert not lost, "\n".join(lost)


@pytest.fixture(scope="module")
def many_samples() -> list[SampleDisclosure]:
    """Departments and years in no order, so that the first that have a place for a fault are of many house styles."""
    samples = list(generate(22, 400, YEARS))
    Random(22).shuffle(samples)
    return samples


@pytest.mark.soak
@pytest.mark.parametrize("rule", PLANTABLE)
def test_all_planted_faults_are_found(
    rule: str, many_samples: list[SampleDisclosure], tmp_path: Path, judge: Judge, tools: Toolbox
) -> None:
    planted = planted_in(many_samples, rule, COUNT)
    assert len(planted) == COUNT
    assert len({clean.layout for clean, _ in planted}) >= SEVERAL_STYLES
    texts = ["tabbed"] if rule in COLUMNS_LOST else list(WRITERS)
    lost = [
        f"{text}: {each}"
        for first, text in enumerate(texts)
        for each in missed(rule, planted[first :: len(texts)], WRITERS[text], tmp_path / text, judge, tools)
    ]
    assert not lost, "\n".join(lost)


# Two disclosures


def pairs_in(samples: list[SampleDisclosure], rule: str, count: int) -> list[tuple[SampleDisclosure, SampleDisclosure, Planted]]:
    """The first samples that have a place for the fault beside another, each with that one."""
    found = []
    for number, sample in enumerate(samples):
        # A department that has no unit but one publishes the same figures as that.
        for other in (*samples, replace(sample, kind=DisclosureKind.DEPARTMENT)):
            with contextlib.suppress(NotPlantable):
                found.append((sample, other, plant_beside(sample, other, rule, Random(number))))
                break
        if len(found) == count:
            break
    return found


def judged_beside(
    sample: SampleDisclosure, other: SampleDisclosure, write: Writer, folder: Path, judge: Judge, tools: Toolbox
) -> Validation:
    """The validation of a disclosure in a store that has another one too."""
    files = folder / "files"
    files.mkdir(parents=True)
    (files / "beside.txt").write_text(write(other), encoding="utf-8")
    (files / "judged.txt").write_text(write(sample), encoding="utf-8")
    with EmbeddedStore(folder / "store") as store:
        assert not ingest([files], store, Settings(), tools, lambda _: None).refused
        validations = {found.document: found for found in validate_store(store, Settings(), judge, lambda _: None, jobs=1)}
    return validations["judged.txt"]


@pytest.mark.soak
@pytest.mark.parametrize(("first", "text"), list(enumerate(WRITERS)))
@pytest.mark.parametrize("rule", PLANTABLE_BESIDE)
def test_all_faults_planted_beside_another_are_found(
    rule: str, first: int, text: str, tmp_path: Path, judge: Judge, tools: Toolbox
) -> None:
    alone = Judge(judge.rules.only(rule), judge.context)
    made = pairs_in(list(generate(23, 120, (2025, 2026))), rule, COUNT)[first :: len(WRITERS)]
    assert len(made) == COUNT // 2
    lost = []
    for number, (clean, other, planted) in enumerate(made):
        without = judged_beside(clean, other, WRITERS[text], tmp_path / f"{number}-clean", alone, tools)
        assert not without.findings
        found = judged_beside(planted.sample, other, WRITERS[text], tmp_path / f"{number}", alone, tools)
        if not found_at(planted, found.findings, WRITERS[text](clean), WRITERS[text](planted.sample)):
            lost.append(f"{planted.sample.issuer} {planted.place} {planted.before} -> {planted.after}")
    assert not lost, "\n".join(lost)


# Corpora


def write(out: Path, *faults: str, departments: int = 4) -> tuple[str, ...]:
    lines: list[str] = []
    corpus = write_corpus(out, 1, departments, (2025, 2026), "tabbed", faults, lines.append, workers=1)
    assert len(lines) == departments
    return corpus.names


def test_a_corpus_has_texts_with_their_ground_truth(tmp_path: Path) -> None:
    names = write(tmp_path)
    assert len(names) == 8
    files = [f"{name}{suffix}" for name in names for suffix in (".txt", ".yaml")]
    assert {path.name for path in tmp_path.iterdir()} == {*files, FAULTS_FILE}
    assert (tmp_path / FAULTS_FILE).read_text(encoding="utf-8") == ""
    for name in names:
        sample = load_facts(tmp_path / f"{name}.yaml")
        assert name.startswith(sample.region)
        assert name.endswith(f"-{sample.fiscal_year}-{sample.kind}")
        assert (tmp_path / f"{name}.txt").read_text(encoding="utf-8") == write_text(sample)


def test_a_corpus_lists_its_faults(tmp_path: Path) -> None:
    names = write(tmp_path, "SUM-004", "PRJ-001", "KPI-001")
    faults = [json.loads(line) for line in (tmp_path / FAULTS_FILE).read_text(encoding="utf-8").splitlines()]
    assert [fault["document"] for fault in faults] == [f"{name}.txt" for name in names]
    assert {fault["rule"] for fault in faults} == {"SUM-004", "PRJ-001", "KPI-001"}
    for fault in faults:
        assert set(fault) == {"document", "rule", "section", "row", "column", "project", "before", "after"}
        if fault["rule"] == "SUM-004":
            table = load_facts((tmp_path / fault["document"]).with_suffix(".yaml")).table(fault["section"])
            assert table
            assert table.amount(fault["row"], fault["column"]) == Decimal(fault["after"])


def test_a_corpus_can_be_taken_up_again(tmp_path: Path) -> None:
    names = write(tmp_path, "SUM-004", departments=2)
    kept, lost, spoilt = (tmp_path / f"{name}.txt" for name in names[:3])
    before, said = kept.stat().st_mtime_ns, spoilt.read_bytes()
    lost.unlink()
    spoilt.write_text("half a", encoding="utf-8")
    assert write(tmp_path, "SUM-004", departments=2) == names
    assert kept.stat().st_mtime_ns == before
    assert lost.exists()
    assert spoilt.read_bytes() == said
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("layout", "faults", "message"),
    [("spoken", (), "no text layout 'spoken'; there are tabbed, raw"), ("raw", ("XYZ-1",), "no way to break XYZ-1; there is one for ")],
)
def test_a_corpus_refuses_what_it_does_not_know(layout: str, faults: tuple[str, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        write_corpus(tmp_path, 1, 1, YEARS, layout, faults, lambda _: None)
