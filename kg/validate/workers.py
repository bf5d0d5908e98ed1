"""Validation over several processes: each holds the rules and code lists, gets batches and sends validations back, in their order."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from kg.errors import RefusedFile
from kg.extract.disclosure import extract
from kg.ingest import Toolbox, load
from kg.iri import Minter
from kg.processes import Processes
from kg.settings import Settings
from kg.triples import emit
from kg.validate.context import Context
from kg.validate.evidence import Lines
from kg.validate.finding import Validation
from kg.validate.kept import from_json, to_json
from kg.validate.rules import RuleSet
from kg.validate.run import Given, validate_many

_T = TypeVar("_T")
BATCH = 25
"""How many disclosures are validated at once."""


@dataclass(frozen=True)
class Files:
    """Files to be extracted and validated by all rules."""

    paths: tuple[Path, ...]
    settings: Settings


@dataclass(frozen=True)
class Graphs:
    """Disclosure graphs to be validated by the rules over disclosures that a property joins (empty: over one); ``None``: by all."""

    given: tuple[Given, ...]
    sees: str | None = None


@dataclass(frozen=True)
class Desk:
    """What a process works with; ``tools`` only where files are read."""

    rules: RuleSet
    context: Context
    tools: Toolbox | None = None

    def rules_for(self, task: Files | Graphs) -> RuleSet:
        return self.rules if isinstance(task, Files) or task.sees is None else self.rules.seeing(task.sees)

    def work(self, task: Files | Graphs) -> list[Validation | RefusedFile]:
        """The validations of a batch, in its order; in place of a file that is no disclosure, why it is refused."""
        if isinstance(task, Graphs):
            return [*validate_many(task.given, self.context, self.rules_for(task))]
        assert self.tools is not None
        given = [_given(path, task.settings, self.tools) for path in task.paths]
        judged = iter(validate_many([one for one in given if isinstance(one, Given)], self.context, self.rules))
        return [next(judged) if isinstance(one, Given) else one for one in given]


def _given(path: Path, settings: Settings, tools: Toolbox) -> Given | RefusedFile:
    try:
        document, _ = load(path)
        disclosure = extract(document, tools.families, tools.codes)
    except RefusedFile as error:
        return error
    return Given(emit(disclosure, tools.pack(disclosure.pack), Minter(settings.base)).data, Lines.of(document.text))


class Workers:
    """``jobs`` processes, or with one job this process. They start with the first batch and end with the context."""

    def __init__(self, desk: Desk, jobs: int) -> None:
        self._desk = desk
        self.jobs = jobs
        self._processes: Processes[Files | Graphs, list[_Sent]] = Processes(jobs, _sit_down, (desk,), _work, "validation")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._processes.close()

    def each(self, tasks: Iterable[Files | Graphs]) -> Iterator[Validation | RefusedFile]:
        """The results of batches, in their order; no more than two batches a process are under way.

        Raises :class:`BudgetError` when a process was ended from outside, and what a batch raises.
        """
        if self.jobs == 1:
            for task in tasks:
                yield from self._desk.work(task)
            return
        for task, sent in self._processes.each(tasks):
            rules = self._desk.rules_for(task)
            yield from (_received(one, rules) for one in sent)


def batch_size(number: int, jobs: int) -> int:
    """At most :data:`BATCH`, and every process has its share."""
    return max(1, min(BATCH, -(-number // jobs)))


_Sent = str | tuple[str, str, str]
"""A validation as :mod:`kg.validate.kept` writes it, or the reason, file and place of a refusal."""
_desks: list[Desk] = []


def _sit_down(desk: Desk) -> None:
    _desks[:] = [desk]
    collect_rarely()


def collect_rarely() -> None:
    """What a process holds stays, and a batch makes many small things and few rings of them: the collector looks rarely."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


def _work(task: Files | Graphs) -> list[_Sent]:
    found = _desks[0].work(task)
    return [to_json(one) if isinstance(one, Validation) else (one.reason, one.file, one.place) for one in found]


def _received(sent: _Sent, rules: RuleSet) -> Validation | RefusedFile:
    return from_json(sent, rules) if isinstance(sent, str) else RefusedFile(*sent)


def batched(things: Sequence[_T], size: int) -> Iterator[tuple[_T, ...]]:
    """A sequence in pieces of a size; the last may be shorter."""
    return (tuple(things[first : first + size]) for first in range(0, len(things), size))
