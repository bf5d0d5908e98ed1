"""The five tools as plain functions over a store: find, learn the words, ask, look at a finding, cite a figure.

Each number that leaves here has a citation: the place it is printed at, or, where a query computed it, the query and the state of the data.
What people are called and how they are reached stands in another store, which nothing here can open.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

import pyoxigraph as ox

from kg.errors import BudgetError, QueryError
from kg.places import Citation, cite
from kg.queries import named
from kg.query_pool.runner import PoolAnswer, PoolQuery
from kg.query_pool.source import Source
from kg.questions import load_questions
from kg.reasoning.definitions import own_ontology
from kg.search import KINDS, SearchIndex
from kg.terms import PREFIXES, TERMS

MAX_ROWS = 500
MAX_HITS = 50
MAX_FINDINGS = 100
_JSON = "application/sparql-results+json"
_CLIENT = "mcp"
_NUMERIC = ("#decimal", "#integer", "#double", "#float", "#int", "#long")
_MONEY = ("expected", "actual", "difference", "tolerance")
ADVICE = (
    "Amounts are exact xsd:decimal in 元 (yuan). A blank is not zero: what was not printed is absent.",
    "Sum leaves only: cells with budget:leafView; parents and totals are printed too and would be counted twice.",
    "Start at ?department budget:preferredDisclosure ?disclosure, so that a department and its units are never added.",
    "Headline figures are direct properties of a disclosure: budget:totalExpenditure, budget:projectExpenditure, …",
    "Select the cell or the disclosure beside each number: then the answer cites the place it is printed at.",
)


class Asker(Protocol):
    """Who runs a query where it can be stopped."""

    def ask(self, query: PoolQuery) -> PoolAnswer | None:
        """See :class:`kg.query_pool.runner.Runner`."""


@dataclass(frozen=True)
class Tools:
    """``source`` gives the newest published data; ``runner`` runs queries from outside within the limits of the installation."""

    source: Callable[[], Source]
    runner: Asker

    def search_entity(self, text: str, kind: str = "", year: int = 0, limit: int = 10) -> dict[str, Any]:
        """Things by name, the best first. Raises :class:`BudgetError` for a kind that there is not."""
        if kind and kind not in KINDS:
            raise BudgetError(f"no kind {kind!r}; one of {', '.join(KINDS)}")
        source = self.source()
        with SearchIndex.of_snapshot(source) as index:
            found = index.search(text, kind=kind, year=year, limit=max(1, min(limit, MAX_HITS)))
        hits = []
        for hit in found.hits:
            record: dict[str, Any] = {"id": hit.thing, "kind": hit.kind, "name": hit.name}
            record |= {name: value for name, value in (("detail", hit.detail), ("year", hit.year), ("region", hit.region)) if value}
            place = cite(source, hit.thing)
            hits.append(record | ({"citation": _cited(place)} if place else {}))
        return {"hits": hits, "found": found.total, "data": _state(source)}

    def schema_card(self, topic: str = "") -> dict[str, Any]:
        """The words to ask with: prefixes, advice, and the terms whose name or description has ``topic`` in it (classes and questions
        where it is empty)."""
        labels = own_ontology().labels
        wanted = topic.strip().lower()
        terms = []
        for term in sorted(labels):
            name = term.removeprefix(TERMS)
            said = labels[term]
            shown = wanted in f"{name} {said.get('zh', '')} {said.get('en', '')}".lower() if wanted else name[:1].isupper()
            if term.startswith(TERMS) and shown:
                terms.append({"term": f"budget:{name}", "zh": said.get("zh", ""), "en": said.get("en", "")})
        questions = [
            {"name": question.name, "zh": question.title.zh, "en": question.title.en, "query": question.body if wanted else None}
            for question in load_questions()
            if not wanted or wanted in f"{question.name} {question.title.zh} {question.title.en}".lower()
        ]
        return {
            "prefixes": PREFIXES,
            "advice": list(ADVICE),
            "terms": terms,
            "questions": [{name: value for name, value in question.items() if value} for question in questions],
        }

    def run_query(self, query: str, rows: int = 100) -> dict[str, Any]:
        """A SELECT or ASK within the limits; every number of a row with its citation. Raises :class:`QueryError` for what is refused, and
        :class:`kg.query_pool.runner.NotAnswered` for what was stopped."""
        wanted = max(1, min(rows, MAX_ROWS))
        answer = self.runner.ask(PoolQuery(query, _CLIENT, _JSON, None, f"{PREFIXES['budget'][:-1]}", rows=wanted))
        if answer is None or answer.media_type is None:
            raise QueryError("only SELECT and ASK are answered here")
        source = self.source()
        found = json.loads(b"".join(answer.pieces()))
        data = _state(source)
        if "boolean" in found:
            return {"answer": found["boolean"], "data": data}
        computed = {"computed_by": "sha256:" + hashlib.sha256(query.encode()).hexdigest(), "data": data}
        citing = _Citing(source, computed)
        shown = [citing.row(row) for row in found["results"]["bindings"]]
        return {
            "columns": found["head"]["vars"],
            "rows": shown,
            "cut_at": answer.row_limit or None,
            "numbers": citing.numbers,
            "numbers_computed": citing.computed_numbers,
            "data": data,
        }

    def get_finding(self, finding: str) -> dict[str, Any]:
        """A finding by its address, with every figure that took part and where it is printed; for the address of a disclosure, the list
        of its findings. Raises :class:`BudgetError` when there is neither."""
        source = self.source()
        said = _said(source, finding)
        types = said.get(f"{PREFIXES['rdf']}type", [])
        if f"{TERMS}Disclosure" in [value for value, _ in types]:
            return self._findings(source, finding)
        if f"{TERMS}Finding" not in [value for value, _ in types]:
            raise BudgetError(f"no finding {finding}; give the address of a finding, or of a disclosure for its findings")

        def first(name: str) -> str:
            return next((value for value, _ in said.get(TERMS + name, [])), "")

        places = [place for value, _ in sorted(said.get(f"{TERMS}operand", [])) if (place := cite(source, value)) is not None]
        messages = {language: value for value, language in said.get(f"{PREFIXES['sh']}resultMessage", [])}
        severity = next((value for value, _ in said.get(f"{PREFIXES['sh']}resultSeverity", [])), "")
        return {
            "finding": finding,
            "rule": first("rule").rsplit("/", 1)[-1],
            "severity": severity.rsplit("#", 1)[-1].lower(),
            "message": messages,
            "expression": first("expression"),
            **{name: first(name) for name in _MONEY if first(name)},
            "suspected_cause": first("suspectedCause"),
            "disclosure": first("inDisclosure"),
            "citations": [_cited(place) for place in places] or [_cited(whole) for whole in [cite(source, finding)] if whole],
            "data": _state(source),
        }

    def cite_cell(self, cell: str) -> dict[str, Any]:
        """Where a figure or a statement is printed, with the numbers it states. Raises :class:`BudgetError` for what no document prints."""
        source = self.source()
        place = cite(source, _iri(cell).value)
        if place is None:
            raise BudgetError(f"no document prints {cell}; give the address of a cell, a row, a table, a statement or a disclosure")
        stated = {name.removeprefix(TERMS): value for name, value in _numbers(source, cell).items()}
        return {"citation": _cited(place), "text": citation_text(place), "states": stated, "data": _state(source)}

    def _findings(self, source: Source, disclosure: str) -> dict[str, Any]:
        rows = list(_solutions(source, "findings-of", {"disclosure": _iri(disclosure)}))
        place = cite(source, disclosure)
        return {
            "disclosure": disclosure,
            "findings": [
                {
                    "finding": row["finding"].value,
                    "severity": row["severity"].value.rsplit("#", 1)[-1].lower(),
                    "rule": row["rule"].value.rsplit("/", 1)[-1],
                }
                for row in rows[:MAX_FINDINGS]
            ],
            "found": len(rows),
            "citation": _cited(place) if place else None,
            "data": _state(source),
        }


class _Citing:
    """Rows of an answer with each number beside its citation."""

    def __init__(self, source: Source, computed: Mapping[str, Any]) -> None:
        self._source = source
        self._computed = computed
        self._places: dict[str, Citation | None] = {}
        self._stated: dict[str, set[Decimal]] = {}
        self.numbers = self.computed_numbers = 0

    def row(self, row: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
        things = [term["value"] for term in row.values() if term["type"] == "uri"]
        return {name: self._value(term, things) for name, term in row.items()}

    def _value(self, term: Mapping[str, str], things: list[str]) -> Any:
        if term["type"] != "uri" and term.get("datatype", "").endswith(_NUMERIC):
            self.numbers += 1
            return {"value": term["value"], "citation": self._citation(term, things)}
        return term["value"]

    def _citation(self, term: Mapping[str, str], things: list[str]) -> Mapping[str, Any]:
        """The place of the thing of the row that states this number; else of the headline figure of its disclosure; else the query."""
        number = _decimal(term["value"])
        if number is not None:
            for thing in things:
                if number in self._amounts(thing) and (place := self._place(thing)) is not None and place.disclosure != thing:
                    return _cited(place)
            for thing in things:
                for row in _solutions(self._source, "key-figure", {"disclosure": _iri(thing), "amount": _literal(number)}):
                    if (place := self._place(row["cell"].value)) is not None:
                        return _cited(place)
        self.computed_numbers += 1
        return self._computed

    def _place(self, thing: str) -> Citation | None:
        if thing not in self._places:
            self._places[thing] = cite(self._source, thing)
        return self._places[thing]

    def _amounts(self, thing: str) -> set[Decimal]:
        if thing not in self._stated:
            self._stated[thing] = {Decimal(value) for value in _numbers(self._source, thing).values()}
        return self._stated[thing]


def citation_text(place: Citation) -> str:
    """One line after GB/T 7714: issuer, title, place, file, hash."""
    where = f" {place.place}." if place.place else ""
    return f"{place.issuer}. {place.document}[EB/OL].{where} {place.file}, SHA-256: {place.sha256[:16]}."


def _cited(place: Citation) -> dict[str, Any]:
    return place.fields() | {"text": citation_text(place)}


def _state(source: Source) -> dict[str, Any]:
    return {"version": source.version, "tag": source.tag}


def _said(source: Source, thing: str) -> dict[str, list[tuple[str, str]]]:
    """Property → (value, language)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in _solutions(source, "statements-of", {"subject": _iri(thing)}):
        value = row["object"]
        language = (value.language or "") if isinstance(value, ox.Literal) else ""
        found.setdefault(row["predicate"].value, []).append((value.value, language))
    return found


def _numbers(source: Source, thing: str) -> dict[str, str]:
    rows = _solutions(source, "stated-amounts", {"statement": _iri(thing)})
    return {row["property"].value: row["amount"].value for row in rows}


def _solutions(source: Source, query: str, bindings: Mapping[str, ox.NamedNode | ox.Literal]) -> ox.QuerySolutions:
    answer = source.query(named(query), bindings)
    assert isinstance(answer, ox.QuerySolutions)
    return answer


def _iri(text: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(text)
    except ValueError as error:
        raise BudgetError(f"no address: {text!r}") from error


def _literal(number: Decimal) -> ox.Literal:
    return ox.Literal(f"{number:f}", datatype=ox.NamedNode(f"{PREFIXES['xsd']}decimal"))


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
