"""Where the tables of a form stand in a document: by title, never by number."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kg.amounts import bare
from kg.document import Block, Document, Grid, Line
from kg.extract.prose import unify
from kg.forms.schema import Pack, TableForm
from kg.iri import normal

_ORDINAL = re.compile(r"^(?:[-*]\s*)?(?:[一二三四五六七八九十]+、|\(\d+\)|\d+[.、])")
_NUMBER = re.compile(r"^(?:附?表[\d一二三四五六七八九十]+(?:-\d+)?[:.、]?)")
_YEAR = re.compile(r"^(?:.{2,30}?)?20\d\d年度?")
_UNIT_TAIL = re.compile(r"\(?单位:?[元万亿]+\)?$|\(续表?\)$|续表$")
_LOOKAHEAD = 8
_LONGEST_TITLE = 200
_MIN_TABLES = 3


@dataclass(frozen=True)
class Region:
    """The blocks of one table, its title included; ``number`` is the printed one (``表 2``), empty when there is none."""

    form: TableForm
    title: Line
    number: str
    blocks: tuple[Block, ...]

    def lines(self) -> Iterator[Line]:
        return (block for block in self.blocks if isinstance(block, Line))

    def grids(self) -> Iterator[Grid]:
        return (block for block in self.blocks if isinstance(block, Grid))


def title_key(text: str, words: Sequence[str] = ()) -> str:
    """A title without heading marks, number, year and unit, in the form in which titles are compared; one of ``words``
    (部门, 单位: whose table it is) is left out where the title begins with it."""
    key = _undecorated(text)
    word = next((word for word in words if key.startswith(word)), "")
    return key.removeprefix(word)


@lru_cache(maxsize=16384)
def _undecorated(text: str) -> str:
    key = unify(normal(bare(text).lstrip("#").strip()))
    return _YEAR.sub("", _UNIT_TAIL.sub("", _NUMBER.sub("", key)))


@lru_cache(maxsize=16384)
def label_key(text: str) -> str:
    """A label without inline tags and white space, in one width of brackets and quotes."""
    return unify(normal(bare(text)))


def locate(document: Document, pack: Pack) -> tuple[Region, ...]:
    """The tables of ``pack`` in ``document``, in their order; a table that goes on after its title is repeated is one."""
    titles = {title_key(title, pack.title_words): form for form in pack.tables for title in form.titles}
    marks = _accepted(document.blocks, titles, pack)
    part = re.compile(pack.part_heading)
    regions: list[Region] = []
    for order, (index, form) in enumerate(marks):
        end = marks[order + 1][0] if order + 1 < len(marks) else len(document.blocks)
        blocks: list[Block] = []
        for block in document.blocks[index + 1 : end]:
            if isinstance(block, Line) and part.match(label_key(block.text.lstrip("#"))):
                break
            blocks.append(block)
        title = document.blocks[index]
        assert isinstance(title, Line)
        region = Region(form, title, _printed_number(document.blocks, index), tuple(_without_number(blocks)))
        if regions and regions[-1].form is form:
            regions[-1] = replace(regions[-1], blocks=(*regions[-1].blocks, *region.blocks))
        else:
            regions.append(region)
    return tuple(regions)


def recognise(document: Document, packs: Sequence[Pack]) -> tuple[Pack, tuple[Region, ...]] | None:
    """The pack that finds most tables and its finds; ``None`` when no pack finds enough to be sure."""
    finds = [(pack, locate(document, pack)) for pack in packs]
    pack, regions = max(finds, key=lambda find: len({region.form.kind for region in find[1]}))
    return (pack, regions) if len({region.form.kind for region in regions}) >= _MIN_TABLES else None


def _accepted(blocks: Sequence[Block], titles: dict[str, TableForm], pack: Pack) -> list[tuple[int, TableForm]]:
    """Titles that head a table: the issuer, the unit or a grid follows before any other title (a contents entry has none)."""
    found = []
    for index, block in enumerate(blocks):
        if isinstance(block, Line):
            form = _form_of(block.text, titles, pack)
            following = blocks[index + 1] if index + 1 < len(blocks) else None
            if form is None and isinstance(following, Line) and _form_of(following.text, titles, pack) is None:
                form = _form_of(block.text + following.text, titles, pack)
            if form is not None:
                found.append((index, form))
    starts = {index for index, _ in found}
    accepted = []
    for index, form in found:
        for offset, block in enumerate(blocks[index + 1 : index + 1 + _LOOKAHEAD], start=index + 1):
            if offset in starts:
                break
            if isinstance(block, Grid) or _is_head_line(block, pack):
                accepted.append((index, form))
                break
    return accepted


def _form_of(text: str, titles: dict[str, TableForm], pack: Pack) -> TableForm | None:
    """The table that a title heads. It may stand in two lines: the caller tries both."""
    if len(text) > _LONGEST_TITLE:
        return None
    key = title_key(text, pack.title_words)
    return titles.get(key) or titles.get(_ORDINAL.sub("", key))


def _is_head_line(line: Line, pack: Pack) -> bool:
    key = label_key(line.text)
    units = {f"{word}:{unit}" for unit in pack.units for word in ("单位", "金额单位")}
    return any(key.startswith(f"{label}:") for label in pack.issuer_labels) or key in units


def _printed_number(blocks: Sequence[Block], index: int) -> str:
    own = blocks[index]
    assert isinstance(own, Line)
    for candidate in (own, blocks[index - 1] if index else own):
        if isinstance(candidate, Line):
            match = _NUMBER.match(label_key(candidate.text.lstrip("#")))
            if match and (candidate is own or match.end() == len(label_key(candidate.text.lstrip("#")))):
                return match.group().rstrip(":.、")
    return ""


def _without_number(blocks: Sequence[Block]) -> Iterator[Block]:
    """Leave out a last line that is only the number of the next table."""
    for position, block in enumerate(blocks):
        if position == len(blocks) - 1 and isinstance(block, Line) and _NUMBER.fullmatch(label_key(block.text.lstrip("#"))):
            continue
        yield block
