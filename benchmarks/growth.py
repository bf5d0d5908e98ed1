"""What a document costs as the store grows: ``python -m benchmarks.growth [DOCUMENTS] [STEP]`` (300, 100), two processes.

CPU seconds are of all processes of a step, their start with it; the ratio of the last step to the first is of one run.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kg.codes import load_codes
from kg.resources import code_list_files
from kg.samples import write_text
from kg.samples.generate import disclosures, drawn
from kg.samples.style import HOUSE_STYLES


def corpus(folder: Path, number: int) -> list[Path]:
    """``number`` made-up disclosures of one year, one a department, as files."""
    folder.mkdir()
    codes = load_codes(code_list_files())
    files = []
    for place, department in enumerate(drawn(7, number, HOUSE_STYLES, codes)):
        for sample in disclosures(department, 0, [2026], codes):
            files.append(folder / f"document-{place:05}.txt")
            files[-1].write_text(write_text(sample), "utf-8")
    return files


def cost(store: Path, files: Sequence[Path]) -> float:
    """CPU seconds a document of taking these into the store."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "kg.cli", "ingest", "--no-validate", "--jobs", "2", "--store", str(store), *map(str, files)]
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(files)


def main(number: int = 300, step: int = 100) -> int:
    """Print a table of steps."""
    with tempfile.TemporaryDirectory() as folder:
        files = corpus(Path(folder) / "corpus", number)
        costs = []
        print("documents in the store | CPU s a document | ratio to the first")
        for place in range(0, len(files), step):
            costs.append(cost(Path(folder) / "store", files[place : place + step]))
            print(f"{place + len(files[place : place + step]):>22} | {costs[-1]:16.3f} | {costs[-1] / costs[0]:.2f}", flush=True)
        size = sum(path.stat().st_size for path in (Path(folder) / "store" / "main").iterdir())
        print(f"main store {size / 2**20:.0f} MiB, largest process {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
