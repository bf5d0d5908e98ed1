"""Between the IRIs of the graph and the addresses of this site. IRIs are fixed by configuration, never by the host."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from kg.iri import VOCABULARY

SHARED = frozenset({"code", "ontology", "region", "rule", "year"})
"""First segments of what is shared vocabulary: always under ``VOCABULARY``, whatever the base of an installation."""


@dataclass(frozen=True)
class Links:
    """The addresses of one installation. Both directions agree: ``iri(path(x)) == x`` for every IRI that is minted."""

    base: str

    def path(self, iri: str) -> str | None:
        """The path under which an IRI is described here, or ``None`` for an IRI of somebody else."""
        for base in (self.base, VOCABULARY):
            if iri.startswith(base) and "#" not in iri:
                return iri[len(base) :] or None
        return None

    def iri(self, path: str) -> str:
        """The IRI behind a path, percent-encoded or raw."""
        canonical = "/".join(quote(unquote(segment), safe="") for segment in path.split("/"))
        shared = canonical.partition("/")[0] in SHARED
        return (VOCABULARY if shared else self.base) + canonical

    def term(self, iri: str) -> str | None:
        """The local name of a term of the ontology, or ``None``."""
        namespace = f"{VOCABULARY}ontology#"
        return iri[len(namespace) :] if iri.startswith(namespace) else None
