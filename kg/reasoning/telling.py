"""An explanation in words, with the places its facts are printed at."""

from typing import Any

import pyoxigraph as ox

from kg.places import cite
from kg.queries import named
from kg.reasoning.definitions import Ontology
from kg.reasoning.explain import Explanation, statements
from kg.reasoning.facts import COUNTED, TYPE, Fact
from kg.reasoning.matching import Explained, Inferred
from kg.store import Reader
from kg.terms import PREFIXES, TERMS

_DERIVED_FROM = f"{PREFIXES['prov']}wasDerivedFrom"
_LABELS = (f"{PREFIXES['rdfs']}label", f"{PREFIXES['skos']}prefLabel", f"{PREFIXES['budget']}printedText")


def told(reader: Reader, ontology: Ontology, explanation: Explanation, language: str) -> dict[str, Any]:
    """The explanation as plain data: ``definition`` in words, ``facts`` each with words, address and place (empty where it is counted or
    printed nowhere), ``builds_on`` the other classes that the definition names. ``follows`` is false when the facts have changed."""
    definition, explained = explanation.definition, explanation.explained
    facts = explained.facts if explained is not None else ()
    return {
        "inference": explanation.inference,
        "thing": explanation.inferred.thing,
        "thing_name": label(reader, explanation.inferred.thing),
        "class": definition.iri,
        "class_name": ontology.name(definition.iri, language),
        "comment": definition.comments.get(language, ""),
        "definition": f"{ontology.name(definition.iri, language)} ≡ {ontology.words(definition.meaning, language)}",
        "disclosure": explanation.disclosure,
        "reasoner": explanation.reasoner,
        "follows": explained is not None,
        "builds_on": [{"class": each.iri, "class_name": ontology.name(each.iri, language)} for each in _through(explained)],
        "facts": [_fact(reader, ontology, fact, language) for fact in facts],
    }


def _through(explained: Explained | None) -> tuple[Inferred, ...]:
    return explained.through if explained is not None else ()


def _fact(reader: Reader, ontology: Ontology, fact: Fact, language: str) -> dict[str, Any]:
    if fact.predicate == TYPE:
        kind = ontology.name(str(fact.value), language)
        words = f"{label(reader, fact.subject)}：{kind}" if language == "zh" else f"{label(reader, fact.subject)} is a {kind}"
    else:
        value = f"{fact.number.normalize():f}" if fact.number is not None else label(reader, str(fact.value))
        sign = "：" if language == "zh" else ": "
        words = f"{label(reader, fact.subject)} — {ontology.name(fact.predicate, language)}{sign}{value}"
    place = cite(reader, _printed(reader, fact)) if fact.predicate not in COUNTED else None
    return {
        "subject": fact.subject,
        "property": fact.predicate,
        "value": str(fact.value),
        "counted": fact.predicate in COUNTED,
        "words": words,
        "place": f"{place.document}: {place.place}" if place is not None and place.place else "",
        "citation": place.fields() if place is not None else None,
    }


def _printed(reader: Reader, fact: Fact) -> str:
    """What is printed of a fact: the cell of a headline figure, else the thing that says it."""
    figure = f"{fact.subject}/figure/{fact.predicate.removeprefix(TERMS)}"
    return next((str(value) for name, value in statements(reader, figure) if name == _DERIVED_FROM), fact.subject)


def label(reader: Reader, thing: str) -> str:
    """What a thing is called in the graph, the Chinese name first; the end of its address where it has no name."""
    answer = reader.query(named("statements-of"), {"subject": ox.NamedNode(thing)})
    assert isinstance(answer, ox.QuerySolutions)
    names = []
    for solution in answer:
        predicate, text = solution["predicate"].value, solution["object"]
        if predicate in _LABELS and isinstance(text, ox.Literal):
            names.append((_LABELS.index(predicate), text.language != "zh", text.value))
    return min(names)[2] if names else "/".join(thing.rsplit("/", 2)[-2:])
