"""Rows of a table printed as bare text: values without positions, names wrapped over lines, header text broken up."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from kg.amounts import parse_number
from kg.document import Line, Span
from kg.extract.drafts import Draft, PanelDrafts, Value
from kg.extract.locate import label_key
from kg.forms.schema import Panel, TableForm
from kg.records import Passage

_TOKEN = re.compile(r"\S+")
_BROKEN = re.compile(r"(?!20\d\d\.\d{1,2}\.\d{1,2}$)(?=\S*\d\.\d)[\dOoIl.,]+")
"""What looks like a figure and is none (12.3.4, 1O.50), but no date."""
_LEADING = re.compile(r"\s*(\d{3}(?:\d{2}){0,3})(?=\s|$|[^\d.,%])")
_NAME = re.compile(r"\s*[^\s\d.,%-]")
_NAME_LINES = 4
"""On how many lines more a name may go on."""


@dataclass
class _Open:
    """A row that is still being read."""

    label: list[str]
    codes: tuple[str, ...]
    start: Span
    end: int
    fragment: int
    values: list[Value] = field(default_factory=list)

    def add(self, values: Sequence[Value], line: Line) -> None:
        self.values += values
        self.end = line.span.end


def wrapped_drafts(form: TableForm, lines: Iterable[Line], classes: frozenset[str], names: Sequence[str]) -> tuple[PanelDrafts, ...]:
    """The rows of every panel of ``form``.

    ``classes`` are the first-level codes of its scheme; ``names`` the code names known to this document, by which a
    project's name is told from the name of its code.
    """
    body = [line for line in lines if not _is_counter_line(line.text)]
    if len(form.panels) == 2:
        left, right = form.panels
        halves = [_named_halves(line, left, right) if right.rows == "names" else _halves(line, right, classes) for line in body]
        behind = [half[1] for half in halves if half[1]]
        beside = _labelled(left, [half[0] for half in halves if half[0]])
        others = _named(behind) if right.rows == "names" else _coded(right, behind, classes, names)
        absent = _absent(right, body, (*beside, *others))
        return PanelDrafts(beside, positioned=False), PanelDrafts(others, positioned=False, absent=absent)
    panel = form.panels[0]
    if panel.rows == "codes":
        rows = _coded(panel, body, classes, names)
    elif panel.rows == "labels":
        rows = _labelled(panel, body)
    elif panel.rows == "columns":
        rows = _side_by_side(panel, body)
    else:
        rows = _items(panel, body, form)
    first = min((row.span.line for row in rows), default=0)
    unread = tuple(_unread([line for line in body if line.span.line >= first])) if rows else ()
    widths = _header_widths(panel, body, rows)
    return (PanelDrafts(rows, positioned=False, widths=widths, unread=unread, absent=_absent(panel, body, rows)),)


def _unread(lines: Sequence[Line]) -> Iterator[Passage]:
    """What looks like a figure among the rows and is no number."""
    for line in lines:
        for token in _TOKEN.finditer(line.text):
            if _BROKEN.fullmatch(token.group()) and parse_number(token.group()) is None:
                start = line.span.start + token.start()
                yield Passage("unread-cell", token.group(), Span(line.span.line, start, start + len(token.group())))


def _absent(panel: Panel, lines: Sequence[Line], rows: Sequence[Draft]) -> frozenset[int]:
    """The optional columns that the header does not name; none where it names no column at all."""
    first = min((row.span.line for row in rows), default=0)
    header = "".join(label_key(line.text) for line in lines if line.span.line < first)
    unnamed = [not any(label_key(label) in header for label in column.labels) for column in panel.columns]
    if all(unnamed):
        return frozenset()
    return frozenset(at for at, column in enumerate(panel.columns) if column.optional and unnamed[at])


def _header_widths(panel: Panel, lines: Sequence[Line], rows: Sequence[Draft]) -> dict[int, int]:
    """How wide the header wraps each column's label, in characters; empty unless every column is found, in order."""
    first = min((row.span.line for row in rows), default=0)
    words = [label_key(word) for line in lines if line.span.line < first for word in line.text.split()]
    widths: dict[int, int] = {}
    at = 0
    for index, column in enumerate(panel.columns):
        found = _spelled([label_key(label) for label in column.labels], words, at)
        if found is None:
            return {}
        at, widths[index] = found
    return widths


def _spelled(labels: Sequence[str], words: Sequence[str], start: int) -> tuple[int, int] | None:
    """The end and the widest piece of the first run of words that spells one of the labels."""
    for begin in range(start, len(words)):
        end = _spells(labels, words, begin)
        if end is not None:
            return end, max(map(len, words[begin:end]))
    return None


def _is_counter_line(text: str) -> bool:
    """The line that numbers the columns: ※ ※ 1 2 3 …"""
    words = text.split()
    numbers = [word for word in words if word != "※"]
    return len(numbers) < len(words) and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _split(line: Line) -> tuple[str, list[Value]]:
    """A line's words, and the figures at its end; what looks like one and is none is neither."""
    tokens = list(_TOKEN.finditer(line.text))
    values: list[Value] = []
    while tokens:
        amount = parse_number(tokens[-1].group())
        if amount is None and not _BROKEN.fullmatch(tokens[-1].group()):
            break
        match = tokens.pop()
        if amount is None:
            continue
        span = Span(line.span.line, line.span.start + match.start(), line.span.start + match.end())
        values.insert(0, Value(match.group(), amount, span, 0, None))
    return line.text[: tokens[-1].end()].strip() if tokens else "", values


def _cut(line: Line, start: int, end: int) -> Line | None:
    text = line.text[start:end]
    if not text.strip():
        return None
    return Line(text, Span(line.span.line, line.span.start + start, line.span.start + start + len(text)), line.page_break)


def _halves(line: Line, right: Panel, classes: frozenset[str]) -> tuple[Line | None, Line | None]:
    """The left and the right side of a line of a two-sided table."""
    totals = "|".join(r"\s*".join(map(re.escape, label)) for label in right.total_labels)
    match = re.search(rf"(?<!\S)(?:({'|'.join(sorted(classes))})\s*[^\d\s.,]|{totals})", line.text)
    if match is None:
        return line, None
    return _cut(line, 0, match.start()), _cut(line, match.start(), len(line.text))


def _named_halves(line: Line, left: Panel, right: Panel) -> tuple[Line | None, Line | None]:
    """The two sides of a line whose right side names a class: it begins with the second ordinal, or with the first one where
    what follows is no row of the left side."""
    known = {label_key(label) for row in left.labels for label in row.labels}
    totals = "|".join(r"\s*".join(map(re.escape, label)) for label in right.total_labels)
    for match in re.finditer(rf"(?<!\S)(?:[一二三四五六七八九十]{{1,3}}、|{totals})", line.text):
        word = _TOKEN.match(line.text, match.start())
        if word is None or not any(label == label_key(word.group()) for label in known):
            return _cut(line, 0, match.start()), _cut(line, match.start(), len(line.text))
    return line, None


def _named(lines: Sequence[Line]) -> tuple[Draft, ...]:
    """Rows that name a class, one a line; a line without a name holds the figures of the row before it."""
    rows: list[_Open] = []
    fragment = 0
    for line in lines:
        fragment += line.page_break
        text, values = _split(line)
        if text:
            rows.append(_Open([text], (), line.span, line.span.end, fragment))
        if rows:
            rows[-1].add(values, line)
    return tuple(_close(row) for row in rows)


def _side_by_side(panel: Panel, lines: Sequence[Line]) -> tuple[Draft, ...]:
    """The form's rows in a line that has a figure for each; with a figure missing nothing says which."""
    for line in lines:
        text, values = _split(line)
        if not text and len(values) == len(panel.labels):
            return tuple(
                Draft(0, label.labels[0], (), "", (replace(value, column=0),), 0, value.span)
                for label, value in zip(panel.labels, values, strict=True)
            )
    return ()


def _close(row: _Open, project: str = "", label: str | None = None) -> Draft:
    values = tuple(Value(value.printed, value.amount, value.span, index, None) for index, value in enumerate(row.values))
    text = label if label is not None else "".join(row.label)
    return Draft(row.fragment, text, row.codes, project, values, 0, Span(row.start.line, row.start.start, row.end))


def _coded(panel: Panel, lines: Sequence[Line], classes: frozenset[str], names: Sequence[str]) -> tuple[Draft, ...]:
    depth = len(panel.digits)
    level = r"\d{2}(?![\d.,%])|\d(?=\s+(?:\d{1,2}\s+)?[^\s\d.,%-])"  # some printings lose a zero: one digit is a level if a name follows it
    levels = rf"((?:\s+(?:{level})){{0,{depth - 1}}})(?=\s|$|[^\d.,])(.*)$"
    start = re.compile(rf"\s*({'|'.join(sorted(classes))}){levels}", re.DOTALL)
    unlisted = re.compile(rf"\s*(\d{{3}}){levels}", re.DOTALL)
    known = frozenset(map(label_key, names))
    totals = re.compile("|".join(r"\s*".join(map(re.escape, label)) for label in panel.total_labels) + "")
    rows: list[_Open] = []
    fragment = 0
    for index, line in enumerate(lines):
        fragment += line.page_break
        text, values = _split(line)
        match = start.match(line.text)
        if match is None and (not rows or rows[-1].values):
            match = unlisted.match(line.text)
            if match and not _name_follows(match[3], lines[index + 1 :], known):
                match = None
        code, end = _whole_code(line.text, classes, depth)
        if code and not _name_follows(line.text[end:], lines[index + 1 :], known) and not _NAME.match(line.text, end):
            code = ""
        if (match or code) and not _is_values(rows, line):
            codes = (code,) if code or match is None else (match[1], *match[2].split())
            rest = _cut(line, end if code or match is None else match.start(3), len(line.text))
            words, values = _split(rest) if rest else ("", [])
            rows.append(_Open([words] if words else [], codes, line.span, line.span.end, fragment))
            rows[-1].add(values, line)
        elif totals.fullmatch(text) and (values or _values_follow(lines, index)):
            rows.append(_Open([text], (), line.span, line.span.end, fragment))
            rows[-1].add(values, line)
        elif rows:
            if text and rows[-1].values:
                rows.append(_Open([], (), line.span, line.span.end, fragment))
            if text:
                rows[-1].label.append(text)
            rows[-1].add(values, line)
    return tuple(_coded_draft(row, panel, names) for row in rows)


def _whole_code(text: str, classes: frozenset[str], depth: int) -> tuple[str, int]:
    """The code below the first level that a line begins with (2010301, or 201 20103 2010301) and its end, ``("", 0)`` without one."""
    code, end = "", 0
    for match in _LEADING.finditer(text):
        if match.start() != end or match[1][:3] not in classes or not match[1].startswith(code) or len(match[1]) <= len(code):
            break
        code, end = match[1], match.end()
    return (code, end) if 3 < len(code) <= 1 + 2 * depth else ("", 0)


def _name_follows(rest: str, lines: Sequence[Line], known: frozenset[str]) -> bool:
    """Whether the name of a code stands behind a number, on its line or on the next ones: such a number is a code, listed or not."""
    text = label_key(" ".join(word for word in rest.split() if parse_number(word) is None))
    for line in lines[:_NAME_LINES]:
        if text in known:
            return True
        if not any(name.startswith(text) for name in known):
            return False
        text += label_key(_split(line)[0])
    return text in known


def _values_follow(lines: Sequence[Line], index: int) -> bool:
    """Whether the next line is all figures: a total's word in a header is followed by more words."""
    return index + 1 < len(lines) and not _split(lines[index + 1])[0]


def _is_values(rows: Sequence[_Open], line: Line) -> bool:
    """Whether a line that could begin a row is the open row's figures: it is all figures, and that row has a name and none yet."""
    return bool(
        rows
        and rows[-1].codes
        and rows[-1].label
        and not rows[-1].values
        and len(line.text.split()) > 1
        and all(parse_number(token) is not None for token in line.text.split())
    )


def _coded_draft(row: _Open, panel: Panel, names: Sequence[str]) -> Draft:
    if not (panel.projects and len(row.codes) == len(panel.digits)):
        return _close(row)
    text = "".join(row.label)
    key = label_key(text)
    known = next((name for name in names if key.startswith(label_key(name))), "")
    if not known:
        return _close(row)
    cut = _position_after(text, len(label_key(known)))
    return _close(row, project=text[cut:].strip(), label=text[:cut].strip())


def _position_after(text: str, count: int) -> int:
    """The index in ``text`` after ``count`` characters that are no white space."""
    seen = 0
    for index, character in enumerate(text):
        if seen == count:
            return index
        seen += not character.isspace()
    return len(text)


def _labelled(panel: Panel, lines: Sequence[Line]) -> tuple[Draft, ...]:
    """Rows that the form names; a label may be wrapped, its figures may follow on a line of their own."""
    known = {label_key(label) for row in panel.labels for label in row.labels}
    rows: list[_Open] = []
    pending: list[str] = []
    fragment = 0
    for line in lines:
        fragment += line.page_break
        text, values = _split(line)
        if text:
            joined = label_key("".join([*pending, text]))
            longer = label_key("".join([*rows[-1].label, text])) if rows and not rows[-1].values else ""
            if longer in known:
                rows[-1].label.append(text)
                pending = []
            elif joined in known or label_key(text) in known:
                rows.append(_Open([text] if label_key(text) in known else [*pending, text], (), line.span, line.span.end, fragment))
                pending = []
            else:
                pending.append(text)
                continue
        if rows and not pending:
            rows[-1].add(values, line)
    return tuple(_close(row) for row in rows)


def _items(panel: Panel, lines: Sequence[Line], form: TableForm) -> tuple[Draft, ...]:
    """Rows with free names: a name runs until its figures; the header's own words, wrapped as they may be, are no names."""
    totals = {label_key(label) for label in panel.total_labels}
    labels = [label_key(label) for label in (*form.headings, *(text for column in panel.columns for text in column.labels))]
    rows: list[_Open] = []
    current: _Open | None = None
    fragment = 0
    for line in lines[_header_lines(lines, labels) :]:
        fragment += line.page_break
        text, values = _split(line)
        if current is None:
            current = _Open([], (), line.span, line.span.end, fragment)
        if text:
            current.label.append(text)
        current.add(values, line)
        if values or label_key("".join(current.label)) in totals:
            rows.append(current)
            current = None
    return tuple(_close(row) for row in rows if row.values)


def _header_lines(lines: Sequence[Line], labels: Sequence[str]) -> int:
    """How many lines the head takes: the longest run of whole lines whose words, one after the other, spell labels.

    What stands before the first label (the issuer and the unit) belongs to the head.
    """
    words = [(label_key(word), number) for number, line in enumerate(lines) for word in line.text.split()]
    texts = [word for word, _ in words]
    at = next((begin for begin in range(len(words)) if _spells(labels, texts, begin)), 0)
    while (end := _spells(labels, texts, at)) is not None:
        at = end
    return words[at][1] if at < len(words) else len(lines)


def _spells(labels: Sequence[str], words: Sequence[str], begin: int) -> int | None:
    """The end of the longest label that the words from ``begin`` on spell, or ``None``."""
    text = ""
    found = None
    for end in range(begin, len(words)):
        text += words[end]
        if text in labels:
            found = end + 1
        elif not any(label.startswith(text) for label in labels):
            break
    return found
