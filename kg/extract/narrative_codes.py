"""Gives the statements of a document the codes that its tables and the code list know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kg.codes import CodeList, item_paths
from kg.extract.projects import joining_key
from kg.forms.statements_schema import StatementsForm
from kg.iri import normal
from kg.records import Disclosure, Project, Table
from kg.statements import Amount, ProjectDescription, Statements

_ECONOMIC_TABLE = "basic-expenditure-economic"

Path = tuple[str, ...]


@dataclass(frozen=True)
class FunctionalCodes:
    """Item codes (seven digits) by the names of their class, section and item."""

    printed: Mapping[Path, str]
    listed: Mapping[Path, str]

    @classmethod
    def of(cls, tables: Iterable[Table], functional: CodeList) -> "FunctionalCodes":
        """From the names in the rows of the tables, and from the code list for what no table prints."""
        names: dict[str, set[str]] = {}
        for table in tables:
            for row in table.rows if table.kind != _ECONOMIC_TABLE else ():
                if row.code_official and row.name and not row.project:
                    names.setdefault(row.code_official, set(functional.labels.get(row.code_official, ()))).add(row.name)
        return cls(item_paths(names, names), functional.item_paths)

    def code(self, path: Path) -> str:
        """The code of printed names, or empty when they are unknown or not one."""
        key = tuple(normal(name) for name in path)
        return self.printed.get(key) or self.listed.get(key, "")


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
