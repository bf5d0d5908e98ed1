"""A small file that appears as a whole or not at all, whoever reads beside."""

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, or put it in the place of the one that is there, in one step; only its owner may read it. Its folder must be there.

    Raises :class:`OSError`; then nothing has changed, and nothing half-written is left.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
