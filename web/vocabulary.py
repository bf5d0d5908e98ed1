"""The terms that the query editor completes: what the ontology declares, with its labels."""

from functools import cache

import pyoxigraph as ox
from flask import Response, jsonify

from kg.resources import ontology_files
from kg.terms import PREFIXES

_OWL = PREFIXES["owl"]
_KINDS = {f"{_OWL}Class": "class", f"{_OWL}ObjectProperty": "property", f"{_OWL}DatatypeProperty": "property"}


def vocabulary() -> Response:
    """A list of ``{name, kind, zh, en, comment}``; the comment is in Chinese."""
    response = jsonify(_terms())
    response.headers["Cache-Control"] = "max-age=3600"
    return response


@cache
def _terms() -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    kinds: dict[str, str] = {}
    for file in ontology_files():
        for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE):
            if not isinstance(quad.subject, ox.NamedNode):
                continue
            subject, predicate, value = quad.subject.value, quad.predicate.value, quad.object
            if isinstance(value, ox.NamedNode) and value.value in _KINDS:
                kinds[subject] = _KINDS[value.value]
            elif isinstance(value, ox.Literal) and value.language:
                key = {f"{PREFIXES['rdfs']}label": value.language, f"{PREFIXES['rdfs']}comment": f"comment-{value.language}"}.get(predicate)
                if key:
                    found.setdefault(subject, {})[key] = value.value
    budget = PREFIXES["budget"]
    return [
        {
            "name": f"budget:{subject.removeprefix(budget)}",
            "kind": kinds[subject],
            "zh": words.get("zh", ""),
            "en": words.get("en", ""),
            "comment": words.get("comment-zh", ""),
        }
        for subject, words in sorted(found.items())
        if subject in kinds and subject.startswith(budget)
    ]
