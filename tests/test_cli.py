"""The command line: exit status, clear errors, output that pipes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = [
    ("ingest",), ("facts",), ("forms", "check"), ("query",), ("questions",), ("validate",), ("explain",), ("export",), ("stats",),
    ("serve",),
    ("samples", "set"), ("samples", "generate"),
    ("remove",), ("verify",), ("backup",), ("restore",), ("dump",),
]  # fmt: skip


def _kg(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KG_")}
    return subprocess.run(
        [sys.executable, "-m", "kg.cli", *map(str, arguments)], input=stdin, capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_examples(command: tuple[str, ...]) -> None:
    shown = _kg(*command, "--help")
    assert shown.returncode == 0
    assert "Examples:" in shown.stdout
    assert f"kg {' '.join(command)}" in shown.stdout


def test_facts_prints_one_json_object_a_line(examples: list[Path]) -> None:
    shown = _kg("facts", examples[0])
    facts = [json.loads(line) for line in shown.stdout.splitlines()]
    assert shown.returncode == 0
    assert {"observation", "change", "indicator"} <= {fact["kind"] for fact in facts}
    assert all(fact["document"] == examples[0].name for fact in facts)


def test_coverage_ends_with_a_summary(examples: list[Path]) -> None:
    lines = [json.loads(line) for line in _kg("facts", "--coverage", examples[0]).stdout.splitlines()]
    summary = lines[-1]
    assert summary["kind"] == "coverage"
    assert summary["numbers"] == sum(value for key, value in summary.items() if key not in ("document", "kind", "numbers"))
    assert len(lines) - 1 == summary["not-extracted"]


def test_a_refused_file_is_one_line_and_status_2(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    for command in ("facts", "validate"):
        shown = _kg(command, tmp_path / "empty.txt")
        assert shown.returncode == 2
        assert shown.stderr.strip().endswith("empty.txt: the file is empty")
        assert "Traceback" not in shown.stderr


def test_validate_tells_clean_from_violated_by_its_status(examples: list[Path]) -> None:
    clean = next(path for path in examples if "changji" in path.name)
    faulty = next(path for path in examples if "yanqi" in path.name)
    assert _kg("validate", clean).returncode == 0
    shown = _kg("validate", "--format", "jsonl", faulty)
    assert shown.returncode == 1
    failed = [json.loads(line) for line in shown.stdout.splitlines() if json.loads(line)["outcome"] == "failed"]
    assert {"SUM-004"} <= {line["rule"] for line in failed}
    assert all(line["message"]["zh"] and line["message"]["en"] and line["evidence"] for line in failed)


def test_validate_wants_files_or_a_store(examples: list[Path]) -> None:
    shown = _kg("validate")
    assert shown.returncode == 2
    assert "give FILES, --store or --data" in shown.stderr


def test_a_query_answers_in_every_form(example_store: Path) -> None:
    text = "SELECT (COUNT(*) AS ?n) WHERE { ?d a <https://budget-kg.example/ontology#Disclosure> }"
    assert _kg("query", "-", "--store", example_store, stdin=text).stdout.splitlines() == ["n", "5"]
    answer = json.loads(_kg("query", "-", "--store", example_store, "--format", "json", stdin=text).stdout)
    assert answer["results"]["bindings"][0]["n"]["value"] == "5"
    assert "<sparql" in _kg("query", "-", "--store", example_store, "--format", "xml", stdin=text).stdout
    assert _kg("query", "-", "--store", example_store, "--format", "table", stdin=text).stdout.split() == ["n", "5"]


def test_a_query_that_is_no_sparql_says_where(example_store: Path) -> None:
    shown = _kg("query", "-", "--store", example_store, stdin="SELECT * WHERE { ?s ?p }")
    assert shown.returncode == 2
    assert "not SPARQL" in shown.stderr


def test_no_store_is_said_with_what_to_do(tmp_path: Path) -> None:
    shown = _kg("stats", "--store", tmp_path / "none")
    assert shown.returncode == 2
    assert "kg ingest" in shown.stderr


def test_stats_shows_what_was_found(example_store: Path) -> None:
    lines = _kg("stats", "--store", example_store).stdout.splitlines()
    assert len(lines) == 6
    assert any("9/11" in line for line in lines)


def test_export_of_one_graph_and_of_all(example_store: Path) -> None:
    every = _kg("export", "--store", example_store).stdout.splitlines()
    reference = _kg("export", "--store", example_store, "--graph", "reference").stdout.splitlines()
    assert len(every) > 20_000
    assert set(reference) <= set(every)
    assert "budget:Department" in _kg("export", "--store", example_store, "--graph", "reference", "--format", "turtle").stdout
    assert _kg("export", "--store", example_store, "--graph", "nothing").returncode == 2


def test_samples_are_set_as_committed(tmp_path: Path, examples: list[Path]) -> None:
    facts = examples[0].parent / "facts" / f"{examples[0].stem}.yaml"
    assert _kg("samples", "set", facts, "--out", tmp_path).returncode == 0
    assert (tmp_path / examples[0].name).read_bytes() == examples[0].read_bytes()


def test_forms_check_says_which_pack_fits(examples: list[Path], tmp_path: Path) -> None:
    shown = _kg("forms", "check", examples[0])
    assert shown.returncode == 0
    assert "fits xinjiang" in shown.stdout
    (tmp_path / "letter.txt").write_text("一封信")
    assert _kg("forms", "check", tmp_path / "letter.txt").returncode == 2
