"""Many disclosures at once: one load, and every query of every rule asked once for all of them. None sees another."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files

import pyoxigraph as ox

from kg.shacl import engine
from kg.shacl.errors import NotCompiled
from kg.shacl.isolation import Level, NotIsolated
from kg.shacl.merging import Given
from kg.shacl.prebinding import compile_companion
from kg.shacl.results import Result
from kg.shacl.seed import GRAPH, Seed
from kg.shacl.sparql_text import parse
from kg.shacl.workspace import Workspace
from kg.store import MemoryStore
from kg.terms import TERMS
from kg.validate.context import Context
from kg.validate.evidence import Evidence, Lines, OtherText, Row, rows
from kg.validate.rules import Query, RuleSet

_GRAPH = "urn:validation:data"
_TYPE = re.compile(rb"#type> <([^>]*)>")
_ANY = "urn:validation:thing"
_DISCLOSURE = "disclosure"
"""What companions call the disclosure that is validated."""
Answers = Mapping[int, tuple[Row, ...]]
"""Position of a disclosure in its batch → the rows that a query has for it; a disclosure without rows is left out."""


class Batch:
    """The graphs of some disclosures, each with the code lists it mentions."""

    def __init__(self, graphs: Sequence[bytes], context: Context) -> None:
        self.given = tuple(Given(ox.NamedNode(f"{_GRAPH}:{number}"), graph, context.needed(graph)) for number, graph in enumerate(graphs))
        self.fallbacks: Mapping[str, str] = {}
        self._answers: dict[str, Answers] = {}
        self._classes: dict[int, frozenset[str]] = {}
        self._workspace = Workspace.of(self.given)

    def results(self, rules: RuleSet) -> Mapping[int, Mapping[str, Sequence[Result]]]:
        """What the shapes report: position of the disclosure → shape → results.

        What cannot be compiled the reference engine has run: ``fallbacks`` then name those shapes, with the reasons.
        Raises :class:`ShapesError` for a shape that is refused.
        """
        report = engine.validate(self._workspace, rules.compiled)
        self.fallbacks = {fallback.shape.value: fallback.reason for fallback in report.fallbacks}
        found: dict[int, dict[str, list[Result]]] = defaultdict(lambda: defaultdict(list))
        for result in report.results:
            found[_number(result.graph)][result.target.value if result.target else ""].append(result)
        return found

    def answers(self, select: str) -> Answers:
        """The rows of a SELECT for each disclosure: as it stands, over that disclosure's graph; doubles dropped.

        A ``?disclosure`` that it projects is the one that is validated.
        """
        if select not in self._answers:
            try:
                seed = self._disclosures if _DISCLOSURE in parse(select).projected else self._workspace.each_graph
                text = compile_companion(select, seed, self._workspace.isolation)
            except (NotCompiled, NotIsolated):
                self._answers[select] = dict(self._one_by_one(select))
            else:
                self._answers[select] = self._at_once(text)
        return self._answers[select]

    @cached_property
    def _disclosures(self) -> Seed:
        """Binds each disclosure, from which the patterns of a query are reached without looking through the graph."""
        known = self.answers(f"SELECT ?thing WHERE {{ ?thing a <{TERMS}Disclosure> }}")
        keys = ((self.given[number].graph, row["thing"]) for number, found in known.items() for row in found)
        return self._workspace.node_set(keys, _DISCLOSURE, "disclosures")

    def _at_once(self, text: str) -> Answers:
        answer = self._workspace.rows(text)
        names = [variable.value for variable in answer.variables if variable.value != GRAPH]
        found: dict[int, dict[tuple[object, ...], Row]] = defaultdict(dict)
        for solution in answer:
            row = {name: solution[name] for name in names if isinstance(solution[name], ox.NamedNode | ox.Literal)}
            found[_number(solution[GRAPH])].setdefault(tuple(row.items()), row)
        return {number: tuple(said.values()) for number, said in found.items()}

    def _one_by_one(self, select: str) -> Iterator[tuple[int, tuple[Row, ...]]]:
        for number in range(len(self.given)):
            store = MemoryStore()
            store.load(_GRAPH, self.given[number].own + self.given[number].shared)
            if found := rows(store.query(select)):
                yield number, tuple(found)

    def classes(self, number: int) -> frozenset[str]:
        """The classes of which one disclosure's graph has instances, what it shares among them."""
        if number not in self._classes:
            graph = self.given[number].own + self.given[number].shared
            self._classes[number] = frozenset(name.decode() for name in set(_TYPE.findall(graph)))
        return self._classes[number]

    def located(self, thing: str) -> Row:
        """The row of ``locator.rq`` for a thing; all that it asks is said by the thing's own graph."""
        found = rows(self._workspace.rows(_locator().replace(_ANY, thing)))
        return found[0] if found else {}


@cache
def _locator() -> str:
    """The query of where a thing is printed, with a name in place of the thing's."""
    seed = Seed(f"VALUES ?thing {{ <{_ANY}> }}", ("thing",), {}, {"thing": Level.OWNED})
    return compile_companion((files("kg.validate") / "locator.rq").read_text("utf-8"), seed, None)


def _number(graph: object) -> int:
    assert isinstance(graph, ox.NamedNode)
    return int(graph.value.rpartition(":")[2])


class BatchEvidence(Evidence):
    """The evidence of one disclosure of a batch."""

    def __init__(
        self, batch: Batch, number: int, context: Context, lines: Lines | None, others: Mapping[str, OtherText] | None = None
    ) -> None:
        super().__init__(context, lines, others)
        self.batch = batch
        self.number = number

    def asked(self, query: Query) -> Sequence[Row]:
        return self.batch.answers(query.select).get(self.number, ())

    def located(self, thing: str) -> Row:
        return self.batch.located(thing)
