"""Links on the seeds and the corpus: what only several real documents tell together."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ingest import Toolbox, ingest
from kg.iri import Minter
from kg.links import build_links
from kg.questions import bind, find_question
from kg.settings import Settings
from kg.store import EmbeddedStore
from kg.validate import Outcome, Validation
from kg.validate.jobs import Judge, validate_store

COUNTY, PREFECTURE = "阿克陶县医疗保障局", "克孜勒苏柯尔克孜自治州医疗保障局"
LEAST_DIFFERENCE = Decimal(100)
"""What the prose rounds to, in 元."""


@pytest.fixture(scope="module")
def store(shared: Path, seeds: list[Path], tools: Toolbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """The seeds of a county and its prefecture, and two years of a subdistrict."""
    years = sorted((shared / "corpus" / "shanghai").glob("*subdistrict*.pdf"))
    assert len(years) == 2
    with EmbeddedStore(tmp_path_factory.mktemp("real") / "store") as made:
        assert not ingest([*seeds[:2], *years], made, Settings(), tools, lambda message: None).refused
        build_links(made, Minter())
        yield made


@pytest.fixture(scope="module")
def judged(store: EmbeddedStore) -> list[Validation]:
    whole = Judge.load()
    judge = Judge(whole.rules.only("POL-005", "YOY-006"), whole.context)
    return list(validate_store(store, Settings(), judge, lambda message: None, jobs=1))


def asked(store: EmbeddedStore, question: str, **values: str) -> list[dict[str, str]]:
    found = find_question(question)
    answer = store.query(found.text, bind(found, values))
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return [{name: getattr(row[name], "value", "") for name in names} for row in answer]


def test_one_notice_has_both_citations_and_both_numbers(store: EmbeddedStore) -> None:
    by_notice: dict[str, set[tuple[str, str]]] = {}
    for row in asked(store, "19"):
        by_notice.setdefault(row["document"], set()).add((row["departmentName"], row["number"]))
    shared_notices = [cited for cited in by_notice.values() if {department for department, _ in cited} == {COUNTY, PREFECTURE}]
    assert shared_notices == [{(PREFECTURE, "克财社〔2024〕83号"), (COUNTY, "克财社【2025】110号")}]


def test_that_they_contradict_is_a_finding_in_both(judged: list[Validation]) -> None:
    found = [(finding.actual, finding.expected) for validation in judged for finding in validation.findings if finding.rule == "POL-005"]
    assert sorted(map(str, found)) == sorted(
        map(str, [("克财社〔2024〕83号", "克财社【2025】110号"), ("克财社【2025】110号", "克财社〔2024〕83号")])
    )


def test_county_and_prefecture_are_connected(store: EmbeddedStore) -> None:
    relations = {row["relationEn"] for row in asked(store, "45", words=COUNTY, others=PREFECTURE)}
    assert relations >= {"cite one notice", "paid by one grant", "one field, one region above the other"}
    levels = {row["regionName"] for row in asked(store, "20", words="能力提升")}
    assert levels == {"新疆维吾尔自治区", "克孜勒苏柯尔克孜自治州", "阿克陶县"}


def test_two_years_are_one_department_and_agree(store: EmbeddedStore, judged: list[Validation]) -> None:
    compared = asked(store, "18", minimum="0")
    assert len({row["department"] for row in compared}) == 1
    assert {row["year"] for row in compared} == {"2025"}
    assert len(compared) > 5
    assert all(abs(Decimal(row["difference"])) < LEAST_DIFFERENCE for row in compared)
    (later,) = [validation for validation in judged if validation.document.endswith("2025-department-budget.pdf")]
    assert [said.outcome for said in later.outcomes if said.rule == "YOY-006"] == [Outcome.PASSED]


def test_a_project_is_followed_through_both_years(store: EmbeddedStore) -> None:
    found = asked(store, "42")
    assert [row["year"] for row in found] == ["2024", "2025"]
    assert len({row["identity"] for row in found}) == 1
