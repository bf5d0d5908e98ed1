"""Finds the sentences of a section by the templates of a form, and where each of them ends."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.document import Span
from kg.extract.narrative_source import Source
from kg.forms.statements_schema import NarrativeForm, TemplateForm

_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Found:
    """A template that matched; ``tail`` is the range of the reason or use that follows, empty when there is none."""

    source: Source
    template: TemplateForm
    match: re.Match[str]
    tail: tuple[int, int]

    @property
    def span(self) -> Span:
        """The whole statement, its tail included."""
        return self.source.span(self.match.start(), max(self.match.end(), self.tail[1]))

    def text(self, group: str) -> str:
        """What was printed for a group, or empty."""
        if self.match.groupdict().get(group) is None:
            return ""
        return self.source.verbatim(*self.match.span(group))

    @property
    def tail_text(self) -> str:
        """What was printed as reason or use."""
        return self.source.verbatim(*self.tail)


def find_statements(source: Source, start: int, end: int, section: str, form: NarrativeForm) -> list[Found]:
    """The statements of ``source.text[start:end]`` in their order.

    Where templates overlap, the one that begins first counts, then the longer one. A tail ends where the next statement
    begins, or where a line begins after a full stop: reasons may hold full stops inside a paragraph.
    """
    heads = sorted(
        ((template, match) for template in form.templates if section in template.sections
         for match in _matches(source, start, end, template)),
        key=lambda head: (head[1].start(), -head[1].end()),
    )  # fmt: skip
    chosen: list[tuple[TemplateForm, re.Match[str]]] = []
    for template, match in heads:
        if not chosen or match.start() >= chosen[-1][1].end():
            chosen.append((template, match))
    limits = [match.start() for _, match in chosen[1:]] + [end] * bool(chosen)
    return [
        Found(source, template, match, _tail(source, template, match.end(), limit, form))
        for (template, match), limit in zip(chosen, limits, strict=True)
    ]


def _matches(source: Source, start: int, end: int, template: TemplateForm) -> Iterator[re.Match[str]]:
    position = start
    while (match := template.pattern.search(source.text, position, end)) is not None:
        if template.at_start and not _begins_phrase(source, match.start()):
            position = match.start() + 1
            continue
        yield match
        position = max(match.end(), match.start() + 1)


def _begins_phrase(source: Source, position: int) -> bool:
    return position in source.starts or position == 0 or _HAN.match(source.text, position - 1) is None


def _tail(source: Source, template: TemplateForm, position: int, limit: int, form: NarrativeForm) -> tuple[int, int]:
    if not template.tail:
        return position, position
    if template.tail == "reason":
        opening = form.because.match(source.text, position, limit)
        if opening is None:
            return position, position
        position = opening.end()
    for line in source.line_starts(position, limit):
        if source.text[line - 1] == "。":
            limit = line
            break
    return source.trimmed(position, limit)


def split_names(text: str, separators: str = "、,;", expected: int = 0, joiners: Sequence[str] = ()) -> tuple[str, ...]:
    """The names of a list; ``joiners`` (和) divide too, but only while fewer names than ``expected`` are found."""
    marks = re.escape(separators) + "，；"
    names = [name for name in re.split(rf"[{marks}](?![^()（）]{{0,40}}[)）])", text) if name]
    for joiner in joiners:
        if len(names) < expected:
            names = [part for name in names for part in name.split(joiner) if part]
    return tuple(name.strip("。") for name in names)
