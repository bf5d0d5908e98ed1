"""What templates may use: texts, addresses, names. The language of a page is the first part of its path."""

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox
from flask import Flask, Response, g, make_response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.urls import iri_to_uri

from kg.iri import region
from kg.store.binding import bound
from web import figures
from web.dashboard.flow import KNOWN, OPEN, REST, Node
from web.dashboard.sankey import shorten
from web.naming.labels import subject_name
from web.site import View, query_text, short_name, site
from web.texts import LANGUAGES, TEXTS, text
from web.things import PAGE_SIZE

_STYLED = frozenset({"charts", "editor", "graph"})
THEMES = ("light", "dark", "auto")
_ENGLISH = "/en"


def install(app: Flask) -> None:
    """Make the helpers known to the templates of an application."""
    app.before_request(_choose_language)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        t=translate,
        has_text=lambda key: key in TEXTS,
        page=page,
        href=href,
        name=name,
        caption=caption,
        trail=trail,
        rule_name=rule_name,
        rule_link=rule_link,
        page_size=PAGE_SIZE,
        source_link=source_link,
        language=lambda: str(g.language),
        languages=LANGUAGES,
        in_language=in_language,
        theme=theme,
        themes=THEMES,
        here=raw_target,
        data_version=lambda: view().snapshot.version,
        with_query=with_query,
        asset=asset,
        region_name=lambda code: name(region(code)),
        short_name=short_name,
        node_label=node_label,
        query_link=query_link,
        shorten=shorten,
    )
    app.jinja_env.filters.update(
        wan=figures.wan,
        grouped=figures.grouped,
        counted=figures.counted,
        pad=figures.pad,
        spaced_code=figures.spaced_code,
        tail=short_code,
        signed=figures.signed,
        separated=lambda written: figures.grouped(Decimal(written)),
        subject=lambda stated: subject_name(stated, g.language),
    )


def _choose_language() -> None:
    g.language = "en" if request.path == _ENGLISH or request.path.startswith(f"{_ENGLISH}/") else "zh"


def render(template: str, status_code: int = 200, /, **context: Any) -> Response:
    """A page as a response."""
    response = make_response(render_template(template, **context), status_code)
    response.headers["Content-Language"] = "en" if g.language == "en" else "zh-CN"
    response.vary.add("Cookie")
    return response


def view() -> View:
    """The data of this request: one view from beginning to end, even when newer data is published meanwhile."""
    if "view" not in g:
        g.view = site().view()
    found = g.view
    assert isinstance(found, View)
    return found


def translate(key: str, **values: object) -> str:
    """A text in the language of the page; values are escaped where they are put into HTML."""
    return text(key, g.language, **values)


def page(endpoint: str, **values: Any) -> str:
    """The address of a page in the language of the present one."""
    return url_for(f"{g.language}.{endpoint}", **values)


def href(iri: str) -> str:
    """Where an IRI is shown here, or the IRI itself when it belongs to somebody else."""
    links = site().links
    term = links.term(iri)
    prefix = _ENGLISH if g.language == "en" else ""
    if term is not None:
        return f"{prefix}/ontology#{quote(term)}"
    path = links.path(iri)
    return iri if path is None else f"{prefix}/doc/{path}.html"


def name(iri: str) -> str:
    """What a thing is called; nothing is called nothing."""
    if not iri:
        return ""
    own = f"term.{short_name(iri)}"
    return translate(own) if own in TEXTS else view().name(iri, g.language)


def caption(iri: str) -> str:
    """A name with what tells it apart: the code before the name of a budget code."""
    path = site().links.path(iri) or ""
    if path.startswith(("code/functional/", "code/economic/")) and not path.endswith("/all"):
        return f"{figures.spaced_code(short_code(iri))} {name(iri)}"
    return name(iri)


def node_label(node: Node) -> str:
    """What a node of a flow is called."""
    if node.kind != KNOWN:
        return {OPEN: translate("flow.open"), REST: translate("flow.rest")}.get(node.kind) or translate("flow.others", count=node.count)
    return caption(node.iri)


def query_link(query: str, **bindings: str) -> str:
    """The page with the text of a query of ``web/queries``, IRIs bound into it: what a chart or a table was made from."""
    text = _with_places(query, tuple(bindings))
    for name, value in bindings.items():
        text = text.replace(_place(name), str(ox.NamedNode(value)))
    return page("query", query=text)


@cache
def _with_places(query: str, names: tuple[str, ...]) -> str:
    """The text of a query with a placeholder bound to each name: binding cuts it into tokens, which is once enough."""
    return bound(query_text(query), {name: ox.NamedNode(f"urn:place:{name}") for name in names})


def _place(name: str) -> str:
    return f"<urn:place:{name}>"


def rule_name(iri: str) -> str:
    """What a rule is called, its id when the graph does not say."""
    known = name(iri)
    return short_code(iri) if known == short_name(iri) else known


def rule_link(iri: str) -> str:
    """The page of a rule, or its findings when the graph does not describe it."""
    return href(iri) if view().knows(iri) else page("findings", rule=iri)


def trail(iri: str) -> list[tuple[str, str]]:
    """A thing with what it is part of, outermost first: disclosure, table, cell."""
    base, marker, rest = iri.partition("/disclosure/")
    if not marker:
        return [(iri, caption(iri))]
    steps = rest.split("/")
    found = [f"{base}{marker}{steps[0]}"]
    if len(steps) > 3 and steps[1] == "table":
        found.append("/".join([found[0], "table", steps[2]]))
    if iri not in found:
        found.append(iri)
    return [(step, name(step)) for step in found]


def source_link(sha256: str, start: int | None, end: int | None) -> str:
    """The address of a place in the source of a disclosure."""
    if start is None or end is None:
        return page("source", sha16=sha256[:16])
    return page("source", sha16=sha256[:16], start=start, end=end) + "#hit"


def asset(purpose: str) -> str:
    """The address of a bundle (``web/assets``); its name holds the hash of its content. Some style what they draw themselves."""
    g.inline_styles = g.get("inline_styles", False) or purpose in _STYLED
    return url_for("static", filename=f"vendor/{_bundles()[purpose]}")


@cache
def _bundles() -> dict[str, str]:
    found: dict[str, str] = json.loads((Path(__file__).parent / "static" / "vendor" / "manifest.json").read_text("utf-8"))
    return found


def theme() -> str:
    """The theme that the reader has chosen."""
    chosen = request.cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def raw_target() -> str:
    """The path and query of the request as the client sent them, percent-encoding and all."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if not raw:  # a server that does not tell: an encoded slash is lost
        raw = quote(request.path) + (f"?{request.query_string.decode('latin-1')}" if request.query_string else "")
    parts = urlsplit(iri_to_uri(raw.encode("latin-1").decode("utf-8", "replace")))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def in_language(language: str) -> str:
    """The address of the present page in a language."""
    target = raw_target()
    bare = target.removeprefix(_ENGLISH) if g.language == "en" else target
    bare = bare if bare.startswith("/") else f"/{bare}"
    return f"{_ENGLISH}{bare}" if language == "en" else bare


def with_query(**values: object) -> str:
    """The present address with some query parameters replaced; an empty value takes one away."""
    parameters = {**request.args.to_dict(), **{key: str(value) for key, value in values.items()}}
    kept = {key: value for key, value in parameters.items() if value}
    return Markup("?") + urlencode(kept)


def short_code(iri: str) -> str:
    """The last part of an IRI: a code, a year, the first digits of a hash."""
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
