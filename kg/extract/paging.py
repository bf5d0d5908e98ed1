"""Gives every place of a record its page and box, where the document has pages."""

import dataclasses
from functools import cache
from typing import TypeVar, cast

from kg.document import Document, Span

_T = TypeVar("_T")


def with_pages(record: _T, document: Document) -> _T:
    """``record`` with every :class:`Span` in it, however deep, led to the pages of ``document``.

    A place that runs over several lines gets the box around those on its first page. Without pages nothing changes.
    """
    return cast(_T, _paged(record, document)) if document.fragments else record


def _paged(value: object, document: Document) -> object:
    if isinstance(value, Span):
        return _span(value, document)
    if isinstance(value, tuple):
        return tuple([_paged(one, document) for one in value]) if value else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for name in _fields(type(value)):
            before = getattr(value, name)
            if isinstance(before, tuple) or dataclasses.is_dataclass(before):
                after = _paged(before, document)
                if after is not before:
                    changed[name] = after
        return dataclasses.replace(value, **changed) if changed else value
    return value


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _span(span: Span, document: Document) -> Span:
    pieces = document.fragments_of(span)
    if not pieces:
        return span
    page = pieces[0].page
    box = pieces[0].box
    for piece in pieces[1:]:
        if piece.page == page:
            box = box.joined(piece.box)
    return Span(span.line, span.start, span.end, page, box)
