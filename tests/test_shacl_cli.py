"""SHACL for any RDF from the command line: reports, serialisations by content, limits, and the check of shapes."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.store import EmbeddedStore

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:ex:> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:PersonShape a sh:NodeShape ; sh:targetClass ex:Person ;
  sh:property [ sh:path ex:age ; sh:maxCount 1 ; sh:datatype xsd:integer ; sh:message "年龄应为整数"@zh , "the age is a number"@en ] .
"""
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
GOOD = f'<urn:a> {TYPE} <urn:ex:Person> .\n<urn:a> <urn:ex:age> "7"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
BAD = f'{GOOD}<urn:b> {TYPE} <urn:ex:Person> .\n<urn:b> <urn:ex:age> "old" .\n'


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    path = tmp_path / "shapes.ttl"
    path.write_text(SHAPES, "utf-8")
    return path


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_exit_status_says_whether_it_conforms(engine: str, shapes: Path, tmp_path: Path) -> None:
    data = tmp_path / "data.nt"
    data.write_text(GOOD, "utf-8")
    assert run("validate", "--data", data, "--shapes", shapes, "--engine", engine).exit_code == 0
    data.write_text(BAD, "utf-8")
    found = run("validate", "--data", data, "--shapes", shapes, "--engine", engine)
    assert found.exit_code == 1
    assert "<urn:b>" in found.stdout
    data.write_text("this is no RDF", "utf-8")
    refused = run("validate", "--data", data, "--shapes", shapes, "--engine", engine)
    assert refused.exit_code == 2
    assert "data.nt" in refused.stderr


@pytest.mark.parametrize("form", [ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD, ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG])
def test_serialisation_is_known_by_content(form: ox.RdfFormat, shapes: Path, tmp_path: Path) -> None:
    quads = ox.parse(BAD.encode(), format=ox.RdfFormat.N_TRIPLES)
    data = tmp_path / "data.unknown"
    data.write_bytes(ox.serialize(quads if form.supports_datasets else (quad.triple for quad in quads), format=form) or b"")
    assert run("validate", "--data", data, "--shapes", shapes).exit_code == 1


def test_report_keeps_the_languages_of_messages(shapes: Path, tmp_path: Path) -> None:
    data = tmp_path / "data.nt"
    data.write_text(BAD, "utf-8")
    report = run("validate", "--data", data, "--shapes", shapes, "--format", "turtle").stdout
    triples = [quad.triple for quad in ox.parse(report.encode(), format=ox.RdfFormat.TURTLE)]
    messages = {triple.object for triple in triples if triple.predicate.value.endswith("resultMessage")}
    assert messages == {ox.Literal("年龄应为整数", language="zh"), ox.Literal("the age is a number", language="en")}
    assert any(triple.predicate.value.endswith("focusNode") and triple.object == ox.NamedNode("urn:b") for triple in triples)


def test_recursive_shapes_are_refused(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        SHAPES + "ex:PersonShape sh:node ex:Other . ex:Other sh:property [ sh:path ex:knows ; sh:node ex:PersonShape ] .", "utf-8"
    )
    refused = run("validate", "--data", shapes, "--shapes", shapes)
    assert refused.exit_code == 2
    assert "recursive" in refused.stderr


def _dense(nodes: int) -> str:
    return "".join(f"<urn:n{a}> <urn:p> <urn:n{b}> .\n" for a in range(nodes) for b in range(nodes) if a != b)


HOSTILE = {
    "path": (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:S> a sh:NodeShape ; sh:targetSubjectsOf <urn:p> ; sh:sparql [ sh:select "
        '"SELECT $this WHERE { $this <urn:p> ?a . ?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:p> ?d . ?d <urn:p> ?e . ?e <urn:q> ?f }" ] .',
        _dense(60),
    ),
    "property path": (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:S> a sh:NodeShape ; sh:targetSubjectsOf <urn:p> ; sh:property [ sh:path "
        "( [ sh:oneOrMorePath <urn:p> ] [ sh:oneOrMorePath <urn:p> ] [ sh:oneOrMorePath <urn:p> ] [ sh:oneOrMorePath <urn:p> ] ) ; "
        "sh:class <urn:C> ] .",
        _dense(60),
    ),
    "regular expression": (
        '@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:S> a sh:NodeShape ; sh:targetObjectsOf <urn:p> ; sh:pattern "^(a+)+(?=b)$" .',
        '<urn:a> <urn:p> "' + "a" * 60 + '" .\n',
    ),
    "focus nodes": (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:S> a sh:NodeShape ; sh:targetSubjectsOf <urn:p> ; sh:nodeKind sh:Literal .",
        "".join(f"<urn:n{number}> <urn:p> <urn:o> .\n" for number in range(1_000_000)),
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_shapes_end_by_the_time_limit(kind: str, tmp_path: Path) -> None:
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.nt"
    for path, text in zip((shapes, data), HOSTILE[kind], strict=True):
        path.write_text(text, "utf-8")
    refused = run("validate", "--data", data, "--shapes", shapes, "--time-limit", 3)
    assert refused.exit_code == 2
    assert "time limit of 3 seconds" in refused.stderr


def test_a_whole_store_is_data_too(shapes: Path, tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        store.replace_graphs(
            {"urn:one": GOOD.encode(), "urn:two": b'<urn:a> <urn:ex:age> "8"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'}
        )
    found = run("validate", "--data", tmp_path / "store", "--shapes", shapes)
    assert found.exit_code == 1
    assert "MaxCount" in found.stdout
    assert run("validate", "--data", tmp_path, "--shapes", shapes).exit_code == 2


def test_check_of_shapes_names_what_does_nothing(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        SHAPES.replace("sh:datatype", "sh:dataType")
        + "ex:Dead a sh:NodeShape ;\n  sh:property [ sh:path ex:q ] .\n"
        + 'ex:PersonShape sh:sparql [ sh:select "SELECT $this { $this foaf:name 1 }" ] .\n',
        "utf-8",
    )
    found = run("shapes", "check", shapes)
    assert found.exit_code == 1
    assert f"{shapes}:4: unknown term: sh:dataType is no term of SHACL; sh:datatype is meant" in found.stdout
    assert f"{shapes}:5: dead shape: <urn:ex:Dead>" in found.stdout
    assert "undeclared prefix: foaf:" in found.stdout


def test_shapes_of_the_program_have_no_flaw() -> None:
    from tests.conftest import ROOT

    assert run("shapes", "check", *sorted((ROOT / "shapes").glob("*.ttl"))).exit_code == 0
