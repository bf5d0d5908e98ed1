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
