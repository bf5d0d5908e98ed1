"""Figures told a second time say what the first telling says, and a statement's key finds the figure that it compares with."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.document import Span
from kg.extract.disclosure import extract
from kg.ingest import Toolbox, disclosure_of
from kg.iri import Minter
from kg.readers.text import read_text
from kg.samples.corpus import TEXTS
from kg.samples.facts import SampleDisclosure
from kg.samples.generate import generate
from kg.shortcuts import APPROPRIATIONS, GENERAL_BUDGET, THREE_PUBLIC, base_key
from kg.statements import Amount, BasePhase, Change, Direction
from kg.triples import BUDGET, emit

Node = dict[str, list[str]]
ROUNDED = Decimal(150)
"""元: an amount and its change, each printed to 0.01 万元, against a figure that is."""


def _nodes(data: bytes) -> dict[str, Node]:
    """The values of each resource by the local name of their property; concepts by the end of their address."""
    nodes: dict[str, Node] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES):
        value = quad.object.value if isinstance(quad.object, ox.NamedNode | ox.Literal) else ""
        nodes[str(quad.subject)][quad.predicate.value.removeprefix(BUDGET)].append(value)
    return nodes


def _of_sample(sample: SampleDisclosure, tools: Toolbox) -> dict[str, Node]:
    said = extract(read_text(f"{sample.issuer}.txt", TEXTS["tabbed"](sample).encode()), tools.families, tools.codes)
    return _nodes(emit(said, tools.pack(said.pack), Minter()).data)


@pytest.fixture(scope="module")
def three_years(tools: Toolbox) -> list[list[dict[str, Node]]]:
    """Of six departments, the graphs of three years in order."""
    by_department: dict[str, list[SampleDisclosure]] = defaultdict(list)
    for sample in generate(5, 6, (2024, 2025, 2026)):
        by_department[sample.issuer].append(sample)
    return [[_of_sample(sample, tools) for sample in sorted(years, key=lambda each: each.fiscal_year)] for years in by_department.values()]


def _told_twice(graph: dict[str, Node]) -> Iterator[tuple[Node, str, str]]:
    for node in graph.values():
        for again, first in (("leafCode", "functionalCode"), ("leafAmount", "amount"), ("figureAmount", "amount")):
            if again in node:
                yield node, again, first


def test_what_is_told_again_is_the_same(examples: list[Path], tools: Toolbox) -> None:
    for path in examples:
        said = disclosure_of(path, tools)
        graph = _nodes(emit(said, tools.pack(said.pack), Minter()).data)
        again = list(_told_twice(graph))
        assert {name for _, name, _ in again} == {"leafCode", "leafAmount", "figureAmount"}
        assert all(node[name] == node[first] for node, name, first in again)
        for node in graph.values():
            is_leaf = any(view.endswith("/expenditure") for view in node.get("leafView", [])) and "functionalCode" in node
            assert is_leaf == ("leafCode" in node) == ("leafAmount" in node)
            assert ("figureKey" in node) == ("figureAmount" in node)


def test_a_key_names_one_figure_of_a_disclosure(three_years: list[list[dict[str, Node]]]) -> None:
    kinds = set()
    for graph in (graph for years in three_years for graph in years):
        keys = [key for node in graph.values() for key in node.get("figureKey", [])]
        kinds |= {key.partition("/")[0] for key in keys}
        assert len(set(keys)) == len(keys)
    assert kinds == {GENERAL_BUDGET, THREE_PUBLIC, APPROPRIATIONS}


def test_a_change_is_from_what_the_year_before_published(three_years: list[list[dict[str, Node]]]) -> None:
    """Without a planted fault each statement implies the figure that its key finds, as near as prose in 万元 is; what is not there is 0."""
    found = 0
    for years in three_years:
        for before, graph in pairwise(years):
            published = {node["figureKey"][0]: Decimal(node["figureAmount"][0]) for node in before.values() if "figureKey" in node}
            for node in graph.values():
                if "baseKey" in node:
                    assert Decimal(node["baseAmount"][0]) == Decimal(node["amount"][0]) - Decimal(node["changeAmount"][0])
                    assert abs(published.get(node["baseKey"][0], 0) - Decimal(node["baseAmount"][0])) <= ROUNDED, node["baseKey"]
                    found += node["baseKey"][0] in published
    assert found > 50


CHANGE = Change(
    section="functional",
    span=Span(1, 0, 1),
    subject="",
    key="",
    path=(),
    code="2080505",
    amount=Amount(Decimal(10), "10元"),
    change=Amount(Decimal(3), "3元"),
    direction=Direction.INCREASE,
    percent=None,
    percent_direction=None,
    base_year=2024,
    base_phase=BasePhase.BUDGET,
    reason="",
)


@pytest.mark.parametrize(
    ("change", "of_one_fund", "key"),
    [
        (CHANGE, False, "general-budget-expenditure/2080505"),
        (CHANGE, True, ""),
        (replace(CHANGE, code=""), False, ""),
        (replace(CHANGE, amount=None), False, ""),
        (replace(CHANGE, base_phase=BasePhase.EXECUTION), False, ""),
        (replace(CHANGE, base_year=2023), False, ""),
        (replace(CHANGE, code="", section="three-public", key="reception"), False, "three-public-expenses/reception"),
        (replace(CHANGE, code="", key="fiscal-total"), False, "fiscal-appropriation-summary/fiscal-total"),
        (replace(CHANGE, code="", key="fiscal-total", of="total-income"), True, ""),
    ],
)
def test_which_figure_a_change_is_from(change: Change, of_one_fund: bool, key: str) -> None:
    assert base_key(change, 2025, of_one_fund) == key
