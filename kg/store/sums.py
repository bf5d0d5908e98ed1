"""Checksums of a snapshot's files: the engine checks a block when it reads it, and never reads all of them."""

import hashlib
from pathlib import Path

_NAME = "SUMS"


def write_sums(snapshot: Path, target: Path, last: Path) -> None:
    """Note the SHA-256 of each file of a snapshot in a folder; files that the ``last`` snapshot shares (by hard link) are not
    read again, so that this costs what is new."""
    known = {inode: digest for digest, inode, _ in _read(last)}
    lines = []
    for path in sorted(snapshot.iterdir()):
        inode = str(path.stat().st_ino) if path.suffix == ".sst" else ""  # the others are no hard links
        digest = known.get(inode) if inode else None
        lines.append(f"{digest or _digest(path)} {inode or '-'} {path.name}\n")
    (target / _NAME).write_text("".join(lines), "utf-8")


def changed_files(snapshot: Path, beside: Path) -> list[str]:
    """The files of a snapshot that are not what they were when it was published, or gone."""
    wrong = []
    for digest, _, name in _read(beside):
        path = snapshot / name
        if not path.exists() or _digest(path) != digest:
            wrong.append(name)
    return wrong


def changed_tables(main: Path, snapshot: Path, beside: Path) -> list[str]:
    """The engine's tables in its working folder that are not what they were when a snapshot that has them was published.

    A table never changes under its name; one that is gone was merged into others, one with the snapshot's inode is the snapshot's.
    """
    names = ((digest, name) for digest, _, name in _read(beside) if name.endswith(".sst") and (main / name).exists())
    return [name for digest, name in names if not _same(main / name, snapshot / name) and _digest(main / name) != digest]


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def _read(folder: Path) -> list[list[str]]:
    path = folder / _NAME
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [fields for line in lines if len(fields := line.split(" ", 2)) == 3]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
