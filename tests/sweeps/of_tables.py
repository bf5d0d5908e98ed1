"""Sweeps of the rules that read tables only."""

from collections.abc import Callable, Sequence

from tests.rules.graphs import Row, Table
from tests.rules.graphs import graph as triples
from tests.sweeps.scheme import Print, Said, Same, Sum

SUMMARY, APPROPRIATIONS = "revenue-expenditure-summary", "fiscal-appropriation-summary"
REVENUE, EXPENDITURE, GENERAL = "revenue", "expenditure", "general-budget-expenditure"
BASIC, PROJECTS, FUND, CAPITAL = (
    "basic-expenditure-economic",
    "general-budget-projects",
    "government-fund-expenditure",
    "state-capital-expenditure",
)
CARRY_OVER, PUBLIC = "carry-over", "three-public-expenses"
ITEM = "2080505"
SOURCES = ["fiscal-subtotal", "fiscal-special-account", "own-funds", "fiscal-carry-over", "non-fiscal-carry-over"]
APPROPRIATED = [f"{fund}{more}" for fund in ("general-budget", "government-fund", "state-capital") for more in ("", "-transfer")]
FUNDS = ["general-budget", "government-fund", "state-capital"]
INCOME = [f"income:{source}" for source in (*FUNDS, "fiscal-special-account", "own-funds")]
SumBuild = Callable[[Said, Sequence[Said]], bytes]
SameBuild = Callable[[Said, Said], bytes]


def table(kind: str, how: Print, rows: Sequence[Row]) -> Table:
    return Table(kind, rows, how.unit, how.step)


def graph(*tables: Table) -> bytes:
    return triples(*tables).data


def numbers(keys: Sequence[str], said: Sequence[Said]) -> dict[str, str]:
    """The first keys with the numbers."""
    return {key: one.number for key, one in zip(keys, said, strict=False)}


def _along(kind: str, columns: Sequence[str], total: str = "total", key: str = ITEM) -> SumBuild:
    """The sum runs along a row."""

    def build(stated: Said, addends: Sequence[Said]) -> bytes:
        return graph(table(kind, stated.how, [Row(key, {total: stated.number} | numbers(columns, addends))]))

    return build


def _down(kind: str, parent: str, children: Sequence[str], column: str = "total", project: str = "") -> SumBuild:
    """The sum runs down a column, from children to their parent row."""

    def build(stated: Said, addends: Sequence[Said]) -> bytes:
        rows = [Row(parent, {column: stated.number})]
        rows += [Row(key, {column: number}, 0, project=project and f"{project}{key}") for key, number in numbers(children, addends).items()]
        return graph(table(kind, stated.how, rows))

    return build


def _named(kind: str, total: str, parts: Sequence[str], beside: Sequence[str] = ()) -> SumBuild:
    """The sum runs over named rows; the rows ``beside`` state what the total does."""

    def build(stated: Said, addends: Sequence[Said]) -> bytes:
        rows = [Row(key, {"total": number}) for key, number in numbers(parts, addends).items()]
        return graph(table(kind, stated.how, [Row(key, {"total": stated.number}) for key in (total, *beside)] + rows))

    return build


def _funds_of_a_class(stated: Said, addends: Sequence[Said]) -> bytes:
    cells = {"total": stated.number} | numbers(FUNDS, addends)
    return graph(table(APPROPRIATIONS, stated.how, [Row(key, cells) for key in ("expenditure:208", "expenditure:total")]))


def _kinds_carried_over(stated: Said, addends: Sequence[Said]) -> bytes:
    cells = {"total": stated.number, "fiscal-subtotal": stated.number}
    return graph(table(CARRY_OVER, stated.how, [Row("甲", cells | numbers(["fiscal-staff", "fiscal-running", "fiscal-project"], addends))]))


def _appropriations(stated: Said, addends: Sequence[Said]) -> bytes:
    """The last addend is the carry-over, which both summaries then print."""
    keys = [f"income:{fund}" for fund in FUNDS] + ["income:carry-over-fiscal"]
    carried = [Row("income:carry-over", {"total": addends[3].number})] if len(addends) > 3 else []
    totals = [Row(key, {"total": stated.number}) for key in ("income:total", "expenditure:total")]
    summary = [Row(key, {"total": number}) for key, number in numbers(keys, addends).items()]
    return graph(table(APPROPRIATIONS, stated.how, totals + carried), table(SUMMARY, addends[0].how, summary))


def _projects_of_a_code(stated: Said, addends: Sequence[Said]) -> bytes:
    rows = [Row(ITEM, {"total": part.number}, project=f"项目{number}") for number, part in enumerate(addends)]
    return graph(table(GENERAL, stated.how, [Row(ITEM, {"project": stated.number})]), table(PROJECTS, addends[0].how, rows))


def _other_funds(stated: Said, addends: Sequence[Said]) -> bytes:
    general, *others = addends
    cells = {"total": stated.number} | numbers([*SOURCES[1:], "government-fund", "state-capital"], others)
    return graph(
        table(EXPENDITURE, stated.how, [Row("total", {"total": stated.number})]),
        table(GENERAL, general.how, [Row("total", {"total": general.number})]),
        table(REVENUE, general.how, [Row("total", cells)]),
    )


def _two_sources(stated: Said, addends: Sequence[Said]) -> bytes:
    cells = numbers(["general-budget", "general-budget-transfer"], addends)
    return graph(table(GENERAL, stated.how, [Row(ITEM, {"total": stated.number})]), table(REVENUE, addends[0].how, [Row(ITEM, cells)]))


def _medical(stated: Said, addends: Sequence[Said]) -> bytes:
    rows = [Row(code, {"basic": number}) for code, number in numbers(["2101101", "2101102"], addends).items()]
    return graph(table(BASIC, stated.how, [Row("30110", {"total": stated.number})]), table(GENERAL, addends[0].how, rows))


SUMS = (
    Sum("SUM-001", "", _along(EXPENDITURE, ["basic", "project"]), 2),
    Sum("SUM-002", "", _along(FUND, ["staff", "running", "project"]), 3),
    Sum("SUM-003", "", _down(REVENUE, "20805", [f"208050{number}" for number in range(1, 8)]), 7),
    Sum("SUM-004", "", _down(REVENUE, "total", ["201", "205", "208", "210", "213", "221"]), 6),
    Sum("SUM-005", "", _along(REVENUE, SOURCES), 5),
    Sum("SUM-005", "without a subtotal", _along(REVENUE, APPROPRIATED), 6),
    Sum("SUM-006", "", _along(REVENUE, APPROPRIATED, "fiscal-subtotal"), 6),
    Sum("SUM-007", "a row", _along(PROJECTS, [f"30{number}" for number in range(1, 8)]), 7),
    Sum("SUM-007", "a column", _down(PROJECTS, "total", [f"20805{number:02}" for number in range(1, 6)], project="项目"), 5),
    Sum("SUM-008", "the row", _along(CARRY_OVER, ["fiscal-subtotal", "non-fiscal-subtotal"], key="甲"), 2),
    Sum("SUM-008", "a subtotal", _kinds_carried_over, 3),
    Sum("SUM-009", "a row", _funds_of_a_class, 3),
    Sum("SUM-009", "a column", _named(APPROPRIATIONS, "expenditure:total", [f"expenditure:2{number:02}" for number in range(1, 7)]), 6),
    Sum("SUM-010", "", _down("entrusted-services", "total", ["甲", "乙", "丙", "丁"]), 4),
    Sum("SUM-010", "carry-over", _down(CARRY_OVER, "total", ["甲", "乙", "丙", "丁"]), 4),
    Sum("T1-002", "", _named(SUMMARY, "income:total", ["income:current-year", "income:carry-over"]), 2),
    Sum("T1-003", "the sources", _named(SUMMARY, "income:current-year", INCOME), 5),
    Sum(
        "T1-003",
        "parts of a source",
        _named(SUMMARY, INCOME[0], [f"{INCOME[0]}-own", f"{INCOME[0]}-transfer"], beside=["income:current-year"]),
        2,
    ),
    Sum("T1-004", "", _named(SUMMARY, "expenditure:total", ["expenditure:208", "expenditure:210", "expenditure:221"]), 3),
    Sum("XT-002", "the sources", _appropriations, 4, mixed=True),
    Sum("XT-006", "", _projects_of_a_code, 5, mixed=True),
    Sum("XT-008", "", _other_funds, 6, mixed=True),
    Sum("XT-009", "", _two_sources, 2, mixed=True),
    Sum("SG-001", "", _named(PUBLIC, "total", ["abroad", "reception", "vehicles"]), 3),
    Sum("SG-001", "vehicles told apart", _named(PUBLIC, "total", ["abroad", "reception", "vehicle-purchase", "vehicle-running"]), 4),
    Sum("SG-002", "", _named(PUBLIC, "vehicles", ["vehicle-purchase", "vehicle-running"]), 2),
    Sum("SG-003", "", _along(PUBLIC, FUNDS, key="reception"), 3),
    Sum("XCL-002", "", _medical, 2, mixed=True),
)


def _cells(left: tuple[str, str, str], right: tuple[str, str, str]) -> SameBuild:
    """A cell (table, row, column) of one table and one of another."""

    def build(one: Said, other: Said) -> bytes:
        tables = [
            table(kind, said.how, [Row(row, {column: said.number})])
            for (kind, row, column), said in zip((left, right), (one, other), strict=True)
        ]
        return graph(*tables)

    return build


def _totals(one: Said, other: Said) -> bytes:
    return graph(table(SUMMARY, one.how, [Row("income:total", {"total": one.number}), Row("expenditure:total", {"total": other.number})]))


def _summary_and_detail(kind: str) -> SameBuild:
    """A total of the summary and that of its table; the other table agrees."""

    def build(one: Said, other: Said) -> bytes:
        totals = [Row(f"{side}:total", {"total": one.number}) for side in ("income", "expenditure")]
        details = [
            table(detail, said.how, [Row("total", {"total": said.number})])
            for detail in (REVENUE, EXPENDITURE)
            for said in [other if detail == kind else one]
        ]
        return graph(table(SUMMARY, one.how, totals), *details)

    return build


def _appropriated(one: Said, other: Said) -> bytes:
    totals = [Row("expenditure:total", {"total": one.number}), Row("income:total", {"total": other.number})]
    return graph(table(APPROPRIATIONS, one.how, totals), table(SUMMARY, other.how, [Row("income:general-budget", {"total": other.number})]))


def _without_other_funds(one: Said, other: Said) -> bytes:
    """The general public budget pays for the code alone, as the revenue table says."""
    return graph(
        table(GENERAL, one.how, [Row(ITEM, {"total": one.number})]),
        table(EXPENDITURE, other.how, [Row(ITEM, {"total": other.number})]),
        table(REVENUE, other.how, [Row(ITEM, {"total": other.number, "general-budget": other.number})]),
    )


SAMES = (
    Same("T1-001", "", _totals, coarser=()),
    Same("XT-001", "income", _summary_and_detail(REVENUE)),
    Same("XT-001", "expenditure", _summary_and_detail(EXPENDITURE)),
    Same("XT-002", "the totals", _appropriated, coarser=()),
    Same("XT-003", "", _cells((APPROPRIATIONS, "expenditure:208", "general-budget"), (GENERAL, "208", "total"))),
    Same("XT-004", "funds", _cells((APPROPRIATIONS, "expenditure:total", "government-fund"), (FUND, "total", "total"))),
    Same("XT-004", "state capital", _cells((APPROPRIATIONS, "expenditure:total", "state-capital"), (CAPITAL, "total", "total"))),
    Same("XT-005", "", _cells((GENERAL, "total", "basic"), (BASIC, "total", "total"))),
    Same("XT-007", "", _cells((EXPENDITURE, ITEM, "total"), (REVENUE, ITEM, "total"))),
    Same("XT-010", "", _cells((SUMMARY, "expenditure:208", "total"), (EXPENDITURE, "208", "total"))),
    Same("XT-011", "no other funds", _without_other_funds),
    Same("XT-011", "other funds", _cells((GENERAL, ITEM, "total"), (EXPENDITURE, ITEM, "total")), fails=(1,)),
    Same("XT-012", "total", _cells((CARRY_OVER, "total", "total"), (SUMMARY, "income:carry-over", "total"))),
    Same("XT-012", "fiscal", _cells((CARRY_OVER, "total", "fiscal-subtotal"), (SUMMARY, "income:carry-over-fiscal", "total"))),
    Same("XT-012", "non-fiscal", _cells((CARRY_OVER, "total", "non-fiscal-subtotal"), (SUMMARY, "income:carry-over-non-fiscal", "total"))),
    Same("XT-012", "revenue, fiscal", _cells((REVENUE, "total", "fiscal-carry-over"), (SUMMARY, "income:carry-over-fiscal", "total"))),
    Same(
        "XT-012",
        "revenue, non-fiscal",
        _cells((REVENUE, "total", "non-fiscal-carry-over"), (SUMMARY, "income:carry-over-non-fiscal", "total")),
    ),
    Same("SG-004", "vehicles", _cells((PUBLIC, "vehicle-running", "total"), (BASIC, "30231", "total")), fails=(-1,)),
    Same("SG-004", "reception", _cells((PUBLIC, "reception", "total"), (BASIC, "30217", "total")), fails=(-1,)),
    Same("SG-004", "abroad", _cells((PUBLIC, "abroad", "total"), (BASIC, "30212", "total")), fails=(-1,)),
    Same("XCL-001", "", _cells((BASIC, "30108", "total"), (GENERAL, ITEM, "basic"))),
)
