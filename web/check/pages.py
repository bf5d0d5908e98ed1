"""The pages of a draft: upload, progress and findings, exports, deletion."""

import time
from http import HTTPStatus
from pathlib import PurePath

from flask import Response, abort, redirect, request, send_file
from werkzeug.wrappers import Response as Redirect

from web.check.drafts import EXPORTS, Draft, Drafts, TooManyDraftsError
from web.problems import ProblemError
from web.rendering import page, render
from web.site import site

MAX_BYTES = 40_000_000
_MAX_NAME = 120


def check_page() -> Response | Redirect:
    """The form, or an upload; an upload leads to the page of its draft."""
    if request.method != "POST":
        _drafts().prepare()
        return render("check.html", limit=MAX_BYTES)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return render("check.html", HTTPStatus.BAD_REQUEST, limit=MAX_BYTES, problem="no-file")
    data = upload.stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return render("check.html", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit=MAX_BYTES, problem="too-large")
    if not data:
        return render("check.html", HTTPStatus.BAD_REQUEST, limit=MAX_BYTES, problem="empty")
    try:
        draft = _drafts().take(PurePath(upload.filename.replace("\\", "/")).name[:_MAX_NAME], data)
    except TooManyDraftsError as error:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "too many drafts are being checked", {"Retry-After": "20"}) from error
    return redirect(page("draft", token=draft.token), HTTPStatus.SEE_OTHER)


def draft_page(token: str) -> Response | Redirect:
    """Progress, then what was found. A POST deletes the draft."""
    draft = _draft(token)
    if request.method == "POST":
        _drafts().forget(token)
        return redirect(page("check"), HTTPStatus.SEE_OTHER)
    response = render("draft.html", draft=draft, result=draft.result(), exports=tuple(EXPORTS), hours=(draft.expires - time.time()) / 3600)
    if not draft.is_final:
        response.headers["Refresh"] = "1"
    return _private(response)


def draft_export(token: str, suffix: str) -> Response:
    """One of the exports, as a download."""
    draft = _draft(token)
    if suffix not in EXPORTS or not (draft.folder / EXPORTS[suffix][0]).exists():
        abort(HTTPStatus.NOT_FOUND)
    name, media_type = EXPORTS[suffix]
    return _private(send_file(draft.folder / name, mimetype=media_type, as_attachment=True, download_name=name))


def _drafts() -> Drafts:
    return site().drafts


def _draft(token: str) -> Draft:
    draft = _drafts().find(token)
    if draft is None:
        abort(HTTPStatus.NOT_FOUND)
    return draft


def _private(response: Response) -> Response:
    """For nobody's cache and no search engine; the address itself goes to no other site."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
