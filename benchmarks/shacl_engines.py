"""``python -m benchmarks.shacl_engines [N…]``: the compiled engine beside pySHACL on generated disclosures, the results compared.

pySHACL as shipped is run on a few and multiplied (it says so); its best configuration, over Oxigraph, runs on all that are asked for.
CPU seconds of this process, loading and reports counted. What two processes gain is the same for all.
"""

import sys
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

import pyoxigraph as ox
import pyshacl
from rdflib import Graph

from benchmarks.graphs import disclosure_graphs
from kg.shacl import engine, reference
from kg.shacl.merging import Given
from kg.shacl.results import Result
from kg.shacl.workspace import Workspace
from kg.validate.jobs import Judge
from kg.validate.workers import BATCH

STOCK = 1
BEST = 5
_T = TypeVar("_T")


def _cpu(work: Callable[[], _T]) -> tuple[float, _T]:
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def _compiled(graphs: list[tuple[bytes, bytes]], judge: Judge) -> list[Result]:
    found: list[Result] = []
    for first in range(0, len(graphs), BATCH):
        given = [
            Given(ox.NamedNode(f"urn:{first + place}"), own, shared) for place, (own, shared) in enumerate(graphs[first : first + BATCH])
        ]
        found += engine.validate(Workspace.of(given), judge.rules.compiled).results
    return found


def _best(graphs: list[tuple[bytes, bytes]], judge: Judge) -> list[Result]:
    return [
        result
        for place, (own, shared) in enumerate(graphs)
        for result in reference.run(own + shared, judge.rules.compiled, graph=f"urn:{place}", oxigraph=True)
    ]


def _stock(graphs: list[tuple[bytes, bytes]], judge: Judge) -> None:
    for own, shared in graphs:
        pyshacl.validate(Graph().parse(data=own + shared, format="nt"), shacl_graph=judge.rules.shapes)


def _said(results: Iterable[Result]) -> set[tuple[str, ...]]:
    return {(result.graph.value, str(result.focus), str(result.value), result.component, str(result.shape)) for result in results}


def main() -> int:
    """Print the figures; 1 when the engines do not report the same."""
    judge = Judge.load()
    numbers = [int(number) for number in sys.argv[1:]] or [10, 100, 1000]
    own = disclosure_graphs(max(numbers))
    graphs = [(graph, judge.context.needed(graph)) for graph in own]
    best, by_reference = _cpu(lambda: _best(graphs[:BEST], judge))
    stock, _ = _cpu(lambda: _stock(graphs[:STOCK], judge))
    print(f"{len(judge.rules.rules)} rules; seconds a disclosure")
    print(f"  pySHACL as shipped {stock / STOCK:.2f} (from {STOCK}), over Oxigraph {best / BEST:.2f} (from {BEST})")
    for number in numbers:
        cost, found = _cpu(lambda number=number: _compiled(graphs[:number], judge))
        each = cost / number
        times = f"{stock / STOCK / each:.0f} and {best / BEST / each:.1f} times faster"
        print(f"  {number:5} disclosures: {cost:8.2f} s, {each:.3f} each; {times}")
    same = _said(by_reference) == _said(result for result in found if int(result.graph.value[4:]) < BEST)
    print(f"  results {'the same' if same else 'DIFFER'}")
    return int(not same)


if __name__ == "__main__":
    sys.exit(main())
