"""What links and kinds are called, in both languages."""

from collections.abc import Mapping

from kg.networks.network import Kind, Relation

RELATIONS: Mapping[Relation, tuple[str, str]] = {
    Relation.PUBLISHED: ("公开了", "published"),
    Relation.LIES_IN: ("位于", "lies in"),
    Relation.PART_OF: ("属于", "is part of"),
    Relation.PLANS: ("安排项目", "plans the project"),
    Relation.CLASSED: ("列入科目", "is classed under"),
    Relation.SPENDS: ("支出列入", "spends under"),
    Relation.USES: ("用于", "spends on"),
    Relation.PAID_FROM: ("资金来自", "is paid from"),
    Relation.CITES: ("依据", "is based on"),
    Relation.REALISES: ("是该通知的文号", "is a number of the notice"),
    Relation.SAME: ("就是", "is the same as"),
    Relation.PASSES_ON: ("下达", "passes on"),
    Relation.FUNDED_BY: ("资金来自补助", "is funded by the grant"),
    Relation.COUNTERPART: ("的上级同类部门是", "has as its counterpart above"),
}
KINDS: Mapping[Kind, tuple[str, str]] = {
    Kind.DEPARTMENT: ("部门", "department"),
    Kind.DISCLOSURE: ("公开文件", "disclosure"),
    Kind.PROJECT: ("项目", "project"),
    Kind.POLICY: ("政策文件", "policy document"),
    Kind.GRANT: ("补助资金", "grant"),
    Kind.FUNCTIONAL: ("功能科目", "functional code"),
    Kind.ECONOMIC: ("经济科目", "economic code"),
    Kind.FUND: ("资金来源", "fund source"),
    Kind.REGION: ("地区", "region"),
}
"""Chinese, English."""


def relation_name(relation: Relation, language: str) -> str:
    return RELATIONS[relation][language == "en"]


def kind_name(kind: Kind, language: str) -> str:
    return KINDS[kind][language == "en"]
