"""Faults of what the form prescribes: headings, the contents, titles, heads of tables, and cells that are no number."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from types import MappingProxyType

from kg.records import DisclosureKind
from kg.samples import form
from kg.samples.blocks import Heading, Paragraph, Table
from kg.samples.composing import compose
from kg.samples.facts import Misprint, Printed, SampleDisclosure, SampleTable, SheetScope
from kg.samples.faults import Fault, NotPlantable, Place, Planter, pick, with_table
from kg.samples.style import LAYOUTS

_CODE_DIGITS = (3, 5, 7)
_SHIFTED = "county-shifted"
_PARTS = ("overview", "tables", "explanation", "glossary")
_BY_CODE = ("revenue", "expenditure", "general-budget-expenditure")
_HEADS = {
    "expenditure": ("basic", "project"),
    "general-budget-expenditure": ("basic", "project"),
    "basic-expenditure-economic": ("staff", "running"),
    "revenue": ("own-funds", "fiscal-carry-over"),
}
"""Columns whose label may be missing, by table."""
_SHEET_COLUMNS = {"指标赋分规则": "scoring", "佐证资料": "evidence"}
_SHORTLY_TOLD = re.compile(r"收支总预算[\d,.]+万元。$|（类）[^（）]*%。$")
"""The ends of paragraphs that give totals and shares alone."""
_UNWRITTEN = "XX"
_IN_WORDS = "文字描述"


def _misprinted(sample: SampleDisclosure, place: Place, misprint: Misprint, before: str = "") -> Fault:
    return Fault(replace(sample, misprints=(*sample.misprints, misprint)), place, before or misprint.text, misprint.instead)


def unlisted(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-002: a table or a section that the contents leave out."""
    if not LAYOUTS[sample.layout].contents:
        raise NotPlantable("no contents")
    _, tables, explanation, _ = form.parts(sample)
    titles = tuple(form.title(kind, sample) for kind in form.kinds(sample.variant) if sample.table(kind))
    listed = tuple(form.title(kind, sample) for kind in form.kinds(sample.variant))
    entries = [(tables, title, dict(zip(listed, form.numbered(listed), strict=True))[title]) for title in titles]
    sections = form.sections(sample)
    # The last section is a heading of the form that any document may have; its like are told by the department's name.
    entries += [(explanation, title, entry) for title, entry in zip(sections[:-1], form.numbered(sections), strict=False)]
    part, title, entry = rng.choice(entries)
    return _misprinted(sample, Place("contents", title), Misprint(entry, under=part))


def missing_part(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-003: a part without its heading."""
    part, heading = rng.choice(tuple(zip(_PARTS, form.parts(sample), strict=True)))
    return _misprinted(sample, Place(part), Misprint(heading, skip=int(LAYOUTS[sample.layout].contents)))


def other_year(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-005: a heading left from the year before."""
    year = str(sample.fiscal_year)
    contents = int(LAYOUTS[sample.layout].contents)
    headings = [(f"{year}年{sample.issuer}", 0), *((part, contents) for part in form.parts(sample)[:-1])]
    # Of the first section some house styles shorten the heading, the last one names no year.
    headings += [(section, contents) for section in form.numbered(form.sections(sample))[1:-1]]
    heading, skip = rng.choice(headings)
    before = str(sample.fiscal_year - 1)
    return _misprinted(sample, Place("heading", heading), Misprint(heading, heading.replace(year, before), skip=skip))


def other_word(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-006: a table titled for a unit in the document of a department, or the other way round."""
    word = form.word(sample)
    other = form.WORDS[DisclosureKind.UNIT if sample.kind is DisclosureKind.DEPARTMENT else DisclosureKind.DEPARTMENT]
    kind = pick([table.kind for table in sample.tables if word in form.title(table.kind, sample)], rng, "title with its word")
    title = form.title(kind, sample)
    return _misprinted(sample, Place(kind), Misprint(title, title.replace(word, other)))


def placeholder(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-009: a slot of the form that nobody filled in."""
    slots = [_remark]
    if sample.projects:
        slots.append(_undertaker)
    if sample.sheets:
        slots.append(_target)
    return rng.choice(slots)(sample, rng)


def _remark(sample: SampleDisclosure, rng: Random) -> Fault:
    remarks = f"本{form.word(sample)}{_UNWRITTEN}年无其他需说明事项。"
    matters = replace(sample.other_matters, remarks=remarks)
    return Fault(replace(sample, other_matters=matters), Place("remarks"), sample.other_matters.remarks, _UNWRITTEN)


def _undertaker(sample: SampleDisclosure, rng: Random) -> Fault:
    old = rng.choice(sample.projects)
    new = replace(old, undertaker=_UNWRITTEN)
    projects = tuple(new if each is old else each for each in sample.projects)
    return Fault(replace(sample, projects=projects), Place("projects", old.name, "undertaker"), old.undertaker, _UNWRITTEN)


def _target(sample: SampleDisclosure, rng: Random) -> Fault:
    sheet = rng.choice(sample.sheets)
    old = rng.choice(sheet.indicators)
    new = replace(old, target=_IN_WORDS)
    changed = replace(sheet, indicators=tuple(new if each is old else each for each in sheet.indicators))
    sheets = tuple(changed if each is sheet else each for each in sample.sheets)
    return Fault(replace(sample, sheets=sheets), Place("sheets", old.level3, "target", sheet.project), old.target, _IN_WORDS)


def other_office(sample: SampleDisclosure, rng: Random) -> Fault:
    """DOC-013: the sheet of the whole department calls an office by another name than the overview."""
    offices = sample.overview.offices
    sheet = next((sheet for sheet in sample.sheets if sheet.scope is SheetScope.WHOLE), None)
    if not offices or sheet is None:
        raise NotPlantable("no offices, or no sheet of the whole")
    old = rng.choice(offices)
    new = f"{old[:-1]}中心"
    named = "、".join(new if office == old else office for office in offices)
    goal = f"下设{len(offices)}个{sample.overview.office_word}，分别是：{named}。{sheet.goal}"
    sheets = tuple(replace(each, goal=goal) if each is sheet else each for each in sample.sheets)
    return Fault(replace(sample, sheets=sheets), Place("sheets", column="offices"), old, new)


def nameless_column(sample: SampleDisclosure, rng: Random) -> Fault:
    """EXT-001: a column of figures whose label is not printed."""
    kind = pick([table.kind for table in sample.tables if table.kind in _HEADS and table.rows], rng, "table with labels")
    column = rng.choice(_HEADS[kind])
    label = form.TABLES[kind].columns[column]
    blank = tuple(Misprint(label, part=Printed.HEAD, under=form.title(kind, sample), skip=page) for page in range(_pages(sample, kind)))
    return Fault(replace(sample, misprints=(*sample.misprints, *blank)), Place(kind, column=column), label, "")


def _pages(sample: SampleDisclosure, kind: str) -> int:
    """On how many pages a table stands, each with the head."""
    blocks = compose(sample, LAYOUTS[sample.layout])
    begin = blocks.index(Heading(form.title(kind, sample), 2)) + 1
    end = next(at for at in range(begin, len(blocks)) if isinstance(blocks[at], Heading))
    return sum(isinstance(block, Table) for block in blocks[begin:end])


def shifted_columns(sample: SampleDisclosure, rng: Random) -> Fault:
    """EXT-002: the last four columns of the revenue table printed one place to the left."""
    table = sample.table("revenue")
    moved = ("own-funds", "fiscal-carry-over", "non-fiscal-carry-over")
    if table is None or not any(column in row.cells for row in table.rows if row.key.isdigit() for column in moved):
        raise NotPlantable("no figure that would move")
    if any(column in row.cells for row in table.rows for column in ("fiscal-special-account", "state-capital-transfer")):
        raise NotPlantable("a figure that would be overprinted")
    return Fault(replace(sample, layout=_SHIFTED), Place("revenue"), sample.layout, _SHIFTED)


def unreadable(sample: SampleDisclosure, rng: Random) -> Fault:
    """EXT-003: a figure with a letter for a digit, or with a point too many."""
    layout = LAYOUTS[sample.layout]
    cells = []
    for table in sample.tables:
        printed = Counter(layout.amount(amount) for row in table.rows for amount in row.cells.values())
        if table.kind in _BY_CODE:
            found = [(row, column, layout.amount(amount)) for row in table.rows for column, amount in row.cells.items()]
            cells += [(table.kind, *each) for each in found if printed[each[2]] == 1 and len(each[2]) > len("0.00")]
    kind, row, column, text = pick(cells, rng, "figure that stands once in its table")
    wrong = rng.choice((f"{text[:-1]}O", f"{text}.5", f"{text[:1]}l{text[1:]}"))
    return _misprinted(sample, Place(kind, row.key, column), Misprint(text, wrong, Printed.CELL, form.title(kind, sample)))


def row_again(sample: SampleDisclosure, rng: Random) -> Fault:
    """EXT-005: a row printed twice."""
    tables = [table for table in sample.tables if table.kind in _BY_CODE]
    rows = [(table, row) for table in tables for row in table.rows if len(row.key) in _CODE_DIGITS and row.key.isdigit()]
    table, row = pick(rows, rng, "row with a code")
    at = table.rows.index(row) + 1
    twice: SampleTable = replace(table, rows=(*table.rows[:at], row, *table.rows[at:]))
    return Fault(with_table(sample, twice), Place(table.kind, row.key), row.name, f"{row.name}、{row.name}")


def unread_number(sample: SampleDisclosure, rng: Random) -> Fault:
    """EXT-006: money or a share in a sentence that no form has, behind one that it has."""
    paragraphs = Counter(block.text for block in compose(sample, LAYOUTS[sample.layout]) if isinstance(block, Paragraph))
    # A reason may run on to the end of its paragraph, and a list too.
    told = [text for text, times in paragraphs.items() if times == 1 and _SHORTLY_TOLD.search(text)]
    text = pick(told, rng, "total or class")
    number = f"{rng.randint(3, 90)}.{rng.randint(11, 98)}"
    more = rng.choice((f"按程序另行核定{number}万元。", f"以上测算的综合系数为{number}%。"))
    return replace(_misprinted(sample, Place("explanation"), Misprint(text, text + more)), before="", after=number)


def headless_column(sample: SampleDisclosure, rng: Random) -> Fault:
    """KPI-017: a project's sheet whose head lacks a column."""
    sheets = [sheet for sheet in sample.sheets if sheet.scope is SheetScope.PROJECT]
    sheet = pick(sheets, rng, "sheet of a project")
    label = rng.choice(tuple(_SHEET_COLUMNS))
    place = Place("sheets", column=_SHEET_COLUMNS[label], project=sheet.project)
    return _misprinted(sample, place, Misprint(label, part=Printed.CELL, under="项目支出绩效目标表", skip=sheets.index(sheet)))


PLANTERS: Mapping[str, Planter] = MappingProxyType(
    {
        "DOC-002": unlisted,
        "DOC-003": missing_part,
        "DOC-005": other_year,
        "DOC-006": other_word,
        "DOC-009": placeholder,
        "DOC-013": other_office,
        "EXT-001": nameless_column,
        "EXT-002": shifted_columns,
        "EXT-003": unreadable,
        "EXT-005": row_again,
        "EXT-006": unread_number,
        "KPI-017": headless_column,
    }
)
