"""DOC (Word 97-2003): turned into DOCX by LibreOffice where it is installed; nothing else reads it well."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kg.document import Document
from kg.errors import RefusedFile
from kg.readers.docx import read_docx

TIMEOUT = 120


def read_doc(name: str, data: bytes) -> Document:
    """Read a DOC. Raises :class:`RefusedFile` when LibreOffice is missing or cannot read it in time."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise RefusedFile("a .doc file needs LibreOffice (soffice) to be read; save it as .docx", name)
    with tempfile.TemporaryDirectory(prefix="kg-doc-") as folder:
        source = Path(folder) / "source.doc"
        source.write_bytes(data)
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--norestore", "--convert-to", "docx", "--outdir", folder, str(source)]
        if not _ended(command):
            raise RefusedFile(f"LibreOffice needed more than {TIMEOUT} s for it", name)
        turned = Path(folder) / "source.docx"
        if not turned.is_file():
            raise RefusedFile("LibreOffice cannot read it", name)
        document = read_docx(name, turned.read_bytes())
    return replace(document, sha256=hashlib.sha256(data).hexdigest(), reader="doc")


def _ended(command: Sequence[str]) -> bool:
    """Run a command to its end. One that takes longer than the limit is stopped with all that it started: ``soffice`` is a script, and
    what works is its child."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True) as office:
        try:
            office.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            return False
        finally:
            if office.poll() is None:
                _stop(office)
    return True


def _stop(leader: "subprocess.Popen[bytes]") -> None:
    if hasattr(os, "killpg"):
        os.killpg(leader.pid, signal.SIGKILL)
    else:  # Windows has no groups to stop
        leader.kill()
