"""A remote store answers, and is found valid, as an embedded one with the same disclosures."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from benchmarks.servers import Server
from kg.cli import main
from kg.ingest import Toolbox, ingest
from kg.iri import Minter
from kg.links import build_links
from kg.questions import Question, bind, load_questions
from kg.settings import Settings
from kg.store import Reader, RemoteStore, Snapshot, Term
from kg.validate.jobs import Judge, validate_store
from tests.remote_servers import empty, oxigraph_server, server, virtuoso_server

__all__ = ["oxigraph_server", "server", "virtuoso_server"]


@pytest.fixture(scope="module")
def filled(
    server: Server, tmp_path_factory: pytest.TempPathFactory, examples: list[Path], tools: Toolbox, example_store: Path
) -> Iterator[RemoteStore]:
    """The five examples, taken in, linked and validated over the protocol.

    What the rules found in the embedded store is there to be reused: it rests on the digests of the graphs, so it holds only
    where the graphs came back the same.
    """
    local = tmp_path_factory.mktemp("local")
    shutil.copytree(example_store / "outcomes", local / "outcomes")
    with empty(server, local) as store:
        assert not ingest(examples, store, Settings(), tools, lambda message: None).refused
        build_links(store, Minter())
        list(validate_store(store, Settings(), Judge.load(), lambda message: None))
        yield store


@pytest.fixture(scope="module")
def embedded(example_store: Path) -> Snapshot:
    return Snapshot(example_store)


def rows(store: Reader, question: Question, values: dict[str, str]) -> list[tuple[str, ...]]:
    answer = store.query(question.text, bind(question, values))
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return sorted(tuple(_shown(row[name]) for name in names) for row in answer)


def _shown(term: Term | None) -> str:
    """Numbers by value: where one is computed, an engine may choose integer or decimal and how many digits it writes."""
    if isinstance(term, ox.Literal) and term.datatype.value.endswith(("#integer", "#decimal")):
        return str(Decimal(term.value).normalize())
    return str(term)


def test_every_graph_is_the_same_validation_included(filled: RemoteStore, embedded: Snapshot) -> None:
    assert filled.graphs() == embedded.graphs()
    assert len([graph for graph in filled.graphs() if "graph/validation/" in graph]) == 5
    assert [graph for graph in filled.graphs() if filled.dump(graph) != embedded.dump(graph)] == []


@pytest.mark.parametrize("question", load_questions(), ids=lambda question: question.name)
def test_every_question_has_the_same_rows(filled: RemoteStore, embedded: Snapshot, question: Question) -> None:
    years = [{}, {"year": "2026"}] if any(param.name == "year" for param in question.params) else [{}]
    for values in years:
        assert rows(filled, question, values) == rows(embedded, question, values)


def test_many_rows_come_whole(filled: RemoteStore, embedded: Snapshot) -> None:
    text = "SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } FILTER(CONTAINS(STR(?g), '/graph/')) }"
    counted = []
    for store in (filled, embedded):
        answer = store.query(text)
        assert isinstance(answer, ox.QuerySolutions)
        counted.append(sum(1 for _ in answer))
    assert counted[0] == counted[1] > 50_000


def test_the_commands_take_an_address(filled: RemoteStore, oxigraph_server: Server, embedded: Snapshot, tmp_path: Path) -> None:
    if filled.engine != "oxigraph":
        pytest.skip("the commands are tried on one engine")
    url = oxigraph_server.endpoint.query

    def run(*arguments: str, place: str = url) -> str:
        done = CliRunner().invoke(main, [*arguments, "--store", place])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert run("query", "q01-departments-by-total").count("\n") == 6
    assert run("stats", "--format", "csv").count("\n") == 6
    assert run("export").encode() == b"".join(embedded.quads())
    found = run("search", "医疗保障", "--local", str(tmp_path))
    assert found == run("search", "医疗保障", place=str(embedded.rooms.path))
    assert found.count("\n") == 20
    assert len(list((tmp_path / "search").glob("*.sqlite"))) == 1
