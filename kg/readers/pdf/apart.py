"""Reads PDFs in a process of their own, within limits of time and memory."""

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from kg.document import Box, Document
from kg.errors import RefusedFile
from kg.readers.pdf.items import compose, unpacked

TIMEOUT = 60
SCAN_TIMEOUT = 1800
_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from kg.readers.pdf.worker import main; main(sys.argv[1:])"
_ROOT = Path(__file__).resolve().parents[3]


def read_pdf(name: str, data: bytes) -> Document:
    """Read a PDF. A scan is read where its libraries are installed.

    Raises :class:`RefusedFile` for a broken, encrypted, too large or hostile file, and for a scan that cannot be read.
    """
    answer = json.loads(_run(name, data, ["read", name]))
    reader = "pdf"
    if "scan" in answer:
        if find_spec("rapidocr") is None or find_spec("cv2") is None:
            raise RefusedFile("the PDF has no text (a scan?); scans are read with pip install 'budget-kg[scan]'", name)
        reader = "scan"
        answer = json.loads(_run(name, data, ["scan", name], SCAN_TIMEOUT))
    if "refused" in answer:
        raise RefusedFile(answer["refused"][0], name, answer["refused"][1])
    return compose(name, data, unpacked(answer["items"]), reader)


def draw_pdf_page(name: str, data: bytes, number: int, dpi: int = 110, blackouts: Sequence[Box] = ()) -> bytes:
    """A page (from 1) as PNG, rectangles blacked out. Raises :class:`RefusedFile`."""
    boxes = json.dumps([[box.left, box.top, box.right, box.bottom] for box in blackouts])
    answer = _run(name, data, ["draw", name, str(number), str(dpi), boxes])
    if answer.startswith(b"{"):
        reason, place = json.loads(answer)["refused"]
        raise RefusedFile(reason, name, place)
    return answer


def _run(name: str, data: bytes, arguments: Sequence[str], timeout: int = TIMEOUT) -> bytes:
    command = [sys.executable, "-I", "-c", _START, str(_ROOT), *arguments]
    try:
        ended = subprocess.run(command, input=data, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as error:
        raise RefusedFile(f"reading it took more than {timeout} s", name) from error
    if ended.returncode != 0:
        raise RefusedFile("the PDF reader gave up on it (broken, or beyond its limits of time and memory)", name)
    return ended.stdout
