"""Generated disclosures as files: every format gives back every figure, says what the text says, and breaks no rule."""

import json
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.extract.disclosure import extract
from kg.flat import flat_facts
from kg.readers.formats import read_document
from kg.samples import SampleDisclosure, load_facts, write_text
from kg.samples.corpus import FILES
from kg.samples.files.manners import manner_of
from kg.samples.generate import generate
from kg.settings import Settings
from kg.validate.jobs import Judge, validate_files
from kg.validate.rules import Severity
from tests.read_back import Reading, reading, toolbox

TEXTUAL = {form: write for form, write in FILES.items() if form != "scan.pdf"}
"""Scans are tests/test_scans.py."""
YEARS = (2024, 2025, 2026)
PLACES = {"document", "line", "page", "box", "table_row", "table_column", "printed", "mended"}
"""Where a fact stands differs between formats, as does how often a cell had to be joined."""
PRINT = {"code_printed", "rank"}
"""A spreadsheet has no print: codes lose their zeros."""


@pytest.fixture(scope="module")
def samples() -> tuple[SampleDisclosure, ...]:
    """One disclosure in each of five manners."""
    found = {manner_of(sample.layout): sample for sample in generate(5, 14, (2025,))}
    assert len(found) == 5
    return tuple(found.values())


def read_file(sample: SampleDisclosure, form: str) -> Reading:
    return reading(sample, FILES[form](sample), form)


def assert_all_read(readings: list[Reading]) -> None:
    """Every figure is read as it is stated, none is left open."""
    wrong = [each for one in readings for each in one.wrong]
    assert not wrong, "\n".join(wrong[:20])
    assert not sum((one.open for one in readings), Counter[str]())
    assert sum(one.stated for one in readings) > 50 * len(readings)


@pytest.mark.parametrize("form", TEXTUAL)
def test_every_figure_is_read_back(samples: tuple[SampleDisclosure, ...], form: str) -> None:
    assert_all_read([read_file(sample, form) for sample in samples])


@pytest.mark.soak
@pytest.mark.parametrize("form", TEXTUAL)
def test_every_figure_of_a_hundred_is_read_back(form: str) -> None:
    with ProcessPoolExecutor() as pool:
        readings = list(pool.map(partial(read_file, form=form), generate(7, 34, YEARS), chunksize=3))
    assert len(readings) >= 100
    assert_all_read(readings)


@cache
def facts(data: bytes, without: frozenset[str]) -> Counter[str]:
    """All facts of a file, narrative and performance sheets among them, amounts in their shortest form."""
    disclosure = extract(read_document("made", data), toolbox().families, toolbox().codes)
    return Counter(
        json.dumps({name: plain(value) for name, value in fact.items() if name not in without}, ensure_ascii=False, sort_keys=True)
        for fact in flat_facts(disclosure)
    )


def plain(value: object) -> str:
    text = str(value)
    whole, point, decimals = text.partition(".")
    return whole + (point + decimals.rstrip("0")).rstrip(".") if whole.lstrip("-").isdigit() and decimals.isdigit() else text


@pytest.mark.parametrize("form", TEXTUAL)
def test_a_file_says_what_the_text_says(samples: tuple[SampleDisclosure, ...], form: str) -> None:
    without = frozenset(PLACES | PRINT) if form == "xlsx" else frozenset(PLACES)
    for sample in samples[:3]:
        written, text = facts(FILES[form](sample), without), facts(write_text(sample).encode(), without)
        assert written == text, (sample.layout, list(written - text)[:3], list(text - written)[:3])


def test_every_figure_of_a_pdf_has_its_page_and_box(samples: tuple[SampleDisclosure, ...]) -> None:
    for sample in samples:
        disclosure = extract(read_document("made.pdf", FILES["pdf"](sample)), toolbox().families, toolbox().codes)
        figures = [fact for fact in flat_facts(disclosure) if fact["kind"] == "observation"]
        assert figures
        assert all(fact.get("page") and fact.get("box") for fact in figures)


def test_the_same_disclosure_gives_the_same_bytes(samples: tuple[SampleDisclosure, ...]) -> None:
    for form, write in TEXTUAL.items():
        assert write(samples[0]) == write(samples[0]), form


def test_files_break_no_rule(samples: tuple[SampleDisclosure, ...], tmp_path: Path) -> None:
    wanted = 0
    for number, sample in enumerate(samples[1:3]):
        for form, write in TEXTUAL.items():
            (tmp_path / f"{number}.{form}").write_bytes(write(sample))
            wanted += 1
    judged = 0
    for validation in validate_files([tmp_path], Settings(), toolbox(), Judge.load()):
        serious = [finding.message.en for finding in validation.findings if finding.severity is not Severity.INFO]
        assert not serious, validation.document
        judged += 1
    assert judged == wanted


def test_the_command_writes_files_with_their_facts(tmp_path: Path) -> None:
    run = CliRunner().invoke(
        main,
        ["samples", "generate", "--out", str(tmp_path), "--departments", "1", "--years", "2025", "--format", "docx", "--fault", "SUM-003"],
    )
    assert run.exit_code == 0, run.output
    [document] = tmp_path.glob("*.docx")
    read = reading(load_facts(document.with_suffix(".yaml")), document.read_bytes(), "docx")
    assert_all_read([read])
    assert json.loads((tmp_path / "faults.jsonl").read_text("utf-8"))["document"] == document.name


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["samples", "generate", "--out", str(tmp_path), "--format", "rtf"])
    assert run.exit_code == 2
    assert "no format 'rtf'; there are txt, pdf, docx, xlsx, html, scan.pdf" in run.output
