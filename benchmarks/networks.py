"""``python -m benchmarks.networks [STORE]``: the network of 1,000 disclosures and what is computed on it, wall seconds in one run.

Without a store one is made as for the pages (minutes). Paths are between departments drawn from the whole store with a fixed seed.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.pages import made_store
from kg.networks import Kind, Network
from kg.networks.communities import find_communities
from kg.networks.kept import from_json, to_json
from kg.networks.paths import find_paths
from kg.networks.peers import most_similar, outliers
from kg.networks.projection import project
from kg.networks.rankings import rank_policies
from kg.store import Snapshot

LIMIT_SECONDS, LIMIT_PATH_MS = 20.0, 200.0
PATHS, COMPARED = 50, 20
_Made = TypeVar("_Made")


def main(arguments: Sequence[str] = ()) -> int:
    """Print the times; 1 when projection and analytics together or the 95th percentile of paths exceed their limits."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Snapshot(Path(arguments[0]) if arguments else made_store(Path(folder))))


def _measure(snapshot: Snapshot) -> int:
    spent: list[float] = []

    def timed(name: str, make: Callable[[], _Made]) -> _Made:
        start = time.perf_counter()
        made = make()
        spent.append(time.perf_counter() - start)
        print(f"  {name:<44} {spent[-1]:8.2f} s")
        return made

    network = timed("projection from the store", lambda: project(snapshot))
    print(f"  {len(network.published)} disclosures, {len(network.nodes)} nodes, {len(network.links)} links")
    timed("graphs", lambda: (network.graph, network.part_graphs))
    timed("policies by money and centrality", lambda: rank_policies(network))
    timed("communities", lambda: find_communities(network))
    everyone = [node.iri for node in network.of_kind(Kind.DEPARTMENT)]
    drawn = random.Random(7)
    chosen = drawn.sample(everyone, min(COMPARED, len(everyone)))
    timed(f"similar departments of {len(chosen)}", lambda: [most_similar(network, each) for each in chosen])
    newest = network.years[-1]
    alike = dict.fromkeys(entry.department for entry in network.budgets(newest))
    timed(f"outliers of all {len(alike)} of {newest}", lambda: [outliers(network, each, newest) for each in alike])
    whole = sum(spent)
    print(f"  all together                                 {whole:8.2f} s   (limit {LIMIT_SECONDS:.0f})")
    timed("read again from what is kept", lambda: from_json(to_json(network)))
    times = sorted(_milliseconds(network, *drawn.sample(everyone, 2)) for _ in range(PATHS))
    worst = times[int(0.95 * (len(times) - 1))]
    print(f"  paths between two departments: median {statistics.median(times):.0f} ms, 95 % {worst:.0f} ms   (limit {LIMIT_PATH_MS:.0f})")
    again = project(snapshot)
    equal = again == network and find_communities(again) == find_communities(network) and rank_policies(again) == rank_policies(network)
    print(f"  a second run is equal: {equal}")
    return int(whole > LIMIT_SECONDS or worst > LIMIT_PATH_MS or not equal)


def _milliseconds(network: Network, one: str, other: str) -> float:
    start = time.perf_counter()
    find_paths(network, one, other)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
