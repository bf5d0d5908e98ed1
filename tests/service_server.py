"""A real server in processes of its own: `kg serve` on a free loopback port, and what can be seen of its processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tests.web_fixture import Answer

TOKEN = "the-owner-of-this-test"
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running server; ``log`` is what it has printed."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def processes(self) -> list[int]:
        """The server and everything it has started, by the links from child to parent."""
        return [self.process.pid, *descendants(self.process.pid)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def kg_serve(store: Path | str, folder: Path, *options: str) -> Iterator[Server]:
    """`kg serve` over a store, stopped at the end. ``folder`` takes its log. It runs no queries of its own
    unless an option says so."""
    port = free_port()
    log = folder / f"serve-{port}.log"
    quietly = ["--port", str(port), "--ready-after", "0"]
    command = [sys.executable, "-m", "kg.cli", "serve", "--store", str(store), *quietly, *options]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(45)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def writable(folder: Path) -> list[str]:
    """The options of a writable installation whose token is :data:`TOKEN`."""
    file = folder / "token"
    file.write_text(TOKEN, "utf-8")
    return ["--writable", "--token-file", str(file)]


def _wait(server: Server) -> None:
    """Until requests are answered."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        if server.process.poll() is not None:
            break
        try:
            if request(server.address, "/healthz").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the server does not answer:\n{server.log.read_text('utf-8')}")


def request(
    address: str,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    source: str = "127.0.0.1",
    timeout: float = 120,
) -> Answer:
    """One request from a loopback address of one's choice."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=timeout, source_address=(source, 0))
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def descendants(pid: int) -> list[int]:
    """Children, children of children and so on."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    found = [child for child, parent in parents.items() if parent == pid]
    return found + [other for child in found for other in descendants(child)]


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def private_bytes(pid: int) -> int:
    """Resident memory that is not of files; 0 when the process has gone."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text("ascii").split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE") if fields else 0
