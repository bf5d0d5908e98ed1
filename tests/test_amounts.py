"""Laws of money: exact, unit-aware, a blank is no zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.amounts import bare, is_blank, parse_figure, parse_number, plain, step, unit_behind


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_printing_and_parsing_an_amount_gives_it_back(amount: Decimal) -> None:
    assert parse_number(f"{amount:,.2f}") == amount
    assert parse_number(f" <b>{amount:.2f}</b> ") == amount
    assert Decimal(plain(amount)) == amount


@pytest.mark.parametrize("text", ["", " ", "-", "——", "—", "无", "2026年", "12 345", "1,23", "1.2.3", "=100", "100%", "<b></b>"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text) is None or text == "12 345"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("(1,204.71)", "-1204.71"),
        ("（ 84567.00 ）", "-84567.00"),
        ("¥1,204.71", "1204.71"),
        ("￥-3.5", "-3.5"),
        ("1,204.71万元", "1204.71"),
        ("1 204 567.71", "1204567.71"),
        ("1 2 . 5", "12.5"),
    ],
)
def test_what_a_cell_of_a_table_in_ten_thousands_prints(text: str, amount: str) -> None:
    assert parse_figure(text, "万元") == Decimal(amount)


@pytest.mark.parametrize("text", ["1,204.71元", "(2)", "（一）", "12.5 7.5", "1234 5678", "1,204.71*", "万元", "(12.5", "", "3.50%"])
def test_what_is_no_figure_there_is_none(text: str) -> None:
    assert parse_figure(text, "万元") is None


def test_the_unit_behind_a_figure() -> None:
    texts = ("84,567.00元", "3.5 万元", "(2.50)亿元", "12.5", "单位：元", "3人")
    assert [unit_behind(text) for text in texts] == ["元", "万元", "亿元", "", "", ""]
    assert step("(84,567.00)") == Decimal("0.01")


def test_a_number_wrapped_inside_its_cell_is_one_number() -> None:
    assert parse_number("1,204 .71") == Decimal("1204.71")


@pytest.mark.parametrize(
    ("text", "blank"), [("", True), ("-", True), ("——", True), (" — ", True), ("0", False), ("0.00", False), ("无", False)]
)
def test_a_dash_is_blank_and_a_zero_is_not(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


@pytest.mark.parametrize(("printed", "expected"), [("1,204.71", "0.01"), ("4", "1"), ("1548", "1"), ("5.479", "0.001"), ("0.00", "0.01")])
def test_the_step_of_a_printed_number(printed: str, expected: str) -> None:
    assert step(printed) == Decimal(expected)


def test_the_step_of_no_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a number"):
        step("无")


def test_plain_keeps_at_least_two_decimals() -> None:
    assert [plain(Decimal(text)) for text in ("6609000", "0.1", "54790.005")] == ["6609000.00", "0.10", "54790.005"]


def test_bare_takes_off_tags_and_bold() -> None:
    assert bare(" <b>总计</b> ") == bare("**总计**") == "总计"
