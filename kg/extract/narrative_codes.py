"""Gives the statements of a document the codes that its tables and the code list know."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from kg.amounts import parse_number, step
from kg.codes import CodeList, Codes, item_paths
from kg.extract.narrative_lists import with_rows
from kg.extract.projects import joining_key
from kg.forms.statements_schema import StatementsForm
from kg.iri import normal
from kg.records import Disclosure, Project, Table
from kg.statements import Amount, NarrativeItem, ProjectDescription, Statements, Use

_ECONOMIC_TABLE = "basic-expenditure-economic"
_ITEM_TABLE = "general-budget-expenditure"
_ITEM_DIGITS = 7

Path = tuple[str, ...]


@dataclass(frozen=True)
class FunctionalCodes:
    """Item codes (seven digits) by the names of their class, section and item; the codes of classes and sections likewise."""

    printed: Mapping[Path, str]
    listed: Mapping[Path, str]
    shorter: Mapping[Path, str]
    classes: Mapping[str, str]

    def of_print(self, item: NarrativeItem) -> str:
        """The code that stands beside the names, if the tables print it."""
        last = item.code_printed[-1] if item.code_printed else ""
        return next((code for code in ("".join(item.code_printed), last) if code in self.printed.values()), "")

    @classmethod
    def of(cls, tables: Iterable[Table], functional: CodeList) -> "FunctionalCodes":
        """From the names in the rows of the tables, and from the code list for what no table prints."""
        names: dict[str, set[str]] = {}
        for table in tables:
            for row in table.rows if table.kind != _ECONOMIC_TABLE else ():
                if row.code_printed and row.name and not row.project:
                    names.setdefault(row.code_official, set(functional.labels.get(row.code_official, ()))).add(row.name)
        classes = {normal(name): code for found in (functional.labels, names) for code in found if len(code) == 3 for name in found[code]}
        return cls(item_paths(names, names), functional.item_paths, _shorter_paths(names), classes)

    def code(self, path: Path) -> str:
        """The code of printed names, or empty when they are unknown or not one."""
        key = tuple(normal(name) for name in path)
        found = self.printed.get(key) or self.listed.get(key) or self.shorter.get(key)
        return found or (self.class_code(path[0]) if len(path) == 1 else "")

    def class_code(self, name: str) -> str:
        """The code (three digits) of a class by its name, or empty."""
        return self.classes.get(normal(name), "")


def _shorter_paths(names: Mapping[str, Iterable[str]]) -> dict[Path, str]:
    """The paths of names that lead to classes and sections; a path that two codes have is left out."""
    paths: dict[Path, set[str]] = {}
    for code in names:
        levels = [code[:3]] if len(code) == 3 else [code[:3], code] if len(code) == 5 else []
        for path in product(*([normal(name) for name in names.get(level, ())] for level in levels)):
            if path:
                paths.setdefault(path, set()).add(code)
    return {path: found.pop() for path, found in paths.items() if len(found) == 1}


def with_codes(statements: Statements, disclosure: Disclosure, lists: Codes, form: StatementsForm) -> Statements:
    """The statements with the codes of items, classes and projects, and with the rows that lists mean.

    What cannot be resolved keeps its empty code.
    """
    codes = FunctionalCodes.of(disclosure.tables, lists.functional)
    items = _by_amount([replace(one, code=codes.code(one.path) or codes.of_print(one)) for one in statements.items], disclosure, codes)
    printed_codes = frozenset(row.code_official for table in disclosure.tables for row in table.rows)
    return replace(
        statements,
        changes=tuple(replace(one, code=codes.code(one.path)) if one.path else one for one in statements.changes),
        items=tuple(items),
        shares=tuple(one if one.key else replace(one, code=codes.class_code(one.subject)) for one in statements.shares),
        uses=tuple(_with_use_codes(one, codes, printed_codes, form) for one in statements.uses),
        lists=tuple(with_rows(one, disclosure, lists, form.narrative) for one in statements.lists),
        projects=tuple(_with_code(project, disclosure.projects, form) for project in statements.projects),
    )


def _by_amount(items: Sequence[NarrativeItem], disclosure: Disclosure, codes: FunctionalCodes) -> list[NarrativeItem]:
    """The items with a code for names that no code has: that of the only item of their class which no other paragraph tells
    and whose amount is the same, in the table of the general public budget."""
    table = disclosure.table(_ITEM_TABLE)
    if table is None:
        return list(items)
    told = {item.code for item in items}
    rows = {row.position: row.code_official for row in table.rows if len(row.code_official) == _ITEM_DIGITS}
    free = {rows[cell.row]: cell.amount for cell in table.observations if cell.column == "total" and cell.row in rows}
    free = {code: amount for code, amount in free.items() if code not in told}
    found = []
    for item in items:
        own = codes.code(item.path[:1])
        same = [code for code, amount in free.items() if own and code.startswith(own) and _same(item.amount, amount)]
        found.append(replace(item, code=same[0], inferred=True) if not item.code and len(same) == 1 else item)
    return found


def _same(stated: Amount, amount: Decimal) -> bool:
    """Whether an amount in a coarser unit is the amount of a cell, rounded or cut."""
    number = re.match(r"[\d,]+(?:\.\d+)?", stated.printed)
    if number is None or not stated.value:
        return False
    value = parse_number(number.group())
    factor = stated.value / value if value else Decimal(1)
    return abs(stated.value - amount) < step(number.group()) * factor


def _with_code(project: ProjectDescription, listed: Iterable[Project], form: StatementsForm) -> ProjectDescription:
    """The code of the project of the table with the same name, or else with an amount that only one has."""
    keys = {joining_key(name, form.narrative) for name in project.names}
    candidates = list(listed)
    same = [one for one in candidates if keys & {joining_key(name, form.narrative) for name in one.names}]
    if len(same) != 1:
        same = [one for one in same or candidates if one.amount is not None and _is(project.amount, one)]
    return replace(project, code=same[0].code) if len(same) == 1 else project


def _with_use_codes(use: Use, codes: FunctionalCodes, printed: frozenset[str], form: StatementsForm) -> Use:
    """The use with its class, and the uses named of whose codes none is printed in a table."""
    named = {name: wanted for name, wanted in form.narrative.named_uses.items() if name in use.use}
    unmatched = tuple(name for name, wanted in named.items() if not printed.intersection(wanted))
    return replace(use, code=codes.class_code(use.subject), unmatched=unmatched)


def _is(amount: Amount | None, project: Project) -> bool:
    return amount is not None and amount.value == project.amount
