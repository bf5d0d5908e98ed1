"""Files of every format, mutated: what becomes of each. ``python -m tests.fuzz_runs STATE [SECONDS]`` goes through all ten
thousand, or goes on where the state file says the last run stopped; what went wrong is listed at the end.

A mutation is known by its format and its number for good. Children of this process read one after the other, each with a limit
of time and memory, in the way the product does it; PDFs too, whose reader has a process of its own there: a mutation that a
child dies of is read once more in that way, and has to be refused.
"""

import io
import json
import multiprocessing
import os
import signal
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from kg.document import Document
from kg.errors import BudgetError
from kg.extract.disclosure import extract
from kg.readers.formats import read_document, reader_of
from kg.readers.pdf import stand_in_font
from kg.readers.pdf.apart import read_pdf
from kg.readers.pdf.items import compose, packed, unpacked
from kg.readers.pdf.reading import read_items
from kg.samples.corpus import FILES
from kg.samples.generate import generate
from tests.conftest import SHARED
from tests.read_back import toolbox

CORPUS = SHARED / "corpus" / "shanghai"
SHARES = {"pdf": 2, "docx": 3, "xlsx": 3, "html": 2}
"""How many of ten mutations go to a format: a PDF costs most."""
MUTATIONS = tuple((form, seed) for seed in range(3_000) for form, share in SHARES.items() if seed < 1_000 * share)
SECONDS = 60
MEMORY = 4 << 30
_BATCH = 250


@cache
def whole(form: str) -> tuple[bytes, ...]:
    """The files to mutate: the smallest two of some generated ones, and for PDF a published one where it is at hand."""
    made = sorted((FILES[form](sample) for sample in generate(3, 6, (2025,))), key=len)[:2]
    published = [path.read_bytes() for path in sorted(CORPUS.glob("*.pdf"))[:1]] if form == "pdf" else []
    return (*made, *published)


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
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        names = source.namelist()
        chosen = rng.choice(names)
        for name in names:
            part = source.read(name)
            archive.writestr(name, mutated(part, rng) if name == chosen and part else part)
    return out.getvalue()


def mutation(form: str, seed: int) -> bytes:
    """The mutated file of that number."""
    rng = Random(f"{form}/{seed}")
    data = rng.choice(whole(form))
    inside = form in ("docx", "xlsx") and rng.random() < 0.8
    change: Callable[[bytes, Random], bytes] = mutated_part if inside else mutated
    return change(data, rng)


def outcome(form: str, seed: int, read: Callable[[str, bytes], Document] = read_document) -> str:
    """``read`` or ``refused``, the latter with an error of one line."""
    try:
        extract(read(f"{seed}.{form}", mutation(form, seed)), toolbox().families, toolbox().codes)
    except BudgetError as error:
        return "refused" if "\n" not in str(error) else "an unclear error"
    return "read"


def outcomes(mutations: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, str]]:
    """The outcome of each mutation, in order: ``read`` and ``refused`` are right."""
    for form in {form for form, _ in mutations}:
        whole(form)
    toolbox()
    done = 0
    while done < len(mutations):
        batch = mutations[done : done + _BATCH]
        ended = done + len(batch)
        for form, seed, came in _in_child(batch):
            yield form, seed, came
            done += 1
        if done < ended:
            form, seed = mutations[done]
            came = outcome(form, seed) if form == "pdf" else "the process died"
            yield form, seed, came if came == "refused" or form != "pdf" else f"the process died, then: {came}"
            done += 1


def _in_child(batch: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, str]]:
    processes = multiprocessing.get_context("fork")
    receiver, sender = processes.Pipe(duplex=False)
    child = processes.Process(target=_work, args=(batch, sender), daemon=True)
    child.start()
    sender.close()
    try:
        while True:
            try:
                yield receiver.recv()
            except EOFError:
                return
    finally:
        child.kill()
        child.join()


def _work(batch: Sequence[tuple[str, int]], sender: Connection) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    stand_in_font.install()
    for form, seed in batch:
        signal.alarm(SECONDS)
        try:
            came = outcome(form, seed, _read_here)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what this looks for
            came = f"{type(error).__name__}: {error}"
        signal.alarm(0)
        sender.send((form, seed, came))
    sender.close()
    os._exit(0)


def _read_here(name: str, data: bytes) -> Document:
    """As :func:`read_document`, a PDF in this process too, its items by way of JSON."""
    if reader_of(name, data) is not read_pdf:
        return read_document(name, data)
    return compose(name, data, unpacked(json.loads(packed(read_items(name, data)))["items"]))


def main(state: Path, seconds: float) -> None:
    """Go on for so long."""
    lines = state.read_text("utf-8").splitlines() if state.exists() else []
    known = {(form, int(seed)): came for form, seed, came in (line.split("\t", 2) for line in lines)}
    end = time.monotonic() + seconds
    with state.open("a", encoding="utf-8") as out:
        for form, seed, came in outcomes([one for one in MUTATIONS if one not in known]):
            known[form, seed] = came
            out.write(f"{form}\t{seed}\t{' '.join(came.split())}\n")
            if time.monotonic() > end:
                break
    print(f"{len(known):,} of {len(MUTATIONS):,}")
    for (form, came), count in sorted(Counter((form, came) for (form, _), came in known.items()).items()):
        print(f"  {form:<5} {count:>6,}  {came[:100]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 36_000)
