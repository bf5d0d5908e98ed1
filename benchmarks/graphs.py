"""Generated disclosures as the graphs that validation takes."""

import pickle
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kg.extract.disclosure import extract
from kg.ingest import Toolbox
from kg.iri import Minter
from kg.readers.text import read_text
from kg.samples import write_text
from kg.samples.generate import generate
from kg.triples import emit


def graphs_of(texts: Sequence[str], tools: Toolbox) -> list[bytes]:
    """Each text extracted and emitted as N-Triples."""
    graphs = []
    for number, text in enumerate(texts):
        said = extract(read_text(f"{number}.txt", text.encode()), tools.families, tools.codes)
        graphs.append(emit(said, tools.pack(said.pack), Minter()).data)
    return graphs


def disclosure_graphs(number: int, seed: int = 1) -> list[bytes]:
    """The graphs of ``number`` made-up disclosures of one year."""
    return graphs_of([write_text(sample) for sample in generate(seed, number, [2026])], Toolbox.load())


def kept_graphs(number: int) -> list[bytes]:
    """As :func:`disclosure_graphs`, made once a machine and kept in its folder for temporary files; remove the file to have others."""
    kept = Path(tempfile.gettempdir()) / f"budget-kg-benchmark-{number}.pickle"
    if not kept.exists():
        kept.write_bytes(pickle.dumps(disclosure_graphs(number)))
    graphs: list[bytes] = pickle.loads(kept.read_bytes())
    return graphs
