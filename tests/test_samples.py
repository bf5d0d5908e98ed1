"""The writer of disclosures, and the five examples it has written."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from kg.errors import RefusedFile
from kg.ingest import Toolbox, disclosure_of
from kg.records import Disclosure, Placement
from kg.samples import LAYOUTS, SampleDisclosure, dump_facts, load_facts, write_raw, write_text
from kg.samples.blocks import Table
from kg.samples.composing import compose
from kg.samples.form import TABLES
from kg.samples.layout_tabbed import grid
from kg.samples.sheets import WITHHELD

EXAMPLES = Path(__file__).parent.parent / "examples"
SEEDS = Path(__file__).parent.parent.parent / "shared" / "seeds"
FACTS = sorted((EXAMPLES / "facts").glob("*.yaml"))
NAMES = [path.stem for path in FACTS]
SEED_OF = {
    "653022-aketao-2026-department": "000",
    "653000-kezilesu-2026-department": "001",
    "652301-changji-2026-department": "002",
    "653001-atushi-2024-unit": "003",
    "652826-yanqi-2025-unit": "004",
}
Value = TypeVar("Value")
LONGEST_SHARED_RUN = 24
TEMPLATES = (
    "没有使用一般公共预算安排项目支出，一般公共预算项目支出情况表为空表",
    "没有使用政府性基金预算拨款安排的支出，政府性基金预算支出情况表为空表",
    "没有使用国有资本经营预算拨款安排的支出，国有资本经营预算支出情况表为空表",
    "没有委托业务费预算的支出，财政拨款委托业务费支出情况表为空表",
    "没有上年结转结余预算安排的支出，上年结转结余情况表为空表",
    "没有上年结转结余预算安排的支出，上年结转结余情况明细表为空表",
    "上级一般公共预算安排的转移支付资金",
    "比上年预算增加",
    "比上年预算减少",
    "万元，增长",
    "万元，下降",
    "主要原因是",
    "主要包括：",
    "主要用于",
    "均未安排",
    "其中：因公出国（境）费",
    "公务用车购置",
    "公务用车运行费",
    "公务用车运行维护费",
    "公务接待费",
    "财政拨款“三公”经费",
    "预算数为",
    "无下属预算单位",
    "编制数",
    "实有人数",
    "政府采购货物预算",
    "政府采购工程预算",
    "面向中小企业预留政府采购项目预算金额",
    "及下属各预算单位",
    "占用使用国有资产总体情况为",
    "一般公务用车",
    "执法执勤用车",
    "预算绩效管理整体预算绩效目标",
    "当年预算安排项目共",
    "涉及预算金额",
    "当年财政拨款项目",
    "当年非财政拨款项目",
    "上年结转结余",
    "收支预算情况的总体说明",
    "收入预算情况说明",
    "支出预算情况说明",
    "财政拨款收支预算情况的总体说明",
    "一般公共预算当年拨款",
    "一般公共预算拨款合计",
    "一般公共预算基本支出",
    "一般公共预算项目支出情况说明",
    "政府性基金预算拨款情况说明",
    "国有资本经营预算拨款情况说明",
    "财政拨款委托业务费支出情况说明",
    "一般公共预算支出包括：",
    "支出预算包括：",
    "收入预算",
    "支出预算",
    "机关运行经费财政拨款预算",
    "项目名称：",
    "政策依据：",
    "共计",
)
"""Phrases that the form prescribes and every publisher prints; shared text is measured between them."""


@pytest.fixture(scope="module", params=FACTS, ids=NAMES)
def example(request: pytest.FixtureRequest) -> tuple[str, SampleDisclosure, str]:
    """Name, facts and committed text of an example."""
    return request.param.stem, load_facts(request.param), (EXAMPLES / f"{request.param.stem}.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def seeds() -> dict[str, str]:
    if not SEEDS.is_dir():
        pytest.skip("skipped: shared data not present")
    return {path.name[:3]: path.read_text(encoding="utf-8") for path in SEEDS.glob("*.txt")}


@pytest.fixture(scope="module")
def tools() -> Toolbox:
    return Toolbox.load()


def values(thing: object, kind: type[Value]) -> Iterator[Value]:
    """Every value of that kind anywhere in a sample."""
    if isinstance(thing, kind):
        yield thing
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from values(getattr(thing, field.name), kind)
    elif isinstance(thing, tuple):
        for item in thing:
            yield from values(item, kind)
    elif hasattr(thing, "values"):
        for item in thing.values():
            yield from values(item, kind)


def plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def test_there_are_five_examples() -> None:
    assert sorted(NAMES) == sorted(SEED_OF)
    assert sorted(path.stem for path in EXAMPLES.glob("*.txt")) == NAMES


def test_facts_survive_the_file(example: tuple[str, SampleDisclosure, str], tmp_path: Path) -> None:
    _, sample, _ = example
    path = tmp_path / "facts.yaml"
    path.write_text(dump_facts(sample), encoding="utf-8")
    assert load_facts(path) == sample


def test_the_committed_text_is_what_the_facts_say(example: tuple[str, SampleDisclosure, str]) -> None:
    name, sample, text = example
    assert write_text(sample) == text, f"write examples/{name}.txt again"
    assert write_text(sample) == write_text(sample)


def test_every_figure_is_printed(example: tuple[str, SampleDisclosure, str]) -> None:
    _, sample, text = example
    printed = {Decimal(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}
    stated = set(values(sample, Decimal))
    missing = {value for value in stated if value not in printed and value / 10_000 not in printed}
    assert len(stated) > 50
    assert not missing


def test_every_text_is_printed(example: tuple[str, SampleDisclosure, str]) -> None:
    _, sample, text = example
    told = plain(text)
    stated = [*values(sample.narrative, str), *values(sample.projects, str), *values(sample.sheets, str)]
    keys = {key for form in TABLES.values() for key in form.columns} | set(TABLES) | {"operating-cost", "whole", "project"}
    unprinted = {plain(text) for text in stated if not text.isdigit() and text not in keys and plain(text) not in told}
    numbers = {document.issuer for project in sample.projects for document in project.policies}
    assert unprinted - numbers == set()


def test_nobody_is_named(example: tuple[str, SampleDisclosure, str], seeds: dict[str, str]) -> None:
    name, _, text = example
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)|\d{3,4}-\d{7,8}", text)
    labels = "联系人|项目负责人|联系电话：?"
    people = set(re.findall(rf"(?:{labels})(?:</b>)?\s+(?:<b>)?([^\s<]{{2,}})", seeds[SEED_OF[name]]))
    people -= {person for person in people if person.startswith(("联系电话", "项目资金"))}
    assert people
    assert not [person for person in people if person in text]
    assert text.count(WITHHELD) == 2 + (text.count("项目负责人"))


def test_the_wording_is_our_own(example: tuple[str, SampleDisclosure, str], seeds: dict[str, str]) -> None:
    _, sample, text = example
    runs = [run for run in _shared_runs(text, sample, seeds) if len(run) > LONGEST_SHARED_RUN]
    assert not runs


def _shared_runs(text: str, sample: SampleDisclosure, seeds: dict[str, str]) -> Iterator[str]:
    """The longest runs of Chinese characters, line by line and between names and template phrases, that a seed has too."""
    source = "\n".join(_han(seed) for seed in seeds.values())
    named = {plain(name) for name in _names(sample)} | {plain(phrase) for phrase in TEMPLATES}
    allowed = re.compile("|".join(re.escape(name) for name in sorted(named, key=len, reverse=True) if name))
    for cell in re.split(r"[\t\n]", text):
        for piece in allowed.split(plain(re.sub(r"</?b>|\*\*|#", "", cell))):
            run = _han(piece)
            start = 0
            while start < len(run):
                end = start + 1
                while end <= len(run) and run[start:end] in source:
                    end += 1
                yield run[start : end - 1]
                start = max(end - 1, start + 1)


def _han(text: str) -> str:
    return re.sub(r"[^一-鿿]", "", text)


def _names(sample: SampleDisclosure) -> Iterator[str]:
    """Names of bodies, codes, projects, indicators and documents: facts that cannot be told in other words."""
    yield sample.issuer
    yield from sample.overview.offices
    yield from sample.overview.managed
    for table in sample.tables:
        yield from (row.name or row.key.removeprefix("item:") for row in table.rows)
        yield from (row.project for row in table.rows)
    for project in sample.projects:
        yield project.name
        yield from (document.title for document in project.policies)
        yield from (document.printed for document in project.policies)
        yield from (part.name for part in project.allocation)
    for sheet in sample.sheets:
        yield sheet.project
        yield from (indicator.level3 for indicator in sheet.indicators)
    for item in sample.narrative.general_budget.items:
        yield from item.names
    yield from (item.name for item in (sample.carry_over.items if sample.carry_over else ()))
    yield from sample.narrative.basic.staff_items
    yield from sample.narrative.basic.running_items


@pytest.mark.parametrize("layout", LAYOUTS)
def test_tables_are_rectangular(example: tuple[str, SampleDisclosure, str], layout: str) -> None:
    sample = without_fine_digits(example[1])
    tables = [block for block in compose(sample, LAYOUTS[layout]) if isinstance(block, Table)]
    for table in tables:
        width = len(grid(table.head)[0]) if table.head else len(table.rows[0].cells)
        assert {len(row.cells) for row in table.rows} <= {width}


def without_fine_digits(sample: SampleDisclosure) -> SampleDisclosure:
    """The sample with sheet amounts that every layout can print (one seed has three decimals)."""
    coarse = tuple(replace(sheet, funds={key: round(amount, -2) for key, amount in sheet.funds.items()}) for sheet in sample.sheets)
    return replace(sample, sheets=coarse)


def test_a_layout_refuses_a_figure_it_would_cut() -> None:
    sample = load_facts(EXAMPLES / "facts" / "653022-aketao-2026-department.yaml")
    with pytest.raises(ValueError, match=r"5\.479 cannot be printed with 2 decimals"):
        write_text(sample, replace(LAYOUTS[sample.layout], sheet_decimals=2))


def test_a_layout_refuses_a_figure_it_has_no_column_for() -> None:
    sample = load_facts(EXAMPLES / "facts" / "652301-changji-2026-department.yaml")
    revenue = next(table for table in sample.tables if table.kind == "revenue")
    row = replace(revenue.rows[0], cells={"state-capital-transfer": Decimal(10_000)})
    changed = tuple(replace(table, rows=(row,)) if table is revenue else table for table in sample.tables)
    with pytest.raises(ValueError, match="no column state-capital-transfer"):
        write_text(replace(sample, tables=changed))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("fiscal_year: 2026", "fiscal_year: 二〇二六", "line 3, fiscal_year: '二〇二六' is not a whole number"),
        ("signed: 2026-03-13", "signed: 2026-3", "line 5, signed: '2026-3' is not a date (YYYY-MM-DD)"),
        ("kind: department", "kind: office", "line 4, kind: 'office' is not one of department, unit"),
        ("region: 652301\n", "", "line 1, the disclosure: the field 'region' is missing"),
        ("layout: city-bold", "layout: fancy", "line 7, layout: no layout 'fancy'"),
        ("region: 652301", "regoin: 652301", "line 2, the disclosure: unknown field 'regoin'"),
        ("{total: 679.83}", "{totl: 679.83}", "has no column 'totl'"),
        ("{total: 679.83}", "{total: '1,2'}", "'1,2' is not an amount in 万元, without separators"),
        ("- kind: revenue\n", "- kind: revenues\n", "no table kind 'revenues'"),
        ("  duties:\n", "  duties: none\n  offices:\n", "line 9, overview.duties: expected a list"),
        ("issuer:", "issuer: [", "not YAML"),
    ],
)
def test_errors_name_line_and_field(before: str, after: str, message: str, tmp_path: Path) -> None:
    good = (EXAMPLES / "facts" / "652301-changji-2026-department.yaml").read_text(encoding="utf-8")
    assert before in good
    path = tmp_path / "facts.yaml"
    path.write_text(good.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(RefusedFile) as refusal:
        load_facts(path)
    assert message in str(refusal.value)
    assert str(refusal.value).startswith("facts.yaml, line ")


def test_extraction_reads_back_what_was_written(example: tuple[str, SampleDisclosure, str], tools: Toolbox) -> None:
    name, sample, _ = example
    disclosure = disclosure_of(EXAMPLES / f"{name}.txt", tools)
    assert (disclosure.issuer, disclosure.fiscal_year, disclosure.kind) == (sample.issuer, sample.fiscal_year, sample.kind)
    assert disclosure.signed == sample.signed
    assert disclosure.region == sample.region
    assert {cell.placement for table in disclosure.tables for cell in table.observations} == {Placement.READ}
    assert read_figures(disclosure) == stated_figures(sample)


@pytest.mark.parametrize(
    "name",
    [
        "653022-aketao-2026-department",
        "653001-atushi-2024-unit",
    ],
)
def test_a_shifted_print_is_put_right(name: str, tools: Toolbox, tmp_path: Path) -> None:
    sample = load_facts(EXAMPLES / "facts" / f"{name}.yaml")
    path = tmp_path / "shifted.txt"
    text = write_text(sample, replace(LAYOUTS[sample.layout], revenue_shift=True))
    assert text != write_text(sample)
    path.write_text(text, encoding="utf-8")
    assert read_figures(disclosure_of(path, tools)) == stated_figures(sample)


def test_raw_text_is_never_misread(example: tuple[str, SampleDisclosure, str], tools: Toolbox, tmp_path: Path) -> None:
    _, sample, _ = example
    path = tmp_path / "raw.txt"
    layout = replace(LAYOUTS[sample.layout], column_numbers=False)
    path.write_text(write_raw(sample, layout), encoding="utf-8")
    assert "\t" not in path.read_text(encoding="utf-8")
    stated, read = stated_figures(sample), read_figures(disclosure_of(path, tools))
    assert read.items() <= stated.items()
    assert len(read) > 0.8 * len(stated)


def read_figures(disclosure: Disclosure) -> dict[tuple[str, str, str, str], Decimal]:
    """What extraction found, by table, row, project and column; figures without a column are left out."""
    figures = {}
    for table in disclosure.tables:
        rows = {row.position: row for row in table.rows}
        for cell in table.observations:
            row = rows[cell.row]
            project = "" if row.key.startswith("item:") else row.project
            if cell.column:
                figures[table.kind, plain(row.key), plain(project), cell.column] = cell.amount
    return figures


def stated_figures(sample: SampleDisclosure) -> dict[tuple[str, str, str, str], Decimal]:
    """The figures of a sample in the same form; rows that carry the department's name are no facts."""
    return {
        (table.kind, plain(row.key), plain(row.project), column): amount
        for table in sample.tables
        for row in table.rows
        if row.key != "issuer"
        for column, amount in row.cells.items()
    }
