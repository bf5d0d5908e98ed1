"""What every page needs: the settings, the addresses, and a view of the newest published data."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TypeVar

import pyoxigraph as ox
from flask import current_app, request

from kg.query_pool.source import Place, Source, local_folder, open_source
from kg.settings import Settings
from kg.store import Rooms, Term
from kg.terms import PREFIXES
from web.check.drafts import Drafts
from web.endpoint.access import client_address
from web.links import Links
from web.memory import Memory
from web.naming.labels import completed
from web.pictures import Pictures
from web.query.kept import KeptAnswers
from web.query.ready import ReadyAnswers
from web.serving import Serving

_QUERIES = Path(__file__).parent / "queries"
_EXTENSION = "budget-site"
_REMEMBERED = 16
_DOCUMENTS = 4
_Made = TypeVar("_Made")
_NAMES = tuple(
    PREFIXES[prefix] + name
    for prefix, name in (
        ("skos", "prefLabel"),
        ("rdfs", "label"),
        ("dcterms", "title"),
        ("sh", "resultMessage"),
        ("budget", "printedLabel"),
        ("budget", "printedText"),
        ("budget", "text"),
    )
)
"""The properties that can serve as a thing's name, the best one first."""


class Row:
    """One solution of a named query: its variables as plain values, empty or ``None`` where unbound."""

    def __init__(self, solution: ox.QuerySolution) -> None:
        self._solution = solution

    def term(self, name: str) -> Term | None:
        value = self._solution[name]
        return None if isinstance(value, ox.Triple) else value

    def text(self, name: str) -> str:
        """The IRI or the lexical form, empty where unbound."""
        value = self.term(name)
        return value.value if value is not None else ""

    def number(self, name: str) -> Decimal | None:
        value = self.text(name)
        return Decimal(value) if value else None

    def stated(self, name: str) -> Decimal | str | None:
        """A value that is an amount in one case and a word in another; ``None`` where unbound."""
        value = self.term(name)
        if isinstance(value, ox.Literal) and value.datatype.value == f"{PREFIXES['xsd']}decimal":
            return Decimal(value.value)
        return value.value if value is not None else None

    def integer(self, name: str) -> int:
        """An integer, 0 where unbound."""
        return int(self.text(name) or 0)


class View:
    """One published snapshot and what has been looked up in it."""

    def __init__(self, snapshot: Source, links: Links) -> None:
        self.snapshot = snapshot
        self.links = links
        self._names: dict[str, dict[str, str]] = {}

    def rows(self, query: str, **bindings: Term | str) -> Iterator[Row]:
        """The solutions of a query of ``web/queries``; a text that is bound stands for an IRI."""
        terms = {name: ox.NamedNode(value) if isinstance(value, str) else value for name, value in bindings.items()}
        answer = self.snapshot.query(query_text(query), terms)
        assert isinstance(answer, ox.QuerySolutions)
        return (Row(solution) for solution in answer)

    def name(self, iri: str, language: str) -> str:
        """What a thing is called in a language, else in the other one, else by its IRI."""
        names = self._names.get(iri)
        if names is None:
            names = self._names[iri] = self._names_of(iri)
        return names.get(language) or names.get("zh") or names.get("en") or names.get("") or short_name(iri)

    def _names_of(self, iri: str) -> dict[str, str]:
        found: dict[str, tuple[int, str]] = {}
        said: dict[str, list[str]] = {}
        for row in self.rows("statements", subject=iri):
            value, predicate = row.term("object"), row.text("predicate")
            said.setdefault(predicate, []).append(row.text("object"))
            if predicate in _NAMES and isinstance(value, ox.Literal):
                language, rank = value.language or "", _NAMES.index(predicate)
                if language not in found or rank < found[language][0]:
                    found[language] = (rank, value.value)
        return completed(iri, said, {language: text for language, (_, text) in found.items()}, self._called)

    def _called(self, value: str, language: str) -> str:
        """The name of a thing; a value that should be one and is none stands as it is."""
        return self.name(value, language) if is_iri(value) else value

    def said(self, iri: str) -> dict[str, str]:
        """What is said of a thing: predicate → the first object as text."""
        found: dict[str, str] = {}
        for row in self.rows("statements", subject=iri):
            found.setdefault(row.text("predicate"), row.text("object"))
        return found

    def successor(self, iri: str) -> str:
        """The current disclosure in the place of a superseded one, empty for anything else."""
        passed = [iri]
        while not self.knows(passed[-1]):
            found = self.snapshot.rooms.successor(passed[-1].rpartition("/disclosure/")[2])
            if not found or found in passed:
                return ""
            passed.append(found)
        return passed[-1] if len(passed) > 1 else ""

    def knows(self, iri: str) -> bool:
        """Whether the graph says anything about an IRI."""
        return next(self.rows("statements", subject=iri), None) is not None


class Site:
    """One running installation. Data published while it runs are served from the next request on."""

    def __init__(self, place: Place, settings: Settings, serving: Serving) -> None:
        self.settings = settings
        self.serving = serving
        self.links = Links(settings.base)
        self.drafts = Drafts(local_folder(place, serving.local) / "drafts")
        self.answers = KeptAnswers(local_folder(place, serving.local) / "answers")
        self.ready = ReadyAnswers(Rooms(local_folder(place, serving.local)).ready, _maker(settings))
        self._place = place
        self._lock = Lock()
        self._view = View(open_source(place, serving.local), self.links)
        self._remembered = Memory(_REMEMBERED)
        self.documents = Memory(_DOCUMENTS)
        self.pictures = Pictures(local_folder(place, serving.local) / "pictures")

    def view(self) -> View:
        """The newest published data."""
        with self._lock:
            if not self._view.snapshot.is_current():
                self._view = View(open_source(self._place, self.serving.local), self.links)
            return self._view

    def tag(self) -> str:
        """What names the present state of the data."""
        return self.view().snapshot.tag

    def client(self) -> str:
        """The address that stands for who asks."""
        forwarded = ",".join(request.headers.getlist("X-Forwarded-For"))
        return client_address(request.remote_addr or "", forwarded, self.serving.access.trusted_proxies)

    def remembered(self, key: str, make: Callable[[], _Made]) -> _Made:
        """What ``make`` returned when it was last called for this key; the key says which state of the data it belongs to."""
        return self._remembered.get(key, make)


def _maker(settings: Settings) -> str:
    """What answers that are kept ready depend on beside the data and the query."""
    return f"{settings.base} budget-kg {version('budget-kg')} pyoxigraph {version('pyoxigraph')}"


def attach(site: Site) -> None:
    """Make ``site`` the one that requests of the current application see."""
    current_app.extensions[_EXTENSION] = site


def site() -> Site:
    """The site of the request that is being answered."""
    found = current_app.extensions[_EXTENSION]
    assert isinstance(found, Site)
    return found


def short_name(iri: str) -> str:
    """``prefix:local`` for a known namespace, else the IRI itself."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


@cache
def query_text(name: str) -> str:
    """The text of a query of ``web/queries``."""
    return (_QUERIES / f"{name}.rq").read_text("utf-8")


def is_iri(text: str) -> bool:
    """Whether a text that came from outside can be bound as an IRI."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True
