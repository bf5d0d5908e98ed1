"""Performance sheets: targets, mended rows, sheets with and without cell positions."""

from decimal import Decimal

import pytest

from kg.extract.performance import Levels, TargetReader
from kg.extract.performance_grid import joined
from kg.extract.prose import unify
from kg.readers.text import read_text
from kg.statements import Statements
from tests.compare_documents import FORM, statements_of
from tests.numbers import MOBILE

HEADER = "一级指标\t二级指标\t三级指标\t指标值\t指标值设置依据\t上年完成值\t指标分值权重\t指标赋分规则\t佐证资料"


def _statements(text: str) -> Statements:
    return statements_of(read_text("invented.txt", text.encode()))


def _sheet(*rows: str) -> str:
    return "\n".join(("项目支出绩效目标表", "", "(2026 年)", "", HEADER, *rows))


@pytest.mark.parametrize(
    ("printed", "operator", "value", "unit"),
    [
        (">=95%", "≥", "95", "%"),
        ("> =1085 82 人", "≥", "108582", "人"),
        (r"$\geq 148755$ 人", "≥", "148755", "人"),
        ("< =100%", "≤", "100", "%"),
        ("≤2.40 万元", "≤", "2.40", "万元"),
        ("=12 个月", "=", "12", "个月"),
        ("<=6 万元/ 人", "≤", "6", "万元/人"),
        ("＞＝1,234人", "≥", "1234", "人"),
        ("不低于 50%", "≥", "50", "%"),
        ("100%", "", "100", "%"),
        ("=2 月", "=", "2", "月"),
        ("=每个季度15 个工作日内", "=", None, ""),
        ("2024 年 12 月", "", None, ""),
        ("2026 年 12 月 25 日前", "", None, ""),
        ("有效保障", "", None, ""),
        ("文字描述", "", None, ""),
    ],
)
def test_targets(printed: str, operator: str, value: str | None, unit: str) -> None:
    text = "".join(printed.split())
    target = TargetReader(FORM.performance).read(text, unify(text), "指标")
    assert (target.operator, target.value, target.unit) == (operator, Decimal(value) if value else None, unit)
    assert "$" not in target.printed


def test_a_unit_may_stand_in_the_name_alone() -> None:
    assert TargetReader(FORM.performance).read("≥95", "≥95", "覆盖率(%)").unit == "%"


def test_levels_are_carried_down_but_not_to_where_they_cannot_be() -> None:
    levels = Levels(FORM.performance)
    levels.take("成本指标", "经济成本指标")
    levels.take("", "")
    assert (levels.level1, levels.level2) == ("成本指标", "经济成本指标")
    levels.take("", "社会效益指标")
    assert (levels.level1, levels.level2) == ("", "社会效益指标")


@pytest.mark.parametrize(
    ("row", "flags"),
    [
        ("产出指标\t数量指标\t检查次数（次）\t≥2次\t计划标准\t无\t8\t按照正常比例赋分\t工作资料", ()),
        ("\t产出指标\t数量指标\t检查次数（次）\t≥2次\t计划标准\t无\t8\t按照正常比例赋分\t工作资料", ("shifted",)),
        ("产出指标\t数量指标\t检查次数（次）\t≥2次\t计划标准\t无\t8\t\t按照正常比例赋分 工作资料", ("split",)),
        ("产出 指标\t数量 指标\t检查 次数（次）\t≥2 次\t计划 标准\t无\t8\t按照正 常比例 赋分\t工作 资料", ()),
        ("产出指标\t数量指标\t检查次\t≥2次\t计划标\t无\t8\t按照正常比例赋分\t工作资料\n\n\t\t数（次）\t\t准", ("joined",)),
    ],
)
def test_rows_are_mended_with_a_flag(row: str, flags: tuple[str, ...]) -> None:
    (indicator,) = _statements(_sheet(row)).indicators
    texts = (indicator.level1, indicator.level2, indicator.level3, indicator.basis, indicator.last)
    assert texts == ("产出指标", "数量指标", "检查次数（次）", "计划标准", "无")
    assert (indicator.value, indicator.unit, indicator.weight) == (2, "次", 8)
    assert (indicator.scoring, indicator.evidence) == ("按照正常比例赋分", "工作资料")
    assert indicator.mended == flags


def test_a_row_shifted_to_the_left_keeps_the_inherited_level() -> None:
    rows = _statements(
        _sheet(
            "产出指标\t数量指标\t甲\t≥2次\t计划标准\t无\t8\t按照正常比例赋分\t工作资料",
            "时效指标\t乙\t2026 年 12 月前\t计划标准\t无\t4\t按照正常比例赋分\t工作资料\t",
        )
    ).indicators
    assert [(row.level1, row.level2, row.level3, row.weight) for row in rows] == [
        ("产出指标", "数量指标", "甲", 8),
        ("产出指标", "时效指标", "乙", 4),
    ]


@pytest.mark.parametrize(
    ("first", "rest", "whole"),
    [
        ("经费(药品)", "集采)(万元)", "经费(药品集采)(万元)"),
        ("≤5万元", "万元", "≤5万元"),
        ("计划", "标准", "计划标准"),
        ("保障率（%）", "甲", "保障率（%）甲"),
    ],
)
def test_halves_of_a_cell(first: str, rest: str, whole: str) -> None:
    assert joined(first, rest) == whole


def test_a_head_is_read_by_its_labels_and_without_contacts() -> None:
    statements = _statements(
        "\n".join(
            (
                "部门整体绩效目标表",
                "部门名称（盖章）\t甲县乙局\t\t",
                f"部门联系人\t钱小明\t联系电话\t{MOBILE}",
                "年度绩效目标\t<p>保障运转，</p>\t\t",
                f"\t由钱小明负责，电话{MOBILE}\t\t",
                "年度预算(万元)\t资金来源\t\t资金总额（万元）",
                "\t财政资金（万元）\t上级安排\t20.20",
                "\t\t本级安排\t1,635.42",
                "其他资金（万元）\t其他\t5.48",
                "合计：\t\t\t1,661.10",
            )
        )
    )
    (sheet,) = statements.sheets
    amounts = [one.value if one else None for one in (sheet.amount, sheet.fiscal_upper, sheet.fiscal_own, sheet.other)]
    assert amounts == [Decimal("16611000"), Decimal("202000"), Decimal("16354200"), Decimal("54800")]
    assert (sheet.issuer, sheet.goal) == ("甲县乙局", "保障运转，由负责，电话")
    assert not any("钱小明" in str(record) or MOBILE in str(record) for record in statements.all())


def test_an_amount_may_stand_in_its_label() -> None:
    (sheet,) = _statements(
        "项目支出绩效目标表\n项目名称\t\t甲\t\t项目负责人\t\t钱明\n"
        "项目资金（元）\t\t年度预算总额： 10.26\t其中： 财政拨款\t0.00\t\t其他资金：\t10.26\t"
    ).sheets
    assert [one.value if one else None for one in (sheet.amount, sheet.fiscal, sheet.other)] == [
        Decimal("10.26"),
        Decimal("0.00"),
        Decimal("10.26"),
    ]


def test_wrapped_text_without_cells() -> None:
    text = """项目支出绩效目标表
（2026年）
预算单位 甲县乙局
项目名称 线路租赁费 项目负责人 钱明
项目资金（万元） 年度预算总额： 4
其中：财
政拨款
4
其他资
金：
0
项目总体目标
保障 4 条线路畅通。
一级指标
二级
指标
三级指标 指标值
指标值设
置依据
上年完
成值
指标分
值权重
指标赋分规
则
佐证资料
产出指标
数量
指标
线路租赁
数量 ≥4
条 计划标
准 3 条 10
按照完成比
例赋分 工作资料
12
成本指标
经济成本指标 租赁费用 ≤4万元 计划标准
- 20
按照完成比例赋分 原始凭证
社会效益
指标
保障结算
需要
有效保障 计划标准 - 10 按评判等级
赋分 说明材料"""
    statements = _statements(text)
    (sheet,) = statements.sheets
    assert (sheet.project, sheet.goal) == ("线路租赁费", "保障4条线路畅通。")
    assert [one.value if one else None for one in (sheet.amount, sheet.fiscal, sheet.other)] == [40000, 40000, 0]
    assert [
        (row.level1, row.level2, row.level3, row.operator, row.value, row.unit, row.last, row.weight, row.evidence)
        for row in statements.indicators
    ] == [
        ("产出指标", "数量指标", "线路租赁数量", "≥", 4, "条", "3条", 10, "工作资料"),
        ("成本指标", "经济成本指标", "租赁费用", "≤", 4, "万元", "-", 20, "原始凭证"),
        ("", "社会效益指标", "保障结算需要", "", None, "", "-", 10, "说明材料"),
    ]


def test_a_hostile_sheet_is_read_in_bounded_time() -> None:
    rows = "\n".join("≥" * 40 + "计划" for _ in range(4000))
    statements = _statements("项目支出绩效目标表\n一级指标 二级指标 三级指标 指标值 指标赋分规则\n" + rows)
    assert statements.indicators == ()
