"""Rows of a table whose layout has cells: headers are aligned with the form by their labels, in order."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.amounts import bare, figure_in, is_blank, parse_figure, unit_behind
from kg.document import Cell, Grid, Span
from kg.extract.drafts import Draft, PanelDrafts, Value
from kg.extract.locate import is_label, label_key
from kg.forms.schema import Panel, TableForm
from kg.records import Passage

_CODE_LABEL = re.compile(r"^(\d{3,7})\s*(\D.*)$", re.DOTALL)
_CODE = re.compile(r"^\d{1,7}$")
_YEAR = re.compile(r"(20\d\d)年度?")
_DIGIT = re.compile(r"\d")
_COUNTERS = ("※", "*", "栏次")
_NOT_OF_THE_ROW = frozenset(
    ("序号", "行次", "单位名称", "预算单位", "单位编码", "单位代码", "预算单位编码", "预算单位代码", "部门名称", "部门编码", "部门代码")
)
"""Heads of columns before the codes that number the rows or say whose they are."""
_MIN_BESIDE = 2
_UNIT = re.compile(r"\((?:单位:)?[亿万]?元\)$")


@dataclass(frozen=True)
class _Layout:
    """Where a panel's parts stand: ``columns`` maps physical columns to form columns, ``end`` is ``None`` for the last panel.

    ``labelled`` are the keys of the columns whose label the header prints, in the order of the form. ``foreign`` are physical columns
    whose label is none of the form's, ``beside`` those that number the rows or say whose they are. ``down``: rows that the form
    prints side by side stand one under the other.
    """

    start: int
    first_value: int
    columns: dict[int, int]
    end: int | None
    labelled: frozenset[str]
    foreign: frozenset[int] = frozenset()
    beside: frozenset[int] = frozenset()
    down: bool = False


def grid_drafts(form: TableForm, grids: Iterable[Grid], unit: str) -> tuple[PanelDrafts, ...]:
    """The rows of every panel of ``form``, figures in ``unit``; a continued piece without a header keeps the header before."""
    vocabulary = _vocabulary(form)
    layouts: tuple[_Layout, ...] = ()
    missing: list[set[str]] = [{column.key for column in panel.columns if not column.optional} for panel in form.panels]
    drafts: list[list[Draft]] = [[] for _ in form.panels]
    unread: list[list[Passage]] = [[] for _ in form.panels]
    fragment = -1
    for grid in grids:
        header: list[tuple[Cell, ...]] = []
        for index, row in enumerate(grid.rows):
            fragment += index == 0 or index in grid.breaks
            if not any(layout.down and _names_row(panel, row) for panel, layout in zip(form.panels, layouts, strict=False)) and _is_header(
                row, vocabulary, form
            ):
                header.append(row)
                continue
            if header:
                layouts = _layouts(form, header)
                for lacking, layout in zip(missing, layouts, strict=True):
                    lacking -= layout.labelled
                header = []
            if not layouts:
                continue
            for panel, layout, rows, cells in zip(form.panels, layouts, drafts, unread, strict=True):
                if panel.rows == "columns" and not layout.down:
                    if any(parse_figure(cell.text, unit) is not None for cell in row):
                        rows += _side_by_side(panel, layout, row, fragment, unit)
                        cells += _unread(layout, row, unit)
                elif (draft := _draft(panel, layout, row, fragment, unit)) is not None:
                    rows.append(draft)
                    cells += _unread(layout, row, unit)
    return tuple(
        PanelDrafts(tuple(rows), True, {}, tuple(sorted(lacking)) if layouts else (), tuple(cells))
        for rows, lacking, cells in zip(drafts, missing, unread, strict=True)
    )


def _unread(layout: _Layout, row: Sequence[Cell], unit: str) -> Iterator[Passage]:
    """Cells under a figure column with digits that are no number: ``12.3.4``, ``1O.50``."""
    for cell in row:
        if cell.column in layout.columns and _DIGIT.search(cell.text) and parse_figure(cell.text, unit) is None:
            yield Passage("unread-cell", bare(cell.text), _inner(cell, bare(cell.text)))


def _vocabulary(form: TableForm) -> frozenset[str]:
    labels = {label for panel in form.panels for column in panel.columns for label in column.labels}
    labels |= {label for panel in form.panels if panel.rows == "columns" for row in panel.labels for label in row.labels}
    return frozenset(label_key(label) for label in (*form.headings, *labels))


def _is_header(row: Sequence[Cell], vocabulary: frozenset[str], form: TableForm) -> bool:
    if any("." in cell.text and parse_figure(cell.text) is not None for cell in row):
        return False  # known soonest: most rows have figures
    texts = [_YEAR.sub("", _label(cell), count=1) for cell in row if not is_blank(cell.text)]
    if not texts:
        return False
    if _is_counter_row(texts):
        return True
    if len(texts) == 1 and any(texts[0] in map(label_key, panel.total_labels) for panel in form.panels):
        return False
    if any(parse_figure(text, unit_behind(text)) is not None for text in texts):
        return False
    known_rows = {label_key(label) for panel in form.panels if panel.rows != "columns" for row_ in panel.labels for label in row_.labels}
    if texts[0] in known_rows and texts[0] not in vocabulary:
        return False
    if len(texts) == 1 and texts[0] in known_rows:
        return False
    return sum(text in vocabulary for text in texts) * 2 > len(texts)


def _label(cell: Cell) -> str:
    """A header's label without the unit of money behind it."""
    return _UNIT.sub("", label_key(cell.text))


def _names_row(panel: Panel, row: Sequence[Cell]) -> bool:
    """Whether a row begins with a label of the form's rows."""
    text = next((label_key(cell.text) for cell in row if not is_blank(cell.text)), "")
    return any(is_label(label, text) for label in panel.labels)


def _is_counter_row(texts: Sequence[str]) -> bool:
    """The row that numbers the columns: ※ ※ 1 2 3 …"""
    numbers = [text for text in texts if text not in _COUNTERS]
    return len(numbers) < len(texts) and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _layouts(form: TableForm, header: Sequence[Sequence[Cell]]) -> tuple[_Layout, ...]:
    width = max(len(row) for row in header)
    counters: dict[int, int] = {}
    leaves = [""] * width
    for row in header:
        texts = [_label(cell) for cell in row]
        if _is_counter_row([text for text in texts if text]):
            counters = {index: int(text) - 1 for index, text in enumerate(texts) if text.isdigit()}
            continue
        for index, text in enumerate(texts):
            if text:
                leaves[index] = text
    leaves = _without_year(leaves)
    beside_rows = frozenset(index for index, leaf in enumerate(leaves) if leaf in _NOT_OF_THE_ROW)
    layouts = []
    at = 0
    for order, panel in enumerate(form.panels):
        last = order + 1 == len(form.panels)
        beside = _find(leaves, panel) if panel.rows == "columns" else {}
        down = panel.rows == "columns" and len(beside) < _MIN_BESIDE
        matches = (
            _align(leaves[at : width if last else _next_panel(leaves, at, form)], panel) if down or panel.rows != "columns" else beside
        )
        labelled = frozenset(
            column.key for index, column in enumerate(panel.columns) if panel.rows == "columns" or index in matches.values()
        )
        columns = {at + index: column for index, column in matches.items()}
        if counters and len(form.panels) == 1 and len(counters) == len(panel.columns):
            columns = counters
        first = min(columns, default=at + _text_cells(panel))
        end = max(columns, default=first) + 1
        foreign = frozenset(index for index in range(first, width) if leaves[index] and index not in columns)
        layouts.append(_Layout(at, first, columns, None if last else end, labelled, foreign, beside_rows, down))
        at = end
    return tuple(layouts)


def _next_panel(leaves: Sequence[str], start: int, form: TableForm) -> int:
    """Where the labels of the next panel's rows may begin: under a heading that comes after one that is none."""
    headings = {label_key(heading) for heading in form.headings}
    figures = next((index for index in range(start + 1, len(leaves)) if leaves[index] not in headings), len(leaves))
    return next((index for index in range(figures + 1, len(leaves)) if leaves[index] in headings), len(leaves))


def _without_year(leaves: Sequence[str]) -> list[str]:
    """Header labels without the year before them; where several years stand side by side only the last is left out."""
    years = [match[1] for leaf in leaves if (match := _YEAR.match(leaf))]
    last = max(years, default="")
    return [leaf[match.end() :] if (match := _YEAR.match(leaf)) and match[1] == last else leaf for leaf in leaves]


def _find(leaves: Sequence[str], panel: Panel) -> dict[int, int]:
    """Where the header prints the form's rows, in whatever order: physical columns to indexes of ``panel.labels``."""
    aliases = [frozenset(label_key(label) for label in row.labels) for row in panel.labels]
    found: dict[int, int] = {}
    for index, leaf in enumerate(leaves):
        row = next((at for at, names in enumerate(aliases) if leaf in names and at not in found.values()), None)
        if row is not None:
            found[index] = row
    return found


def _side_by_side(panel: Panel, layout: _Layout, row: Sequence[Cell], fragment: int, unit: str) -> list[Draft]:
    """A draft for each of the form's rows that this printed row holds side by side."""
    drafts = []
    for cell in row:
        at = layout.columns.get(cell.column)
        if at is not None:
            value = _value(cell, unit, 0)
            values = (value,) if value is not None else ()
            drafts.append(Draft(fragment, panel.labels[at].labels[0], (), "", values, int(is_blank(cell.text)), cell.span))
    return drafts


def _text_cells(panel: Panel) -> int:
    return (len(panel.digits) if panel.rows == "codes" and len(panel.digits) > 1 else 0) + 1 + panel.projects


def _align(leaves: Sequence[str], panel: Panel) -> dict[int, int]:
    """The longest in-order match of physical header labels with form columns; earliest physical columns win ties.

    A label that stands out of order is matched too where it can only be one column's.
    """
    aliases = [frozenset(label_key(label) for label in column.labels) for column in panel.columns]
    best = [[0] * (len(aliases) + 1) for _ in range(len(leaves) + 1)]
    for index in range(len(leaves) - 1, -1, -1):
        for column in range(len(aliases) - 1, -1, -1):
            best[index][column] = max(
                best[index + 1][column],
                best[index][column + 1],
                best[index + 1][column + 1] + 1 if leaves[index] in aliases[column] else 0,
            )
    matches: dict[int, int] = {}
    index = column = 0
    while index < len(leaves) and column < len(aliases):
        if leaves[index] in aliases[column] and best[index][column] == best[index + 1][column + 1] + 1:
            matches[index] = column
            index, column = index + 1, column + 1
        elif best[index][column] == best[index][column + 1]:
            column += 1
        else:
            index += 1
    for index, leaf in enumerate(leaves):
        named = [column for column, names in enumerate(aliases) if leaf in names]
        if index not in matches and len(named) == 1 and named[0] not in matches.values():
            matches[index] = named[0]
    return matches


def _draft(panel: Panel, layout: _Layout, row: Sequence[Cell], fragment: int, unit: str) -> Draft | None:
    texts = [bare(cell.text) for cell in row[layout.start : layout.first_value] if cell.column not in layout.beside]
    label, codes, project = _words(panel, texts)
    values = []
    blanks = 0
    for cell in row[layout.first_value :]:
        if layout.end is not None and cell.column >= layout.end:
            break
        value = _value(cell, unit, _column(layout, cell.column, len(panel.columns)))
        if value is not None:
            values.append(value)
        elif is_blank(cell.text) and cell.column in layout.columns:
            blanks += 1
    if not label and not codes and not project and not values:
        return None
    first = next((cell for cell in row[layout.start :] if not is_blank(cell.text)), row[layout.start])
    last = values[-1].span if values else first.span
    return Draft(
        fragment, label, codes, project, tuple(values), blanks, Span(first.span.line, first.span.start, max(last.end, first.span.end))
    )


def _column(layout: _Layout, physical: int, width: int) -> int | None:
    """The form column under a header; beside the last labelled one the next in order, if the form has one and no other label is there."""
    if physical in layout.columns:
        return layout.columns[physical]
    if physical in layout.foreign:
        return None
    before = [known for known in layout.columns if known < physical]
    guess = layout.columns[max(before)] + physical - max(before) if before else None
    return guess if guess is not None and guess < width else None


def _words(panel: Panel, texts: Sequence[str]) -> tuple[str, tuple[str, ...], str]:
    """Label, code parts and project name of the cells before the figures."""
    if panel.rows != "codes":
        return next((text for text in texts if text), ""), (), ""
    whole = "".join(texts)
    if label_key(whole) in map(label_key, panel.total_labels):
        return whole, (), ""
    if len(texts) == 1:
        match = _CODE_LABEL.match(texts[0])
        return (match[2].strip(), (match[1],), "") if match else (texts[0], (), "")
    codes = []
    rest = _codes_first(texts)
    while rest and (not rest[0] or _CODE.match(rest[0])) and len(rest) > 1 + panel.projects:
        if rest[0]:
            codes.append(rest[0])
        rest.pop(0)
    project = rest[1] if panel.projects and len(rest) > 1 else ""
    return rest[0] if rest else "", tuple(codes), project


def _codes_first(texts: Sequence[str]) -> list[str]:
    """The cells before the figures without what stands before the code: another column, or the name where it comes first."""
    whole = ["".join(text.split()) if _CODE.match("".join(text.split())) else text for text in texts]
    first = next((at for at, text in enumerate(whole) if _CODE.match(text)), 0)
    before = [text for text in whole[:first] if text]
    if not before:
        return whole
    behind = whole[first:]
    return behind if any(text and not _CODE.match(text) for text in behind) else [*behind, before[-1]]


def _value(cell: Cell, unit: str, column: int | None) -> Value | None:
    amount = parse_figure(cell.text, unit)
    figure = figure_in(cell.text, unit)
    return Value(figure, amount, _inner(cell, figure), cell.column, column) if amount is not None else None


def _inner(cell: Cell, inner: str) -> Span:
    """The place of what is printed itself, inside any inline tags."""
    lead = cell.text.find(inner)
    start = cell.span.start + max(lead, 0)
    return Span(cell.span.line, start, start + len(inner))
