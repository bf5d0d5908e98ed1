"""What a validation looks like in each format; what a document says is never markup, formula or escape sequence."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import html
from python_calamine import CalamineWorkbook
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SH

from kg.cli import main
from kg.resources import code_list_files, ontology_files, shape_files
from kg.terms import TERMS
from kg.validate import Context, RuleSet, Validation, validate
from kg.validate.report import summary, to_page, to_sarif, to_spreadsheet, to_text, to_turtle
from kg.validate.roots import by_root
from tests.conftest import ROOT
from tests.rules.graphs import Row, Table, cell, graph

RULES = RuleSet.load(shape_files())
LISTS = Context.load(code_list_files(), ontology_files())
HOSTILE = "=1+1<b>脚本</b>"


@pytest.fixture(scope="module")
def found() -> Validation:
    """A section 10 too high in one column, under a name that would be markup and a formula."""
    rows = [
        Row("total", {"total": "100.00"}, label="总计"),
        Row("208", {"total": "100.00"}, 0, "社会保障和就业支出"),
        Row("20805", {"total": "110.00"}, 1, HOSTILE),
        Row("2080505", {"total": "70.00"}, 2, "基本养老保险缴费支出"),
        Row("2080506", {"total": "30.00"}, 2, "职业年金缴费支出"),
    ]
    return validate(graph(Table("revenue", rows)).data, LISTS, RULES.only("SUM-003", "SUM-004"))


def test_roots_are_shown_once_with_what_rests_on_them(found: Validation) -> None:
    (root,) = by_root(found.findings)
    assert root.thing == cell("revenue", 3, 1)
    assert root.first.value is not None
    assert root.first.value.value == root.thing
    assert len(root.others) == 1


def test_text_has_severity_sum_place_and_counts(found: Validation) -> None:
    said = to_text(found)
    assert said.index("◆ 违规 1") < said.index("SUM-003")
    assert "70.00 + 30.00 = 100.00 ≠ 110.00  差 100000，容差 150" in said
    assert "第 5 行  收入总体情况表，20805" in said
    assert "同根 SUM-003" in said
    assert "违规 2，警告 0，提示 0；规则：通过 1，未通过 1" in said
    english = to_text(found, "en")
    assert "difference 100000, tolerance 150" in english
    assert "line 5  Income, 20805" in english


def test_the_last_line_sums_up(found: Validation) -> None:
    assert summary([found, found]) == "2 份文件，0 份没有违规：违规 4，警告 0，提示 0"
    assert summary([found], "en") == "1 disclosures, 0 without a violation: 2 violations, 0 warnings, 0 info"


def test_turtle_is_a_shacl_report_in_both_languages(found: Validation) -> None:
    said = Graph().parse(data=to_turtle([found]), format="turtle")
    (report,) = said.subjects(RDF.type, SH.ValidationReport)
    results = list(said.objects(report, SH.result))
    assert said.value(report, SH.conforms) == Literal(False)
    assert len(results) == 2
    for result in results:
        words = {value.language: str(value) for value in said.objects(result, SH.resultMessage) if isinstance(value, Literal)}
        assert set(words) == {"zh", "en"}
        assert all("110.00" in text or "100.00" in text for text in words.values())
        assert said.value(result, SH.sourceShape) == URIRef(RULES["SUM-003"].iri)
        assert said.value(result, SH.focusNode) is not None
        assert set(said.objects(result, URIRef(f"{TERMS}operand")))


def test_sarif_names_rule_level_place_and_what_else_took_part(found: Validation) -> None:
    (run,) = json.loads(to_sarif([found], RULES))["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "SUM-003"
        assert result["level"] == "error"
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "case.txt"
        assert location["physicalLocation"]["region"]["startLine"] > 0
        assert result["relatedLocations"]
    assert len({result["partialFingerprints"]["finding/v1"] for result in run["results"]}) == 2


def test_spreadsheet_holds_numbers_as_numbers_and_texts_as_texts(found: Validation) -> None:
    data = to_spreadsheet([found], RULES)
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    assert book.sheet_names == ["发现", "依据", "规则"]
    head, *rows = book.get_sheet_by_name("发现").to_python()
    assert head[:4] == ["文件", "严重程度", "规则", "问题"]
    assert [row[head.index("差（元）")] for row in rows] == [100000.0, -100000.0]
    assert all(HOSTILE in str(row[head.index("位置")]) for row in rows if row[head.index("行")] == 5)
    evidence = book.get_sheet_by_name("依据").to_python()
    assert len(evidence) == 1 + sum(len(finding.evidence) for finding in found.findings)
    assert [row[3] for row in book.get_sheet_by_name("规则").to_python()[1:]] == ["未通过", "通过"]
    assert to_spreadsheet([found], RULES) == data


def test_page_is_whole_and_escapes_what_the_document_says(found: Validation) -> None:
    page = to_page([found], RULES, "en")
    tree = html.fromstring(page)
    assert not tree.xpath("//script | //b | //link | //*[@src]")
    assert tree.xpath("string(//article)").count("70.00 + 30.00 = 100.00 ≠ 110.00") == 1
    assert HOSTILE in tree.xpath("string(//article)")


def test_a_page_says_when_nothing_was_found() -> None:
    clean = validate(graph(Table("revenue", [Row("total", {"total": "1.00"}, label="总计")])).data, LISTS, RULES.only("SUM-004"))
    assert "没有发现问题" in to_page([clean], RULES)


# --- on the command line ---


@pytest.mark.parametrize("form", ["text", "jsonl", "turtle", "ntriples", "sarif", "xlsx", "html"])
def test_every_format_to_a_file_and_to_a_pipe(form: str, examples: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "out"
    arguments = ["validate", "--rules", "SUM", "--format", form, str(examples[2])]
    written = CliRunner().invoke(main, [*arguments, "--output", str(target)])
    piped = CliRunner().invoke(main, arguments)
    assert written.exit_code == piped.exit_code
    assert target.read_bytes().rstrip() == piped.stdout_bytes.rstrip()


def test_a_refused_file_is_named_and_the_others_are_checked(examples: list[Path], tmp_path: Path) -> None:
    stranger = tmp_path / "a.txt"
    stranger.write_text("no budget", "utf-8")
    shown = CliRunner().invoke(main, ["validate", "--rules", "SUM", str(stranger), str(examples[0])])
    assert shown.exit_code == 2
    assert "a.txt: no form pack recognises" in shown.stderr
    assert examples[0].name in shown.stdout


def test_explain_lists_explains_and_prints_the_shape() -> None:
    run = CliRunner()
    assert len(run.invoke(main, ["explain"]).stdout.splitlines()) == len(RULES.rules)
    said = run.invoke(main, ["explain", "sum-003", "--language", "en"]).stdout
    assert "severity: violation" in said
    assert "tolerance: R" in said
    assert "{?" not in said
    shape = Graph().parse(data=run.invoke(main, ["explain", "SUM-003", "--shacl"]).stdout, format="turtle")
    assert (URIRef(RULES["SUM-003"].iri), RDF.type, SH.NodeShape) in shape
    unknown = run.invoke(main, ["explain", "NOPE-1"])
    assert unknown.exit_code == 2
    assert unknown.stderr == "kg: no rule NOPE-1; `kg explain` lists the rules\n"


# --- a user's own rules ---


@pytest.fixture
def own_rule(tmp_path: Path) -> Path:
    """The example of the documentation, word for word."""
    text = (ROOT / "docs" / "own-rules.md").read_text("utf-8")
    folder = tmp_path / "our-rules"
    folder.mkdir()
    (folder / "own.ttl").write_text(text.split("```turtle\n")[1].split("```")[0], "utf-8")
    return folder


def test_the_documented_rule_of_ones_own_runs_and_explains_itself(own_rule: Path, examples: list[Path]) -> None:
    run = CliRunner()
    shown = run.invoke(main, ["validate", "--shapes", str(own_rule), "--rules", "OWN", "--format", "jsonl", *map(str, examples)])
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert shown.exit_code == 0
    assert {line["rule"] for line in lines} == {"OWN-001"}
    assert [line["outcome"] for line in lines].count("passed") >= 1
    for line in lines:
        if line["outcome"] == "failed":
            assert line["severity"] == "warning"
            assert {place["role"] for place in line["evidence"]} == {"stated", "context"}
    assert any(line["outcome"] == "failed" for line in lines)
    assert "本局审计要点" in run.invoke(main, ["explain", "--shapes", str(own_rule), "OWN-001"]).stdout


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("own:OWN-001 a", "own:SUM-003 a", "two rules of one id: SUM-003"),
        ("@prefix own:", "@prefax own:", "own.ttl, line "),
        (' , "Audit guidance of this office"@en', "", "must be given in zh and en"),
        ("SELECT $this ?value", "SELEKT $this ?value", "not SPARQL"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused(own_rule: Path, before: str, after: str, reason: str, examples: list[Path]) -> None:
    file = own_rule / "own.ttl"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")
    shown = CliRunner().invoke(main, ["validate", "--shapes", str(own_rule), "--rules", "SUM-003", str(examples[0])])
    assert shown.exit_code == 2
    assert reason in shown.stderr
