"""Where drafts are held: a folder each, named by the hash of its secret, gone when its time is over."""

import hashlib
import json
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.whole_file import write_whole

LIFETIME = 24 * 3600
"""Seconds that a draft is held."""
MAX_WAITING = 8
"""Drafts that may be under way or wait; one more is asked to come back later."""
FINAL = frozenset({"done", "refused", "failed"})
SOURCE, ABOUT, STATUS, RESULT = "source", "about.json", "status.json", "result.json"
EXPORTS: Mapping[str, tuple[str, str]] = {
    "xlsx": ("findings.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ttl": ("report.ttl", "text/turtle; charset=utf-8"),
    "sarif": ("findings.sarif", "application/sarif+json"),
    "html": ("findings.html", "text/html; charset=utf-8"),
}
"""What can be taken away, by suffix: file name and media type."""


class TooManyDraftsError(Exception):
    """Too many drafts are under way."""


@dataclass(frozen=True)
class Draft:
    """One upload. ``status`` has ``step`` (waiting, read, extract, validate, report, done, refused, failed), and what the steps said."""

    token: str
    folder: Path
    name: str
    size: int
    expires: float
    status: Mapping[str, Any]

    @property
    def is_final(self) -> bool:
        return self.status.get("step") in FINAL

    def result(self) -> Mapping[str, Any]:
        """What was found; empty until the draft is done."""
        path = self.folder / RESULT
        found: Mapping[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return found


class Drafts:
    """All drafts of an installation, below one folder that only it can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self.waiting: subprocess.Popen[str] | None = None
        """The process that is ready for the next draft, or will be in a moment."""

    def prepare(self) -> None:
        """Have a process load what a check needs while somebody chooses a file. There is one at most; it ends when nobody comes."""
        with self._lock:
            if self.waiting is None or self.waiting.poll() is not None:
                self.waiting = _started()

    def take(self, name: str, data: bytes) -> Draft:
        """Keep a file and begin to check it. Raises :class:`TooManyDraftsError`."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.forget_old()
        if self._under_way() >= MAX_WAITING:
            raise TooManyDraftsError
        token = secrets.token_urlsafe(24)
        folder = self._folder(token)
        folder.mkdir(mode=0o700)
        (folder / SOURCE).write_bytes(data)
        about = {"name": name, "size": len(data), "expires": time.time() + LIFETIME}
        write_json(folder / ABOUT, about)
        write_json(folder / STATUS, {"step": "waiting"})
        self._begin(folder)
        found = self.find(token)
        assert found is not None, "it was written a moment ago"
        return found

    def find(self, token: str) -> Draft | None:
        """The draft of a secret, or ``None`` when there is none or its time is over."""
        folder = self._folder(token)
        try:
            about = json.loads((folder / ABOUT).read_text("utf-8"))
            status = json.loads((folder / STATUS).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        if about["expires"] < time.time():
            return None
        return Draft(token, folder, about["name"], about["size"], about["expires"], status)

    def forget(self, token: str) -> None:
        """Delete a draft now."""
        shutil.rmtree(self._folder(token), ignore_errors=True)

    def forget_old(self) -> None:
        """Delete every draft whose time is over, and what a dead process left half written."""
        for folder in self.folder.iterdir():
            if folder.is_dir() and self._over(folder):
                shutil.rmtree(folder, ignore_errors=True)

    @staticmethod
    def _over(folder: Path) -> bool:
        try:
            expires = float(json.loads((folder / ABOUT).read_text("utf-8"))["expires"])
        except (OSError, ValueError):
            return folder.stat().st_mtime < time.time() - LIFETIME
        return expires < time.time()

    def _begin(self, folder: Path) -> None:
        """Have the draft of a folder checked by the process that waits, else by a new one."""
        with self._lock:
            process, self.waiting = self.waiting, None
        if process is None or not _told(process, folder):
            process = _started(str(folder))
        threading.Thread(target=_see_off, args=(process, folder), daemon=True).start()

    def _under_way(self) -> int:
        count = 0
        for status in self.folder.glob(f"*/{STATUS}"):
            count += json.loads(status.read_text("utf-8"))["step"] not in FINAL
        return count

    def _folder(self, token: str) -> Path:
        """The name of the folder tells nothing of the secret that leads to it."""
        return self.folder / hashlib.sha256(token.encode()).hexdigest()


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a small file in one step, so that nobody reads half of it."""
    write_whole(path, json.dumps(value, ensure_ascii=False).encode())


def _started(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "web.check.job", *arguments],
        stdin=subprocess.DEVNULL if arguments else subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )


def _told(process: "subprocess.Popen[str]", folder: Path) -> bool:
    """Whether a waiting process was there to be told."""
    assert process.stdin is not None
    try:
        with process.stdin as told:
            told.write(f"{folder}\n")
    except OSError:  # it has given up waiting
        return False
    return process.poll() is None


def _see_off(process: "subprocess.Popen[str]", folder: Path) -> None:
    """Wait for the job; one that was killed (time, memory) leaves a status that says so."""
    code = process.wait()
    path = folder / STATUS
    if path.exists() and json.loads(path.read_text("utf-8"))["step"] not in FINAL:
        write_json(path, {"step": "failed", "code": code})
