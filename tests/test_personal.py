"""Names and telephone numbers are found, and figures are not mistaken for them. All persons here are invented."""

from pathlib import Path

import pytest

from kg.document import Document
from kg.extract.personal import PersonalLabels, personal_data, personal_spans
from kg.readers.text import read_text
from tests.numbers import LANDLINE, MOBILE


def _read(text: str) -> Document:
    return read_text("invented.txt", text.encode())


def _found(text: str) -> list[str]:
    document = _read(text)
    data = personal_data(document)
    assert [document.quote(datum.span) for datum in data] == [datum.text for datum in data]
    assert personal_spans(document) == tuple(datum.span for datum in data)
    return [datum.text for datum in data]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"部门联系人\t钱小明\t联系电话\t{MOBILE}\t", ["钱小明", MOBILE]),
        (f"<b>单位联系人</b>\t\t钱小明\t<b>联系电话：</b>\t\t{MOBILE}", ["钱小明", MOBILE]),
        ("项目名称\t\t线路租赁费\t\t项目负责人\t\t古丽·买买提", ["古丽·买买提"]),
        (f"单位联系人 钱小明 联系电话： {LANDLINE}", ["钱小明", LANDLINE]),
        ("项目名称 线路租赁费 项目负责人 钱明", ["钱明"]),
        ("项目负责人\n\n钱明\n\n项目资金（万元）", ["钱明"]),
        ("联系人：钱 明　电话：（０９９１）１２３４５６７", ["钱 明", "（０９９１）１２３４５６７"]),
        ("联系电话：1234567", ["1234567"]),
        ("负责人：钱小明，详询139-0000-1234。", ["钱小明", "139-0000-1234"]),
        (f"联系人及电话\t钱小明 {MOBILE}", ["钱小明", MOBILE]),
    ],
)
def test_contacts_are_found(text: str, expected: list[str]) -> None:
    assert _found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "项目负责人\t\t\t其他资金\t0.00",
        "项目负责人\n\n项目资金（万元） 年度预算总额： 1548",
        f"单位：万元\n收入总计\t{MOBILE}.00\t支出总计\t1,390,000,123",
        "2026-1-1日至2026-12-31，共计229146名，每人每年30元",
        "克财社〔2024〕83号文件，代码2101501，152293人",
        "实行项目负责人制度，由负责人签字。",
    ],
)
def test_figures_and_labels_are_no_personal_data(text: str) -> None:
    assert _found(text) == []


def test_a_name_is_found_where_it_is_repeated() -> None:
    assert _found("项目负责人 钱小明\n\n由钱小明同志负责。") == ["钱小明", "钱小明"]


def test_a_short_name_inside_other_words_stays() -> None:
    assert _found("项目负责人 高原\n\n高原地区医疗保障") == ["高原"]


def test_labels_can_be_configured() -> None:
    labels = PersonalLabels(names=("经手者",))
    assert [datum.text for datum in personal_data(_read("经手者\t钱小明"), labels)] == ["钱小明"]


def test_every_seed_gives_its_contacts(seeds: list[Path]) -> None:
    counts = [len(personal_data(read_text(seed.name, seed.read_bytes()))) for seed in seeds]
    assert counts == [5, 8, 2, 6, 5]
