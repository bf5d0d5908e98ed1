"""DOC files: read by way of LibreOffice, of which a stand-in is enough here; without it one clear error."""

import hashlib
import shutil
import stat
import subprocess
import time
from decimal import Decimal
from pathlib import Path

import pytest

from kg.errors import RefusedFile
from kg.extract.disclosure import extract
from kg.flat import flat_facts
from kg.ingest import Toolbox
from kg.readers.formats import read_document
from tests.made_files import as_docx
from tests.made_shanghai import Made, Style

DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(600)
"""The container of an old Office file with the name of Word's stream: enough to be told apart."""


def office(folder: Path, *commands: str) -> None:
    """A program ``soffice`` in an otherwise empty folder of programs; ``$7`` is where it is to write, ``$8`` what it is to read."""
    program = folder / "soffice"
    program.write_text("\n".join(("#!/bin/sh", *commands)), "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_without_libreoffice_the_error_says_what_helps(programs: Path) -> None:
    with pytest.raises(RefusedFile, match=r"needs LibreOffice \(soffice\) to be read; save it as \.docx"):
        read_document("old.doc", DOC)
    assert list(programs.iterdir()) == []


def test_what_libreoffice_makes_of_it_is_read_as_the_doc(programs: Path, tools: Toolbox) -> None:
    made = Made(Style())
    turned = programs.parent / "turned.docx"
    turned.write_bytes(as_docx(made.content))
    office(programs, f'/bin/cp "{turned}" "$7/source.docx"')
    document = read_document("old.doc", DOC)
    assert (document.reader, document.sha256) == ("doc", hashlib.sha256(DOC).hexdigest())
    disclosure = extract(document, tools.families, tools.codes)
    assert sum(len(table.observations) for table in disclosure.tables) == len(made.facts)


def test_what_libreoffice_cannot_read_is_refused(programs: Path) -> None:
    office(programs, "exit 1")
    with pytest.raises(RefusedFile, match="LibreOffice cannot read it"):
        read_document("old.doc", DOC)


def test_libreoffice_that_does_not_end_is_stopped_with_what_it_started(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.readers.legacy_word.TIMEOUT", 6)
    child = programs.parent / "child"
    office(programs, "/bin/sleep 600 &", f'echo $! >"{child}"', "wait")
    with pytest.raises(RefusedFile, match="needed more than 6 s"):
        read_document("old.doc", DOC)
    process, latest = int(child.read_text("utf-8")), time.monotonic() + 60
    while is_running(process) and time.monotonic() < latest:
        time.sleep(0.05)
    assert not is_running(process)


def is_running(process: int) -> bool:
    """Whether a process still works; one that was stopped may wait for whoever asks how it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.soak
def test_a_doc_of_libreoffice_itself_says_what_its_docx_says(tmp_path: Path, tools: Toolbox) -> None:
    """Written as DOC by LibreOffice from our DOCX, and read by way of it again."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("skipped: LibreOffice is not installed")
    made = Made(Style(zero="0.00"))
    (tmp_path / "made.docx").write_bytes(as_docx(made.content))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "doc:MS Word 97", "--outdir", str(tmp_path), str(tmp_path / "made.docx")]
    subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    document = read_document("made.doc", (tmp_path / "made.doc").read_bytes())
    assert document.reader == "doc"
    disclosure = extract(document, tools.families, tools.codes)
    figures = {
        (str(fact["table"]), str(fact["row"]), str(fact["column"])): Decimal(str(fact["amount"]))
        for fact in flat_facts(disclosure)
        if fact["kind"] == "observation"
    }
    assert figures == made.facts
