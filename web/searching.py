"""Search: the page with its facets, and suggestions while typing."""

from flask import Response, jsonify, request

from kg.search import KINDS, Found, Hit, SearchIndex
from web.rendering import href, render, translate, view

PAGE_SIZE = 30
SUGGESTIONS = 8
MAX_TEXT = 100


def search_page() -> Response:
    """What the text of ``q`` finds, narrowed by ``kind``, ``year`` and ``region``; a page each of ``PAGE_SIZE``."""
    text = _text()
    chosen = {name: request.args.get(name, "") for name in ("kind", "year", "region")}
    number = max(request.args.get("page", 1, type=int), 1)
    found = _search(text, PAGE_SIZE, (number - 1) * PAGE_SIZE, **chosen)
    return render(
        "search.html",
        text=text,
        chosen=chosen,
        found=found,
        kinds=KINDS,
        number=number,
        page_size_of_search=PAGE_SIZE,
        has_more=found.total > number * PAGE_SIZE,
    )


def suggest() -> Response:
    """The first hits as JSON: address, name, kind and detail in words, and the page."""
    found = _search(_text(), SUGGESTIONS, 0)
    response = jsonify([_suggested(hit) for hit in found.hits])
    response.headers["Cache-Control"] = "max-age=60"
    return response


def _suggested(hit: Hit) -> dict[str, object]:
    kind = translate(f"kind.{hit.kind}")
    return {"id": hit.thing, "name": hit.name, "kind": kind, "detail": hit.detail, "year": hit.year or "", "href": href(hit.thing)}


def _text() -> str:
    return request.args.get("q", "").strip()[:MAX_TEXT]


def _search(text: str, limit: int, offset: int, kind: str = "", year: str = "", region: str = "") -> Found:
    with SearchIndex.of_snapshot(view().snapshot) as index:
        return index.search(
            text, kind=kind, year=int(year) if year.isdigit() and len(year) == 4 else 0, region=region, limit=limit, offset=offset
        )
