"""Ingest on a Dask cluster: a real scheduler with two workers, one of which is killed on the way; the result is that of one process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import servers
from benchmarks.servers import MissingProgram, Server
from kg.cluster import Cluster
from kg.errors import BudgetError
from kg.ingest import Toolbox, ingest
from kg.iri import Minter
from kg.links import build_links
from kg.samples import write_text
from kg.samples.generate import generate
from kg.settings import Settings
from kg.store import EmbeddedStore, RemoteStore, Snapshot
from tests.conftest import missing

pytest.importorskip("distributed", reason="skipped: distributed is not installed (budget-kg[dask])")
_SECONDS = 120


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """The address of a scheduler, and its two workers."""
    said = tmp_path / "scheduler.json"
    common = ("--host", "127.0.0.1", "--scheduler-file", str(said), "--no-dashboard")
    processes = [_started("dask_scheduler", *common, "--port", "0")]
    try:
        _until(said.exists)
        worker = ("--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path / "scratch"), "--death-timeout", str(_SECONDS))
        processes += [_started("dask_worker", *common, *worker) for _ in range(2)]
        from distributed import Client

        with Client(scheduler_file=str(said), timeout=_SECONDS, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=_SECONDS)
            address = client.scheduler.address
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait(_SECONDS)


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Server]:
    """A server of its own: one that has forgotten much is slow."""
    try:
        with servers.oxigraph(tmp_path / "server", in_memory=True) as server:
            yield server
    except MissingProgram as program:
        missing(f"the server {program}")


def _started(program: str, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", f"distributed.cli.{program}", *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _until(true: "object") -> None:
    end = time.monotonic() + _SECONDS
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)


def _corpus(folder: Path, number: int) -> Path:
    folder.mkdir()
    for place, sample in enumerate(generate(7, number, (2026,))):
        (folder / f"{place}.txt").write_text(write_text(sample), "utf-8")
    return folder


def test_a_worker_that_is_killed_changes_nothing(
    cluster: tuple[str, list["subprocess.Popen[bytes]"]], tmp_path: Path, tools: Toolbox
) -> None:
    address, workers = cluster
    corpus = _corpus(tmp_path / "corpus", 5)
    (corpus / "letter.txt").write_text("一封信", "utf-8")
    said: list[str] = []

    def kill_one(message: str) -> None:
        said.append(message)
        if len(said) == 1:
            os.kill(workers[0].pid, signal.SIGKILL)
            workers[0].wait(_SECONDS)

    with EmbeddedStore(tmp_path / "spread") as store, Cluster(address, tmp_path / "parts") as spread:
        report = ingest([corpus], store, Settings(), tools, kill_one, elsewhere=spread.each_prepared)
        again = ingest([corpus], store, Settings(), tools, said.append, elsewhere=spread.each_prepared)
    assert workers[1].poll() is None
    assert [entry.outcome for entry in report.ingested] == ["new"] * 5
    assert [Path(refusal.file).name for refusal in report.refused] == ["letter.txt"]
    assert [(entry.outcome, entry.triples) for entry in again.ingested] == [("unchanged", 0)] * 5
    assert not list((tmp_path / "parts").iterdir())
    with EmbeddedStore(tmp_path / "local") as store:
        ingest([corpus], store, Settings(), tools, said.append)
    assert list(Snapshot(tmp_path / "spread").quads()) == list(Snapshot(tmp_path / "local").quads())


def test_the_command_fills_a_remote_store_by_a_cluster(
    cluster: tuple[str, list["subprocess.Popen[bytes]"]], new_server: Server, tmp_path: Path, tools: Toolbox
) -> None:
    """What workers prepared is in the service as one process would have put it there, links and all."""
    corpus, local = _corpus(tmp_path / "corpus", 2), tmp_path / "here"
    places = ["--store", new_server.endpoint.query, "--local", str(local), "--parts", str(tmp_path / "parts")]
    command = [sys.executable, "-m", "kg.cli", "ingest", "--no-validate", "--dask", cluster[0], *places, str(corpus)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    assert (done.returncode, "2 ingested, 0 refused" in done.stderr) == (0, True), done.stderr
    with EmbeddedStore(tmp_path / "local") as store:
        ingest([corpus], store, Settings(), tools, lambda message: None)
        build_links(store, Minter(Settings().base))
    assert list(RemoteStore(new_server.endpoint, local).quads()) == list(Snapshot(tmp_path / "local").quads())


def test_no_scheduler_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.cluster._SECONDS", 1)
    with pytest.raises(BudgetError, match="the cluster cannot be used"):
        Cluster("tcp://127.0.0.1:9", tmp_path / "parts")
