"""The definitions matched by rules: who is a member, and which facts make it one.

For the constructs that the definitions use (and, or, some, comparisons) this decides the same as a reasoner does; it is what explains an
inference, and what stands in for HermiT where there is no Java.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.reasoning.definitions import All, AnyOf, Expression, Named, Number, Ontology, Some
from kg.reasoning.facts import TYPE, Extract, Fact


@dataclass(frozen=True, order=True)
class Inferred:
    """A thing is a member of a class that nobody asserted."""

    thing: str
    iri: str


@dataclass(frozen=True)
class Explained:
    """An inference with all facts that it rests on; ``through`` are inferences that it builds on."""

    inferred: Inferred
    facts: tuple[Fact, ...]
    through: tuple[Inferred, ...]

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The thing, and whatever else in a disclosure says one of the facts."""
        return tuple(dict.fromkeys([self.inferred.thing, *(fact.subject for fact in self.facts if "/disclosure/" in fact.subject)]))


Used = Sequence[Fact | Inferred]


class Matcher:
    """The facts of one extract, found by subject and by value."""

    def __init__(self, ontology: Ontology, extract: Extract) -> None:
        self._ontology = ontology
        self._by_subject: dict[tuple[str, str], list[Fact]] = {}
        self._by_value: dict[tuple[str, str], list[Fact]] = {}
        for fact in extract.facts:
            self._by_subject.setdefault((fact.subject, fact.predicate), []).append(fact)
            if fact.number is None:
                self._by_value.setdefault((str(fact.value), fact.predicate), []).append(fact)
        self._things = sorted({fact.subject for fact in extract.facts})
        self._derived: dict[Inferred, Used] = {}

    def explained(self) -> tuple[Explained, ...]:
        """Every inference, in the order of the definitions."""
        found = []
        for definition in self._ontology.definitions:
            for thing in self._things:
                used = self._match(thing, definition.meaning)
                if used is not None:
                    inferred = Inferred(thing, definition.iri)
                    self._derived[inferred] = used
                    facts = tuple(dict.fromkeys(each for each in used if isinstance(each, Fact)))
                    found.append(Explained(inferred, facts, tuple(each for each in used if isinstance(each, Inferred))))
        return tuple(found)

    def _match(self, thing: str, meaning: Expression) -> Used | None:
        """The facts that make the thing a member; ``None`` when it is not known to be one."""
        match meaning:
            case Named(iri):
                inferred = Inferred(thing, iri)
                if inferred in self._derived:
                    return [inferred, *self._derived[inferred]]
                said = [fact for fact in self._by_subject.get((thing, TYPE), []) if fact.value == iri]
                return list(said[:1]) or None
            case All(parts):
                found = [self._match(thing, part) for part in parts]
                return [each for part in found for each in part or ()] if all(part is not None for part in found) else None
            case AnyOf(parts):
                return next((used for part in parts if (used := self._match(thing, part)) is not None), None)
            case Some(name, inverse, filler):
                facts = (self._by_value if inverse else self._by_subject).get((thing, name), [])
                return self._some(facts, inverse, filler)
            case Number(name):
                facts = self._by_subject.get((thing, name), [])
                return next(([fact] for fact in facts if fact.number is not None and meaning.holds(fact.number)), None)

    def _some(self, facts: Iterable[Fact], inverse: bool, filler: Expression) -> Used | None:
        for fact in facts:
            if fact.number is None:
                beyond = self._match(fact.subject if inverse else str(fact.value), filler)
                if beyond is not None:
                    return [fact, *beyond]
        return None
