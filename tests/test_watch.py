"""A folder watched: half-written files wait, what changes becomes a revision, what goes is told or removed, and a signal ends it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kg.search import index_path
from kg.settings import Settings
from kg.store import EmbeddedStore, Rooms, Snapshot
from kg.upkeep.verify import verify
from kg.upkeep.watch import Folder, Watch, Watched

DISCLOSURES = "SELECT ?file { ?d a <https://budget-kg.example/ontology#Disclosure> ; <https://budget-kg.example/ontology#fileName> ?file }"


def _files(store: Path) -> set[str]:
    if not Rooms(store).current.exists():
        return set()
    return {row["file"].value for row in Snapshot(store).query(DISCLOSURES)}  # type: ignore[union-attr, index, misc]


def _until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 240
    while not true():
        assert time.monotonic() < ends, "it did not come about in four minutes"
        time.sleep(0.1)


def test_a_file_that_is_being_written_waits(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    folder = Folder(tmp_path)
    file.write_text("half")
    assert folder.ready() == []
    file.write_text("half and half")
    assert folder.ready() == []  # it has grown since the last look
    assert folder.ready() == [file]
    folder.done[file.name] = folder.state(file.name) or (0, 0)
    assert folder.ready() == []
    os.utime(file, ns=(1, 1))  # a clock that jumped back is a change all the same
    assert folder.ready() == []
    assert folder.ready() == [file]
    (tmp_path / ".hidden").write_text("x")
    file.unlink()
    assert (folder.ready(), folder.names()) == ([], set())


def test_a_watched_folder_and_its_store_agree(tmp_path: Path, examples: list[Path]) -> None:
    incoming, store = tmp_path / "incoming", tmp_path / "store"
    incoming.mkdir()
    said: list[str] = []
    stop = threading.Event()
    watched = Watched(incoming, Settings(), 0.1, follow=True, validate=False, jobs=1)
    watch = Watch(watched, lambda: EmbeddedStore(store), Rooms(store), said.append, stop)
    thread = threading.Thread(target=watch.run)
    first, second = examples[0].name, examples[1].name
    thread.start()
    try:
        shutil.copy(examples[0], incoming)
        (incoming / "letter.txt").write_text("一封信", "utf-8")
        _until(lambda: _files(store) == {first} and any("refused" in line for line in said))
        shutil.copy(examples[1], incoming)
        (incoming / first).write_text(examples[0].read_text("utf-8") + "\n", "utf-8")
        _until(lambda: _files(store) == {first, second} and any("revised" in line for line in said))
        assert len(list(Rooms(store).superseded.iterdir())) == 1
        (incoming / first).unlink()
        _until(lambda: _files(store) == {second} and any("gone" in line for line in said))
        (incoming / second).rename(incoming / "renamed.txt")  # the same bytes under another name are no removal
        _until(lambda: any(line.startswith("gone") and second in line for line in said))
        assert _files(store) == {second}
        snapshot = Snapshot(store)
        _until(index_path(snapshot.rooms, snapshot.version).exists)
        for path in incoming.iterdir():
            path.unlink()
        _until(lambda: any("the folder is empty" in line for line in said))
    finally:
        stop.set()
        thread.join(240)
    assert not thread.is_alive()
    assert _files(store) == {second}
    assert [found for found in verify(store, Settings(), lambda part: None) if found.fault] == []


def test_a_signal_ends_it_with_everything_published(tmp_path: Path, examples: list[Path]) -> None:
    incoming, store = tmp_path / "incoming", tmp_path / "store"
    incoming.mkdir()
    shutil.copy(examples[0], incoming)
    command = [
        sys.executable,
        "-m",
        "kg.cli",
        "ingest",
        "--no-validate",
        "--watch",
        "--interval",
        "0.1",
        "--store",
        str(store),
        str(incoming),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "new" in line:
                process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=240) == 0
    assert _files(store) == {examples[0].name}
