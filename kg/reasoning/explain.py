"""Why something was inferred: the definition, and the facts as they stand in the graph now."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from kg.queries import named
from kg.reasoning.definitions import Definition, Ontology
from kg.reasoning.facts import Extract, Fact
from kg.reasoning.matching import Explained, Inferred, Matcher
from kg.store import Reader
from kg.terms import PREFIXES, TERMS

_DERIVED_FROM = f"{PREFIXES['prov']}wasDerivedFrom"


@dataclass(frozen=True)
class Explanation:
    """An inference with its definition. ``explained`` is ``None`` when the facts no longer bear it out: the store has changed since."""

    inference: str
    inferred: Inferred
    definition: Definition
    disclosure: str
    reasoner: str
    explained: Explained | None


def inferences(reader: Reader) -> list[tuple[str, Inferred, str, str]]:
    """Every inference of the store as (address, what, disclosure, reasoner), by address."""
    answer = reader.query(named("inferences"))
    assert isinstance(answer, ox.QuerySolutions)
    names = ("inference", "thing", "class", "disclosure", "reasoner")
    rows = (tuple(solution[name].value for name in names) for solution in answer)
    return sorted((inference, Inferred(thing, iri), disclosure, who) for inference, thing, iri, disclosure, who in rows)


def explain(reader: Reader, ontology: Ontology, inference: str) -> Explanation | None:
    """The explanation of an inference by its address, ``None`` where there is none or its class has no definition any more."""
    said = statements(reader, inference)
    of = {name.removeprefix(TERMS): value for name, value in said}
    definition = next((each for each in ontology.definitions if each.iri == of.get("inferredClass")), None)
    if definition is None or "inferredThing" not in of:
        return None
    inferred = Inferred(str(of["inferredThing"]), definition.iri)
    rest = [str(value) for name, value in said if name == _DERIVED_FROM]
    facts = _facts(reader, [inferred.thing, *rest], ontology)
    found = Matcher(ontology, Extract(str(of["inDisclosure"]), facts, ())).explained()
    explained = next((each for each in found if each.inferred == inferred), None)
    return Explanation(inference, inferred, definition, str(of["inDisclosure"]), str(of.get("reasoner", "")), explained)


def _facts(reader: Reader, things: Iterable[str], ontology: Ontology) -> tuple[Fact, ...]:
    """What is said of some things, and what the things are that they point at."""
    looked_at = ontology.properties()
    kinds = ontology.classes()
    found: dict[Fact, None] = {}
    pointed: dict[str, None] = {}
    for thing in dict.fromkeys(things):
        for name, value in statements(reader, thing):
            if name in looked_at:
                found[Fact(thing, name, value)] = None
                if isinstance(value, str):
                    pointed[value] = None
    for thing in dict.fromkeys([*things, *pointed]):
        for name, value in statements(reader, thing):
            if value in kinds:
                found[Fact(thing, name, value)] = None
    return tuple(found)


def statements(reader: Reader, thing: str) -> list[tuple[str, str | Decimal]]:
    """The properties of a thing with their values: IRIs and texts, numbers as such; sorted."""
    answer = reader.query(named("statements-of"), {"subject": ox.NamedNode(thing)})
    assert isinstance(answer, ox.QuerySolutions)
    found: list[tuple[str, str | Decimal]] = []
    for solution in answer:
        value = solution["object"]
        if isinstance(value, ox.Literal) and value.datatype.value.endswith(("#decimal", "#integer")):
            found.append((solution["predicate"].value, Decimal(value.value)))
        elif isinstance(value, ox.NamedNode | ox.Literal):
            found.append((solution["predicate"].value, value.value))
    return sorted(found, key=lambda pair: (pair[0], str(pair[1])))
