"""How long every named question takes on given stores, side by side.

``python -m benchmarks.questions --store kg-store --store http://127.0.0.1:8890/sparql [--cpu-of PID] [--runs 3] [--only 9,11]``: the
median of the runs in wall seconds, rows read to the end, and in brackets in CPU seconds of this process and of the servers
named by ``--cpu-of``; one run before them, which compiles and reads from disk, is not counted. Stores whose answers differ in their
rows are marked: a difference is a fault of the question, the store or the engine. Numbers are compared by value.
"""

import argparse
import os
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from kg.errors import BudgetError
from kg.questions import Question, bind, load_questions
from kg.store import Endpoint, Reader, RemoteStore, Snapshot, Term
from kg.store.endpoint import is_url

QUERY_SECONDS = 60.0
Rows = Counter[tuple[str, ...]]
_NUMBERS = ("decimal", "integer", "double")


@dataclass(frozen=True)
class Asked:
    """One run: wall and CPU seconds to the last row, and the rows as a bag."""

    wall: float
    cpu: float
    rows: Rows


def open_store(place: str) -> Reader:
    """A store directory or the address of a service."""
    return RemoteStore(Endpoint(place, seconds=QUERY_SECONDS)) if is_url(place) else Snapshot(Path(place))


def shown(term: Term | None) -> str:
    """A term for comparison: numbers by value, since engines differ in the type of a computed one."""
    if isinstance(term, ox.Literal) and term.datatype.value.rpartition("#")[2] in _NUMBERS:
        return format(Decimal(term.value).normalize(), "f")
    return str(term)


def asked(store: Reader, question: Question, servers: Sequence[int]) -> Asked:
    """Ask once."""
    wall, cpu = time.perf_counter(), _cpu(servers)
    answer = store.query(question.text, bind(question, {}))
    assert isinstance(answer, ox.QuerySolutions)
    found = [tuple(row) for row in answer]
    wall, cpu = time.perf_counter() - wall, _cpu(servers) - cpu
    return Asked(wall, cpu, Counter(tuple(shown(term) for term in row) for row in found))


def _cpu(servers: Sequence[int]) -> float:
    """CPU seconds so far of this process and of others."""
    tick = os.sysconf("SC_CLK_TCK")
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in servers]
    return time.process_time() + sum((int(field[11]) + int(field[12])) / tick for field in fields)


def line(question: Question, stores: dict[str, Reader], runs: int, servers: Sequence[int]) -> str:
    """One row of the table."""
    cells = []
    answers = []
    for store in stores.values():
        try:
            timed = [asked(store, question, servers) for _ in range(runs + 1)]
        except BudgetError as error:
            cells.append(f"{error.reason[:22]:>22}")
            continue
        answers.append(timed[0].rows)
        wall, cpu = (statistics.median(values) for values in zip(*((run.wall, run.cpu) for run in timed[1:]), strict=True))
        cells.append(f"{wall:11.3f} ({cpu:8.3f})")
    same = all(answer == answers[0] for answer in answers)
    count = sum(answers[0].values()) if answers else 0
    return f"{question.name[:44]:<44} {count:>7} " + " ".join(cells) + ("" if same else "  ROWS DIFFER")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", action="append", required=True, help="a folder or an address; may be repeated")
    parser.add_argument(
        "--cpu-of", action="append", type=int, default=[], help="the process of a server on this machine (Linux); may be repeated"
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="", help="numbers of questions, comma-separated")
    chosen = parser.parse_args()
    stores = {place: open_store(place) for place in chosen.store}
    only = {int(number) for number in chosen.only.split(",") if number}
    for number, (place, store) in enumerate(stores.items(), start=1):
        print(f"store {number}: {place}, {store.engine if isinstance(store, RemoteStore) else 'embedded'}, {len(store.graphs())} graphs")
    heads = " ".join(f"{f'store {number}: s (CPU s)':>22}" for number in range(1, len(stores) + 1))
    print(f"{'question':<44} {'rows':>7} {heads}")
    for question in load_questions():
        if not only or question.number in only:
            print(line(question, stores, chosen.runs, chosen.cpu_of), flush=True)
    print(f"load average {' '.join(f'{value:.1f}' for value in os.getloadavg())}")


if __name__ == "__main__":
    main()
