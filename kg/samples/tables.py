"""Part two: the tables of the form, filled with the figures of a sample."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kg.samples import form
from kg.samples.blocks import Block, Caption, Head, Heading, PageBreak, Paragraph, Row, Table
from kg.samples.facts import SampleDisclosure, SampleRow, SampleTable
from kg.samples.style import EmptyNote, Layout

_TRANSFER = "state-capital-transfer"
_REMARK_ABOVE = "carry-over"
_NUMBERED = tuple("一二12345")
_APPROPRIATIONS = 7
_HeadRow = tuple[Head, ...]
_TWO_SIDED = frozenset({"revenue-expenditure-summary", "fiscal-appropriation-summary"})
_BY_PART = frozenset({"government-fund-expenditure", "state-capital-expenditure"})
_FIGURE_HEADS = {
    "expenditure": "支出预算",
    "general-budget-expenditure": "一般公共预算支出",
    "basic-expenditure-economic": "一般公共预算基本支出",
    "government-fund-expenditure": "政府性基金预算支出",
    "state-capital-expenditure": "国有资本经营预算支出",
}
_FUNCTIONAL = (3, 2, 2)
_CODE_DIGITS = {
    "revenue": _FUNCTIONAL,
    "expenditure": _FUNCTIONAL,
    "general-budget-expenditure": _FUNCTIONAL,
    "basic-expenditure-economic": (3, 2),
    "general-budget-projects": _FUNCTIONAL,
    "government-fund-expenditure": _FUNCTIONAL,
    "state-capital-expenditure": _FUNCTIONAL,
}
_NAME_COLUMN = {kind: len(digits) for kind, digits in _CODE_DIGITS.items()}
_LABEL_COLUMNS = {kind: at + (2 if kind == "general-budget-projects" else 1) for kind, at in _NAME_COLUMN.items()}


def table_blocks(sample: SampleDisclosure, layout: Layout) -> Iterator[Block]:
    """All tables in the order of the form, numbered by it; a table that the sample lacks leaves its number unused.

    Raises :class:`ValueError` for a figure that the layout has no column for.
    """
    for number, kind in enumerate(form.kinds(sample.variant), start=1):
        table = sample.table(kind)
        if table is not None:
            yield Paragraph(f"表{number}")
            yield Heading(form.title(kind, sample), 2)
            yield from _Setter(sample, layout, table).blocks()


@dataclass(frozen=True)
class _Setter:
    """Sets one table."""

    sample: SampleDisclosure
    layout: Layout
    table: SampleTable

    def blocks(self) -> Iterator[Block]:
        head, rows = self._form()
        head = tuple(tuple(replace(cell, text=self.layout.label(cell.text)) for cell in line) for line in head)
        note = list(self._note())
        yield self._caption()
        if self.layout.empty_note is EmptyNote.REMARK and self.table.kind == _REMARK_ABOVE:
            yield from note
            note = []
        at = self._rows_on_first_page()
        if at is not None and at < len(rows):
            yield Table(head, self._page(rows[:at]))
            yield PageBreak()
            if self.layout.repeat_issuer:
                yield self._caption()
            rows = rows[at:]
        yield Table(head, self._page(rows))
        yield from note

    def _rows_on_first_page(self) -> int | None:
        if self.table.kind == "revenue":
            return self.layout.revenue_break
        return self.layout.table_page if self.table.kind in _CODE_DIGITS else None

    def _caption(self) -> Caption:
        issuer = self.sample.issuer if self.table.issuer is None else self.table.issuer
        named = f"编制{form.word(self.sample)}：{issuer}" if issuer else ""
        return Caption(named, f"单位：{self.table.unit}" if self.table.unit else "")

    def _note(self) -> Iterator[Block]:
        if self.table.declared_empty:
            remark = self.layout.empty_note is EmptyNote.REMARK
            yield Paragraph((form.empty_remark if remark else form.empty_sentence)(self.table.kind, self.sample))

    def _page(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        if not self.layout.column_numbers or self.table.kind in _TWO_SIDED:
            return tuple(rows)
        figures = len(self._columns())
        labels = _LABEL_COLUMNS.get(self.table.kind, 1)
        spare = self._spare()
        return (Row(("※",) * labels + tuple(str(number) for number in range(1, figures + 1)) + spare), *rows)

    def _columns(self) -> Mapping[str, str]:
        columns = form.TABLES[self.table.kind].columns
        if self.table.kind == "revenue" and self.layout.revenue_columns < len(columns):
            return {key: label for key, label in columns.items() if key != _TRANSFER}
        return columns

    def _form(self) -> tuple[tuple[tuple[Head, ...], ...], list[Row]]:
        kind = self.table.kind
        if kind == "revenue-expenditure-summary":
            return self._summary_head(), self._summary_rows()
        if kind == "fiscal-appropriation-summary":
            return self._appropriation_head(), self._appropriation_rows()
        if kind == "three-public-expenses":
            return self._fund_head("“三公”经费支出内容"), self._three_public_rows()
        if kind == "entrusted-services":
            return self._fund_head("项目名称"), self._listed_rows()
        if kind == "carry-over":
            return self._carry_over_head(), self._listed_rows()
        return self._code_head(), self._listed_rows()

    def _figures(self, row: SampleRow | None) -> tuple[str, ...]:
        columns = self._columns()
        cells: Mapping[str, Decimal] = {} if row is None else row.cells
        for key in cells:
            if key not in columns:
                raise ValueError(f"{self.table.kind}, row {row.key if row else ''}: no column {key} in this layout")
        return tuple(self.layout.amount(cells.get(key)) for key in columns)

    def _amount(self, key: str) -> str:
        return self.layout.amount(self.table.amount(key, "total"))

    def _class_rows(self) -> list[tuple[str, SampleRow | None]]:
        """The classes that the form lists, as printed label and row; a row's own name wins."""
        codes = [code for code in form.CLASSES if self.layout.special_bonds or code != "234"]
        rows = [(code, self.table.row(f"expenditure:{code}")) for code in codes]
        return [(f"{code} {(row.name if row else '') or form.CLASSES[code]}", row) for code, row in rows]

    def _summary_rows(self) -> list[Row]:
        income = [(label, self._amount(key)) for key, label in form.SUMMARY_INCOME.items()]
        return [*self._side_by_side(income), self._balance(self._amount("expenditure:total"))]

    def _appropriation_rows(self) -> list[Row]:
        income = [(label, self._amount(key)) for key, label in form.APPROPRIATION_INCOME.items()]
        return [*self._side_by_side(income), self._balance(*self._figures(self.table.row("expenditure:total")))]

    def _side_by_side(self, income: list[tuple[str, str]]) -> Iterator[Row]:
        """Income beside the classes of expenditure; numbered income rows are sums."""
        spending = [(label, *self._figures(row)) for label, row in self._class_rows()]
        income = income + [("", "")] * (len(spending) - len(income))
        for left, right in zip(income, spending, strict=True):
            numbered = left[0][:1] in _NUMBERED and self.layout.bold_labels
            yield Row((*left, *right), strong_cells=len(left) if numbered else 0)

    def _balance(self, *figures: str) -> Row:
        income, spending = self.layout.word("收入总计"), self.layout.word("支出总计")
        return Row((income, self._amount("income:total"), spending, *figures), strong=True)

    def _three_public_rows(self) -> list[Row]:
        labels = form.THREE_PUBLIC_LONG if self.layout.long_vehicle_names else form.THREE_PUBLIC
        rows = []
        for key, label in labels.items():
            lead = "其中：" if key == "vehicle-purchase" else ""
            rows.append(Row((lead + label, *self._figures(self.table.row(key))), strong=key == "vehicles"))
        total = self._total_row(self.table.row("total"))
        return [total, *rows] if self.layout.three_public_first else [*rows, total]

    def _listed_rows(self) -> list[Row]:
        rows = [self._listed_row(row) for row in self.table.rows if row.key != "total"]
        total = self.table.row("total")
        if total is None and not (self.layout.empty_total_row and not rows):
            return rows
        return [self._total_row(total), *rows] if self.layout.total_first else [*rows, self._total_row(total)]

    def _listed_row(self, row: SampleRow) -> Row:
        name = self.sample.issuer if row.key == "issuer" else row.name or row.key.removeprefix("item:")
        digits = _CODE_DIGITS.get(self.table.kind, ())
        code = "" if row.key == "issuer" else row.code or row.key
        cells = [*_split(code, digits), name]
        if self.table.kind == "general-budget-projects":
            cells.append(self.layout.name(row.project))
        figures = self._figures(row)
        if self.table.kind == "revenue" and self.layout.revenue_shift:
            figures = _shifted(figures, row)
        return Row((*cells, *figures, *self._spare()), strong=bool(digits) and len(code) < sum(digits))

    def _spare(self) -> tuple[str, ...]:
        return ("",) if self.layout.spare_cell and self.table.kind == "general-budget-projects" else ()

    def _total_row(self, row: SampleRow | None) -> Row:
        labels = [""] * _LABEL_COLUMNS.get(self.table.kind, 1)
        at = -1 if self.layout.total_among_projects else _NAME_COLUMN.get(self.table.kind, 0)
        labels[at] = self.layout.word(self.layout.total_word)
        return Row((*labels, *self._figures(row), *self._spare()), strong=True)

    def _summary_head(self) -> tuple[tuple[Head, ...], ...]:
        return (
            (Head(self.layout.word("收入"), 2), Head(self.layout.word("支出"), 2)),
            (Head(self.layout.word("项目")), Head("预算数"), Head(self._class_word()), Head("预算数")),
        )

    def _appropriation_head(self) -> tuple[tuple[Head, ...], ...]:
        labels = tuple(Head(label) for label in self._columns().values())
        return (
            (Head("财政拨款收入", 2), Head("财政拨款支出", 1 + len(labels))),
            (Head(self.layout.word("项目")), Head(self.layout.word("合计")), Head(self._class_word()), *labels),
        )

    def _class_word(self) -> str:
        return "功能分类" if self.layout.long_code_heads else "科目名称"

    def _fund_head(self, first: str) -> tuple[tuple[Head, ...], ...]:
        total, *funds = self._columns().values()
        top = (Head(first, rows=2), Head(total, rows=2), Head("资金来源", len(funds)))
        return top, tuple(Head(label) for label in funds)

    def _carry_over_head(self) -> tuple[tuple[Head, ...], ...]:
        money = (Head("小计", rows=2), Head("基本支出", 2), Head("项目支出", rows=2))
        parts = (Head("人员经费"), Head("公用经费"))
        top = (Head("项目", rows=3), Head("合计", rows=3), Head("财政拨款", 4), Head("非财政拨款", 4))
        return top, money * 2, parts * 2

    def _code_head(self) -> tuple[tuple[Head, ...], ...]:
        kind = self.table.kind
        levels = tuple(Head(level) for level in "类款项"[: len(_CODE_DIGITS[kind])])
        system = "经济" if kind == "basic-expenditure-economic" else "功能"
        codes = Head(f"{system}分类科目编码" if self.layout.long_code_heads else "科目代码", len(levels))
        name = Head(f"{system}分类科目名称" if self.layout.long_code_heads else "科目名称", rows=2)
        labels = tuple(self._columns().values())
        if kind == "revenue":
            return self._revenue_head((codes, name), levels, labels)
        if kind == "general-budget-projects":
            figures = tuple(Head(label, rows=2) for label in (*labels, *self._spare()))
            return (codes, name, Head("项目名称", rows=2), *figures), levels
        early = int(self.layout.early_figures_head)
        what = Head(_FIGURE_HEADS[kind], len(labels))
        subject = (Head(self.layout.word("科目"), 1 - early + len(levels)), replace(what, columns=early + len(labels)))
        if kind in _BY_PART:
            total, staff, running, project = labels
            middle = (codes, name, Head(total, rows=2), Head("基本支出", 2), Head(project, rows=2))
            return subject, middle, (*levels, Head(staff), Head(running))
        if self.layout.flat_heads or kind == "basic-expenditure-economic":
            return (codes, name, what), (*levels, *(Head(label) for label in labels))
        return subject, (codes, name, *(Head(label, rows=2) for label in labels)), levels

    def _revenue_head(self, codes: _HeadRow, levels: _HeadRow, labels: Sequence[str]) -> tuple[_HeadRow, ...]:
        """Six funds below 财政拨款, then four other sources; a transfer printed last stands behind them."""
        last: _HeadRow = ()
        below = [Head(label) for label in labels[1:-4]]
        if self.layout.transfer_head_last and len(below) == _APPROPRIATIONS:
            last = (below.pop(),)
        top = (*codes, Head(labels[0], rows=2), Head("财政拨款（补助）", len(below)))
        rest = tuple(Head(label, rows=2) for label in labels[-4:])
        return (*top, *rest, *(Head("") for _ in last)), (*levels, *below, *last)


def _shifted(figures: tuple[str, ...], row: SampleRow) -> tuple[str, ...]:
    """The last four figures one place to the left; the first of them must be blank."""
    at = len(figures) - 4
    if figures[at]:
        raise ValueError(f"revenue, row {row.key}: {figures[at]} would be overprinted by the shift")
    return (*figures[:at], *figures[at + 1 :], "")


def _split(code: str, digits: tuple[int, ...]) -> list[str]:
    """A code in the cells of its levels, empty cells for levels it does not reach."""
    cells = []
    for length in digits:
        cells.append(code[:length])
        code = code[length:]
    return cells
