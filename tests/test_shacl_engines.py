"""Both engines report the same of every rule case: all cases at once for the compiled one, one by one for the reference."""

from collections.abc import Iterable

import pyoxigraph as ox

from kg.resources import shape_files
from kg.shacl import engine, reference
from kg.shacl.results import Result
from kg.shacl.workspace import Given, Workspace
from kg.validate import RuleSet
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
    given: list[Given] = []
    by_reference: list[Result] = []
    for case in cases():
        graph = f"urn:case:{case.rule}:{case.path.stem}"
        given.append(Given(ox.NamedNode(graph), case.ntriples))
        by_reference += reference.run(case.ntriples, RULES.only(case.rule).compiled, graph=graph, oxigraph=True)
    reports = [engine.validate(Workspace.of([one]), RULES.compiled) for one in given]
    assert not any(report.fallbacks for report in reports)
    assert len(by_reference) > 40
    assert said(result for report in reports for result in report.results) == said(by_reference)
