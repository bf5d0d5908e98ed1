"""The remote room: any SPARQL 1.1 service. What must not leave this machine stays in a local folder beside it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast
from urllib.parse import urlencode

import pyoxigraph as ox

from kg.errors import StoreError
from kg.sparql_tokens import Token, tokens
from kg.store import oxigraph
from kg.store.aside import Aside
from kg.store.binding import bound
from kg.store.endpoint import Endpoint
from kg.store.engines import ENGINES, GENERIC, RECORD, recognise
from kg.store.interface import OWN_DATASET, UNION, Answer, Dataset, Term
from kg.store.removal import Removal
from kg.store.rooms import SCHEMA_VERSION, Rooms, other_schema
from kg.store.wire import Answered, Wire, place_of

_ASKED_FIRST = f"SELECT ?key ?value WHERE {{ GRAPH <{RECORD}> {{ <{RECORD}> ?key ?value }} }}"
_GRAPH_RESULTS = "application/n-triples"
_NO_GRAPH = f"{RECORD}:none"
"""No graph has this name. Where a dataset has no default or no named graphs it stands in, since Virtuoso takes none for all."""


class RemoteStore:
    """A store behind a SPARQL service, to be read and written. Use as a context manager, or close it.

    Reading needs no ``local`` folder; :meth:`source` then knows no sources. Writing needs one, because sources, archive and
    restricted data are kept there and never sent. Raises :class:`StoreError` when the service cannot be reached, asks for
    credentials, or holds a store of another schema version.
    """

    def __init__(self, endpoint: Endpoint, local: Path | None = None) -> None:
        self.journal = None
        """Nobody knows what else is written to a service."""
        self._endpoint = endpoint
        self._wire = Wire(endpoint.credentials, endpoint.seconds)
        self._place = place_of(endpoint.query)
        self._engine = ENGINES.get(endpoint.engine, GENERIC)
        first = self._ask(_ASKED_FIRST, (), self._engine.results)
        if not endpoint.engine:
            self._engine = recognise(first.server)
        self._opened = self._record(first)
        self._aside = Aside(self._claimed(local)) if local else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections and the local folder. What was written is visible already."""
        if self._aside:
            self._aside.close()
        self._wire.close()

    @property
    def engine(self) -> str:
        """The name of the engine, as recognised or as told."""
        return self._engine.name

    # Reading

    def query(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        *,
        dataset: Dataset = UNION,
        base: str | None = None,
    ) -> Answer:
        """As :meth:`kg.store.interface.Reader.query`, with the values bound as :mod:`kg.store.binding` says.

        Rows come as they are read. Raises :class:`StoreError`, while rows are read too, when the service breaks off or
        leaves rows out.
        """
        said = bound(text, bindings or {}, joins=self._engine.joins_last_values)
        if base:
            said = f"BASE {ox.NamedNode(base)} {said}"
        words = list(tokens(said))
        fields = self._dataset(dataset)
        if dataset.union and self._engine.exclude and not _names_a_graph(words):
            hidden = (RECORD, *self._engine.hidden)
            said = " ".join((*(self._engine.exclude.format(graph=graph) for graph in hidden), said))
        return self._parsed(self._ask(said, fields, _GRAPH_RESULTS if _makes_a_graph(words) else self._engine.results))

    def graphs(self) -> list[str]:
        answer = self.query(self._engine.graphs, dataset=OWN_DATASET)
        assert isinstance(answer, ox.QuerySolutions)
        names = {row["graph"].value for row in answer}
        return sorted(names - {RECORD, *self._engine.hidden})

    def dump(self, graph: str) -> bytes:
        where = f"WHERE {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}"
        answered = self._ask(f"CONSTRUCT {{ ?s ?p ?o }} {where}", (), _GRAPH_RESULTS)
        data = oxigraph.canonical(answered.everything())
        if self._engine.cuts_silently and data.count(b"\n") < self._count(where):
            raise StoreError(f"the service cuts long answers: {graph} does not come whole (docs/remote-stores.md)", self._place)
        return data

    def source(self, sha256: str) -> bytes | None:
        return self._aside.rooms.kept_source(sha256) if self._aside else None

    def quads(self) -> Iterator[bytes]:
        """The whole store as N-Quads lines, graph by graph; a writer at work may change graphs that are still to come."""
        for name in self.graphs():
            suffix = f" <{name}> .\n".encode()
            for line in self.dump(name).splitlines():
                yield line.rstrip(b" .") + suffix

    @property
    def version(self) -> int:
        """The number of changes when this store was opened; 0 for data that this program did not write."""
        return int(self._opened.get("version", 0))

    def is_current(self) -> bool:
        return self._read_record().get("version") == self._opened.get("version")

    # Writing

    def replace_graphs(self, graphs: Mapping[str, bytes], drop: Sequence[str] = ()) -> None:
        """Replace and drop graphs by one update request; where there is no address for updates, graph by graph.

        Whether a request is done as a whole is the engine's affair: docs/remote-stores.md says what is known.
        """
        self._replace(graphs, drop, {})

    def holds(self, graph: str, ntriples: bytes) -> bool:
        return oxigraph.canonical(ntriples) == self.dump(graph)

    def vocabulary(self) -> str:
        return self._read_record().get("vocabulary", "")

    def set_vocabulary(self, digest: str) -> None:
        self._replace({}, (), {"vocabulary": digest})

    def keep_source(self, sha256: str, data: bytes) -> None:
        self._writing().keep_source(sha256, data)

    def keep_outcome(self, basis: str, data: bytes) -> None:
        self._writing().keep_outcome(basis, data)

    def outcome(self, basis: str) -> bytes | None:
        return self._writing().outcome(basis)

    def drop_outcomes(self, days: float) -> int:
        return self._writing().drop_outcomes(days)

    def taken_in(self, maker: str) -> frozenset[str]:
        return self._writing().taken_in(maker)

    def note_taken_in(self, sha256: str, maker: str, digest: str) -> None:
        self._writing().note_taken_in(sha256, maker, digest)

    def reference_due(self) -> bool:
        return self._writing().reference_due()

    def set_reference_due(self, due: bool) -> None:
        self._writing().set_reference_due(due)

    def retell(self, graph: str, subjects: Collection[str], ntriples: bytes) -> None:
        """As :meth:`kg.store.interface.Writer.retell`; the whole graph is read and sent again, which every service understands."""
        starts = tuple(f"{ox.NamedNode(subject)} ".encode() for subject in subjects)
        kept = (line for line in self.dump(graph).splitlines(keepends=True) if not line.startswith(starts))
        self._replace({graph: b"".join(kept) + ntriples}, (), {})

    def amend(self, graph: str, gone: bytes, new: bytes) -> None:
        """As :meth:`kg.store.interface.Writer.amend`; the whole graph is read and sent again."""
        going = set(oxigraph.canonical(gone).splitlines(keepends=True))
        kept = (line for line in self.dump(graph).splitlines(keepends=True) if line not in going)
        self._replace({graph: b"".join(kept) + new}, (), {})

    def forget(self, removal: Removal) -> None:
        """As :meth:`kg.store.interface.Writer.forget`. Ended by the next removal if this one is broken off."""
        aside = self._writing()
        aside.write(aside.rooms.removing, removal.text().encode())
        aside.set_reference_due(True)
        self._replace({}, removal.graphs, {})
        aside.forget(removal)
        aside.rooms.removing.unlink()

    def publish(self) -> None:
        """Nothing: what was written to a service is visible already."""

    def archive(self, graph: str, ntriples: bytes, successor: str) -> None:
        self._writing().archive(graph, ntriples, successor)

    def put_restricted(self, graph: str, ntriples: bytes) -> None:
        self._writing().put_restricted(graph, ntriples)

    def _replace(self, graphs: Mapping[str, bytes], drop: Sequence[str], noted: Mapping[str, str]) -> None:
        record = self._read_record()
        record |= {"schema": str(SCHEMA_VERSION), "version": str(int(record.get("version", 0)) + 1), **noted}
        lines = "".join(f"<{RECORD}> <{RECORD}:{key}> {ox.Literal(value)} .\n" for key, value in sorted(record.items()))
        everything = {**graphs, RECORD: lines.encode()}
        update = self._endpoint.update or self._sibling()
        if update:
            operations = [f"{self._engine.drop} {ox.NamedNode(name)}" for name in (*drop, *everything)]
            operations += [
                f"INSERT DATA {{ GRAPH {ox.NamedNode(name)} {{\n{part}}} }}"
                for name, data in everything.items()
                for part in self._parts(data)
            ]
            request = f"{self._engine.update_preamble} " + " ;\n".join(operations)
            self._wire.change("POST", update, request.encode(), "application/sparql-update")
        elif self._endpoint.graph_store:
            for name, data in everything.items():
                self._wire.change("PUT", self._graph_address(name), data, "application/n-triples")
            for name in drop:
                self._wire.change("DELETE", self._graph_address(name), absent=True)
        else:
            raise StoreError("no address for changes: say KG_STORE_UPDATE_URL or KG_STORE_GRAPH_URL", self._place)

    def _parts(self, ntriples: bytes) -> Iterator[str]:
        """N-Triples in parts that the engine takes in one operation; nothing when there are none."""
        lines = ntriples.splitlines(keepends=True)
        step = self._engine.insert_lines or max(len(lines), 1)
        for start in range(0, len(lines), step):
            yield b"".join(lines[start : start + step]).decode()

    def _sibling(self) -> str:
        """The address for updates beside the one for queries, where the engine has a custom."""
        engine = self._engine
        if engine.update_path and self._endpoint.query.endswith(engine.query_path):
            return self._endpoint.query.removesuffix(engine.query_path) + engine.update_path
        return ""

    def _graph_address(self, graph: str) -> str:
        joint = "&" if "?" in self._endpoint.graph_store else "?"
        return f"{self._endpoint.graph_store}{joint}{urlencode({'graph': graph})}"

    def _writing(self) -> Aside:
        if self._aside is None:
            raise StoreError("opened for reading: writing needs a local folder", self._place)
        return self._aside

    def _claimed(self, local: Path) -> Rooms:
        """The local folder, made if need be. One folder serves one address, and is no embedded store."""
        rooms = Rooms(local)
        mine = local / "ENDPOINT"
        try:
            if rooms.main.exists():
                raise StoreError("this folder is an embedded store; choose another with --local", str(local))
            if mine.exists() and mine.read_text("utf-8").strip() != self._place:
                raise StoreError(f"this folder belongs to {mine.read_text('utf-8').strip()}; choose another with --local", str(local))
            local.mkdir(parents=True, exist_ok=True)
            mine.write_text(f"{self._place}\n", "utf-8")
        except OSError as error:
            raise StoreError(f"cannot be made: {error.strerror or error}", str(local)) from error
        return rooms

    # The protocol

    def _ask(self, text: str, fields: Sequence[tuple[str, str]], accept: str) -> Answered:
        return self._wire.ask(self._endpoint.query, [("query", text), *fields], accept)

    def _parsed(self, answered: Answered) -> Answer:
        cut = answered.header(self._engine.cuts_at) if self._engine.cuts_at else ""
        if cut:
            raise StoreError(f"the service leaves out rows after {cut}; ask for fewer or raise its limit", self._place)
        if results := ox.QueryResultsFormat.from_media_type(answered.content_type):
            return ox.parse_query_results(cast("IO[bytes]", answered), format=results)
        triples = ox.RdfFormat.from_media_type(answered.content_type)
        if triples is None or answered.content_type == "text/html":
            raise StoreError(f"answers {answered.content_type or 'without a type'}: is this the address for queries?", self._place)
        store = ox.Store()
        store.load(answered.everything(), format=triples)
        answer = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        assert isinstance(answer, ox.QueryTriples)
        return answer

    def _dataset(self, dataset: Dataset) -> list[tuple[str, str]]:
        if dataset.default_graphs is not None or dataset.named_graphs is not None:
            default, named = dataset.default_graphs or (_NO_GRAPH,), dataset.named_graphs or (_NO_GRAPH,)
            return [("default-graph-uri", graph) for graph in default] + [("named-graph-uri", graph) for graph in named]
        return self._union() if dataset.union else []

    def _union(self) -> list[tuple[str, str]]:
        """The fields that make the default graph the union of all graphs."""
        if self._endpoint.union_graph:
            return [("default-graph-uri", self._endpoint.union_graph)]
        if self._engine.union is not None:
            return list(self._engine.union)
        graphs = self.graphs()
        if not graphs or self._default_has(graphs[0]):
            return []
        return [(kind, graph) for kind in ("default-graph-uri", "named-graph-uri") for graph in graphs]

    def _default_has(self, graph: str) -> bool:
        """Whether the default graph of the service shows what stands in a named one."""
        answer = self.query(f"SELECT ?s ?p ?o WHERE {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }} LIMIT 1", dataset=OWN_DATASET)
        assert isinstance(answer, ox.QuerySolutions)
        for row in answer:
            shown = self.query(f"ASK {{ {row['s']} {row['p']} {row['o']} }}", dataset=OWN_DATASET)
            return bool(shown)
        return True

    def _count(self, where: str) -> int:
        answer = self.query(f"SELECT (COUNT(*) AS ?n) {where}", dataset=OWN_DATASET)
        assert isinstance(answer, ox.QuerySolutions)
        return int(next(iter(answer))["n"].value)

    def _read_record(self) -> dict[str, str]:
        return self._record(self._ask(_ASKED_FIRST, (), self._engine.results))

    def _record(self, answered: Answered) -> dict[str, str]:
        """Schema version, data version and vocabulary; empty for a service that this program did not fill."""
        answer = self._parsed(answered)
        if not isinstance(answer, ox.QuerySolutions):
            raise StoreError("does not answer a SELECT with rows: is this the address for queries?", self._place)
        record = {row["key"].value.removeprefix(f"{RECORD}:"): row["value"].value for row in answer}
        found = record.get("schema", str(SCHEMA_VERSION))
        if found != str(SCHEMA_VERSION):
            raise StoreError(other_schema(found), self._place)
        return record


def _makes_a_graph(words: Sequence[Token]) -> bool:
    """Whether a query asks for triples: an engine may refuse a request that would also take rows."""
    forms = (word for token in words if token.kind == "word" and (word := token.text.upper()) in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
    return next(forms, "") in ("CONSTRUCT", "DESCRIBE")


def _names_a_graph(words: Sequence[Token]) -> bool:
    """Whether a query says ``GRAPH`` with a name. Virtuoso finds nothing there once a graph is left out of the union."""
    return any(token.kind == "word" and token.text.upper() == "GRAPH" and after.kind in ("iri", "name") for token, after in pairwise(words))
