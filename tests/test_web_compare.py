"""The comparison: what stands in it, what is never computed, and that its address and its file say the same."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.store import Snapshot
from web.app import create_app
from web.compare.columns import ABSOLUTE, NO_HEADS, PER_HEAD, SHARE, Column, Group, Line, Value, compare, read_column, top_of
from web.links import Links
from web.site import View
from web.spreadsheets import guarded

BASE = "https://budget-kg.example/"
CLASSES = f"{BASE}code/functional/2024/"
_DISCLOSURES = "SELECT ?d { ?d a <https://budget-kg.example/ontology#Disclosure> }"


@pytest.fixture(scope="module")
def data(example_store: Path) -> View:
    return View(Snapshot(example_store), Links(BASE))


@pytest.fixture(scope="module")
def columns(data: View) -> list[Column]:
    """All examples, those with a stated number of staff first."""
    found = [read_column(data, row["d"].value) for row in data.snapshot.query(_DISCLOSURES)]
    held = [column for column in found if column is not None]
    assert len(held) == 5
    return sorted(held, key=lambda column: (column.heads is None, column.disclosure))


@pytest.fixture(scope="module")
def client(example_store: Path) -> FlaskClient:
    return create_app(example_store, Settings()).test_client()


def keys(columns: list[Column]) -> str:
    return "&".join(f"d={column.disclosure.rsplit('/', 1)[-1]}" for column in columns)


def line(groups: list[Group], subject: str) -> Line:
    return next(line for group in groups for line in group.lines if line.subject.endswith(subject))


def test_absolute_figures_are_the_printed_ones(columns: list[Column]) -> None:
    found = line(compare(columns, ABSOLUTE, CLASSES), "#totalExpenditure")
    assert [value.number for value in found.values] == [column.total(is_income=False) for column in columns]
    assert all("/cell/" in value.cell for value in found.values)


def test_figures_per_head_are_divided_by_the_staff_in_post_or_missing(columns: list[Column]) -> None:
    found = line(compare(columns, PER_HEAD, CLASSES), "#totalExpenditure")
    stated = [column for column in columns if column.heads is not None]
    assert 0 < len(stated) < len(columns)
    for column, value in zip(columns, found.values, strict=True):
        total = column.total(is_income=False)
        assert total is not None
        if column.heads is None:
            assert (value.number, value.why) == (None, NO_HEADS)
        else:
            assert value.number == (total / column.heads).quantize(Decimal(1))
            assert not value.cell, "a quotient is printed nowhere"


def test_shares_of_the_classes_add_up_to_the_whole(columns: list[Column]) -> None:
    groups = {group.name: group for group in compare(columns, SHARE, CLASSES)}
    for index in range(len(columns)):
        shares = [line.values[index].number for line in groups["classes"].lines]
        assert sum(share for share in shares if share is not None) == pytest.approx(100, abs=Decimal("0.1"))
    assert all(value.number == 100 for value in line(list(groups.values()), "#totalExpenditure").values)


def test_no_row_is_the_sum_of_others(columns: list[Column]) -> None:
    """Every absolute figure is printed somewhere: in a cell or in a sentence."""
    for group in compare(columns, ABSOLUTE, CLASSES):
        for entry in group.lines:
            assert all(value.cell or value.fact for value in entry.values if value.number is not None), entry.subject


@pytest.mark.parametrize(("most", "top"), [("661.1", 1000), ("0.9", 1), ("200", 200), ("2001", 5000), ("0", 0)])
def test_a_scale_ends_at_a_round_number(most: str, top: int) -> None:
    assert top_of([Line("x", 0, (Value(Decimal(most)), Value(None, "blank")))]) == top


def test_the_page_and_the_file_say_the_same(client: FlaskClient, columns: list[Column]) -> None:
    query = f"{keys(columns[:3])}&by=head"
    page = client.get(f"/compare?{query}").get_data(as_text=True)
    answer = client.get(f"/compare.csv?{query}")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows[0]) == 4
    for row in rows[1:]:
        assert row[0] in page
        assert all(f"{Decimal(number):,}" in page for number in row[1:] if number)
    assert "in post" in client.get(f"/en/compare.csv?{query}").get_data(as_text=True)


def test_one_is_not_enough_seven_are_too_many_and_an_unknown_one_is_not_found(client: FlaskClient, columns: list[Column]) -> None:
    assert "再选一份" in client.get(f"/compare?{keys(columns[:1])}").get_data(as_text=True)
    assert client.get(f"/compare.csv?{keys(columns[:1])}").status_code == 404
    assert client.get("/compare?d=0000000000000000&d=1111111111111111").status_code == 404
    assert client.get(f"/compare?{keys(columns)}&by=magic").status_code == 404
    assert client.get("/compare").status_code == 200


def test_a_disclosure_is_found_by_name_and_year_and_added_by_a_link(client: FlaskClient, columns: list[Column]) -> None:
    page = client.get(f"/compare?{keys(columns[:1])}&find=昌吉市 2026").get_data(as_text=True)
    added = re.findall(r'<a href="([^"]+)" aria-label="加入', page)
    assert len(added) == 1
    both = client.get(added[0].replace("&amp;", "&")).get_data(as_text=True)
    assert 'class="dots"' in both


def test_budgets_and_other_kinds_are_told_apart(client: FlaskClient, columns: list[Column]) -> None:
    mixed = [next(column for column in columns if column.kind.endswith(f"/{kind}")) for kind in ("unit", "department")]
    assert "两者不相加" in client.get(f"/compare?{keys(mixed)}").get_data(as_text=True)
    alike = [column for column in columns if column.kind.endswith("/department")][:2]
    assert "两者不相加" not in client.get(f"/compare?{keys(alike)}").get_data(as_text=True)


@pytest.mark.parametrize("name", ["=1+1", "+86", "-1", "@SUM(A1)", "\tx"])
def test_no_cell_is_a_formula(name: str) -> None:
    assert guarded(name) == f"'{name}"
    assert guarded("阿克陶县") == "阿克陶县"
