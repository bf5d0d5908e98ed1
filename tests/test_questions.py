"""The named questions: their headers, their parameters, and what they answer on the examples."""

from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.query_guard import check
from kg.questions import Question, bind, find_question, load_questions, parse_question
from kg.store import Snapshot

AKETAO, CHANGJI, KEZHOU = "阿克陶县医疗保障局", "昌吉市医疗保障局", "克孜勒苏柯尔克孜自治州医疗保障局"
ATUSHI, YANQI = "阿图什市医疗保障局", "焉耆回族自治县医疗保障局"
HEADER = """# title.zh: 题
# title.en: Title
# description.zh: 说明
# description.en: Description
"""


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


def test_the_ten_of_the_first_run_are_there() -> None:
    assert {1, 3, 6, 9, 10, 11, 12, 13, 14, 31} <= {question.number for question in load_questions()}


@pytest.mark.parametrize("question", load_questions(), ids=lambda question: question.name)
def test_every_question_is_complete(question: Question, snapshot: Snapshot) -> None:
    check(question.text)
    answer = snapshot.query(question.text, bind(question, {}))
    variables = {variable.value for variable in answer.variables}
    assert {"department", "departmentName", "year"} <= variables
    assert {param.name for param in question.params} <= variables, "a bound variable must appear in SELECT"
    headed = {column.name for column in question.columns}
    assert variables - headed <= {"department"}, "every column that is shown has a heading in both languages"
    assert list(answer), "the examples have an answer to every question"


@pytest.mark.parametrize("question", load_questions(), ids=lambda question: question.name)
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
    with pytest.raises(QueryError, match="whole number"):
        bind(question, {"year": "this year"})
    with pytest.raises(QueryError, match="no parameter colour"):
        bind(question, {"colour": "red"})


def test_a_value_is_never_pasted(snapshot: Snapshot) -> None:
    assert rows(snapshot, "9", code='210" } # ') == []


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("nine", HEADER, "the name must be"),
        ("q9-x", HEADER + "# colour: red\n", "unknown"),
        ("q9-x", HEADER + "# title.en: Again\n", "repeated"),
        ("q9-x", HEADER + "# no key here\n", "key: value"),
        ("q9-x", HEADER.replace("# title.en: Title\n", ""), "lacks title.en"),
        ("q9-x", HEADER + "# param: code text | 码 | Code\n", "name type default"),
        ("q9-x", HEADER + "# param: code colour - | 码 | Code\n", "one of integer, text"),
        ("q9-x", HEADER + "# column: code | 码\n", "zh | en"),
    ],
)
def test_a_broken_header_is_named(name: str, text: str, words: str) -> None:
    with pytest.raises(QueryError, match=words.replace("|", r"\|")) as caught:
        parse_question(name, text + "SELECT * {}\n")
    assert name in caught.value.reason


def test_a_header_is_read() -> None:
    question = parse_question("q7-x", HEADER + "# param: code text - | 码 | Code\n# column: n | 数 | Number\nSELECT ?code ?n {}\n")
    assert (question.number, question.title.get("en"), question.title.get("zh")) == (7, "Title", "题")
    assert question.params[0].default == ""
    assert question.heading("n", "zh") == "数"
    assert question.heading("other", "en") == "other"
