"""The update that replaces what a graph says of some subjects."""

from collections.abc import Collection, Iterator

import pyoxigraph as ox

_SUBJECTS = 500
"""So many stand in one operation."""


def retelling(graph: str, subjects: Collection[str], ntriples: bytes) -> Iterator[str]:
    """Operations that take out everything that ``graph`` says of the subjects and put the N-Triples in."""
    name = ox.NamedNode(graph)
    ordered = sorted(subjects)
    for start in range(0, len(ordered), _SUBJECTS):
        nodes = " ".join(str(ox.NamedNode(subject)) for subject in ordered[start : start + _SUBJECTS])
        where = f"GRAPH {name} {{ ?subject ?predicate ?object }}"
        yield f"DELETE {{ {where} }} WHERE {{ VALUES ?subject {{ {nodes} }} {where} }}"
    if ntriples:
        yield f"INSERT DATA {{ GRAPH {name} {{\n{ntriples.decode()}}} }}"
