"""Dumps: what is in the main store, as text. The restricted store is no part of it."""

from typing import BinaryIO

import pyoxigraph as ox

from kg.errors import StoreError
from kg.iri import Minter
from kg.settings import Settings
from kg.store import View
from kg.terms import PREFIXES


def export_store(store: View, settings: Settings, graph: str, form: str, out: BinaryIO) -> None:
    """Write all graphs as N-Quads, or one as N-Quads, N-Triples or Turtle.

    Raises :class:`StoreError` when ``graph`` is not in the store, or when a form without graph names is asked for them all.
    """
    if not graph:
        if form != "nquads":
            raise StoreError(f"{form} has no graph names; choose --graph or --format nquads")
        for line in store.quads():
            out.write(line)
        return
    name = graph if graph.startswith(settings.base) else Minter(settings.base).graph(graph)
    if name not in store.graphs():
        raise StoreError(f"no graph {name}")
    triples = store.dump(name)
    if form == "ntriples":
        out.write(triples)
    elif form == "nquads":
        suffix = f" <{name}> .\n".encode()
        for line in triples.splitlines():
            out.write(line.rstrip(b" .") + suffix)
    else:
        parsed = (quad.triple for quad in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES))
        out.write(ox.serialize(parsed, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"")
