"""The graph that is written: within its size, without blank nodes, every figure once, every IRI declared."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ingest import Toolbox, disclosure_of
from kg.iri import Minter
from kg.ntriples import Triples, decimal, text
from kg.resources import code_list_files, ontology_files
from kg.triples import BUDGET, emit, emit_restricted

MAX_TRIPLES = 6000


def _graph(path: Path, tools: Toolbox) -> list[ox.Triple]:
    said = disclosure_of(path, tools)
    data = emit(said, tools.pack(said.pack), Minter()).data
    return [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]


def _all(examples: list[Path], tools: Toolbox) -> list[list[ox.Triple]]:
    return [_graph(path, tools) for path in examples]


def test_a_disclosure_stays_within_its_size(examples: list[Path], tools: Toolbox) -> None:
    assert all(len(graph) <= MAX_TRIPLES for graph in _all(examples, tools))


def test_a_seed_stays_within_its_size(seeds: list[Path], tools: Toolbox) -> None:
    assert all(len(_graph(path, tools)) <= MAX_TRIPLES for path in seeds)


def test_there_is_no_blank_node_and_no_triple_stands_in_two_graphs(examples: list[Path], tools: Toolbox) -> None:
    counts = Counter(str(triple) for graph in _all(examples, tools) for triple in graph)
    assert counts.most_common(1)[0][1] == 1
    assert not any("_:" in triple.split('"')[0] for triple in counts)


def test_every_term_and_code_is_declared(examples: list[Path], tools: Toolbox) -> None:
    declared = set()
    for source in (*ontology_files(), *code_list_files()):
        declared |= {
            quad.subject.value
            for quad in ox.parse(source.read_bytes(), format=ox.RdfFormat.TURTLE)
            if isinstance(quad.subject, ox.NamedNode)
        }
    used = set()
    for graph in _all(examples, tools):
        for triple in graph:
            used |= {term.value for term in (triple.predicate, triple.object) if isinstance(term, ox.NamedNode)}
    ours = {
        value
        for value in used
        if value.startswith(
            (BUDGET, "https://budget-kg.example/code/", "https://budget-kg.example/region/", "https://budget-kg.example/year/")
        )
    }
    misprinted = {"https://budget-kg.example/code/economic/2018/30210"}
    assert ours - declared == misprinted, "a code that no list has belongs to the reference graph; everything else is declared"


def test_every_figure_is_one_observation_with_its_place(examples: list[Path], tools: Toolbox) -> None:
    for path in examples:
        said = disclosure_of(path, tools)
        source = path.read_text("utf-8")
        graph = _graph(path, tools)
        places: dict[str, dict[str, str]] = {}
        for triple in graph:
            if "/cell/" in triple.subject.value and isinstance(triple.object, ox.Literal):
                places.setdefault(triple.subject.value, {})[triple.predicate.value.removeprefix(BUDGET)] = triple.object.value
        assert len(places) == sum(len(table.observations) for table in said.tables)
        for cell in places.values():
            assert source[int(cell["sourceStart"]) :].startswith(cell["printedText"])


def test_amounts_are_exact_decimals_in_yuan(examples: list[Path], tools: Toolbox) -> None:
    for graph in _all(examples, tools):
        for triple in graph:
            if triple.predicate.value == f"{BUDGET}amount":
                assert triple.object.datatype.value.endswith("#decimal")
                assert Decimal(triple.object.value) % Decimal("0.01") == 0


def test_headline_figures_point_back_at_their_cells(examples: list[Path], tools: Toolbox) -> None:
    for graph in _all(examples, tools):
        amounts = {triple.subject.value: triple.object.value for triple in graph if triple.predicate.value == f"{BUDGET}amount"}
        derived = [triple for triple in graph if triple.predicate.value.endswith("wasDerivedFrom")]
        assert len(derived) >= 8
        for triple in derived:
            assert amounts[triple.subject.value] == amounts[triple.object.value]


def test_the_same_bytes_give_the_same_triples(examples: list[Path], tools: Toolbox) -> None:
    said = disclosure_of(examples[0], tools)
    pack = tools.pack(said.pack)
    assert emit(said, pack, Minter()).data == emit(said, pack, Minter()).data


def test_personal_data_is_in_the_restricted_triples_alone(seeds: list[Path], tools: Toolbox) -> None:
    for path in seeds:
        said = disclosure_of(path, tools)
        public = emit(said, tools.pack(said.pack), Minter()).data.decode()
        restricted = emit_restricted(said, Minter()).data.decode()
        for datum in said.personal:
            assert datum.text not in public
            assert datum.text in restricted


@pytest.mark.parametrize("value", ['a"b', "a\\b", "甲\n乙", "\t", "\x00\x1f", "\u202e甲", "𠀀"])
def test_any_text_survives_the_way_through_n_triples(value: str) -> None:
    triples = Triples()
    triples.add("urn:s", "urn:p", text(value))
    [quad] = ox.parse(triples.data, format=ox.RdfFormat.N_TRIPLES)
    assert quad.object.value == value


def test_a_decimal_is_never_in_scientific_notation() -> None:
    assert decimal(Decimal("1E+3")).startswith('"1000"')
    assert decimal(Decimal("1E-7")).startswith('"0.0000001"')
