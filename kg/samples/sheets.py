"""The performance sheets at the end of part three."""

from collections.abc import Iterator
from dataclasses import replace

from kg.samples import form
from kg.samples.blocks import Block, Heading, PageBreak, Paragraph, Row, Table
from kg.samples.facts import Indicator, PerformanceSheet, SampleDisclosure, SheetScope
from kg.samples.style import Layout

WITHHELD = "（略）"
"""What stands where publishers print a person's name or telephone number."""

_BASIS = 4
_WHOLE_HEAD = ("一级指标", "二级指标", "三级指标", "指标值", "指标设定依据", "分值权重")
_PROJECT_HEAD = (
    *("一级指标", "二级指标", "三级指标", "指标值", "指标值设置依据"),
    *("上年完成值", "指标分值权重", "指标赋分规则", "佐证资料"),
)


def sheet_blocks(sample: SampleDisclosure, layout: Layout) -> Iterator[Block]:
    """Each sheet with its title and year; contacts are withheld."""
    for sheet in sample.sheets:
        whole = sheet.scope is SheetScope.WHOLE
        yield Heading(f"{form.word(sample)}整体绩效目标表" if whole else "项目支出绩效目标表", 2)
        yield Paragraph(f"({sample.fiscal_year}年)")
        rows = [*(_whole_rows if whole else _project_rows)(sample, sheet, layout), *_indicator_rows(sheet, layout)]
        width = len(_WHOLE_HEAD if whole else _PROJECT_HEAD)
        yield from _pages([Row((*row, *[""] * (width - len(row))), strong) for row, strong in rows], layout.sheet_page)


def _pages(rows: list[Row], page: int | None) -> Iterator[Block]:
    """The rows, on two pages where they are more than one holds: the basis of the last row goes on, alone, on the next."""
    if page is None or len(rows) <= page:
        yield Table((), tuple(rows))
        return
    *above, last = rows[:page]
    basis = last.cells[_BASIS]
    begun, rest = basis[: len(basis) // 2], basis[len(basis) // 2 :]
    yield Table((), (*above, replace(last, cells=(*last.cells[:_BASIS], begun, *last.cells[_BASIS + 1 :]))))
    yield PageBreak()
    continued = tuple(rest if at == _BASIS else "" for at in range(len(last.cells)))
    yield Table((), (Row(continued), *rows[page:]))


_Rows = Iterator[tuple[tuple[str, ...], bool]]


def _whole_rows(sample: SampleDisclosure, sheet: PerformanceSheet, layout: Layout) -> _Rows:
    word = form.word(sample)
    funds = {key: layout.amount(amount, layout.sheet_decimals) for key, amount in sheet.funds.items()}
    yield (f"{word}名称（盖章）", "", sample.issuer), False
    yield (f"{word}联系人", "", WITHHELD, "联系电话", WITHHELD), False
    yield ("年度绩效目标", "", sheet.goal), False
    yield ("年度预算（万元）", "资金来源", "", "资金总额（万元）"), False
    yield ("", "财政资金（万元）", "上级安排", funds["upper"]), False
    yield ("", "", "本级安排", funds["own"]), False
    yield ("", "其他资金（万元）", "其他", funds["other"]), False
    if "total" in funds:
        yield ("", "合计：", "", funds["total"]), False


def _project_rows(sample: SampleDisclosure, sheet: PerformanceSheet, layout: Layout) -> _Rows:
    keys = ("total", "fiscal", "other")
    total, fiscal, other = (layout.amount(sheet.funds.get(key), layout.sheet_decimals) for key in keys)
    yield ("预算单位", "", sample.issuer), False
    yield ("项目名称", "", sheet.project, "", "", "", "项目负责人", WITHHELD), False
    yield ("项目资金（万元）", "", "年度预算总额", total, "其中：财政拨款", fiscal, "其他资金", other), False
    yield ("项目总体目标", "", sheet.goal), False


def _indicator_rows(sheet: PerformanceSheet, layout: Layout) -> _Rows:
    whole = sheet.scope is SheetScope.WHOLE
    yield _WHOLE_HEAD if whole else _PROJECT_HEAD, True
    above: Indicator | None = None
    for indicator in sheet.indicators:
        same1 = above is not None and indicator.level1 == above.level1
        same2 = same1 and above is not None and indicator.level2 == above.level2
        weight = f"{indicator.weight.normalize():f}"
        row = ["" if same1 else indicator.level1, "" if same2 else indicator.level2, indicator.level3]
        row += [indicator.target, indicator.basis]
        row += [weight] if whole else [indicator.last, weight, indicator.scoring, indicator.evidence]
        yield tuple(row), False
        above = indicator
