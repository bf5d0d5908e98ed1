"""What loading one N-Quads file costs in an engine: ``python -m benchmarks.loading ENGINE FILE.nq FOLDER`` prints JSON.

One engine a process, so that its memory is its own: ``rdflib`` (a ConjunctiveGraph in memory), ``memory`` (pyoxigraph in memory), ``disk``
(pyoxigraph, bulk loader). With ``rdflib`` every question is asked too, each for at most :data:`LIMIT` seconds.
"""

import json
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.questions import load_questions

LIMIT = 10
ENGINES = ("rdflib", "memory", "disk")


class _TooLongError(Exception):
    pass


def _stop(*_: object) -> None:
    raise _TooLongError


def _rdflib(path: Path) -> dict[str, float | None]:
    """Load, then question → seconds, ``None`` where it took too long or failed."""
    import rdflib

    data = rdflib.Dataset(default_union=True)
    began = time.perf_counter()
    data.parse(path, format="nquads")
    times: dict[str, float | None] = {"": time.perf_counter() - began}
    signal.signal(signal.SIGALRM, _stop)
    for question in load_questions():
        began = time.perf_counter()
        signal.alarm(LIMIT)
        try:
            list(data.query(question.text))
        except Exception:  # noqa: BLE001 - whatever an engine cannot do is what is told
            times[question.name] = None
        else:
            times[question.name] = time.perf_counter() - began
        finally:
            signal.alarm(0)
    return times


def main(engine: str, path: str, folder: str) -> int:
    """Load and print seconds, CPU seconds, MiB of memory and of disk."""
    began, cpu = time.perf_counter(), time.process_time()
    asked: dict[str, float | None] = {}
    if engine == "rdflib":
        asked = _rdflib(Path(path))
    else:
        store = ox.Store(folder) if engine == "disk" else ox.Store()
        store.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
        if engine == "disk":
            store.flush()
    told: dict[str, Any] = {
        "seconds": asked.pop("", time.perf_counter() - began),
        "cpu": time.process_time() - cpu,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "disk": size_of(Path(folder)),
        "asked": asked,
    }
    print(json.dumps(told))
    return 0


def size_of(folder: Path) -> float:
    """MiB of the files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20 if folder.exists() else 0.0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
