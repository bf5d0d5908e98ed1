"""The documents of the ledger: the five seeds and the four PDFs of the corpus, where they are there."""

from collections.abc import Iterator
from pathlib import Path

from kg.ingest import Toolbox
from kg.settings import Settings
from kg.validate.finding import Finding
from kg.validate.jobs import Judge, validate_files
from tests.conftest import SHARED


def documents() -> list[Path]:
    """All of them, sorted; empty without the shared data."""
    return [*sorted((SHARED / "seeds").glob("*.txt")), *sorted((SHARED / "corpus").glob("*/*.pdf"))]


def findings() -> Iterator[tuple[str, Finding]]:
    """Every finding of every document, with the document's name. Raises :class:`kg.errors.RefusedFile` where one cannot be read."""
    for validation in validate_files(documents(), Settings(), Toolbox.load(), Judge.load()):
        for finding in validation.findings:
            yield validation.document, finding
