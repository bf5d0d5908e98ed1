"""Part two of a generated disclosure: each table a view of the ledger, each figure rounded by itself."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import product

from kg.codes import Codes
from kg.samples import form
from kg.samples.departments import Department
from kg.samples.facts import FormVariant, SampleRow, SampleTable
from kg.samples.ledger import APPROPRIATIONS, CARRY_OVER, FUND_OF, GENERAL, GOVERNMENT_FUND, STATE_CAPITAL, Entry, Ledger, Part, printed

THREE_PUBLIC = {"abroad": "30212", "reception": "30217", "vehicle-running": "30231"}
"""Rows of the 三公 table and the economic items that make them; nobody buys cars."""

Columns = Callable[[Entry], tuple[str, ...]]
_Cells = dict[str, Decimal]


class TableViews:
    """The tables of one department and year."""

    def __init__(self, department: Department, variant: FormVariant, ledger: Ledger, codes: Codes) -> None:
        self._department = department
        self._variant = variant
        self._ledger = ledger
        self._codes = codes

    def tables(self) -> tuple[SampleTable, ...]:
        """All tables of the form in its order; those without a figure are declared empty where the house does so in tables."""
        rows: Mapping[str, Callable[[], Iterator[SampleRow]]] = {
            "revenue-expenditure-summary": self._summary,
            "revenue": lambda: self._functional(self._ledger, _fund_columns),
            "expenditure": lambda: self._functional(self._ledger, _type_columns),
            "fiscal-appropriation-summary": self._appropriations,
            "general-budget-expenditure": lambda: self._functional(self._ledger.of(*GENERAL), _type_columns),
            "basic-expenditure-economic": self._economic,
            "general-budget-projects": self._projects,
            "government-fund-expenditure": lambda: self._functional(self._ledger.of(*GOVERNMENT_FUND), _part_columns),
            "state-capital-expenditure": lambda: self._functional(self._ledger.of(*STATE_CAPITAL), _part_columns),
            "three-public-expenses": self._three_public,
            "entrusted-services": self._entrusted,
            "carry-over": self._carry_over,
        }
        return tuple(self._table(kind, tuple(rows[kind]())) for kind in form.kinds(self._variant))

    def _table(self, kind: str, rows: tuple[SampleRow, ...]) -> SampleTable:
        # The text has no sentence for an empty 三公 table, so the table itself must say it.
        noted = self._department.notes_in_tables or kind == "three-public-expenses"
        return SampleTable(kind, rows, declared_empty=noted and not rows)

    def _summary(self) -> Iterator[SampleRow]:
        by_fund = self._ledger.by(lambda entry: _income_rows(entry.fund))
        for key in form.SUMMARY_INCOME:
            if key in by_fund:
                yield _row(key, {"total": by_fund[key]})
        yield _row("income:total", {"total": self._ledger.total})
        by_class = self._ledger.by(lambda entry: (entry.item[:3],))
        for code, amount in sorted(by_class.items()):
            yield _row(f"expenditure:{code}", {"total": amount})
        yield _row("expenditure:total", {"total": self._ledger.total})

    def _appropriations(self) -> Iterator[SampleRow]:
        current = self._ledger.of(*APPROPRIATIONS)
        by_fund = current.by(lambda entry: (FUND_OF[entry.fund],))
        yield _row("income:fiscal-subtotal", {"total": current.total})
        for fund in ("general-budget", "government-fund", "state-capital"):
            if fund in by_fund:
                yield _row(f"income:{fund}", {"total": by_fund[fund]})
        yield _row("income:total", {"total": current.total})
        cells = _sums(current, lambda entry: (entry.item[:3], "total"), lambda entry: ("total", FUND_OF[entry.fund]))
        for code in sorted(cells):
            yield _row(f"expenditure:{code}", cells[code])

    def _functional(self, ledger: Ledger, columns: Columns) -> Iterator[SampleRow]:
        cells = _sums(ledger, _functional_rows, columns)
        for key in sorted(cells):
            yield _row(key, cells[key], self._name(key))

    def _economic(self) -> Iterator[SampleRow]:
        basic = self._ledger.of(*GENERAL).basic
        cells = _sums(basic, _economic_rows, _part_columns)
        for key in sorted(cells):
            yield _row(key, cells[key], self._codes.economic.labels[key][0] if key != "total" else "")

    def _projects(self) -> Iterator[SampleRow]:
        projects = self._ledger.of(*GENERAL).projects
        sums = _sums(projects, lambda entry: (entry.item[:3], entry.item[:5], "total"), _economic_columns)
        single = _sums(projects, lambda entry: (f"{entry.item}{entry.project}",), _economic_columns)
        items = {f"{entry.item}{entry.project}": entry for entry in projects.entries}
        if sums and self._department.issuer_rows:
            yield _row("issuer", sums["total"])
        for key in sorted([*sums, *single]):
            if key in single:
                entry = items[key]
                yield _row(entry.item, single[key], self._name(entry.item), entry.project)
            else:
                yield _row(key, sums[key], self._name(key))

    def _three_public(self) -> Iterator[SampleRow]:
        basic = self._ledger.of(*GENERAL).basic
        cells = _sums(basic, lambda entry: _three_public_rows(entry.economic), lambda entry: ("total", "general-budget"))
        for key in ("total", *form.THREE_PUBLIC):
            if key in cells:
                yield _row(key, cells[key])

    def _entrusted(self) -> Iterator[SampleRow]:
        paid = self._ledger.of(*APPROPRIATIONS).where(lambda entry: entry.entrusted)
        yield from _items(paid, lambda entry: ("total", FUND_OF[entry.fund]))

    def _carry_over(self) -> Iterator[SampleRow]:
        left = self._ledger.of(*CARRY_OVER)
        if left.entries and self._department.issuer_rows:
            yield _row("issuer", _sums(left, lambda entry: ("total",), _carry_over_columns)["total"])
        yield from _items(left, _carry_over_columns)

    def _name(self, key: str) -> str:
        return self._codes.functional.labels[key][0] if key != "total" else ""


def _sums(ledger: Ledger, rows: Callable[[Entry], tuple[str, ...]], columns: Columns) -> dict[str, _Cells]:
    """Exact sums by row and column."""
    cells: dict[str, _Cells] = {}
    for (row, column), amount in ledger.by(lambda entry: product(rows(entry), columns(entry))).items():
        cells.setdefault(row, {})[column] = amount
    return cells


def _row(key: str, cells: _Cells, name: str = "", project: str = "") -> SampleRow:
    return SampleRow(key=key, name=name, project=project, cells={column: printed(amount) for column, amount in cells.items()})


def _items(ledger: Ledger, columns: Columns) -> Iterator[SampleRow]:
    cells = _sums(ledger, lambda entry: (f"item:{entry.project}", "total"), columns)
    for key in sorted(cells, key=lambda key: key == "total"):
        yield _row(key, cells[key])


def _income_rows(fund: str) -> tuple[str, ...]:
    """The rows of the summary's income side in which money from that source is counted."""
    if fund in CARRY_OVER:
        total = f"income:carry-over-{fund.removesuffix('-carry-over')}"
        return "income:carry-over", total, f"{total}-{'general-budget' if fund == CARRY_OVER[0] else 'own-funds'}"
    if fund == "own-funds":
        return "income:current-year", "income:own-funds", "income:own-funds-other"
    if fund in FUND_OF:
        own = "" if fund.endswith("-transfer") else "-own"
        return "income:current-year", f"income:{FUND_OF[fund]}", f"income:{fund}{own}"
    return "income:current-year", f"income:{fund}"


def _functional_rows(entry: Entry) -> tuple[str, ...]:
    return *(entry.item[:digits] for digits in (3, 5, 7)), "total"


def _economic_rows(entry: Entry) -> tuple[str, ...]:
    return *(entry.economic[:digits] for digits in (3, 5)), "total"


def _economic_columns(entry: Entry) -> tuple[str, ...]:
    return "total", f"economic-{entry.economic}"


def _fund_columns(entry: Entry) -> tuple[str, ...]:
    return ("total", "fiscal-subtotal", entry.fund) if entry.fund in APPROPRIATIONS else ("total", entry.fund)


def _type_columns(entry: Entry) -> tuple[str, ...]:
    return "total", "project" if entry.part is Part.PROJECT else "basic"


def _part_columns(entry: Entry) -> tuple[str, ...]:
    return "total", entry.part.value


def _carry_over_columns(entry: Entry) -> tuple[str, ...]:
    source = entry.fund.removesuffix("-carry-over")
    return "total", f"{source}-subtotal", f"{source}-{entry.part}"


def _three_public_rows(economic: str) -> tuple[str, ...]:
    for key, code in THREE_PUBLIC.items():
        if code == economic:
            return ("total", "vehicles", key) if key == "vehicle-running" else ("total", key)
    return ()
