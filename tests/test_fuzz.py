"""Mutated files of every format: each becomes a document and is extracted, or is refused with one error; nothing else happens."""

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import islice
from random import Random

import pytest

from kg.errors import BudgetError
from kg.extract.disclosure import extract
from kg.readers.formats import read_document
from kg.samples.corpus import FILES
from kg.samples.generate import generate
from tests.conftest import SHARED
from tests.read_back import toolbox

CORPUS = SHARED / "corpus" / "shanghai"
SHARES = {"pdf": 2, "docx": 3, "xlsx": 3, "html": 2}
"""How many of ten mutations go to a format: a PDF costs most, since a process of its own reads it."""


@cache
def whole(form: str) -> tuple[bytes, ...]:
    """The files to mutate: two generated ones, and for PDF a published one where it is at hand."""
    made = tuple(FILES[form](sample) for sample in generate(3, 2, (2025,)))
    published = tuple(path.read_bytes() for path in sorted(CORPUS.glob("*.pdf"))[:1]) if form == "pdf" else ()
    return made + published


def mutated(data: bytes, rng: Random) -> bytes:
    """Some bytes changed, cut out, doubled, overwritten or moved, or the end cut off."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(out))
        size = rng.choice((1, 2, 8, 64, 1024))
        match rng.randrange(7):
            case 0:
                out[at] ^= 1 << rng.randrange(8)
            case 1:
                del out[at : at + size]
            case 2:
                out[at:at] = out[at : at + size]
            case 3:
                out[at : at + size] = bytes(min(size, len(out) - at))
            case 4:
                out[at : at + size] = rng.randbytes(size)
            case 5:
                out[at:at] = rng.choice(
                    (b"<", b">", b"\"'", b"99999999999", b"-1", b"&#0;", b"\xff\xfe", b"<td rowspan=999999>", b" 0 R ", b"[[")
                )
            case _:
                to = rng.randrange(len(out))
                out[to:to] = out[at : at + size]
        if not out:
            return bytes(out)
    return bytes(out[: rng.randrange(len(out))]) if rng.random() < 0.05 else bytes(out)


def mutated_part(data: bytes, rng: Random) -> bytes:
    """An archive with one of its parts mutated, its checksums in order: what is wrong is found by the reader of the part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        names = source.namelist()
        chosen = rng.choice(names)
        for name in names:
            part = source.read(name)
            archive.writestr(name, mutated(part, rng) if name == chosen and part else part)
    return out.getvalue()


def outcome(form: str, seed: int) -> str:
    """``read`` or ``refused``, the latter with an error of one line."""
    rng = Random(f"{form}/{seed}")
    data = rng.choice(whole(form))
    inside = form in ("docx", "xlsx") and rng.random() < 0.8
    change: Callable[[bytes, Random], bytes] = mutated_part if inside else mutated
    try:
        extract(read_document(f"{seed}.{form}", change(data, rng)), toolbox().families, toolbox().codes)
    except BudgetError as error:
        return "refused" if "\n" not in str(error) else "an unclear error"
    return "read"


@pytest.mark.parametrize("form", SHARES)
def test_a_few_mutated_files_are_read_or_refused(form: str) -> None:
    seen = [outcome(form, 1_000_000 + seed) for seed in range(3)]
    assert set(seen) <= {"read", "refused"}, "\n".join(seen)


@pytest.mark.soak
def test_ten_thousand_mutated_files_are_read_or_refused() -> None:
    with ProcessPoolExecutor() as pool:
        runs = {pool.submit(outcome, form, seed): f"{form}/{seed}" for form, share in SHARES.items() for seed in range(1_000 * share)}
        wrong = {name: run.exception() for run, name in runs.items() if run.exception() is not None}
        seen = Counter(run.result() for run in runs if run.exception() is None)
    assert not wrong, f"{len(wrong)} of {len(runs)}: {dict(islice(wrong.items(), 5))}"
    assert set(seen) == {"read", "refused"}
    assert seen["read"] > 1_000
    assert seen["refused"] > 1_000
