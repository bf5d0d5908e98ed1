"""Starting and stopping the broker. It lives as long as the process that started it, and is started again when it dies."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path

from kg.errors import StoreError
from kg.query_pool.limits import Limits
from kg.query_pool.source import Place

_START_SECONDS = 30
_STOP_SECONDS = 5


class Pool:
    """A broker with its workers. Use as a context manager; leaving it ends them all.

    ``folder`` is private to this user: it holds the socket and, while they are sent, large answers (as files without a name).
    """

    def __init__(self, store: Place, limits: Limits) -> None:
        self._store = store
        self._limits = limits
        self._stopping = False
        self.folder = Path(tempfile.mkdtemp(prefix="kg-pool-"))

    @property
    def address(self) -> Path:
        """The socket on which the broker answers."""
        return self.folder / "broker"

    def __enter__(self) -> "Pool":
        self._start()
        self._owner = os.getpid()
        threading.Thread(target=self._keep, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the broker and its workers; again does nothing."""
        if self._stopping or os.getpid() != self._owner:  # a child of the owner's has inherited this object
            return
        self._stopping = True
        self._lifeline.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._lifeline.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        """Start the broker and wait until it answers."""
        self.address.unlink(missing_ok=True)
        self._lifeline, theirs = socket.socketpair()
        settings = {
            "store": str(self._store.absolute()) if isinstance(self._store, Path) else asdict(self._store),
            "folder": str(self.folder),
            "limits": asdict(self._limits),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kg.query_pool", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "MALLOC_ARENA_MAX": "2"},
        )
        theirs.close()
        self._lifeline.sendall(json.dumps(settings).encode() + b"\n")
        self._lifeline.settimeout(_START_SECONDS)
        try:
            ready = self._lifeline.recv(16)
        except TimeoutError:
            ready = b""
        if not ready:
            self._process.kill()
            raise StoreError("the query processes did not start", str(self._store))
        self._lifeline.settimeout(None)

    def _keep(self) -> None:
        """Start the broker again when it ends by itself."""
        while not self._stopping:
            try:
                gone = not self._lifeline.recv(1)
            except OSError:
                gone = True
            if gone and not self._stopping:
                self._process.wait()
                self._start()
