"""``/q/{name}``: a kept answer with its query and the state of the data, and whether newer data answer otherwise; ``/embed/{name}``."""

from datetime import UTC, datetime
from http import HTTPStatus

import pyoxigraph as ox
from flask import Response, abort, g, redirect, request
from markupsafe import escape
from werkzeug.wrappers import Response as Redirect

from kg.errors import QueryError
from kg.query_pool.runner import NotAnswered
from kg.questions import Question, bind, find_question
from kg.store.binding import bound
from web.endpoint.answers import refusal, with_cors
from web.formats import GRAPH_FORMATS, by_suffix, write_triples
from web.highlight import highlighted
from web.problems import ProblemError
from web.query.asking import ask
from web.query.kept import ROWS, Kept, NotKept, digest_of, first_rows, name_of
from web.query.pages import shown, to_file, views
from web.query.results import ROWS_SHOWN, read_answer
from web.rendering import page, render, translate, view
from web.site import site

READ = 5_000
"""Rows that the digest of an answer is over; of more it is not known whether they have changed."""
SAME, CHANGED, UNKNOWN, CURRENT = "same", "changed", "unknown", "current"


def keep_answer() -> Redirect:
    """POST ``/q`` with ``query``, or with ``question`` and its parameters: keep what the data answer now, and go there."""
    name = request.form.get("question", "")
    values: dict[str, str] = {}
    text = request.form.get("query", "")
    try:
        if name:
            question = find_question(name)
            given = {param.name: request.form.get(param.name, "") for param in question.params}
            terms = bind(question, given)
            values = {param: value for param, value in given.items() if value}
            text, name = bound(question.text, terms), question.name
        if not text.strip():
            abort(HTTPStatus.BAD_REQUEST)
        data = view()
        answer = ask(text, READ)
        now = datetime.now(UTC).replace(microsecond=0)
        tag = data.snapshot.tag or now.date().isoformat()
        kept = Kept(
            name=name_of(text, tag),
            query=text,
            question=name,
            values=values,
            asked=now.isoformat(),
            version=data.snapshot.version,
            tag=tag,
            kind=answer.kind,
            data=first_rows(answer.kind, answer.data),
            is_cut=answer.cut_at > 0 or _count(answer.kind, answer.data) > ROWS,
            digest="" if answer.cut_at else digest_of(answer.kind, answer.data),
        )
        kept = site().answers.keep(kept)
    except (QueryError, NotAnswered) as error:
        raise refusal(error) from error
    except NotKept as error:
        raise ProblemError(HTTPStatus.INSUFFICIENT_STORAGE, error.reason) from error
    return redirect(page("kept", name=kept.name), HTTPStatus.SEE_OTHER)


def kept_page(name: str) -> Response:
    """``/q/{name}`` as a page, ``/q/{name}.{format}`` as a file with what was answered then."""
    stem, _, suffix = name.partition(".")
    kept = _kept(stem)
    if suffix:
        return _file(kept, suffix)
    question = _question(kept)
    result = shown(read_answer(kept.kind, kept.data.encode(), question, g.language), kept.is_cut)
    looks = views(result)
    address = request.host_url.rstrip("/")
    return render(
        "kept.html",
        kept=kept,
        question=question,
        state=_state(kept),
        source=highlighted(kept.query),
        result=result,
        limit=ROWS_SHOWN,
        address=address,
        snippet=_snippet(address + page("embed", name=kept.name, view=looks["chosen_view"]), question),
        **looks,
    )


def _snippet(address: str, question: Question | None) -> str:
    """The mark-up that shows a kept answer in somebody else's page."""
    title = question.title.get(g.language) if question else translate("kept.title")
    return f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" height="480" loading="lazy"></iframe>'


def embedded(name: str) -> Response:
    """``/embed/{name}``: the answer alone, which other sites may show in a frame."""
    kept = _kept(name)
    result = shown(read_answer(kept.kind, kept.data.encode(), _question(kept), g.language), kept.is_cut)
    response = render("embed.html", kept=kept, question=_question(kept), result=result, limit=ROWS_SHOWN, **views(result))
    g.frame_ancestors = "*"
    return response


def _kept(name: str) -> Kept:
    found = site().answers.find(name)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _question(kept: Kept) -> Question | None:
    """The question that was asked; ``None`` for a query of one's own, and for a question that is gone."""
    try:
        return find_question(kept.question) if kept.question else None
    except QueryError:
        return None


def _state(kept: Kept) -> str:
    """Whether the data of today answer as they did; asked once for each state of the data."""
    tag = view().snapshot.tag
    if tag == kept.tag:
        return CURRENT
    return site().remembered(f"kept {kept.name} {tag}", lambda: _compared(kept)) if tag else _compared(kept)


def _compared(kept: Kept) -> str:
    if not kept.digest:
        return UNKNOWN
    try:
        answer = ask(kept.query, READ)
    except (QueryError, NotAnswered):
        return UNKNOWN
    is_same = not answer.cut_at and answer.kind == kept.kind and digest_of(answer.kind, answer.data) == kept.digest
    return SAME if is_same else CHANGED


def _count(kind: str, data: bytes) -> int:
    if kind == "graph":
        return data.count(b"\n")
    answer = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    return sum(1 for _ in answer) if isinstance(answer, ox.QuerySolutions) else 1


def _file(kept: Kept, suffix: str) -> Response:
    if kept.kind == "graph":
        chosen = by_suffix(GRAPH_FORMATS, suffix)
        if chosen is None:
            abort(HTTPStatus.NOT_FOUND)
        triples = (quad.triple for quad in ox.parse(kept.data.encode(), format=ox.RdfFormat.N_TRIPLES))
        return with_cors(Response(write_triples(triples, chosen), content_type=chosen.content_type))
    answer = ox.parse_query_results(kept.data.encode(), format=ox.QueryResultsFormat.JSON)
    return to_file(answer, suffix, _question(kept), f"q-{kept.name}")
