"""What the prose says: against the gold list, against facts read by hand, and under changes that must not matter."""

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.document import Document
from kg.errors import FormPackError
from kg.extract.narrative_flat import to_flat
from kg.extract.personal import personal_data
from kg.extract.prose import unify
from kg.forms.statements_schema import load_statements_form
from kg.ingest import Toolbox
from kg.readers.text import read_text
from kg.samples import LAYOUTS, Layout, SampleDisclosure, load_facts, write_raw, write_text
from kg.statements import BasePhase, Direction, Heading, Statements
from tests.compare_documents import FORM, PACK, compare, read_statements, statements_of

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden" / "statements"
SEEDS_BY_EYE = ("001", "002", "003")

KINDS = {
    *("change", "share", "narrative-item", "project", "allocation", "subsidy", "policy", "sheet", "indicator"),
    *("staffing", "procurement", "asset", "operating-cost", "three-public", "carry-over-item", "glossary"),
    *("office", "duty"),
}


def _read(text: str, name: str = "text.txt") -> Document:
    return read_text(name, text.encode())


def _statements(text: str) -> Statements:
    return statements_of(_read(text))


def _section(title: str, *lines: str) -> Statements:
    return _statements("\n\n".join((title, *lines)))


# --- against the gold list


@pytest.mark.parametrize("name", ["000_f09aa091ff60ce74.txt", "004_8019a2ac96ad9f35.txt"])
def test_everything_in_the_gold_list_is_said(name: str, shared: Path, tools: Toolbox) -> None:
    gold = json.loads((shared / "gold" / "documents.json").read_text("utf-8"))
    comparisons = list(compare(read_statements(shared / "seeds" / name, tools), gold[name]))
    assert len(comparisons) > 600
    assert [one for one in comparisons if not one.equal] == []


# --- against lists written by the extractor and checked by eye, the document beside them


def _facts(statements: Statements) -> dict[str, Any]:
    """The facts of a document without its sentences: what a reader can check with the document beside the list."""

    def text(value: Decimal | None) -> str | None:
        return None if value is None else f"{value.normalize():f}"

    return {
        "counts": {
            kind: len(getattr(statements, kind))
            for kind in (
                *("changes", "shares", "items", "figures", "lists", "uses", "declarations", "policies", "sheets"),
                *("indicators", "glossary", "offices", "duties", "notes"),
            )
        },
        "changes": [
            [
                *(one.section, one.key or one.code, text(one.amount.value if one.amount else None)),
                *(text(one.change.value), one.direction.value, str(one.percent), bool(one.reason)),
            ]
            for one in statements.changes
        ],
        "shares": [[one.of, one.key or one.subject, text(one.amount.value), str(one.percent)] for one in statements.shares],
        "figures": [
            [one.group, one.measure, text(one.value), one.unit, text(one.change), one.as_of.isoformat() if one.as_of else None]
            for one in statements.figures
        ],
        "projects": [
            [
                *(one.name, one.code, text(one.amount.value if one.amount else None)),
                *(text(fund.value) if fund else None for fund in (one.fiscal, one.other)),
                *(str(one.start), str(one.end)),
            ]
            for one in statements.projects
        ],
        "allocations": [[one.project, one.item, text(one.amount.value)] for one in statements.allocations],
        "subsidies": [[one.project, text(one.headcount), text(one.standard), one.standard_unit] for one in statements.subsidies],
        "policies": [[one.project, one.printed, one.canonical, one.title, one.where] for one in statements.policies],
        "carry_over": [[one.name, text(one.amount.value)] for one in statements.carry_over],
        "sheets": [
            [
                *(one.scope, one.project, one.described, one.matched_by),
                *(text(part.value) if part else None for part in (one.amount, one.fiscal)),
                *(text(part.value) if part else None for part in (one.fiscal_upper, one.fiscal_own, one.other)),
            ]
            for one in statements.sheets
        ],
        "indicators": [
            [
                *(one.sheet, one.level1, one.level2, one.level3, one.operator, text(one.value) or one.printed, one.unit),
                *(text(one.weight), one.last, one.scoring, one.evidence, list(one.mended)),
            ]
            for one in statements.indicators
        ],
        "offices": [[one.name, one.relation] for one in statements.offices],
    }


@pytest.mark.parametrize("seed", SEEDS_BY_EYE)
def test_facts_checked_by_eye(seed: str, seeds: list[Path], tools: Toolbox, request: pytest.FixtureRequest) -> None:
    path = next(path for path in seeds if path.name.startswith(seed))
    golden = GOLDEN / f"{seed}.json"
    facts = _facts(read_statements(path, tools))
    if request.config.getoption("--regenerate-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text("{\n" + ",\n".join(f'"{key}": {_rows(rows)}' for key, rows in facts.items()) + "\n}\n", "utf-8")
    assert facts == json.loads(golden.read_text("utf-8"))


def _rows(rows: list[object] | dict[str, int]) -> str:
    """JSON with one row a line, so that a difference says which fact moved."""
    if isinstance(rows, dict):
        return json.dumps(rows)
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"


def test_every_sheet_but_the_known_ones_weighs_ninety(seeds: list[Path], tools: Toolbox) -> None:
    """Weights are an independent check of the rows: they add up to 90 wherever the publisher kept the form."""
    weights = {}
    for path in seeds:
        statements = read_statements(path, tools)
        for sheet in statements.sheets:
            rows = [one.weight or Decimal(0) for one in statements.indicators if one.sheet == sheet.number]
            weights[path.name[:3], sheet.number] = sum(rows)
    assert {place: weight for place, weight in weights.items() if weight != 90} == {("000", 3): 70, ("000", 4): 70}


# --- every number of the prose has its place


_NUMBER = re.compile(r"\d[\d,]*(\.\d+)?")
_YEAR_OR_DATE = re.compile(r"20\d\d\s*年(\s*\d{1,2}\s*月\s*\d{1,2}\s*日)?")
_ORDINAL = re.compile(r"(?m)^[ \-]*\d{1,2}[.、]|^\d{1,3}$")


def test_every_number_of_the_prose_is_a_fact_a_year_or_an_ordinal(seeds: list[Path]) -> None:
    for path in seeds:
        document = _read(path.read_text("utf-8"), path.name)
        statements = statements_of(document)
        start = [one.span.start for one in statements.headings if one.section == "explanation"][-1]
        covered = [(one.span.start, one.span.end) for one in statements.all()]
        covered += [(one.span.start, one.span.end) for one in personal_data(document)]
        covered += [match.span() for match in _YEAR_OR_DATE.finditer(document.text)]
        covered += [match.span() for match in _ORDINAL.finditer(document.text)]
        left = [
            document.text[match.start() - 20 : match.end() + 10]
            for match in _NUMBER.finditer(document.text, start)
            if not any(first <= match.start() and match.end() <= last for first, last in covered)
        ]
        assert left == [], path.name


def test_spans_lead_to_the_statement(seeds: list[Path]) -> None:
    for path in seeds:
        document = _read(path.read_text("utf-8"), path.name)
        for figure in statements_of(document).figures:
            quoted = re.sub(r"\s", "", document.quote(figure.span))
            assert figure.printed in quoted
            assert document.text.count("\n", 0, figure.span.start) + 1 == figure.span.line


def test_no_contact_is_in_any_statement(seeds: list[Path]) -> None:
    for path in seeds:
        document = _read(path.read_text("utf-8"), path.name)
        statements = statements_of(document)
        said = "\n".join(json.dumps(fact, ensure_ascii=False) for fact in to_flat(statements)) + repr(statements)
        for datum in personal_data(document):
            assert datum.text not in said


def test_the_flat_form_has_the_kinds_of_the_definition(seeds: list[Path], tools: Toolbox) -> None:
    kinds = set()
    for path in seeds:
        for fact in to_flat(read_statements(path, tools)):
            assert {"document", "kind", "section", "line"} <= set(fact)
            json.dumps(fact)
            kinds.add(fact["kind"])
    assert kinds == KINDS


# --- changes of form that are no changes of fact


@lru_cache(maxsize=16)
def _signature(text: str) -> list[str]:
    """All records of a text without their places, in one width and without the words 部门 and 单位."""
    records = [record for record in _statements(text).all() if not isinstance(record, Heading)]
    texts = [re.sub(r"span=Span\([^)]*\)(, )?", "", repr(record)) for record in records]
    return [re.sub(r"[\s\[\]()〔〕【】']|部门|单位", "", unify(text)) for text in texts]


def _to_unit(text: str) -> str:
    return text.replace("部门", "单位")


def _to_department(text: str) -> str:
    return re.sub(r"单位(?=预算|整体|名称|联系人|概况|收支|收入总|支出总|运行)|(?<=[本及])单位", "部门", text)


def _half_width(text: str) -> str:
    return text.translate(str.maketrans("（）：，；【】", "():,;[]"))


def _full_width(text: str) -> str:
    return re.sub(r"(?<![\d>]),|,(?!\d)", "，", text.replace("(", "（").replace(")", "）")).replace("〔", "［").replace("〕", "］")


def _no_spaces(text: str) -> str:
    return re.sub(r"(?<=[^\s\d#\-]) +(?=\d)|(?<=[\d.]) +(?=[^\s\d])", "", text)


def _more_spaces(text: str) -> str:
    return re.sub(r"(?<![\d.,])(\d[\d.,]*)(?=[^\d.,\n])", r" \1 ", text)


def _outside_sheets(change: Callable[[str], str]) -> Callable[[str], str]:
    """A change for everything but the sheets of raw text: there spaces are the borders of cells."""

    def changed(text: str) -> str:
        return "\n".join(line if in_sheet else change(line) for line, in_sheet in _lines(text))

    return changed


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    in_sheet = False
    for line in text.split("\n"):
        in_sheet = (in_sheet or ("绩效目标表" in line and len(line) < 20)) and "其他需说明" not in line
        yield line, in_sheet and "\t" not in line


@pytest.mark.parametrize("change", [_to_unit, _to_department, _half_width, _full_width, _outside_sheets(_no_spaces), _more_spaces])
def test_wording_width_and_spaces_change_no_fact(change: Callable[[str], str], seeds: list[Path]) -> None:
    for path in seeds:
        text = path.read_text("utf-8")
        assert _signature(change(text)) == _signature(text), path.name


@pytest.mark.parametrize("seed", range(8))
def test_page_breaks_inside_sentences_change_no_fact(seed: int, seeds: list[Path]) -> None:
    for path in seeds:
        text = path.read_text("utf-8")
        assert _signature(_broken(text, seed)) == _signature(text), path.name


def _broken(text: str, seed: int) -> str:
    """The text with a page break inside some of its sentences: never in a row of cells, an ordinal or a sheet of raw text."""
    chance = random.Random(seed)
    lines = []
    for line, in_sheet in _lines(text):
        if len(line) > 30 and "\t" not in line and not in_sheet and not line.startswith(("#", "表", "编制", "**")):
            at = chance.randrange(12, len(line) - 2)
            if line[at - 1] not in "。：:*" and not line[at - 1].isdigit():
                line = line[:at] + "\n\n" + line[at:]
        lines.append(line)
    return "\n".join(lines)


# --- what a writer of documents puts in is what comes out


@pytest.fixture(scope="module")
def samples() -> list[SampleDisclosure]:
    found = [load_facts(path) for path in sorted((ROOT / "examples" / "facts").glob("*.yaml"))]
    assert len(found) == 5
    return found


@pytest.mark.parametrize("write", [write_text, write_raw])
def test_written_facts_are_read_again(write: Callable[[SampleDisclosure, Layout], str], samples: list[SampleDisclosure]) -> None:
    for sample in samples:
        statements = _statements(write(sample, LAYOUTS[sample.layout]))
        assert statements.fiscal_year == sample.fiscal_year
        assert [
            (one.name, one.amount.value if one.amount else None, one.undertaker, one.start, one.end) for one in statements.projects
        ] == [(one.name, one.amount, one.undertaker, one.start, one.end) for one in sample.projects]
        said = [(one.project, one.amount.value) for one in statements.allocations]
        parts = [(one.name, part.amount) for one in sample.projects for part in one.allocation]
        parts += [(one.name, one.amount) for one in sample.projects if not one.allocation]
        assert sorted(said) == sorted(parts)
        assert [(one.headcount, one.scope) for one in statements.subsidies] == [
            (one.subsidy.headcount, one.subsidy.scope) for one in sample.projects if one.subsidy
        ]
        basis = [one for one in statements.policies if one.where == "basis"]
        cited = [(one.name, document) for one in sample.projects for document in one.policies]
        numbers = {(name, document.issuer, document.number) for name, document in cited if document.number}
        assert {(one.project, one.issuer, one.number) for one in basis if one.number} == numbers
        titles = {(name, "".join(document.title.split())) for name, document in cited if document.title}
        assert titles <= {(one.project, one.title) for one in basis}
        assert [(one.scope, one.project) for one in statements.sheets] == [(one.scope.value, one.project) for one in sample.sheets]
        assert [(one.sheet, one.level3, one.weight, one.scoring) for one in statements.indicators] == [
            (number, "".join(row.level3.split()), row.weight, row.scoring)
            for number, sheet in enumerate(sample.sheets, start=1)
            for row in sheet.indicators
        ]


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_text_with_and_without_cells_say_the_same(layout: str, samples: list[SampleDisclosure]) -> None:
    compared = 0
    for sample in samples:
        try:
            tabbed, raw = write_text(sample, LAYOUTS[layout]), write_raw(sample, LAYOUTS[layout])
        except ValueError:  # a style with two decimals cannot print facts with three
            continue
        assert _signature(raw) == _signature(tabbed), sample.issuer
        compared += 1
    assert compared >= 4


# --- single sentences


def test_a_reason_may_hold_full_stops_and_ends_before_the_next_statement() -> None:
    statements = _section(
        "三、关于甲县乙局2026年支出预算情况说明",
        "甲县乙局2026年支出预算30.00万元，其中：基本支出10.00万元，占33.33%，比上年预算增加1.00万元，增长11.11%，"
        "主要原因是在职人员27人，比上年增加6人。人员增加，费用增长。项目支出20.00万元，占66.67%，比上年预算执行数"
        "减少5.00万元，下降20.00%，主要原因是：一是压缩开支；二是项目完工。",
        "另一段说明。",
    )
    basic, project = statements.changes
    assert basic.reason == "在职人员27人，比上年增加6人。人员增加，费用增长"
    assert project.reason == "一是压缩开支；二是项目完工"
    assert (basic.base_phase, project.base_phase) == (BasePhase.BUDGET, BasePhase.EXECUTION)
    assert (basic.prior, project.prior) == (Decimal("90000"), Decimal("250000"))
    assert [share.percent for share in statements.shares] == [Decimal("33.33"), Decimal("66.67")]


@pytest.mark.parametrize(
    ("sentence", "direction", "change", "percent_direction"),
    [
        ("比上年预算增加2.00万元，下降25.00%，主要原因是甲。", Direction.INCREASE, "20000", Direction.DECREASE),
        ("与上年持平。", Direction.UNCHANGED, "0", None),
        ("比2025年预算减少约2万元，下降16.67%。", Direction.DECREASE, "20000", Direction.DECREASE),
    ],
)
def test_directions(sentence: str, direction: Direction, change: str, percent_direction: Direction | None) -> None:
    (one,) = _section("二、关于甲县乙局2026年收入预算情况说明", f"单位资金10.00万元，占5.00%，{sentence}").changes
    assert (one.direction, one.change.value, one.percent_direction) == (direction, Decimal(change), percent_direction)
    assert one.base_year == 2025
    assert one.change.about == ("约" in sentence)


def test_an_item_that_only_its_reason_names_is_no_statement() -> None:
    statements = _section(
        "（三）一般公共预算当年拨款具体使用情况",
        "10、卫生健康支出（类）行政事业单位医疗（款）行政单位医疗（项）：2026年预算数为14.26万元，比上年预算增加14.26万元，"
        "增长100.00%，主要原因是列入卫生健康支出（类）。",
        "11住房保障支出（类）住房改革支出（款）住房公积金（项）：2026年预算数为0.00万元。",
    )
    assert [one.path[2] for one in statements.items] == ["行政单位医疗", "住房公积金"]
    assert [one.reason for one in statements.changes] == ["列入卫生健康支出（类）"]


@pytest.mark.parametrize(
    ("text", "parts", "total"),
    [
        ("一是用于甲支出13万元，二是用于乙支出 7 万元，共计20万元。", [("甲", 13), ("乙", 7)], 20),
        ("项目资金20万元，其中：财政资金20万元，其他资金0万元。主要用于：甲、乙费20万元。", [("甲、乙费", 20)], 20),
        ("线路维护，全年共计0.61万元", [("线路维护", Decimal("0.61"))], Decimal("0.61")),
        ("补助229146名，每人每年30元，共计687.44万元", [("补助229146名，每人每年30元", Decimal("687.44"))], Decimal("687.44")),
        ("按照标准为180元/人，共计10人一次性补贴0.18万元。", [("按照标准为180元/人，共计10人一次性补贴", Decimal("0.18"))], None),
        ("甲1,204.71万元；乙2万元", [("甲", Decimal("1204.71")), ("乙", 2)], None),
    ],
)
def test_the_parts_of_a_project(text: str, parts: list[tuple[str, Decimal]], total: Decimal | None) -> None:
    statements = _section(
        "七、关于甲县乙局2026年一般公共预算项目支出情况说明",
        "（一）项目名称：甲项目",
        f"资金分配情况：{text}",
        "资金执行时间：2026-1-1日至2026年11月30日",
    )
    assert [(part.item, part.amount.value) for part in statements.allocations] == [(item, amount * 10000) for item, amount in parts]
    (project,) = statements.projects
    assert (project.stated_total.value if project.stated_total else None) == (None if total is None else total * 10000)
    assert (str(project.start), str(project.end)) == ("2026-01-01", "2026-11-30")


@pytest.mark.parametrize("label", ["设立的政策依据", "预算安排规模", "资金分配情况", "资金执行时间", "补贴人数", "补贴标准"])
def test_a_label_without_a_value_says_nothing(label: str) -> None:
    title = "七、关于甲县乙局2026年一般公共预算项目支出情况说明"
    statements = _section(title, "（一）项目名称：甲项目", f"{label}：")
    assert [project.name for project in statements.projects] == ["甲项目"]
    assert (statements.subsidies, statements.allocations, statements.policies) == ((), (), ())


def test_the_contents_list_says_nothing() -> None:
    contents = ("目 录", "- 一、 主要职能", "- 二、 机构设置", "第四部分 名词解释")
    body = ("第一部分 2026年部门概况", "一、主要职能", "(1) 负责甲。", "(2) 负责乙。")
    statements = _statements("\n\n".join((*contents, *body)))
    assert [duty.text for duty in statements.duties] == ["负责甲。", "负责乙。"]
    assert statements.glossary == ()


def test_a_document_without_the_form_says_nothing() -> None:
    statements = _statements("今天天气很好，气温26.5度。")
    assert list(statements.all()) == []
    assert statements.fiscal_year == 0


# --- the pack


def _pack(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    content = yaml.safe_load((PACK / "narrative.yaml").read_text("utf-8"))
    change(content)
    (folder / "narrative.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    (folder / "performance.yaml").write_text((PACK / "performance.yaml").read_text("utf-8"), "utf-8")
    return folder


def _broken_packs() -> Iterator[tuple[Callable[[dict[str, Any]], None], str]]:
    def first(content: dict[str, Any]) -> dict[str, Any]:
        template: dict[str, Any] = content["templates"][0]
        return template

    yield lambda content: first(content).update(pattern="下设.*科室(?P<items>甲)"), "without bound"
    yield lambda content: first(content).update(pattern="{nothing x}"), "no fragment 'nothing'"
    yield lambda content: first(content).update(pattern="{number}"), "needs a group name"
    yield lambda content: first(content).update(pattern="下设(?P<count>甲)"), "no group items"
    yield lambda content: first(content).update(pattern="下设("), "templates.0.pattern"
    yield lambda content: first(content).update(sections=["nowhere"]), "no heading for section nowhere"
    yield lambda content: first(content).update(colour="red"), "colour"
    yield lambda content: content["templates"].append(dict(first(content))), "templates with one id"
    yield lambda content: content.pop("policy"), "policy"


@pytest.mark.parametrize(("change", "message"), list(_broken_packs()))
def test_a_broken_pack_is_refused_with_its_place(change: Callable[[dict[str, Any]], None], message: str, tmp_path: Path) -> None:
    with pytest.raises(FormPackError, match=re.escape(message)):
        load_statements_form(_pack(tmp_path, change))


def test_a_pack_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "narrative.yaml").write_text("a: [", "utf-8")
    with pytest.raises(FormPackError, match="is no YAML"):
        load_statements_form(tmp_path)
    with pytest.raises(FormPackError, match="cannot be read"):
        load_statements_form(tmp_path / "nothing")


def test_every_key_of_a_subject_is_unique_in_its_group() -> None:
    for group, keys in FORM.narrative.subjects.items():
        printed = [name for names in keys.values() for name in names]
        assert len(printed) == len(set(printed)), group
    assert isinstance(FORM.narrative.subjects, Mapping)
