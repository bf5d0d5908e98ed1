"""RDF files of any serialisation, known by their content; the name of a file only decides where the content leaves it open."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.errors import RefusedFile

_TURTLE_FAMILY = (ox.RdfFormat.TRIG, ox.RdfFormat.N_QUADS)
"""TriG reads Turtle and N-Triples too."""


def read_triples(path: Path) -> list[ox.Triple]:
    """Every statement of a file, whatever graph it stands in. Raises :class:`RefusedFile` with the place where reading ends."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RefusedFile(f"cannot be read: {error.strerror or error}", str(path)) from error
    first: SyntaxError | None = None
    for form in _forms(data):
        try:
            return list(dict.fromkeys(_triples(data, form, path)))
        except SyntaxError as error:
            first = first or error
    raise RefusedFile(f"no RDF that can be read: {first}", str(path))


def _forms(data: bytes) -> tuple[ox.RdfFormat, ...]:
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:200]
    if start.startswith((b"<?xml", b"<rdf:", b"<!DOCTYPE", b"<!--")):
        return (ox.RdfFormat.RDF_XML,)
    if start.startswith((b"{", b"[")) and not start.startswith(b"[]"):
        return (ox.RdfFormat.JSON_LD, *_TURTLE_FAMILY)
    return _TURTLE_FAMILY


def _triples(data: bytes, form: ox.RdfFormat, path: Path) -> Iterator[ox.Triple]:
    return (quad.triple for quad in ox.parse(data, format=form, base_iri=path.resolve().as_uri()))


def ntriples(triples: list[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
