"""What was inferred: the list by class, and the page of one inference with its definition and facts."""

from typing import Any

from flask import Response, g

from kg.reasoning.definitions import own_ontology
from kg.reasoning.explain import explain, inferences
from kg.reasoning.telling import told
from web.rendering import render, view
from web.site import View
from web.things import Thing

_SHOWN = 30


def reasoning_page() -> Response:
    """``/reasoning``: every defined class with its definition in words and its members."""
    ontology = own_ontology()
    members: dict[str, list[tuple[str, str]]] = {}
    for address, inferred, _, _ in inferences(view().snapshot):
        members.setdefault(inferred.iri, []).append((address, inferred.thing))
    return render(
        "reasoning.html",
        definitions=ontology.definitions,
        words=lambda definition: ontology.words(definition.meaning, g.language),
        comment=lambda definition: definition.comments.get(g.language, ""),
        members=members,
        shown=_SHOWN,
    )


def inference(data: View, thing: Thing) -> tuple[str, dict[str, Any]]:
    """What the page of an inference shows."""
    ontology = own_ontology()
    explanation = explain(data.snapshot, ontology, thing.iri)
    said = told(data.snapshot, ontology, explanation, g.language) if explanation is not None else None
    return ("inference.html", {"said": said}) if said is not None else ("thing.html", {})
