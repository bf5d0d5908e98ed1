"""Both engines report the same of every rule case and of whole disclosures."""

import contextlib
import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest

from kg.extract.disclosure import extract
from kg.ingest import Toolbox, load
from kg.iri import Minter
from kg.resources import shape_files
from kg.samples import write_text
from kg.samples.generate import generate
from kg.samples.plant import PLANTABLE, NotPlantable, plant
from kg.shacl import engine, reference
from kg.shacl.merging import Given
from kg.shacl.results import Result
from kg.shacl.workspace import Workspace
from kg.triples import emit
from kg.validate import RuleSet
from kg.validate.jobs import Judge
from tests.rules.cases import cases

RULES = RuleSet.load(shape_files())


def said(results: Iterable[Result]) -> list[tuple[str, ...]]:
    """What two engines must agree on: focus node, path, value, component, shape, severity, and the graph it is in."""
    return sorted(
        (
            result.graph.value,
            str(result.focus),
            result.path.text if result.path else "",
            str(result.value),
            result.component,
            str(result.shape),
            result.severity.value,
        )
        for result in results
    )


def test_every_rule_runs_set_at_a_time_and_reports_what_the_reference_reports() -> None:
    compiled = {rule.id: RULES.only(rule.id).compiled for rule in RULES}
    by_reference: list[Result] = []
    by_compiled: list[Result] = []
    for case in cases():
        graph = f"urn:case:{case.rule}:{case.path.stem}"
        rule = compiled[case.rule]
        by_reference += reference.run(case.ntriples, rule, graph=graph, oxigraph=True)
        report = engine.validate(Workspace.of([Given(ox.NamedNode(graph), case.ntriples)]), rule)
        assert not report.fallbacks
        by_compiled += report.results
    assert len(by_reference) > 40
    assert said(by_compiled) == said(by_reference)


# --- whole disclosures, the whole rule book ---


def _agree(paths: Sequence[Path], judge: Judge, tools: Toolbox) -> int:
    """How many results both engines report of those files; they are the same."""
    count = 0
    for number, path in enumerate(paths):
        document, _ = load(path)
        disclosure = extract(document, tools.families, tools.codes)
        data = emit(disclosure, tools.pack(disclosure.pack), Minter()).data
        graph = ox.NamedNode(f"urn:disclosure:{number}")
        context = judge.context.needed(data)
        ours = engine.validate(Workspace.of([Given(graph, data, context)]), judge.rules.compiled).results
        theirs = reference.run(data + context, judge.rules.compiled, graph=graph.value, oxigraph=True)
        assert said(ours) == said(theirs), path.name
        count += len(ours)
    return count


def test_both_engines_agree_on_the_examples(examples: list[Path], tools: Toolbox) -> None:
    assert _agree(examples[:2], Judge.load(), tools) > 10


@pytest.mark.soak
def test_both_engines_agree_on_the_seeds(seeds: list[Path], tools: Toolbox) -> None:
    assert _agree(seeds, Judge.load(), tools) > 80


@pytest.mark.soak
def test_both_engines_agree_on_two_hundred_planted_faults(tmp_path: Path, tools: Toolbox) -> None:
    faults = itertools.cycle(PLANTABLE)
    made = 0
    for number, sample in enumerate(generate(31, 400, (2025,))):
        with contextlib.suppress(NotPlantable):
            (tmp_path / f"{number:04}.txt").write_text(write_text(plant(sample, next(faults), Random(number)).sample), "utf-8")
            made += 1
        if made == 200:
            break
    assert made == 200
    assert _agree(sorted(tmp_path.iterdir()), Judge.load(), tools) > 200
