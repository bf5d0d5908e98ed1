"""How Shanghai's publishers vary: the made document changed as another office would print it, and every figure still right.

What cannot be read is listed as not extracted; no figure is read as another.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from kg.coverage import coverage
from kg.document import Document
from kg.extract.disclosure import extract
from kg.flat import flat_facts
from kg.ingest import Toolbox
from kg.readers.formats import read_document
from kg.records import Disclosure, Role
from tests.made_files import Content, Grid, as_html, as_pdf
from tests.made_shanghai import Facts, Made, Style
from tests.pdf_pages import all_of, pdf, text

Change = Callable[[Sequence[Content]], list[Content]]
STYLE = Style(zero="0.00")


def words(*pairs: tuple[str, str]) -> Change:
    """Words replaced, in lines and cells."""

    def one(text: str) -> str:
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    def change(content: Sequence[Content]) -> list[Content]:
        return [
            one(item) if isinstance(item, str) else replace(item, rows=tuple(tuple(map(one, row)) for row in item.rows)) for item in content
        ]

    return change


def titles(write: Callable[[str], str]) -> Change:
    """The titles of tables written in another way."""
    return lambda content: [
        write(item) if isinstance(item, str) and item.startswith("2025年部门") and item.endswith("表") else item for item in content
    ]


def tables(change: Callable[[Grid], Grid], holding: str = "功能分类科目编码") -> Change:
    """The tables changed whose head has a word."""

    def chosen(item: Content) -> bool:
        return isinstance(item, Grid) and any(holding in row for row in item.rows[:3])

    return lambda content: [change(item) if isinstance(item, Grid) and chosen(item) else item for item in content]


def is_coded(row: Sequence[str]) -> bool:
    return row[0][:1].isdigit()


def one_code_column(grid: Grid) -> Grid:
    rows = [("".join(row[:3]), *row[3:]) for row in grid.rows if row[0] != "类"]
    figures = len(rows[0]) - 2
    return Grid(tuple(rows), {(0, 0): (1, 2), (0, 2): (1, figures)}, (60, 160, *[68] * figures))


def code_before_name(grid: Grid) -> Grid:
    rows = [("".join(row[:3]) + row[3] if is_coded(row) else row[0] or row[3], *row[4:]) for row in grid.rows if row[0] != "类"]
    rows[1] = ("功能分类科目", *grid.rows[1][4:])
    return Grid(tuple(rows), {(0, 1): (1, len(rows[0]) - 1)}, (220, *[68] * (len(rows[0]) - 1)))


def repeated_parts(grid: Grid) -> Grid:
    """201 | 20103 | 2010301: every part repeats those before it."""
    rows = [
        (row[0], row[0] + row[1] if row[1] else "", "".join(row[:3]) if row[2] else "", *row[3:]) if is_coded(row) else row
        for row in grid.rows
    ]
    return replace(grid, rows=tuple(rows), widths=(32, 40, 50, 140, *grid.widths[4:]))


def without_zeros(grid: Grid) -> Grid:
    rows = [(row[0], row[1].lstrip("0"), row[2].lstrip("0"), *row[3:]) if is_coded(row) else row for row in grid.rows]
    return replace(grid, rows=tuple(rows))


def own_part_only(grid: Grid) -> Grid:
    """The whole code of a row in the column of its level, the others empty."""
    rows = [
        ("" if row[1] else row[0], "" if row[2] else row[1], row[2], *row[3:]) if is_coded(row) else row
        for row in repeated_parts(grid).rows
    ]
    return replace(grid, rows=tuple(rows), widths=(32, 40, 50, 140, *grid.widths[4:]))


def row_numbers(grid: Grid) -> Grid:
    numbered = [("序号" if at == 1 else str(at - 2) if at > 2 and is_coded(row) else "", *row) for at, row in enumerate(grid.rows)]
    return Grid(tuple(numbered), {}, (24, *grid.widths))


def blank_rows(grid: Grid) -> Grid:
    rows = [part for row in grid.rows for part in ([row, ("",) * len(row)] if is_coded(row) else [row])]
    return replace(grid, rows=tuple(rows), spans={place: span for place, span in grid.spans.items() if place[0] < 3})


def total_under_names(grid: Grid) -> Grid:
    rows = tuple(("", "", "", "合计", *row[4:]) if row[0] == "合计" else row for row in grid.rows)
    return replace(grid, rows=rows, spans={place: span for place, span in grid.spans.items() if place[0] < 3})


def yuan_in_heads(grid: Grid) -> Grid:
    return replace(grid, rows=tuple(tuple("预算数（元）" if cell == "预算数" else cell for cell in row) for row in grid.rows))


def basic_behind_project(grid: Grid) -> Grid:
    return replace(grid, rows=tuple((*row[:5], row[6], row[5]) for row in grid.rows))


def _two_cells(row: Sequence[str]) -> tuple[str, ...]:
    return ("合", "计", "", "", *row[4:]) if row[0] == "合计" else tuple(row)


def standing(content: Sequence[Content]) -> list[Content]:
    """The table of the three public expenses with its rows one under the other."""
    labels = (
        "合计",
        "1、因公出国（境）费",
        "2、公务接待费",
        "3、公务用车购置及运行费",
        "其中：（1）公务用车购置费",
        "（2）公务用车运行费",
        "机关运行经费",
    )
    return tables(
        lambda grid: Grid((("项目", "预算数"), *zip(labels, grid.rows[3], strict=True)), {}, (200, 100)),
        "公务接待费",
    )(content)


def beside_last_year(content: Sequence[Content]) -> list[Content]:
    """Last year's figures in a column of their own."""

    def change(grid: Grid) -> Grid:
        body = [(row[0], "7.77" if row[1] else "", row[1], row[2], "9.99" if row[3] else "", row[3]) for row in grid.rows[2:]]
        years = ("2024年预算数", "2025年预算数")
        head = (("本年收入", "", "", "本年支出", "", ""), ("项目", *years, "项目", *years))
        return Grid((*head, *body), {(0, 0): (1, 3), (0, 3): (1, 3)}, (110, 70, 70, 110, 70, 70))

    return tables(change, "本年收入")(content)


def over_pages(*, with_title: bool) -> Change:
    """Tables cut in two, the head repeated, with the line of issuer and unit and perhaps the title."""

    def change(content: Sequence[Content]) -> list[Content]:
        out: list[Content] = []
        for at, item in enumerate(content):
            if not isinstance(item, Grid) or len(item.rows) < 9 or not item.widths:
                out.append(item)
                continue
            head = {place: span for place, span in item.spans.items() if place[0] < 3}
            first, rest = item.rows[:6], (*item.rows[:3], *item.rows[6:])
            below = {(row - 3, column): span for (row, column), span in item.spans.items() if row >= 6}
            again = content[at - 2 : at] if with_title else content[at - 1 : at]
            out += [Grid(first, head, item.widths), *again, Grid(rest, head | below, item.widths)]
        return out

    return change


def instead_of_empty_tables(sentence: str) -> Change:
    def change(content: Sequence[Content]) -> list[Content]:
        out: list[Content] = []
        for at, item in enumerate(content):
            if isinstance(item, str) and item.startswith("注：本"):
                continue
            title = str(content[at - 2]) if at > 1 else ""
            empty = isinstance(item, Grid) and ("政府性基金预算支出" in title or "国有资本经营预算支出" in title)
            out.append(sentence if empty else item)
        return out

    return change


def captions_inside(content: Sequence[Content]) -> list[Content]:
    """Title, issuer and unit inside the lines of the table."""
    out: list[Content] = []
    for item in content:
        if isinstance(item, Grid):
            caption, title = str(out.pop()), str(out.pop())
            issuer, unit = caption.split("　　")
            width = len(item.rows[0])
            rows = ((title, *[""] * (width - 1)), (issuer, *[""] * (width - 2), unit), *item.rows)
            spans = {(row + 2, column): span for (row, column), span in item.spans.items()}
            out.append(Grid(rows, spans | {(0, 0): (1, width), (1, 0): (1, width - 1)}, item.widths))
        else:
            out.append(item)
    return out


def with_notes(content: Sequence[Content]) -> list[Content]:
    return [part for item in content for part in ([item, "注：本表金额转换时可能存在尾数误差。"] if isinstance(item, Grid) else [item])]


FIGURE = re.compile(r"-?\d[\d,]*\.\d\d")


def printed(write: Callable[[str], str], holding: str = "") -> Change:
    """Figures printed in another way, in the tables whose head has a word."""

    def change(grid: Grid) -> Grid:
        return replace(grid, rows=tuple(tuple(write(cell) if FIGURE.fullmatch(cell) else cell for cell in row) for row in grid.rows))

    return lambda content: [
        change(item) if isinstance(item, Grid) and any(holding in cell for row in item.rows[:3] for cell in row) else item
        for item in content
    ]


def whose_row(grid: Grid) -> Grid:
    """The unit's number and name before the codes, as where several units stand in one table."""
    rows = [(("单位编码", "单位名称") if at == 1 else ("136001", STYLE.issuer) if is_coded(row) else ("", "")) + tuple(row)
            for at, row in enumerate(grid.rows)]  # fmt: skip
    return Grid(tuple(rows), {}, (40, 60, *grid.widths))


def names_first(grid: Grid) -> Grid:
    return Grid(tuple((row[3], *row[:3], *row[4:]) if at else row for at, row in enumerate(grid.rows)), {}, grid.widths)


def in_ten_thousands(content: Sequence[Content]) -> list[Content]:
    """Every table in 万元 and none that says so: the prose tells."""
    shorter = printed(lambda figure: f"{Decimal(figure.replace(',', '')) / 10000:,.6f}")(content)
    return [
        before if isinstance(before, Grid) and any("公务接待费" in row for row in before.rows) else item
        for before, item in zip(content, words(("　　单位：万元", ""), ("　　单位：元", ""))(shorter), strict=True)
    ]


VARIATIONS: dict[str, tuple[Style, Change]] = {
    "codes in one column": (STYLE, tables(one_code_column)),
    "code and name in one cell": (STYLE, tables(code_before_name)),
    "codes whose parts repeat": (STYLE, tables(repeated_parts)),
    "codes in the column of their level": (STYLE, tables(own_part_only)),
    "rows with numbers": (STYLE, tables(row_numbers)),
    "blank rows": (Style(), tables(blank_rows)),
    "the total's word under the names": (STYLE, tables(total_under_names)),
    "three public expenses standing": (STYLE, standing),
    "last year beside this": (STYLE, beside_last_year),
    "title repeated on the next page": (STYLE, over_pages(with_title=True)),
    "issuer and unit repeated on the next page": (STYLE, over_pages(with_title=False)),
    "无 instead of empty tables": (STYLE, instead_of_empty_tables("无")),
    "a sentence instead of empty tables": (STYLE, instead_of_empty_tables("本部门2025年无此项预算，故本表为空表。")),
    "captions inside the lines": (STYLE, captions_inside),
    "notes under tables": (STYLE, with_notes),
    "of this department": (Style(word="本部门"), list),
    "of a unit": (Style(word="单位"), list),
    "of units that belong to a department": (Style(word="部门所属单位"), list),
    "level in the title": (STYLE, titles(lambda title: title.replace("部门", "区级部门", 1))),
    "issuer before the year": (STYLE, titles(lambda title: f"{STYLE.issuer}{title}")),
    "issuer behind the year": (STYLE, titles(lambda title: title.replace("部门", STYLE.issuer, 1))),
    "issuer and 部门": (STYLE, titles(lambda title: title.replace("部门", f"{STYLE.issuer}部门", 1))),
    "numbered titles": (STYLE, titles(lambda title: f"表一 {title}")),
    "titles with ordinals": (STYLE, titles(lambda title: f"（一）{title}")),
    "年度": (STYLE, titles(lambda title: title.replace("2025年", "2025年度"))),
    "unit in brackets": (STYLE, words(("　　单位：元", "（单位：元）"), ("　　单位：万元", "（单位：万元）"))),
    "unit of money": (STYLE, words(("单位：元", "金额单位：元"), ("单位：万元", "金额单位：万元"))),
    "unit with the currency": (STYLE, words(("单位：元", "单位：人民币元"), ("单位：万元", "单位：人民币万元"))),
    "no unit": (STYLE, words(("　　单位：元", ""))),
    "unit in the heads of columns": (STYLE, tables(yuan_in_heads, "预算数")),
    "总计": (STYLE, words(("合计", "总计"))),
    "合 计": (STYLE, words(("合计", "合　　计"))),
    "other names of columns": (
        STYLE,
        words(("功能分类科目编码", "功能科目编码"), ("部门预算经济分类科目编码", "科目编码"), ("分类科目名称", "科目名称")),
    ),
    "other numbers of rows": (
        STYLE,
        words(("一、财政拨款收入", "（一）财政拨款收入"), ("1. 一般公共", "１．一般公共"), ("3. 国有资本", "其中：国有资本")),
    ),
    "no issuer above the tables": (
        STYLE,
        lambda content: [
            item.split("　　")[-1] if isinstance(item, str) and item.startswith("编制") and "：" in item else item for item in content
        ],
    ),
    "issuers called otherwise": (STYLE, words(("编制部门：", "填报部门（公章）："))),
    "titles called otherwise": (
        STYLE,
        titles(
            lambda title: title.replace("功能分类预算表", "功能分类表")
            .replace("部门预算经济分类预算表", "部门经济分类预算表")
            .replace("“三公”", "一般公共预算“三公”")
        ),
    ),
    "the total's word in two cells": (
        STYLE,
        tables(lambda grid: replace(total_under_names(grid), rows=tuple(_two_cells(row) for row in grid.rows))),
    ),
    "本年收入合计": (STYLE, words(("收入总计", "本年收入合计"), ("支出总计", "本年支出合计"))),
    "columns exchanged": (STYLE, tables(basic_behind_project, "项目支出")),
    "full width": (STYLE, printed(lambda figure: figure.translate(str.maketrans("0123456789,.", "０１２３４５６７８９，．")))),
    "thousands by spaces": (STYLE, printed(lambda figure: figure.replace(",", " "))),
    "the currency before figures": (STYLE, printed(lambda figure: f"¥{figure}")),
    "the unit behind figures": (STYLE, printed(lambda figure: f"{figure}元", "科目编码")),
    "whose row it is before the codes": (STYLE, tables(whose_row)),
    "names before codes": (STYLE, tables(names_first)),
    "万元 nowhere said at the tables": (STYLE, in_ten_thousands),
    "classes without ordinals": (STYLE, words(("一、一般公共服务支出", "一般公共服务支出"), ("三、住房", "住房"))),
}  # fmt: skip
SET_AS_PDF = {
    "codes in one column",
    "codes whose parts repeat",
    "three public expenses standing",
    "title repeated on the next page",
    "captions inside the lines",
}


def read(change: Change, style: Style, write: Callable[[Sequence[Content]], bytes], tools: Toolbox) -> tuple[Made, Document, Disclosure]:
    made = Made(style)
    document = read_document("made", write(change(made.content)))
    return made, document, extract(document, tools.families, tools.codes)


def figures(disclosure: Disclosure) -> Facts:
    return {
        (str(fact["table"]), str(fact["row"]), str(fact["column"])): Decimal(str(fact["amount"]))
        for fact in flat_facts(disclosure)
        if fact["kind"] == "observation"
    }


@pytest.mark.parametrize(
    ("name", "write"), [(name, as_html) for name in VARIATIONS] + [(name, as_pdf) for name in sorted(SET_AS_PDF)]
)  # fmt: skip
def test_every_figure_however_it_is_printed(name: str, write: Callable[[Sequence[Content]], bytes], tools: Toolbox) -> None:
    style, change = VARIATIONS[name]
    made, _, disclosure = read(change, style, write, tools)
    assert (disclosure.issuer, disclosure.fiscal_year) == (style.issuer, style.year)
    assert figures(disclosure) == made.facts


def test_totals_of_the_year_and_of_all_stand_side_by_side(tools: Toolbox) -> None:
    """本年收入合计, 上年结转, 收入总计: each is what it says, and only the last is the total."""

    def change(grid: Grid) -> Grid:
        _, income, _, spent = grid.rows[-1]
        whole = f"{Decimal(income.replace(',', '')) + 100:,.2f}"
        below = (("本年收入合计", income, "本年支出合计", spent), ("上年结转", "100.00", "结转下年", "100.00"))
        return replace(grid, rows=(*grid.rows[:-1], *below, ("收入总计", whole, "支出总计", whole)))

    made, document, disclosure = read(tables(change, "本年收入"), STYLE, as_html, tools)
    table = "revenue-expenditure-summary"
    whole = made.facts[table, "income:total", "total"]
    found = {row: amount for (name, row, _), amount in figures(disclosure).items() if name == table}
    assert (found["income:current-year"], found["income:carry-over"], found["income:total"]) == (whole, 100, whole + 100)
    assert (found["expenditure:本年支出合计"], found["expenditure:结转下年"], found["expenditure:total"]) == (whole, 100, whole + 100)
    assert list(failing(disclosure)) == []
    assert coverage(document, disclosure).missed == ()


def failing(disclosure: Disclosure) -> Iterator[tuple[int, str]]:
    """The rows of the first table that are not the sum of their parts."""
    table = disclosure.tables[0]
    figures = {(cell.row, cell.column): cell for cell in table.observations}
    for parent in table.rows:
        parts = [figures[row.position, "total"].amount for row in table.rows
                 if row.parent == parent.position and row.role is not Role.OF_WHICH and (row.position, "total") in figures]  # fmt: skip
        if parts and figures[parent.position, "total"].amount != sum(parts):
            yield parent.position, parent.key


def extra_column(name: str) -> Change:
    """A source of income between two others, 1.00 in every row."""

    def change(grid: Grid) -> Grid:
        rows = [
            (*row[:6], "1.00" if is_coded(row) or row[0] == "合计" else name if "财政拨款收入" in row else "", *row[6:])
            for row in grid.rows
        ]
        return Grid(tuple(rows), {}, (*grid.widths, 60))

    return tables(change, "财政拨款收入")


@pytest.mark.parametrize("name", ["捐赠收入", "财政专户管理资金收入"])
def test_a_column_that_the_form_does_not_have_is_no_other_column(name: str, tools: Toolbox) -> None:
    made, document, disclosure = read(extra_column(name), STYLE, as_html, tools)
    assert figures(disclosure) == made.facts
    table = disclosure.table("revenue")
    assert table is not None
    assert [cell.printed for cell in table.observations if not cell.column] == ["1.00"] * len(table.rows)
    assert coverage(document, disclosure).missed == ()


def test_a_column_out_of_its_order_is_known_by_its_label(tools: Toolbox) -> None:
    made, _, disclosure = read(extra_column("上级补助收入"), STYLE, as_html, tools)
    found, table = figures(disclosure), disclosure.table("revenue")
    assert table is not None
    assert {key: amount for key, amount in found.items() if key[2] != "own-funds-upper-subsidy"} == made.facts
    assert [amount for key, amount in found.items() if key[2] == "own-funds-upper-subsidy"] == [Decimal("1.00")] * len(table.rows)


def test_a_table_that_the_form_does_not_have_is_not_part_of_the_one_before(tools: Toolbox) -> None:
    """Its title and its head are of the kind, its figures are not: they are listed."""

    def change(content: Sequence[Content]) -> list[Content]:
        out: list[Content] = []
        for item in content:
            out.append(item)
            if isinstance(item, Grid) and "功能分类科目编码" in item.rows[1]:
                rows = tuple((*row[:4], *("9.99" if cell else "" for cell in row[4:])) if is_coded(row) else row for row in item.rows)
                out += ["注：本表另附。", "2025年部门政府购买服务支出表", replace(item, rows=rows)]
        return out

    made, document, disclosure = read(change, STYLE, as_html, tools)
    assert figures(disclosure) == made.facts
    assert [number.text for number in coverage(document, disclosure).missed].count("9.99") > 30


@pytest.mark.parametrize("printed", ["-84,567.00", "－84,567.00", "−84,567.00", "(84,567.00)", "（84,567.00）", "－８４,５６７.００"])
def test_negative_figures(printed: str, tools: Toolbox) -> None:
    _, _, disclosure = read(words(("84,567.00", printed)), STYLE, as_html, tools)
    assert figures(disclosure)["basic-expenditure-economic", "30201", "running"] == Decimal("-84567.00")


@pytest.mark.parametrize("printed", ["84,567.00万元", "84,567.00*", "84,5б7.00", "84,560.00 7.00"])
def test_what_is_no_plain_number_is_listed_and_not_guessed(printed: str, tools: Toolbox) -> None:
    _, _, disclosure = read(words(("84,567.00", printed)), STYLE, as_html, tools)
    table = disclosure.table("basic-expenditure-economic")
    assert table is not None
    assert ("basic-expenditure-economic", "30201", "running") not in figures(disclosure)
    assert {passage.text for passage in table.unread} == {printed}


# ---- text without positions ---------------------------------------------------------------------------------------------


def as_text(content: Sequence[Content]) -> bytes:
    """The document as converters write it: the words of a row one after the other, nothing where a cell is empty."""
    lines = [
        line
        for item in content
        for line in ([item] if isinstance(item, str) else [" ".join(filter(None, row)) for row in item.rows])
        if line
    ]
    return "\n".join(lines).encode()


def as_wrapped_text(content: Sequence[Content]) -> bytes:
    """The same with long names broken, their figures on a line of their own."""
    lines: list[str] = []
    for line in as_text(content).decode().split("\n"):
        found = re.fullmatch(r"((?:\d+ )+)(\S{9,})((?: [\d,.]+)+)", line)
        lines += [found[1] + found[2][:8], found[2][8:], found[3].strip()] if found else [line]
    return "\n".join(lines).encode()


def as_unruled_pdf(content: Sequence[Content]) -> bytes:
    """A PDF whose tables have no lines."""
    lines: list[list[str]] = []
    for item in content:
        lines += [[item]] if isinstance(item, str) else [list(filter(None, row)) for row in item.rows]
    pages = [lines[at : at + 38] for at in range(0, len(lines), 38)]
    return pdf(
        *(
            all_of(*(text(x, 50 + 20 * row, words) for row, line in enumerate(page) for x, words in zip(_places(line), line, strict=True)))
            for page in pages
        )
    )


def _places(line: Sequence[str]) -> list[float]:
    """Where the words of a line begin: each behind the one before, with some room."""
    return [20 + sum(6 + sum(5 if character.isascii() else 9 for character in word) for word in line[:at]) for at in range(len(line))]


BARE = {
    "every figure printed": (STYLE, list),
    "zeros left out": (Style(), list),
    "a unit's divided table": (Style(word="预算单位", divided=True, zero="0.00"), list),
    "the total first": (Style(total_first=True), list),
    "codes in one column": (STYLE, tables(one_code_column)),
    "codes whose parts repeat": (STYLE, tables(repeated_parts)),
    "codes that lost a zero": (STYLE, tables(without_zeros)),
    "last year beside this": (STYLE, beside_last_year),
    "issuer and unit repeated": (STYLE, over_pages(with_title=False)),
    "three public expenses standing": (STYLE, standing),
    "a column that the form does not have": (STYLE, extra_column("捐赠收入")),
}


@pytest.mark.parametrize(
    ("name", "write"),
    [(name, write) for name in BARE for write in (as_text, as_wrapped_text)]
    + [(name, as_unruled_pdf) for name in ("every figure printed", "zeros left out", "last year beside this")],
)
def test_figures_of_bare_text_are_right_or_open(name: str, write: Callable[[Sequence[Content]], bytes], tools: Toolbox) -> None:
    """No figure is another's; one that nothing settles is left open or listed, and never lost."""
    made, document, disclosure = read(BARE[name][1], BARE[name][0], write, tools)
    found = figures(disclosure)
    assert {place: amount for place, amount in found.items() if made.facts.get(place) != amount} == {}
    assert len(found) > 0.7 * len(made.facts)
    left_open = [cell.amount for table in disclosure.tables for cell in table.observations if not cell.column]
    listed = {Decimal(number.text.replace(",", "")) for number in coverage(document, disclosure).missed}
    for (table, row, column), amount in made.facts.items():
        factor = 10000 if table == "three-public-expenses" else 1
        assert (table, row, column) in found or amount in left_open or amount / factor in listed, (table, row, column)
