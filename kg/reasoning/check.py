"""Is the ontology, with its code lists, free of contradiction; and what is at fault where it is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph

from kg.errors import BudgetError, RefusedFile
from kg.reasoning import hermit
from kg.reasoning.clashes import Clash, Triple, clashes
from kg.reasoning.definitions import ontology_graph
from kg.resources import code_list_files

HERMIT, RULES, AUTO = "hermit", "rules", "auto"
REASONERS = (AUTO, HERMIT, RULES)
_MOST_TRIALS = 60


@dataclass(frozen=True)
class Checked:
    """``reasoner`` is who decided. ``clashes`` name what is at fault; ``unnamed`` are the statements that contradict each other where no
    rule could say why. ``unsatisfiable`` are classes that can have no member."""

    reasoner: str
    consistent: bool
    statements: int
    clashes: tuple[Clash, ...] = ()
    unnamed: tuple[Triple, ...] = ()
    unsatisfiable: tuple[str, ...] = ()


def chosen(reasoner: str) -> str:
    """``hermit`` or ``rules``. Raises :class:`BudgetError` when HermiT is asked for and there is no Java."""
    if reasoner == AUTO:
        return HERMIT if hermit.has_java() else RULES
    if reasoner == HERMIT and not hermit.has_java():
        raise BudgetError(hermit.NO_JAVA)
    return reasoner


def everything(files: Sequence[Path] = (), *, with_lists: bool = True) -> Graph:
    """The ontology, the code lists unless told otherwise, and Turtle files of one's own. Raises :class:`RefusedFile`."""
    graph = ontology_graph()
    for source in code_list_files() if with_lists else ():
        graph.parse(data=source.read_bytes(), format="turtle")
    for file in files:
        try:
            graph.parse(data=file.read_bytes(), format="turtle")
        except OSError as error:
            raise RefusedFile(error.strerror or str(error), str(file)) from error
        except Exception as error:
            raise RefusedFile(f"no Turtle: {str(error).splitlines()[0]}", str(file)) from error
    return graph


def check(graph: Graph, reasoner: str = AUTO) -> Checked:
    """Whether a graph with the ontology in it is consistent. Raises as :func:`chosen`."""
    who = chosen(reasoner)
    named = tuple(clashes(graph))
    if who == RULES:
        return Checked(who, not named, len(graph), named)
    verdict = hermit.judge(graph)
    if verdict.consistent:
        return Checked(who, True, len(graph), unsatisfiable=verdict.unsatisfiable)
    return Checked(who, False, len(graph), named, () if named else smallest(graph))


def smallest(graph: Graph) -> tuple[Triple, ...]:
    """Statements beside the ontology that contradict it together, no fewer doing so: found by asking HermiT about ever smaller halves."""
    terminology = ontology_graph()
    rest = sorted((triple for triple in graph if triple not in terminology), key=lambda triple: tuple(map(str, triple)))
    trials = 0

    def contradicts(triples: Sequence[Triple]) -> bool:
        nonlocal trials
        trials += 1
        trial = Graph()
        trial += terminology
        for triple in triples:
            trial.add(triple)
        return not hermit.judge(trial).consistent

    size = max(1, len(rest) // 2)
    while rest and trials < _MOST_TRIALS:
        pieces = [rest[start : start + size] for start in range(0, len(rest), size)]
        for piece in pieces:
            without = [triple for triple in rest if triple not in piece]
            if trials < _MOST_TRIALS and contradicts(without):
                rest = without
                break
        else:
            if size == 1:
                break
            size = max(1, size // 2)
    return tuple(rest)
