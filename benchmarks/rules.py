"""``python -m benchmarks.rules [PREFIX…]``: what each rule costs, in milliseconds a disclosure, dearest first.

All disclosures are asked at once, as `kg validate` does. A rule's constraints, and beside them its companions: applies when,
needs, leaves out. Operands are asked only for findings and are not counted.
"""

import sys
import time
from collections.abc import Iterator

from benchmarks.graphs import kept_graphs
from kg.validate.batch import Batch
from kg.validate.jobs import Judge
from kg.validate.rules import Rule
from kg.validate.workers import BATCH

_NOTHING = "SELECT ?nothing WHERE { ?nothing <urn:nothing> ?nothing }"
"""Asked first, so that loading is not counted."""


def _companions(rule: Rule) -> Iterator[str]:
    yield from (query.select for query in (*([rule.applies_when] if rule.applies_when else []), *rule.needs, *rule.leaves_out))


def main() -> int:
    """Print the table."""
    judge = Judge.load()
    graphs = kept_graphs(BATCH)
    chosen = [rule for rule in judge.rules if rule.id.startswith(tuple(sys.argv[1:]) or ("",))]
    costs: list[tuple[float, float, str]] = []
    for rule in chosen:
        batch = Batch(graphs, judge.context)
        batch.answers(_NOTHING)
        only = judge.rules.only(rule.id)
        assert only.compiled
        start = time.process_time()
        batch.results(only)
        middle = time.process_time()
        for select in _companions(rule):
            batch.answers(select)
        costs.append(((middle - start) * 1000 / len(graphs), (time.process_time() - middle) * 1000 / len(graphs), rule.id))
    print(f"{'rule':<10} {'constraints':>12} {'companions':>11}   ms a disclosure, {len(graphs)} at once")
    for constraints, companions, name in sorted(costs, reverse=True):
        print(f"{name:<10} {constraints:12.2f} {companions:11.2f}")
    print(f"{'all':<10} {sum(cost[0] for cost in costs):12.2f} {sum(cost[1] for cost in costs):11.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
