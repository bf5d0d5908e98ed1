"""``python -m benchmarks.shacl_engines [N…]``: the compiled engine beside pySHACL on generated disclosures, the results compared.

Every engine runs in two processes and goes from N-Triples to a validation report in N-Triples: loading and reports are counted, starting
a process and reading the shapes are not. In all of them the collector of garbage looks as rarely as in those of `kg validate`. CPU seconds
of both processes, and beside them what the clock said. pySHACL as shipped and in its best configuration (over Oxigraph, shapes and queries
read once) run on a few and are multiplied; the table says so.

Last the whole validation, as `kg validate` does it: outcomes of all rules and evidence too, with the memory that it took.
"""

import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context

import pyoxigraph as ox
import pyshacl
from rdflib import Graph

from benchmarks.graphs import kept_graphs
from kg.shacl import engine, reference
from kg.shacl.merging import Given
from kg.shacl.report import serialised, to_triples
from kg.shacl.results import Report
from kg.shacl.workspace import Workspace
from kg.validate.jobs import Judge
from kg.validate.run import Given as Disclosure
from kg.validate.workers import BATCH, Desk, Graphs, Workers, batch_size, batched, collect_rarely

PROCESSES = 2
STOCK = 1
BEST = 10
Task = tuple[bytes, ...]


@dataclass(frozen=True)
class Cost:
    """Of ``number`` disclosures: CPU seconds, seconds by the clock, and the reports."""

    number: int
    cpu: float
    wall: float
    reports: tuple[bytes, ...]

    @property
    def each(self) -> float:
        return self.cpu / self.number


@cache
def _judge() -> Judge:
    judge = Judge.load()
    assert judge.rules.compiled
    collect_rarely()
    return judge


def _compiled(graphs: Task) -> bytes:
    judge = _judge()
    given = [Given(ox.NamedNode(f"urn:{place}"), graph, judge.context.needed(graph)) for place, graph in enumerate(graphs)]
    return _report(engine.validate(Workspace.of(given), judge.rules.compiled))


def _best(graphs: Task) -> bytes:
    judge = _judge()
    return b"".join(
        _report(Report(reference.run(graph + judge.context.needed(graph), judge.rules.compiled, oxigraph=True), ())) for graph in graphs
    )


def _stock(graphs: Task) -> bytes:
    judge = _judge()
    reports = []
    for graph in graphs:
        data = Graph().parse(data=graph + judge.context.needed(graph), format="nt")
        reports.append(pyshacl.validate(data, shacl_graph=judge.rules.shapes)[1].serialize(format="nt").encode())
    return b"".join(reports)


def _report(report: Report) -> bytes:
    return serialised(to_triples(report, _judge().rules.compiled), ox.RdfFormat.N_TRIPLES)


def _timed(work: Callable[[Task], bytes], graphs: Task) -> tuple[float, bytes]:
    _judge()
    start = time.process_time()
    report = work(graphs)
    return time.process_time() - start, report


def _cost(work: Callable[[Task], bytes], graphs: Sequence[bytes], size: int) -> Cost:
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        list(pool.map(_timed, [work] * PROCESSES, [()] * PROCESSES))
        start = time.perf_counter()
        tasks = list(batched(graphs, size))
        found = list(pool.map(_timed, [work] * len(tasks), tasks))
        wall = time.perf_counter() - start
    return Cost(len(graphs), sum(cpu for cpu, _ in found), wall, tuple(report for _, report in found))


def _said(reports: Iterable[bytes]) -> list[tuple[str, ...]]:
    """What two engines must agree on: focus node, value, path, component and shape of every result; blank nodes without their names."""
    found = []
    wanted = ("focusNode", "value", "resultPath", "sourceConstraintComponent", "sourceShape")
    for report in reports:
        graph = Graph().parse(data=report, format="nt")
        for node in graph.subjects(None, None, unique=True):
            said = {str(name).rpartition("#")[2]: value.n3() for name, value in graph.predicate_objects(node)}
            if "sourceShape" in said:
                found.append(tuple("" if said.get(name, "").startswith("_:") else said.get(name, "") for name in wanted))
    return sorted(found)


def _whole(graphs: Sequence[bytes], judge: Judge) -> str:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with Workers(Desk(judge.rules, judge.context), PROCESSES) as workers:
        given = [Disclosure(graph) for graph in graphs]
        tasks = (Graphs(batch) for batch in batched(given, batch_size(len(graphs), PROCESSES)))
        findings = sum(len(validation.findings) for validation in workers.each(tasks) if hasattr(validation, "findings"))
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    memory = (PROCESSES * after.ru_maxrss + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024**2
    return f"{len(graphs):6} {cpu:9.1f} {cpu / len(graphs):8.3f} {wall:8.1f}   {findings} findings, at most {memory:.1f} GB"


def main() -> int:
    """Print the figures; 1 when the compiled engine and pySHACL over Oxigraph do not report the same, or nothing."""
    judge = _judge()
    numbers = [int(number) for number in sys.argv[1:]] or [10, 100, 1000]
    graphs = kept_graphs(max(*numbers, BEST))
    sizes = sorted(graph.count(b"\n") for graph in graphs)
    print(f"{len(judge.rules.rules)} rules, {PROCESSES} processes on {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}")
    print(f"{sizes[len(sizes) // 2]} triples a disclosure (median), {sizes[-1]} at most")
    best = _cost(_best, graphs[:BEST], BEST // PROCESSES)
    stock = _cost(_stock, graphs[:STOCK], 1)
    print(f"{'':22} {'number':>6} {'CPU s':>9} {'each':>8} {'clock s':>8}   times quicker than as shipped, best")
    for name, cost in (("pySHACL as shipped", stock), ("pySHACL over Oxigraph", best)):
        print(f"{name:22} {cost.number:6} {cost.cpu:9.1f} {cost.each:8.3f} {cost.wall:8.1f}")
    for number in numbers:
        cost = _cost(_compiled, graphs[:number], min(BATCH, -(-number // PROCESSES)))
        times = f"{stock.each / cost.each:.0f} and {best.each / cost.each:.1f} (multiplied from {stock.number} and {best.number})"
        print(f"{'compiled':22} {number:6} {cost.cpu:9.1f} {cost.each:8.3f} {cost.wall:8.1f}   {times}")
    ours = _cost(_compiled, graphs[:BEST], BEST // PROCESSES)
    said = _said(ours.reports)
    same = said == _said(best.reports)
    print(f"results of {BEST}: {len(said)}, by pySHACL over Oxigraph {'the same' if same else 'OTHERS'}")
    few, shipped = _said([_compiled(tuple(graphs[:STOCK]))]), _said(stock.reports)
    print(f"results of {STOCK}: {len(few)}, by pySHACL as shipped {'the same' if few == shipped else f'others, {len(shipped)}'}")
    print(f"{'whole validation':22} {_whole(graphs[: max(numbers)], judge)}")
    return int(not same or not said)


if __name__ == "__main__":
    sys.exit(main())
