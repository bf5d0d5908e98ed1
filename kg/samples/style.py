"""How publishers set one and the same form: options measured on real disclosures, and five house styles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

_WAN = 10_000
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
        return f"{self.number(value)}%"

    def money(self, yuan: Decimal) -> str:
        """An amount with its unit, as prose has it."""
        return f"{self.amount(yuan)}万元"

    def word(self, text: str) -> str:
        """A word of two characters that some publishers space out."""
        return " ".join(text) if self.spaced_words else text

    def prose(self, text: str) -> str:
        """Running text with or without spaces between Chinese characters and digits."""
        return _BESIDE_DIGITS.sub(" ", text) if self.digit_spaces else text


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
    }
)

HOUSE_STYLES = tuple(LAYOUTS)
