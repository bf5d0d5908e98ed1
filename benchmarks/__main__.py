"""``make bench``: extraction and emission, validation and the questions, on generated disclosures.

``python -m benchmarks report [DOCUMENTS]`` writes docs/benchmarks/report.md (:mod:`benchmarks.report`).

CPU seconds are of this process. A ratio compares two figures of the same run and holds when the machine's speed drifts.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import report, service
from benchmarks.graphs import graphs_of
from kg.ingest import Toolbox, ingest
from kg.questions import bind, load_questions
from kg.samples import LAYOUTS, SampleDisclosure, write_raw, write_text
from kg.samples.generate import generate
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot
from kg.validate import validate
from kg.validate.jobs import Judge

DISCLOSURES = 100
VALIDATED = 10
LIMIT_SECONDS = 0.15


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _raw(sample: SampleDisclosure) -> str:
    return write_raw(sample, LAYOUTS[sample.layout])


def main() -> int:
    """Print the figures; 1 when extraction or the service costs more than its limit."""
    tools, judge = Toolbox.load(), Judge.load()
    samples = list(generate(1, DISCLOSURES, [2026]))
    worst = 0.0
    print(f"{DISCLOSURES} generated disclosures, CPU seconds each")
    for form, write in (("tabbed text", write_text), ("bare text", _raw)):
        texts = [write(sample) for sample in samples]
        graphs_of(texts[:5], tools)
        few = _cpu(lambda texts=texts: graphs_of(texts[:10], tools)) / 10
        cost = _cpu(lambda texts=texts: graphs_of(texts, tools)) / len(texts)
        worst = max(worst, cost)
        print(f"  extraction and emission, {form:<12} {cost:.3f}   (limit {LIMIT_SECONDS}; ratio to the first ten {cost / few:.2f})")
    graphs = graphs_of([write_text(sample) for sample in samples[:VALIDATED]], tools)
    sizes = [graph.count(b"\n") for graph in graphs]
    cost = _cpu(lambda: [validate(graph, judge.context, judge.rules) for graph in graphs]) / len(graphs)
    print(f"  validation, one at a time              {cost:.3f}   ({len(judge.rules.rules)} rules, {statistics.median(sizes):.0f} triples)")
    with tempfile.TemporaryDirectory() as folder:
        _questions(Path(folder), samples, tools)
    return max(int(worst > LIMIT_SECONDS), service.main())


def _questions(folder: Path, samples: Sequence[SampleDisclosure], tools: Toolbox) -> None:
    files = []
    for number, sample in enumerate(samples):
        files.append(folder / f"{number}.txt")
        files[-1].write_text(write_text(sample), "utf-8")
    start = time.perf_counter()
    with EmbeddedStore(folder / "store") as store:
        ingest(files, store, Settings(), tools, lambda message: None)
    print(f"  ingest into the store, wall            {(time.perf_counter() - start) / len(files):.3f}")
    snapshot = Snapshot(folder / "store")
    print(f"questions on {len(files)} disclosures, median wall milliseconds of five")
    for question in load_questions():
        times = []
        for _ in range(5):
            start = time.perf_counter()
            rows = sum(1 for _ in snapshot.query(question.text, bind(question, {})))
            times.append((time.perf_counter() - start) * 1000)
        print(f"  {question.name:<44} {statistics.median(times):7.1f}   {rows} rows")


if __name__ == "__main__":
    sys.exit(report.main(sys.argv[2:]) if sys.argv[1:2] == ["report"] else main())
