"""Validation over two processes says what one says, in the same order; a process that is killed is an error and no silence."""

import os
import signal
from multiprocessing import active_children
from pathlib import Path

import pytest

from kg.errors import BudgetError
from kg.ingest import Toolbox
from kg.settings import Settings
from kg.validate.jobs import Judge, validate_each
from kg.validate.kept import to_json
from kg.validate.workers import Desk, Files, Workers


def _judge() -> Judge:
    whole = Judge.load()
    return Judge(whole.rules.only("SUM-001", "DOC-001"), whole.context)


def test_two_processes_say_what_one_says(tmp_path: Path, examples: list[Path], tools: Toolbox) -> None:
    (tmp_path / "no-disclosure.txt").write_text("x", "utf-8")
    paths = [examples[0], tmp_path / "no-disclosure.txt", examples[1]]
    judge = _judge()
    alone, shared = ([*validate_each(paths, Settings(), tools, judge, jobs)] for jobs in (1, 2))
    said = [[str(one) if isinstance(one, BudgetError) else to_json(one) for one in found] for found in (alone, shared)]
    assert said[0] == said[1]
    assert isinstance(shared[1], BudgetError)


def test_a_killed_process_is_an_error(examples: list[Path], tools: Toolbox) -> None:
    judge = _judge()
    with Workers(Desk(judge.rules, judge.context, tools), 2) as workers:
        results = workers.each(Files((examples[0],), Settings()) for _ in range(20))
        next(results)
        for process in active_children():
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(BudgetError, match="ended from outside"):
            list(results)
