"""What a document costs as the store grows, and what its parts cost: ``python -m benchmarks.growth [DOCUMENTS | FOLDER …]`` (100 1000).

For each number of made-up documents, or folder of files, one ingest by two processes into a store of its own: CPU seconds of all
processes, their start with it. Beside it the same in parts, in one process: files read, extracted and told as triples (``reading``),
and these written, what documents share and their links made, and all published (``writing``).
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from kg.codes import load_codes
from kg.ingest import Desk, Prepared, Toolbox, files_of, ingest, prepare
from kg.iri import Minter
from kg.links import build_links
from kg.resources import code_list_files
from kg.samples import write_text
from kg.samples.generate import disclosures, drawn
from kg.samples.style import HOUSE_STYLES
from kg.settings import Settings
from kg.store import EmbeddedStore

YEARS = (2024, 2025, 2026)


def corpus(folder: Path, number: int) -> list[Path]:
    """``number`` made-up disclosures, three years of a department after one another, as files."""
    folder.mkdir()
    codes = load_codes(code_list_files())
    files: list[Path] = []
    for department in drawn(7, -(-number // len(YEARS)), HOUSE_STYLES, codes):
        for sample in disclosures(department, 0, YEARS, codes):
            if len(files) < number:
                files.append(folder / f"document-{len(files):05}.txt")
                files[-1].write_text(write_text(sample), "utf-8")
    return files


def whole(store: Path, files: Path) -> float:
    """CPU seconds of taking a folder into a new store by the command."""
    command = [sys.executable, "-m", "kg.cli", "ingest", "--no-validate", "--jobs", "2", "--store", str(store), str(files)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def parts(store: Path, files: Path) -> tuple[float, float]:
    """CPU seconds of reading a folder, and of writing what was read into a new store."""
    reading = 0.0

    def prepared(sets: Sequence[Sequence[Path]], desk: Desk) -> Iterator[tuple[Sequence[Path], Any]]:
        nonlocal reading
        for each in sets:
            began = time.thread_time()
            made = prepare(each, desk)
            reading += time.thread_time() - began
            assert isinstance(made, Prepared)
            yield each, made

    began = time.process_time()
    with EmbeddedStore(store) as target:
        ingest([files], target, Settings(), Toolbox.load(), lambda message: None, elsewhere=prepared)
        build_links(target, Minter(Settings().base))
    return reading, time.process_time() - began - reading


def main(*corpora: str) -> int:
    """Print a table."""
    first = 0.0
    print("documents | CPU s a document | to the first | reading + writing | whole to parts | store MiB | most MiB", flush=True)
    for each in corpora or ("100", "1000"):
        with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(1, get_context("spawn")) as process:
            folder = Path(name)
            files = folder / "corpus" if each.isdecimal() else Path(each)
            if each.isdecimal():
                corpus(files, int(each))
            number = len(list(files_of([files])))
            cost = whole(folder / "store", files) / number
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
            first = first or cost
            size = sum(path.stat().st_size for path in (folder / "store" / "snapshots").rglob("*") if path.is_file()) >> 20
            reading, writing = (part / number for part in process.submit(parts, folder / "parts", files).result())
            print(f"{number:>9} | {cost:16.3f} | {cost / first:12.2f} | {reading:7.3f} + {writing:7.3f} |", end="")
            print(f" {cost / (reading + writing):14.2f} | {size:9} | {memory:8}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
