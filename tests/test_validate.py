"""Validation beyond single rules: outcomes, roots, causes, context, and the three forms of a report."""

import json
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDFS, SH

from kg.errors import BudgetError
from kg.resources import code_list_files, shape_files
from kg.shacl.reference import ShapesError
from kg.terms import TERMS
from kg.validate import Context, Outcome, RuleSet, Severity, to_json_lines, to_text, to_triples, validate
from kg.validate.causes import cause
from tests.rules.graphs import DISCLOSURE, Row, Table, cell, graph
from tests.rules.prose import Prose

RULES = RuleSet.load(shape_files())
LISTS = Context.load(code_list_files())
NO_LISTS = Context.of(b"")

# A section printed 10 too high: it is neither the sum of its items nor fits into its class, in one column.
WRONG_SECTION = Table(
    "revenue",
    [
        Row("total", {"total": "100.00"}, label="总计"),
        Row("208", {"total": "100.00"}, 0, "社会保障和就业支出"),
        Row("20805", {"total": "110.00"}, 1, "行政事业单位养老支出"),
        Row("2080505", {"total": "70.00"}, 2, "基本养老保险缴费支出"),
        Row("2080506", {"total": "30.00"}, 2, "职业年金缴费支出"),
    ],
)


def test_two_failures_of_one_cell_share_its_root() -> None:
    validation = validate(graph(WRONG_SECTION).data, NO_LISTS, RULES)
    assert [finding.rule for finding in validation.findings] == ["SUM-003", "SUM-003"]
    assert {finding.root for finding in validation.findings} == {cell("revenue", 3, 1)}


def test_unrelated_failures_keep_their_own_roots() -> None:
    rows = [
        Row("20805", {"total": "1.00"}),
        Row("2080505", {"total": "2.00"}, 0),
        Row("21011", {"total": "5.00"}),
        Row("2101101", {"total": "9.00"}, 2),
    ]
    validation = validate(graph(Table("revenue", rows)).data, NO_LISTS, RULES)
    assert {finding.root for finding in validation.findings} == {cell("revenue", 1, 1), cell("revenue", 3, 1)}


def test_every_rule_has_exactly_one_outcome() -> None:
    validation = validate(graph(WRONG_SECTION).data, NO_LISTS, RULES)
    assert [said.rule for said in validation.outcomes] == [rule.id for rule in RULES]
    assert all(said.reason for said in validation.outcomes if said.outcome in (Outcome.NOT_APPLICABLE, Outcome.NOT_EVALUATED))


def test_expression_and_message_show_the_numbers_as_printed() -> None:
    (first, second) = validate(graph(WRONG_SECTION).data, LISTS, RULES.only("SUM-003")).findings
    assert {first.expression, second.expression} == {"110.00 ≠ 100.00", "70.00 + 30.00 = 100.00 ≠ 110.00"}
    assert "110.00万元" in second.message.zh
    assert "110.00 万元" in second.message.en
    assert {finding.difference for finding in (first, second)} == {Decimal(-100000), Decimal(100000)}


def test_expression_gives_units_where_they_differ() -> None:
    tables = (
        Table("revenue-expenditure-summary", [Row("income:total", {"total": "1832.00"})]),
        Table("revenue", [Row("total", {"total": "18,320,100"})], unit="元", step="1"),
    )
    (finding,) = validate(graph(*tables).data, NO_LISTS, RULES.only("XT-001")).findings
    assert finding.expression == "1832.00万元 ≠ 18,320,100元"


def test_a_failing_check_wins_over_an_open_column() -> None:
    rows = [Row("2080505", {"total": "5.00", "basic": "4.00"}), Row("2080506", {"total": "5.00"}, open=[("5.00", "ambiguous", ())])]
    (said,) = validate(graph(Table("expenditure", rows)).data, NO_LISTS, RULES.only("SUM-001")).outcomes
    assert said.outcome is Outcome.FAILED


def test_context_is_cut_down_to_what_is_mentioned() -> None:
    needed = LISTS.needed(graph(WRONG_SECTION).data).decode()
    assert "code/functional/2024/2080505>" in needed
    assert "code/functional/2024/208>" in needed
    assert "code/functional/2024/210>" not in needed
    assert "completeLevel" in needed


def test_context_names_concepts_and_columns() -> None:
    assert LISTS.name("economic-301").zh == "工资福利支出"
    assert LISTS.name("basic").en == "Basic expenditure"
    assert LISTS.name("total").en == "total"
    assert not LISTS.name("no-such-key")


@pytest.mark.parametrize(
    ("expected", "actual", "guess"),
    [
        ("18320000", "1832", "unit-slip"),
        ("1832", "18320000", "unit-slip"),
        ("635.42", "653.42", "transposed-digits"),
        ("229146", "2291", "cut-short"),
        ("6354200", "6353900", ""),
        ("0", "5", ""),
    ],
)
def test_causes(expected: str, actual: str, guess: str) -> None:
    assert cause(Decimal(expected), Decimal(actual)) == guess


def test_what_a_statement_is_about_is_told_in_words() -> None:
    """Keys of the form packs are for data, and stand in neither a message nor a place."""
    prose = Prose(graph())
    prose.fact("total:total-budget", "892.38")
    prose.fact("total:total-income", "892.39")
    (finding,) = (found for found in validate(prose.triples.data, NO_LISTS, RULES).findings if found.rule == "NAR-006")
    assert finding.message.zh == "收入预算：892.39万元，前文同一金额为 892.38万元"
    assert finding.message.en == "Total income: 892.39 万元, the same amount is 892.38 万元 before"
    places = [locator.place for locator in finding.evidence]
    assert {place.zh.rpartition("，")[2] for place in places} == {"收入预算", "收支总预算"}
    assert {place.en.rpartition(", ")[2] for place in places} == {"Total income", "Total budget"}


def test_json_lines_are_as_defined() -> None:
    validation = validate(graph(WRONG_SECTION).data, NO_LISTS, RULES)
    lines = [json.loads(line) for line in to_json_lines(validation)]
    failed = [line for line in lines if line["outcome"] == "failed"]
    others = [line for line in lines if line["outcome"] != "failed"]
    assert len(failed) == len(validation.findings)
    assert all(set(line) == {"document", "rule", "outcome", "reason"} for line in others)
    assert len({line["rule"] for line in lines}) == len(lines) - 1
    words = {"severity", "message", "expression", "root", "cause", "evidence"}
    for line in failed:
        assert words | {"expected", "actual", "difference", "tolerance"} <= set(line)
        assert set(line["message"]) == {"zh", "en"}
        assert Decimal(line["difference"]) == Decimal(line["actual"]) - Decimal(line["expected"])
        assert all(evidence["line"] for evidence in line["evidence"])


def test_validation_graph_is_data_without_blank_nodes() -> None:
    validation = validate(graph(WRONG_SECTION).data, NO_LISTS, RULES)
    said = Graph().parse(data=to_triples(validation).data, format="nt")
    assert all("_:" not in line for line in to_triples(validation).data.decode().splitlines())
    assert len(set(said.objects(None, SH.resultMessage))) == 4
    counted = ox.Store()
    counted.load(to_triples(validation).data, format=ox.RdfFormat.N_TRIPLES)
    answer = counted.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ ?o a <{TERMS}RuleOutcome> ; <{TERMS}outcome> ?said ; <{TERMS}rule> ?rule }}")
    assert isinstance(answer, ox.QuerySolutions)
    assert [int(row["n"].value) for row in answer] == [len(RULES.rules)]


def test_same_input_gives_the_same_graph() -> None:
    data = graph(WRONG_SECTION).data
    assert to_triples(validate(data, LISTS, RULES)).data == to_triples(validate(data, LISTS, RULES)).data


def test_text_shows_roots_with_what_rests_on_them() -> None:
    validation = validate(graph(WRONG_SECTION).data, NO_LISTS, RULES)
    said = to_text(validation)
    assert "违规 2" in said.splitlines()[1]
    assert "同根 SUM-003" in said
    assert "2 violations" in to_text(validation, "en").splitlines()[1]
    assert not validation.conforms
    assert validation.count(Severity.WARNING) == 0


def test_part_of_the_rules_can_be_run() -> None:
    some = RULES.only("SUM-003", "XT-001")
    validation = validate(graph(WRONG_SECTION).data, NO_LISTS, some)
    assert [said.rule for said in validation.outcomes] == ["SUM-003", "XT-001"]
    assert some.digest != RULES.digest


def test_a_graph_of_no_disclosure_is_refused() -> None:
    with pytest.raises(BudgetError, match="0 disclosures"):
        validate(b"", NO_LISTS, RULES)


def test_a_rule_without_english_is_refused(tmp_path: Path) -> None:
    bare = Graph() + RULES.shapes
    rule = URIRef(RULES["SUM-001"].iri)
    bare.remove((rule, RDFS.label, Literal(RULES["SUM-001"].label.en, lang="en")))
    file = tmp_path / "bare.ttl"
    file.write_text(bare.serialize(format="turtle"), "utf-8")
    with pytest.raises(ShapesError, match=r"SUM-001.*label must be given"):
        RuleSet.load([file])


def test_disclosure_address_is_reported() -> None:
    validation = validate(graph(WRONG_SECTION).data, NO_LISTS, RULES)
    assert validation.disclosure == DISCLOSURE
    assert validation.document == "case.txt"
