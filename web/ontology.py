"""The ontology and the code lists: as Turtle for programs, as an index for people."""

from dataclasses import dataclass

from flask import Response, request

from kg.iri import Minter
from kg.questions import Words
from web.formats import GRAPH_FORMATS, by_media_type, media_types, write_triples
from web.negotiate import choose
from web.rendering import render, view
from web.site import View, site
from web.things import alternates, triples_of

_HTML = "text/html"


@dataclass(frozen=True)
class OntologyTerm:
    """A class, property or individual of the ontology."""

    name: str
    label: Words
    definition: Words


def ontology() -> Response:
    """Turtle or another graph format when asked for it, else the index of terms."""
    graph = Minter(site().settings.base).graph("ontology")
    offers = [_HTML, *media_types(GRAPH_FORMATS)]
    chosen = choose(request.headers.get("Accept", ""), offers)
    data = view()
    if chosen == _HTML:
        lists = [name for name in data.snapshot.graphs() if name.startswith(Minter(site().settings.base).graph("codes/"))]
        response = render("ontology.html", terms=read_terms(data, graph), lists=lists, alternates=alternates(graph))
    else:
        form = by_media_type(GRAPH_FORMATS, chosen)
        response = Response(write_triples(triples_of(data, graph), form), content_type=form.content_type)
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept")
    return response


def read_terms(data: View, graph: str) -> list[OntologyTerm]:
    """The terms of the ontology by name; a term of several types is there once."""
    found: dict[str, OntologyTerm] = {}
    for row in data.rows("terms", graph=graph):
        name = row.text("term").rpartition("#")[2]
        label = Words(row.text("zh"), row.text("en"))
        found.setdefault(name, OntologyTerm(name, label, Words(row.text("definitionZh"), row.text("definitionEn"))))
    return [found[name] for name in sorted(found)]
