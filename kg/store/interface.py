"""What every store can do, whichever room is behind it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import pyoxigraph as ox

from kg.store.journal import Journal
from kg.store.removal import Removal

Term = ox.NamedNode | ox.Literal | ox.BlankNode
Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True)
class Dataset:
    """What a query may see. Without lists: the union of all graphs, or what the text's own FROM says if not ``union``.

    The lists replace FROM and FROM NAMED of the text (SPARQL 1.1 Protocol, 2.1.4).
    """

    union: bool = True
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None

    @classmethod
    def of(cls, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Self:
        """Exactly these graphs."""
        return cls(False, tuple(default_graphs), tuple(named_graphs))


UNION = Dataset()
OWN_DATASET = Dataset(union=False)


class Reader(Protocol):
    """What can be asked of any store."""

    def query(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        *,
        dataset: Dataset = UNION,
        base: str | None = None,
    ) -> Answer:
        """Run a SPARQL query over ``dataset``; ``bindings`` are bound, never pasted, ``base`` completes relative IRIs.

        Raises :class:`QueryError` with line and column when the text is no SPARQL.
        """

    def graphs(self) -> list[str]:
        """The names of all graphs, sorted."""

    def dump(self, graph: str) -> bytes:
        """One graph as sorted N-Triples."""


class View(Reader, Protocol):
    """A reader of what has been published: the disclosures with their sources, at one state of the data."""

    @property
    def version(self) -> int:
        """Grows with every publication."""

    def is_current(self) -> bool:
        """Whether nothing newer has been published."""

    def source(self, sha256: str) -> bytes | None:
        """The bytes of a disclosure by its hash, or ``None`` when the store does not have them."""

    def quads(self) -> Iterator[bytes]:
        """Everything as N-Quads lines, graph by graph."""


class Writer(Reader, Protocol):
    """A reader that may also change the store. Superseded revisions and personal data are kept apart from what may be asked."""

    @property
    def journal(self) -> Journal | None:
        """Which graphs changed; ``None`` where others may write to the store too, so that nobody knows."""

    def replace_graphs(self, graphs: Mapping[str, bytes], drop: Sequence[str] = ()) -> None:
        """Replace each named graph by its N-Triples, and drop others."""

    def holds(self, graph: str, ntriples: bytes) -> bool:
        """Whether ``graph`` is exactly these N-Triples, whatever forms of numbers the engine keeps."""

    def keep_source(self, sha256: str, data: bytes) -> None:
        """Keep the bytes of a disclosure beside the store, under their hash."""

    def source(self, sha256: str) -> bytes | None:
        """The bytes of a disclosure by its hash, or ``None`` when the store does not have them."""

    def keep_outcome(self, basis: str, data: bytes) -> None:
        """Keep a validation beside the store, under the digest of what it rests on."""

    def outcome(self, basis: str) -> bytes | None:
        """A validation that was kept, or ``None``."""

    def drop_outcomes(self, days: float) -> int:
        """Drop the validations that were neither kept nor asked for in so many days; how many there were."""

    def taken_in(self, maker: str) -> frozenset[str]:
        """The hashes of the files that this maker (a digest of the program) has taken in at some time; the graphs of some may
        have been dropped since."""

    def note_taken_in(self, sha256: str, maker: str, digest: str) -> None:
        """Note that a file's graph is in the main store as this maker makes it; ``digest`` is the SHA-256 of what :meth:`dump`
        gives of it."""

    def reference_due(self) -> bool:
        """Whether disclosures have changed and the reference graph may not say so yet, because a process was killed."""

    def set_reference_due(self, due: bool) -> None:
        """Note that disclosures are about to change, or that the reference graph now says what they say."""

    def retell(self, graph: str, subjects: Collection[str], ntriples: bytes) -> None:
        """Replace, in ``graph``, everything that is said of these subjects by N-Triples, and leave the rest of it as it is."""

    def amend(self, graph: str, gone: bytes, new: bytes) -> None:
        """Take some N-Triples out of ``graph`` and put others in; those that are not there, or there already, are passed over."""

    def forget(self, removal: Removal) -> None:
        """Take disclosures out of the store and of what is kept beside it. Once begun it is ended, by the next writer if need be."""

    def publish(self) -> None:
        """Make what was written so far visible to readers."""

    def archive(self, graph: str, ntriples: bytes, successor: str) -> None:
        """Put a superseded revision into the archive and note the disclosure that took its place; the caller drops it from the
        main store in its own update."""

    def put_restricted(self, graph: str, ntriples: bytes) -> None:
        """Replace a graph of the restricted store (personal data), which is never part of the main store."""

    def vocabulary(self) -> str:
        """The digest of the ontology and code lists in the main store; empty when there are none yet."""

    def set_vocabulary(self, digest: str) -> None:
        """Note the digest of the ontology and code lists that the main store now holds."""
