"""The text reader: every character keeps its place, hostile bytes get one clear error."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.document import Grid, Line
from kg.errors import RefusedFile
from kg.extract.prose import Prose
from kg.readers.text import MAX_BYTES, read_text


def test_lines_and_grids_in_their_order() -> None:
    document = read_text("a.txt", "标题\n\n甲\t1\n乙\t\n\n 换页后\n".encode())
    title, grid, after = document.blocks
    assert isinstance(title, Line)
    assert isinstance(grid, Grid)
    assert isinstance(after, Line)
    assert [[cell.text for cell in row] for row in grid.rows] == [["甲", "1"], ["乙", ""]]
    assert (after.page_break, title.page_break) == (True, False)


@given(st.text(alphabet="甲乙\t\n 1.,（）\r\f", max_size=200).filter(lambda text: bool(text.strip())))
def test_every_span_leads_back_to_its_text(text: str) -> None:
    document = read_text("a.txt", text.encode())
    for block in document.blocks:
        if isinstance(block, Line):
            assert document.quote(block.span) == block.text
        else:
            for row in block.rows:
                for cell in row:
                    assert document.quote(cell.span) == cell.text


@given(st.lists(st.text(alphabet="收支总预算，。（）2 6", min_size=1, max_size=30), min_size=1, max_size=8))
def test_prose_leads_back_to_the_printed_characters(lines: list[str]) -> None:
    source = "\n\n".join(lines)
    if not source.strip():
        return
    document = read_text("a.txt", source.encode())
    prose = Prose.of_document(document)
    assert len(prose.text) == len(prose.offsets) == sum(not character.isspace() for line in document.lines() for character in line.text)
    for index in range(len(prose.text)):
        printed = document.quote(prose.span(index, index + 1))
        assert len(printed) == 1
        assert not printed.isspace()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_common_encodings_are_read(encoding: str) -> None:
    assert read_text("a.txt", "部门预算公开".encode(encoding)).text == "部门预算公开"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (bytes(range(256)) * 20, "not text"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 400, "not text"),
        (random.Random(7).randbytes(5000), "not text"),
        (b"a" * (MAX_BYTES + 1), "limit"),
        (("\t" * 500).encode() + b"x", "cells in one row"),
    ],
    ids=["empty", "blank", "bytes", "program", "noise", "huge", "wide"],
)
def test_what_is_no_text_is_refused_with_its_name(data: bytes, reason: str) -> None:
    with pytest.raises(RefusedFile, match=reason) as refusal:
        read_text("bad.txt", data)
    assert str(refusal.value).startswith("bad.txt")
