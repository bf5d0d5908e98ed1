"""Validation as a job: of files, without a store, or of every disclosure of a store, with the results kept in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from kg.errors import RefusedFile
from kg.ingest import Progress, Toolbox, files_of
from kg.iri import Minter
from kg.processes import jobs_for
from kg.queries import named
from kg.readers.formats import read_document
from kg.resources import code_list_files, ontology_files, shape_files, turtle_files
from kg.settings import Settings
from kg.store import Writer
from kg.terms import TERMS
from kg.validate.context import Context
from kg.validate.evidence import Lines, OtherText
from kg.validate.finding import Validation
from kg.validate.kept import basis, from_json, to_json
from kg.validate.neighbours import Neighbours
from kg.validate.report import to_triples
from kg.validate.roots import with_roots
from kg.validate.rules import RuleSet, Severity
from kg.validate.run import Given
from kg.validate.workers import BATCH, Desk, Files, Graphs, Workers, batch_size, batched

_KEPT_DAYS = 90
"""How long a kept validation that nothing asks for stays beside the store."""
_ORDER = (Severity.VIOLATION, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True)
class Judge:
    """The rules and the code lists they read, loaded once for many disclosures."""

    rules: RuleSet
    context: Context

    @classmethod
    def load(cls, own_shapes: Sequence[Path] = ()) -> "Judge":
        """The rules and lists that come with the program, and a user's own rules: Turtle files or folders of them."""
        files = [*shape_files(), *(file for path in own_shapes for file in turtle_files(path))]
        return cls(RuleSet.load(files), Context.load(code_list_files(), ontology_files()))


def validate_files(
    files: Sequence[Path], settings: Settings, tools: Toolbox, judge: Judge, jobs: int | None = None
) -> Iterator[Validation]:
    """Each file's validation. Raises :class:`kg.errors.RefusedFile` for a file that is no disclosure."""
    for found in validate_each(files, settings, tools, judge, jobs):
        if isinstance(found, RefusedFile):
            raise found
        yield found


def validate_each(
    files: Sequence[Path], settings: Settings, tools: Toolbox, judge: Judge, jobs: int | None = None
) -> Iterator[Validation | RefusedFile]:
    """Each file's validation, or why it was refused. ``jobs`` processes share the work; ``None``: one a core."""
    paths = list(files_of(files))
    processes = jobs_for(len(paths), jobs)
    with Workers(Desk(judge.rules, judge.context, tools), processes) as workers:
        yield from workers.each(Files(batch, settings) for batch in batched(paths, batch_size(len(paths), processes)))


def validate_store(
    store: Writer, settings: Settings, judge: Judge, progress: Progress, only_missing: bool = False, jobs: int | None = None
) -> Iterator[Validation]:
    """Each disclosure's validation, written to its validation graph as it is made.

    What rests on the same graphs, rules and code lists as before is not run again: its outcome was kept beside the store. A
    graph that stands is made anew, or with ``only_missing`` passed over: ingest drops the graph of what changed. Those that
    rules over several disclosures join with a missing one are made anew too.
    """
    minter = Minter(settings.base)
    answer = store.query(named("disclosures"))
    assert isinstance(answer, ox.QuerySolutions)
    standing = set(store.graphs()) if only_missing else set()
    hashes = [row["sha256"].value for row in answer if minter.validation_graph(row["sha256"].value) not in standing]
    shelf = _Shelf(store, minter, judge.rules)
    if only_missing:
        hashes = shelf.neighbours.and_neighbours(hashes, judge.rules)
    number = 0
    processes = jobs_for(len(hashes), jobs)
    with Workers(Desk(judge.rules, judge.context), processes) as workers:
        for batch in batched(hashes, BATCH * processes):
            for sha256, validation in zip(batch, _judged(store, batch, shelf, judge, workers), strict=True):
                number += 1
                store.replace_graphs({minter.validation_graph(sha256): to_triples(validation).data})
                counts = ", ".join(f"{validation.count(severity)} {severity.value}" for severity in _ORDER)
                progress(f"[{number}/{len(hashes)}] validated {validation.document}: {counts}")
                yield validation
    store.drop_outcomes(_KEPT_DAYS)


class _Shelf:
    """What a store holds of its disclosures; the lines of each source are read once, however many others see it."""

    def __init__(self, store: Writer, minter: Minter, rules: RuleSet) -> None:
        self.neighbours = Neighbours(store, minter, {rule.sees for rule in rules} - {"", f"{TERMS}department"})
        self._store = store
        self._minter = minter
        self._lines: dict[str, Lines | None] = {}

    def given(self, sha256: str) -> Given:
        return Given(self._store.dump(self._minter.disclosure_graph(sha256)), self._lines_of(sha256))

    def seeing(self, one: Given, sha256: str, joined_by: str) -> Given:
        """A disclosure with what its rules see of the others that a property joins with it."""
        near = self.neighbours.of(sha256, joined_by)
        texts = {disclosure: OtherText(name, self._lines_of(other) or Lines()) for disclosure, (other, name) in near.disclosures.items()}
        return replace(one, data=one.data + near.data, others=texts)

    def _lines_of(self, sha256: str) -> Lines | None:
        """Where the lines of a source begin, or nothing where the store does not have the source."""
        if sha256 not in self._lines:
            source = self._store.source(sha256)
            self._lines[sha256] = Lines.of(read_document(sha256, source).text) if source else None
        return self._lines[sha256]


def _judged(store: Writer, hashes: Sequence[str], shelf: _Shelf, judge: Judge, workers: Workers) -> list[Validation]:
    """The validations of some disclosures: by the rules over one of them, then by those over several, each with what it sees."""
    given = [shelf.given(sha256) for sha256 in hashes]
    rules = judge.rules
    parts = [_kept_or_made(store, given, judge, "", workers)]
    for joined_by in sorted({rule.sees for rule in rules} - {""}):
        seen = [shelf.seeing(one, sha256, joined_by) for one, sha256 in zip(given, hashes, strict=True)]
        parts.append(_kept_or_made(store, seen, judge, joined_by, workers))
    return [_merged(judged, rules) for judged in zip(*parts, strict=True)]


def _kept_or_made(store: Writer, given: Sequence[Given], judge: Judge, sees: str, workers: Workers) -> list[Validation]:
    """Validations by the rules that see what ``sees`` joins: those that were kept, and the others made, all at once, and kept."""
    rules = judge.rules.seeing(sees)
    resting = [basis(rules, judge.context.digest, one.data) for one in given]
    found = {place: from_json(data.decode(), rules) for place in set(resting) if (data := store.outcome(place)) is not None}
    open_ = [(place, one) for place, one in zip(resting, given, strict=True) if place not in found]
    if open_:
        size = batch_size(len(open_), workers.jobs)
        tasks = (Graphs(batch, sees) for batch in batched([one for _, one in open_], size))
        for (place, _), validation in zip(open_, workers.each(tasks), strict=True):
            assert isinstance(validation, Validation), "a graph of the store is not refused"
            store.keep_outcome(place, to_json(validation).encode())
            found[place] = validation
    return [found[place] for place in resting]


def _merged(parts: Sequence[Validation], rules: RuleSet) -> Validation:
    """One validation of those by several rule sets, in the order of all rules."""
    outcomes = {outcome.rule: outcome for part in parts for outcome in part.outcomes}
    findings = [finding for part in parts for finding in part.findings]
    order = {rule.id: number for number, rule in enumerate(rules)}
    findings.sort(key=lambda finding: order[finding.rule])
    return replace(parts[0], rules=rules, outcomes=tuple(outcomes[rule.id] for rule in rules), findings=with_roots(findings))


def narrowed(validation: Validation, prefixes: Sequence[str], least: Severity) -> Validation:
    """Only the rules whose id begins with one of ``prefixes`` (none: all), and findings of ``least`` severity and above."""
    wanted = tuple(prefixes) or ("",)
    kept = _ORDER[: _ORDER.index(least) + 1]
    return replace(
        validation,
        outcomes=tuple(outcome for outcome in validation.outcomes if outcome.rule.startswith(wanted)),
        findings=tuple(found for found in validation.findings if found.rule.startswith(wanted) and found.severity in kept),
    )
