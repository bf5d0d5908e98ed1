"""The named questions: their headers, their parameters, and what they answer on the examples."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import QueryError
from kg.query_guard import check
from kg.questions import TAGS, Question, bind, find_question, load_questions, parse_question, tagged
from kg.questions.listing import page
from kg.store import Snapshot
from tests.conftest import ROOT

AKETAO, CHANGJI, KEZHOU = "阿克陶县医疗保障局", "昌吉市医疗保障局", "克孜勒苏柯尔克孜自治州医疗保障局"
ATUSHI, YANQI = "阿图什市医疗保障局", "焉耆回族自治县医疗保障局"
HEADER = """# title.zh: 题
# title.en: Title
# description.zh: 说明
# description.en: Description
# tags: totals
# engine: sparql
"""
ALL = set(range(1, 49))
NEEDS_A_FAULT = {18, 24, 32, 42}
"""Questions without an answer on the examples: ``test_questions_planted`` asks them."""
WITHOUT_DEPARTMENT = {21, 41, 44}
WITHOUT_YEAR = {44}


@pytest.fixture(scope="module")
def snapshot(example_store: Path) -> Snapshot:
    return Snapshot(example_store)


def rows(snapshot: Snapshot, name: str, **values: str) -> list[dict[str, str | Decimal | None]]:
    """The answer as plain values; numbers as decimals."""
    question = find_question(name)
    answer = snapshot.query(question.text, bind(question, values))
    assert isinstance(answer, ox.QuerySolutions)
    variables = [variable.value for variable in answer.variables]
    return [{variable: plain(solution[variable]) for variable in variables} for solution in answer]


def plain(term: object) -> str | Decimal | None:
    if isinstance(term, ox.Literal) and term.datatype.value.endswith(("#decimal", "#integer")):
        return Decimal(term.value)
    return getattr(term, "value", None)


def by_department(found: list[dict[str, str | Decimal | None]], column: str) -> dict[str, str | Decimal | None]:
    return {str(row["departmentName"]): row[column] for row in found}


def test_all_are_there_once() -> None:
    assert sorted(question.number for question in load_questions()) == sorted(ALL)


@pytest.mark.parametrize("question", load_questions(), ids=lambda question: question.name)
def test_every_question_is_complete(question: Question, snapshot: Snapshot) -> None:
    check(question.text)
    answer = snapshot.query(question.text, bind(question, {}))
    variables = {variable.value for variable in answer.variables}
    if question.number not in WITHOUT_DEPARTMENT:
        assert {"department", "departmentName", "year"} <= variables
    assert {param.name for param in question.params} <= variables, "a bound variable must appear in SELECT"
    headed = {column.name for column in question.columns}
    links = {variable for variable in variables if f"{variable}Name" in headed}
    assert headed <= variables, "every described column is in the answer"
    assert variables - headed <= links, "every column that is shown has a heading in both languages"
    assert bool(list(answer)) is (question.number not in NEEDS_A_FAULT)


@pytest.mark.parametrize("question", load_questions(), ids=lambda question: question.name)
def test_every_header_is_complete_in_both_languages(question: Question) -> None:
    labels = [question.title, question.description, *(one.label for one in (*question.params, *question.columns))]
    assert all(label.zh and label.en for label in labels)
    assert re.search("[\u4e00-\u9fff]", question.title.zh + question.description.zh)
    assert not re.search("[\u4e00-\u9fff]", question.title.en)
    assert question.tags
    assert set(question.tags) <= set(TAGS)
    assert question.engine == "sparql"


@pytest.mark.parametrize("value", ['" } #', "'}", "\\", "?year", 'x" ; DROP ALL ; "', "{", "<http://x>"])
def test_no_value_can_break_out(value: str, snapshot: Snapshot) -> None:
    """A text is one literal whatever stands in it; the other kinds refuse what has not their form."""
    assert rows(snapshot, "27", words=value) == []
    assert rows(snapshot, "2", bureau=value) == []
    for name, param in (("9", "code"), ("9", "year"), ("2", "regionCode"), ("15", "minimum"), ("38", "factor")):
        with pytest.raises(QueryError, match=f"{param} must be"):
            rows(snapshot, name, **{param: value})


@pytest.mark.parametrize(
    "question", [each for each in load_questions() if each.number not in WITHOUT_YEAR], ids=lambda question: question.name
)
def test_every_question_can_be_narrowed_to_a_year(question: Question, snapshot: Snapshot) -> None:
    assert {row["year"] for row in rows(snapshot, question.name)} >= {row["year"] for row in rows(snapshot, question.name, year="2024")}
    assert {row["year"] for row in rows(snapshot, question.name, year="2024")} <= {Decimal(2024)}
    assert rows(snapshot, question.name, year="2019") == []


def test_departments_by_total(snapshot: Snapshot) -> None:
    found = rows(snapshot, "1")
    assert [row["departmentName"] for row in found] == [KEZHOU, CHANGJI, AKETAO, YANQI, ATUSHI]
    assert by_department(found, "totalExpenditure")[AKETAO] == 6_611_000


def test_shares_need_both_figures(snapshot: Snapshot) -> None:
    found = rows(snapshot, "3")
    assert by_department(found, "basicShare")[AKETAO] == Decimal("96.12")
    assert by_department(found, "projectShare")[CHANGJI] is None
    assert by_department(found, "projectExpenditure")[CHANGJI] is None


def test_three_public_expenses_keep_blanks(snapshot: Snapshot) -> None:
    found = rows(snapshot, "6")
    assert by_department(found, "threePublic")[KEZHOU] == 95_000
    assert by_department(found, "abroad")[KEZHOU] is None
    assert by_department(found, "threePublic")[YANQI] is None


@pytest.mark.parametrize(("code", "amount"), [("2101550", 2_386_400), ("21015", 4_712_800), ("210", 5_113_700)])
def test_functional_codes_of_every_level_are_sums_of_leaves(snapshot: Snapshot, code: str, amount: int) -> None:
    """The printed subtotals 471.27 and 511.36 are rounded and each 0.01 less than the sum of their leaves."""
    assert by_department(rows(snapshot, "9", code=code), "amount")[AKETAO] == amount


def test_classes_sum_to_the_total_but_for_rounding(snapshot: Snapshot) -> None:
    totals = by_department(rows(snapshot, "1"), "totalExpenditure")
    sums: dict[str, Decimal] = {}
    for row in rows(snapshot, "10"):
        name, amount = str(row["departmentName"]), row["amount"]
        assert isinstance(amount, Decimal)
        sums[name] = sums.get(name, Decimal(0)) + amount
    for department in (AKETAO, CHANGJI, KEZHOU, YANQI):
        total = totals[department]
        assert isinstance(total, Decimal)
        assert abs(sums[department] - total) <= 200


def test_economic_code(snapshot: Snapshot) -> None:
    found = by_department(rows(snapshot, "11", code="301"), "amount")
    assert found[YANQI] == 2_008_300
    assert set(found) == {AKETAO, CHANGJI, KEZHOU, ATUSHI, YANQI}


def test_transfers_and_own_funds(snapshot: Snapshot) -> None:
    transfers = by_department(rows(snapshot, "12"), "share")
    assert transfers[AKETAO] == Decimal("3.03")
    assert transfers[CHANGJI] is None
    assert by_department(rows(snapshot, "13"), "nonFiscalFunds")[AKETAO] == 54_800


def test_carry_overs_by_department_and_by_item(snapshot: Snapshot) -> None:
    found = [row for row in rows(snapshot, "14") if row["departmentName"] == ATUSHI]
    (whole,) = [row["amount"] for row in found if row["item"] is None]
    items = [row["amount"] for row in found if row["item"] is not None]
    assert whole == sum(amount for amount in items if isinstance(amount, Decimal))
    assert len(items) == 2


def test_missing_tables(snapshot: Snapshot) -> None:
    found = rows(snapshot, "31")
    assert {row["departmentName"] for row in found} == {ATUSHI}
    assert {str(row["tableKind"]).rsplit("/", 1)[-1] for row in found} == {"government-fund-expenditure", "state-capital-expenditure"}


def test_a_number_is_a_name(snapshot: Snapshot) -> None:
    assert find_question("9") is find_question("q09-functional-code-across-departments")
    with pytest.raises(QueryError, match="no question"):
        find_question("q99-nothing")


def test_values_are_bound_and_checked() -> None:
    question = find_question("9")
    assert bind(question, {}) == {"code": ox.Literal("2101550")}
    assert bind(question, {"code": " 210 ", "year": "2026"}) == {"code": ox.Literal("210"), "year": ox.Literal(2026)}
    with pytest.raises(QueryError, match="year of four digits"):
        bind(question, {"year": "this year"})
    with pytest.raises(QueryError, match="no parameter colour"):
        bind(question, {"colour": "red"})


def test_a_value_is_never_pasted(snapshot: Snapshot) -> None:
    with pytest.raises(QueryError, match="code of 3, 5 or 7 digits"):
        rows(snapshot, "9", code='210" } # ')


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("nine", HEADER, "the name must be"),
        ("q9-x", HEADER + "# colour: red\n", "unknown"),
        ("q9-x", HEADER + "# title.en: Again\n", "repeated"),
        ("q9-x", HEADER + "# no key here\n", "key: value"),
        ("q9-x", HEADER.replace("# title.en: Title\n", ""), "lacks title.en"),
        ("q9-x", HEADER + "# param: code text | 码 | Code\n", "name kind default"),
        ("q9-x", HEADER + "# param: code colour - | 码 | Code\n", "one of integer, decimal"),
        ("q9-x", HEADER + "# column: code | 码\n", "zh | en"),
        ("q9-x", HEADER.replace("totals", "colours"), "the tag 'colours' is none of"),
        ("q9-x", HEADER.replace("sparql", "crystal"), "the engine 'crystal' is none of"),
        ("q9-x", HEADER + "# param: year year soon | 年 | Year\n", "year must be"),
        ("q9-x", HEADER + "# column: n | 数 | N\n# column: n | 数 | N\n", "described twice"),
    ],
)
def test_a_broken_header_is_named(name: str, text: str, words: str) -> None:
    with pytest.raises(QueryError, match=words.replace("|", r"\|")) as caught:
        parse_question(name, text + "SELECT * {}\n")
    assert name in caught.value.reason or "year" in caught.value.reason


def test_a_header_is_read() -> None:
    question = parse_question("q7-x", HEADER + "# param: code text - | 码 | Code\n# column: n | 数 | Number\nSELECT ?code ?n {}\n")
    assert (question.number, question.title.get("en"), question.title.get("zh")) == (7, "Title", "题")
    assert question.params[0].default == ""
    assert question.heading("n", "zh") == "数"
    assert question.heading("other", "en") == "other"


def test_kinds_of_parameters() -> None:
    text = HEADER + "# param: at iri - | 地址 | Address\n# param: low decimal 0.5 | 低 | Low\nSELECT ?at ?low {}\n"
    question = parse_question("q7-x", text)
    assert bind(question, {}) == {"low": ox.Literal("0.5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))}
    assert bind(question, {"at": "https://budget-kg.example/year/2026"})["at"] == ox.NamedNode("https://budget-kg.example/year/2026")
    for wrong in ("urn:x", "https://a b", "https://a>", "https://a{}"):
        with pytest.raises(QueryError, match="at must be an address"):
            bind(question, {"at": wrong})
    with pytest.raises(QueryError, match="low must be a number"):
        bind(question, {"low": "1,000"})


def test_the_page_is_what_the_files_say() -> None:
    assert (ROOT / "docs" / "questions.md").read_text("utf-8") == page(load_questions()), (
        "python -m kg.questions.listing > docs/questions.md"
    )


def test_tags_choose() -> None:
    assert {question.number for question in tagged("staff")} == {4, 5, 39, 47}
    with pytest.raises(QueryError, match="no tag 'colour'"):
        tagged("colour")


def test_same_kind_of_bureau(snapshot: Snapshot) -> None:
    """2026: (996.43 + 679.83 + 661.10) / 3 = 779.12 万元."""
    found = rows(snapshot, "2", bureau="医疗保障局", year="2026")
    assert by_department(found, "ofMean") == {KEZHOU: Decimal("127.89"), CHANGJI: Decimal("87.26"), AKETAO: Decimal("84.85")}
    assert {row["meanExpenditure"] for row in found} == {Decimal(7_791_200)}
    assert [row["departmentName"] for row in rows(snapshot, "2", regionCode="653022")] == [AKETAO]
    assert rows(snapshot, "2", bureau="教育局") == []


def test_cost_per_head_needs_a_number_of_staff(snapshot: Snapshot) -> None:
    """546.42 / 27, 202.04 / 13, 452.74 / 25 万元; two departments do not say how many they are."""
    staff = by_department(rows(snapshot, "4"), "perHead")
    assert staff == {KEZHOU: Decimal(202_378), YANQI: Decimal(155_415), ATUSHI: Decimal(181_096), CHANGJI: None, AKETAO: None}
    running = by_department(rows(snapshot, "5"), "perHead")
    assert running == {KEZHOU: Decimal(8_744), YANQI: Decimal(3_638), ATUSHI: Decimal(3_912), CHANGJI: None, AKETAO: None}
    assert by_department(rows(snapshot, "4"), "actualStaff")[KEZHOU] == 36


def test_three_public_changes_with_reasons(snapshot: Snapshot) -> None:
    found = {str(row["item"]).rsplit("/", 1)[-1]: row for row in rows(snapshot, "7") if row["departmentName"] == AKETAO}
    assert set(found) == {"total", "abroad", "reception", "vehicle-purchase", "vehicle-running"}
    assert (found["vehicle-running"]["amount"], found["vehicle-running"]["change"]) == (18_000, 0)
    assert found["vehicle-running"]["reason"] == "2026年与2025年的车辆运行费用持平"
    assert found["total"]["reason"] is None
    assert rows(snapshot, "7", minimum="1") == [], "no example has a change other than 0"


def test_running_cost_per_vehicle(snapshot: Snapshot) -> None:
    """8 / 2, 5.2 / 2, 1.8 / 1, 1.2 / 1 万元; one has no vehicle."""
    found = rows(snapshot, "8")
    assert by_department(found, "perVehicle") == {
        KEZHOU: Decimal(40_000),
        CHANGJI: Decimal(26_000),
        AKETAO: Decimal(18_000),
        ATUSHI: Decimal(12_000),
        YANQI: None,
    }
    assert by_department(found, "vehicles")[YANQI] == 0


def test_large_changes(snapshot: Snapshot) -> None:
    found = [row for row in rows(snapshot, "15", minimum="300") if row["departmentName"] == AKETAO]
    assert [(row["subject"], row["growth"]) for row in found] == [
        ("单位资金", Decimal("1667.74")),
        ("上级一般公共预算安排的转移支付资金", Decimal("566.67")),
        ("项目支出", Decimal("383.62")),
        ("项目支出", Decimal("300")),
    ]
    (retired,) = [row for row in rows(snapshot, "15") if row["departmentName"] == AKETAO and row["code"] == "2080501"]
    assert (retired["growth"], retired["priorAmount"], retired["codeName"]) == (Decimal("51.62"), 43_200, "行政单位离退休")
    assert {row["growth"] for row in rows(snapshot, "15", minimum="1870")} == set()


def test_codes_new_or_dropped_by_the_text(snapshot: Snapshot) -> None:
    found = {(row["code"], row["statusEn"], row["change"]) for row in rows(snapshot, "16") if row["departmentName"] == AKETAO}
    assert found == {
        ("2013299", "dropped", Decimal(-20_000)), ("2080506", "new", Decimal(312_300)),
        ("2101504", "new", Decimal(200_000)), ("2101506", "dropped", Decimal(-30_000)),
    }  # fmt: skip
    assert {row["code"] for row in rows(snapshot, "16") if row["departmentName"] == CHANGJI} == {"2080506"}


def test_a_project_whose_basis_cites_nothing(snapshot: Snapshot) -> None:
    (row,) = rows(snapshot, "22")
    assert (row["departmentName"], row["projectName"], row["amount"]) == (KEZHOU, "2026年离休人员医疗费项目", 3_000_000)
    assert row["basis"], "something is printed, but no document"


def test_largest_projects_have_goals(snapshot: Snapshot) -> None:
    found = rows(snapshot, "23", minimum="1000000")
    assert [(row["departmentName"], row["amount"]) for row in found] == [(KEZHOU, 3_000_000), (YANQI, 15_480_000), (ATUSHI, 6_874_400)]
    assert all(row["goal"] for row in found)


def test_one_fact_in_two_tables(snapshot: Snapshot) -> None:
    """2101501 in total: 35.44 in the revenue and the expenditure table, 35.45 in the general public budget table."""
    found = rows(snapshot, "34")
    assert {row["departmentName"] for row in found} == {YANQI}
    assert {(row["expected"], row["actual"], row["difference"]) for row in found} == {(354_400, 354_500, 100)}


def test_one_fact_with_two_values(snapshot: Snapshot) -> None:
    """Among them the head counts of the sheets against those of the text."""
    found = {(row["departmentName"], row["ruleId"], row["expected"], row["actual"]) for row in rows(snapshot, "35")}
    assert {
        (YANQI, "XT-011", 354_400, 354_500),
        (YANQI, "KPI-011", 86_000, 86_862),
        (YANQI, "KPI-011", 73_230, 100_000),
        (ATUSHI, "KPI-011", 229_146, 2_291),
    } <= found
    assert all(row[2] != row[3] for row in found)


def test_weights(snapshot: Snapshot) -> None:
    """8 × 5 + 20 + 10 and 20 + 20 + 20 + 10; all other sheets have 90."""
    assert [(row["departmentName"], row["targets"], row["totalWeight"]) for row in rows(snapshot, "25")] == [
        (AKETAO, 7, 70),
        (AKETAO, 4, 70),
    ]


def test_qualitative_targets(snapshot: Snapshot) -> None:
    """2 of 4; with a lower limit also 2 of 6 and 2 of 7 of the same department. A month is no qualitative target."""
    assert [(row["departmentName"], row["share"]) for row in rows(snapshot, "26")] == [(AKETAO, Decimal(50))]
    shares = {row["share"] for row in rows(snapshot, "26", minimum="28") if row["departmentName"] == AKETAO}
    assert shares == {Decimal(50), Decimal("33.33"), Decimal("28.57")}


def test_one_indicator_across_places(snapshot: Snapshot) -> None:
    found = {(row["regionCode"], row["indicator"], row["value"]) for row in rows(snapshot, "27", words="基本医疗保险参保率")}
    assert found == {
        ("653000", "基本医疗保险参保率(%)", Decimal(95)), ("653022", "城乡居民基本医疗保险参保率（%）", Decimal(95)),
        ("652826", "基本医疗保险参保率", Decimal(95)), ("653001", "基本医疗保险参保率", Decimal(98)),
    }  # fmt: skip


def test_cost_targets_above_the_budget(snapshot: Snapshot) -> None:
    """20 + 5 + 48 = 73 万元 for a project of 68; six sheets hold, one of them exactly at 26.4."""
    (row,) = rows(snapshot, "28")
    assert (row["departmentName"], row["amount"], row["costTargets"], row["costs"], row["excess"]) == (KEZHOU, 680_000, 3, 730_000, 50_000)


def test_low_satisfaction(snapshot: Snapshot) -> None:
    assert sorted(str(row["value"]) for row in rows(snapshot, "29")) == ["70", "80", "80"]
    assert [row["indicator"] for row in rows(snapshot, "29", below="80")] == ["参保人员满意度(%)"]


def test_subsidy_standards(snapshot: Snapshot) -> None:
    found = {(row["departmentName"], row["headcount"], row["standard"], row["implied"], row["amount"]) for row in rows(snapshot, "30")}
    assert found == {
        (YANQI, 86_000, 180, 15_480_000, 15_480_000), (YANQI, 73_230, 10, 732_300, 732_300),
        (ATUSHI, 229_146, 30, 6_874_380, 6_874_400), (ATUSHI, 2, 60_000, 120_000, 120_000),
    }  # fmt: skip


def test_dates(snapshot: Snapshot) -> None:
    found = rows(snapshot, "33")
    assert by_department(found, "signedOn")[AKETAO] == "2026-01-31"
    assert by_department(found, "kindNameEn")[YANQI] == "Budget unit"
    assert {row["publishedOn"] for row in found} == {None}, "nothing tells when the examples were published"


def test_procurement(snapshot: Snapshot) -> None:
    """78.40 / 86.43, 2.01 / 24.47; 86.43 / 426.40, 24.47 / 25.68; without projects there is no share of them."""
    share = by_department(rows(snapshot, "36"), "share")
    assert (share[KEZHOU], share[AKETAO], share[CHANGJI]) == (Decimal("90.71"), Decimal("8.21"), 100)
    against = by_department(rows(snapshot, "37"), "share")
    assert (against[KEZHOU], against[AKETAO], against[CHANGJI]) == (Decimal("20.27"), Decimal("95.29"), None)


def test_assets_in_a_wrong_unit(snapshot: Snapshot) -> None:
    """Assets of one department are printed in 万元 and meant in 元."""
    found = rows(snapshot, "38")
    assert {row["departmentName"] for row in found} == {KEZHOU}
    assert {row["asset"] for row in found} == {"other-assets", "vehicles", "vehicles-other", "furniture"}
    (vehicles,) = [row for row in found if row["asset"] == "vehicles"]
    assert (vehicles["amount"], vehicles["perVehicle"]) == (5_230_551_700, 2_615_275_850)


def test_where_a_figure_was_printed(snapshot: Snapshot) -> None:
    """1.80 万元: the running cost of one vehicle in two tables and the text, three lines of another department's table 6."""
    found = rows(snapshot, "41", amount="18000", year="2026")
    tabled = {
        (row["issuer"], str(row["tableKind"]).rsplit("/", 1)[-1], row["rowLabel"], row["column"]) for row in found if row["tableKind"]
    }
    three = "three-public-expenses"
    assert {one for one in tabled if one[0] == CHANGJI} == {
        (CHANGJI, "basic-expenditure-economic", name, column)
        for name in ("印刷费", "物业管理费", "差旅费")
        for column in ("total", "running")
    }
    assert len({one for one in tabled if one[:2] == (AKETAO, three)}) == 6
    assert {row["printed"] for row in found if row["tableKind"]} == {"1.80"}
    assert "three-public:vehicle-running" in {row["subject"] for row in found}
    assert {row["issuer"] for row in rows(snapshot, "41", amount="18000", issuer=AKETAO)} == {AKETAO}
    assert rows(snapshot, "41", amount="18001") == []


def test_most_violated(snapshot: Snapshot) -> None:
    found = rows(snapshot, "44", severity="violation")
    assert {row["departmentName"] for row in found if row["view"] == "department"} >= {YANQI}
    by_rule = {str(row["rule"]).rsplit("/", 1)[-1]: row["findings"] for row in found if row["view"] == "rule"}
    assert (by_rule["SUM-003"], by_rule["SUM-004"], by_rule["COD-004"]) == (2, 2, 2)


def test_cost_per_output(snapshot: Snapshot) -> None:
    """2 万元 for 4 lines; 300 万元 for 13 persons."""
    found = {(row["indicator"], row["unitCost"]) for row in rows(snapshot, "48") if row["departmentName"] == KEZHOU}
    assert ("线路租赁数量（条）", Decimal(5_000)) in found
    assert ("2026年离休敢不人数(人)", Decimal("230769.23")) in found
    assert not {row["unit"] for row in rows(snapshot, "48")} & {"%", "％"}


def test_questions_on_the_command_line() -> None:
    listed = CliRunner().invoke(main, ["questions", "--tag", "staff"])
    names = [line.split()[0] for line in listed.output.splitlines() if line.startswith("q")]
    assert names == [question.name for question in tagged("staff")]
    records = json.loads(CliRunner().invoke(main, ["questions", "--format", "json"]).output)
    assert {record["number"] for record in records} >= ALL
    (nine,) = json.loads(CliRunner().invoke(main, ["questions", "9", "--format", "json"]).output)
    assert nine["params"][0] == {"name": "code", "kind": "code", "default": "2101550", "zh": "功能科目编码", "en": "Functional code"}
    assert nine["text"].startswith("# title.zh:")
    shown = CliRunner().invoke(main, ["questions", "q41-where-was-it-printed"])
    assert "--param amount=18000  decimal" in shown.output
    assert "SELECT ?amount" in shown.output
    unknown = CliRunner().invoke(main, ["questions", "--tag", "colour"])
    assert unknown.exit_code == 2


def test_changes_by_reclassification_name_codes_in_their_reason(snapshot: Snapshot) -> None:
    found = rows(snapshot, "17")
    assert {row["departmentName"] for row in found} >= {KEZHOU, ATUSHI}
    assert all(isinstance(row["change"], Decimal) and row["change"] for row in found)
    assert not [row for row in found if "职业年金" in str(row["subject"])], "money that is new is no change of codes"


def test_implied_amounts_need_a_year_before(snapshot: Snapshot) -> None:
    assert rows(snapshot, "18", minimum="0") == []


def test_one_notice_with_the_numbers_that_two_departments_print(snapshot: Snapshot) -> None:
    """The prefecture and the county cite one notice of one issuer and title, with numbers of different years."""
    found = [row for row in rows(snapshot, "19") if str(row["documentName"]).startswith("关于提前下达2026年中央财政")]
    by_document: dict[str, set[tuple[str, str]]] = {}
    for row in found:
        by_document.setdefault(str(row["document"]), set()).add((str(row["departmentName"]), str(row["number"])))
    (cited,) = [each for each in by_document.values() if len({department for department, _ in each}) == 2]
    assert cited == {(KEZHOU, "克财社〔2024〕83号"), (AKETAO, "克财社【2025】110号")}


def test_a_grant_is_followed_from_region_to_county(snapshot: Snapshot) -> None:
    found = rows(snapshot, "20", words="能力提升", year="2026")
    assert len({row["grant"] for row in found}) == 1
    assert {row["regionName"] for row in found} == {"新疆维吾尔自治区", "克孜勒苏柯尔克孜自治州", "阿克陶县"}
    assert {row["departmentName"] for row in found} == {KEZHOU, AKETAO}
    assert {row["confidence"] for row in found} == {Decimal(1)}
    assert {(row["departmentName"], row["amount"]) for row in found} == {(KEZHOU, Decimal(680_000)), (AKETAO, Decimal(200_000))}


def test_a_grant_known_by_its_name_alone_is_less_sure(snapshot: Snapshot) -> None:
    (row,) = [row for row in rows(snapshot, "20", year="2025") if row["departmentName"] == AKETAO]
    assert row["confidence"] == Decimal("0.9")
    assert row["number"] is None


def test_money_per_document_counts_a_project_once(snapshot: Snapshot) -> None:
    by_number = {row["documentName"]: row for row in rows(snapshot, "21")}
    law = by_number["社会保险法"]
    assert (law["projects"], law["amount"]) == (Decimal(2), Decimal(130_000))
    assert by_number["克财社〔2025〕110号"]["amount"] == 200_000


def test_when_the_occupational_annuity_entered(snapshot: Snapshot) -> None:
    found = {row["departmentName"]: row for row in rows(snapshot, "39")}
    assert {name for name, row in found.items() if row["enteredEn"] == "new in that year"} == {CHANGJI, AKETAO}
    assert found[AKETAO]["amount"] == 312_300
    assert found[YANQI]["enteredEn"] == "in that year or before"
    assert {row["code"] for row in rows(snapshot, "39", code="2210201")} == {"2210201"}


def test_cofog_adds_up_to_the_leaves_and_shows_its_confidence(snapshot: Snapshot) -> None:
    by_class: dict[str, Decimal] = {}
    for row in rows(snapshot, "10"):
        amount = row["amount"]
        assert isinstance(amount, Decimal)
        by_class[str(row["departmentName"])] = by_class.get(str(row["departmentName"]), Decimal(0)) + amount
    by_function: dict[str, Decimal] = {}
    for row in rows(snapshot, "40"):
        amount, sure, lowest = row["amount"], row["confidence"], row["lowest"]
        assert isinstance(amount, Decimal)
        assert isinstance(sure, Decimal)
        assert isinstance(lowest, Decimal)
        assert 0 < lowest <= sure <= 1
        by_function[str(row["departmentName"])] = by_function.get(str(row["departmentName"]), Decimal(0)) + amount
    assert by_function == by_class
    assert {row["functionName"] for row in rows(snapshot, "40")} >= {"老龄", "未另分类的医疗保健"}


def test_a_project_of_a_single_year_is_shown_when_asked_for(snapshot: Snapshot) -> None:
    found = rows(snapshot, "42", minimumYears="1", words="基金监管")
    assert {(row["years"], row["change"]) for row in found} == {(Decimal(1), None)}
    assert {row["departmentName"] for row in found} == {KEZHOU, AKETAO}


def test_a_county_project_beside_that_of_its_prefecture(snapshot: Snapshot) -> None:
    (row,) = [row for row in rows(snapshot, "43") if row["aboveName"] is not None]
    assert (row["departmentName"], row["aboveName"]) == (AKETAO, KEZHOU)
    assert (row["amount"], row["transfer"], row["difference"], row["aboveAmount"]) == (200_000, 200_000, 0, 680_000)


def test_county_and_prefecture_are_connected(snapshot: Snapshot) -> None:
    found = rows(snapshot, "45", words=AKETAO, others=KEZHOU)
    assert {row["relationEn"] for row in found} >= {"cite one notice", "paid by one grant", "one field, one region above the other"}
    assert {frozenset((row["departmentName"], row["otherDepartmentName"])) for row in found} == {frozenset((AKETAO, KEZHOU))}
    assert all(row["thingName"] for row in found)
    shared = [row["shared"] for row in rows(snapshot, "45", most="3")]
    assert max(count for count in shared if isinstance(count, Decimal)) <= 3


def test_similar_budgets(snapshot: Snapshot) -> None:
    found = rows(snapshot, "46", minimum="0")
    assert {frozenset((row["departmentName"], row["otherDepartmentName"])) for row in found} == {
        frozenset(pair) for pair in ((CHANGJI, AKETAO), (KEZHOU, AKETAO), (CHANGJI, KEZHOU))
    }, "those of one year, each pair once"
    overlaps = [row["overlap"] for row in found]
    assert overlaps == sorted(overlaps, reverse=True)
    assert all(isinstance(overlap, Decimal) and 0 < overlap <= 100 for overlap in overlaps)


def test_staff_and_staff_cost(snapshot: Snapshot) -> None:
    found = {row["departmentName"]: row for row in rows(snapshot, "47")}
    assert (found[KEZHOU]["staffChange"], found[KEZHOU]["basicChange"], found[KEZHOU]["consistentEn"]) == (6, 1_304_100, "yes")
    assert found[YANQI]["consistentEn"] == "open", "nobody came or went, and the money changed"
