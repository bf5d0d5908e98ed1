"""Generated disclosures as the graphs that validation takes."""

import contextlib
import itertools
import pickle
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

from kg.extract.disclosure import extract
from kg.ingest import Toolbox
from kg.iri import Minter
from kg.readers.text import read_text
from kg.samples import write_text
from kg.samples.generate import generate
from kg.samples.plant import PLANTABLE, NotPlantable, plant
from kg.triples import emit


def graphs_of(texts: Sequence[str], tools: Toolbox) -> list[bytes]:
    """Each text extracted and emitted as N-Triples."""
    graphs = []
    for number, text in enumerate(texts):
        said = extract(read_text(f"{number}.txt", text.encode()), tools.families, tools.codes)
        graphs.append(emit(said, tools.pack(said.pack), Minter()).data)
    return graphs


def disclosure_graphs(number: int, seed: int = 1) -> list[bytes]:
    """The graphs of ``number`` made-up disclosures of one year, every fourth with a fault in it where it has a place for one."""
    faults = itertools.cycle(PLANTABLE)
    texts = []
    for place, sample in enumerate(generate(seed, number, [2026])):
        faulty = sample
        if place % 4 == 0:
            with contextlib.suppress(NotPlantable):
                faulty = plant(sample, next(faults), Random(place)).sample
        texts.append(write_text(faulty))
    return graphs_of(texts, Toolbox.load())


def kept_graphs(number: int) -> list[bytes]:
    """As :func:`disclosure_graphs`, made once a machine and kept in its folder for temporary files; remove the file to have others."""
    kept = Path(tempfile.gettempdir()) / f"budget-kg-benchmark-faulty-{number}.pickle"
    if not kept.exists():
        kept.write_bytes(pickle.dumps(disclosure_graphs(number)))
    graphs: list[bytes] = pickle.loads(kept.read_bytes())
    return graphs
