"""The source of a disclosure as text and, where it has pages, as pictures: a place highlighted, personal data blacked out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise

from flask import Response, abort, request

from kg.document import Box, Document, Span
from kg.errors import RefusedFile
from kg.extract.personal import personal_spans
from kg.readers.formats import read_document
from web.pictures import BusyError, is_paged, sheets
from web.problems import ProblemError
from web.rendering import render, view
from web.site import View, site

LINES_ON_PAGE = 2000
_AROUND = 200
_ROW = 600
"""Characters within which a row of a performance sheet prints its target."""
HIT, GONE, PLAIN = "hit", "gone", "plain"


@dataclass(frozen=True)
class Piece:
    """A run of characters that is shown in one way; ``first`` marks the beginning of the highlighted place."""

    kind: str
    text: str
    first: bool = False


@dataclass(frozen=True)
class SourceLine:
    """One line of the source, cut where its look changes."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Source:
    """A source as it was read; ``hidden`` are the places with personal data."""

    document: Document
    raw: bytes
    hidden: tuple[Span, ...]


@dataclass(frozen=True)
class Sheet:
    """A page of the source: its number and size in points, how many there are, and the rectangles to point at."""

    number: int
    count: int
    width: float
    height: float
    hits: tuple[Box, ...]


def source(sha16: str) -> Response:
    """``/source/{sha16}``: ``start`` and ``end`` mark a place, ``page`` is a page of lines, ``sheet`` a page of the source."""
    data = view()
    found = _disclosure(data, sha16)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    disclosure, sha256 = found
    read = source_of(data, sha256)
    if read is None:
        return render("source-missing.html", HTTPStatus.NOT_FOUND, disclosure=disclosure)
    text = read.document.text
    start, end = request.args.get("start", -1, type=int), request.args.get("end", -1, type=int)
    marked = (start, end) if 0 <= start < end <= len(text) else None
    lines = list(cut_lines(text, marked, read.hidden))
    hit = next((line.number for line in lines if any(piece.first for piece in line.pieces)), 1)
    number = request.args.get("page", (hit - 1) // LINES_ON_PAGE + 1, type=int)
    number = min(max(number, 1), (len(lines) - 1) // LINES_ON_PAGE + 1)
    shown = lines[(number - 1) * LINES_ON_PAGE : number * LINES_ON_PAGE]
    return render(
        "source.html",
        disclosure=disclosure,
        sha16=sha16,
        lines=shown,
        total=len(lines),
        number=number,
        has_more=number * LINES_ON_PAGE < len(lines),
        redacted=len(read.hidden),
        sheet=_sheet(read, marked, request.args.get("sheet", 0, type=int)),
    )


def source_picture(sha16: str, number: int) -> Response:
    """``/source/{sha16}/{number}.png``: a page of the source as a picture."""
    data = view()
    found = _disclosure(data, sha16)
    read = source_of(data, found[1]) if found else None
    if read is None or not is_paged(read.document, read.raw):
        abort(HTTPStatus.NOT_FOUND)
    try:
        picture = site().pictures.page(read.document, read.raw, number, read.hidden)
    except RefusedFile:
        abort(HTTPStatus.NOT_FOUND)
    except BusyError:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "too many pages are being drawn", {"Retry-After": "5"}) from None
    response = Response(picture.data, content_type="image/png")
    response.headers["Cache-Control"] = "max-age=3600"
    return response


def source_of(data: View, sha256: str) -> Source | None:
    """The source of a disclosure, or ``None`` where the store does not have it. Those read last stay at hand."""

    def read() -> Source | None:
        raw = data.snapshot.source(sha256)
        if raw is None:
            return None
        document = read_document(sha256, raw)
        return Source(document, raw, personal_spans(document))

    return site().documents.get(f"{data.snapshot.tag} {sha256}", read)


def _sheet(read: Source, marked: tuple[int, int] | None, asked: int) -> Sheet | None:
    """The page that is asked for, or the first one that shows the marked place; ``None`` where there are no pictures of pages."""
    if not is_paged(read.document, read.raw):
        return None
    pieces = read.document.fragments_of(Span(0, *marked)) if marked else ()
    number = asked or (pieces[0].page if pieces else 1)
    try:
        picture = site().pictures.page(read.document, read.raw, number, read.hidden)
    except (RefusedFile, BusyError):
        return None
    hits = tuple(piece.box for piece in pieces if piece.page == number)
    return Sheet(number, sheets(read.document), picture.width, picture.height, hits)


def _disclosure(data: View, sha16: str) -> tuple[str, str] | None:
    """The disclosure whose hash begins so, with its whole hash."""
    iri = data.links.iri(f"disclosure/{sha16}")
    row = next(data.rows("disclosure-by-hash", disclosure=iri), None)
    return (iri, row.text("sha256")) if row else None


def printed_place(text: str, start: int, printed: str) -> tuple[int, int] | tuple[int, None]:
    """Where a printed text stands in the row or paragraph that begins at ``start``; no end where it is not there as it is."""
    at = text.find(printed, start, start + _ROW) if printed else -1
    return (at, at + len(printed)) if at >= 0 else (start, None)


def excerpt(text: str, start: int, end: int, hidden: Sequence[Span]) -> list[SourceLine]:
    """The lines of a place and one line on either side, at most :data:`_AROUND` characters beyond it; numbers count from 1 here."""
    first = _line_before(text, start)
    last = _line_after(text, end)
    near = [
        Span(span.line, max(span.start - first, 0), min(span.end, last) - first)
        for span in hidden
        if span.start < last and span.end > first
    ]
    return list(cut_lines(text[first:last], (start - first, end - first), near))


def _line_before(text: str, start: int) -> int:
    least = max(0, start - _AROUND)
    here = text.rfind("\n", least, start)
    before = text.rfind("\n", least, here) if here > least else -1
    return before + 1 if before >= 0 else least


def _line_after(text: str, end: int) -> int:
    most = min(len(text), end + _AROUND)
    here = text.find("\n", end, most)
    after = text.find("\n", here + 1, most) if here >= 0 else -1
    return after if after >= 0 else most


def cut_lines(text: str, marked: tuple[int, int] | None, hidden: Sequence[Span]) -> Iterator[SourceLine]:
    """The lines of a text, cut into pieces. What is hidden stays hidden even where it is marked."""
    offset = 0
    begun = False
    ordered = sorted(hidden, key=lambda span: span.start)
    for number, raw in enumerate(text.splitlines(keepends=True), start=1):
        end = offset + len(raw.rstrip("\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029"))
        cuts = {offset, end}
        here = [span for span in ordered if span.start < end and span.end > offset]
        for start, stop in [(span.start, span.end) for span in here] + ([marked] if marked else []):
            cuts.update(place for place in (start, stop) if offset < place < end)
        pieces = []
        edges = sorted(cuts)
        for left, right in pairwise(edges):
            if any(span.start <= left < span.end for span in here):
                pieces.append(Piece(GONE, "█" * (right - left)))
            elif marked and marked[0] <= left < marked[1]:
                pieces.append(Piece(HIT, text[left:right], not begun))
                begun = True
            else:
                pieces.append(Piece(PLAIN, text[left:right]))
        yield SourceLine(number, tuple(pieces))
        offset += len(raw)
