"""Many documents (soak): an ingest, a removal, an update that is killed again and again ends as one that was left alone.

``KG_SCALE_DOCUMENTS`` (300) and ``KG_SCALE_KILLS`` (10) say how many; figures are printed.
"""

import os
import random
import resource
import shutil
import subprocess
import sys
import time
from itertools import zip_longest
from pathlib import Path

import pytest

from benchmarks.growth import corpus as corpus_of
from kg.settings import Settings
from kg.store import Room, Rooms, Snapshot
from kg.upkeep.verify import verify

DOCUMENTS = int(os.environ.get("KG_SCALE_DOCUMENTS", "300"))
KILLS = int(os.environ.get("KG_SCALE_KILLS", "10"))
DISCLOSURE_GRAPH = f"{Settings().base}graph/disclosure/"


def _command(store: Path, corpus: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "kg.cli",
        "ingest",
        "--no-validate",
        "--jobs",
        "2",
        "--publish-every",
        "60",
        "--store",
        str(store),
        str(corpus),
    ]


def _killed(store: Path, corpus: Path, after: int) -> set[str]:
    """Kill -9 a moment after so many new documents were acknowledged; their names."""
    acknowledged: set[str] = set()
    with subprocess.Popen(_command(store, corpus), stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            words = line.split()
            if len(words) > 2 and words[1] == "new":
                acknowledged.add(words[2].rstrip(":"))
            if len(acknowledged) >= after:
                time.sleep(random.Random(after).uniform(0, 0.3))
                os.killpg(process.pid, 9)
                acknowledged |= {words[2].rstrip(":") for line in process.stderr if len(words := line.split()) > 2 and words[1] == "new"}
                break
    return acknowledged


def _present(store: Path) -> set[str]:
    """The file names of the documents of the main store, each graph whole."""
    room = Room(Rooms(store).main)
    found = set()
    for graph in room.graphs():
        if graph.startswith(DISCLOSURE_GRAPH):
            lines = room.dump(graph).decode().splitlines()
            (name,) = (line.split('"')[1] for line in lines if "ontology#fileName>" in line)
            found.add(name)
    return found


@pytest.mark.soak
def test_ten_kills_change_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus_of(tmp_path / "corpus", DOCUMENTS)
    corpus = tmp_path / "corpus"
    names = {path.name for path in corpus.iterdir()}
    store = tmp_path / "killed"
    choose = random.Random(DOCUMENTS)
    acknowledged: set[str] = set()
    for _ in range(KILLS):
        acknowledged |= _killed(store, corpus, choose.randint(1, max(1, 2 * len(names) // (KILLS + 1) - 1)))
        assert acknowledged <= _present(store)
        faults = [found for found in verify(store, Settings(), lambda part: None) if found.fault]
        # A store that was killed before its first publication has none to be opened, and says so.
        assert all(found.part == "snapshots" and not Rooms(store).current.exists() for found in faults)
    assert subprocess.run(_command(store, corpus), capture_output=True, check=False).returncode == 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    whole = tmp_path / "whole"
    assert subprocess.run(_command(whole, corpus), capture_output=True, check=False).returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    number = 0
    for one, other in zip_longest(Snapshot(store).quads(), Snapshot(whole).quads()):
        assert one == other
        number += 1
    assert not [found for found in verify(store, Settings(), lambda part: None) if found.fault]
    with capsys.disabled():
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"\n{len(names)} documents, {number} quads ({number / len(names):.0f} a document), {KILLS} kills: equal quad for quad")
        print(f"  uninterrupted: {time.monotonic() - begun:.0f} s with comparison, {cpu / len(names):.3f} CPU s a document")
        print(f"  largest process {after.ru_maxrss / 1024:.0f} MiB; {len(acknowledged)} acknowledged before a kill, none lost")


CHANGES = 6
"""So many changes are killed, each at a random moment, and then asked for again."""


def _change(store: Path, corpus: Path, number: int) -> list[str]:
    """A removal (even numbers), or an ingest of a file that was revised (odd ones)."""
    file = sorted(corpus.iterdir())[number]
    command = [sys.executable, "-m", "kg.cli"]
    if number % 2:
        return [*command, "ingest", "--no-validate", "--store", str(store), str(file)]
    return [*command, "remove", "--no-validate", "--revisions", "--store", str(store), file.name]


def _killed_after(command: list[str], seconds: float) -> bool:
    """Kill -9 so long after the start; whether it was still at work."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return True
    return False


@pytest.mark.soak
def test_changes_that_are_killed_are_done_or_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After each kill every graph is whole and what is wrong is told; asked again, the change is done and the store is sound."""
    corpus_of(tmp_path / "corpus", 2 * CHANGES)
    corpus, killed, whole = (tmp_path / name for name in ("corpus", "killed", "whole"))
    assert subprocess.run(_command(killed, corpus), capture_output=True, check=False).returncode == 0
    shutil.copytree(killed, whole)
    choose = random.Random(CHANGES)
    hits = 0
    for number in range(CHANGES):
        file = sorted(corpus.iterdir())[number]
        if number % 2:
            file.write_bytes(file.read_bytes() + b"\n")
        begun = time.monotonic()
        assert subprocess.run(_change(whole, corpus, number), capture_output=True, check=False).returncode == 0
        lasted = time.monotonic() - begun
        before = _present(killed)
        for _ in range(3):
            hits += _killed_after(_change(killed, corpus, number), choose.uniform(0.2, 1) * lasted)
            assert before - {file.name} <= _present(killed) <= before
            faults = {found.part for found in verify(killed, Settings(), lambda part: None) if found.fault}
            assert faults <= {"removal"}, "a removal that was broken off is told, and nothing else is wrong"
        # A removal that was ended by the next writer finds nothing to remove.
        subprocess.run(_change(killed, corpus, number), capture_output=True, check=False)
        assert not [found for found in verify(killed, Settings(), lambda part: None) if found.fault]
        assert _present(killed) == _present(whole)
    for one, other in zip_longest(Snapshot(killed).quads(), Snapshot(whole).quads()):
        assert one == other
    with capsys.disabled():
        print(f"\n{CHANGES} changes, {hits} of {3 * CHANGES} kills while at work: the same quads as without")
