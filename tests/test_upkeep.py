"""A store kept well: backed up and restored, held against itself, documents taken out, and what a disk does to it."""

import ctypes
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import BudgetError, StoreError
from kg.ingest import Toolbox, ingest
from kg.reference import reference
from kg.search import SearchIndex, index_path
from kg.settings import Settings
from kg.store import SCHEMA_VERSION, EmbeddedStore, Room, Rooms, Snapshot, canonical
from kg.store.backup import back_up, restore
from kg.upkeep.remove import remove
from kg.upkeep.verify import Found, verify
from kg.validate.jobs import Judge

BASE = Settings().base
REFERENCE = f"{BASE}graph/reference"


@pytest.fixture
def store(tmp_path: Path, example_store: Path) -> Path:
    """A copy of the store of the examples, to be spoilt."""
    return Path(shutil.copytree(example_store, tmp_path / "store"))


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge.load()


def _quiet(message: str) -> None:
    pass


def _found(store: Path) -> list[Found]:
    return list(verify(store, Settings(), _quiet))


def _parts(store: Path) -> set[str]:
    """The parts of a store in which something is wrong."""
    return {found.part for found in _found(store) if found.fault}


def _kg(*arguments: str | Path, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, preexec_fn=before, check=False, timeout=300)


def _hashes(store: Path) -> list[str]:
    return sorted(path.name for path in Rooms(store).sources.iterdir())


def _revised(tmp_path: Path, example: Path, number: int = 1) -> Path:
    """The same disclosure in other bytes, so that it takes the place of the example."""
    path = tmp_path / f"revised-{number}-{example.name}"
    path.write_text(example.read_text("utf-8") + "\n" * number, "utf-8")
    return path


def _take_in(store: Path, tools: Toolbox, *files: Path) -> None:
    with EmbeddedStore(store) as target:
        assert not ingest(files, target, Settings(), tools, _quiet).refused


def test_a_backup_brings_everything_back(store: Path, tmp_path: Path, tools: Toolbox, examples: list[Path]) -> None:
    """While a writer is at work; with the superseded revision, personal data, manifest and kept validations."""
    _take_in(store, tools, _revised(tmp_path, examples[0]))
    with EmbeddedStore(store) as writer:
        writer.replace_graphs({"urn:t:unpublished": b"<urn:s> <urn:p> <urn:o> .\n"})
        writer.put_restricted(f"{BASE}graph/restricted/unpublished", b'<urn:s> <urn:p> "o" .\n')
        saved = back_up(store, tmp_path / "all.tar.gz")
        published = list(Snapshot(store).quads())
    assert (saved.disclosures, os.stat(tmp_path / "all.tar.gz").st_mode & 0o777) == (6, 0o600)
    copy = tmp_path / "copy"
    assert restore(tmp_path / "all.tar.gz", copy).disclosures == 6
    assert list(Snapshot(copy).quads()) == published
    assert Snapshot(copy).version > saved.version
    assert _hashes(copy) == _hashes(store)
    old, new = Rooms(store), Rooms(copy)
    assert sorted(line for line in new.manifest.read_text().splitlines() if line) == sorted(
        filter(None, old.manifest.read_text().splitlines())
    )
    for folder in ("outcomes", "superseded"):
        assert sorted(path.name for path in (new.path / folder).iterdir()) == sorted(path.name for path in (old.path / folder).iterdir())
    archived = Room(new.archive)
    assert [archived.dump(name) for name in archived.graphs()] == [Room(old.archive).dump(name) for name in Room(old.archive).graphs()]
    kept = set(Room(new.restricted).graphs()) if new.restricted.exists() else set()
    assert f"{BASE}graph/restricted/unpublished" not in kept
    assert not _parts(copy)
    _take_in(copy, tools, examples[1])  # it can be written


def test_a_restore_replaces_nothing_unasked(store: Path, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar"
    back_up(store, archive)
    with pytest.raises(StoreError, match="--overwrite"):
        back_up(store, archive)
    with pytest.raises(StoreError, match="--overwrite"):
        restore(archive, store)
    version = Snapshot(store).version
    with EmbeddedStore(store):
        shown = _kg("restore", "--overwrite", "--store", store, archive)
        assert (shown.returncode, "another process" in shown.stderr) == (2, True)
    for path in Rooms(store).main.iterdir():  # what one restores for
        path.write_bytes(b"damaged")
    shown = _kg("restore", "--overwrite", "--store", store, archive)
    assert shown.returncode == 0, shown.stderr
    assert Snapshot(store).version > version
    assert not _parts(store)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_changed_or_cut_archive_is_refused(store: Path, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar"
    back_up(store, archive)
    data = archive.read_bytes()
    source = Rooms(store).source(_hashes(store)[0]).read_bytes()
    cases = {
        "changed": data.replace(source, source[:-1] + bytes([source[-1] ^ 1])),
        "cut": data[: len(data) // 2],
        "short": data[: data.rindex(b"SHA256SUMS")].ljust(len(data), b"\0"),
        "empty": b"",
    }
    for name, spoilt in cases.items():
        assert spoilt != data
        (tmp_path / name).write_bytes(spoilt)
        with pytest.raises(StoreError, match="archive"):
            restore(tmp_path / name, tmp_path / "copy")
    for number, name in enumerate(("../evil", "/evil", "main/../../evil", "main/link")):
        path = tmp_path / f"evil-{number}"
        with tarfile.open(path, "w") as tar:
            member = tarfile.TarInfo(name)
            member.type = tarfile.SYMTYPE if name.endswith("link") else tarfile.REGTYPE
            member.linkname = "/etc"
            tar.addfile(member, io.BytesIO())
        with pytest.raises(StoreError, match="no archive of kg backup"):
            restore(path, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    assert not list(tmp_path.glob(".copy*"))


def test_a_store_of_another_schema_is_refused_with_what_helps(store: Path) -> None:
    for version, words in ((SCHEMA_VERSION + 1, "newer program"), (SCHEMA_VERSION - 1, "kg ingest --store NEW OLD/sources")):
        Rooms(store).schema.write_text(f"{version}\n")
        for opened in (Snapshot, EmbeddedStore, _found, lambda place: back_up(place, store.parent / "b.tar")):
            with pytest.raises(StoreError, match=words):
                opened(store)
    shown = _kg("stats", "--store", store)
    assert (shown.returncode, shown.stderr.count("\n")) == (2, 1)
    assert f"schema version {SCHEMA_VERSION - 1}, this program reads and writes {SCHEMA_VERSION}" in shown.stderr
    assert not (store.parent / "b.tar").exists()


def test_what_helps_with_a_store_of_an_older_schema_does_help(store: Path, tmp_path: Path) -> None:
    """All figures of a document come from its source, under its hash."""
    source = min(Rooms(store).sources.iterdir(), key=lambda path: path.stat().st_size)
    graph = f"{BASE}graph/disclosure/{source.name[:16]}"
    before = Snapshot(store).dump(graph)
    Rooms(store).schema.write_text(f"{SCHEMA_VERSION - 1}\n")
    made = _kg("ingest", "--no-validate", "--store", tmp_path / "new", source)
    assert made.returncode == 0, made.stderr
    name = source.name.encode()
    assert [line for line in before.splitlines() if b"fileName" not in line] == [
        line for line in Snapshot(tmp_path / "new").dump(graph).splitlines() if b"fileName" not in line
    ]
    assert name in Snapshot(tmp_path / "new").dump(graph)


def _nothing(store: Path) -> None:
    pass


def _drop_a_graph(store: Path) -> None:
    with EmbeddedStore(store) as target:
        target.update(f"DROP GRAPH <{BASE}graph/disclosure/{_hashes(store)[0][:16]}>")


def _halve_a_graph(store: Path) -> None:
    with EmbeddedStore(store) as target:
        name = f"{BASE}graph/disclosure/{_hashes(store)[0][:16]}"
        lines = [line for line in target.dump(name).splitlines(keepends=True) if b"#amount>" not in line]
        target.replace_graphs({name: b"".join(lines)})


def _leak(store: Path) -> None:
    with EmbeddedStore(store) as target:
        target.replace_graphs({f"{BASE}graph/restricted/{_hashes(store)[0][:16]}": b'<urn:s> <urn:p> "x" .\n'})


def _change_a_source(store: Path) -> None:
    Rooms(store).source(_hashes(store)[0]).write_bytes(b"something else")


def _lose_a_source(store: Path) -> None:
    Rooms(store).source(_hashes(store)[0]).unlink()


def _spoil_an_outcome(store: Path) -> None:
    next(Rooms(store).outcomes.iterdir()).write_text("{")


def _spoil_the_index(store: Path) -> None:
    import sqlite3

    snapshot = Snapshot(store)
    SearchIndex.of_snapshot(snapshot).close()
    database = sqlite3.connect(index_path(snapshot.rooms, snapshot.version))
    database.execute("DELETE FROM entry WHERE id = 7")
    database.commit()
    database.close()


def _spoil_a_report(store: Path) -> None:
    graph = next(name for name in Snapshot(store).graphs() if "/validation/" in name and b"#Finding>" in Snapshot(store).dump(name))
    with EmbeddedStore(store) as target:
        target.update(f"DELETE WHERE {{ GRAPH <{graph}> {{ ?r <http://www.w3.org/ns/shacl#result> ?f }} }}")


def _spoil_the_reference(store: Path) -> None:
    with EmbeddedStore(store) as target:
        target.update(f"INSERT DATA {{ GRAPH <{REFERENCE}> {{ <urn:s> <urn:p> <urn:o> }} }}")


def _spoil_the_links(store: Path) -> None:
    with EmbeddedStore(store) as target:
        target.amend(f"{BASE}graph/links", b"", b'<urn:s> <urn:p> "o" .\n')


def _strand_personal_data(store: Path) -> None:
    with EmbeddedStore(store) as target:
        target.put_restricted(f"{BASE}graph/restricted/{'0' * 16}", b'<urn:s> <urn:p> "x" .\n')


def _damage(store: Path) -> None:
    """A byte of a file of the engine."""
    path = max(Rooms(store).main.glob("*.sst"), key=lambda path: path.stat().st_size)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)


def _damage_a_snapshot(store: Path) -> None:
    path = max(Snapshot(store).folder.glob("*.sst"), key=lambda path: path.stat().st_size)
    path.write_bytes(path.read_bytes()[:-9] + b"x" * 9)


def _lose_current(store: Path) -> None:
    Rooms(store).current.write_text('{"snap')


@pytest.mark.parametrize(
    ("spoil", "part"),
    [
        (_nothing, ""),
        (_drop_a_graph, "manifest"),
        (_halve_a_graph, "main"),
        (_leak, "main"),
        (_change_a_source, "sources"),
        (_lose_a_source, "sources"),
        (_spoil_an_outcome, "outcomes"),
        (_spoil_the_index, "search"),
        (_spoil_a_report, "findings"),
        (_spoil_the_reference, "reference"),
        (_spoil_the_links, "links"),
        (_strand_personal_data, "restricted"),
        (_damage, "main"),
        (_damage_a_snapshot, "snapshots"),
        (_lose_current, "snapshots"),
    ],
)
def test_verify_tells_the_truth(store: Path, spoil: Callable[[Path], None], part: str) -> None:
    spoil(store)
    assert part in (_parts(store) or {""})


def test_verify_says_it_by_its_status(store: Path, tmp_path: Path) -> None:
    shown = _kg("verify", "--store", store)
    assert (shown.returncode, shown.stdout) == (0, "")
    with EmbeddedStore(store):
        shown = _kg("verify", "--store", store)
        assert (shown.returncode, "a process is writing" in shown.stdout, shown.stdout.count("\n")) == (0, True, 1)
    _lose_a_source(store)
    shown = _kg("verify", "--store", store)
    assert shown.returncode == 1
    assert _hashes(tmp_path / "store")[0] not in shown.stdout
    assert "source is missing" in shown.stdout
    assert _kg("verify", "--store", tmp_path / "absent").returncode == 2


def test_a_removed_document_is_nowhere(store: Path, tools: Toolbox, examples: list[Path], judge: Judge) -> None:
    _take_in(store, tools, *examples)
    file = examples[0]
    SearchIndex.of_snapshot(Snapshot(store)).close()
    shown = _kg("remove", "--store", store, file.name)
    assert shown.returncode == 0, shown.stderr
    sha256 = next(line for line in shown.stderr.splitlines() if "removed" in line).split()[-2]
    rooms = Rooms(store)
    quads = b"".join(Snapshot(store).quads())
    assert sha256.encode() not in quads
    assert not [path for path in rooms.path.rglob("*") if path.is_file() and sha256 in path.name]
    assert sha256 not in rooms.manifest.read_text()
    assert not [path for path in rooms.outcomes.iterdir() if sha256.encode() in path.read_bytes()]
    assert not rooms.restricted.exists() or not [name for name in Room(rooms.restricted).graphs() if sha256 in name]
    assert len(list(rooms.snapshots.iterdir())) == len(list((rooms.path / "beside").iterdir())) == 1
    assert len(list((rooms.path / "search").glob("*.sqlite"))) == 1
    snapshot = Snapshot(store)
    assert snapshot.dump(REFERENCE) == canonical(reference(snapshot).data)
    assert [found for found in _found(store) if found.fault] == []
    with EmbeddedStore(store) as target, pytest.raises(BudgetError, match="no document"):
        remove([file.name], target, rooms, Settings(), judge.rules)
    _take_in(store, tools, file)
    assert f"disclosure/{sha256}".encode() in b"".join(Snapshot(store).quads())


def test_an_ingest_broken_off_between_archive_and_graph_is_no_fault(
    store: Path, tmp_path: Path, tools: Toolbox, examples: list[Path]
) -> None:
    """The older revision is still the current one: told as that, and ended by the next ingest."""
    with EmbeddedStore(store) as target:
        graph = next(name for name in Room(Rooms(store).main).graphs() if _is_of(store, name, examples[0]))
        target.archive(graph, target.dump(graph), f"{BASE}disclosure/0123456789abcdef")
    assert not _parts(store)
    assert [found.place for found in _found(store) if found.part == "archive"] == [graph]
    _take_in(store, tools, _revised(tmp_path, examples[0]))
    assert not [found for found in _found(store) if found.part == "archive"]
    assert not _parts(store)


def test_revisions_go_with_their_successor_or_not_at_all(
    store: Path, tmp_path: Path, tools: Toolbox, examples: list[Path], judge: Judge
) -> None:
    first, second = (_revised(tmp_path, examples[0], number) for number in (1, 2))
    _take_in(store, tools, first)
    _take_in(store, tools, second)
    rooms = Rooms(store)
    oldest, middle = sorted(rooms.superseded.iterdir(), key=lambda path: path.stat().st_mtime)
    with EmbeddedStore(store) as target:
        with pytest.raises(BudgetError, match="--revisions"):
            remove([second.name], target, rooms, Settings(), judge.rules)
        remove([middle.name], target, rooms, Settings(), judge.rules)
    assert (
        rooms.successor(oldest.name)
        == f"{BASE}disclosure/{next(name for name in Room(rooms.main).graphs() if _is_of(store, name, second))[-16:]}"
    )
    assert not _parts(store)
    with EmbeddedStore(store) as target:
        assert len(remove([second.name], target, rooms, Settings(), judge.rules, revisions=True)) == 2
    assert not list(rooms.superseded.iterdir())
    assert not Room(rooms.archive).graphs()
    assert len(_hashes(store)) == 4
    assert not _parts(store)


def _is_of(store: Path, graph: str, file: Path) -> bool:
    return f'fileName> "{file.name}"'.encode() in Snapshot(store).dump(graph)


def test_a_removal_that_was_broken_off_is_ended(store: Path, tools: Toolbox, examples: list[Path]) -> None:
    sha256 = _hashes(store)[0]
    before = b"".join(Snapshot(store).quads())
    with EmbeddedStore(store) as target:
        removal = {"graphs": [f"{BASE}graph/disclosure/{sha256[:16]}", f"{BASE}graph/validation/{sha256[:16]}"], "hashes": [sha256]}
        whole = {"disclosures": [f"{BASE}disclosure/{sha256[:16]}"], "archived": [], "restricted": [], "successors": {}, **removal}
        target.rooms.removing.write_text(json.dumps(whole))
    assert sha256[:16].encode() in before
    assert _parts(store) == {"removal"}
    with EmbeddedStore(store):
        pass
    assert f"graph/disclosure/{sha256[:16]}".encode() not in b"".join(Snapshot(store).quads())
    assert _hashes(store)[0] != sha256
    _take_in(store, tools, examples[0])  # what documents share follows with the next ingest
    assert not _parts(store)


def test_what_documents_share_is_told_alike_by_parts_and_as_a_whole(
    store: Path, tmp_path: Path, tools: Toolbox, examples: list[Path]
) -> None:
    for number, changed in enumerate((_revised(tmp_path, examples[0]), _revised(tmp_path, examples[1]))):
        _take_in(store, tools, changed)
        snapshot = Snapshot(store)
        assert snapshot.dump(REFERENCE) == canonical(reference(snapshot).data), number
    assert not Rooms(store).reference_due.exists()


def _no_space(limit: int) -> Callable[[], None]:
    """No file of the process may grow past ``limit`` bytes."""

    def set_limit() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return set_limit


def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(store: Path, tmp_path: Path, tools: Toolbox, examples: list[Path]) -> None:
    new = tmp_path / "new"
    shutil.rmtree(store)
    _take_in(store, tools, examples[0])
    shown = _kg("ingest", "--no-validate", "--store", store, *examples[1:3], before=_no_space(1_000_000))
    assert shown.returncode == 2
    assert "the disk is full" in shown.stderr
    assert "Traceback" not in shown.stderr
    acknowledged = {line.split()[2].rstrip(":") for line in shown.stderr.splitlines() if line.startswith("[") and "new" in line}
    assert len(acknowledged) < 2
    assert not _parts(store)
    main = b"".join(Room(Rooms(store).main).dump(name) for name in Room(Rooms(store).main).graphs())
    assert all(f'fileName> "{name}"'.encode() in main for name in {examples[0].name} | acknowledged)
    _take_in(store, tools, *examples[:3])
    _take_in(new, tools, *examples[:3])
    assert list(Snapshot(store).quads()) == list(Snapshot(new).quads())


def _no_privilege() -> None:
    """Root, too, obeys permissions: CAP_DAC_OVERRIDE goes with the next program."""
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


def test_a_directory_that_may_not_be_written_is_told(store: Path, examples: list[Path]) -> None:
    before = list(Snapshot(store).quads())
    for folder in (store, *filter(Path.is_dir, store.rglob("*"))):
        folder.chmod(0o555)
    for file in filter(Path.is_file, store.rglob("*")):
        file.chmod(0o444)
    try:
        shown = _kg("ingest", "--store", store, examples[0], before=_no_privilege)
        assert (shown.returncode, "not writable here" in shown.stderr, "Traceback" in shown.stderr) == (2, True, False), shown.stderr
        assert _kg("stats", "--store", store, before=_no_privilege).returncode == 0
    finally:
        for folder in (store, *filter(Path.is_dir, store.rglob("*"))):
            folder.chmod(0o755)
    assert list(Snapshot(store).quads()) == before


def test_a_damaged_store_says_so_in_one_line(store: Path, examples: list[Path]) -> None:
    for path in Rooms(store).main.glob("MANIFEST-*"):
        path.write_bytes(b"\0" * 100)
    shown = _kg("ingest", "--store", store, examples[0])
    assert shown.returncode == 2
    assert "damaged" in shown.stderr.splitlines()[-1]
    assert "Traceback" not in shown.stderr
    assert "main" in _parts(store)


def test_a_clock_that_jumps_changes_nothing(
    store: Path, tmp_path: Path, tools: Toolbox, examples: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Order and revisions come from what documents say and from counters, not from the clock."""
    import time

    steady = Path(shutil.copytree(store, tmp_path / "steady"))
    revised = _revised(tmp_path, examples[0])
    version = Snapshot(store).version
    clock = iter(range(10**9, 0, -(10**6)))
    monkeypatch.setattr(time, "time", lambda: float(next(clock)))
    _take_in(store, tools, revised)
    monkeypatch.undo()
    _take_in(steady, tools, revised)
    assert list(Snapshot(store).quads()) == list(Snapshot(steady).quads())
    assert Snapshot(store).version == version + 1
    assert not _parts(store)


def _statements(number: int) -> dict[str, bytes]:
    """A graph of many statements that differ by few letters of long addresses."""
    place = f"{BASE}disclosure/{number:016x}/table/general-budget-expenditure/row"
    lines = (f'<{place}/{row}> <{BASE}ontology#functionalCode{row % 7}> "{number * row}" .\n' for row in range(3000))
    return {f"{BASE}graph/disclosure/{number:016x}": "".join(lines).encode()}


def test_a_store_into_which_much_was_written_is_put_in_order(tmp_path: Path) -> None:
    """Nothing is lost by it, and there are fewer tables than publications left behind."""

    def tables() -> int:
        return len(list(Rooms(tmp_path).main.glob("*.sst")))

    graphs: dict[str, bytes] = {}
    with EmbeddedStore(tmp_path) as store:
        for number in range(4):
            graphs |= _statements(number)
            store.replace_graphs(_statements(number))
            store.publish()
        before = tables()
        more = {name: data for number in range(4, 24) for name, data in _statements(number).items()}
        store.replace_graphs(more)
    assert tables() < before
    assert all(Snapshot(tmp_path).dump(name) == canonical(data) for name, data in (graphs | more).items())


def test_a_table_that_the_engine_merges_meanwhile_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    glob = Path.glob
    monkeypatch.setattr(Path, "glob", lambda folder, pattern: [*glob(folder, pattern), folder / "merged.sst"])
    (name, data), *_ = _statements(1).items()
    with EmbeddedStore(tmp_path) as store:
        store.replace_graphs({name: data})
    assert Snapshot(tmp_path).dump(name) == canonical(data)
