"""What extraction makes of a generated disclosure in any format, held against what its sample states."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kg.extract.disclosure import extract
from kg.flat import flat_facts
from kg.ingest import Toolbox
from kg.readers.formats import read_document
from kg.samples import SampleDisclosure


@dataclass(frozen=True)
class Reading:
    """What extraction made of one disclosure: figures stated, left open (by table), and read otherwise than stated."""

    stated: int
    open: Counter[str]
    wrong: tuple[str, ...]


@cache
def toolbox() -> Toolbox:
    return Toolbox.load()


def reading(sample: SampleDisclosure, data: bytes, form: str) -> Reading:
    """The reading of a file's bytes; ``form`` only names it in messages."""
    name = f"{sample.region}-{sample.issuer}-{sample.fiscal_year}.{form}"
    disclosure = extract(read_document(name, data), toolbox().families, toolbox().codes)
    read: dict[tuple[str, str, str, str], Decimal] = {}
    unplaced: Counter[tuple[str, str, Decimal]] = Counter()
    for fact in flat_facts(disclosure):
        if fact["kind"] in ("observation", "detail"):
            place = (str(fact["table"]), plain(str(fact["row"])), plain(str(fact.get("project", ""))), str(fact["column"]))
            read[place] = Decimal(str(fact["amount"]))
        elif fact["kind"] == "ambiguous":
            unplaced[str(fact["table"]), plain(str(fact["row"])), Decimal(str(fact["amount"]))] += 1
    stated = stated_figures(sample)
    wrong = [f"{place} = {read[place]}, not stated" for place in read.keys() - stated.keys()]
    left_open: Counter[str] = Counter()
    for place, amount in stated.items():
        if read.get(place) == amount:
            continue
        if unplaced[place[0], place[1], amount]:
            unplaced[place[0], place[1], amount] -= 1
            left_open[place[0]] += 1
        else:
            wrong.append(f"{place} = {amount}, read {read.get(place)}")
    known = (disclosure.issuer, disclosure.region, disclosure.fiscal_year, disclosure.kind, disclosure.signed)
    if known != (sample.issuer, sample.region, sample.fiscal_year, sample.kind, sample.signed):
        wrong.append(f"read as {known}")
    return Reading(len(stated), left_open, tuple(f"{name} ({sample.layout}): {each}" for each in wrong))


def stated_figures(sample: SampleDisclosure) -> dict[tuple[str, str, str, str], Decimal]:
    """What a sample states in its tables, by table, row, project and column, in 元."""
    return {
        (table.kind, plain(row.key), plain(row.project), column): amount
        for table in sample.tables
        for row in table.rows
        if row.key != "issuer"
        for column, amount in row.cells.items()
    }


def plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
