"""What is read of a PDF, on its way from the process that reads to the one that composes the document: no pdfium here."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.document import Box, Document
from kg.readers.composing import Composer, Piece, RawCell, RawTable


@dataclass(frozen=True)
class TextItem:
    """A line of text, ready for the composer."""

    piece: Piece
    page_break: bool
    furniture: bool


Item = TextItem | RawTable


def compose(name: str, data: bytes, items: Iterable[Item], reader: str = "pdf") -> Document:
    """The document of a PDF's items, read from its text or, by the reader ``scan``, from its pictures."""
    composer = Composer(name)
    for item in items:
        if isinstance(item, RawTable):
            composer.table(item)
        else:
            composer.line([item.piece], item.page_break, item.furniture)
    return composer.document(data, reader)


def packed(items: Sequence[Item]) -> bytes:
    """Items as JSON, for :func:`unpacked`."""
    return json.dumps({"items": [_packed_item(item) for item in items]}, ensure_ascii=False).encode()


def _packed_item(item: Item) -> list[object]:
    if isinstance(item, TextItem):
        return ["line", _piece(item.piece), item.page_break, item.furniture]
    rows = [
        [[column, cell.row_span, cell.column_span, [_piece(piece) for piece in cell.pieces]] for column, cell in row.items()]
        for row in item.rows
    ]
    return ["table", item.width, rows, item.breaks]


def _piece(piece: Piece) -> list[object]:
    box = piece.box
    return [piece.text, piece.page, [box.left, box.top, box.right, box.bottom] if box else None, piece.confidence]


def unpacked(packed: Sequence[list[object]]) -> list[Item]:
    """The items of the JSON that :func:`packed` wrote. Raises ``ValueError``, ``TypeError`` or ``KeyError`` for anything else."""
    return [_item(*entry) for entry in packed]


def _item(kind: object, *rest: object) -> Item:
    if kind == "line":
        piece, page_break, furniture = rest
        return TextItem(_unpacked_piece(piece), page_break is True, furniture is True)
    width, rows, breaks = rest
    if not isinstance(width, int) or not isinstance(rows, list) or not isinstance(breaks, list):
        raise TypeError("a table has a width, rows and breaks")
    return RawTable(
        width,
        [
            {column: RawCell([_unpacked_piece(piece) for piece in pieces], height, span) for column, height, span, pieces in row}
            for row in rows
        ],
        list(breaks),
    )


def _unpacked_piece(packed: object) -> Piece:
    if not isinstance(packed, list):
        raise TypeError("a piece has a text, a page, a box and a confidence")
    text, page, box, confidence = packed
    return Piece(str(text), int(page), Box(*box) if box else None, confidence)
