"""A folder of generated disclosures: texts, what each states, and which faults were planted."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from types import MappingProxyType

from kg.codes import Codes, load_codes
from kg.resources import code_list_files
from kg.samples.departments import Department
from kg.samples.facts import SampleDisclosure
from kg.samples.facts_file import dump_facts
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


TEXTS: Mapping[str, Callable[[SampleDisclosure], str]] = MappingProxyType({"tabbed": tabbed, "raw": raw, "raw-even": even})
"""The kinds of text that a corpus can be written in."""


def write_corpus(
    out: Path,
    seed: int,
    departments: int,
    years: Sequence[int],
    layout: str,
    faults: Sequence[str],
    progress: Progress,
    workers: int | None = None,
) -> Corpus:
    """Write ``NAME.txt`` and ``NAME.yaml``, the ground truth, for every department and year, and ``faults.jsonl``.

    ``layout`` is a key of ``TEXTS``. Of ``faults`` (rule ids) each disclosure gets one, in turn; those that it has no
    place for are passed over, and what the facts file states is what is printed, fault included. Files are replaced
    whole, and left alone where they are as they should be: an interrupted run is taken up by running again.

    Raises :class:`ValueError` for layouts, years and rules that are not known, and for too many departments.
    """
    if layout not in TEXTS:
        raise ValueError(f"no text layout {layout!r}; there are {', '.join(TEXTS)}")
    unknown = [rule for rule in faults if rule not in PLANTABLE]
    if unknown:
        raise ValueError(f"no way to break {', '.join(unknown)}; there is one for {', '.join(PLANTABLE)}")
    out.mkdir(parents=True, exist_ok=True)
    drawn_departments = drawn(seed, departments, HOUSE_STYLES, _codes())
    jobs = [
        _Job(out, seed, number, department, tuple(years), layout, tuple(faults))
        for number, department in enumerate(drawn_departments, start=1)
    ]
    done: list[_Done] = []
    with ProcessPoolExecutor(workers) as pool:
        for number, written in enumerate(pool.map(_write_department, jobs, chunksize=4), start=1):
            done += written
            progress(f"[{number}/{len(jobs)}] {written[-1].name if written else ''}")
    lines = [_fault_line(each.name, each.planted) for each in done if each.planted]
    _write(out / FAULTS_FILE, "".join(lines))
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
        _write(job.out / f"{name}.txt", TEXTS[job.text](printed))
        _write(job.out / f"{name}.yaml", dump_facts(printed))
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


def _fault_line(name: str, planted: Planted) -> str:
    fault = {"document": f"{name}.txt", "rule": planted.rule, **asdict(planted.place)}
    return json.dumps(fault | {"before": planted.before, "after": planted.after}, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    """Replace the file in one step; a file that says this already is not touched."""
    data = text.encode()
    if path.exists() and path.read_bytes() == data:
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)
