"""Documents that generated projects rest on: notices with well-formed numbers, one title under each number."""

from collections.abc import Iterator
from functools import cache
from random import Random

from kg.samples.budget_years import PlannedProject
from kg.samples.bureaus import bureaus
from kg.samples.departments import Department
from kg.samples.facts import PolicyDocument

_AHEAD = "关于提前下达{year}年{what}预算的通知"
_APPROVAL = "关于批复{year}年部门预算的通知"
_NUMBERS_PER_TITLE = 5
"""Titles have blocks of numbers, so that no two titles share one."""


def documents(department: Department, project: PlannedProject, year: int) -> Iterator[PolicyDocument]:
    """What a project of that year rests on: for transfers the notices from above, else the approval of the budget."""
    if project.fund.endswith("-transfer"):
        title = _AHEAD.format(year=year, what=_plain(project.kind.name))
        for prefix in department.notices_from:
            yield _document(department, prefix + department.bureau.notices, year - 1, title)
    else:
        yield _document(department, department.notices_from[-1] + "财预", year, _APPROVAL.format(year=year))


def _document(department: Department, issuer: str, year: int, title: str) -> PolicyDocument:
    number = _number(issuer, year, title)
    printed = f"{issuer}{department.brackets.format(year)}{number}号"
    return PolicyDocument(title, printed, issuer, year, str(number))


def _number(issuer: str, year: int, title: str) -> int:
    """The number that this issuer gave to the notice, the same whoever cites it."""
    plain = title.replace(str(year + 1), "").replace(str(year), "")
    return 1 + _NUMBERS_PER_TITLE * _titles().index(plain) + Random(f"{issuer}{year}").randrange(_NUMBERS_PER_TITLE)  # noqa: S311


@cache
def _titles() -> tuple[str, ...]:
    """All titles without their years, in a fixed order."""
    names = sorted({_plain(project.name) for bureau in bureaus() for project in bureau.projects})
    return (_APPROVAL.format(year=""), *(_AHEAD.format(year="", what=name) for name in names))


def _plain(name: str) -> str:
    """A project's name without its year."""
    return name.removeprefix("{year}年")
