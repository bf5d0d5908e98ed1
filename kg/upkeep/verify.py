"""A store held against itself: engine files, graphs, sources, manifest, archive, personal data, findings, reference, links, search index.

What is wrong is a *fault*; what is only not finished (unpublished, not validated) is a *note*, which the next ingest mends.
"""

import contextlib
import hashlib
import json
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import StoreError
from kg.iri import SHA_DIGITS, Minter
from kg.links import GRAPH, links_anew, links_due
from kg.reference import reference
from kg.search import build_index, index_path
from kg.settings import Settings
from kg.store import Journal, Reader, Room, Rooms, Snapshot, canonical
from kg.store.aside import Aside
from kg.store.lease import no_writer
from kg.store.sums import changed_files, changed_tables
from kg.terms import TERMS
from kg.triples import RDF_TYPE

_SHACL = "http://www.w3.org/ns/shacl#"
_SHA256 = re.compile(rb'<%ssha256> "([0-9a-f]{64})"' % re.escape(TERMS.encode()))
_TYPED = f"<{RDF_TYPE}> <{TERMS}Disclosure> .".encode()
_ALL = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"


@dataclass(frozen=True)
class Found:
    """Something that is not as it should be. ``part`` of the store, ``place`` in it; both languages in ``reason``."""

    part: str
    place: str
    reason: str
    fault: bool = True

    def __str__(self) -> str:
        return f"{'错误 fault' if self.fault else '提示 note '}  {self.part}  {self.place}: {self.reason}"


def verify(path: Path, settings: Settings, progress: Callable[[str], None]) -> Iterator[Found]:
    """Everything that is wrong in a store directory, as it is found. Nothing is changed, and readers go on.

    Writers are kept out meanwhile; where one is at work already, the newest published state is looked at, and what that process
    has under way is left out. Raises :class:`StoreError` when this is no store of this program's schema.
    """
    rooms = Rooms(path)
    rooms.check()
    with no_writer(rooms.main) as alone:
        checks = _Checks(rooms, Minter(settings.base), alone, progress)
        yield from checks.all()


class _Checks:
    """The checks, one after another; ``alone``: nobody writes."""

    def __init__(self, rooms: Rooms, minter: Minter, alone: bool, progress: Callable[[str], None]) -> None:
        self._rooms, self._minter, self._alone, self._progress = rooms, minter, alone, progress
        self._documents: dict[str, str] = {}
        """Hash → digest of its graph, of the current disclosures."""
        self._superseded: dict[str, str] = {}
        """Short hash → address of what is in its place."""

    def all(self) -> Iterator[Found]:
        yield from self._unfinished()
        snapshot = store = None
        try:
            snapshot = Snapshot(self._rooms.path)
            store = Room(self._rooms.main) if self._alone else snapshot
        except StoreError as error:
            yield Found("main" if snapshot else "snapshots", error.path, error.reason)
        if snapshot:
            yield from self._guarded("snapshots", self._whole(snapshot))
        if store:
            yield from self._guarded("main", self._graphs(store))
            yield from self._guarded("findings", self._findings(store))
            yield from self._guarded("reference", self._reference(store))
            yield from self._guarded("links", self._links(store))
            yield from self._guarded("archive", self._archive(snapshot))
            yield from self._guarded("restricted", self._restricted(snapshot))
            yield from self._manifest()
        yield from self._outcomes()
        if snapshot:
            yield from self._guarded("search", self._index(snapshot))

    def _guarded(self, part: str, check: Iterator[Found]) -> Iterator[Found]:
        """A check, ended with a fault where the engine finds its file damaged."""
        self._progress(part)
        try:
            yield from check
        except (OSError, RuntimeError, sqlite3.Error) as error:
            yield Found(part, str(self._rooms.path), f"不能读取，文件已损坏 / cannot be read, a file is damaged: {error}")
        except StoreError as error:
            yield Found(part, error.path, error.reason)

    def _unfinished(self) -> Iterator[Found]:
        rooms = self._rooms
        if not self._alone:
            yield Found(
                "writer", "main", "另一进程正在写入，只查已发布的状态 / a process is writing: only what is published is looked at", False
            )
            return
        if rooms.removing.exists():
            yield Found(
                "removal", rooms.removing.name, "一次删除中断了，下一次写入会完成它 / a removal was broken off: the next writer ends it"
            )
        if rooms.unpublished.exists():
            said = "有改动尚未发布，再次导入即发布 / changes are not published yet: the next ingest publishes them"
            yield Found("snapshots", rooms.unpublished.name, said, fault=False)

    def _whole(self, snapshot: Snapshot) -> Iterator[Found]:
        said = "文件已损坏，kg restore 从备份恢复 / the file is damaged; kg restore brings a backup back"
        for name in changed_files(snapshot.folder, self._rooms.beside(snapshot.folder.name)):
            yield Found("snapshots", f"{snapshot.folder.name}/{name}", said)
        for name in changed_tables(self._rooms.main, snapshot.folder, self._rooms.beside(snapshot.folder.name)) if self._alone else ():
            yield Found("main", name, said)
        list(snapshot.query(_ALL))  # type: ignore[arg-type]

    def _graphs(self, store: Reader) -> Iterator[Found]:
        manifest = Aside(self._rooms).manifest()
        for graph in store.graphs():
            if graph.startswith(self._minter.graph("restricted/")):
                yield Found("main", graph, "个人信息不应在主存储中 / personal data has no place in the main store")
            if not graph.startswith(self._minter.graph("disclosure/")):
                continue
            data = store.dump(graph)
            hashes = _SHA256.findall(data)
            if len(hashes) != 1 or data.count(_TYPED) != 1 or self._minter.disclosure_graph(hashes[0].decode()) != graph:
                yield Found("main", graph, "图不完整：应恰有一份公开文件 / not one whole disclosure")
                continue
            sha256 = hashes[0].decode()
            digest = self._documents[sha256] = hashlib.sha256(data).hexdigest()
            noted = manifest.get(sha256, "").split()
            if len(noted) == 2 and noted[1] != digest:
                yield Found("main", graph, "与导入时不同 / differs from what was taken in; kg ingest --again makes it anew")
            if not noted:
                yield Found("manifest", sha256, "没有记录，再次导入会补上 / is not noted: the next ingest does that", fault=False)
            yield from self._source(sha256)

    def _source(self, sha256: str) -> Iterator[Found]:
        source = self._rooms.kept_source(sha256)
        if source is None:
            yield Found("sources", sha256, "缺少原文 / the source is missing")
        elif hashlib.sha256(source).hexdigest() != sha256:
            yield Found("sources", sha256, "原文已改变 / the source is not what its hash says")

    def _findings(self, store: Reader) -> Iterator[Found]:
        open_ = 0
        standing = set(store.graphs())
        for sha256 in self._documents:
            graph = self._minter.validation_graph(sha256)
            if graph not in standing:
                open_ += 1
                continue
            standing.remove(graph)
            data = store.dump(graph)
            findings = data.count(f"<{RDF_TYPE}> <{TERMS}Finding> .".encode())
            violated = data.count(f"<{_SHACL}resultSeverity> <{_SHACL}Violation> .".encode()) > 0
            conforms = data.count(f'<{_SHACL}conforms> "true"'.encode()) > 0
            if findings != data.count(f"<{_SHACL}result> ".encode()) or violated == conforms:
                yield Found(
                    "findings", graph, "校验报告前后不一 / the report does not agree with its findings; kg validate --store makes it anew"
                )
        for graph in sorted(name for name in standing if name.startswith(self._minter.graph("validation/"))):
            yield Found("findings", graph, "其公开文件不在存储中 / its disclosure is not in the store")
        if open_:
            yield Found("findings", f"{open_}", "份文件尚未校验 / documents are not validated; kg validate --store does that", fault=False)

    def _reference(self, store: Reader) -> Iterator[Found]:
        if store.dump(self._minter.graph("reference")) != canonical(reference(store).data):
            due = self._alone and self._rooms.reference_due.exists()
            said = "与各文件不符，再次导入即更新 / is not what the documents say: the next ingest mends it"
            yield Found("reference", self._minter.graph("reference"), said, fault=not due)

    def _links(self, store: Reader) -> Iterator[Found]:
        graph = self._minter.graph(GRAPH)
        if store.dump(graph) != canonical(links_anew(store, self._minter)):
            said = "与各文件不符，kg links build 重新生成 / is not what the documents say: kg links build makes it anew"
            yield Found("links", graph, said, fault=self._alone and not links_due(Journal(self._rooms), self._minter))

    def _beside(self, name: str, snapshot: Snapshot | None) -> Room | None:
        """The archive or the restricted room; while a process writes, as it was published."""
        folder = self._rooms.path / name if self._alone or not snapshot else self._rooms.beside(snapshot.folder.name) / name
        return Room(folder) if folder.exists() else None

    def _archive(self, snapshot: Snapshot | None) -> Iterator[Found]:
        room = self._beside("archive", snapshot)
        graphs = set(room.graphs()) if room else set()
        notes = sorted(self._rooms.superseded.iterdir()) if self._rooms.superseded.exists() else []
        self._superseded = {path.name: path.read_text("utf-8") for path in notes}
        current = {sha256[:SHA_DIGITS] for sha256 in self._documents}
        known = {self._minter.disclosure(sha256) for sha256 in (*self._documents, *self._superseded)}
        for short, successor in self._superseded.items():
            graph = self._minter.disclosure_graph(short)
            if graph not in graphs or (room and not room.dump(graph)):
                yield Found("archive", graph, "缺少被取代的版本 / the superseded revision is missing")
            if short in current:
                said = "有新版本的导入中断了，这一版仍是现行的，再次导入即完成 / the ingest of its revision was broken off: it is"
                yield Found("archive", graph, f"{said} still current, and the next ingest of that file ends it: {successor}", fault=False)
            elif successor not in known:
                yield Found("archive", graph, f"取代它的文件不在存储中 / what took its place is not in the store: {successor}")

    def _restricted(self, snapshot: Snapshot | None) -> Iterator[Found]:
        room = self._beside("restricted", snapshot)
        known = {sha256[:SHA_DIGITS] for sha256 in self._documents} | self._superseded.keys()
        for graph in room.graphs() if room else ():
            if graph.rpartition("/")[2] not in known:
                yield Found("restricted", graph, "其公开文件不在存储中 / its disclosure is not in the store")

    def _manifest(self) -> Iterator[Found]:
        if not self._alone:
            return
        for sha256 in Aside(self._rooms).manifest():
            if sha256 not in self._documents and sha256[:SHA_DIGITS] not in self._superseded:
                said = "导入过，但图不在 / was taken in, but its graph is missing; kg ingest its file again, or kg remove it"
                yield Found("manifest", sha256, said)

    def _outcomes(self) -> Iterator[Found]:
        for path in sorted(self._rooms.outcomes.iterdir()) if self._rooms.outcomes.exists() else ():
            try:
                whole = {"disclosure", "outcomes", "findings"} <= json.loads(path.read_bytes()).keys()
            except FileNotFoundError:  # a writer dropped it
                continue
            except (ValueError, AttributeError):
                whole = False
            if not whole:
                yield Found("outcomes", path.name, "保存的校验结果已损坏 / a kept validation is damaged; delete the file")

    def _index(self, snapshot: Snapshot) -> Iterator[Found]:
        path = index_path(snapshot.rooms, snapshot.version)
        if not path.exists():
            return
        with tempfile.TemporaryDirectory() as folder:
            anew = Path(folder) / path.name
            build_index(snapshot, anew)
            if _rows(path) != _rows(anew):
                yield Found(
                    "search", path.name, "检索索引与存储不符 / the search index is not that of the store; delete the file, it is made anew"
                )


def _rows(index: Path) -> list[list[tuple[object, ...]]]:
    """What an index holds: its entries in the order of their names, as many as it has grams for, and the findings."""
    with contextlib.closing(sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        asked = (
            "SELECT thing, kind, name, detail, year, region FROM entry ORDER BY thing",
            "SELECT COUNT(*) FROM gram",
            "SELECT thing, root, severity, rule, department, disclosure, year FROM finding ORDER BY thing",
        )
        return [database.execute(query).fetchall() for query in asked]
