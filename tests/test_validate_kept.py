"""Only what changed is validated again; a kept validation is the validation."""

import os
from pathlib import Path

import pytest

from kg.ingest import Toolbox, ingest
from kg.settings import Settings
from kg.store import EmbeddedStore
from kg.validate import workers
from kg.validate.jobs import Judge, validate_store
from kg.validate.kept import from_json, to_json
from kg.validate.run import validate_many
from tests.rules.cases import cases
from tests.test_rules import RULES


def test_kept_validation_reads_back_the_same() -> None:
    each_family = {case.rule.partition("-")[0]: case for case in cases() if not case.is_valid}
    validations = [case.run(RULES) for case in each_family.values()]
    assert len(validations) > 10
    assert any(validation.findings for validation in validations)
    assert [from_json(to_json(validation), validation.rules) for validation in validations] == validations


def test_one_changed_file_is_validated_alone(tmp_path: Path, examples: list[Path], tools: Toolbox, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judge.load()
    made: list[int] = []
    monkeypatch.setattr(
        workers, "validate_many", lambda given, context, rules: made.append(len(given)) or validate_many(given, context, rules)
    )
    files = []
    for example in examples[:3]:
        files.append(tmp_path / example.name)
        files[-1].write_bytes(example.read_bytes())
    with EmbeddedStore(tmp_path / "store") as store:
        ingest(files, store, Settings(), tools, lambda message: None)
        first = list(validate_store(store, Settings(), judge, lambda message: None))
        assert made
        made.clear()
        assert list(validate_store(store, Settings(), judge, lambda message: None)) == first
        assert made == []
        text = files[0].read_text("utf-8")
        files[0].write_text(text + "\n", "utf-8")
        ingest(files, store, Settings(), tools, lambda message: None)
        assert len(list(validate_store(store, Settings(), judge, lambda message: None))) == 3
    assert made
    assert set(made) == {1}


def test_kept_validations_that_nothing_asks_for_are_dropped(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        for basis in ("old", "asked", "new"):
            store.keep_outcome(basis, b"{}")
        for basis in ("old", "asked"):
            os.utime(tmp_path / "store" / "outcomes" / basis, (0, 0))
        assert store.outcome("asked") == b"{}"
        assert store.drop_outcomes(90) == 1
        assert [store.outcome(basis) for basis in ("old", "asked", "new")] == [None, b"{}", b"{}"]
