"""A folder watched: what comes, changes or goes there is taken into the store, validated and published, batch by batch."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import StoreError
from kg.ingest import Toolbox, files_of, ingest
from kg.iri import Minter
from kg.links import build_links
from kg.search import SearchIndex
from kg.settings import Settings
from kg.store import Rooms, Snapshot, Writer
from kg.upkeep.remove import remove
from kg.validate.jobs import Judge, validate_store

_BATCH = 20
"""So many files are taken in before the state is published, and before a wish to stop is heard."""
_State = tuple[int, int]
"""Size and time of change (ns) of a file."""


@dataclass
class Folder:
    """What is known of a folder's files. A file is looked at when two looks in a row found it alike: it is written to no more."""

    path: Path
    done: dict[str, _State] = field(default_factory=dict)
    _last: dict[str, _State] = field(default_factory=dict)

    def ready(self) -> list[Path]:
        """Files that are new or changed and stand still. Raises :class:`OSError` when the folder cannot be read."""
        now = {}
        for path in files_of([self.path]):
            try:
                status = path.stat()
            except FileNotFoundError:  # it went while the folder was read
                continue
            now[path.name] = (status.st_size, status.st_mtime_ns)
        still = [name for name, state in now.items() if self._last.get(name) == state and self.done.get(name) != state]
        self._last = now
        return [self.path / name for name in sorted(still)]

    def state(self, name: str) -> _State | None:
        return self._last.get(name)

    def unsettled(self) -> bool:
        """Whether there is a file that is still to be taken in."""
        return self._last != {name: state for name, state in self.done.items() if name in self._last}

    def names(self) -> set[str]:
        """Those of the last look."""
        return set(self._last)


@dataclass(frozen=True)
class Watched:
    """How a folder is watched. ``follow``: documents whose file went are taken out of the store. ``interval`` in seconds."""

    folder: Path
    settings: Settings
    interval: float
    follow: bool
    validate: bool
    jobs: int | None


class Watch:
    """Watches until ``stop`` is set. What it knows of the folder is kept beside the store, so that it goes on where it was."""

    def __init__(
        self,
        watched: Watched,
        opened: Callable[[], AbstractContextManager[Writer]],
        rooms: Rooms,
        say: Callable[[str], None],
        stop: threading.Event,
    ) -> None:
        self._watched, self._opened, self._rooms, self._say, self._stop = watched, opened, rooms, say, stop
        self._folder = Folder(watched.folder)
        self._tools = Toolbox.load()
        self._judge = Judge.load() if watched.validate or watched.follow else None
        self._hashes = self._read()

    def run(self) -> None:
        """Look, take in, publish, wait; a store that another process writes to is tried again at the next look."""
        self._say(f"watching {self._watched.folder}; SIGTERM or Ctrl-C ends after the batch under way · 正在监视")
        while not self._stop.is_set():
            try:
                ready = self._folder.ready()
            except OSError as error:
                self._say(f"文件夹不可读，稍后再试 / the folder cannot be read, trying again: {error}")
                ready = []
            else:
                self._look(ready)
            self._stop.wait(self._watched.interval)
        self._say("stopped · 已停止")

    def _look(self, ready: Sequence[Path]) -> None:
        gone = sorted(self._hashes.keys() - self._folder.names())
        try:
            for start in range(0, len(ready), _BATCH):
                if self._stop.is_set():
                    return
                self._take_in(ready[start : start + _BATCH])
            if gone and not self._folder.unsettled():  # one of the new ones may be the same document under another name
                self._gone(gone)
        except StoreError as error:
            self._say(f"kg: {error}")

    def _take_in(self, files: Sequence[Path]) -> None:
        with self._opened() as store:
            report = ingest(files, store, self._watched.settings, self._tools, self._say, jobs=self._watched.jobs)
            self._settle(store)
        for file in files:
            if state := self._folder.state(file.name):
                self._folder.done[file.name] = state
        self._hashes |= {entry.file.name: entry.sha256 for entry in report.ingested}
        self._write()
        self._index()

    def _gone(self, names: Sequence[str]) -> None:
        """Files that went. A document that another file still holds, or that was superseded, stays."""
        if not self._folder.names():
            self._say("文件夹全空，不删除任何文件 / the folder is empty: that is no wish to remove everything, nothing is removed")
            return
        going = {name: self._hashes[name] for name in names}
        left = {sha256 for name, sha256 in self._hashes.items() if name not in going}
        if self._watched.follow and self._judge:
            with self._opened() as store:
                graphs = set(store.graphs())
                minter = Minter(self._watched.settings.base)
                wanted = sorted({one for one in going.values() if one not in left and minter.disclosure_graph(one) in graphs})
                if wanted:
                    remove(wanted, store, self._rooms, self._watched.settings, self._judge.rules, revisions=True)
                    self._settle(store)
            self._index()
        for name in names:
            self._say(f"gone      {name}{': removed' if self._watched.follow else ': its document stays (--follow-removals takes it out)'}")
            self._hashes.pop(name)
            self._folder.done.pop(name, None)
        self._write()

    def _settle(self, store: Writer) -> None:
        """Links, and the rules on what has no result: all that changed, and what saw it."""
        build_links(store, Minter(self._watched.settings.base))
        if self._watched.validate and self._judge:
            for _ in validate_store(store, self._watched.settings, self._judge, self._say, only_missing=True, jobs=self._watched.jobs):
                if self._stop.is_set():
                    return

    def _index(self) -> None:
        """The search index of what was published; a service has none to be made here."""
        if self._rooms.current.exists():
            SearchIndex.of_snapshot(Snapshot(self._rooms.path)).close()

    @property
    def _kept(self) -> Path:
        return self._rooms.path / "WATCHED"

    def _read(self) -> dict[str, str]:
        """File name → hash, of this folder; empty where another was watched, or nothing can be read."""
        try:
            said: Mapping[str, Mapping[str, str]] = json.loads(self._kept.read_text("utf-8"))
            return dict(said[str(self._watched.folder.absolute())])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return {}

    def _write(self) -> None:
        """A copy that is cut off by a kill is as good as none: files are then taken in again, unchanged."""
        self._kept.write_text(json.dumps({str(self._watched.folder.absolute()): self._hashes}, ensure_ascii=False), "utf-8")
