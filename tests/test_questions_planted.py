"""Questions that find nothing, or little, on the examples: asked where a fault was planted, and on two years of a department."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from kg.ingest import Toolbox, ingest
from kg.iri import Minter, project_key
from kg.links import build_links
from kg.samples import SampleDisclosure, load_facts, write_text
from kg.samples.generate import generate
from kg.samples.plant import Planted, plant
from kg.settings import Settings
from kg.store import EmbeddedStore, Snapshot
from kg.validate.jobs import Judge, validate_store
from tests.conftest import ROOT
from tests.test_questions import rows

FACTS = ROOT / "examples" / "facts"
PLANTS = {
    "653000-kezilesu-2026-department": "PRJ-002",
    "653022-aketao-2026-department": "EMP-001",
    "652301-changji-2026-department": "XT-005",
}
"""A fault for each of three examples."""


@pytest.fixture(scope="module")
def planted() -> dict[str, Planted]:
    return {rule: plant(load_facts(FACTS / f"{stem}.yaml"), rule, Random(1)) for stem, rule in PLANTS.items()}


@pytest.fixture(scope="module")
def faulty(planted: dict[str, Planted], tmp_path_factory: pytest.TempPathFactory, tools: Toolbox) -> Snapshot:
    """The three examples with their faults, validated."""
    folder = tmp_path_factory.mktemp("faulty")
    for rule, fault in planted.items():
        (folder / f"{rule}.txt").write_text(write_text(fault.sample), "utf-8")
    return stored(folder, tools, validated=True)


def stored(folder: Path, tools: Toolbox, validated: bool) -> Snapshot:
    with EmbeddedStore(folder / "store") as store:
        report = ingest(sorted(folder.glob("*.txt")), store, Settings(), tools, lambda message: None)
        assert not report.refused
        build_links(store, Minter())
        if validated:
            list(validate_store(store, Settings(), Judge.load(), lambda message: None))
    return Snapshot(folder / "store")


def test_a_project_without_its_sheet(faulty: Snapshot, planted: dict[str, Planted]) -> None:
    fault = planted["PRJ-002"]
    (row,) = rows(faulty, "24")
    assert row["departmentName"] == fault.sample.issuer
    assert row["projectName"] in {"".join(project.name.split()) for project in fault.sample.projects}
    assert row["amount"] is not None


def test_an_empty_table_without_its_note(faulty: Snapshot, planted: dict[str, Planted]) -> None:
    fault = planted["EMP-001"]
    (row,) = rows(faulty, "32")
    assert row["departmentName"] == fault.sample.issuer
    assert str(row["tableKind"]).endswith(f"/{fault.place.section}")
    assert row["tableKindName"]
    assert row["tableKindNameEn"]
    assert row["line"]


def test_a_difference_between_two_tables(faulty: Snapshot, planted: dict[str, Planted]) -> None:
    fault = planted["XT-005"]
    found = [row for row in rows(faulty, "34") if row["ruleId"] == "XT-005"]
    (row,) = found
    assert row["departmentName"] == fault.sample.issuer
    assert {row["expected"], row["actual"]} >= {Decimal(6_798_300)}, "one of the two is still the total of the unharmed table"
    assert isinstance(row["actual"], Decimal)
    assert isinstance(row["expected"], Decimal)
    assert row["difference"] == row["actual"] - row["expected"] != 0
    assert all(str(each["ruleId"]).startswith("XT-") for each in rows(faulty, "34"))


def test_one_fact_with_two_values(faulty: Snapshot, planted: dict[str, Planted]) -> None:
    """XT-005 is of tolerance class S; a missing note (class E) is not among them."""
    found = rows(faulty, "35")
    assert "XT-005" in {row["ruleId"] for row in found}
    assert not {row["ruleId"] for row in found} & {"EMP-001", "PRJ-002"}
    assert {row["ruleName"] is not None and row["ruleNameEn"] is not None for row in found} == {True}


def test_most_violated_counts_what_the_findings_are(faulty: Snapshot) -> None:
    found = rows(faulty, "44")
    by_rule = {str(row["rule"]).rsplit("/", 1)[-1]: row["findings"] for row in found if row["view"] == "rule"}
    assert by_rule["EMP-001"] == 1
    by_department = [row["findings"] for row in found if row["view"] == "department"]
    assert sum(count for count in by_department if isinstance(count, Decimal)) == sum(
        count for count in by_rule.values() if isinstance(count, Decimal)
    )


def made_up() -> Iterator[SampleDisclosure]:
    """Three years of eight departments, the same at every call."""
    return generate(11, 8, (2024, 2025, 2026))


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory, tools: Toolbox) -> Snapshot:
    """Three years of the made-up departments."""
    folder = tmp_path_factory.mktemp("years")
    for number, sample in enumerate(made_up()):
        (folder / f"{number:02}.txt").write_text(write_text(sample), "utf-8")
    return stored(folder, tools, validated=False)


def expenditure_codes() -> dict[tuple[str, int], set[str]]:
    """The item codes of the expenditure tables, from the samples themselves."""
    found: dict[tuple[str, int], set[str]] = {}
    for sample in made_up():
        table = sample.table("expenditure")
        assert table is not None
        found[(sample.issuer, sample.fiscal_year)] = {
            row.key for row in table.rows if len(row.key) == 7 and row.key.isdigit() and row.cells
        }
    return found


def test_codes_new_or_dropped_between_published_years(years: Snapshot) -> None:
    codes = expenditure_codes()
    expected = set()
    for issuer in {issuer for issuer, _ in codes}:
        published = sorted(year for name, year in codes if name == issuer)
        for code in set().union(*(codes[(issuer, year)] for year in published)):
            present = [year for year in published if code in codes[(issuer, year)]]
            if present[0] > published[0]:
                expected.add((issuer, Decimal(present[0]), code, "new"))
            if present[-1] < published[-1]:
                expected.add((issuer, Decimal(present[-1] + 1), code, "dropped"))
    found = {(row["departmentName"], row["year"], row["code"], row["statusEn"]) for row in rows(years, "16") if row["basis"] == "published"}
    assert expected
    assert found == expected


def test_three_public_changes_above_a_limit(years: Snapshot) -> None:
    """Every change of at least 1 元 of the samples, none of 0."""
    expected = set()
    for sample in made_up():
        for item, change in sample.narrative.three_public.changes.items():
            if change.amount:
                sign = -1 if change.direction == "减少" else 1
                expected.add((sample.issuer, Decimal(sample.fiscal_year), item, sign * change.amount))
    found = {
        (row["departmentName"], row["year"], str(row["item"]).rsplit("/", 1)[-1], row["change"]) for row in rows(years, "7", minimum="1")
    }
    assert expected
    assert found == expected


def test_generated_years_agree_with_each_other(years: Snapshot) -> None:
    """Consistent budgets: every comparison is there, and none is off by more than rounding."""
    compared = rows(years, "18", minimum="0")
    assert len({(row["departmentName"], row["year"]) for row in compared}) == 16
    assert rows(years, "18", minimum="201") == []


def test_a_project_through_its_years(years: Snapshot) -> None:
    found = rows(years, "42")
    assert found
    by_project: dict[str, list[dict[str, str | Decimal | None]]] = {}
    for row in found:
        by_project.setdefault(str(row["identity"]), []).append(row)
    stated = {
        (sample.issuer, sample.fiscal_year, project_key(project.name)): project.amount
        for sample in made_up()
        for project in sample.projects
    }
    checked = 0
    for each in by_project.values():
        assert len({row["year"] for row in each}) == each[0]["years"]
        for row in each:
            amount = stated.get((str(row["departmentName"]), int(str(row["year"])), project_key(str(row["projectName"]))))
            if amount is not None and row["amount"] is not None:
                checked += row["amount"] == amount
    assert checked > 10
