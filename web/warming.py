"""What the first reader of newly published data would wait for, made before one comes."""

import math
import threading
import time
from collections.abc import Sequence

from flask import Flask

from kg.errors import QueryError, StoreError
from kg.query_pool.runner import NotAnswered
from kg.questions import Question, load_questions
from web.home import kept_overview
from web.query.asking import make_ready
from web.serving import Serving
from web.site import site

_SECONDS = 1.0
"""Between two looks for newer data: reading the name of the snapshot costs nothing."""
_PATIENCE = 600.0
"""Seconds until a question that was refused an answer is asked again."""


def keep_warm(app: Flask, serving: Serving) -> None:
    """Have a thread of this process look for newly published data, now and for as long as it lives."""
    threading.Thread(target=_watch, args=(app, Readying(load_questions(), serving.ready_after)), daemon=True).start()


def _watch(app: Flask, readying: "Readying") -> None:
    while True:
        with app.app_context():
            warm()
            readying.look(time.monotonic())
        time.sleep(_SECONDS)


def warm() -> None:
    """Open the newest data and make the figures of the first page; what is there already is not made again."""
    try:
        kept_overview(site().view())
    except StoreError:  # the store is being replaced: the next look finds it, and a request meanwhile says so to its reader
        return


class Readying:
    """Makes the default answers of questions ready, one a look, once the data have been the same for a while.

    ``after`` is that while in seconds, 0 for never. Of several processes one asks at a time, each whatever the others have left.
    """

    def __init__(self, questions: Sequence[Question], after: float) -> None:
        self._questions, self._after = questions, after
        self._tag = ""
        self._due: dict[str, float] = {}
        """Questions that this process has not seen answered for the present data, and from when on they may be asked."""

    def look(self, now: float) -> None:
        """Ask one question that is due at ``now`` (seconds of any clock that only goes forward)."""
        try:
            tag = site().tag()
        except StoreError:  # as in warm()
            return
        if not tag:  # nobody can say when such data change
            return
        site().ready.forget_others(tag)
        if tag != self._tag:
            self._tag, self._due = tag, {question.name: now + self._after for question in self._questions}
        due = [question for question in self._questions if self._due.get(question.name, math.inf) <= now]
        if not self._after or not due:
            return
        with site().ready.alone() as alone:
            if alone:
                self._ask(due, now)

    def _ask(self, due: Sequence[Question], now: float) -> None:
        """Ask the first of the questions that has no ready answer."""
        for question in due:
            try:
                was_asked = make_ready(question, self._tag)
            except (NotAnswered, QueryError):  # readers are told so when they ask; here it is left for later
                self._due[question.name] = now + _PATIENCE
                return
            del self._due[question.name]
            if was_asked:
                return
