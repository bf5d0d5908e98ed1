"""How publishers set one and the same form: options measured on real disclosures, and five house styles."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

_WAN = 10_000
_NARROW = str.maketrans("（）", "()")
_BESIDE_DIGITS = re.compile(r"(?<=[一-鿿])(?=\d)|(?<=\d)(?=[一-鿿])")


class EmptyNote(StrEnum):
    """An empty table is explained by a sentence under it, or by a 备注 above its head or under it."""

    SENTENCE = "sentence"
    REMARK = "remark"


@dataclass(frozen=True)
class Layout:
    """The options of a house style.

    ``revenue_break`` is the number of rows on the first page of the revenue table (``None``: one page); the next page
    repeats the head, and the issuer and unit lines where ``repeat_issuer``. ``revenue_columns`` is 11 where the head
    leaves out 上级国有资本经营预算安排的转移支付; ``revenue_shift`` is the converters' fault of printing the last four
    columns of its detail rows, not of its total row, one place to the left. ``total_word`` and ``total_first`` are for tables by codes,
    ``three_public_first`` for the 三公 table. ``bold`` puts sums in tags. ``column_numbers`` adds a row ※ … 1 2 3.
    ``long_code_heads`` prints 功能分类科目编码 for 科目代码; ``flat_heads`` saves the first head row of the expenditure
    tables. ``spaced_words`` prints 合 计. ``long_vehicle_names`` prints 公务用车运行维护费 for 公务用车运行费.
    ``special_bonds`` says whether the list of classes ends with 234 抗疫特别国债安排的支出.

    Of the heads: ``head_width`` wraps long labels, the lines joined by a space, and ``name_width`` project names likewise.
    ``transfer_head_last`` prints the label of the column that ``revenue_columns`` 11 leaves out after all others, though
    its figures stand in their place. ``early_figures_head`` lets 支出预算 begin above the names. ``spare_cell`` adds an
    empty cell to the rows of the project table; ``total_among_projects`` prints its total word in the column of names.
    ``bold_labels`` puts the sums of the summaries in tags, labels and figures.

    Of pages: ``page_lines`` breaks pages within paragraphs, and ``table_page`` rows make one in tables by codes,
    ``sheet_page`` rows in performance sheets, where a cell goes on alone; ``contents_page`` entries fit on the first page
    of the contents, the others follow as plain lines.

    Of the text: ``marks`` are given to sections and tables in turn, ``{}`` being the heading. ``number_mark`` stands after
    the number of an item, and ``project_mark`` is how projects are numbered. ``short_first_heading`` leaves 的 out of the
    first section's heading. ``trim_prose`` leaves out zeros after the point in the text, ``percent_space`` puts a space
    before the percent sign, ``padded_date`` signs with two digits a month, ``narrow_brackets`` prints () for （）.

    ``even_columns`` wraps all heads of raw text alike, so that they do not tell which columns have figures.
    """

    total_word: str = "总计"
    total_first: bool = False
    three_public_first: bool = False
    bold: bool = False
    column_numbers: bool = False
    long_code_heads: bool = False
    flat_heads: bool = False
    spaced_words: bool = False
    long_vehicle_names: bool = True
    special_bonds: bool = True
    revenue_columns: int = 12
    revenue_shift: bool = False
    revenue_break: int | None = None
    repeat_issuer: bool = True
    empty_note: EmptyNote = EmptyNote.SENTENCE
    empty_total_row: bool = True
    heading_marks: bool = False
    contents: bool = True
    digit_spaces: bool = True
    thousands: bool = True
    trim_zeros: bool = False
    sheet_decimals: int = 2
    head_width: int | None = None
    name_width: int | None = None
    transfer_head_last: bool = False
    early_figures_head: bool = False
    spare_cell: bool = False
    total_among_projects: bool = False
    bold_labels: bool = False
    page_lines: int | None = None
    table_page: int | None = None
    contents_page: int | None = None
    sheet_page: int | None = None
    marks: tuple[str, ...] = ()
    number_mark: str = ". "
    project_mark: str = "（{ordinal}）"
    short_first_heading: bool = False
    trim_prose: bool = False
    percent_space: bool = False
    padded_date: bool = False
    narrow_brackets: bool = False
    even_columns: bool = False

    def amount(self, yuan: Decimal | None, decimals: int = 2) -> str:
        """An amount in 万元 as printed, the empty text for a blank cell.

        Raises :class:`ValueError` when the print would lose digits: the facts must be what was printed.
        """
        if yuan is None:
            return ""
        return self.number(yuan / _WAN, decimals)

    def number(self, value: Decimal, decimals: int = 2) -> str:
        """A number with that many decimals, thousands and trailing zeros as the style has them."""
        printed = round(value, decimals)
        if printed != value:
            raise ValueError(f"{value} cannot be printed with {decimals} decimals")
        text = f"{printed:,.{decimals}f}" if self.thousands else f"{printed:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if self.trim_zeros and "." in text else text

    def percent(self, value: Decimal) -> str:
        return f"{self.number(value)}{' ' * self.percent_space}%"

    def money(self, yuan: Decimal) -> str:
        """An amount with its unit, as prose has it."""
        amount = self.amount(yuan)
        return f"{amount.rstrip('0').rstrip('.') if self.trim_prose and '.' in amount else amount}万元"

    def date(self, day: datetime.date) -> str:
        """The date under a document."""
        return f"{day:%Y年%m月%d日}" if self.padded_date else f"{day.year}年{day.month}月{day.day}日"

    def word(self, text: str) -> str:
        """A word of two characters that some publishers space out."""
        return " ".join(text) if self.spaced_words else text

    def prose(self, text: str) -> str:
        """Running text with or without spaces between Chinese characters and digits."""
        text = text.translate(_NARROW) if self.narrow_brackets else text
        return _BESIDE_DIGITS.sub(" ", text) if self.digit_spaces else text

    def label(self, text: str) -> str:
        """A head cell, wrapped where the style does so."""
        return _wrapped(text, self.head_width)

    def name(self, text: str) -> str:
        """A project's name in its table, wrapped where the style does so."""
        return _wrapped(text, self.name_width)


def _wrapped(text: str, width: int | None) -> str:
    return text if width is None else " ".join(text[at : at + width] for at in range(0, len(text), width))


LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "county-plain": Layout(revenue_columns=11, revenue_break=17, sheet_decimals=3),
        "prefecture-numbered": Layout(
            total_first=True,
            three_public_first=True,
            bold=True,
            column_numbers=True,
            long_code_heads=True,
            long_vehicle_names=False,
            special_bonds=False,
            revenue_break=14,
            empty_total_row=False,
            heading_marks=True,
        ),
        "city-bold": Layout(bold=True, flat_heads=True, revenue_columns=11, heading_marks=True),
        "unit-spaced": Layout(
            total_word="合计",
            three_public_first=True,
            long_code_heads=True,
            spaced_words=True,
            long_vehicle_names=False,
            revenue_break=9,
            repeat_issuer=False,
            heading_marks=True,
        ),
        "unit-trimmed": Layout(
            total_word="合计",
            three_public_first=True,
            long_code_heads=True,
            spaced_words=True,
            long_vehicle_names=False,
            special_bonds=False,
            empty_note=EmptyNote.REMARK,
            digit_spaces=False,
            thousands=False,
            trim_zeros=True,
        ),
        "county-wrapped": Layout(
            revenue_columns=11,
            revenue_break=17,
            sheet_decimals=3,
            head_width=4,
            name_width=16,
            early_figures_head=True,
            spare_cell=True,
            page_lines=38,
            contents_page=6,
            sheet_page=10,
            short_first_heading=True,
        ),
        "county-shifted": Layout(revenue_columns=11, revenue_break=17, revenue_shift=True, sheet_decimals=3, head_width=4),
        "prefecture-mixed": Layout(
            total_first=True,
            three_public_first=True,
            bold=True,
            bold_labels=True,
            column_numbers=True,
            long_code_heads=True,
            long_vehicle_names=False,
            special_bonds=False,
            revenue_break=14,
            empty_total_row=False,
            heading_marks=True,
            transfer_head_last=True,
            early_figures_head=True,
            page_lines=42,
            table_page=22,
            marks=("### {}", "## {}", "## {}", "#### {}", "### {}", "## {}"),
            number_mark="、",
            short_first_heading=True,
            trim_prose=True,
        ),
        "city-mixed": Layout(
            bold=True,
            flat_heads=True,
            revenue_columns=11,
            heading_marks=True,
            head_width=4,
            spare_cell=True,
            marks=("### {}", "## {}", "#### {}", "## **{}**"),
            narrow_brackets=True,
        ),
        "unit-mixed": Layout(
            total_word="合计",
            three_public_first=True,
            long_code_heads=True,
            spaced_words=True,
            long_vehicle_names=False,
            revenue_break=9,
            repeat_issuer=False,
            heading_marks=True,
            early_figures_head=True,
            total_among_projects=True,
            page_lines=36,
            contents_page=2,
            marks=("### {}", "## {}", "#### {}", "### **{}**", "## **{}**"),
            project_mark="{number}、",
            percent_space=True,
            padded_date=True,
        ),
    }
)
"""The first five set the examples; the others have more of the irregularities that were measured, one seed's each."""

HOUSE_STYLES = tuple(name for name, layout in LAYOUTS.items() if not layout.revenue_shift)
"""Those in which every figure stands in its column."""
