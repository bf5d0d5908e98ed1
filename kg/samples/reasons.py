"""Why an amount moved: reasons that name this year and the last, and nothing that the tables do not bear out."""

from decimal import Decimal
from random import Random

from kg.samples.ledger import printed

_UNCHANGED = "与上年安排相同，没有变化"
_MORE = {
    "staff": ("{year}年工资标准和缴费基数上调，人员经费增加", "{year}年人员结构变化，工资和社保缴费增加"),
    "project": ("{year}年项目任务增加，安排的项目支出相应增加", "{year}年项目进入集中实施阶段，项目支出增加"),
    "operating-cost": ("{year}年定额标准调整，公用经费增加", "{year}年办公和差旅任务增加，公用经费增加"),
    "three-public": ("{year}年公务活动增加，费用相应增加",),
    "new": ("{last}年没有此项安排，{year}年新增",),
}
_LESS = {
    "staff": ("{last}年有人员调出，人员经费相应减少", "{year}年人员结构变化，工资和社保缴费减少"),
    "project": ("{last}年部分项目已经完成，{year}年项目支出减少", "{year}年项目安排额度下降，项目支出减少"),
    "operating-cost": ("{year}年压减一般性支出，公用经费减少",),
    "three-public": ("{year}年厉行节约，费用相应减少",),
    "gone": ("{year}年没有此项安排",),
}
_KINDS = {"basic": "staff", "general-budget": "staff", "operating-cost": "operating-cost", "three-public": "three-public"}


class Reasons:
    """The reasons that one publisher gives in one year; one subject moving one way has one reason everywhere."""

    def __init__(self, year: int, rng: Random) -> None:
        self._chosen = {
            less: {kind: rng.choice(texts).format(year=year, last=year - 1) for kind, texts in bank.items()}
            for less, bank in ((False, _MORE), (True, _LESS))
        }

    def of(self, subject: str, now: Decimal, before: Decimal) -> str:
        """The reason for a fund source, a type of expenditure or a measure."""
        return self._reason(_KINDS.get(subject, "project"), now, before)

    def of_item(self, now: Decimal, before: Decimal, *, pays_staff: bool) -> str:
        """The reason for a functional item."""
        return self._reason("staff" if pays_staff else "project", now, before)

    def _reason(self, kind: str, now: Decimal, before: Decimal) -> str:
        if not printed(abs(now - before)):
            return _UNCHANGED
        if not before:
            kind = "new"
        elif not now:
            kind = "gone"
        return self._chosen[now < before][kind]
