"""Where the tables of a form stand in a document: by title, never by number."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import ne

from kg.amounts import bare
from kg.document import Block, Document, Grid, Line
from kg.extract.prose import unify
from kg.forms.schema import LabelRow, Pack, TableForm
from kg.iri import normal

_ORDINAL = re.compile(r"^(?:[-*]\s*)?(?:[一二三四五六七八九十]+、|\(\d+\)|\d+[.、])")
_NUMBER = re.compile(r"^(?:附?表(?:[一二三四五六七八九十]{1,3}|\d{1,2}?(?=20\d\d年)|\d+)(?:-\d+)?[:.、]?)")
_YEAR = re.compile(r"^(?:.{2,30}?)?20\d\d年度?")
_UNIT_TAIL = re.compile(r"\(?单位:?[元万亿]+\)?$|\(续表?\)$|续表$")
_TITLE = re.compile(r"(?!注|备注)[^,。;:]{4,60}表(?:\(续表?\))?")
"""What stands under a table and may be the title of another one, which no pack knows."""
_LOOKAHEAD = 8
_LONGEST_TITLE = 200
_MIN_TABLES = 3
_SHORTEST_NEAR = 6


@dataclass(frozen=True)
class Region:
    """The blocks of one table, its title included; ``number`` is the printed one (``表 2``), empty when there is none."""

    form: TableForm
    title: Line
    number: str
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """The title without the marks of a heading and of bold type."""
        return bare(self.title.text).lstrip("#").strip()

    def lines(self) -> Iterator[Line]:
        return (block for block in self.blocks if isinstance(block, Line))

    def grids(self) -> Iterator[Grid]:
        return (block for block in self.blocks if isinstance(block, Grid))


def title_key(text: str, words: Sequence[str] = (), issuers: Sequence[str] = ()) -> str:
    """A title without heading marks, number, year and unit, in the form in which titles are compared; one of ``issuers`` and one
    of ``words`` (部门, 单位: whose table it is) are left out where the title begins with them."""
    key = _undecorated(text)
    for group in (issuers, words):
        key = key.removeprefix(next((word for word in group if key.startswith(word)), ""))
    return key


@lru_cache(maxsize=16384)
def _undecorated(text: str) -> str:
    key = unify(normal(bare(text).lstrip("#").strip()))
    return _YEAR.sub("", _UNIT_TAIL.sub("", _NUMBER.sub("", key)))


@lru_cache(maxsize=16384)
def label_key(text: str) -> str:
    """A label without inline tags and white space, in one width of brackets and quotes."""
    return unify(normal(bare(text)))


def is_label(row: LabelRow, key: str) -> bool:
    """Whether a label as :func:`label_key` gives it is one of the row's, whatever its number."""
    return any(key == label_key(label) or _bare_label(key) == _bare_label(label_key(label)) for label in row.labels)


def _bare_label(key: str) -> str:
    """A label without its number and without ``其中:``."""
    head = key.removeprefix("其中").removeprefix(":") or key  # a scan may lose the colon
    trimmed = head.lstrip("0123456789一二三四五六七八九十(")
    return trimmed.lstrip(".、)") if trimmed != head else head


def locate(document: Document, pack: Pack) -> tuple[Region, ...]:
    """The tables of ``pack`` in ``document``, in their order; a table that goes on after its title is repeated is one."""
    titles = {title_key(title, pack.title_words): form for form in pack.tables for title in form.titles}
    marks = _accepted(document.blocks, titles, pack, issuers_of(document, pack), document.reader == "scan")
    part = re.compile(pack.part_heading)
    regions: list[Region] = []
    for order, (index, form) in enumerate(marks):
        end = marks[order + 1][0] if order + 1 < len(marks) else len(document.blocks)
        blocks: list[Block] = []
        for block in document.blocks[index + 1 : end]:
            if isinstance(block, Line) and part.match(label_key(block.text.lstrip("#"))):
                break
            if isinstance(block, Line) and any(isinstance(one, Grid) for one in blocks) and _TITLE.fullmatch(label_key(block.text)):
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


def issuer_in(text: str, pack: Pack) -> str:
    """The name that a line gives behind one of the pack's labels (编制部门：), without the unit of money that may follow it."""
    labels = "|".join(map(re.escape, pack.issuer_labels))
    found = re.match(
        rf"(?:{labels})(?:\((?:盖章|公章|签章)\))?:(.+?)(?=\(?(?:金额)?单位:(?:人民币)?(?:{_units(pack)})|$)", _head_key(text, pack)
    )
    return found[1] if found else ""


def unit_in(text: str, pack: Pack) -> str:
    """The unit of money that a line states, empty where it states none."""
    found = re.search(rf"(?:^|[^制])(?:金额)?单位:(?:人民币)?({_units(pack)})", _head_key(text, pack))
    return found[1] if found else ""


def _head_key(text: str, pack: Pack) -> str:
    """The line over a table as labels are compared. Where its colons are gone, as scans lose them, spaces stand for them."""
    labels = "|".join(map(re.escape, pack.issuer_labels))
    whole = re.sub(rf"^\s*({labels})\s+(?=\S)", r"\1:", text)
    return label_key(re.sub(rf"(?<=\s)((?:金额)?单位)\s+(?=(?:人民币)?(?:{_units(pack)})\s*$)", r"\1:", whole))


def _units(pack: Pack) -> str:
    return "|".join(sorted(map(re.escape, pack.units), key=len, reverse=True))


def issuers_of(document: Document, pack: Pack) -> tuple[str, ...]:
    """The names that the document's tables give as their issuers, longest first."""
    labels = tuple(pack.issuer_labels)
    short = (line.text for line in document.lines() if len(line.text) <= _LONGEST_TITLE)
    found = {issuer_in(text, pack) for text in short if label_key(text).startswith(labels)} - {""}
    return tuple(sorted(found, key=lambda name: (-len(name), name)))


def recognise(document: Document, packs: Sequence[Pack]) -> tuple[Pack, tuple[Region, ...]] | None:
    """The pack that finds most tables and its finds; ``None`` when no pack finds enough to be sure."""
    finds = [(pack, locate(document, pack)) for pack in packs]
    pack, regions = max(finds, key=lambda find: len({region.form.kind for region in find[1]}))
    return (pack, regions) if len({region.form.kind for region in regions}) >= _MIN_TABLES else None


def _accepted(
    blocks: Sequence[Block], titles: dict[str, TableForm], pack: Pack, issuers: Sequence[str], scanned: bool
) -> list[tuple[int, TableForm]]:
    """Titles that head a table: the issuer, the unit or a grid follows before any other title (a contents entry has none)."""
    found = []
    headed = [_form_of(block.text, titles, pack, issuers, scanned) if isinstance(block, Line) else None for block in blocks]
    for index, (block, form) in enumerate(zip(blocks, headed, strict=True)):
        if isinstance(block, Line):
            following = blocks[index + 1] if index + 1 < len(blocks) else None
            if form is None and isinstance(following, Line) and headed[index + 1] is None:
                form = _form_of(block.text + following.text, titles, pack, issuers, scanned)
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


def _form_of(text: str, titles: dict[str, TableForm], pack: Pack, issuers: Sequence[str], scanned: bool) -> TableForm | None:
    """The table that a title heads. It may stand in two lines: the caller tries both. In a scan one character may be misread."""
    if len(text) > _LONGEST_TITLE or not (scanned or _undecorated(text).endswith(tuple(titles))):
        return None
    key = title_key(text, pack.title_words, issuers)
    return titles.get(key) or titles.get(_ORDINAL.sub("", key)) or (_nearly(_ORDINAL.sub("", key), titles) if scanned else None)


def _nearly(key: str, titles: Mapping[str, TableForm]) -> TableForm | None:
    """The one table whose title differs from ``key`` in a single character."""
    near = [form for title, form in titles.items() if len(title) == len(key) >= _SHORTEST_NEAR and sum(map(ne, title, key)) == 1]
    return near[0] if near and all(form is near[0] for form in near) else None


def _is_head_line(line: Line, pack: Pack) -> bool:
    key = _head_key(line.text, pack)
    return any(key.startswith(f"{label}:") for label in pack.issuer_labels) or bool(
        re.fullmatch(rf"\(?(?:金额)?单位:(?:人民币)?(?:{_units(pack)})\)?", key)
    )


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
