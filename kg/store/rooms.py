"""The folders of a store directory.

It holds ``main/`` (what may be asked), ``archive/`` (superseded revisions), ``restricted/`` (personal data), ``sources/`` (the
bytes of every disclosure, by hash), ``superseded/`` (what took the place of what), ``outcomes/`` (validations, by what they
rest on), ``snapshots/`` and ``beside/`` (what archive and restricted room held when a snapshot was published; backups take it
from there). One process may write; readers open the newest published snapshot and never wait for the writer.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from kg.errors import StoreError

SCHEMA_VERSION = 2


@dataclass(frozen=True)
class Rooms:
    """The folders of a store directory."""

    path: Path

    @property
    def main(self) -> Path:
        return self.path / "main"

    @property
    def archive(self) -> Path:
        return self.path / "archive"

    @property
    def restricted(self) -> Path:
        return self.path / "restricted"

    @property
    def sources(self) -> Path:
        return self.path / "sources"

    @property
    def outcomes(self) -> Path:
        return self.path / "outcomes"

    @property
    def snapshots(self) -> Path:
        return self.path / "snapshots"

    @property
    def unfinished(self) -> Path:
        """Files that are being written, each moved to its place when it is whole. The next writer empties it."""
        return self.path / "unfinished"

    def beside(self, snapshot: str) -> Path:
        """The archive and the restricted room as they were when this snapshot was published."""
        return self.path / "beside" / snapshot

    @property
    def ready(self) -> Path:
        """Answers that a server keeps for the newest publication. Nothing rests on them, and anybody may remove them."""
        return self.path / "ready"

    @property
    def removing(self) -> Path:
        """What a removal is about to take out, while it is under way: the next writer ends one that was broken off."""
        return self.path / "REMOVING"

    @property
    def unpublished(self) -> Path:
        """Is there while the main store holds changes that no snapshot shows yet."""
        return self.path / "UNPUBLISHED"

    @property
    def changed(self) -> Path:
        """The graphs that changed since the links were last made, a name a line: :class:`kg.store.journal.Journal`."""
        return self.path / "CHANGED"

    @property
    def reference_due(self) -> Path:
        """Is there while disclosures have changed and the reference graph does not say so yet."""
        return self.path / "REFERENCE-DUE"

    @property
    def superseded(self) -> Path:
        """Which disclosure took the place of an archived one: a file for each, named by its short hash."""
        return self.path / "superseded"

    @property
    def current(self) -> Path:
        """A small file that names the newest snapshot and its data version."""
        return self.path / "CURRENT"

    @property
    def manifest(self) -> Path:
        """A line for each file that was taken in: its hash, the digest of the program that did it, and that of its graph."""
        return self.path / "MANIFEST"

    @property
    def vocabulary(self) -> Path:
        """A small file with the digest of the ontology and code lists that the main store holds."""
        return self.path / "VOCABULARY"

    @property
    def schema(self) -> Path:
        return self.path / "SCHEMA"

    def source(self, sha256: str) -> Path:
        return self.sources / sha256

    def kept_source(self, sha256: str) -> bytes | None:
        path = self.source(sha256)
        return path.read_bytes() if path.is_file() else None

    def successor(self, sha16: str) -> str:
        """The address of the disclosure that took the place of this one, at once; empty when none did."""
        path = self.superseded / sha16
        return path.read_text("utf-8") if sha16.isalnum() and path.is_file() else ""

    def published_version(self) -> int:
        """The version of the newest publication, 0 for none; a damaged ``CURRENT`` counts no less than the folders beside it."""
        folders = [int(folder.name) for folder in self.snapshots.iterdir() if folder.name.isdigit()] if self.snapshots.exists() else []
        try:
            current = int(json.loads(self.current.read_text("utf-8"))["version"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            current = 0
        return max(current, *folders, 0)

    def check(self) -> None:
        """Raise :class:`StoreError` unless this is a store of the schema version that this program writes."""
        if not self.schema.is_file():
            if self.main.exists():
                raise StoreError("缺少 SCHEMA 文件 / SCHEMA is missing: not a whole store; kg restore brings a backup back", str(self.path))
            raise StoreError("no store here; make one with: kg ingest --store " + str(self.path) + " PATH…", str(self.path))
        found = self.schema.read_text("utf-8", "replace").strip()
        if found != str(SCHEMA_VERSION):
            raise StoreError(other_schema(found), str(self.path))


def other_schema(found: str) -> str:
    """Why a store of another schema version is not opened, and what helps."""
    text = f"schema version {found}, this program reads and writes {SCHEMA_VERSION}"
    if found.isdigit() and int(found) > SCHEMA_VERSION:
        return f"存储由更新的程序写成，请升级程序 / {text}: written by a newer program; install that one, nothing was changed"
    recipe = "kg ingest --store NEW OLD/sources"
    return (
        f"存储由旧程序写成，请重新导入（{recipe}） / {text}: written by an older program; make a new store: {recipe}; nothing was changed"
    )
