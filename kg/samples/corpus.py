"""A folder of generated disclosures: files, what each states, and which faults were planted."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path
from random import Random
from types import MappingProxyType

from kg.codes import Codes, load_codes
from kg.resources import code_list_files
from kg.samples.departments import Department
from kg.samples.facts import SampleDisclosure
from kg.samples.facts_file import dump_facts
from kg.samples.files.content import Content, content_of
from kg.samples.files.manners import Manner, manner_of
from kg.samples.files.ruled_pdf import as_pdf
from kg.samples.files.scanned_pdf import as_scan
from kg.samples.files.web_page import as_html
from kg.samples.files.word import as_docx
from kg.samples.files.workbook import as_xlsx
from kg.samples.generate import disclosures, drawn
from kg.samples.layout_raw import write_raw
from kg.samples.layout_tabbed import write_tabbed
from kg.samples.plant import PLANTABLE, NotPlantable, Planted, plant
from kg.samples.style import HOUSE_STYLES, LAYOUTS

FAULTS_FILE = "faults.jsonl"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Corpus:
    """What was written: the names of the disclosures without suffix, and how many have a fault."""

    names: tuple[str, ...]
    faults: int


@dataclass(frozen=True)
class _Job:
    """One department's disclosures to be written."""

    out: Path
    seed: int
    number: int
    department: Department
    years: tuple[int, ...]
    text: str
    suffix: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class _Done:
    name: str
    planted: Planted | None


def tabbed(sample: SampleDisclosure) -> str:
    """As tabbed text in the sample's house style."""
    return write_tabbed(sample, LAYOUTS[sample.layout])


def raw(sample: SampleDisclosure) -> str:
    """As raw text in the sample's house style; a row of column numbers would be lost among the figures and is left out."""
    return write_raw(sample, replace(LAYOUTS[sample.layout], column_numbers=False))


def even(sample: SampleDisclosure) -> str:
    """As raw text whose heads do not tell which columns have figures: some then could stand in several."""
    return write_raw(sample, replace(LAYOUTS[sample.layout], column_numbers=False, even_columns=True))


def _set(sample: SampleDisclosure, write: Callable[[Sequence[Content], Manner], bytes]) -> bytes:
    manner = manner_of(sample.layout)
    return write(content_of(sample, manner), manner)


TEXTS: Mapping[str, Callable[[SampleDisclosure], str]] = MappingProxyType({"tabbed": tabbed, "raw": raw, "raw-even": even})
"""The kinds of text that a corpus can be written in."""

FILES: Mapping[str, Callable[[SampleDisclosure], bytes]] = MappingProxyType(
    {
        "pdf": partial(_set, write=as_pdf),
        "docx": partial(_set, write=as_docx),
        "xlsx": partial(_set, write=as_xlsx),
        "html": partial(_set, write=as_html),
        "scan.pdf": partial(_set, write=as_scan),
    }
)
"""The formats beside text, by the suffix of their files; each disclosure in its house style and the manner that goes with it."""

FORMATS = ("txt", *FILES)


def write_corpus(
    out: Path,
    seed: int,
    departments: int,
    years: Sequence[int],
    layout: str,
    faults: Sequence[str],
    progress: Progress,
    workers: int | None = None,
    suffix: str = "txt",
) -> Corpus:
    """Write ``NAME.txt`` and ``NAME.yaml``, the ground truth, for every department and year, and ``faults.jsonl``.

    ``layout`` is a key of ``TEXTS`` and concerns text only; ``suffix`` is one of ``FORMATS``. Of ``faults`` (rule ids) each
    disclosure gets one, in turn; those that it has no place for are passed over, and what the facts file states is what is
    printed, fault included. Files are replaced whole, and left alone where they are as they should be: an interrupted run is
    taken up by running again.

    Raises :class:`ValueError` for layouts, formats, years and rules that are not known, for too many departments, and where
    a format needs a library that is not installed.
    """
    if layout not in TEXTS:
        raise ValueError(f"no text layout {layout!r}; there are {', '.join(TEXTS)}")
    if suffix not in FORMATS:
        raise ValueError(f"no format {suffix!r}; there are {', '.join(FORMATS)}")
    unknown = [rule for rule in faults if rule not in PLANTABLE]
    if unknown:
        raise ValueError(f"no way to break {', '.join(unknown)}; there is one for {', '.join(PLANTABLE)}")
    out.mkdir(parents=True, exist_ok=True)
    drawn_departments = drawn(seed, departments, HOUSE_STYLES, _codes())
    jobs = [
        _Job(out, seed, number, department, tuple(years), layout, suffix, tuple(faults))
        for number, department in enumerate(drawn_departments, start=1)
    ]
    done: list[_Done] = []
    with ProcessPoolExecutor(workers) as pool:
        for number, written in enumerate(pool.map(_write_department, jobs, chunksize=4), start=1):
            done += written
            progress(f"[{number}/{len(jobs)}] {written[-1].name if written else ''}")
    lines = [_fault_line(f"{each.name}.{suffix}", each.planted) for each in done if each.planted]
    _write(out / FAULTS_FILE, "".join(lines).encode())
    return Corpus(tuple(each.name for each in done), len(lines))


@cache
def _codes() -> Codes:
    return load_codes(code_list_files())


def _write_department(job: _Job) -> list[_Done]:
    return list(_written(job))


def _written(job: _Job) -> Iterator[_Done]:
    for sample in disclosures(job.department, job.seed, job.years, _codes()):
        name = f"{sample.region}-{job.number:05d}-{sample.fiscal_year}-{sample.kind}"
        planted = _planted(sample, name, job)
        printed = planted.sample if planted else sample
        data = TEXTS[job.text](printed).encode() if job.suffix == "txt" else FILES[job.suffix](printed)
        _write(job.out / f"{name}.{job.suffix}", data)
        _write(job.out / f"{name}.yaml", dump_facts(printed).encode())
        yield _Done(name, planted)


def _planted(sample: SampleDisclosure, name: str, job: _Job) -> Planted | None:
    """The fault whose turn it is, or the next one that this sample has a place for."""
    first = job.number * len(job.years) + job.years.index(sample.fiscal_year)
    for offset in range(len(job.faults)):
        try:
            return plant(sample, job.faults[(first + offset) % len(job.faults)], Random(f"{job.seed}/{name}"))  # noqa: S311
        except NotPlantable:
            continue
    return None


def _fault_line(document: str, planted: Planted) -> str:
    fault = {"document": document, "rule": planted.rule, **asdict(planted.place)}
    return json.dumps(fault | {"before": planted.before, "after": planted.after}, ensure_ascii=False) + "\n"


def _write(path: Path, data: bytes) -> None:
    """Replace the file in one step; a file that says this already is not touched."""
    if path.exists() and path.read_bytes() == data:
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)
