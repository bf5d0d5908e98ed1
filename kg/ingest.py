"""From files to the store: read, extract, emit, replace. One named graph per file; a refused file leaves the store as it was."""

import csv
import datetime
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from kg import iri
from kg.codes import Codes, load_codes
from kg.document import Document
from kg.errors import RefusedFile
from kg.extract.disclosure import extract
from kg.forms import Family, load_families
from kg.forms.schema import Pack
from kg.meter import Meter
from kg.processes import Processes, jobs_for
from kg.program import program
from kg.queries import named
from kg.readers.bundle import bundled
from kg.readers.formats import MAX_BYTES, read_document
from kg.records import Disclosure, DisclosureKind
from kg.reference import Touched, rebuild_reference, update_reference
from kg.resources import code_list_files, ontology_files, shape_files
from kg.settings import Settings
from kg.store import Reader, Writer, canonical
from kg.triples import emit, emit_restricted

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Toolbox:
    """What extraction needs beside the file: form packs and code lists."""

    families: tuple[Family, ...]
    codes: Codes

    @classmethod
    def load(cls) -> "Toolbox":
        """The packs and lists that come with the program."""
        return cls(load_families(), load_codes(code_list_files()))

    def pack(self, pack_id: str) -> Pack:
        return next(family.pack for family in self.families if family.pack.id == pack_id)


@dataclass(frozen=True)
class Ingested:
    """One file's result: ``outcome`` is ``new``, ``unchanged``, ``revised`` (an older revision went to the archive) or
    ``superseded`` (this file is the older one and went to the archive itself). ``triples`` is 0 where the file was not read
    again, because the store has what this program makes of it."""

    file: Path
    sha256: str
    outcome: str
    triples: int


@dataclass(frozen=True)
class Imprint:
    """What tells one disclosure from another, each as in :class:`kg.records.Disclosure`; ``tables`` is their number.

    The rest is in the triples and stays with the process that read it: of what would be passed between processes it is a tenth, of
    the work of passing it the most.
    """

    document: str
    sha256: str
    region: str
    issuer: str
    fiscal_year: int
    phase: str
    kind: DisclosureKind
    signed: datetime.date | None
    tables: int

    @classmethod
    def of(cls, disclosure: Disclosure) -> "Imprint":
        said = disclosure
        identity = (said.document, said.sha256, said.region, said.issuer, said.fiscal_year, said.phase, said.kind, said.signed)
        return cls(*identity, len(said.tables))


@dataclass(frozen=True)
class Prepared:
    """A file as it goes into a store: all that could be done without one. Triples are N-Triples, ``digest`` that of their graph."""

    imprint: Imprint
    data: bytes
    triples: bytes
    digest: str
    count: int
    restricted: bytes


@dataclass(frozen=True)
class Desk:
    """What files are prepared with; ``known`` are the hashes of those that need not be."""

    tools: Toolbox
    minter: iri.Minter
    known: frozenset[str] = frozenset()


Preparing = Callable[[Sequence[Sequence[Path]], Desk], Iterator[tuple[Sequence[Path], Prepared | str | RefusedFile]]]
"""Prepares the files of disclosures in their order."""


@dataclass(frozen=True)
class Report:
    """What became of the files, in order; refused ones with their reason."""

    ingested: tuple[Ingested, ...]
    refused: tuple[RefusedFile, ...]


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are meant: a folder stands for its files, sorted, hidden ones and subfolders left out."""
    for path in paths:
        if path.is_dir():
            yield from (entry for entry in sorted(path.iterdir()) if entry.is_file() and not entry.name.startswith("."))
        else:
            yield path


def load(path: Path) -> tuple[Document, bytes]:
    """Read a file. Raises :class:`RefusedFile` when it is missing, unreadable or no document."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise RefusedFile(f"{size:,} bytes; the limit is {MAX_BYTES:,}", path.name)
        data = path.read_bytes()
    except OSError as error:
        raise RefusedFile(error.strerror or str(error), str(path)) from error
    return read_document(path.name, data), data


def load_as_one(paths: Sequence[Path]) -> tuple[Document, bytes]:
    """Read several files as the parts of one disclosure, with the archive that keeps them. Raises as :func:`load`."""
    files = [(path.name, load(path)[1]) for path in paths]
    data = bundled(files)
    return read_document(" + ".join(sorted(name for name, _ in files)), data), data


def disclosure_of(path: Path, tools: Toolbox) -> Disclosure:
    """Read and extract one file, without a store."""
    document, _ = load(path)
    return extract(document, tools.families, tools.codes)


def prepare(parts: Sequence[Path], desk: Desk) -> Prepared | str | RefusedFile:
    """One disclosure's files read, extracted and told as triples; the hash alone when it is known; why it is refused."""
    try:
        if sha256 := known_hash(parts, desk):
            return sha256
        document, data = load(parts[0]) if len(parts) == 1 else load_as_one(parts)
        disclosure = extract(document, desk.tools.families, desk.tools.codes)
    except RefusedFile as error:
        return error
    triples = emit(disclosure, desk.tools.pack(disclosure.pack), desk.minter)
    digest = hashlib.sha256(canonical(triples.data)).hexdigest()
    return Prepared(Imprint.of(disclosure), data, triples.data, digest, len(triples), emit_restricted(disclosure, desk.minter).data)


def known_hash(parts: Sequence[Path], desk: Desk) -> str:
    """The hash of a file that need not be prepared; empty for others."""
    sha256 = _hash_of(parts[0]) if len(parts) == 1 and desk.known else ""
    return sha256 if sha256 in desk.known else ""


def _hash_of(path: Path) -> str:
    """Empty when it cannot be read, which :func:`load` says better."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


_desks: list[Desk] = []


def _sit_down(minter: iri.Minter, known: frozenset[str]) -> None:
    _desks[:] = [Desk(Toolbox.load(), minter, known)]


def _work(parts: Sequence[Path]) -> Prepared | str | RefusedFile:
    return prepare(parts, _desks[0])


def _each_prepared(sets: Sequence[Sequence[Path]], desk: Desk, jobs: int) -> Iterator[tuple[Sequence[Path], Prepared | str | RefusedFile]]:
    """The files with what was made of them, in their order, by so many processes; by this one when it is one."""
    if jobs == 1:
        yield from ((parts, prepare(parts, desk)) for parts in sets)
        return
    processes: Processes[Sequence[Path], Prepared | str | RefusedFile] = Processes(
        jobs, _sit_down, (desk.minter, desk.known), _work, "ingest"
    )
    try:
        yield from processes.each(sets)
    finally:
        processes.close()


def ingest(
    paths: Sequence[Path],
    store: Writer,
    settings: Settings,
    tools: Toolbox,
    progress: Progress,
    *,
    as_one: bool = False,
    jobs: int | None = 1,
    again: bool = False,
    publish_after: float = 0,
    elsewhere: Preparing | None = None,
) -> Report:
    """Take files into the store one by one, then tell anew what they share. The last publication is left to the store's owner.

    Files are read by ``jobs`` processes (``None``: one a core) and written by this one in their order, so that the number of
    processes changes nothing. What this program took in before, and still stands, is not read again unless ``again``: an ingest
    that was broken off goes on where it was. ``as_one``: the files are the parts of one disclosure. ``publish_after``: so many
    seconds after the last time what came in is published on the way, with what it shares; 0: not before the end. ``elsewhere``:
    prepares the files in the place of the processes of this machine, in their order.
    """
    minter = iri.Minter(settings.base)
    if store.reference_due():
        rebuild_reference(store, minter)
    load_vocabulary(store, minter)
    touched, published = Touched(), time.monotonic()
    maker = f"{program()}-{hashlib.sha256(settings.base.encode()).hexdigest()[:8]}"
    done: list[Ingested] = []
    refused: list[RefusedFile] = []
    files = list(files_of(paths))
    sets = [files] if as_one else [[path] for path in files]
    meter = Meter(len(sets))
    desk = Desk(tools, minter, frozenset() if again else store.taken_in(maker))
    prepared = elsewhere(sets, desk) if elsewhere else _each_prepared(sets, desk, jobs_for(len(sets), jobs))
    for parts, made in prepared:
        if isinstance(made, str) and not _stands(store, minter, made):  # another revision was put in its place
            made = prepare(parts, Desk(tools, minter))
        if isinstance(made, RefusedFile):
            refused.append(made)
            progress(f"{meter.passed()} refused   {made}{meter.left()}")
        elif isinstance(made, str):
            done.append(Ingested(parts[0], made, "unchanged", 0))
            progress(f"{meter.passed(quick=True)} unchanged {parts[0].name}{meter.left()}")
        else:
            result = _take_in(parts[0], made, store, minter, touched)
            if result.outcome != "superseded":
                store.note_taken_in(result.sha256, maker, made.digest)
            done.append(result)
            told = f"{made.imprint.document}: {made.imprint.tables} tables, {made.count} triples"
            progress(f"{meter.passed()} {result.outcome:<9} {told}{meter.left()}")
        if publish_after and time.monotonic() - published >= publish_after:
            tell_shared(store, minter, touched)
            store.publish()
            touched, published = Touched(), time.monotonic()
    tell_shared(store, minter, touched)
    return Report(tuple(done), tuple(refused))


def tell_shared(store: Writer, minter: iri.Minter, touched: Touched) -> None:
    """Bring what documents share up to date with those that changed."""
    update_reference(store, minter, touched)
    store.set_reference_due(False)


def write_report(report: Report, output: IO[str]) -> None:
    """What became of each file as CSV: ``file``, ``outcome``, ``sha256``, ``triples``, ``place`` and ``reason`` of a refusal."""
    rows = csv.writer(output, lineterminator="\n")
    rows.writerow(("file", "outcome", "sha256", "triples", "place", "reason"))
    rows.writerows((entry.file, entry.outcome, entry.sha256, entry.triples, "", "") for entry in report.ingested)
    rows.writerows((refusal.file, "refused", "", "", refusal.place, refusal.reason) for refusal in report.refused)


def _stands(store: Reader, minter: iri.Minter, sha256: str) -> bool:
    return bool(store.query(f"ASK {{ GRAPH {ox.NamedNode(minter.disclosure_graph(sha256))} {{ ?s ?p ?o }} }}"))


def _take_in(path: Path, made: Prepared, store: Writer, minter: iri.Minter, touched: Touched) -> Ingested:
    imprint = made.imprint
    graph = minter.disclosure_graph(imprint.sha256)
    others = [other for other in _revisions(store, imprint, minter) if other[0] != minter.disclosure(imprint.sha256)]
    store.keep_source(imprint.sha256, made.data)
    store.put_restricted(minter.graph(f"restricted/{imprint.sha256[: iri.SHA_DIGITS]}"), made.restricted)
    signed = imprint.signed.isoformat() if imprint.signed else ""
    newer = max(((date, address) for address, date in others), default=("", ""))
    if newer[0] > signed:
        store.archive(graph, made.triples, newer[1])
        return Ingested(path, imprint.sha256, "superseded", made.count)
    old = [minter.graph(address.removeprefix(minter.base)) for address, _ in others]
    if not old and store.holds(graph, made.triples):
        return Ingested(path, imprint.sha256, "unchanged", made.count)
    before = {name: store.dump(name) for name in old}
    for name, data in before.items():
        store.archive(name, data, minter.disclosure(imprint.sha256))
    stale = [name.replace("graph/disclosure/", f"graph/{kind}/") for name in (*old, graph) for kind in ("validation", "derived")]
    touched.by(made.triples, *before.values(), store.dump(graph))
    store.set_reference_due(True)
    store.replace_graphs({graph: made.triples}, drop=[*old, *stale])
    return Ingested(path, imprint.sha256, "revised" if old else "new", made.count)


def _revisions(store: Reader, imprint: Imprint, minter: iri.Minter) -> list[tuple[str, str]]:
    """Current revisions of the same disclosure: (address, signature date or empty)."""
    answer = store.query(
        named("revisions"),
        {
            "department": ox.NamedNode(minter.department(imprint.region, imprint.issuer)),
            "year": ox.NamedNode(iri.year(imprint.fiscal_year)),
            "phase": ox.NamedNode(iri.code("budget-phase", imprint.phase)),
            "kind": ox.NamedNode(iri.code("disclosure-kind", imprint.kind.value)),
        },
    )
    assert isinstance(answer, ox.QuerySolutions)
    return [(row["disclosure"].value, row["signed"].value if row["signed"] else "") for row in answer]


def load_vocabulary(store: Writer, minter: iri.Minter) -> None:
    """Bring the ontology, the rules and the code lists of this program into the store, if they are not there already.

    Validation results and inferences that rest on other rules or lists are dropped.
    """
    graphs = {minter.graph("ontology"): ontology_files(), minter.graph("rules"): shape_files()} | {
        minter.graph(f"codes/{source.name.removesuffix('.ttl')}"): [source] for source in code_list_files()
    }
    digest = _digest(source for sources in graphs.values() for source in sources)
    if store.vocabulary() == digest:
        return
    judged = [name for name in store.graphs() if name.startswith((minter.graph("validation/"), minter.graph("derived/")))]
    store.set_reference_due(True)
    store.replace_graphs({name: b"".join(map(_turtle_to_lines, sources)) for name, sources in graphs.items()}, drop=judged)
    store.set_vocabulary(digest)
    rebuild_reference(store, minter)  # a code may have come into a list
    store.set_reference_due(False)


def _digest(sources: Iterable[Traversable]) -> str:
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def _turtle_to_lines(source: Traversable) -> bytes:
    """The Turtle as N-Triples; blank nodes (lists in axioms) get stable addresses, so that the same file is the same bytes."""
    names: dict[str, ox.NamedNode] = {}

    def named(term: ox.NamedNode | ox.BlankNode) -> ox.NamedNode:
        if isinstance(term, ox.NamedNode):
            return term
        fallback = ox.NamedNode(f"{iri.VOCABULARY}.well-known/genid/{source.name.removesuffix('.ttl')}-{len(names) + 1}")
        return names.setdefault(term.value, fallback)

    triples = []
    for quad in ox.parse(source.read_bytes(), format=ox.RdfFormat.TURTLE):
        assert isinstance(quad.subject, ox.NamedNode | ox.BlankNode)
        value = quad.object if isinstance(quad.object, ox.Literal) else named(quad.object)
        triples.append(ox.Triple(named(quad.subject), quad.predicate, value))
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
