"""Minting is stable and injective."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import iri
from kg.settings import Settings

_names = st.text(min_size=1, max_size=40).filter(lambda name: bool(iri.normal(name)))


@given(_names, _names)
def test_two_departments_share_an_address_only_if_their_names_are_one(first: str, second: str) -> None:
    minter = iri.Minter()
    same = minter.department("653022", first) == minter.department("653022", second)
    assert same == (iri.normal(first) == iri.normal(second))


@given(_names)
def test_a_slug_leads_back_to_the_name_and_holds_no_slash(name: str) -> None:
    assert unquote(iri.slug(name)) == iri.normal(name)
    assert not set(iri.slug(name)) & set('/?#<>" {}|\\^`')


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("2026 年中央财政医疗服务与保障能力提升补助资金", "中央财政医疗服务与保障能力提升补助资金"),
        ("2025年度基金监管专项经费项目", "基金监管专项经费"),
        ("自治区财政人身意外伤害保险补助资金预算的通知巴财社〔2024〕94号", "自治区财政人身意外伤害保险补助资金预算"),
        ("线路租赁费项目", "线路租赁费"),
        ("项目", "项目"),
    ],
)
def test_a_projects_key_has_no_year_number_or_generic_suffix(name: str, key: str) -> None:
    assert iri.project_key(name) == key


def test_instances_live_under_the_chosen_base_and_codes_do_not() -> None:
    minter = iri.Minter("https://data.example.org/")
    assert minter.disclosure("ab" * 32) == "https://data.example.org/disclosure/abababababababab"
    assert minter.department("", "某局").startswith("https://data.example.org/dept/000000/")
    assert iri.code("functional/2024", "208").startswith(iri.VOCABULARY)


@pytest.mark.parametrize("base", ["data.example.org/", "https://data.example.org"])
def test_a_base_that_cannot_hold_instances_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="base"):
        Settings(base)
