"""Comparing what two texts say, figure by figure."""

import re
from decimal import Decimal

from kg.extract.disclosure import extract
from kg.flat import flat_facts
from kg.ingest import Toolbox
from kg.iri import normal
from kg.readers.text import read_text
from kg.records import Disclosure

Facts = dict[tuple[str, str, str, str], Decimal]


def disclosure_of_text(text: str, tools: Toolbox, name: str = "text.txt") -> Disclosure:
    return extract(read_text(name, text.encode()), tools.families, tools.codes)


def table_facts(disclosure: Disclosure) -> Facts:
    """Every settled figure: (table, row, project, column) → 元. Names in one width, so that only facts are compared."""
    return {
        (str(fact["table"]), _plain(fact["row"]), _plain(fact.get("project", "")), str(fact["column"])): Decimal(str(fact["amount"]))
        for fact in flat_facts(disclosure)
        if fact["kind"] in ("observation", "detail")
    }


def _plain(value: object) -> str:
    return re.sub(r"[\[\]()（）〔〕【】]", "", normal(str(value)))
