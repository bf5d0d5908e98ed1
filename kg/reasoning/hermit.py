"""HermiT through owlready2: a complete OWL 2 DL reasoner in Java, over small graphs. It reads no Turtle, so N-Triples go in."""

import contextlib
import io
import logging
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

import owlready2
from rdflib import OWL, RDFS, XSD, Graph, Literal, URIRef

from kg.errors import BudgetError
from kg.reasoning.definitions import Ontology
from kg.reasoning.facts import Extract, Fact
from kg.reasoning.matching import Inferred
from kg.terms import ONTOLOGY

NO_JAVA = (
    "no Java runtime on the PATH, so HermiT cannot run; install one (Debian: default-jre-headless), or use --reasoner rules, which "
    "decides the definitions of this ontology by the program's own rules"
)


@dataclass(frozen=True)
class Verdict:
    """``unsatisfiable`` are classes that can have no member."""

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()


def has_java() -> bool:
    """Whether there is a Java that starts."""
    if shutil.which("java") is None:
        return False
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run(["java", "-version"], capture_output=True, timeout=60, check=False).returncode == 0
    return False


def judge(graph: Graph) -> Verdict:
    """Whether a graph contradicts itself. Raises :class:`BudgetError` when there is no Java, or HermiT cannot read the graph."""
    world = owlready2.World()
    try:
        _reason(world, graph)
        unsatisfiable = sorted(found.iri for found in world.inconsistent_classes() if hasattr(found, "iri"))
        return Verdict(True, tuple(iri for iri in unsatisfiable if iri != str(OWL.Nothing)))
    except owlready2.OwlReadyInconsistentOntologyError:
        return Verdict(False)
    finally:
        world.close()


def classify(ontology: Ontology, terminology: Graph, extracts: Sequence[Extract]) -> list[Inferred]:
    """The members of the defined classes among the things of some extracts, sorted.

    ``terminology`` is the ontology without code lists. Raises :class:`BudgetError` as :func:`judge`, and when the extracts contradict it.
    """
    graph = Graph()
    graph += terminology
    for extract in extracts:
        for fact in extract.facts:
            graph.add((URIRef(fact.subject), URIRef(fact.predicate), _term(fact, terminology)))
    world = owlready2.World()
    try:
        _reason(world, graph)
        found = []
        for definition in ontology.definitions:
            held = world[definition.iri]
            members = held.instances(world=world) if held is not None else ()
            found += [Inferred(member.iri, definition.iri) for member in members]
        return sorted(found)
    except owlready2.OwlReadyInconsistentOntologyError as error:
        named = ", ".join(extract.disclosure for extract in extracts[:3])
        raise BudgetError(f"what these disclosures say contradicts the ontology: {named}") from error
    finally:
        world.close()


def _term(fact: Fact, terminology: Graph) -> URIRef | Literal:
    """The value as the ontology types it: a number is a decimal, or an integer where the range of the property says so."""
    if fact.number is None:
        return URIRef(str(fact.value))
    whole = (URIRef(fact.predicate), RDFS.range, XSD.integer) in terminology
    return Literal(str(fact.value), datatype=XSD.integer if whole else XSD.decimal)


def _reason(world: owlready2.World, graph: Graph) -> None:
    if not has_java():
        raise BudgetError(NO_JAVA)
    source = io.BytesIO(graph.serialize(format="nt", encoding="utf-8"))
    logging.getLogger("owlready2").setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stderr(io.StringIO()), world.get_ontology(ONTOLOGY).load(fileobj=source):
            owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyJavaError as error:
        raise BudgetError(f"HermiT stopped: {str(error).strip().splitlines()[0][:200]}") from error
