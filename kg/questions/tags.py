"""The subjects by which questions are grouped, with their names in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from kg.questions.words import Words

TAGS: Mapping[str, Words] = MappingProxyType(
    {
        "totals": Words("规模与结构", "Size and structure"),
        "classification": Words("科目", "Classification"),
        "funds": Words("资金来源", "Funds"),
        "staff": Words("人员与运行", "Staff and running cost"),
        "three-public": Words("三公经费", "“Three public” expenses"),
        "changes": Words("增减变化", "Changes"),
        "projects": Words("项目", "Projects"),
        "performance": Words("绩效", "Performance"),
        "procurement": Words("采购与资产", "Procurement and assets"),
        "comparison": Words("地区与部门比较", "Comparison"),
        "disclosure": Words("公开质量", "Disclosure"),
        "checks": Words("核对", "Checks"),
    }
)
