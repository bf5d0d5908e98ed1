"""One small document, every stage written down: a diff says which stage moved.

`pytest tests/test_golden.py --regenerate-golden` writes the files anew; look at the diff before you commit it.
"""

import dataclasses
import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from kg.document import Document, Line
from kg.extract.disclosure import extract
from kg.flat import flat_facts
from kg.ingest import Toolbox
from kg.iri import Minter
from kg.readers.text import read_text
from kg.records import Disclosure
from kg.triples import emit

FOLDER = Path(__file__).parent / "golden" / "small"


def _blocks(document: Document) -> str:
    out = []
    for block in document.blocks:
        if isinstance(block, Line):
            out.append(f"{block.span.line:>3} {block.span.start:>4}-{block.span.end:<4} | {block.text}")
        else:
            out += [
                f"{row[0].span.line:>3} {row[0].span.start:>4}-{row[-1].span.end:<4} # " + " ¦ ".join(cell.text for cell in row)
                for row in block.rows
            ]
    return "\n".join(out) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _without_pages(fields: list[tuple[str, object]]) -> dict[str, object]:
    """A format without pages leaves page and box of its places empty: they are not written."""
    return {name: value for name, value in fields if not ((name == "box" and value is None) or (name == "page" and value == 0))}


def _records(disclosure: Disclosure) -> str:
    return json.dumps(dataclasses.asdict(disclosure, dict_factory=_without_pages), default=_plain, ensure_ascii=False, indent=1) + "\n"


def _facts(disclosure: Disclosure) -> str:
    return "".join(json.dumps(fact, ensure_ascii=False) + "\n" for fact in flat_facts(disclosure))


@pytest.fixture(scope="module")
def document() -> Document:
    return read_text("source.txt", (FOLDER / "source.txt").read_bytes())


@pytest.fixture(scope="module")
def disclosure(document: Document, tools: Toolbox) -> Disclosure:
    return extract(document, tools.families, tools.codes)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    def compare(name: str, found: str) -> None:
        path = FOLDER / name
        if request.config.getoption("--regenerate-golden"):
            path.write_text(found, "utf-8")
        assert path.read_text("utf-8") == found

    return compare


def test_stage_1_blocks(document: Document, golden: Callable[[str, str], None]) -> None:
    golden("1-blocks.txt", _blocks(document))


def test_stage_2_records(disclosure: Disclosure, golden: Callable[[str, str], None]) -> None:
    golden("2-records.json", _records(disclosure))


def test_stage_3_facts(disclosure: Disclosure, golden: Callable[[str, str], None]) -> None:
    golden("3-facts.jsonl", _facts(disclosure))


def test_stage_4_graph(disclosure: Disclosure, tools: Toolbox, golden: Callable[[str, str], None]) -> None:
    golden("4-graph.nt", emit(disclosure, tools.pack(disclosure.pack), Minter()).data.decode())


def test_goldens_are_compared_not_written(request: pytest.FixtureRequest) -> None:
    """The flag that writes goldens is off wherever tests are run to judge."""
    assert not request.config.getoption("--regenerate-golden")
