"""The service under attack, under mixed load with data coming in, and a store whose writer is killed.

Each has a short form for every day and a long one for `make soak`, which prints its figures.
"""

import json
import time
from pathlib import Path

import pytest

from kg.store import Snapshot
from tests.service_load import (
    ORDINARY,
    States,
    Tally,
    ask_and_compare,
    attack,
    right_answers,
    workers_of,
)
from tests.service_server import Server, kg_serve, request

MEMORY_LIMIT = 256
OWN_MIB = 150
"""What a worker has before it runs a query, at most."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("load")


def run_attack(store: Path, folder: Path, seconds: float, capsys: pytest.CaptureFixture[str]) -> None:
    right = right_answers(Snapshot(store))
    with kg_serve(store, folder, "--memory-limit", str(MEMORY_LIMIT), "--access-log", "") as server:
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
        assert found.ordinary.median() < 0.5
        assert found.largest < (MEMORY_LIMIT + OWN_MIB) * 2**20
        _is_as_before(server, right)


def _is_as_before(server: Server, right: dict[str, str]) -> None:
    ends = time.monotonic() + 60
    while (status := _status(server)) != (4, 0, 0) and time.monotonic() < ends:
        time.sleep(0.2)
    assert status == (4, 0, 0)
    assert len(workers_of(server)) == 4
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
    run_attack(example_store, folder, 8, capsys)


@pytest.mark.soak
def test_an_attack_of_a_minute(example_store: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_attack(example_store, folder, 60, capsys)
