"""``python -m benchmarks.readers [FILE.pdf …]``: what reading costs, beside pdfplumber (and camelot where it is installed).

Without files the published budgets beside the repository are read, where they are at hand, and a generated one. CPU milliseconds of
this process, the best of three; a ratio compares two figures of the same run and holds when the machine's speed drifts. ``to graph`` is
wall time from a file to triples, with the process that the reader starts.
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import pdfplumber

from kg.extract.disclosure import extract
from kg.ingest import Toolbox
from kg.iri import Minter
from kg.readers.formats import read_document
from kg.readers.pdf.reading import compose, read_items, read_pages
from kg.samples.corpus import FILES
from kg.samples.generate import generate
from kg.settings import Settings
from kg.triples import emit

ROUNDS = 3
DOCUMENTS = 10
PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "shanghai"


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times) * 1000


def _plumbed(data: bytes) -> int:
    """The cells that pdfplumber finds."""
    with pdfplumber.open(io.BytesIO(data)) as opened:
        found = 0
        for page in opened.pages:
            found += sum(len(row) for table in page.find_tables() for row in table.extract())
            page.close()
        return found


def _camelot(data: bytes) -> int:
    """The cells that camelot finds by ruled lines."""
    import camelot

    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        return sum(table.df.size for table in camelot.read_pdf(file.name, pages="all", flavor="lattice"))


def main(files: Sequence[str]) -> None:
    """Print the figures for every file and every format."""
    samples = list(generate(1, DOCUMENTS, (2026,)))
    chosen = [Path(file) for file in files] or sorted(PUBLISHED.glob("*.pdf"))
    sources = {path.name: path.read_bytes() for path in chosen} | ({} if files else {"generated.pdf": FILES["pdf"](samples[0])})
    tools, minter = Toolbox.load(), Minter(Settings().base)
    with_camelot = find_spec("camelot") is not None
    print(
        f"{'CPU ms a page':<48} cells  document  pdfplumber  ratio  {'camelot' if with_camelot else 'camelot: not installed'}   to graph, s"
    )
    for name, data in sources.items():
        pages = len(read_pages(name, data)[0])
        cells = _best(lambda name=name, data=data: read_pages(name, data)) / pages
        whole = _best(lambda name=name, data=data: compose(name, data, read_items(name, data))) / pages
        theirs = _best(lambda data=data: _plumbed(data)) / pages
        camelot = f"{_best(lambda data=data: _camelot(data)) / pages:7.1f}" if with_camelot else ""
        walls = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            disclosure = extract(read_document(name, data), tools.families, tools.codes)
            emit(disclosure, tools.pack(disclosure.pack), minter)
            walls.append(time.perf_counter() - start)
        figures = f"{cells:5.2f} {whole:9.2f} {theirs:11.2f} {cells / theirs:6.2f}  {camelot}"
        print(f"{name[-48:]:<48} {figures} {min(walls):10.2f}   {pages} pages")
    print(f"CPU ms a document, {DOCUMENTS} generated: read, and to triples (limit 100)")
    for form in ("docx", "html", "xlsx"):
        written = [FILES[form](sample) for sample in samples]
        read = _best(lambda form=form, written=written: [read_document(form, data) for data in written]) / DOCUMENTS

        def to_triples(form: str = form, written: Sequence[bytes] = written) -> None:
            for data in written:
                disclosure = extract(read_document(form, data), tools.families, tools.codes)
                emit(disclosure, tools.pack(disclosure.pack), minter)

        print(f"  {form:<5} {read:6.1f} {_best(to_triples) / DOCUMENTS:8.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
