"""The frame of a disclosure: who, which year, 部门 or 单位, when signed, which tables the form asks for."""

import datetime
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract.locate import Region, issuer_in, label_key, unit_in
from kg.extract.prose import Prose
from kg.forms.schema import Pack
from kg.records import DisclosureKind, EmptyDeclaration

_SIGNED = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日?$")
_YEAR_OF_TITLE = re.compile(r"(20\d\d)年")
_UNIT_OF_COLUMN = re.compile(r"\((?:单位:)?([亿万]?元)\)$")
_HEAD_ROWS = 4
_MAX_SENTENCE = 120


@dataclass(frozen=True)
class Head:
    """What the lines above a table's grid say: the issuer and the unit as printed, empty when not stated."""

    issuer: str
    unit: str


def read_head(region: Region, pack: Pack) -> Head:
    """The issuer and the unit of one table, from its own lines; both may stand on one line, the unit beside the title.

    A unit that the heads of its columns state (预算数（万元）) is nearer to the figures and counts before that of the lines.
    """
    issuer = unit = ""
    for line in (region.title, *region.lines()):
        issuer = issuer or issuer_in(line.text, pack)
        unit = unit or unit_in(line.text, pack)
    rows = [row for grid in region.grids() for row in grid.rows[:_HEAD_ROWS]]
    columns = {
        found[1] for row in rows for cell in row if (found := _UNIT_OF_COLUMN.search(label_key(cell.text))) and found[1] in pack.units
    }
    return Head(issuer, columns.pop() if len(columns) == 1 else unit)


def disclosure_kind(regions: Sequence[Region], pack: Pack) -> DisclosureKind:
    """部门 or 单位, as the tables' issuer labels say; the words of the titles decide where no label stands."""
    votes: Counter[str] = Counter()
    for region in regions:
        for line in region.lines():
            votes.update(kind for label, kind in pack.issuer_labels.items() if label_key(line.text).startswith(label))
        votes.update(kind for kind, word in pack.kind_words.items() if word in region.title.text)
    return DisclosureKind(votes.most_common(1)[0][0]) if votes else DisclosureKind.DEPARTMENT


def fiscal_year(regions: Sequence[Region], prose: Prose, pack: Pack) -> int | None:
    """The year that table titles name most often, else headings, else the phrases of the pack; ``None`` when none does."""
    words = "|".join(pack.kind_words.values())
    witnesses = (
        [year for region in regions for year in _YEAR_OF_TITLE.findall(label_key(region.title.text))],
        re.findall(rf"(20\d\d)年(?:{words})(?:预算|概况)", prose.text) + re.findall(r"(20\d\d)年[^。;]{0,24}预算公开", prose.text),
        [year for phrase in pack.year_phrases for year in re.findall(phrase, prose.text)],
    )
    years = next((Counter(found) for found in witnesses if found), None)
    return int(years.most_common(1)[0][0]) if years else None


def signature_date(prose: Prose) -> datetime.date | None:
    """The date that ends the document; ``None`` when there is none or it is no date."""
    match = _SIGNED.search(prose.text)
    if match is None:
        return None
    try:
        return datetime.date(*map(int, match.groups()))
    except ValueError:
        return None


def cover_title(prose: Prose) -> str:
    """The title on the cover (what stands before the contents), empty when the document begins without one."""
    ends = [position for mark in ("目录", "第一部分") if (position := prose.text.find(mark)) >= 0]
    title = prose.text[: min(ends, default=0)]
    return title if len(title) <= _MAX_SENTENCE else ""


def expected_tables(regions: Sequence[Region], prose: Prose, pack: Pack) -> tuple[str, ...]:
    """The kinds that the form asks of this document: always, or because the document itself lists the title."""
    found = {region.form.kind for region in regions}
    return tuple(
        form.kind
        for form in pack.tables
        if form.expected == "always" or form.kind in found or any(label_key(title) in prose.text for title in form.titles)
    )


def declarations(regions: Sequence[Region], prose: Prose, pack: Pack, issuer: str) -> dict[str, tuple[EmptyDeclaration, ...]]:
    """Sentences that say a table is empty, by table kind: they name the table, or say "this table" inside it."""
    titles = [(label_key(title), form.kind) for form in pack.tables for title in form.titles]
    found: dict[str, list[EmptyDeclaration]] = {}
    for match in re.finditer("|".join(map(re.escape, pack.empty_phrases)), prose.text):
        start = _sentence_start(prose.text, match.start(), label_key(issuer))
        sentence = prose.text[start : match.end()]
        named = max(((sentence.rfind(title) + len(title), len(title), kind) for title, kind in titles if title in sentence), default=None)
        here = prose.span(match.start(), match.end()).start
        kind = named[2] if named else next((region.form.kind for region in regions if _holds(region, here)), None)
        if kind is not None:
            found.setdefault(kind, []).append(EmptyDeclaration(sentence, prose.span(start, match.end())))
    return {kind: tuple(entries) for kind, entries in found.items()}


def _sentence_start(text: str, end: int, issuer: str) -> int:
    """Where the sentence that ends at ``end`` begins: after a stop, at the issuer's name or at a note, whichever is last."""
    least = max(0, end - _MAX_SENTENCE, text.rfind("。", 0, end) + 1)
    return max(least, *(text.rfind(mark, least, end) for mark in (issuer, "备注", "注:")))


def _holds(region: Region, offset: int) -> bool:
    return region.title.span.start <= offset < max((block.span.end for block in region.blocks), default=0)
