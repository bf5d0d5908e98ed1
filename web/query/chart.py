"""A result with a column of numbers as a chart: bars, or lines over years. Drawn on the server, its table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from web.query.results import Result, Shown

MOST_BARS, MOST_LINES = 40, 8
WIDTH, HEIGHT = 640, 260
"""The area in which lines are drawn, in the units of the drawing."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_HUNDREDTH = Decimal("0.01")
Row = tuple[Shown | None, ...]


@dataclass(frozen=True)
class Bar:
    """One bar: from ``start``, ``width`` wide, in hundredths of the whole width."""

    label: str
    link: str
    text: str
    start: Decimal
    width: Decimal
    negative: bool


@dataclass(frozen=True)
class Line:
    """One line over the years: its points as ``x,y`` and where its name stands."""

    label: str
    points: tuple[tuple[Decimal, Decimal, str], ...]

    @property
    def path(self) -> str:
        return " ".join(f"{x},{y}" for x, y, _ in self.points)


@dataclass(frozen=True)
class Chart:
    """Bars or lines of one numeric column; ``choices`` are all that could be drawn, as (index, heading). ``years`` are (place, year);
    ``left_out`` counts what there was no room for."""

    heading: str
    column: int
    choices: tuple[tuple[int, str], ...]
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    years: tuple[tuple[Decimal, str], ...] = ()
    left_out: int = 0


def draw(result: Result, chosen: int | None = None) -> Chart | None:
    """The chart of a result, of its first column of numbers unless another is chosen; ``None`` when there is nothing to draw."""
    years = [index for index in range(len(result.columns)) if _is_year(result, index)]
    numeric = [index for index, column in enumerate(result.columns) if _has_numbers(result, index) and index not in years]
    named = [index for index, column in enumerate(result.columns) if not column.numeric]
    if not numeric or len(result.rows) < 2:
        return None
    column = chosen if chosen in numeric else numeric[0]
    choices = tuple((index, result.columns[index].heading) for index in numeric)
    rows = [row for row in result.rows if _number(row, column) is not None]
    heading = result.columns[column].heading
    if years and named:
        lines = _lines(rows, column, years[0], named[0])
        if lines:
            return Chart(heading, column, choices, lines=lines[0][:MOST_LINES], years=lines[1], left_out=max(0, len(lines[0]) - MOST_LINES))
    labels = _labels(rows, [*named[:1], *years, *named[1:3]])
    bars = _bars(rows[:MOST_BARS], column, labels, named[0] if named else None)
    return Chart(heading, column, choices, bars=bars, left_out=max(0, len(rows) - MOST_BARS))


def _has_numbers(result: Result, index: int) -> bool:
    held = [row[index] for row in result.rows if row[index] is not None]
    return bool(held) and all(value is not None and value.number is not None for value in held)


def _is_year(result: Result, index: int) -> bool:
    numbers = [_number(row, index) for row in result.rows]
    return bool(numbers) and all(number is not None and _FIRST_YEAR <= number <= _LAST_YEAR and number % 1 == 0 for number in numbers)


def _number(row: Row, index: int) -> Decimal | None:
    value = row[index]
    return value.number if value is not None else None


def _labels(rows: Sequence[Row], columns: Sequence[int]) -> list[str]:
    """What tells the rows apart: the first column that names them, and as many others as it takes."""
    labels = [""] * len(rows)
    for index in columns:
        texts = [value.text if (value := row[index]) is not None else "" for row in rows]
        labels = [f"{label} {text}".strip() for label, text in zip(labels, texts, strict=True)]
        if len(set(labels)) == len(labels):
            break
    return labels


def _bars(rows: Sequence[Row], column: int, labels: Sequence[str], named: int | None) -> tuple[Bar, ...]:
    numbers = [_number(row, column) or Decimal(0) for row in rows]
    least, most = min(Decimal(0), *numbers), max(Decimal(0), *numbers)
    span = (most - least) or Decimal(1)
    found = []
    for row, number, label in zip(rows, numbers, labels, strict=False):
        value, thing = row[column], row[named] if named is not None else None
        start = (min(number, Decimal(0)) - least) / span * 100
        found.append(
            Bar(
                label,
                thing.link if thing else "",
                value.text if value else "",
                start.quantize(_HUNDREDTH),
                (abs(number) / span * 100).quantize(_HUNDREDTH),
                number < 0,
            )
        )
    return tuple(found)


def _lines(rows: Sequence[Row], column: int, year: int, named: int) -> tuple[tuple[Line, ...], tuple[tuple[Decimal, str], ...]] | None:
    """Lines where some name has two years or more and none has a year twice."""
    series: dict[str, dict[int, Shown]] = {}
    for row in rows:
        thing, value, when = row[named], row[column], _number(row, year)
        points = series.setdefault(thing.text if thing else "", {})
        if value is None or when is None or int(when) in points:
            return None
        points[int(when)] = value
    every = sorted({when for points in series.values() for when in points})
    if max((len(points) for points in series.values()), default=0) < 2:
        return None
    numbers = [value.number or Decimal(0) for points in series.values() for value in points.values()]
    least, most = min(Decimal(0), *numbers), max(Decimal(0), *numbers)
    across = {when: Decimal(WIDTH) * (when - every[0]) / ((every[-1] - every[0]) or 1) for when in every}

    def point(when: int, value: Shown) -> tuple[Decimal, Decimal, str]:
        share = ((value.number or Decimal(0)) - least) / ((most - least) or Decimal(1))
        return across[when].quantize(_HUNDREDTH), (HEIGHT - HEIGHT * share).quantize(_HUNDREDTH), f"{when} {value.text}"

    lines = tuple(Line(label, tuple(point(when, points[when]) for when in sorted(points))) for label, points in series.items())
    return lines, tuple((across[when].quantize(_HUNDREDTH), str(when)) for when in every)
