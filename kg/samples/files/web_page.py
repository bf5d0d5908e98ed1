"""HTML as publishers' content systems put it out: styled spans in cells, layout tables, attributes of old."""

import html
from collections.abc import Iterator, Sequence

from kg.samples.blocks import Caption, PageBreak
from kg.samples.files.content import BODY, Content, Grid, Words
from kg.samples.files.manners import Manner


def as_html(content: Sequence[Content], _manner: Manner) -> bytes:
    """A page in UTF-8; no manner concerns it."""
    title = next((item.text for item in content if isinstance(item, Words)), "")
    head = f"<meta charset='utf-8'><title>{html.escape(title)}</title><style>td{{font-size:9pt}}</style>"
    body = "".join(part for item in content for part in _parts(item))
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}<script>var loaded = 1;</script></body></html>".encode()


def _parts(item: Content) -> Iterator[str]:
    match item:
        case Words(text, level):
            tag = "p" if level == BODY else f"h{level + 1}"
            yield f"<{tag}><span style='font-family:宋体'>{html.escape(text)}</span></{tag}>\n"
        case Caption(issuer, unit):
            yield f"<p><span>{html.escape(issuer)}</span>&nbsp;&nbsp;&nbsp;<span>{html.escape(unit)}</span></p>\n"
        case Grid():
            yield from _table(item)
        case PageBreak():
            yield "<div style='page-break-after:always'></div>\n"


def _table(grid: Grid) -> Iterator[str]:
    covered = grid.covered()
    yield "<div align=center><table border=1 cellspacing=0><tbody>\n"
    for row, cells in enumerate(grid.rows):
        yield "<tr>"
        for column, text in enumerate(cells):
            if (row, column) in covered:
                continue
            height, width = grid.span(row, column)
            spans = (f" rowspan={height}" if height > 1 else "") + (f" colspan={width}" if width > 1 else "")
            words = html.escape(text) or "&nbsp;"
            shown = f"<strong>{words}</strong>" if row in grid.strong else f"<span>{words}</span>"
            yield f"<td{spans}><p>{shown}</p></td>"
        yield "</tr>\n"
    yield "</tbody></table></div>\n"
