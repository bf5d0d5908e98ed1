"""One figure changed by 10 万元: exactly the rules that rest on it speak, and no other."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from kg.document import Document
from kg.extract.disclosure import extract
from kg.ingest import Toolbox, load
from kg.iri import Minter
from kg.readers.text import read_text
from kg.records import Observation, Role
from kg.triples import emit
from kg.validate import Validation, validate
from kg.validate.batch import Batch, BatchEvidence
from kg.validate.finding import OperandRole
from kg.validate.jobs import Judge

_CHANGE = Decimal(10)
_SAMPLE = 5


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge.load()


def _graph(document: Document, tools: Toolbox) -> bytes:
    said = extract(document, tools.families, tools.codes)
    return emit(said, tools.pack(said.pack), Minter()).data


def _local(address: str) -> str:
    """An address without the document's hash."""
    return re.sub("^.*/disclosure/[0-9a-f]{16}(/table)?/?", "", address)


def _findings(validation: Validation) -> set[tuple[str, str, str, str]]:
    return {(one.rule, _local(one.root), _local(one.item), one.expression) for one in validation.findings}


def _recorded(data: bytes, judge: Judge) -> dict[str, set[str]]:
    """Figure → the rules whose recorded operands contain it, whether they hold or not."""
    evidence = BatchEvidence(Batch([data], judge.context), 0, judge.context, None)
    found: dict[str, set[str]] = {}
    for rule in judge.rules:
        for taking_part in evidence.checks(rule).values():
            for row in taking_part:
                if row["operandRole"].value != OperandRole.CONTEXT:
                    found.setdefault(_local(row["operand"].value), set()).add(rule.id)
    return found


def _changed(document: Document, cell: Observation) -> Document:
    number = Decimal(cell.printed.replace(",", "")) + _CHANGE
    printed = f"{number:,}" if "," in cell.printed else str(number)
    text = document.text[: cell.span.start] + printed + document.text[cell.span.end :]
    return read_text(document.name, text.encode())


def _check(paths: list[Path], stride: int, tools: Toolbox, judge: Judge) -> int:
    checked = 0
    for path in paths:
        document, _ = load(path)
        said = extract(document, tools.families, tools.codes)
        data = _graph(document, tools)
        before = _findings(validate(data, judge.context, judge.rules))
        recorded = _recorded(data, judge)
        leaves = [(table.kind, cell) for table in said.tables for cell in table.observations if cell.role is Role.LEAF]
        for kind, cell in leaves[::stride]:
            after = _findings(validate(_graph(_changed(document, cell), tools), judge.context, judge.rules))
            spoke = {finding[0] for finding in after - before}
            resting = recorded.get(f"{kind}/cell/{cell.row}-{cell.table_column}", set())
            place = (path.name, kind, cell.span.line, cell.printed)
            assert spoke <= resting, (place, spoke - resting)
            assert bool(spoke) == bool(resting), place
            checked += 1
    return checked


def test_a_changed_leaf_is_heard_by_the_rules_that_rest_on_it(examples: list[Path], tools: Toolbox, judge: Judge) -> None:
    assert _check(examples, 40, tools, judge) >= _SAMPLE


@pytest.mark.soak
def test_every_changed_leaf_of_every_seed(seeds: list[Path], tools: Toolbox, judge: Judge) -> None:
    checked = _check(seeds, 1, tools, judge)
    assert checked > 300, checked
