"""A store as one archive, and back: the published state with everything that belongs to it, every file under its hash.

The archive is a tar file, gzipped where its name says so. ``backup.json`` comes first and says what it is; ``SHA256SUMS`` comes last and
names every other file, so that an archive that was cut off has none. (``tar x`` and ``sha256sum -c`` open and check it too.)
"""

import contextlib
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, BinaryIO

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.embedded import EmbeddedStore
from kg.store.faults import BUSY, told
from kg.store.lease import no_writer
from kg.store.rooms import SCHEMA_VERSION, Rooms, other_schema
from kg.store.snapshot import Snapshot
from kg.terms import TERMS

_FORMAT = 1
_FIRST, _LAST = "backup.json", "SHA256SUMS"
_NAMES = re.compile(r"(?:main|(?:archive|restricted)|sources|superseded|outcomes)/[A-Za-z0-9][A-Za-z0-9._-]*|MANIFEST")
_ATTEMPTS = 3
_BLOCK = 1 << 20
_COMPRESSION = 1
"""The engine's files are compressed already."""


@dataclass(frozen=True)
class Saved:
    """What an archive holds: disclosures (those that were superseded too), files, and bytes before compression."""

    version: int
    disclosures: int
    files: int
    size: int


class _VanishedError(Exception):
    """A file went while the archive was written: a removal, which has published a newer state by then."""


def back_up(store: Path, archive: Path, overwrite: bool = False) -> Saved:
    """Write the newest published state of a store directory into ``archive``, while readers and a writer go on.

    What a writer has not published yet is not in it. The file holds personal data and is for its owner's eyes alone (mode 600).
    Raises :class:`StoreError` when there is no store, or the archive is there already and not to be overwritten.
    """
    if archive.exists() and not overwrite:
        raise StoreError("已存在，--overwrite 才会替换 / is there already; --overwrite replaces it", str(archive))
    with told(archive):
        for attempt in range(_ATTEMPTS):
            handle, name = tempfile.mkstemp(dir=archive.absolute().parent, prefix=f".{archive.name}.")
            try:
                with os.fdopen(handle, "wb") as file:
                    saved = _write(Snapshot(store), file, archive.name.endswith((".gz", ".tgz")))
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, archive)
            except _VanishedError as error:
                if attempt + 1 == _ATTEMPTS:
                    raise StoreError(f"备份时存储一直在变 / the store kept changing while it was read: {error}", str(store)) from error
            else:
                return saved
            finally:
                Path(name).unlink(missing_ok=True)
    raise AssertionError("the last attempt returns or raises")


def _write(snapshot: Snapshot, file: BinaryIO, compressed: bool) -> Saved:
    rooms = snapshot.rooms
    hashes = hashes_in(snapshot)
    superseded = sorted(rooms.superseded.iterdir()) if rooms.superseded.exists() else []
    shorts = {path.name for path in superseded}
    sources = [path for path in sorted(rooms.sources.iterdir()) if path.name in hashes or path.name[:16] in shorts]
    if missing := hashes - {path.name for path in sources}:
        raise _VanishedError(f"{len(missing)} sources")
    said = {
        "format": _FORMAT,
        "schema": SCHEMA_VERSION,
        "program": version("budget-kg"),
        "version": snapshot.version,
        "vocabulary": snapshot.vocabulary,
        "disclosures": len(hashes),
        "superseded": len(superseded),
        "reference_due": rooms.reference_due.exists(),
    }
    with contextlib.ExitStack() as stack:
        if compressed:
            file = stack.enter_context(gzip.GzipFile("", "wb", _COMPRESSION, file, mtime=0))  # type: ignore[assignment]
        tar = stack.enter_context(tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT))
        packing = _Packing(tar)
        packing.data(_FIRST, json.dumps(said, indent=1).encode())
        packing.folder("main", snapshot.folder)
        for room in ("archive", "restricted"):
            packing.folder(room, rooms.beside(snapshot.folder.name) / room)
        packing.files("sources", sources)
        packing.files("superseded", superseded)
        with contextlib.suppress(FileNotFoundError):
            packing.files("outcomes", sorted(rooms.outcomes.iterdir()), may_go=True)
        lines = rooms.manifest.read_text("ascii", "replace").splitlines() if rooms.manifest.exists() else []
        kept = [line for line in lines if line[:64] in hashes or line[:16] in shorts]
        packing.data("MANIFEST", "".join(f"\n{line}" for line in kept).encode())
        packing.data(_LAST, "".join(f"{digest}  {name}\n" for name, digest in packing.sums.items()).encode())
    return Saved(snapshot.version, len(hashes | {path.name for path in sources}), len(packing.sums), packing.size)


def hashes_in(snapshot: Snapshot) -> set[str]:
    """The hashes of the disclosures of a snapshot."""
    answer = snapshot.query(f"SELECT ?sha256 WHERE {{ ?disclosure <{TERMS}sha256> ?sha256 }}")
    assert isinstance(answer, ox.QuerySolutions)
    return {row["sha256"].value for row in answer}


class _Packing:
    """Puts files into a tar file and notes their hashes."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.sums: dict[str, str] = {}
        self.size = 0

    def data(self, name: str, data: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(data), 0o600
        self._tar.addfile(info, io.BytesIO(data))
        self.sums[name] = hashlib.sha256(data).hexdigest()
        self.size += len(data)

    def folder(self, name: str, folder: Path) -> None:
        if folder.exists():
            self.files(name, sorted(path for path in folder.iterdir() if path.is_file()))

    def files(self, folder: str, paths: list[Path], may_go: bool = False) -> None:
        """Raises :class:`_VanishedError` for one that is gone, unless it ``may_go``."""
        for path in paths:
            try:
                # The engine's own files do not change once they are in a snapshot; the others are replaced as a whole.
                data = path.read_bytes()
            except FileNotFoundError as error:
                if may_go:
                    continue
                raise _VanishedError(path.name) from error
            self.data(f"{folder}/{path.name}", data)


def restore(archive: Path, store: Path, overwrite: bool = False) -> Saved:
    """Make the store directory of an archive, checked file by file, and publish it.

    Raises :class:`StoreError`, and leaves what is there as it is, when the archive is cut off, changed or of another schema
    version, or when ``store`` is there and not to be overwritten, or is being written.
    """
    there = store.exists() and any(store.iterdir())
    if there and not overwrite:
        raise StoreError("已存在，--overwrite 才会替换 / is there already; --overwrite replaces it", str(store))
    with told(store):
        store.absolute().parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=store.absolute().parent, prefix=f".{store.name}.restoring-"))
        try:
            said, files, size = _unpack(archive, made)
            if there:
                rooms = Rooms(store)
                _publish(made, said, max(rooms.published_version(), int(said["version"])))
                gone = made.with_name(f"{made.name}.old")
                with no_writer(rooms.main) as alone:
                    if not alone:
                        raise StoreError(BUSY, str(store))
                    os.rename(store, gone)
                    os.rename(made, store)
                shutil.rmtree(gone)
            else:
                _publish(made, said, int(said["version"]))
                if store.exists():
                    store.rmdir()
                os.rename(made, store)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return Saved(int(said["version"]), int(said["disclosures"]) + int(said["superseded"]), files, size)


def _unpack(archive: Path, target: Path) -> tuple[dict[str, Any], int, int]:
    """Write the files of an archive under ``target``; what it says of itself, how many files, how many bytes."""
    sums: dict[str, str] = {}
    told_sums: dict[str, str] = {}
    said: dict[str, Any] = {}
    size = 0
    try:
        with tarfile.open(archive, "r|*") as tar:
            for member in tar:
                if told_sums or not (member.isfile() and (member.name in (_FIRST, _LAST) or _NAMES.fullmatch(member.name))):
                    raise StoreError(f"不是 kg backup 的存档 / no archive of kg backup: it holds {member.name!r}", str(archive))
                content = tar.extractfile(member)
                assert content is not None, "it is a file"
                if member.name == _LAST:
                    told_sums = dict(_sum(line) for line in content.read().decode().splitlines())
                elif member.name == _FIRST:
                    data = content.read()
                    sums[_FIRST] = hashlib.sha256(data).hexdigest()
                    said = _said(json.loads(data), archive)
                else:
                    sums[member.name] = _copy(content, target / member.name)
                    size += member.size
    except (tarfile.TarError, EOFError, ValueError, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, FileNotFoundError | tarfile.ReadError) and error.errno is not None:
            raise
        raise StoreError(f"存档不能读取或不完整 / the archive cannot be read or is cut off: {error}", str(archive)) from error
    if not said or not told_sums:
        raise StoreError("存档不完整：没有校验和 / the archive is cut off: it does not end in its checksums", str(archive))
    if wrong := sorted(name for name in sums.keys() | told_sums.keys() if sums.get(name) != told_sums.get(name)):
        raise StoreError(f"存档内容与校验和不符 / the archive does not hold what its checksums say: {', '.join(wrong[:5])}", str(archive))
    return said, len(sums), size


def _said(said: dict[str, Any], archive: Path) -> dict[str, Any]:
    if said.get("format") != _FORMAT:
        raise StoreError(f"存档格式 {said.get('format')} 未知 / format {said.get('format')} of the archive is not known", str(archive))
    if said["schema"] != SCHEMA_VERSION:
        raise StoreError(other_schema(str(said["schema"])), str(archive))
    return said


def _sum(line: str) -> tuple[str, str]:
    digest, _, name = line.partition("  ")
    return name, digest


def _copy(content: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while block := content.read(_BLOCK):
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def _publish(made: Path, said: dict[str, Any], version: int) -> None:
    """Make a whole store of the unpacked files; its publication follows ``version``."""
    rooms = Rooms(made)
    rooms.schema.write_text(f"{SCHEMA_VERSION}\n", "utf-8")
    if said["vocabulary"]:
        rooms.vocabulary.write_text(said["vocabulary"], "utf-8")
    if said["reference_due"]:
        rooms.reference_due.touch()
    with EmbeddedStore(made) as store:
        store.publish(after=version)
