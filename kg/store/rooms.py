"""The folders of a store directory.

It holds ``main/`` (what may be asked), ``archive/`` (superseded revisions), ``restricted/`` (personal data), ``sources/`` (the
bytes of every disclosure, by hash), ``superseded/`` (what took the place of what), ``outcomes/`` (validations, by what they
rest on) and ``snapshots/``. One process may write; readers open the newest published snapshot and never wait for the writer.
"""

from dataclasses import dataclass
from pathlib import Path

from kg.errors import StoreError

SCHEMA_VERSION = 1


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
    def superseded(self) -> Path:
        """Which disclosure took the place of an archived one: a file for each, named by its short hash."""
        return self.path / "superseded"

    @property
    def current(self) -> Path:
        """A small file that names the newest snapshot and its data version."""
        return self.path / "CURRENT"

    @property
    def manifest(self) -> Path:
        """A line for each file that was taken in: its hash, and the digest of the program that did it."""
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

    def check(self) -> None:
        """Raise :class:`StoreError` unless this is a store of the schema version that this program writes."""
        if not self.schema.is_file():
            raise StoreError("no store here; make one with: kg ingest --store " + str(self.path) + " PATH…", str(self.path))
        found = self.schema.read_text("utf-8").strip()
        if found != str(SCHEMA_VERSION):
            raise StoreError(f"schema version {found}, this program writes {SCHEMA_VERSION}; ingest again", str(self.path))
