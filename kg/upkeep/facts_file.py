"""The figures of a store as one table, for people without SPARQL: a row an observation, money as exact decimals."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox

from kg.errors import BudgetError
from kg.iri import Minter
from kg.queries import named
from kg.store import Reader

_BATCH = 20_000
_DIGITS = 38
_CENTS = 2


@dataclass(frozen=True)
class Column:
    """A column of the table: its name, what it holds (``string``, ``integer``, ``decimal``), both words for people, and whether the
    query gives an address of which the last part is meant."""

    name: str
    kind: str
    zh: str
    en: str
    variable: str
    ending: bool = False


COLUMNS = (
    Column("observation", "string", "观察值地址", "address of the figure", "observation"),
    Column("disclosure", "string", "公开文件地址", "address of the disclosure", "disclosure"),
    Column("sha256", "string", "原文哈希", "hash of the source", "sha256"),
    Column("file", "string", "文件名", "file name", "file"),
    Column("department", "string", "部门地址", "address of the department", "department"),
    Column("issuer", "string", "部门名称", "printed name of the department", "issuer"),
    Column("region", "string", "地区代码", "region, GB/T 2260", "region", True),
    Column("fiscal_year", "integer", "财政年度", "fiscal year", "year", True),
    Column("phase", "string", "预算或决算", "budget or final accounts", "phase", True),
    Column("kind", "string", "部门或单位", "department or unit", "kind", True),
    Column("table", "string", "表种", "kind of table", "table", True),
    Column("row", "string", "行键", "row key", "row"),
    Column("name", "string", "印出的项目名称", "printed label of the row", "name"),
    Column("code_printed", "string", "印出的科目编码", "printed code", "code"),
    Column("code_official", "string", "官方科目编码（不同时）", "official code where it differs", "official"),
    Column("column", "string", "列键；空为未定", "column key; empty where it is open", "column"),
    Column("amount", "decimal", "金额（元）", "amount in yuan", "amount"),
    Column("printed", "string", "印出的文字", "text as printed", "printed"),
    Column("unit", "string", "印出的单位", "printed unit", "unit"),
    Column("role", "string", "合计等；空为末级", "role; empty on a leaf", "role", True),
    Column("placement", "string", "列的来历；空为读出", "how the column was found; empty where it was read", "placement", True),
    Column("leaf_view", "string", "可相加的视图", "view in which leaves may be summed", "leaf", True),
    Column("source_start", "integer", "原文位置", "offset into the source", "start"),
    Column("page", "integer", "页", "page", "page"),
)


class Sink(Protocol):
    """Takes rows in the order of :data:`COLUMNS`."""

    def rows(self, rows: list[list[Any]]) -> None: ...

    def close(self) -> None: ...


class CsvFile:
    """RFC 4180, UTF-8; what is absent is empty."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(column.name for column in COLUMNS)

    def rows(self, rows: list[list[Any]]) -> None:
        self._writer.writerows(["" if value is None else value for value in row] for row in rows)

    def close(self) -> None:
        self._file.close()


class ParquetFile:
    """Apache Parquet, money as ``decimal(38, 2)``. Raises :class:`BudgetError` where pyarrow is not installed."""

    def __init__(self, path: Path) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise BudgetError("Parquet 需要 pyarrow / Parquet needs pyarrow: pip install 'budget-kg[parquet]'") from error
        kinds = {"string": pyarrow.string(), "integer": pyarrow.int64(), "decimal": pyarrow.decimal128(_DIGITS, _CENTS)}
        self._arrow = pyarrow
        self._schema = pyarrow.schema([pyarrow.field(column.name, kinds[column.kind]) for column in COLUMNS])
        self._writer = pyarrow.parquet.ParquetWriter(path, self._schema, compression="zstd")

    def rows(self, rows: list[list[Any]]) -> None:
        columns = [self._arrow.array(list(values), field.type) for values, field in zip(zip(*rows, strict=True), self._schema, strict=True)]
        self._writer.write_table(self._arrow.table(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def write_facts(store: Reader, minter: Minter, sinks: list[Sink]) -> int:
    """Write every observation of the disclosures, graph by graph in the order of their addresses. How many there were."""
    number = 0
    waiting: list[list[Any]] = []
    for graph in store.graphs():
        if graph.startswith(minter.graph("disclosure/")):
            waiting += _rows(store, graph)
        if len(waiting) >= _BATCH:
            number += _flush(waiting, sinks)
    number += _flush(waiting, sinks)
    for sink in sinks:
        sink.close()
    return number


def _flush(waiting: list[list[Any]], sinks: list[Sink]) -> int:
    number = len(waiting)
    if number:
        for sink in sinks:
            sink.rows(waiting)
    waiting.clear()
    return number


def _rows(store: Reader, graph: str) -> list[list[Any]]:
    answer = store.query(named("observations"), {"graph": ox.NamedNode(graph)})
    assert isinstance(answer, ox.QuerySolutions)
    return sorted(([_value(row[column.variable], column) for column in COLUMNS] for row in answer), key=lambda row: str(row[0]))


def _value(term: Any, column: Column) -> Any:
    """Money is in 元 with two decimals; a figure printed finer than that is an error, not a rounded one."""
    if term is None:
        return None
    text = term.value.rpartition("/")[2] if column.ending else term.value
    if column.kind == "integer":
        return int(text)
    if column.kind == "decimal":
        amount = Decimal(text)
        exact = amount.quantize(Decimal(1).scaleb(-_CENTS))
        if exact != amount:
            raise BudgetError(f"金额细于分，不能写成两位小数 / an amount finer than a cent cannot be written with two decimals: {text}")
        return exact
    return text
