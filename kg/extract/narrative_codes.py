"""Gives the statements of a document the codes that its tables and the code list know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kg.codes import CodeList
from kg.extract.projects import joining_key
from kg.forms.statements_schema import StatementsForm
from kg.iri import normal
from kg.records import Disclosure, Project, Table
from kg.statements import Amount, ProjectDescription, Statements

_ECONOMIC_TABLE = "basic-expenditure-economic"
_CLASS, _SECTION, _ITEM = 3, 5, 7

Path = tuple[str, ...]


@dataclass(frozen=True)
class FunctionalCodes:
    """Item codes (seven digits) by the names of their class, section and item."""

    by_path: Mapping[Path, str]

    @classmethod
    def of(cls, tables: Iterable[Table], functional: CodeList) -> "FunctionalCodes":
        """From the names in the rows of the tables and in the code list; a path that two codes have is left out."""
        names = {code: {normal(one) for one in labels} for code, labels in functional.labels.items()}
        for table in tables:
            for row in table.rows if table.kind != _ECONOMIC_TABLE else ():
                if row.code_official and row.name and not row.project:
                    names.setdefault(row.code_official, set()).add(normal(row.name))
        paths: dict[Path, set[str]] = {}
        for code in names:
            if len(code) == _ITEM:
                for class_name in names.get(code[:_CLASS], ()):
                    for section in names.get(code[:_SECTION], ()):
                        for item in names[code]:
                            paths.setdefault((class_name, section, item), set()).add(code)
        return cls({path: next(iter(codes)) for path, codes in paths.items() if len(codes) == 1})

    def code(self, path: Path) -> str:
        """The code of printed names, or empty when they are unknown or not one."""
        return self.by_path.get(tuple(normal(name) for name in path), "")


def with_codes(statements: Statements, disclosure: Disclosure, functional: CodeList, form: StatementsForm) -> Statements:
    """The statements with the codes of items and projects; what cannot be resolved keeps its empty code."""
    codes = FunctionalCodes.of(disclosure.tables, functional)
    return replace(
        statements,
        changes=tuple(replace(one, code=codes.code(one.path)) if one.path else one for one in statements.changes),
        items=tuple(replace(one, code=codes.code(one.path)) for one in statements.items),
        projects=tuple(_with_code(project, disclosure.projects, form) for project in statements.projects),
    )


def _with_code(project: ProjectDescription, listed: Iterable[Project], form: StatementsForm) -> ProjectDescription:
    """The code of the project of the table with the same name, or else with an amount that only one has."""
    keys = {joining_key(name, form.narrative) for name in project.names}
    candidates = list(listed)
    same = [one for one in candidates if keys & {joining_key(name, form.narrative) for name in one.names}]
    if len(same) != 1:
        same = [one for one in same or candidates if one.amount is not None and _is(project.amount, one)]
    return replace(project, code=same[0].code) if len(same) == 1 else project


def _is(amount: Amount | None, project: Project) -> bool:
    return amount is not None and amount.value == project.amount
