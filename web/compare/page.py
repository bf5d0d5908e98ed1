"""``/compare``: two to six disclosures, absolute, per head or as shares. The address holds the whole state."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice

from flask import Response, abort, request

from kg.iri import VOCABULARY
from web.compare.columns import ABSOLUTE, FEWEST, MEASURES, MOST, Column, compare, read_column
from web.rendering import caption, name, page, render, short_code, translate, view
from web.site import View, site
from web.spreadsheets import BOM, guarded

SHOWN = 20
_CLASSES = f"{VOCABULARY}code/functional/2024/"


@dataclass(frozen=True)
class Choice:
    """A disclosure that can be added."""

    sha16: str
    name: str
    region: str
    year: str


def compare_page() -> Response:
    asked, measure = _asked()
    data = view()
    columns = _columns(data, asked[:MOST])
    find = request.args.get("find", "").strip()
    return render(
        "compare.html",
        columns=columns,
        keys=asked[:MOST],
        measure=measure,
        measures=MEASURES,
        groups=compare(columns, measure, _CLASSES) if len(columns) >= FEWEST else [],
        find=find,
        choices=_choices(data, find, asked),
        is_cut=len(asked) > MOST,
        is_full=len(columns) >= MOST,
        compare_link=compare_link,
        line_name=line_name,
        mixed={side: len({getattr(column, side) for column in columns}) > 1 for side in ("phase", "kind", "year")},
    )


def compare_csv() -> Response:
    """The same rows as a file for spreadsheets: with a byte order mark, empty where there is no figure."""
    asked, measure = _asked()
    columns = _columns(view(), asked[:MOST])
    if len(columns) < FEWEST:
        abort(HTTPStatus.NOT_FOUND)
    text = io.StringIO()
    writer = csv.writer(text)
    unit = translate(f"compare.unit.{measure}")
    writer.writerow([guarded(cell) for cell in (f"{translate('compare.item')} ({unit})", *(name(column.disclosure) for column in columns))])
    for group in compare(columns, measure, _CLASSES):
        for line in group.lines:
            numbers = ["" if value.number is None else f"{value.number:f}" for value in line.values]
            writer.writerow([guarded(line_name(line.subject)), *numbers])
    response = Response(BOM + text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="compare.csv"'
    return response


def line_name(subject: str) -> str:
    """What a row is called."""
    return caption(subject) if "://" in subject else translate("fact." + subject.replace(":", "."))


def compare_link(keys: Sequence[str], measure: str = ABSOLUTE, **more: str) -> str:
    """The address of a comparison."""
    return page("compare", d=list(keys), by=measure, **more)


def _asked() -> tuple[list[str], str]:
    """The disclosures that the address names, each once, and the measure."""
    measure = request.args.get("by", ABSOLUTE)
    if measure not in MEASURES:
        abort(HTTPStatus.NOT_FOUND)
    return list(dict.fromkeys(request.args.getlist("d"))), measure


def _columns(data: View, asked: Sequence[str]) -> list[Column]:
    """The columns. What the graph does not know is not found."""
    found = [read_column(data, site().links.iri(f"disclosure/{key}")) for key in asked]
    if None in found:
        abort(HTTPStatus.NOT_FOUND)
    return [column for column in found if column is not None]


def _choices(data: View, find: str, asked: Sequence[str]) -> list[Choice]:
    """Disclosures whose name or region has every word that is looked for; the newest first."""
    words = find.split()
    held = site().remembered(f"choices {data.snapshot.tag}", lambda: _all_choices(data))
    found = (choice for choice in held if choice.sha16 not in asked and all(word in f"{choice.name} {choice.region}" for word in words))
    return list(islice(found, SHOWN))


def _all_choices(data: View) -> list[Choice]:
    found = [
        Choice(short_code(row.text("disclosure")), row.text("name"), short_code(row.text("region")), short_code(row.text("year")))
        for row in data.rows("choices")
    ]
    return sorted(found, key=lambda choice: (-int(choice.year or 0), choice.name, choice.sha16))
