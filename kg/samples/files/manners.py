"""In what varies between the programs that publishers set their files with."""

from dataclasses import dataclass
from enum import StrEnum

from kg.samples.style import LAYOUTS


class Lines(StrEnum):
    """How a program draws ruled lines: strokes, thin filled boxes, a stroked box a cell, or one path for a whole table."""

    STROKES = "strokes"
    FILLS = "fills"
    BOXES = "boxes"
    PATH = "path"


class Wide(StrEnum):
    """How pages with wide tables lie: upright like all others, across, or upright with a /Rotate that shows them across."""

    UPRIGHT = "upright"
    ACROSS = "across"
    ROTATED = "rotated"


@dataclass(frozen=True)
class Manner:
    """One way to set a file.

    ``repeat_heads``: the head of a table stands on all of its pages. ``cut_cells``: a page may end within a row.
    ``merged_totals``: the word of a total row stands in one cell over code and name. ``codes_as_numbers``: a spreadsheet
    holds codes as numbers, without their leading zeros. ``one_sheet``: everything stands on one sheet.
    """

    lines: Lines = Lines.STROKES
    wide: Wide = Wide.UPRIGHT
    repeat_heads: bool = True
    cut_cells: bool = False
    merged_totals: bool = False
    codes_as_numbers: bool = False
    one_sheet: bool = False


_MANNERS = (
    Manner(),
    Manner(Lines.FILLS, Wide.ACROSS, repeat_heads=False, cut_cells=True, merged_totals=True),
    Manner(Lines.PATH, Wide.ROTATED, codes_as_numbers=True, one_sheet=True),
    Manner(Lines.BOXES, Wide.ACROSS, cut_cells=True, codes_as_numbers=True),
    Manner(Lines.FILLS, repeat_heads=False, merged_totals=True, one_sheet=True),
)


def manner_of(layout: str) -> Manner:
    """The manner of a house style, by its name; the same for good."""
    return _MANNERS[tuple(LAYOUTS).index(layout) % len(_MANNERS)]
