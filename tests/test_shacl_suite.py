"""The test suite of the SHACL working group, core and sparql, on both engines; its manifests say what there is.

What does not pass is listed in ``docs/shacl.md`` with the reason; the lists here and there must be the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.shacl import engine, reference
from kg.shacl.errors import ShapesError
from kg.shacl.report import said
from kg.shacl.results import Report, Result
from kg.shacl.shapes_graph import ShapesGraph
from kg.shacl.vocabulary import SH, TYPE, Term, sh
from kg.shacl.workspace import Workspace
from tests.conftest import NO_SHARED, ROOT, SHARED

SUITE = SHARED / "conformance" / "shacl"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
EXPECTED_NUMBER = {"core": 98, "sparql": 22}
COMPARED = ("focusNode", "value", "sourceConstraintComponent", "sourceShape", "resultSeverity")


@dataclass(frozen=True)
class SuiteCase:
    """One entry of a manifest. ``expected`` is the node of its report, ``None`` where a failure is expected."""

    name: str
    data: Path
    shapes: Path
    manifest: ShapesGraph
    expected: Term | None


@cache
def graph(path: Path) -> ShapesGraph:
    return ShapesGraph(quad.triple for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=path.as_uri()))


def files(manifest: Path) -> Iterator[Path]:
    read = graph(manifest)
    root = ox.NamedNode(manifest.as_uri())
    yield manifest
    for included in read.objects(root, ox.NamedNode(f"{MF}include")):
        yield from files(Path(included.value.removeprefix("file://")))


def suite() -> Iterator[SuiteCase]:
    if not SUITE.is_dir():
        return
    for path in files(SUITE / "manifest.ttl"):
        read = graph(path)
        for head in read.objects(ox.NamedNode(path.as_uri()), ox.NamedNode(f"{MF}entries")):
            for entry in read.items(head):
                action = read.value(entry, ox.NamedNode(f"{MF}action"))
                result = read.value(entry, ox.NamedNode(f"{MF}result"))
                assert action is not None
                data, shapes = (read.value(action, ox.NamedNode(f"{SHT}{name}")) for name in ("dataGraph", "shapesGraph"))
                assert data is not None
                assert shapes is not None
                where = (Path(node.value.removeprefix("file://")) for node in (data, shapes))
                name = str(path.relative_to(SUITE).with_suffix(""))
                yield SuiteCase(name, *where, read, None if result == ox.NamedNode(f"{SHT}Failure") else result)


CASES = list(suite())


def ntriples(path: Path) -> bytes:
    return ox.serialize(graph(path).triples, format=ox.RdfFormat.N_TRIPLES) or b""


def compiled(case: SuiteCase) -> Report:
    return engine.validate(Workspace.single(ntriples(case.data)), graph(case.shapes))


def by_reference(case: SuiteCase) -> Report:
    return Report(reference.run(ntriples(case.data), graph(case.shapes)))


ENGINES = {"compiled": compiled, "reference": by_reference}


def listed() -> dict[str, set[str]]:
    """The exceptions of ``docs/shacl.md``: lines ``| engine | case | reason |``."""
    text = (ROOT / "docs" / "shacl.md").read_text("utf-8")
    found: dict[str, set[str]] = {name: set() for name in ENGINES}
    for engine_name, case in re.findall(r"^\| (compiled|reference) \| `([^`]+)` \| \S", text, re.MULTILINE):
        found[engine_name].add(case)
    return found


def spoken(term: Term | None, read: ShapesGraph) -> str:
    """A term; a blank node by what is said of it, since two files name it differently."""
    if isinstance(term, ox.BlankNode):
        return "_:" + " ".join(
            sorted(
                f"{p} {v if not isinstance(v, ox.BlankNode) else '_'}"
                for p in read.predicates(term)
                for v in read.objects(term, ox.NamedNode(p))
            )
        )
    return str(term)


def expected(case: SuiteCase) -> list[tuple[str, ...]]:
    assert case.expected is not None
    read = case.manifest
    results = read.objects(case.expected, sh("result"))
    rows = [tuple(spoken(read.value(result, sh(name)), read) for name in COMPARED) for result in results]
    return sorted((*row, path_text(read.value(result, sh("resultPath")), read)) for row, result in zip(rows, results, strict=True))


def path_text(node: Term | None, read: ShapesGraph) -> str:
    return "" if node is None else read.path(node).text


def found(report: Report, case: SuiteCase) -> list[tuple[str, ...]]:
    data, shapes = graph(case.data), graph(case.shapes)
    return sorted(row(result, data, shapes) for result in report.results)


def row(result: Result, data: ShapesGraph, shapes: ShapesGraph) -> tuple[str, ...]:
    values = {predicate.value.removeprefix(SH): value for predicate, value in said(result) if predicate != TYPE}
    graphs = {"focusNode": data, "value": data}
    return (*(spoken(values.get(name), graphs.get(name, shapes)) for name in COMPARED), result.path.text if result.path else "")


def passes(case: SuiteCase, engine_name: str) -> bool:
    try:
        report = ENGINES[engine_name](case)
    except ShapesError:
        return case.expected is None
    return case.expected is not None and found(report, case) == expected(case)


@pytest.mark.skipif(not SUITE.is_dir(), reason=NO_SHARED)
@pytest.mark.parametrize("engine_name", ENGINES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_suite(case: SuiteCase, engine_name: str) -> None:
    assert passes(case, engine_name) is (case.name not in listed()[engine_name]), "docs/shacl.md lists what does not pass"


@pytest.mark.skipif(not SUITE.is_dir(), reason=NO_SHARED)
def test_the_whole_suite_is_read() -> None:
    assert {part: sum(case.name.startswith(part) for case in CASES) for part in EXPECTED_NUMBER} == EXPECTED_NUMBER
    names = {case.name for case in CASES}
    assert all(exceptions <= names for exceptions in listed().values())
