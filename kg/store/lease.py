"""Snapshots in use stay: a reader holds a shared lock on the folder, and the publisher removes only what nobody holds.

The system drops a lock with its process, so a reader that was killed keeps nothing.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where a folder that is in use cannot be removed anyway
    fcntl = None  # type: ignore[assignment]


class Lease:
    """A shared lock on a folder, given back when the object goes. Raises :class:`OSError` when the folder is not there."""

    def __init__(self, folder: Path) -> None:
        self._handle: int | None = None
        if fcntl is not None:
            self._handle = os.open(folder, os.O_RDONLY)
            fcntl.flock(self._handle, fcntl.LOCK_SH)

    def __del__(self) -> None:
        if self._handle is not None:
            os.close(self._handle)


@contextlib.contextmanager
def no_writer(main: Path) -> Iterator[bool]:
    """Keep writers out of a store's main folder; yields whether that was possible. The engine locks the same file.

    The system gives such a lock to a process: one that writes the store itself must not ask, and would lose its own.
    """
    path = main / "LOCK"
    if fcntl is None or not path.exists():
        yield True
        return
    with path.open("rb+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def remove_unheld(folder: Path) -> None:
    """Remove a folder that nobody holds; leave one that is held."""
    if fcntl is None:
        shutil.rmtree(folder, ignore_errors=True)
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)
