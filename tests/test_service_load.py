"""The service under attack, under mixed load with data coming in, and a store whose writer is killed.

Each has a short form for every day and a long one for `make soak`, which prints its figures.
"""

import hashlib
import json
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from http.client import HTTPException
from pathlib import Path

import pytest

from kg.codes import load_codes
from kg.errors import StoreError
from kg.ingest import Toolbox
from kg.ingest import ingest as ingest_files
from kg.resources import code_list_files
from kg.samples import write_text
from kg.samples.generate import disclosures, drawn
from kg.samples.style import HOUSE_STYLES
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot
from tests.service_load import ENDLESS, LARGE, ORDINARY, States, Tally, ask_and_compare, attack, path_of, right_answers, workers_of
from tests.service_server import TOKEN, Server, kg_serve, request, writable

MEMORY_LIMIT = 256
OWN_MIB = 150
"""What a worker has before it runs a query, at most."""
WORKERS = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("load")


def run_attack(store: Path, folder: Path, seconds: float, time_limit: int, bound: float, capsys: pytest.CaptureFixture[str]) -> None:
    right = right_answers(Snapshot(store))
    with kg_serve(store, folder, "--memory-limit", str(MEMORY_LIMIT), "--time-limit", str(time_limit), "--access-log", "") as server:
        found = attack(server, seconds, right)
        with capsys.disabled():
            print(f"\nattack of {seconds:.0f} s by 8 clients: {sum(found.attackers.statuses.values())} endless queries refused")
            print(f"  {dict(found.attackers.statuses)}")
            print(
                f"  ninth client: {len(found.ordinary.seconds)} queries, median {found.ordinary.median():.4f} s, "
                f"95 % {found.ordinary.share(0.95):.3f} s, worst {max(found.ordinary.seconds):.3f} s, "
                f"failed {len(found.ordinary.failed)}, wrong {len(found.ordinary.wrong)}; "
                f"largest worker {found.largest / 2**20:.0f} MiB (limit {MEMORY_LIMIT} beyond its own)"
            )
        assert not found.ordinary.failed
        assert not found.ordinary.wrong
        assert not found.attackers.failed
        assert found.ordinary.median() < bound
        assert found.largest < (MEMORY_LIMIT + OWN_MIB) * 2**20
        _is_as_before(server, right)


def _is_as_before(server: Server, right: dict[str, str]) -> None:
    """Within a minute: a worker that was ended a moment ago is still a process until it is buried."""
    expected, ends = ((WORKERS, 0, 0), WORKERS), time.monotonic() + 60
    while (found := (_status(server), len(workers_of(server)))) != expected and time.monotonic() < ends:
        time.sleep(0.2)
    assert found == expected
    states = States({Snapshot(_store_of(server)).tag: right})
    tally = Tally()
    for query in ORDINARY.values():
        ask_and_compare(server, states, query, "127.0.0.98", tally)
    assert tally.statuses == {"200": len(ORDINARY)}
    assert not tally.wrong


def _store_of(server: Server) -> Path:
    command = server.process.args
    assert isinstance(command, list)
    return Path(command[command.index("--store") + 1])


def _status(server: Server) -> tuple[int, int, int]:
    queries = json.loads(request(server.address, "/healthz").body)["queries"]
    return queries["workers"], queries["running"], queries["waiting"]


def test_a_short_attack(example_store: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_attack(example_store, folder, 5, 4, 2.0, capsys)  # a test machine has other things to do


@pytest.mark.soak
def test_an_attack_of_a_minute(example_store: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_attack(example_store, folder, 60, 30, 0.5, capsys)


def documents(folder: Path, states: int, count: int) -> list[list[Path]]:
    """The disclosures of ``count`` departments in ``states`` revisions, each with other figures."""
    codes = load_codes(code_list_files())
    found = []
    for state in range(states):
        place = folder / f"state-{state}"
        place.mkdir(parents=True)
        files = []
        for number, department in enumerate(drawn(1, count, HOUSE_STYLES, codes)):
            (sample,) = disclosures(department, state, [2026], codes)
            files.append(place / f"document-{number}.txt")
            files[-1].write_text(write_text(sample), "utf-8")
        found.append(files)
    return found


def ingest(store: Path, files: list[Path]) -> None:
    """`kg ingest` as its user runs it, but for the rules, which are about other things."""
    command = [sys.executable, "-m", "kg.cli", "ingest", "--no-validate", "--store", str(store), *map(str, files)]
    done = subprocess.run(command, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()


def run_mixed(source: Path, folder: Path, seconds: float, capsys: pytest.CaptureFixture[str]) -> None:
    """Ordinary, large and endless queries, pages, conditional requests and faults, while files and updates come in."""
    store = folder / "mixed"
    shutil.rmtree(store, ignore_errors=True)
    shutil.copytree(source, store)
    states, tally, endless, pages, published = States(), Tally(), Tally(), Tally(), 0
    states.record(Snapshot(store))
    departments = 2 if seconds < 60 else 30
    revisions = documents(folder / f"documents-{seconds:.0f}", 2, departments)
    with kg_serve(store, folder, "--time-limit", "20", "--memory-limit", "512", "--access-log", "", *writable(folder)) as server:
        ends = time.monotonic() + seconds

        def ordinary(number: int) -> None:
            choose = random.Random(number)
            while time.monotonic() < ends:
                query = LARGE if choose.random() < 0.02 else choose.choice(list(ORDINARY.values()))
                ask_and_compare(server, states, query, f"127.0.1.{number}", tally)
                time.sleep(choose.random() / 20)

        def troublesome() -> None:
            choose = random.Random(1)
            while time.monotonic() < ends:
                _try(server, path_of(choose.choice(ENDLESS)), "127.0.2.1", endless, lambda status, reason: status == 503 and bool(reason))
                _try(server, "/sparql?query=SELECT", "127.0.2.1", endless, lambda status, reason: status == 400)

        def browsing() -> None:
            choose = random.Random(2)
            while time.monotonic() < ends:
                path = choose.choice(("/", "/findings", "/query", "/.well-known/void", "/sparql", "/query/q01-departments-by-total.csv"))
                _try(server, path, "127.0.3.1", pages, lambda status, reason: status in (429, 503) and bool(reason))
                time.sleep(0.2)

        threads = [threading.Thread(target=ordinary, args=(number,)) for number in range(1, 5)]
        threads += [threading.Thread(target=troublesome), threading.Thread(target=browsing)]
        for thread in threads:
            thread.start()
        turn = 0
        while time.monotonic() < ends:
            turn += 1
            if turn % 3:
                ingest(store, [revisions[turn // departments % len(revisions)][turn % departments]])
            else:
                _update(server, turn)
            states.record(Snapshot(store))
            published += 1
            time.sleep(min(2.0, seconds / 20))
        for thread in threads:
            thread.join()
    late = list(states.late())
    with capsys.disabled():
        print(f"\nmixed load of {seconds:.0f} s: {published} publications, {len(states.right)} states")
        print(f"  ordinary: {dict(tally.statuses)}")
        print(f"  ordinary: median {tally.median():.4f} s, 95 % {tally.share(0.95):.3f} s, worst {tally.share(1):.3f} s")
        print(f"  short queries refused: {len(tally.short_refused)} {tally.short_refused[:3]}")
        print(f"  endless and faulty: {dict(endless.statuses)}; pages: {dict(pages.statuses)}")
        failed = [*tally.failed, *endless.failed, *pages.failed]
        print(f"  wrong answers {len(tally.wrong) + len(late)}, failures other than announced refusals {len(failed)}")
    assert not tally.wrong
    assert not late
    assert not failed
    assert len(states.right) > published / 3
    assert tally.statuses["200"] > 0


def _try(server: Server, path: str, client: str, tally: Tally, allowed: object) -> None:
    try:
        answer = request(server.address, path, source=client)
    except (OSError, HTTPException) as error:
        tally.failed.append(f"{path}: {error!r}")
        return
    if answer.status == 200:
        tally.statuses["200"] += 1
    else:
        tally.refused(path, answer.status, answer.body, allowed)  # type: ignore[arg-type]


def _update(server: Server, turn: int) -> None:
    """The owner's change: visible when it is answered."""
    graph = "https://budget-kg.example/graph/note"
    text = f"DROP SILENT GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{ <x:turn> <x:is> {turn} }} }}"
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
    answer = request(server.address, "/sparql", "POST", text.encode(), headers)
    assert answer.status == 204, answer.body
    seen = request(server.address, f"/sparql?query=ASK%20%7B%3Cx:turn%3E%20%3Cx:is%3E%20{turn}%7D")
    assert json.loads(seen.body)["boolean"] is True


def test_mixed_load_for_some_seconds(example_store: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_mixed(example_store, folder, 8, capsys)


@pytest.mark.soak
def test_mixed_load_for_half_an_hour(example_store: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_mixed(example_store, folder, 1800, capsys)


def graphs_of(store: Path) -> dict[str, bytes]:
    """The disclosure graphs of a store by their short hashes, as its writer finds them."""
    with EmbeddedStore(store) as opened:
        return {name.rpartition("/")[2]: opened.dump(name) for name in opened.graphs() if "/graph/disclosure/" in name}


def run_kills(folder: Path, times: int, count: int, tools: Toolbox, capsys: pytest.CaptureFixture[str]) -> None:
    """kill -9 at random moments of a real ingest: of every file the old graph is there or the new one, and it is whole."""
    place = folder / f"kills-{times}"
    old_files, new_files = documents(place, 2, count)

    def take_in(store: Path, files: list[Path]) -> None:
        with EmbeddedStore(store) as opened:
            assert not ingest_files(files, opened, Settings(), tools, lambda message: None).refused

    before, after = place / "before", place / "after"
    take_in(before, old_files)
    shutil.copytree(before, after)
    take_in(after, new_files)
    old, new = graphs_of(before), graphs_of(after)
    pairs = list(zip(map(_sha16, old_files), map(_sha16, new_files), strict=True))
    assert sorted(old) == sorted(first for first, _ in pairs)
    # A revision that was signed earlier than the one that is there goes to the archive instead.
    assert all((first in new) != (second in new) for first, second in pairs)
    assert set(new) - set(old)
    choose = random.Random(times)
    outcomes: Counter[str] = Counter()
    for number in range(times):
        store = place / f"store-{number}"
        shutil.copytree(before, store)
        _kill_during_ingest(store, new_files, choose)
        Snapshot(store)
        found = graphs_of(store)
        for first, second in pairs:
            present = {name: data for name, data in found.items() if name in (first, second)}
            assert present in ({first: old[first]}, {second: new[second]} if second in new else None)
        outcomes[f"{len(set(found) - set(old))} of {len(set(new) - set(old))} replaced"] += 1
        take_in(store, new_files)
        assert graphs_of(store) == new
        shutil.rmtree(store)
    with capsys.disabled():
        print(f"\nkilled {times} times during an ingest of {len(new_files)} files: {dict(sorted(outcomes.items()))}")


def _sha16(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def _kill_during_ingest(store: Path, files: list[Path], choose: random.Random) -> None:
    """Kill it a moment after one of the files was reported, or before the first."""
    command = [sys.executable, "-m", "kg.cli", "ingest", "--no-validate", "--store", str(store), *map(str, files)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        for _ in range(choose.randint(0, len(files))):
            process.stderr.readline()
        time.sleep(choose.uniform(0, 0.3))
        process.kill()


def test_a_killed_ingest_leaves_whole_graphs(folder: Path, tools: Toolbox, capsys: pytest.CaptureFixture[str]) -> None:
    run_kills(folder, 2, 3, tools, capsys)


@pytest.mark.soak
def test_an_often_killed_ingest_leaves_whole_graphs(folder: Path, tools: Toolbox, capsys: pytest.CaptureFixture[str]) -> None:
    run_kills(folder, 60, 4, tools, capsys)


def test_two_writers_are_told_apart(example_store: Path, folder: Path) -> None:
    """While another process writes, the owner's update is refused and says so; reading goes on."""
    store = folder / "held"
    shutil.copytree(example_store, store)
    with EmbeddedStore(store), kg_serve(store, folder, *writable(folder)) as server:
        with pytest.raises(StoreError, match="another process"):
            EmbeddedStore(store)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
        answer = request(server.address, "/sparql", "POST", b"CLEAR ALL", headers)
        assert (answer.status, json.loads(answer.body)["reason"]) == (503, "locked")
        assert int(answer.headers["Retry-After"]) > 0
        assert request(server.address, path_of(ORDINARY["count"])).status == 200
