"""SPARQL servers of our own on the loopback address, in a folder of their own: for tests and measurements.

``python -m benchmarks.servers virtuoso FOLDER [FILE.nq]`` starts one in the foreground, loads the file when there is one, prints its
address and stops with Ctrl-C. The folder keeps the data.
"""

import argparse
import contextlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import urllib3

from kg.store import Credentials, Endpoint

START_SECONDS = 180.0
STOP_SECONDS = 60.0
ISQL_SECONDS = 3600.0


class MissingProgram(Exception):
    """A server that this machine does not have; the text is its name."""


@dataclass(frozen=True)
class Server:
    """A running server: where it is and its process. ``sql_port`` and ``password`` are Virtuoso's, 0 and empty otherwise."""

    endpoint: Endpoint
    process: subprocess.Popen[bytes]
    folder: Path
    sql_port: int = 0
    password: str = ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str) -> str:
    """The path of a program, in this environment or on the machine."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise MissingProgram(name)
    return found


@contextlib.contextmanager
def oxigraph(folder: Path, in_memory: bool = False) -> Iterator[Server]:
    """``oxigraph serve`` with its data in ``folder``, or in memory."""
    port = free_port()
    where = [] if in_memory else ["--location", str(folder)]
    command = [program("oxigraph"), "serve", *where, "--bind", f"127.0.0.1:{port}"]
    with _running(command, folder, f"http://127.0.0.1:{port}/query") as process:
        yield Server(Endpoint(f"http://127.0.0.1:{port}/query"), process, folder)


@contextlib.contextmanager
def virtuoso(folder: Path, buffers: int = 10_000, rows: int = 1_000_000) -> Iterator[Server]:
    """Virtuoso with a small configuration of ours; ``buffers`` are pages of 8 KB, ``rows`` its limit of rows in an answer.

    The password of its administrator is made for a new folder and kept in the file ``password`` there.
    """
    web, sql = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "password"
    first = not secret.exists()
    if first:
        # an unquoted name to Virtuoso: it begins with a letter
        secret.write_text(f"p{secrets.token_hex(8)}")
        secret.chmod(0o600)
    password = secret.read_text()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(web=web, sql=sql, buffers=buffers, dirty=buffers * 3 // 4, rows=rows))
    command = [program("virtuoso-t"), "+configfile", "virtuoso.ini", "+foreground"]
    if first:  # with a new password it sets up its files and ends
        setting = ["+pwdold", "dba", "+pwddba", password, "+pwddav", password]
        with (folder / "server.log").open("ab") as log:
            subprocess.run([*command, *setting], cwd=folder, stdout=log, stderr=log, timeout=START_SECONDS, check=False)
    with _running(command, folder, f"http://127.0.0.1:{web}/sparql?query=ask%7B%7D") as process:
        endpoint = Endpoint(f"http://127.0.0.1:{web}/sparql", credentials=Credentials(user="dba", password=password))
        yield Server(endpoint, process, folder, sql, password)


@contextlib.contextmanager
def _running(command: list[str], folder: Path, url: str) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.log").open("ab") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process:
        try:
            _wait_for(url, process, folder)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    pool = urllib3.PoolManager(retries=False, timeout=5.0)
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once: {(folder / 'server.log').read_text('utf-8', 'replace')[-500:]}")
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            if pool.request("GET", url).status < 500:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start in time")


def isql(server: Server, *statements: str) -> str:
    """Run SQL in Virtuoso; its output. For bulk loads and checkpoints, which no protocol has."""
    command = [program("isql-vt"), f"127.0.0.1:{server.sql_port}", "dba", server.password, "ERRORS=STDOUT", "VERBOSE=OFF"]
    done = subprocess.run(
        command, input="\n".join(f"{one};" for one in statements), capture_output=True, text=True, timeout=ISQL_SECONDS, check=True
    )
    return done.stdout


def bulk_load(server: Server, quads: Path) -> str:
    """Load N-Quads that lie in the server's folder, the way that is fastest for it; what the server said."""
    if not server.sql_port:
        with quads.open("rb") as body:
            address = server.endpoint.query.replace("/query", "/store?no_transaction")
            answer = urllib3.request("POST", address, body=body, headers={"Content-Type": "application/n-quads"}, timeout=ISQL_SECONDS)
        return f"HTTP {answer.status} {answer.data.decode()[:200]}"
    return isql(
        server,
        f"ld_dir('{quads.parent}', '{quads.name}', 'urn:unnamed')",
        "rdf_loader_run()",
        "checkpoint",
        "select ll_file, ll_state, ll_error from DB.DBA.load_list",
    )


_VIRTUOSO = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
ErrorLogLevel = 7
FileExtend = 200
MaxCheckpointRemap = 2000
Striping = 0
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
MaxCheckpointRemap = 2000
Striping = 0
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 20
CheckpointInterval = 0
CaseMode = 2
CheckpointAuditTrail = 0
AllowOSCalls = 0
SchedulerInterval = 10
DirsAllowed = .
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
[HTTPServer]
ServerPort = 127.0.0.1:{web}
ServerRoot = .
ServerThreads = 10
HTTPThreadSize = 280000
DavRoot = DAV
EnabledDavVSP = 0
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = 60
DefaultQuery = ask {{}}
"""
_KINDS = {"oxigraph": oxigraph, "virtuoso": virtuoso}


def main() -> None:
    """Start a server in the foreground."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=sorted(_KINDS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("quads", type=Path, nargs="?", help="N-Quads to load (`kg export > FILE.nq`)")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    start = virtuoso(folder, buffers=100_000) if chosen.kind == "virtuoso" else oxigraph(folder)
    with start as server:
        if chosen.quads:
            began = time.perf_counter()
            inside = folder / "load.nq"
            shutil.copyfile(chosen.quads, inside)
            said = bulk_load(server, inside)
            inside.unlink()
            print(f"loaded in {time.perf_counter() - began:.1f} s\n{said}")
        print(f"kg query --store {server.endpoint.query} …")
        if server.password:
            print(f"for changes: KG_STORE_USER=dba KG_STORE_PASSWORD_FILE={folder / 'password'}")
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
