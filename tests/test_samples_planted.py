"""Planted faults and written corpora: what was changed is known, printed, and found under its rule."""

import json
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from kg.amounts import plain
from kg.ingest import Toolbox
from kg.samples import SampleDisclosure, dump_facts, load_facts, write_text
from kg.samples.corpus import FAULTS_FILE, write_corpus
from kg.samples.generate import generate
from kg.samples.plant import PLANTABLE, NotPlantable, Planted, plant
from kg.settings import Settings
from kg.validate.finding import Finding, Locator
from kg.validate.jobs import Judge, validate_files

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


def planted_in(samples: tuple[SampleDisclosure, ...], rule: str, count: int) -> list[tuple[SampleDisclosure, Planted]]:
    """The fault in the first samples that have a place for it."""
    found: list[tuple[SampleDisclosure, Planted]] = []
    for number, sample in enumerate(samples):
        try:
            found.append((sample, plant(sample, rule, Random(number))))
        except NotPlantable:
            continue
        if len(found) == count:
            break
    return found


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


def changed_in(before: str, after: str) -> tuple[int, int]:
    """The range of the second text outside of which both are the same."""
    start = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), min(len(before), len(after)))
    most = min(len(before), len(after)) - start
    same = next((at for at in range(most) if before[-1 - at] != after[-1 - at]), most)
    return start, len(after) - same


def found_at(planted: Planted, findings: tuple[Finding, ...], clean: str, text: str) -> bool:
    """Whether a finding of the rule has the planted place among its evidence; ``text`` is what was written in place of ``clean``."""
    changed = changed_in(clean, text)
    located = [locator for finding in findings if finding.rule == planted.rule for locator in finding.evidence]
    return any(_is_at(planted, locator, text) or _touches(planted, locator, changed) for locator in located)


def _touches(planted: Planted, locator: Locator, changed: tuple[int, int]) -> bool:
    """Whether a passage marks what was changed, or a row names what is told wrong or not at all."""
    if locator.start is not None and locator.end is not None and not locator.table:
        return locator.start <= changed[1] and changed[0] <= locator.end
    in_tables = planted.place.section in {table.kind for table in planted.sample.tables}
    return not in_tables and bool(locator.table) and (locator.row == planted.place.row != "" or locator.label == planted.before != "")


def _is_at(planted: Planted, locator: Locator, text: str) -> bool:
    """A figure by its keys; elsewhere what the locator names, or the planted words within the lines that it marks."""
    place = planted.place
    if locator.table:
        return (locator.table, locator.row) == (place.section, place.row) and place.column in ("", locator.column)
    told = place.row or place.project
    if not told and locator.kind == "PerformanceSheet":
        return place.section == "sheets"
    name = told or place.column.replace("_", "-")
    marked = text[locator.start : locator.end] if locator.start is not None and locator.end is not None else ""
    return (bool(name) and name in locator.label) or (bool(planted.after) and planted.after in marked)


def missed(rules: list[str], samples: tuple[SampleDisclosure, ...], count: int, folder: Path, judge: Judge, tools: Toolbox) -> list[str]:
    """Planted faults that validation does not report under their rule at their place."""
    planted = [found for rule in rules for found in planted_in(samples, rule, count)]
    for number, (_, each) in enumerate(planted):
        (folder / f"{number:05}.txt").write_text(write_text(each.sample), encoding="utf-8")
    validations = validate_files([folder], Settings(), tools, judge)
    return [
        f"{each.rule} {each.sample.issuer} {each.sample.fiscal_year} {each.place} {each.before} -> {each.after}"
        for (sample, each), validation in zip(planted, validations, strict=True)
        if not found_at(each, validation.findings, write_text(sample), write_text(each.sample))
    ]


IN_PROSE = ("NAR-", "YOY-", "PRC-", "AST-", "POL-")
LOCATED = ("SUM-", "T1-", "XT-", "COD-", "SG-", "EMP-001", "EMP-002", "DOC-008", "PRJ-", "KPI-", *IN_PROSE)
"""Rules whose findings are held against the place of the fault."""


def known_rules(judge: Judge) -> list[str]:
    known = {rule.id for rule in judge.rules}
    return [rule for rule in PLANTABLE if rule in known and rule.startswith(LOCATED) and rule != "SG-005"]


def test_a_planted_fault_is_found_at_its_place(samples: tuple[SampleDisclosure, ...], tmp_path: Path, judge: Judge, tools: Toolbox) -> None:
    in_tables, elsewhere = ["SUM-003", "XT-003", "COD-004", "EMP-001", "T1-004"], ["PRJ-001", "PRJ-009", "KPI-001", "KPI-006", "KPI-009"]
    assert missed([*in_tables, *elsewhere], samples, 1, tmp_path, judge, tools) == []


def test_a_fault_planted_in_the_prose_is_found_at_its_place(
    samples: tuple[SampleDisclosure, ...], tmp_path: Path, judge: Judge, tools: Toolbox
) -> None:
    rules = [rule for rule in known_rules(judge) if rule.startswith(IN_PROSE)]
    assert len(rules) >= 20
    only = Judge(judge.rules.only(*rules), judge.context)
    assert missed(rules, samples, 2, tmp_path, only, tools) == []


@pytest.mark.soak
def test_all_planted_faults_are_found(samples: tuple[SampleDisclosure, ...], tmp_path: Path, judge: Judge, tools: Toolbox) -> None:
    rules = known_rules(judge)
    assert len(rules) >= 15
    assert missed(rules, samples, 8, tmp_path, judge, tools) == []


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
