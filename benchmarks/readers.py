"""``python -m benchmarks.readers [FILE.pdf …]``: what reading a page costs, beside pdfplumber in the same run.

Without files a made-up budget of thirty pages is read. CPU milliseconds of this process, the best of three; the ratio holds when the
machine's speed drifts. ``to graph`` is wall time from a file to triples, with the process that the reader starts.
"""

import io
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pdfplumber

from kg.extract.disclosure import extract
from kg.ingest import Toolbox
from kg.iri import Minter
from kg.readers.formats import read_document
from kg.readers.pdf.reading import compose, read_items, read_pages
from kg.settings import Settings
from kg.triples import emit
from tests.made_files import as_docx, as_html, as_pdf, as_xlsx
from tests.made_shanghai import Made, Style

ROUNDS = 3


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


def main(files: Sequence[str]) -> None:
    """Print the figures for every file."""
    made = Made(Style(zero="0.00"))
    sources = {Path(file).name: Path(file).read_bytes() for file in files} or {"made.pdf": as_pdf(made.content * 2)}
    tools, minter = Toolbox.load(), Minter(Settings().base)
    print(f"{'CPU ms a page':<48} cells  document  pdfplumber  ratio   to graph, s")
    for name, data in sources.items():
        pages = len(read_pages(name, data)[0])
        cells = _best(lambda name=name, data=data: read_pages(name, data)) / pages
        whole = _best(lambda name=name, data=data: compose(name, data, read_items(name, data))) / pages
        theirs = _best(lambda data=data: _plumbed(data)) / pages
        start = time.perf_counter()
        disclosure = extract(read_document(name, data), tools.families, tools.codes)
        emit(disclosure, tools.pack(disclosure.pack), minter)
        wall = time.perf_counter() - start
        print(f"{name[-48:]:<48} {cells:5.2f} {whole:9.2f} {theirs:11.2f} {cells / theirs:6.2f} {wall:10.2f}   {pages} pages")
    print("CPU ms a document, read")
    for form, write in (("DOCX", as_docx), ("HTML", as_html), ("XLSX", as_xlsx)):
        written = write(made.content)
        print(f"  {form} {_best(lambda form=form, written=written: read_document(form, written)):6.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
