"""The ontology and the code lists: as Turtle for programs, as an index for people."""

from flask import Response, request

from kg.iri import Minter
from web.formats import GRAPH_FORMATS, by_media_type, media_types, write_triples
from web.negotiate import choose
from web.rendering import render, view
from web.site import site
from web.things import triples_of

_HTML = "text/html"


def ontology() -> Response:
    """Turtle or another graph format when asked for it, else the index of terms."""
    graph = Minter(site().settings.base).graph("ontology")
    offers = [_HTML, *media_types(GRAPH_FORMATS)]
    chosen = choose(request.headers.get("Accept", ""), offers)
    data = view()
    if chosen == _HTML:
        lists = [name for name in data.snapshot.graphs() if name.startswith(Minter(site().settings.base).graph("codes/"))]
        response = render("ontology.html", terms=list(data.rows("terms", graph=graph)), lists=lists, graph=graph)
    else:
        form = by_media_type(GRAPH_FORMATS, chosen)
        response = Response(write_triples(triples_of(data, graph), form), content_type=form.content_type)
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept")
    return response
