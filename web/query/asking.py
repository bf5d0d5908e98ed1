"""Asking from a page: a query runs where it can be stopped, and a question with its defaults is asked once for a state of the data."""

import socket
from functools import cache

from flask import request

from kg.query_pool.runner import ClientGone, PoolAnswer, PoolQuery
from kg.questions import Question, bind
from kg.store.binding import bound
from web.endpoint.answers import Gone
from web.query.ready import Asked
from web.query.results import ROWS_SHOWN
from web.rendering import view
from web.site import site

AHEAD = "answers made ready"
"""The client that asks before a reader does; no reader's address."""


def ask(text: str, rows: int) -> Asked:
    """The answer to a reader's query. ``rows`` is where to cut, 0 where the installation does.

    Raises :class:`QueryError` and :class:`NotAnswered`.
    """
    return _asked(_run(text, rows, site().client(), request.environ.get("gunicorn.socket")))


def ask_for_page(question: Question, text: str) -> Asked:
    """The answer to a question whose parameters were bound into ``text``, cut where pages cut. Raises as :func:`ask`."""
    if text != _with_defaults(question):
        return ask(text, ROWS_SHOWN)
    found = site().ready.find(view().snapshot.tag, text)
    return found or _kept(text, _run(text, ROWS_SHOWN, site().client(), request.environ.get("gunicorn.socket")))


def make_ready(question: Question, tag: str) -> bool:
    """Have the default answer of a question ready, whatever data are the newest by now; whether it had to be asked.

    Raises as :func:`ask`.
    """
    text = _with_defaults(question)
    if site().ready.find(tag, text):
        return False
    _kept(text, _run(text, ROWS_SHOWN, AHEAD, None))
    return True


@cache
def _with_defaults(question: Question) -> str:
    return bound(question.text, bind(question, {}))


def _run(text: str, rows: int, client: str, waiting: socket.socket | None) -> PoolAnswer:
    query = PoolQuery(text, client, "application/sparql-results+json", "application/n-triples", site().settings.base, rows=rows)
    try:
        answer = site().serving.runner.ask(query, waiting)
    except ClientGone as error:
        raise Gone from error
    assert answer is not None
    return answer


def _asked(answer: PoolAnswer) -> Asked:
    return Asked(answer.kind, b"".join(answer.pieces()), answer.row_limit)


def _kept(text: str, answer: PoolAnswer) -> Asked:
    """An answer, kept for the state of the data that it came from: nobody else knows which that was.

    One that the installation cut sooner than pages do is not kept, nor one that would be another the next time.
    """
    asked = _asked(answer)
    if answer.row_limit in (0, ROWS_SHOWN) and not answer.is_volatile:
        site().ready.keep(answer.tag, text, asked)
    return asked
