"""How long every named question takes on given stores, side by side.

``python -m benchmarks.questions --store kg-store --store http://127.0.0.1:8890/sparql [--runs 5] [--only 9,11]``: the best of the runs in
wall milliseconds, rows read to the end; the first run, which compiles and reads from disk, in brackets. Stores whose answers
differ in their rows are marked: a difference is a fault of the question, the store or the engine.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

import pyoxigraph as ox

from kg.errors import BudgetError
from kg.questions import Question, bind, load_questions
from kg.store import Endpoint, Reader, RemoteStore, Snapshot
from kg.store.endpoint import is_url

QUERY_SECONDS = 60.0
Rows = Counter[tuple[str, ...]]


def open_store(place: str) -> Reader:
    """A store directory or the address of a service."""
    return RemoteStore(Endpoint(place, seconds=QUERY_SECONDS)) if is_url(place) else Snapshot(Path(place))


def asked(store: Reader, question: Question) -> tuple[float, Rows]:
    """Wall milliseconds to the last row, and the rows as a bag."""
    start = time.perf_counter()
    answer = store.query(question.text, bind(question, {}))
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    rows = Counter(tuple(str(row[name]) for name in names) for row in answer)
    return (time.perf_counter() - start) * 1000, rows


def line(question: Question, stores: dict[str, Reader], runs: int) -> str:
    """One row of the table."""
    cells = []
    answers = []
    for store in stores.values():
        try:
            timed = [asked(store, question) for _ in range(runs + 1)]
        except BudgetError as error:
            cells.append(f"{error.reason[:22]:>22}")
            continue
        answers.append(timed[0][1])
        cells.append(f"{min(took for took, _ in timed[1:]):10.1f} ({timed[0][0]:9.1f})")
    same = all(answer == answers[0] for answer in answers)
    count = sum(answers[0].values()) if answers else 0
    return f"{question.name[:44]:<44} {count:>7} " + " ".join(cells) + ("" if same else "  ROWS DIFFER")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", action="append", required=True, help="a folder or an address; may be repeated")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="", help="numbers of questions, comma-separated")
    chosen = parser.parse_args()
    stores = {place: open_store(place) for place in chosen.store}
    only = {int(number) for number in chosen.only.split(",") if number}
    for number, (place, store) in enumerate(stores.items(), start=1):
        print(f"store {number}: {place}, {store.engine if isinstance(store, RemoteStore) else 'embedded'}, {len(store.graphs())} graphs")
    heads = " ".join(f"{f'store {number}: ms (first)':>22}" for number in range(1, len(stores) + 1))
    print(f"{'question':<44} {'rows':>7} {heads}")
    for question in load_questions():
        if not only or question.number in only:
            print(line(question, stores, chosen.runs), flush=True)


if __name__ == "__main__":
    main()
