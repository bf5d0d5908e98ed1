"""Many disclosures at once: one load, and every query of every rule asked once for all of them. None sees another."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial

import pyoxigraph as ox

from kg.shacl import engine
from kg.shacl.errors import NotCompiled, ShapesError
from kg.shacl.isolation import NotIsolated
from kg.shacl.prebinding import compile_companion
from kg.shacl.results import Result
from kg.shacl.seed import GRAPH, Seed
from kg.shacl.sparql_text import parse
from kg.shacl.workspace import Given, Workspace
from kg.store import UNION, Answer, Dataset, MemoryStore, Term
from kg.terms import TERMS
from kg.validate.context import Context
from kg.validate.evidence import Evidence, Lines, OtherText, Row, rows
from kg.validate.rules import Query, RuleSet

_GRAPH = "urn:validation:data"
_DISCLOSURE = "disclosure"
"""What companions call the disclosure that is validated."""
Answers = Mapping[int, tuple[Row, ...]]
"""Position of a disclosure in its batch → the rows that a query has for it; a disclosure without rows is left out."""


class Batch:
    """The graphs of some disclosures, each with the code lists it mentions."""

    def __init__(self, graphs: Sequence[bytes], context: Context) -> None:
        self.given = tuple(Given(ox.NamedNode(f"{_GRAPH}:{number}"), graph, context.needed(graph)) for number, graph in enumerate(graphs))
        self._answers: dict[str, Answers] = {}
        self._workspace = Workspace.of(self.given)

    def results(self, rules: RuleSet) -> Mapping[int, Mapping[str, Sequence[Result]]]:
        """What the shapes report: position of the disclosure → shape → results.

        Raises :class:`ShapesError` for a shape that is refused, or that cannot be run for all disclosures at once.
        """
        report = engine.validate(self._workspace, rules.compiled)
        for fallback in report.fallbacks:
            raise ShapesError(f"cannot be asked of many disclosures at once: {fallback.reason}", str(fallback.shape))
        found: dict[int, dict[str, list[Result]]] = defaultdict(lambda: defaultdict(list))
        for result in report.results:
            found[_number(result.graph)][result.target.value if result.target else ""].append(result)
        return found

    def answers(self, select: str) -> Answers:
        """The rows of a SELECT for each disclosure: as it stands, over that disclosure's graph; doubles dropped.

        A ``?disclosure`` that it projects is the one that is validated.
        """
        if select not in self._answers:
            query = parse(select)
            try:
                seed = self._disclosures if _DISCLOSURE in query.projected else self._workspace.each_graph
                text = compile_companion(query, seed, self._workspace.isolation)
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
        return self._workspace.node_set(keys, _DISCLOSURE)

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
            if found := rows(self.store(number), select):
                yield number, tuple(found)

    def store(self, number: int) -> MemoryStore:
        """One disclosure's graph on its own."""
        store = MemoryStore()
        store.load(_GRAPH, self.given[number].own + self.given[number].shared)
        return store


def _number(graph: object) -> int:
    assert isinstance(graph, ox.NamedNode)
    return int(graph.value.rpartition(":")[2])


class BatchEvidence(Evidence):
    """The evidence of one disclosure of a batch."""

    def __init__(
        self, batch: Batch, number: int, context: Context, lines: Lines | None, others: Mapping[str, OtherText] | None = None
    ) -> None:
        super().__init__(_Later(partial(batch.store, number)), context, lines, others)
        self.batch = batch
        self.number = number

    def asked(self, query: Query) -> Sequence[Row]:
        return self.batch.answers(query.select).get(self.number, ())


class _Later:
    """A store that is made when it is first asked: most disclosures have no finding to explain."""

    def __init__(self, make: Callable[[], MemoryStore]) -> None:
        self._make = make

    @cached_property
    def _store(self) -> MemoryStore:
        return self._make()

    def query(self, text: str, bindings: Mapping[str, Term] | None = None, *, dataset: Dataset = UNION, base: str | None = None) -> Answer:
        return self._store.query(text, bindings, dataset=dataset, base=base)

    def graphs(self) -> list[str]:
        return self._store.graphs()

    def dump(self, graph: str) -> bytes:
        return self._store.dump(graph)
