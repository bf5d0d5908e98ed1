"""What stands between a sample and its layouts: headings, paragraphs, tables and page breaks in reading order.

Text, PDF and Word writers set the same blocks. A fault of wording (a missing part, another year in a heading) is a
changed block; a fault of substance is a changed sample.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """``level`` 0 is the title, 1 a part, 2 a section or the name of a table, 3 a subsection."""

    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of running text, without line breaks. ``term`` is its leading part that glossaries print bold."""

    text: str
    term: str = ""


@dataclass(frozen=True)
class Entry:
    """A line of the contents list."""

    text: str


@dataclass(frozen=True)
class Caption:
    """What stands above the head of a table; an empty text where the publisher leaves it out."""

    issuer: str
    unit: str


@dataclass(frozen=True)
class Head:
    """A cell of a table head that covers ``columns`` × ``rows`` places."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Row:
    """A row of cells, an empty text for a blank one.

    ``strong`` rows are sums that some publishers print bold, of two rows side by side only the first ``strong_cells``.
    """

    cells: tuple[str, ...]
    strong: bool = False
    strong_cells: int = 0


@dataclass(frozen=True)
class Table:
    """A table on one page: the head, then rows that all have as many cells as the head has columns."""

    head: tuple[tuple[Head, ...], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class PageBreak:
    """The next block begins a page. A table over two pages is two tables with a break between."""


Block = Heading | Paragraph | Entry | Caption | Table | PageBreak
