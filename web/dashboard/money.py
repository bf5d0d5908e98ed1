"""The printed amounts of a disclosure, each with its cell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from web.site import View

TABLE_KIND = "https://budget-kg.example/code/table-kind/"
_CLASS, _ITEM = 3, 7


@dataclass(frozen=True)
class Money:
    """One printed amount in 元. ``source`` and ``project`` are empty where the table has none."""

    kind: str
    row: str
    key: str
    label: str
    column: str
    amount: Decimal
    source: str
    project: str
    is_leaf: bool
    resolution: Decimal
    cell: str

    @property
    def class_code(self) -> str:
        """The class that the row's code belongs to, empty for a row without a code."""
        return self.key[:_CLASS] if self.key.isdigit() and len(self.key) in (_CLASS, 5, _ITEM) else ""


@dataclass(frozen=True)
class Entry:
    """An amount and the cell that prints it, empty when it is a sum over cells."""

    amount: Decimal
    cell: str = ""


def read_money(data: View, disclosure: str, kind: str = "") -> list[Money]:
    """All printed amounts of a disclosure whose column is settled, table by table in printed order; of one kind of table if asked."""
    narrowed = {"table": f"{disclosure}/table/{kind}"} if kind else {"disclosure": disclosure}
    found = [
        Money(
            kind=row.text("kind").removeprefix(TABLE_KIND),
            row=row.text("row"),
            key=row.text("key"),
            label=row.text("label"),
            column=row.text("column"),
            amount=row.number("amount") or Decimal(0),
            source=row.text("source"),
            project=row.text("project"),
            is_leaf=bool(row.text("leaf")),
            resolution=row.number("resolution") or Decimal(1),
            cell=row.text("cell"),
        )
        for row in data.rows("money", **narrowed)
    ]
    return sorted(found, key=lambda money: (money.kind, row_number(money.row), money.column))


def row_number(row: str) -> int:
    """The position of a row in its table, which is the end of its address."""
    return int(row.rsplit("/", 1)[-1])


def of_table(money: Iterable[Money], kind: str) -> list[Money]:
    return [entry for entry in money if entry.kind == kind]


def total(money: Iterable[Money], column: str) -> Entry | None:
    """What the grand total row prints in a column."""
    return next((Entry(entry.amount, entry.cell) for entry in money if entry.key == "total" and entry.column == column), None)


def by_class(money: Iterable[Money]) -> Iterator[tuple[str, str, Entry]]:
    """(class, column, entry): what the row of the class prints, else the sum over the rows of its items, else of its sections."""
    held: dict[tuple[str, str], list[Money]] = {}
    for entry in money:
        if entry.class_code:
            held.setdefault((entry.class_code, entry.column), []).append(entry)
    for (code, column), entries in sorted(held.items()):
        printed = [entry for entry in entries if len(entry.key) == _CLASS]
        if printed:
            yield code, column, Entry(printed[0].amount, printed[0].cell)
            continue
        deepest = max(len(entry.key) for entry in entries)
        parts = [entry for entry in entries if len(entry.key) == deepest]
        yield code, column, Entry(sum((part.amount for part in parts), Decimal(0)), parts[0].cell if len(parts) == 1 else "")
