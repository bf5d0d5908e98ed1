"""Linked data: ``/id/…`` names a thing and answers 303, ``/doc/….{html,ttl,nt,rdf,jsonld}`` describes it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Response, abort, redirect, request
from werkzeug.wrappers import Response as Redirect

from kg.terms import TERMS
from web import pages, rules
from web.citation import MEDIA_TYPES, citation_of
from web.connections.inferences import inference
from web.formats import GRAPH_FORMATS, by_media_type, by_suffix, media_types, write_triples
from web.joined import read_joined
from web.negotiate import choose
from web.network import network_address, read_neighbourhood
from web.rendering import raw_target, render, view
from web.site import View, site
from web.things import Thing, alternates, read_mentions, read_thing, triples_of

HTML = "text/html"
Page = tuple[str, dict[str, Any]]
_PAGES: dict[str, Callable[[View, Thing], Page]] = {
    f"{TERMS}Department": pages.department,
    f"{TERMS}Disclosure": pages.disclosure,
    f"{TERMS}BudgetTable": pages.table,
    f"{TERMS}TableRow": pages.row,
    f"{TERMS}BudgetObservation": pages.cell,
    f"{TERMS}Finding": pages.finding,
    f"{TERMS}Rule": rules.rule,
    f"{TERMS}Inference": inference,
}


def identify(path: str) -> Redirect:
    """303 to the description that the client prefers, 404 for what the graph does not know."""
    iri = site().links.iri(_after("/id/"))
    _must_be_known(iri)
    offers = [HTML, *media_types(GRAPH_FORMATS)]
    chosen = choose(request.headers.get("Accept", ""), offers)
    suffix = "html" if chosen == HTML else by_media_type(GRAPH_FORMATS, chosen).suffix
    response = redirect(f"/doc/{site().links.path(iri)}.{suffix}", HTTPStatus.SEE_OTHER)
    response.vary.add("Accept")
    return response


def describe(path: str) -> Response:
    """The description of a thing in the format that the address ends with."""
    stem, dot, suffix = _after("/doc/").rpartition(".")
    if not dot:
        abort(HTTPStatus.NOT_FOUND)
    iri = site().links.iri(stem)
    if suffix == "html":
        response = _page(iri)
    elif suffix in MEDIA_TYPES:
        response = _cited(iri, suffix)
    else:
        chosen = by_suffix(GRAPH_FORMATS, suffix)
        if chosen is None:
            abort(HTTPStatus.NOT_FOUND)
        _must_be_known(iri)
        response = Response(write_triples(triples_of(view(), iri), chosen), content_type=chosen.content_type)
        response.headers["Access-Control-Allow-Origin"] = "*"
    for address, media_type in alternates(iri):
        response.headers.add("Link", f'<{address}>; rel="alternate"; type="{media_type}"')
    response.headers.add("Link", f'<{iri}>; rel="canonical"')
    if newer := view().successor(iri):
        response.headers.add("Link", f'<{newer}>; rel="successor-version"')
    return response


def _page(iri: str) -> Response:
    data = view()
    thing = read_thing(data, iri)
    if thing is None:
        if iri not in data.snapshot.graphs():
            abort(HTTPStatus.NOT_FOUND)
        return render("graph.html", iri=iri, alternates=alternates(iri))
    if newer := data.successor(iri):
        return render("superseded.html", iri=iri, newer=newer, alternates=alternates(iri))
    build = next((_PAGES[kind] for kind in thing.types() if kind in _PAGES), pages.anything)
    template, context = build(data, thing)
    number = max(request.args.get("page", 1, type=int), 1)
    return render(
        template,
        thing=thing,
        iri=iri,
        citation=citation_of(data, thing),
        alternates=alternates(iri),
        mentions=read_mentions(data, iri, number),
        joined=read_joined(data, thing),
        around=read_neighbourhood(data, iri),
        network_address=network_address(iri),
        **context,
    )


def _cited(iri: str, suffix: str) -> Response:
    """How a thing is cited, for citation managers."""
    thing = read_thing(view(), iri)
    if thing is None:
        abort(HTTPStatus.NOT_FOUND)
    citation = citation_of(view(), thing)
    return Response(citation.bibtex() if suffix == "bib" else citation.csl(), content_type=f"{MEDIA_TYPES[suffix]}; charset=utf-8")


def _after(prefix: str) -> str:
    """The path behind ``/id/`` or ``/doc/`` as sent, so that an encoded slash stays inside its segment."""
    return raw_target().partition("?")[0].partition(prefix)[2]


def _must_be_known(iri: str) -> None:
    data = view()
    if not data.knows(iri) and not data.successor(iri) and iri not in data.snapshot.graphs():
        abort(HTTPStatus.NOT_FOUND)
