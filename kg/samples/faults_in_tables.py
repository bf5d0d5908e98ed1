"""Faults of tables and their rows: codes, names, units, notes, rows and tables that are missing."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from types import MappingProxyType

from kg.amounts import plain
from kg.samples import form
from kg.samples.facts import SampleDisclosure, SampleRow
from kg.samples.faults import Fault, NotPlantable, Place, Planter, pick, table_of, with_row, with_table
from kg.samples.ledger import printed

_NO_CLASSES = ("218", "225", "226", "228")
"""Codes that no class of the functional classification has."""
_BY_TYPE = ("expenditure", "general-budget-expenditure")
_SECTION_TABLES = ("revenue", "expenditure", "general-budget-expenditure")
_WELFARE, _NO_ITEM = "30229", "30210"
_NOT_BASIC = {"30701": "国内债务付息", "30901": "房屋建筑物购建", "31204": "费用补贴"}
"""Economic items that are no basic expenditure."""
_ADMINISTRATION = "行政运行"
_SECTION_DIGITS = 5
_ITEM_DIGITS = 7


def _rows(sample: SampleDisclosure, kinds: tuple[str, ...], digits: int) -> list[tuple[str, SampleRow]]:
    """The rows of those tables with a code of so many digits."""
    return [
        (table.kind, row)
        for table in sample.tables
        if table.kind in kinds
        for row in table.rows
        if row.key.isdigit() and len(row.key) == digits
    ]


def unknown_class(sample: SampleDisclosure, rng: Random) -> Fault:
    """COD-001: a class printed with a code that there is not."""
    kind, row = pick(_rows(sample, _SECTION_TABLES, 3), rng, "class row")
    code = rng.choice(_NO_CLASSES)
    return Fault(with_row(sample, kind, row, replace(row, key=code)), Place(kind, code), row.key, code)


def missing_section(sample: SampleDisclosure, rng: Random) -> Fault:
    """COD-002: the row of a section left out, its items printed."""
    kind, row = pick(_rows(sample, _SECTION_TABLES, _SECTION_DIGITS), rng, "section row")
    return Fault(with_row(sample, kind, row, None), Place(kind, row.key), row.name, "")


def wrong_name(sample: SampleDisclosure, rng: Random) -> Fault:
    """COD-003, COD-008: a code with a name that no list has, and that the other tables do not print."""
    kind, row = pick(_rows(sample, _SECTION_TABLES, _ITEM_DIGITS), rng, "item row")
    name = f"{row.name}（调整）"
    return Fault(with_row(sample, kind, row, replace(row, name=name)), Place(kind, row.key), row.name, name)


def missing_level(sample: SampleDisclosure, rng: Random) -> Fault:
    """COD-004: a section printed with the code of its class only."""
    kind, row = pick(_rows(sample, _SECTION_TABLES, _SECTION_DIGITS), rng, "section row")
    code = row.key[:3]
    return Fault(with_row(sample, kind, row, replace(row, code=code)), Place(kind, row.key), row.key, code)


def wrong_economic_code(sample: SampleDisclosure, rng: Random) -> Fault:
    """COD-005: welfare expenses under a code that is not in the list, as a real publisher printed them."""
    kind = "basic-expenditure-economic"
    row = table_of(sample, kind).row(_WELFARE)
    if row is None:
        raise NotPlantable("no welfare expenses")
    return Fault(with_row(sample, kind, row, replace(row, key=_NO_ITEM)), Place(kind, _NO_ITEM), _WELFARE, _NO_ITEM)


def not_basic(sample: SampleDisclosure, rng: Random) -> Fault:
    """COD-006: an item of basic expenditure under a class that basic expenditure does not have."""
    kind = "basic-expenditure-economic"
    _, row = pick([each for each in _rows(sample, (kind,), 5) if each[1].key.startswith("302")], rng, "item of goods and services")
    code = rng.choice(tuple(_NOT_BASIC))
    changed = replace(row, key=code, name=_NOT_BASIC[code])
    return Fault(with_row(sample, kind, row, changed), Place(kind, code), row.key, code)


def administration_by_projects(sample: SampleDisclosure, rng: Random) -> Fault:
    """COD-009: some of the cost of running the administration printed as project expenditure."""
    rows = [(kind, row) for kind, row in _rows(sample, _BY_TYPE, _ITEM_DIGITS) if row.name == _ADMINISTRATION and "basic" in row.cells]
    kind, row = pick(rows, rng, "administration")
    basic = row.cells["basic"]
    moved = printed(basic * rng.randint(10, 90) / 100)
    changed = replace(row, cells={**row.cells, "basic": basic - moved, "project": moved})
    return Fault(with_row(sample, kind, row, changed), Place(kind, row.key, "project"), "", plain(moved))


def missing_items(sample: SampleDisclosure, rng: Random) -> Fault:
    """COD-007: a section without any item below it."""
    kind = "general-budget-expenditure"
    _, section = pick(_rows(sample, (kind,), _SECTION_DIGITS), rng, "section row")
    table = table_of(sample, kind)
    below = [row for row in table.rows if len(row.key) == _ITEM_DIGITS and row.key.startswith(section.key)]
    rows = tuple(row for row in table.rows if row not in below)
    names = "、".join(row.name for row in below)
    return Fault(with_table(sample, replace(table, rows=rows)), Place(kind, section.key), names, "")


def missing_table(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-001: an empty table left out, as some publishers do."""
    empty = pick([table for table in sample.tables if not table.rows], rng, "empty table")
    tables = tuple(table for table in sample.tables if table is not empty)
    return Fault(replace(sample, tables=tables), Place(empty.kind), form.title(empty.kind, sample), "")


def other_issuer(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-004: a table that names another department."""
    return _issuer(sample, rng, f"{sample.issuer[:3]}综合服务中心")


def no_issuer(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-007: a table that names nobody."""
    return _issuer(sample, rng, "")


def _issuer(sample: SampleDisclosure, rng: Random, issuer: str) -> Fault:
    table = rng.choice(sample.tables)
    return Fault(with_table(sample, replace(table, issuer=issuer)), Place(table.kind), sample.issuer, issuer)


def no_unit(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-008: a table without its unit."""
    table = rng.choice(sample.tables)
    return Fault(with_table(sample, replace(table, unit="")), Place(table.kind), table.unit, "")


def no_note(sample: SampleDisclosure, rng: Random) -> Fault:
    """EMP-001: an empty table that nothing says is empty."""
    empty = pick([table for table in sample.tables if not table.rows], rng, "empty table")
    silent = with_table(sample, replace(empty, declared_empty=False))
    declared = tuple(kind for kind in sample.narrative.declared_empty if kind != empty.kind)
    silent = replace(silent, narrative=replace(silent.narrative, declared_empty=declared))
    return Fault(silent, Place(empty.kind), form.empty_sentence(empty.kind, sample), "")


def false_note(sample: SampleDisclosure, rng: Random) -> Fault:
    """EMP-002: a table with figures that is called empty."""
    may_be_empty = [table for table in sample.tables if table.rows and form.TABLES[table.kind].absence]
    table = pick(may_be_empty, rng, "table with figures that may be empty")
    noted = with_table(sample, replace(table, declared_empty=True))
    return Fault(noted, Place(table.kind), "", form.empty_sentence(table.kind, sample))


PLANTERS: Mapping[str, Planter] = MappingProxyType(
    {
        "COD-001": unknown_class,
        "COD-002": missing_section,
        "COD-003": wrong_name,
        "COD-004": missing_level,
        "COD-005": wrong_economic_code,
        "COD-006": not_basic,
        "COD-007": missing_items,
        "COD-008": wrong_name,
        "COD-009": administration_by_projects,
        "DOC-001": missing_table,
        "DOC-004": other_issuer,
        "DOC-007": no_issuer,
        "DOC-008": no_unit,
        "EMP-001": no_note,
        "EMP-002": false_note,
    }
)
