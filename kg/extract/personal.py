"""Names and telephone numbers of contacts: found so that they can be kept out of everything public.

A name is taken only beside a label that asks for one (部门联系人, 项目负责人, …); a telephone number is taken wherever
it stands. Figures, dates and codes are no telephone numbers: a number counts only in the shape of a Chinese mobile or
of an area code with a hyphen or brackets, or beside a label that asks for a telephone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.document import Cell, Document, Grid, Line, Span
from kg.extract.prose import unify
from kg.records import PersonalDatum


@dataclass(frozen=True)
class PersonalLabels:
    """The printed labels beside which personal data stand, without white space and colons.

    ``names`` and ``telephones`` are matched after an optional ``owners`` prefix (部门联系人 = owner 部门 + name label
    联系人). ``fields`` are words of the form that show that a neighbour is another label and no name.
    """

    owners: tuple[str, ...] = ("部门", "单位", "预算单位", "主管部门", "项目", "实施单位", "填报")
    names: tuple[str, ...] = ("联系人", "负责人", "经办人", "填报人", "填表人", "审核人", "责任人", "法定代表人")
    telephones: tuple[str, ...] = ("联系电话", "联系方式", "电话", "手机", "电话号码", "手机号码")
    fields: tuple[str, ...] = (
        *("资金", "指标", "预算", "单位", "名称", "目标", "电话", "日期", "金额", "拨款", "总额", "部门"),
        *("项目", "盖章", "签字", "签章"),
    )


DEFAULT_LABELS = PersonalLabels()

_MARKUP = re.compile(r"</?[A-Za-z]{1,10}>|\*\*")
_MOBILE = r"1[3-9]\d(?:\d{8}|[ -]\d{4}[ -]\d{4})"
_LANDLINE = r"(?:0\d{2,3} ?- ?[1-9]\d{6,7}|\(0\d{2,3}\) ?[1-9]\d{6,7})(?:-\d{1,5})?"
# No digit, decimal point or thousands comma may touch a telephone number: those make it part of a figure.
_TELEPHONE = re.compile(rf"(?<![\d.])(?<!\d,)(?:(?:\+?86[ -]?)?{_MOBILE}|{_LANDLINE})(?!\d)(?!\.\d)(?!,\d)")
_LABELLED_TELEPHONE = re.compile(r"\+?[\d(][\d() -]{4,24}\d")
_HAN = r"[\u3400-\u9fff]"
_NAME = rf"(?:{_HAN}{{2,16}}(?:[·•.]{_HAN}{{1,16}}){{0,4}}|{_HAN} {_HAN})"
_NAMES = re.compile(rf"{_NAME}(?:[、/]{_NAME}|,{_NAME}(?=[\s,]|$)){{0,4}}")


def personal_data(document: Document, labels: PersonalLabels = DEFAULT_LABELS) -> tuple[PersonalDatum, ...]:
    """Every contact's name and every telephone number of the document, in the order of the source.

    A name that was found beside a label is also reported where it stands elsewhere. ``label`` is the printed label,
    empty for a number that has none beside it. Spans do not overlap.
    """
    finder = _Finder(labels)
    found: dict[int, PersonalDatum] = {}
    for datum in finder.labelled(document):
        found.setdefault(datum.span.start, datum)
    for datum in (*_repeated_names(document, tuple(found.values()), finder), *_telephones(document)):
        if not any(_overlap(datum.span, other.span) for other in found.values()):
            found[datum.span.start] = datum
    return tuple(found[start] for start in sorted(found))


def personal_spans(document: Document, labels: PersonalLabels = DEFAULT_LABELS) -> tuple[Span, ...]:
    """Where personal data stand, in the order of the source."""
    return tuple(datum.span for datum in personal_data(document, labels))


class _Finder:
    """Finds names and numbers beside labels, in cells and in running text."""

    def __init__(self, labels: PersonalLabels) -> None:
        owners = "|".join(map(re.escape, labels.owners))
        names = "|".join(map(re.escape, labels.names))
        telephones = "|".join(sorted(map(re.escape, labels.telephones), key=len, reverse=True))
        self._label = re.compile(rf"(?:{owners})?(?:(?P<name>{names})(?:姓名)?|(?P<telephone>{telephones}))(?:及电话|\(签[字章]\))?")
        self._in_line = re.compile(rf"(?<!{_HAN}){self._label.pattern}(?=[ \t\u3000:]|$)[ \t\u3000]*:?[ \t\u3000]*")
        self._fields = re.compile("|".join(map(re.escape, labels.fields)))
        self._names = labels.names + labels.telephones
        self._hint = re.compile("|".join(sorted({re.escape(name[-1]) for name in self._names})))

    def labelled(self, document: Document) -> Iterator[PersonalDatum]:
        waiting: re.Match[str] | None = None
        for block in document.blocks:
            if isinstance(block, Grid):
                waiting = None
                for row in block.rows:
                    if self._hint.search("".join(cell.text for cell in row)):
                        yield from self._row(row)
                continue
            if waiting is not None:
                yield from self._value(waiting, block, 0, len(block.text), alone=True)
            matches = list(self._in_line.finditer(_plain(block.text)))
            ends = [match.start() for match in matches[1:]] + [len(block.text)]
            for match, end in zip(matches, ends, strict=False):
                yield from self._value(match, block, match.end(), end)
            waiting = matches[-1] if matches and not block.text[matches[-1].end() :].strip() else None

    def _row(self, row: tuple[Cell, ...]) -> Iterator[PersonalDatum]:
        for index, cell in enumerate(row):
            text = _plain(cell.text)
            inside = self._in_line.match(text, len(text) - len(text.lstrip()))
            if inside is not None and text[inside.end() :].strip():
                yield from self._value(inside, cell, inside.end(), len(text))
                continue
            label = self._label.fullmatch(re.sub(r"[\s:]", "", text))
            value = next((other for other in row[index + 1 :] if other.text.strip()), None)
            if label is not None and value is not None:
                yield from self._value(label, value, 0, len(value.text), alone=True)

    def _value(self, label: re.Match[str], block: Cell | Line, start: int, end: int, alone: bool = False) -> Iterator[PersonalDatum]:
        """The data between ``start`` and ``end`` of a block; ``alone`` asks that nothing else stands beside a name."""
        plain = _plain(block.text[:end])
        printed = label.group().rstrip(": \t\u3000")
        number = _TELEPHONE.search(plain, start)
        if number is None and label["telephone"]:
            number = _LABELLED_TELEPHONE.match(plain, start + len(plain[start:]) - len(plain[start:].lstrip()))
        if label["name"]:
            before = plain[start : number.start() if number else end]
            lead = start + len(before) - len(before.lstrip())
            name = _NAMES.match(plain, lead)
            if name and self.is_name(name.group()) and not (alone and name.group() != before.strip()):
                yield _datum(printed, block, name.span())
        if number is not None:
            yield _datum(printed, block, number.span())

    def is_name(self, text: str) -> bool:
        return self._fields.search(text) is None and text not in self._names


def _telephones(document: Document) -> Iterator[PersonalDatum]:
    text = unify(document.text)
    line, at = 1, 0
    for match in _TELEPHONE.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        yield PersonalDatum("", match.group(), Span(line, match.start(), match.end()))


def _repeated_names(document: Document, found: tuple[PersonalDatum, ...], finder: _Finder) -> Iterator[PersonalDatum]:
    """The same names elsewhere; one of two characters only where no other Chinese character touches it."""
    names = {datum.text: datum.label for datum in found if _NAMES.fullmatch(datum.text) and finder.is_name(datum.text)}
    text = unify(document.text)
    for name, label in names.items():
        pattern = re.escape(name) if len(name) > 2 else rf"(?<!{_HAN}){re.escape(name)}(?!{_HAN})"
        for match in re.finditer(pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            yield PersonalDatum(label, name, Span(line, match.start(), match.end()))


def _plain(text: str) -> str:
    """The text in one width, its markup turned into spaces: lengths hold."""
    return unify(_MARKUP.sub(lambda match: " " * len(match.group()), text))


def _datum(label: str, block: Cell | Line, place: tuple[int, int]) -> PersonalDatum:
    """A datum inside a block; its span is the whole block's where the block's text is not verbatim the source's."""
    start, end = place
    span = block.span
    if span.end - span.start == len(block.text):
        span = Span(span.line, span.start + start, span.start + end)
    return PersonalDatum(label, block.text[start:end], span)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
