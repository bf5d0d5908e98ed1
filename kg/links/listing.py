"""The links of a store as lines."""

import csv
import json
from collections.abc import Sequence
from typing import IO
from urllib.parse import unquote

from rich.console import Console
from rich.table import Table

from kg.store import Reader, named_rows

COLUMNS = ("link", "kind", "status", "confidence", "method", "from", "to", "evidence")


def listed(store: Reader, language: str) -> list[dict[str, str]]:
    """The links, the least sure first; ``link`` is the end of its address, ``to`` an address or a name."""
    found = [
        {
            "link": row["link"].partition("/link/")[2],
            "kind": row["kind"].rpartition("/")[2],
            "status": row["status"].rpartition("/")[2],
            "confidence": row["confidence"],
            "method": row["method"].rpartition("/")[2],
            "from": unquote(row["from"]),
            "to": row["toName"] or unquote(row["to"]),
            "evidence": row[language],
        }
        for row in named_rows(store, "links")
    ]
    return sorted(found, key=lambda link: (link["confidence"], link["kind"], link["link"]))


def write_links(links: Sequence[dict[str, str]], form: str, output: IO[str]) -> None:
    """As a ``table``, ``csv`` or ``jsonl``."""
    if form == "csv":
        writer = csv.DictWriter(output, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(links)
    elif form == "jsonl":
        output.writelines(json.dumps(link, ensure_ascii=False) + "\n" for link in links)
    else:
        table = Table(*COLUMNS)
        for link in links:
            table.add_row(*(link[column] for column in COLUMNS))
        Console(file=output).print(table)
