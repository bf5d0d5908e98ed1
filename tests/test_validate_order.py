"""Findings and what takes part in them stand in one order, whatever order sets and dictionaries happen to have in a run."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

from kg.samples import write_text
from kg.samples.generate import generate
from kg.samples.plant import plant

RULES = "SUM-003,SUM-004,XT-006,XT-007,XT-009,XT-011,NAR-001,NAR-006,POL-004,COD-008,KPI-016"


def _said(file: Path, seed: str) -> str:
    """What ``kg validate`` says of a file in a process whose strings hash by that seed."""
    command = [sys.executable, "-m", "kg.cli", "validate", str(file), "--format", "jsonl", "--jobs", "1", "--rules", RULES]
    environment = os.environ | {"PYTHONHASHSEED": seed}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300).stdout


def test_two_runs_say_the_same_in_the_same_order(tmp_path: Path) -> None:
    sample = next(iter(generate(3, 1, (2026,))))
    for number, rule in enumerate(("SUM-003", "NAR-001")):
        sample = plant(sample, rule, Random(number)).sample
    file = tmp_path / "faulty.txt"
    file.write_text(write_text(sample), encoding="utf-8")
    first, second = (_said(file, seed) for seed in ("1", "2"))
    assert first.count('"failed"') > 1
    assert first == second
