"""From drafts to tables: codes completed, rows in their tree, every figure in its column with the reason why."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from kg.amounts import step
from kg.codes import CodeList
from kg.document import Span
from kg.extract.drafts import Draft, PanelDrafts
from kg.extract.locate import is_label, label_key
from kg.extract.placement import Choice, Line, Sheet, solve, straighten
from kg.forms.schema import Panel, Place
from kg.iri import normal
from kg.records import IssuerRow, Observation, Placement, Role, TableRow

_ORDINAL = re.compile(r"^\(?(?:[一二三四五六七八九十]{1,3}|\d{1,2})(?:[.、]|\))")

Facts = Mapping[tuple[str, str, str], Decimal]


@dataclass(frozen=True)
class PanelResult:
    """The rows and figures of one panel, amounts still in the printed unit."""

    rows: tuple[TableRow, ...]
    observations: tuple[Observation, ...]
    issuer_rows: tuple[IssuerRow, ...]
    blanks: int
    shifted: bool


def build_panel(
    panel: Panel,
    drafts: PanelDrafts,
    issuer: str,
    codes: CodeList | None,
    names: frozenset[str],
    facts: Facts,
    first_row: int,
    classes: Mapping[str, str],
) -> PanelResult:
    """Identify the rows of a panel and place its figures.

    ``names`` are the code names that this document knows, as label keys; ``facts`` the figures already settled in it, by
    (table, row, column), in the printed unit; ``first_row`` is the position of the first row; ``classes`` the codes of classes
    by name that another table of the document prints.
    """
    whole = join_cut_rows(panel, drafts.rows, names) if drafts.positioned else drafts.rows
    own = [draft for draft in whole if _is_issuer(draft, issuer, panel)]
    kept = [draft for draft in whole if draft not in own]
    rows = identify(panel, kept, codes, first_row, classes)
    kept = [draft for draft, row in zip(kept, rows, strict=True) if row is not None]
    known = [row for row in rows if row is not None]
    columns, placements, candidates = _place(panel, drafts, kept, known, facts)
    observations: list[Observation] = []
    for index, (draft, row) in enumerate(zip(kept, known, strict=True)):
        for position, value in enumerate(draft.values):
            column = columns[index][position]
            observations.append(
                Observation(
                    row=row.position,
                    column=panel.columns[column].key if column is not None else "",
                    table_column=value.physical,
                    amount=value.amount,
                    printed=value.printed,
                    role=_role(row, panel.columns[column].role if column is not None else Role.LEAF),
                    placement=placements[index][position],
                    span=value.span,
                    candidates=tuple(panel.columns[option].key for option in sorted(candidates[index][position])),
                )
            )
    shifted = any(placement is Placement.PLACED for row in placements for placement in row) and drafts.positioned
    last = max((row.position for row in known), default=first_row - 1)
    issuer_rows = tuple(_issuer_row(panel, draft, last + 1 + order) for order, draft in enumerate(own))
    return PanelResult(tuple(known), tuple(observations), issuer_rows, sum(draft.blanks for draft in drafts.rows), shifted)


def _is_issuer(draft: Draft, issuer: str, panel: Panel) -> bool:
    return panel.rows in ("codes", "items") and not draft.codes and bool(issuer) and normal(draft.label) == normal(issuer)


def _issuer_row(panel: Panel, draft: Draft, position: int) -> IssuerRow:
    row = TableRow(position, "issuer", draft.label, Role.SUBTOTAL, draft.span)
    return IssuerRow(
        row,
        tuple(
            Observation(
                position,
                panel.columns[value.column].key,
                value.physical,
                value.amount,
                value.printed,
                Role.SUBTOTAL,
                Placement.READ,
                value.span,
            )
            for value in draft.values
            if value.column is not None
        ),
    )


def _role(row: TableRow, column: Role) -> Role:
    if row.role is Role.TOTAL or row.role is Role.OF_WHICH:
        return row.role
    if row.role is Role.LEAF and (column is Role.LEAF or row.direction == "income"):
        return Role.LEAF
    return Role.SUBTOTAL


def join_cut_rows(panel: Panel, drafts: Sequence[Draft], names: frozenset[str]) -> tuple[Draft, ...]:
    """Join the two halves of a row that a page break cut: only halves that lack what the other has, and only to a known name.

    A project's or an item's name is known to nobody; its second half is joined when it stands alone on a new page fragment.
    """
    known = names | {label_key(label) for row in panel.labels for label in row.labels}
    joined: list[Draft] = []
    for draft in drafts:
        before = joined[-1] if joined else None
        if before is not None and not draft.codes and not (before.values and draft.values) and _continues(before, draft, known):
            joined[-1] = replace(
                before,
                label=before.label + draft.label,
                project=before.project + draft.project,
                values=before.values or draft.values,
                blanks=max(before.blanks, draft.blanks),
                span=Span(before.span.line, before.span.start, max(before.span.end, draft.span.end)),
            )
        else:
            joined.append(draft)
    return tuple(joined)


def _continues(before: Draft, after: Draft, known: frozenset[str]) -> bool:
    if after.label:
        name = label_key(before.label + after.label)
        return name in known and label_key(after.label) not in known
    return bool(after.project and before.project and not after.values and after.fragment != before.fragment)


# ---- rows -------------------------------------------------------------------------------------------------------------


def identify(
    panel: Panel, drafts: Sequence[Draft], codes: CodeList | None, first_row: int, classes: Mapping[str, str]
) -> list[TableRow | None]:
    """A row for each draft, ``None`` for a line that is no row of the form."""
    if panel.rows in ("labels", "columns"):
        return _by_labels(panel, drafts, first_row)
    if panel.rows == "names":
        assert codes is not None
        return _by_names(panel, drafts, codes, first_row, classes)
    if panel.rows == "codes":
        assert codes is not None
        return _by_codes(panel, drafts, codes, first_row)
    return _by_items(panel, drafts, first_row)


def _by_labels(panel: Panel, drafts: Sequence[Draft], first_row: int) -> list[TableRow | None]:
    """Match labels with the form's rows in order; a total row may come first or last, and is the one with its first name."""
    printed = {label_key(draft.label) for draft in drafts}
    best = {
        at: next(name for name in map(label_key, label.labels) if name in printed)
        for at, label in enumerate(panel.labels)
        if label.role is Role.TOTAL and printed & set(map(label_key, label.labels))
    }
    taken: dict[int, int] = {}
    pointer = 0
    for index, draft in enumerate(drafts):
        key = label_key(draft.label)
        candidates = [
            at
            for at, label in enumerate(panel.labels)
            if at not in taken.values() and is_label(label, key) and not (label.role is Role.TOTAL and key != best.get(at, key))
        ]
        following = [at for at in candidates if at >= pointer]
        if candidates:
            totals = [at for at in candidates if panel.labels[at].role is Role.TOTAL]
            taken[index] = (totals or following or candidates)[0]
            if panel.labels[taken[index]].role is not Role.TOTAL:
                pointer = taken[index] + 1
    positions = {panel.labels[at].key: first_row + index for index, at in taken.items()}
    rows: list[TableRow | None] = []
    for index, draft in enumerate(drafts):
        if index not in taken:
            rows.append(None)
            continue
        label = panel.labels[taken[index]]
        parent = positions.get(label.parent) if label.parent else None
        rows.append(
            TableRow(
                first_row + index,
                label.key,
                draft.label,
                label.role,
                draft.span,
                parent=parent,
                direction=panel.direction,
                detail=label.detail,
            )
        )
    return rows


def _by_names(panel: Panel, drafts: Sequence[Draft], codes: CodeList, first_row: int, classes: Mapping[str, str]) -> list[TableRow | None]:
    """Rows that name a class of the scheme without its code; an unknown name is its own key."""
    labels = [label_key(draft.label) for draft in drafts]
    totals = [label_key(label) for label in panel.total_labels]
    total_at = next((labels.index(label) for label in totals if label in labels), None)
    grand = first_row + total_at if total_at is not None else None
    rows: list[TableRow | None] = []
    for index, draft in enumerate(drafts):
        position = first_row + index
        name = _ORDINAL.sub("", label_key(draft.label))
        if index == total_at:
            rows.append(TableRow(position, panel.total_key, draft.label, Role.TOTAL, draft.span, direction=panel.direction))
        elif name:
            code = classes.get(normal(name)) or _class_code(name, codes, panel.digits[0])
            key = f"{panel.prefix}{code or name}"
            role = Role.OF_WHICH if labels[index] in totals else Role.LEAF  # a total beside the grand one: of this year alone
            rows.append(TableRow(position, key, draft.label, role, draft.span, "", code, parent=grand, direction=panel.direction))
        else:
            rows.append(None)
    return rows


def _class_code(name: str, codes: CodeList, size: int) -> str:
    """The code of that many digits which bears the name, empty when none or several do."""
    found = [notation for notation in codes.by_label.get(normal(name), ()) if len(notation) == size]
    return found[0] if len(found) == 1 else ""


def _by_codes(panel: Panel, drafts: Sequence[Draft], codes: CodeList, first_row: int) -> list[TableRow | None]:
    totals = {label_key(label) for label in panel.total_labels}
    official = _official_codes(panel, drafts, codes)
    total_at = next(
        (
            i
            for i, draft in enumerate(drafts)
            if not draft.codes and (label_key(draft.label) in totals or label_key(draft.project) in totals)
        ),
        None,
    )
    grand = first_row + total_at if total_at is not None else None
    by_code = {official[i]: first_row + i for i, draft in reversed(list(enumerate(drafts))) if draft.codes and not draft.project}
    rows: list[TableRow | None] = []
    for index, draft in enumerate(drafts):
        position = first_row + index
        if index == total_at:
            rows.append(
                TableRow(position, panel.total_key, draft.label or draft.project, Role.TOTAL, draft.span, direction=panel.direction)
            )
        elif draft.codes:
            code = official[index]
            parent = _parent(code, by_code, panel, own=position if not draft.project else None) or grand
            rows.append(
                TableRow(
                    position, f"{panel.prefix}{code}", draft.label, Role.LEAF, draft.span,
                    "".join(draft.codes), code, parent if parent != position else None, draft.project, panel.direction,
                )
            )  # fmt: skip
        else:
            rows.append(None)
    with_children = {row.parent for row in rows if row is not None}
    return [
        replace(row, role=Role.SUBTOTAL) if row is not None and row.role is Role.LEAF and row.position in with_children else row
        for row in rows
    ]


def _parent(code: str, by_code: Mapping[str, int], panel: Panel, own: int | None) -> int | None:
    """The row of the same code (for a project) or of the nearest shorter code."""
    sizes = [sum(panel.digits[:depth]) for depth in range(1, len(panel.digits) + 1)]
    for size in sorted(sizes, reverse=True):
        if size > len(code) or (size == len(code) and own is not None):
            continue
        found = by_code.get(code[:size])
        if found is not None and found != own:
            return found
    return None


def _official_codes(panel: Panel, drafts: Sequence[Draft], codes: CodeList) -> list[str]:
    """Printed codes, completed where the name belongs to a deeper level than the code (a level was not printed)."""
    official: list[str] = []
    for index, draft in enumerate(drafts):
        code = _padded(draft.codes, panel.digits)
        if code and len(draft.codes) < len(panel.digits):
            code = _completed(code, draft, drafts[index + 1 :], codes, panel, set(official))
        official.append(code)
    return official


def _padded(parts: Sequence[str], digits: Sequence[int]) -> str:
    """The parts of a code as one, each with its leading zeros: some printings and every spreadsheet lose them.

    A printing may repeat in each part those before it (201, 20103, 2010301): then the last is the code.
    """
    if len(parts) > len(digits):
        return "".join(parts)
    if len(parts) > 1 and all(after.startswith(before) and len(after) > len(before) for before, after in pairwise(parts)):
        return parts[-1]
    return "".join(part.zfill(size) for part, size in zip(parts, digits, strict=False))


def _completed(code: str, draft: Draft, following: Sequence[Draft], codes: CodeList, panel: Panel, seen: set[str]) -> str:
    name = normal(draft.label)
    if any(normal(label) == name for label in codes.labels.get(code, ())):
        return code
    deeper = [notation for notation in codes.by_label.get(name, ()) if notation.startswith(code) and notation != code]
    if len(deeper) == 1:
        return deeper[0]
    below = next(("".join(other.codes) for other in following if other.codes), "")
    size = sum(panel.digits[: len(draft.codes) + 1])
    if code in seen and below.startswith(code) and len(below) > size:
        return below[:size]
    return code


def _by_items(panel: Panel, drafts: Sequence[Draft], first_row: int) -> list[TableRow | None]:
    totals = {label_key(label) for label in panel.total_labels}
    total_at = next((index for index, draft in enumerate(drafts) if label_key(draft.label) in totals), None)
    grand = first_row + total_at if total_at is not None else None
    rows: list[TableRow | None] = []
    for index, draft in enumerate(drafts):
        position = first_row + index
        if index == total_at:
            rows.append(TableRow(position, panel.total_key, draft.label, Role.TOTAL, draft.span))
        elif draft.label and draft.values:
            rows.append(
                TableRow(position, f"item:{normal(draft.label)}", draft.label, Role.LEAF, draft.span, parent=grand, project=draft.label)
            )
        else:
            rows.append(None)
    return rows


# ---- columns ----------------------------------------------------------------------------------------------------------

_Columns = list[tuple[int | None, ...]]


def _place(
    panel: Panel, whole: PanelDrafts, drafts: Sequence[Draft], rows: Sequence[TableRow], facts: Facts
) -> tuple[_Columns, list[tuple[Placement, ...]], list[tuple[frozenset[int], ...]]]:
    none: list[tuple[frozenset[int], ...]] = [tuple(frozenset() for _ in draft.values) for draft in drafts]
    if len(panel.columns) == 1:
        columns: _Columns = [
            tuple(value.column if whole.positioned else 0 if len(draft.values) == 1 else None for value in draft.values) for draft in drafts
        ]
        marks = [tuple(Placement.AMBIGUOUS if column is None else Placement.READ for column in row) for row in columns]
        return columns, marks, none
    sheet = _sheet(panel, whole, drafts, rows, facts)
    if whole.positioned:
        read = [tuple(value.column for value in draft.values) for draft in drafts]
        return _from_choice(sheet, straighten(sheet, read), read)
    return _from_choice(sheet, solve(sheet), [tuple(None for _ in draft.values) for draft in drafts])


def _sheet(panel: Panel, printed: PanelDrafts, drafts: Sequence[Draft], rows: Sequence[TableRow], facts: Facts) -> Sheet:
    positioned = printed.positioned
    index_of = {column.key: index for index, column in enumerate(panel.columns)}
    at = {row.position: index for index, row in enumerate(rows)}
    finest = min((step(value.printed) for draft in drafts for value in draft.values), default=Decimal(1))
    scale = min(finest, *(step(str(amount)) for amount in facts.values())) if facts else finest

    def whole(amount: Decimal) -> int:
        return int(amount / scale)

    cross = {}
    for fact in panel.cross:
        if (fact.table, "", "") in facts and not (fact.soft and positioned):
            cross[index_of[fact.column]] = whole(facts.get((fact.table, fact.row, fact.at), Decimal(0)))
    slack = whole(finest)
    lines = tuple(
        Line(
            tuple(whole(value.amount) // slack for value in draft.values),
            at.get(row.parent) if row.parent is not None else None,
            draft.fragment,
        )
        for draft, row in zip(drafts, rows, strict=True)
    )
    return Sheet(
        lines,
        len(panel.columns),
        tuple((index_of[identity.total], tuple(index_of[part] for part in identity.parts)) for identity in panel.identities),
        next((index for index, row in enumerate(rows) if row.role is Role.TOTAL), None),
        {column: amount // slack for column, amount in cross.items()},
        () if positioned else tuple(_bounds(panel, rows, facts, finest)),
        printed.widths,
        printed.absent,
    )


def _bounds(panel: Panel, rows: Sequence[TableRow], facts: Facts, finest: Decimal) -> Iterator[tuple[frozenset[int], Mapping[int, int]]]:
    """The panel's bounds whose tables were read, as column indexes and the most of each row in steps."""
    index_of = {column.key: index for index, column in enumerate(panel.columns)}
    for bound in panel.bounds:
        if all((place.table, "", "") in facts for place in (bound.place, bound.less) if place):
            most = {index: _printed(bound.place, row, facts) - _printed(bound.less, row, facts) for index, row in enumerate(rows)}
            yield frozenset(index_of[key] for key in bound.columns), {index: int(amount / finest) for index, amount in most.items()}


def _printed(place: Place | None, row: TableRow, facts: Facts) -> Decimal:
    """What a cell of another table prints; a blank bounds like 0."""
    return facts.get((place.table, place.row or row.key, place.at), Decimal(0)) if place else Decimal(0)


def _from_choice(
    sheet: Sheet, choice: Choice, read: Sequence[Sequence[int | None]]
) -> tuple[_Columns, list[tuple[Placement, ...]], list[tuple[frozenset[int], ...]]]:
    columns: _Columns = []
    marks: list[tuple[Placement, ...]] = []
    left: list[tuple[frozenset[int], ...]] = []
    for index, (row, before) in enumerate(zip(choice.columns, read, strict=True)):
        involved = index in choice.unsatisfied or sheet.lines[index].parent in choice.unsatisfied
        open_mark = Placement.INCONSISTENT if involved else Placement.AMBIGUOUS
        columns.append(tuple(next(iter(options)) if len(options) == 1 else None for options in row))
        marks.append(
            tuple(
                open_mark if len(options) != 1 else Placement.READ if options == {column} else Placement.PLACED
                for options, column in zip(row, before, strict=True)
            )
        )
        left.append(tuple(frozenset() if len(options) == 1 else options for options in row))
    return columns, marks, left


def span_of(rows: Sequence[TableRow], title: Span) -> Span:
    """From the title to the last row."""
    return Span(title.line, title.start, max([title.end, *(row.span.end for row in rows)]))
