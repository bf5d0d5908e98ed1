"""Evidence in words: what each reason says, in both languages."""

from collections.abc import Iterable

from kg.links.model import Reason

REASONS: dict[str, tuple[str, str]] = {
    "same-core": ("去掉年份、文号和通用词后名称相同：“{here}”", "the same name without year, number and generic words: “{here}”"),
    "same-words": ("换用同义词、简称后名称相同：“{here}”", "the same name once abbreviations and synonyms have one form: “{here}”"),
    "same-characters": ("用字相同、语序不同：“{here}”与“{there}”", "the same characters in another order: “{here}” and “{there}”"),
    "slips-1": ("只差一个字：“{here}”与“{there}”", "one character apart: “{here}” and “{there}”"),
    "slips-2": ("只差两处笔误：“{here}”与“{there}”", "two slips apart: “{here}” and “{there}”"),
    "shortened": ("“{here}”是“{there}”的简称", "“{here}” is short for “{there}”"),
    "overlap": ("名称部分相同：“{here}”与“{there}”", "the names share a part: “{here}” and “{there}”"),
    "nothing-in-common": ("名称不同：“{here}”与“{there}”", "other names: “{here}” and “{there}”"),
    "part-only-once": ("只有一处写明部分：“{here}”", "only one of them names a part: “{here}”"),
    "level-only-once": ("只有一处写明资金层级：{here}", "only one of them names the level of government: {here}"),
    "action-only-once": ("只有一处写明用途：{here}", "only one of them says what is done: {here}"),
    "same-code": ("功能科目相同：{here}", "the same functional code: {here}"),
    "same-section": ("功能科目同款：{here}", "codes of the same section: {here}"),
    "other-class": ("功能科目不同类：{here}与{there}", "codes of other classes: {here} and {there}"),
    "same-document": ("依据同一文件：{here}", "based on the same document: {here}"),
    "other-level": ("资金层级不同：{here}与{there}", "other levels of government: {here} and {there}"),
    "other-round": ("批次、期次不同：“{here}”与“{there}”", "other rounds: “{here}” and “{there}”"),
    "other-digits": ("名称中的数字不同：“{here}”与“{there}”", "other numbers in the names: “{here}” and “{there}”"),
    "other-use": ("资金性质不同：{here}与{there}", "another kind of money: {here} and {there}"),
    "other-part": ("所写部分不同：“{here}”与“{there}”", "other parts: “{here}” and “{there}”"),
    "contrast": ("对象或用途不同：{here}与{there}", "other recipients or uses: {here} and {there}"),
    "rival": ("另有同样相近的名称：“{here}”", "another name is just as near: “{here}”"),
    "years": ("出现年度：{here}；{there}", "years: {here}; {there}"),
    "number": ("文号“{here}”，标题《{there}》", "number “{here}”, title “{there}”"),
    "number-in-name": ("项目名称中写有文号“{here}”：“{there}”", "the name of the project has the number “{here}”: “{there}”"),
    "grant-title": ("通知标题所指的资金：“{here}”", "the money that the title of the notice names: “{here}”"),
    "cited-as-basis": ("项目引用该资金的通知“{here}”", "the project cites the notice “{here}” of this grant"),
    "grant-name": ("项目名称与资金名称一致：“{here}”", "the project has the name of the grant: “{here}”"),
    "field-and-region": ("同一业务“{here}”，地区上下级：{there}", "one field “{here}”, one region above the other: {there}"),
    "name-share": ("部门名称相近：“{here}”与“{there}”", "the names of the departments are alike: “{here}” and “{there}”"),
    "same-money": (
        "所说的上年数与其公开数一致：{here} 项中 {there} 项",
        "its year before is what the other published: {there} of {here} codes",
    ),
    "other-money": (
        "所说的上年数与其公开数不一致：{here} 项中只有 {there} 项一致",
        "its year before is not what the other published: {there} of {here} codes agree",
    ),
    "merged": ("与“{here}”合并，上年数为两者之和", "merged with “{here}”: the year before is the sum of both"),
    "same-place": ("同一文件把它与项目“{here}”写在一处", "the same document joins it with the project “{here}”"),
    "indicator": ("{here} 份文件写作“{there}”", "{here} documents print “{there}”"),
}
"""Filled with the two values of a :class:`kg.links.model.Reason`."""


def told(reasons: Iterable[Reason]) -> tuple[str, str]:
    """The evidence as one Chinese and one English text."""
    chosen = [(REASONS[reason.key], reason) for reason in reasons]
    return (
        "；".join(words[0].format(here=reason.here, there=reason.there) for words, reason in chosen),
        "; ".join(words[1].format(here=reason.here, there=reason.there) for words, reason in chosen),
    )
