"""``python -m benchmarks.readers [FILE.pdf …]``: what reading costs and finds, beside pdfplumber and camelot.

Without files the published budgets beside the repository are read, where they are at hand, and a generated one. CPU milliseconds of
this process, ours the best of three, the others' one run; the garbage collector rests meanwhile, as it does in the process that reads
PDFs. ``cells`` and ``figures`` are those of all tables (camelot: ruled lines, pages drawn by pdfium). What is right is known of the
generated file: the figures of its tables, codes included. Of published files the reference are pdfplumber's cells; where a reader
differs from it, either may be the one that errs. ``to graph`` is wall time from a file to triples, with the process that the reader
starts; ``from a cold start`` is that of a process that does nothing else.
"""

import gc
import io
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pdfplumber

from kg.extract.disclosure import extract
from kg.ingest import Toolbox
from kg.iri import Minter
from kg.readers.formats import read_document
from kg.readers.pdf import stand_in_font
from kg.readers.pdf.items import compose
from kg.readers.pdf.layout import PageTable
from kg.readers.pdf.reading import read_items, read_pages
from kg.samples.corpus import FILES
from kg.samples.files.content import Grid, content_of
from kg.samples.files.manners import manner_of
from kg.samples.generate import generate
from kg.settings import Settings
from kg.triples import emit

ROUNDS = 3
DOCUMENTS = 10
PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "shanghai"
_FIGURE = re.compile(r"-?[\d,]*\d(?:\.\d+)?%?")
_COLD = """
import sys
from pathlib import Path
from kg.extract.disclosure import extract
from kg.ingest import Toolbox
from kg.iri import Minter
from kg.readers.formats import read_document
from kg.settings import Settings
from kg.triples import emit
tools = Toolbox.load()
disclosure = extract(read_document("file", Path(sys.argv[1]).read_bytes()), tools.families, tools.codes)
emit(disclosure, tools.pack(disclosure.pack), Minter(Settings().base))
"""


@dataclass(frozen=True)
class Found:
    """What a reader found in the tables of a file: how many cells, and their figures."""

    cells: int
    figures: Counter[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Found":
        bare = ["".join(text.split()) for text in texts]
        return cls(len(bare), Counter(text for text in bare if _FIGURE.fullmatch(text)))


def _timed(work: Callable[[], Found], rounds: int) -> tuple[float, Found]:
    """The least CPU time in milliseconds, and what was found."""
    times = []
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        start = time.process_time()
        found = work()
        times.append(time.process_time() - start)
        gc.enable()
    return min(times) * 1000, found


def _best(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    times = []
    for _ in range(ROUNDS):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times) * 1000


def _ours(name: str, data: bytes) -> Found:
    pages, _ = read_pages(name, data)
    return Found.of(cell.text for page in pages for item in page.items if isinstance(item, PageTable) for cell in item.cells)


def _plumbed(data: bytes) -> Found:
    def texts() -> Iterator[str]:
        with pdfplumber.open(io.BytesIO(data)) as opened:
            for page in opened.pages:
                for table in page.find_tables():
                    yield from (cell for row in table.extract() for cell in row if cell is not None)
                page.close()

    return Found.of(texts())


def _camelot(data: bytes) -> Found:
    import camelot

    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        tables = camelot.read_pdf(file.name, pages="all", flavor="lattice", backend="pdfium", use_fallback=False, suppress_stdout=True)
        return Found.of(str(text) for table in tables for text in table.df.to_numpy().flat)


def _compare(name: str, data: bytes, pages: int, printed: Counter[str] | None) -> None:
    """A line for each reader."""
    theirs = {"pdfplumber": _plumbed} | ({"camelot": _camelot} if find_spec("camelot") else {})
    results = {"ours": _timed(lambda: _ours(name, data), ROUNDS)} | {
        reader: _timed(lambda read=read: read(data), 1) for reader, read in theirs.items()
    }
    reference = printed or results["pdfplumber"][1].figures
    for reader, (cost, found) in results.items():
        right = (found.figures & reference).total()
        extra = (found.figures - reference).total()
        share = f"{right:>6,} of {reference.total():,} ({right / reference.total():.1%}), {extra:,} others"
        print(f"  {reader:<11} {cost / pages:8.2f} ms a page {cost / results['pdfplumber'][0]:6.2f} {found.cells:>7,} cells  {share}")
    if "camelot" not in results:
        print("  camelot     not installed (pip install 'budget-kg[bench]')")


def main(files: Sequence[str]) -> None:
    """Print the figures for every file and every format."""
    stand_in_font.install()
    samples = list(generate(1, DOCUMENTS, (2026,)))
    chosen = [Path(file) for file in files] or sorted(PUBLISHED.glob("*.pdf"))
    sources: dict[str, tuple[bytes, Counter[str] | None]] = {path.name: (path.read_bytes(), None) for path in chosen}
    if not files:
        grids = [block for block in content_of(samples[0], manner_of(samples[0].layout)) if isinstance(block, Grid)]
        shown = (text for grid in grids for row in grid.rows for text in row)
        sources["generated.pdf"] = (FILES["pdf"](samples[0]), Found.of(shown).figures)
    tools, minter = Toolbox.load(), Minter(Settings().base)

    def to_triples(name: str, data: bytes) -> None:
        disclosure = extract(read_document(name, data), tools.families, tools.codes)
        emit(disclosure, tools.pack(disclosure.pack), minter)

    print("CPU, ratio to pdfplumber, cells and figures of the tables")
    for name, (data, printed) in sources.items():
        pages = len(read_pages(name, data)[0])
        print(f"{name}, {pages} pages")
        _compare(name, data, pages, printed)
        whole = _best(lambda name=name, data=data: compose(name, data, read_items(name, data))) / pages
        wall = _best(lambda name=name, data=data: to_triples(name, data), time.perf_counter) / 1000
        print(f"  ours, the whole document {whole:6.2f} ms a page; to graph {wall:5.2f} s, from a cold start {_cold(data):5.2f} s")
    print(f"CPU ms a document, {DOCUMENTS} generated: read, and to triples (limit 100)")
    for form in ("docx", "html", "xlsx"):
        written = [FILES[form](sample) for sample in samples]
        read = _best(lambda form=form, written=written: [read_document(form, data) for data in written]) / DOCUMENTS
        told = _best(lambda form=form, written=written: [to_triples(form, data) for data in written]) / DOCUMENTS
        print(f"  {form:<5} {read:6.1f} {told:8.1f}")


def _cold(data: bytes) -> float:
    """Wall seconds of a process that starts, loads the packs, reads the file and tells it as triples."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        command = [sys.executable, "-c", _COLD, file.name]
        return _best(lambda: subprocess.run(command, check=True, timeout=120), time.perf_counter) / 1000


if __name__ == "__main__":
    main(sys.argv[1:])
