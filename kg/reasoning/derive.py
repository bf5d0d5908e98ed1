"""What follows, written into a graph of its own beside each disclosure's, with what it rests on."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.iri import Minter
from kg.ntriples import Triples, decimal, integer, text
from kg.ntriples import iri as ref
from kg.reasoning import hermit
from kg.reasoning.check import AUTO, HERMIT, chosen
from kg.reasoning.definitions import Ontology, ontology_graph, own_ontology
from kg.reasoning.facts import TYPE, Extract, Fact, extracts
from kg.reasoning.matching import Explained, Inferred, Matcher
from kg.resources import ontology_files
from kg.settings import Settings
from kg.store import Reader, Writer
from kg.terms import PREFIXES, TERMS

Progress = Callable[[str], None]
_DERIVED_FROM = f"{PREFIXES['prov']}wasDerivedFrom"
_TOGETHER = 20
"""Disclosures that HermiT sees at once: starting it costs more than a small extract."""
_WHOLE_NUMBERS = frozenset(TERMS + name for name in ("projectCount", "executionYearCount", "paidFromCount"))


@dataclass(frozen=True)
class Derived:
    """``made`` and ``standing`` are disclosures; ``inferences`` by class are those of the whole store, standing ones among them."""

    reasoner: str
    made: int
    standing: int
    inferences: dict[str, int]


def derive(store: Writer, settings: Settings, progress: Progress, reasoner: str = AUTO, *, again: bool = False) -> Derived:
    """Bring the derived graph of every disclosure up to date. Those that rest on the same facts, definitions and reasoner stand, unless
    ``again``; those of disclosures that are gone are dropped. Raises :class:`kg.errors.BudgetError` when HermiT cannot run but must.
    """
    who = chosen(reasoner)
    ontology = own_ontology()
    minter = Minter(settings.base)
    found = extracts(store, ontology)
    graphs = {derived_graph(minter, extract.disclosure): extract for extract in found}
    gone = [name for name in store.graphs() if name.startswith(minter.graph("derived/")) and name not in graphs]
    if gone:
        store.replace_graphs({}, drop=gone)
    definitions = _digest(file.read_bytes() for file in ontology_files())
    waiting = [(graph, extract, _digest((definitions.encode(), who.encode(), repr(extract).encode()))) for graph, extract in graphs.items()]
    if not again:
        standing = _bases(store)
        waiting = [each for each in waiting if standing.get(each[0]) != each[2]]
    done = 0
    for batch in _batches(waiting):
        members = _members(ontology, [extract for _, extract, _ in batch], who)
        store.replace_graphs(
            {graph: _triples(ontology, extract, members, who, graph, basis, minter).data for graph, extract, basis in batch}
        )
        done += len(batch)
        progress(f"[{done}/{len(waiting)}] reasoned")
    return Derived(who, len(waiting), len(graphs) - len(waiting), _counts(store))


def derived_graph(minter: Minter, disclosure: str) -> str:
    """The graph of what follows from a disclosure."""
    return minter.graph(f"derived/{disclosure.rpartition('/')[2]}")


def _batches(waiting: Sequence[tuple[str, Extract, str]]) -> Iterator[Sequence[tuple[str, Extract, str]]]:
    yield from (waiting[start : start + _TOGETHER] for start in range(0, len(waiting), _TOGETHER))


def _members(ontology: Ontology, batch: Sequence[Extract], who: str) -> frozenset[Inferred] | None:
    """Who is a member of what, by HermiT; ``None`` leaves it to the rules."""
    return frozenset(hermit.classify(ontology, ontology_graph(), batch)) if who == HERMIT else None


def _triples(
    ontology: Ontology, extract: Extract, members: frozenset[Inferred] | None, who: str, graph: str, basis: str, minter: Minter
) -> Triples:
    triples = Triples()
    triples.add(graph, f"{TERMS}reasonedFrom", text(basis))
    triples.add(graph, _DERIVED_FROM, ref(minter.graph(f"disclosure/{extract.disclosure.rpartition('/')[2]}")))
    for fact in extract.counted:
        triples.add(fact.subject, fact.predicate, _term(fact))
    for number, each in enumerate(_inferences(ontology, extract, members), 1):
        node = f"{extract.disclosure}/inference/{number}"
        triples.add(each.inferred.thing, TYPE, ref(each.inferred.iri))
        triples.add(node, TYPE, ref(f"{TERMS}Inference"))
        triples.add(node, f"{TERMS}inferredThing", ref(each.inferred.thing))
        triples.add(node, f"{TERMS}inferredClass", ref(each.inferred.iri))
        triples.add(node, f"{TERMS}inDisclosure", ref(extract.disclosure))
        triples.add(node, f"{TERMS}reasoner", text(who))
        triples.add(node, _DERIVED_FROM, *(ref(thing) for thing in each.rests_on))
    return triples


def _inferences(ontology: Ontology, extract: Extract, members: frozenset[Inferred] | None) -> list[Explained]:
    """What follows from one extract: all that the rules find, or what HermiT found, with the facts of the rules where they have any."""
    explained = {each.inferred: each for each in Matcher(ontology, extract).explained()}
    if members is None:
        return sorted(explained.values(), key=lambda each: each.inferred)
    things = {fact.subject for fact in extract.facts}
    own = sorted(inferred for inferred in members if inferred.thing in things)
    return [explained.get(inferred, Explained(inferred, (), ())) for inferred in own]


def _term(fact: Fact) -> str:
    if fact.number is None:
        return ref(str(fact.value))
    return integer(int(fact.number)) if fact.predicate in _WHOLE_NUMBERS else decimal(fact.number)


def _bases(store: Reader) -> dict[str, str]:
    """Derived graph → what it rests on."""
    return dict(_pairs(store, f"SELECT ?graph ?basis WHERE {{ ?graph <{TERMS}reasonedFrom> ?basis }}"))


def _counts(store: Reader) -> dict[str, int]:
    """Class → how many inferences of it."""
    query = f"SELECT ?class (COUNT(*) AS ?count) WHERE {{ ?inference <{TERMS}inferredClass> ?class }} GROUP BY ?class ORDER BY ?class"
    return {name: int(count) for name, count in _pairs(store, query)}


def _pairs(store: Reader, query: str) -> Iterator[tuple[str, str]]:
    answer = store.query(query)
    assert isinstance(answer, ox.QuerySolutions)
    yield from ((solution[0].value, solution[1].value) for solution in answer)


def _digest(parts: "Iterator[bytes] | Sequence[bytes]") -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()
