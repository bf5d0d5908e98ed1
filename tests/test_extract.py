"""What a disclosure says is found by titles, labels and arithmetic - not by table numbers, widths, order or page breaks."""

import contextlib
import datetime
import random
import re
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from kg.errors import RefusedFile
from kg.extract.disclosure import extract
from kg.ingest import Toolbox, disclosure_of
from kg.readers.text import read_text
from kg.records import DisclosureKind, Placement, Role
from tests.facts_of import disclosure_of_text, table_facts

RAW = "004_8019a2ac96ad9f35.txt"


def _texts(paths: list[Path]) -> list[str]:
    return [path.read_text("utf-8") for path in paths]


@pytest.mark.parametrize("name", ["000_f09aa091ff60ce74", "004_8019a2ac96ad9f35"])
def test_gold_facts_are_all_right_and_none_is_extra(name: str, shared: Path, tmp_path: Path) -> None:
    found = subprocess.run([sys.executable, "-m", "kg.cli", "facts", shared / f"seeds/{name}.txt"], capture_output=True, check=True)
    (tmp_path / "facts.jsonl").write_bytes(found.stdout)
    compare = subprocess.run(
        [sys.executable, shared / "gold/compare.py", shared / f"gold/facts-{name}.jsonl", tmp_path / "facts.jsonl"],
        capture_output=True,
        text=True,
    )
    assert compare.returncode == 0, compare.stdout
    assert "missing" not in compare.stdout


def test_every_table_of_every_seed_is_found(seeds: list[Path], tools: Toolbox) -> None:
    found = {path.name[:3]: disclosure_of(path, tools) for path in seeds}
    assert {key: (len(said.tables), len(said.expected)) for key, said in found.items()} == {
        "000": (12, 12), "001": (11, 11), "002": (12, 12), "003": (9, 11), "004": (11, 11),
    }  # fmt: skip
    assert {key: said.region for key, said in found.items()} == {
        "000": "653022", "001": "653000", "002": "652301", "003": "653001", "004": "652826",
    }  # fmt: skip
    assert {key: said.signed for key, said in found.items()} == {
        "000": datetime.date(2026, 1, 31), "001": datetime.date(2026, 2, 5), "002": datetime.date(2026, 3, 13),
        "003": datetime.date(2024, 2, 28), "004": datetime.date(2025, 2, 8),
    }  # fmt: skip
    assert Counter(said.kind for said in found.values()) == {DisclosureKind.DEPARTMENT: 3, DisclosureKind.UNIT: 2}


def test_examples_state_what_the_seeds_state(seeds: list[Path], examples: list[Path], tools: Toolbox) -> None:
    stated = {(said.issuer, said.fiscal_year): table_facts(said) for said in (disclosure_of(path, tools) for path in examples)}
    for path in seeds:
        said = disclosure_of(path, tools)
        settled = table_facts(said)
        example = stated[said.issuer, said.fiscal_year]
        assert {key: example.get(key) for key in settled} == settled
        opened = sum(cell.column == "" for table in said.tables for cell in table.observations)
        assert len(example) - len(settled) == opened


def test_a_shifted_run_is_put_right_and_says_so(seeds: list[Path], tools: Toolbox) -> None:
    said = disclosure_of(seeds[0], tools)
    revenue = said.table("revenue")
    assert revenue is not None
    assert revenue.shifted
    moved = [cell for cell in revenue.observations if cell.placement is Placement.PLACED]
    assert {(cell.column, cell.printed) for cell in moved} == {("own-funds", "5.48"), ("fiscal-carry-over", "0.20")}


def test_a_contradiction_in_text_without_positions_is_flagged_not_guessed(seeds: list[Path], tools: Toolbox) -> None:
    said = disclosure_of(next(path for path in seeds if path.name == RAW), tools)
    projects = said.table("general-budget-projects")
    assert projects is not None
    marks = Counter(cell.placement for cell in projects.observations)
    assert marks == {Placement.PLACED: 8, Placement.AMBIGUOUS: 6, Placement.INCONSISTENT: 3}
    others = [cell for table in said.tables if table is not projects for cell in table.observations]
    assert {cell.placement for cell in others} == {Placement.PLACED, Placement.READ}


def test_a_missing_section_code_is_completed_and_the_printed_one_kept(seeds: list[Path], tools: Toolbox) -> None:
    said = disclosure_of(next(path for path in seeds if path.name == RAW), tools)
    completed = [
        (table.kind, row.code_printed, row.code_official)
        for table in said.tables
        for row in table.rows
        if row.code_printed != row.code_official
    ]
    assert completed == [("expenditure", "210", "21011"), ("general-budget-expenditure", "210", "21011")]


def test_the_same_fact_printed_twice_stands_twice(seeds: list[Path], tools: Toolbox) -> None:
    facts = table_facts(disclosure_of(next(path for path in seeds if path.name == RAW), tools))
    assert facts["expenditure", "2101501", "", "basic"] == Decimal("354400")
    assert facts["general-budget-expenditure", "2101501", "", "basic"] == Decimal("354500")


def test_leaves_add_up_to_the_printed_totals(examples: list[Path], tools: Toolbox) -> None:
    for path in examples:
        said = disclosure_of(path, tools)
        for kind, wanted in (("expenditure", "total"), ("revenue", "total"), ("basic-expenditure-economic", "total")):
            table = said.table(kind)
            assert table is not None
            leaves = [cell.amount for cell in table.observations if cell.role is Role.LEAF]
            total_rows = {row.position for row in table.rows if row.role is Role.TOTAL}
            total = next(cell.amount for cell in table.observations if cell.row in total_rows and cell.column == wanted)
            assert 2 * abs(sum(leaves) - total) <= table.resolution * (len(leaves) + 1), (path.name, kind)


def test_no_personal_datum_is_a_table_fact(seeds: list[Path], tools: Toolbox) -> None:
    for path in seeds:
        said = disclosure_of(path, tools)
        assert len(said.personal) >= 2, "every seed prints a contact and a telephone number"
        names = {datum.text for datum in said.personal}
        assert not names & {row.name for table in said.tables for row in table.rows}


# ---- the same facts, set differently ------------------------------------------------------------------------------------


def _renumber(text: str) -> str:
    return re.sub(r"(?m)^(\s?)表 ?(\d+)$", lambda match: f"{match[1]}附表 {int(match[2]) + 40}", text)


def _to_unit(text: str) -> str:
    return (
        text.replace("编制部门", "编制单位").replace("部门预算", "单位预算").replace("部门收", "单位收").replace("部门支出总", "单位支出总")
    )


def _half_width(text: str) -> str:
    return text.translate(str.maketrans("（）：，", "():,"))


def _full_width(text: str) -> str:
    return text.translate(str.maketrans("():", "（）："))


def _break_sentences(text: str) -> str:
    rng = random.Random(11)
    lines = []
    for line in text.split("\n"):
        if "\t" not in line and "。" in line and len(line) > 40:
            cut = rng.randrange(10, len(line) - 10)
            line = f"{line[:cut]}\n\n {line[cut:]}"
        lines.append(line)
    return "\n".join(lines)


def _cut_rows(text: str) -> str:
    """A page break inside every third code name: the rest of the name stands alone on the next page."""
    lines = []
    for number, line in enumerate(text.split("\n")):
        cells = line.split("\t")
        if number % 3 == 0 and re.fullmatch(r"\d{3}", cells[0]) and len(cells) > 5 and len(cells[3]) > 6 and "<" not in cells[3]:
            rest = "\t".join(["", "", "", cells[3][4:], *[""] * (len(cells) - 4)])
            lines += ["\t".join([*cells[:3], cells[3][:4], *cells[4:]]), "", rest]
        else:
            lines.append(line)
    return "\n".join(lines)


def _permute_tables(text: str) -> str:
    """The tables in another order, each with its head and its note."""
    start = re.search(r"(?m)^\s?表 ?1$", text)
    end = re.search(r"(?m)^[#\s]*第三部分", text[start.end() :] if start else "")
    assert start
    assert end
    body = text[start.start() : start.end() + end.start()]
    parts = re.split(r"(?m)(?=^\s?表 ?\d+$)", body)[1:]
    random.Random(5).shuffle(parts)
    return text[: start.start()] + "\n\n".join(part.rstrip() for part in parts) + "\n\n" + text[start.start() + len(body) :]


def _total_row(text: str, to_first: bool) -> str:
    """Total rows of the code tables as the first or the last row of their table."""
    out = []
    block: list[str] = []

    def flush() -> None:
        totals = [row for row in block if re.match(r"\t\t\t?(<b>)?(总计|合 ?计)(</b>)?\t", row)]
        codes = [index for index, row in enumerate(block) if re.match(r"(<b>)?\d{3}(</b>)?\t", row)]
        if len(totals) == 1 and codes:
            rest = [row for row in block if row is not totals[0]]
            first = next(index for index, row in enumerate(rest) if re.match(r"(<b>)?\d{3}(</b>)?\t", row))
            block[:] = rest[:first] + totals + rest[first:] if to_first else rest + totals
        out.extend(block)
        block.clear()

    for line in text.split("\n"):
        if "\t" in line:
            block.append(line)
        else:
            flush()
            out.append(line)
    flush()
    return "\n".join(out)


@pytest.mark.parametrize(
    "change",
    [
        _renumber, _to_unit, _half_width, _full_width, _break_sentences, _cut_rows, _permute_tables,
        lambda text: _total_row(text, to_first=True), lambda text: _total_row(text, to_first=False),
        lambda text: re.sub(r"(\d) ?(年|万元)", r"\1   \2", text), lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text,
    ],
    ids=[
        "numbers", "unit", "half-width", "full-width", "page-breaks", "cut-rows", "order", "total-first", "total-last", "spaces", "crlf",
        "mark",
    ],
)  # fmt: skip
def test_the_same_facts_set_differently(change, examples: list[Path], tools: Toolbox) -> None:
    for text in _texts(examples):
        changed = change(text)
        before, after = disclosure_of_text(text, tools), disclosure_of_text(changed, tools)
        assert table_facts(after) == table_facts(before)
        assert (after.issuer, after.fiscal_year, after.signed) == (before.issuer, before.fiscal_year, before.signed)
        assert {table.kind: bool(table.declarations) for table in after.tables} == {
            table.kind: bool(table.declarations) for table in before.tables
        }


@pytest.mark.parametrize(
    "change", [_renumber, _half_width, _break_sentences, _permute_tables], ids=["numbers", "half-width", "page-breaks", "order"]
)
def test_the_same_facts_in_seeds_set_differently(change, seeds: list[Path], tools: Toolbox) -> None:
    for path in seeds:
        text = path.read_text("utf-8")
        assert table_facts(disclosure_of_text(change(text), tools)) == table_facts(disclosure_of_text(text, tools)), path.name


# ---- what is refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("这是一封信，与预算无关。\n\n此致\n", "no form pack recognises"),
        ("表 1\n\n部门收支总体情况表\n\n单位：万元\n\n收入\t\t支出\t\n", "no form pack recognises"),
    ],
    ids=["letter", "one table"],
)
def test_a_document_of_no_family_is_refused(text: str, reason: str, tools: Toolbox) -> None:
    with pytest.raises(RefusedFile, match=reason):
        extract(read_text("a.txt", text.encode()), tools.families, tools.codes)


def test_garbage_with_a_budgets_titles_is_refused_or_read_never_a_crash(examples: list[Path], tools: Toolbox) -> None:
    rng = random.Random(3)
    text = examples[0].read_text("utf-8")
    for _ in range(12):
        characters = list(text)
        for _ in range(len(characters) // 20):
            characters[rng.randrange(len(characters))] = rng.choice("\t\n 0123456789.总计（款")
        with contextlib.suppress(RefusedFile):
            said = disclosure_of_text("".join(characters), tools)
            assert said.tables
