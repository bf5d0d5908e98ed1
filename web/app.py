"""The application: which address leads where, what every response says about itself, and what an error looks like."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Redirect

from kg.query_pool.direct import DirectRunner
from kg.query_pool.limits import Limits
from kg.query_pool.runner import NotAnswered
from kg.query_pool.source import Place
from kg.settings import Settings
from web import entities, findings, home, international, joined, network, ontology, rendering, rules, searching, source, vocabulary
from web.check import pages as check
from web.compare import page as compare
from web.connections import inferences
from web.connections import page as connections
from web.endpoint import graph_store, sparql, void
from web.endpoint.answers import Gone, nobody, with_cors
from web.endpoint.compression import compress
from web.negotiate import best
from web.problems import ProblemError, problem
from web.query import pages as query
from web.query import permalinks
from web.serving import Serving
from web.site import Site, attach, site

_CONTENT_SECURITY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)
_FOR_PROGRAMS = (sparql.PATH, graph_store.PATH, void.PATH, void.DUMP)
_PAGES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("/", "home", home.home),
    ("/doc/<path:path>", "doc", entities.describe),
    ("/network/<path:path>", "network", network.network),
    ("/source/<sha16>", "source", source.source),
    ("/source/<sha16>/<int:number>.png", "picture", source.source_picture),
    ("/search", "search", searching.search_page),
    ("/search/suggest", "suggest", searching.suggest),
    ("/check/<token>/<suffix>", "export", check.draft_export),
    ("/compare", "compare", compare.compare_page),
    ("/compare.csv", "compare-csv", compare.compare_csv),
    ("/findings", "findings", findings.findings_page),
    ("/connections", "connections", connections.connections_page),
    ("/connections.json", "connections-json", connections.connections_json),
    ("/policies", "policies", connections.policies_page),
    ("/policies.json", "policies-json", connections.policies_json),
    ("/communities", "communities", connections.communities_page),
    ("/communities.json", "communities-json", connections.communities_json),
    ("/peers", "peers", connections.peers_page),
    ("/peers.json", "peers-json", connections.peers_json),
    ("/reasoning", "reasoning", inferences.reasoning_page),
    ("/rules", "rules", rules.rules_page),
    ("/rules/<name>", "rule", rules.rule_address),
    ("/query", "query", query.query_page),
    ("/query/vocabulary.json", "vocabulary", vocabulary.vocabulary),
    ("/query/<name>", "question", query.question_page),
    ("/q/<name>", "kept", permalinks.kept_page),
    ("/embed/<name>", "embed", permalinks.embedded),
    ("/links", "links", joined.links_page),
    ("/cofog", "cofog", international.cofog_page),
    ("/ontology", "ontology", ontology.ontology),
)
_FORMS: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("/check", "check", check.check_page),
    ("/check/<token>", "draft", check.draft_page),
)


def create_app(place: Place, settings: Settings, serving: Serving | None = None) -> Flask:
    """The web face over a store; without ``serving`` read-only, queries running in this process, where nothing can stop them.

    Raises :class:`kg.errors.StoreError` when there is no store to read.
    """
    app = Flask(__name__)
    with app.app_context():
        attach(Site(place, settings, serving or Serving(DirectRunner(place, Limits()))))
    rendering.install(app)
    for rule, name, page in _PAGES:
        app.add_url_rule(rule, f"zh.{name}", page)
        app.add_url_rule(f"/en{rule}", f"en.{name}", page)
    for rule, name, page in _FORMS:
        app.add_url_rule(rule, f"zh.{name}", page, methods=("GET", "POST"))
        app.add_url_rule(f"/en{rule}", f"en.{name}", page, methods=("GET", "POST"))
    for language, prefix in (("zh", ""), ("en", "/en")):
        app.add_url_rule(f"{prefix}/q", f"{language}.keep", permalinks.keep_answer, methods=("POST",))
    app.add_url_rule("/id/<path:path>", "identify", entities.identify)
    for rule in (sparql.PATH, f"{sparql.PATH}/"):
        _open_to_programs(app, rule, sparql.sparql, sparql.METHODS)
    for rule in (graph_store.PATH, f"{graph_store.PATH}/<path:path>"):
        _open_to_programs(app, rule, graph_store.graph_store, graph_store.METHODS)
    _open_to_programs(app, void.PATH, void.void, void.METHODS)
    _open_to_programs(app, void.DUMP, void.dump, ("GET", "HEAD"))
    app.add_url_rule("/theme", "theme", choose_theme, methods=("POST",))
    app.add_url_rule("/healthz", "healthz", healthz)
    app.after_request(_secure)
    app.after_request(compress)
    app.register_error_handler(ProblemError, _problem)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Gone, nobody)
    return app


def _open_to_programs(app: Flask, rule: str, answer: Callable[..., Any], methods: tuple[str, ...]) -> None:
    """An address that answers OPTIONS itself."""
    app.add_url_rule(rule, f"programs{rule}", answer, methods=methods, provide_automatic_options=False)


def healthz() -> tuple[dict[str, object], HTTPStatus]:
    """Whether the data can be read and asked, and which version of them is served."""
    version = site().view().snapshot.version
    try:
        return {"status": "ok", "version": version, "queries": site().serving.runner.status()}, HTTPStatus.OK
    except NotAnswered as error:
        return {"status": "no queries", "version": version, "reason": error.reason}, HTTPStatus.SERVICE_UNAVAILABLE


def choose_theme() -> Redirect:
    """Remember light or dark in a cookie and go back to the page that was left."""
    target = urlsplit(request.form.get("next", "/"))
    back = f"/{target.path.lstrip('/')}" + (f"?{target.query}" if target.query else "")
    response = redirect(back, HTTPStatus.SEE_OTHER)
    chosen = request.form.get("theme", "")
    if chosen in rendering.THEMES:
        response.set_cookie("theme", chosen, max_age=365 * 86400, httponly=True, samesite="Lax")
    return response


def _secure(response: Response) -> Response:
    styles = "style-src 'self' 'unsafe-inline'" if g.get("inline_styles") else "style-src 'self'"
    ancestors = g.get("frame_ancestors", "'none'")
    response.headers.setdefault("Content-Security-Policy", f"{_CONTENT_SECURITY}; frame-ancestors {ancestors}; {styles}")
    response.headers["X-Content-Type-Options"] = "nosniff"
    if ancestors == "'none'":
        response.headers["X-Frame-Options"] = "DENY"
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    return response


def _problem(error: ProblemError) -> Response:
    response = problem(error.status, error.detail, error.headers, **error.facts)
    return with_cors(response)


def _http_error(error: HTTPException) -> Response:
    """A page for a browser, a problem document for a program."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = {name: value for name, value in error.get_headers() if name.lower() == "allow"}
    accepts_page = best(request.headers.get("Accept", ""), ("application/problem+json", "application/json", "text/html")) == "text/html"
    if request.path.startswith(_FOR_PROGRAMS) or not accepts_page:
        return with_cors(problem(status, error.description or status.phrase, headers))
    is_thing = status is HTTPStatus.NOT_FOUND and "/doc/" in request.path
    response = rendering.render("error.html", status, status=status, address=request.path, is_thing=is_thing)
    response.headers.update(headers)
    return response
