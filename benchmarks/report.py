"""``python -m benchmarks report [DOCUMENTS] [--out FILE.md]``: one report of what is claimed about scale, written anew by one command.

It makes a reproducible corpus, ingests and validates it, loads the same quads into every engine that this machine has, asks the questions
of each and the pages of a server, and writes Markdown with ratios. Figures of one run are comparable with each other; with those of
another run or machine only the ratios are.
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.loading import LIMIT, size_of
from benchmarks.questions import asked
from benchmarks.servers import MissingProgram, Server, bulk_load, oxigraph, virtuoso
from kg.errors import BudgetError
from kg.questions import load_questions
from kg.samples.plant import PLANTABLE
from kg.store import Reader, RemoteStore, Snapshot

DOCUMENTS = 100
RDFLIB_DOCUMENTS = 5
"""rdflib in memory is shown on so many: on more its load takes minutes and most questions do not end."""
_YEARS = ("2025", "2026")
_KG = (sys.executable, "-m", "kg.cli")
_OUT = Path(__file__).parent.parent / "docs" / "benchmarks" / "report.md"


@dataclass(frozen=True)
class Cost:
    """Wall and CPU seconds of a command with its processes, and the MiB of the largest of all so far."""

    wall: float
    cpu: float
    memory: float


def run(*command: str | Path) -> Cost:
    """Run a command to its end; status 1 says that there are findings."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    if done.returncode > 1:
        raise RuntimeError(f"{' '.join(map(str, command[:6]))} …: {done.stderr.decode()[-500:]}")
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024)


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in (heads, ["---"] * len(heads), *rows)]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """The machine and the versions that figures depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "")
    packages = ", ".join(f"{name} {version(name)}" for name in ("budget-kg", "pyoxigraph", "rdflib", "pyshacl"))
    load = os.getloadavg()[0]
    return (
        f"{len(os.sched_getaffinity(0))} cores ({model or platform.machine()}), {memory:.0f} GiB, {platform.system()}; Python"
        f" {platform.python_version()}, {packages}. Load average at the start {load:.1f}"
        f"{' - the machine was not idle: read ratios, not seconds' if load > 1 else ''}."
    )


def corpus(folder: Path, documents: int) -> None:
    """Made-up disclosures of two years, each with one planted fault of another kind."""
    faults = [argument for rule in PLANTABLE for argument in ("--fault", rule)]
    run(*_KG, "samples", "generate", "--out", folder, "--departments", str(-(-documents // 2)), "--years", ",".join(_YEARS), *faults)


def loaded(engine: str, quads: Path, folder: Path) -> dict[str, float]:
    """What :mod:`benchmarks.loading` says."""
    command = [sys.executable, "-m", "benchmarks.loading", engine, str(quads), str(folder)]
    return dict(json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout))


@contextlib.contextmanager
def engines(folder: Path, store: Path, quads: Path, rows: list[list[object]], base: float) -> Iterator[dict[str, tuple[Reader, list[int]]]]:
    """The embedded store and every server of this machine with the same quads; a row of the load for each server."""
    with contextlib.ExitStack() as stack:
        found: dict[str, tuple[Reader, list[int]]] = {"embedded": (Snapshot(store), [])}
        for name, start in (("oxigraph serve", oxigraph), ("Virtuoso", virtuoso)):
            place = folder / name.split()[0]
            try:
                server: Server = stack.enter_context(start(place))
            except MissingProgram as error:
                rows.append([name, "-", "-", "-", f"not on this machine ({error})"])
                continue
            inside = place / "load.nq"
            shutil.copyfile(quads, inside)
            began = time.perf_counter()
            bulk_load(server, inside)
            seconds = time.perf_counter() - began
            inside.unlink()
            memory = int(
                next(line for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines() if "VmHWM" in line).split()[1]
            )
            rows.append([name, f"{seconds:.1f}", f"{memory / 1024:.0f}", f"{size_of(place):.0f}", f"{seconds / base:.2f}"])
            found[name] = (stack.enter_context(RemoteStore(server.endpoint)), [server.process.pid])
        yield found


def questions(stores: dict[str, tuple[Reader, list[int]]]) -> str:
    """Seconds of each question on each engine, the second of two runs, with the ratio to the embedded store."""
    rows: list[list[object]] = []
    times: dict[str, dict[str, float]] = {name: {} for name in stores}
    for question in load_questions():
        cells: list[object] = []
        answers = []
        for name, (store, servers) in stores.items():
            try:
                answers.append(asked(store, question, servers).rows)
                seconds = asked(store, question, servers).wall
            except BudgetError as error:
                cells.append(error.reason[:40])
                continue
            times[name][question.name] = seconds
            cells.append(f"{seconds:.3f}")
        same = "" if all(answer == answers[0] for answer in answers) else "rows differ"
        rows.append([question.name, sum(answers[0].values()) if answers else "-", *cells, same])
    said = []
    for name, own in times.items():
        total, here = sum(own.values()), sum(seconds for question_name, seconds in times["embedded"].items() if question_name in own)
        longest, median = max(own.values()), statistics.median(own.values())
        said.append(f"{name} {total:.1f} s for {len(own)} ({total / here:.2f}), longest {longest:.2f} s, median {median:.3f} s")
    together = f"Together, with the ratio to the embedded store on the same questions: {'; '.join(said)}."
    return together + "\n\n" + table(["question", "rows", *stores, ""], rows)


def against_rdflib(folder: Path, corpus_folder: Path) -> str:
    """The embedded store beside rdflib in memory, on a few disclosures."""
    files = sorted(corpus_folder.rglob("*.txt"))[:RDFLIB_DOCUMENTS]
    store, quads = folder / "few", folder / "few.nq"
    run(*_KG, "ingest", "--no-validate", "--store", store, *files)
    quads.write_bytes(b"".join(line + b"\n" if not line.endswith(b"\n") else line for line in Snapshot(store).quads()))
    disk, plain = loaded("disk", quads, folder / "few-disk"), loaded("rdflib", quads, folder / "none")
    mine = {question.name: asked(Snapshot(store), question, []).wall for question in load_questions()}
    taken = {name: seconds for name, seconds in dict(plain["asked"]).items() if seconds is not None}  # type: ignore[call-overload]
    here = sum(mine[name] for name in taken)
    return (
        f"On {len(files)} disclosures: load {plain['seconds']:.1f} s against {disk['seconds']:.2f} s in bulk on disk"
        f" (ratio {plain['seconds'] / disk['seconds']:.0f}), memory {plain['memory']:.0f} against {disk['memory']:.0f} MiB."
        f" Of {len(mine)} questions rdflib answers {len(taken)} within {LIMIT} s each; these take {sum(taken.values()):.1f} s"
        f" against {here:.2f} s (ratio {sum(taken.values()) / here:.0f}).\n"
    )


def pages(store: Path) -> str:
    """What :mod:`benchmarks.pages` prints."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.pages", str(store)], capture_output=True, text=True, check=False)
    return f"```\n{done.stdout.rstrip() or done.stderr[-500:]}\n```\n"


def report(documents: int, folder: Path) -> str:
    """The whole report."""
    head = machine()
    corpus(folder / "corpus", documents)
    files = sorted((folder / "corpus").rglob("*.txt"))
    store, quads = folder / "store", folder / "all.nq"
    taken = run(*_KG, "ingest", "--no-validate", "--store", store, *files)
    main = size_of(store / "main")
    judged = run(*_KG, "validate", "--store", store)
    with quads.open("wb") as file:
        file.writelines(line if line.endswith(b"\n") else line + b"\n" for line in Snapshot(store).quads())
    with quads.open("rb") as file:
        number = sum(1 for _ in file)
    rows: list[list[object]] = []
    disk = loaded("disk", quads, folder / "disk")
    for name, one in (("pyoxigraph on disk, in bulk", disk), ("pyoxigraph in memory", loaded("memory", quads, folder / "none"))):
        ratio = one["seconds"] / disk["seconds"]
        rows.append([name, f"{one['seconds']:.1f}", f"{one['memory']:.0f}", f"{one['disk']:.0f}", f"{ratio:.2f}"])
    with engines(folder, store, quads, rows, disk["seconds"]) as stores:
        asked_of = questions(stores)
    few, many = against_rdflib(folder, folder / "corpus"), len(files)
    work = [
        [
            "ingest (read, extract, store, link)",
            f"{taken.wall:.1f}",
            f"{taken.cpu:.1f}",
            f"{taken.cpu / many:.3f}",
            f"{taken.memory:.0f}",
            "1.00",
        ],
        [
            "validation (all rules, reports)",
            f"{judged.wall:.1f}",
            f"{judged.cpu:.1f}",
            f"{judged.cpu / many:.3f}",
            f"{judged.memory:.0f}",
            f"{judged.cpu / taken.cpu:.2f}",
        ],
    ]
    return f"""# 性能报告 Benchmarks

Written by `python -m benchmarks report {documents}` on {datetime.date.today().isoformat()}; the same command writes it anew.
{head}

{many} made-up disclosures of {len(_YEARS)} years, each with a planted fault; {number:,} quads with vocabulary, findings and links,
{number / many:,.0f} a disclosure; {main:.0f} MiB on disk ({main / many:.2f} a disclosure) before validation.

## 导入与校验 Ingest and validation

{table(["work", "wall s", "CPU s", "CPU s a disclosure", "largest process so far MiB", "CPU ratio to ingest"], work)}
## 装载 Load of the same quads

{table(["engine", "wall s", "memory MiB", "disk MiB", "ratio to disk"], rows)}
## 48 个问题 The 48 questions, wall seconds

{asked_of}
## rdflib（内存）rdflib in memory

{few}
## 网页与检索 Pages and search

{pages(store)}"""


def main(arguments: Sequence[str] = ()) -> int:
    """Write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=int, nargs="?", default=DOCUMENTS)
    parser.add_argument("--out", type=Path, default=_OUT)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        said = report(chosen.documents, Path(folder))
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(said, "utf-8")
    print(f"written: {chosen.out}")
    return 0
