"""Validation of files in a process of its own, which ends by a limit of time and of memory: shapes come from anybody.

Neither engine can be stopped from inside: a property path over a dense graph or a regular expression that backtracks runs on.
"""

import multiprocessing
import resource
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pyoxigraph as ox

from kg.errors import BudgetError
from kg.shacl import engine, reference
from kg.shacl.errors import ShapesError
from kg.shacl.reading import ntriples, read_triples
from kg.shacl.results import Fallback, Report
from kg.shacl.shapes_graph import ShapesGraph
from kg.shacl.workspace import Workspace

MEMORY = 6 * 1024**3
"""Bytes of address space."""


@dataclass(frozen=True)
class Task:
    """Files of data, taken together as one graph, and files of shapes. ``engine`` is ``compiled`` or ``reference``."""

    data: tuple[Path, ...]
    shapes: tuple[Path, ...]
    engine: str = "compiled"


def validate_files(task: Task, seconds: float) -> tuple[Report, ShapesGraph]:
    """The report, and the shapes as they were read.

    Raises :class:`ShapesError` when the limit is reached, the shapes are refused or a file is no RDF.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            raise ShapesError(f"stopped at the time limit of {seconds:g} seconds; --time-limit gives more")
        answer = ours.recv()
    except EOFError as error:
        raise ShapesError("validation was ended from outside, by the limit of memory most likely") from error
    finally:
        process.kill()
        process.join()
    if isinstance(answer, BudgetError):
        raise answer
    report, shapes = answer
    assert isinstance(report, Report)
    return report, ShapesGraph.of(shapes)


def _work(task: Task, answer: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        answer.send(_validated(task))
    except MemoryError:
        answer.send(ShapesError(f"more than {MEMORY // 1024**3} GB of memory are needed"))
    except BudgetError as error:
        answer.send(ShapesError(str(error)))


def _validated(task: Task) -> tuple[Report, bytes]:
    shapes = ntriples(_read(task.shapes))
    data = ntriples(_read(task.data))
    read = ShapesGraph.of(shapes)
    if task.engine == "reference":
        report = Report(reference.run(data, read), (Fallback(ox.NamedNode("urn:x-shacl:all"), "asked for"),))
    else:
        report = engine.validate(Workspace.single(data), read)
    return report, shapes


def _read(files: Sequence[Path]) -> list[ox.Triple]:
    """Several files as one graph; their blank nodes stay apart."""
    found: list[ox.Triple] = []
    for number, file in enumerate(files):
        triples = read_triples(file)
        found += triples if len(files) == 1 else (_marked(triple, number) for triple in triples)
    return found


def _marked(triple: ox.Triple, number: int) -> ox.Triple:
    subject, value = (
        ox.BlankNode(f"f{number}{term.value}") if isinstance(term, ox.BlankNode) else term for term in (triple.subject, triple.object)
    )
    return ox.Triple(subject, triple.predicate, value)  # type: ignore[arg-type]
