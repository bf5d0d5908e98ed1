"""Document numbers: issuer, canonical form, and the title beside each."""

import pytest

from kg.extract.narrative_source import Source
from kg.extract.performance import Passage
from kg.extract.policy import CitationReader, Place, unique
from kg.readers.text import read_text
from kg.statements import PolicyCitation
from tests.compare_documents import FORM


def _citations(text: str, where: str = "basis") -> list[PolicyCitation]:
    source = Source.of_document(read_text("invented.txt", text.encode()))
    reader = CitationReader(FORM.narrative.policy)
    return list(reader.read(Passage(source, 0, len(source.text)), Place("projects", "甲项目", where)))


@pytest.mark.parametrize(
    ("text", "canonical", "title"),
    [
        ("根据阿财预【2024】0001 关于下达《工作会议纪要》的通知", "阿财预〔2024〕1号", "关于下达《工作会议纪要》的通知"),
        ("依据为《关于甲的通知》（新财社〔2024〕165号文件）", "新财社〔2024〕165号", "关于甲的通知"),
        ("依据为（新财社〔2024〕181 号），《关于甲的通知》文件", "新财社〔2024〕181号", "关于甲的通知"),
        ("阿财预【2024】1号《关于下达《工作会议纪要》的通知》。", "阿财预〔2024〕1号", "关于下达《工作会议纪要》的通知"),
        ("巴财社〔2024〕\n\n94号", "巴财社〔2024〕94号", ""),
        ("焉财社(2025)3号 2025年县级配套资金", "焉财社〔2025〕3号", "2025年县级配套资金"),
        ("财社［2025］12号", "财社〔2025〕12号", ""),
        ("根据疏财社〔2024〕7号", "疏财社〔2024〕7号", ""),
        ("依据为：伊州财社〔2024〕7号", "伊州财社〔2024〕7号", ""),
    ],
)
def test_number_and_title(text: str, canonical: str, title: str) -> None:
    (citation,) = _citations(text)
    assert (citation.canonical, citation.title) == (canonical, title)


def test_numbers_that_share_a_title() -> None:
    citations = _citations("克财社【2025】110号、陶财社【2025】59号关于提前下达甲资金预算的通知。")
    assert [(one.canonical, one.title) for one in citations] == [
        ("克财社〔2025〕110号", "关于提前下达甲资金预算的通知"),
        ("陶财社〔2025〕59号", "关于提前下达甲资金预算的通知"),
    ]


def test_printed_text_keeps_brackets_padding_and_the_missing_sign() -> None:
    (citation,) = _citations("根据阿财预【2024】0001 关于下达甲的通知")
    assert (citation.printed, citation.number) == ("阿财预【2024】0001", "0001")


def test_a_law_is_cited_by_its_title_in_a_basis_only() -> None:
    (law,) = _citations("立项依据为《社会保险法》。")
    assert (law.title, law.canonical, law.issuer) == ("社会保险法", "", "")
    assert _citations("按照《社会保险法》的要求", where="goal") == []


def test_an_order_has_its_number() -> None:
    (order,) = _citations("国家医疗保障局令（第 3 号）零售药店医疗保障定点管理暂行办法、统计报表", where="indicator")
    assert (order.issuer, order.number, order.title) == ("国家医疗保障局令", "3", "零售药店医疗保障定点管理暂行办法")


def test_a_document_counts_once_for_a_project() -> None:
    twice = _citations("巴财社〔2024〕94号") + _citations("巴财社【2024】94号，关于甲的通知")
    (one,) = unique(twice)
    assert (one.printed, one.title) == ("巴财社〔2024〕94号", "关于甲的通知")


def test_numbers_that_are_no_document_numbers() -> None:
    assert _citations("预算安排规模（2024）3号楼维修", where="goal") == []
