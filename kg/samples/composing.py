"""A whole disclosure as blocks in reading order, the common source of every layout."""

from collections.abc import Iterator

from kg.samples import form
from kg.samples.blocks import Block, Entry, Heading, PageBreak, Paragraph
from kg.samples.facts import SampleDisclosure
from kg.samples.misprints import misprinted
from kg.samples.narrative import explanation_blocks, glossary_blocks, overview_blocks
from kg.samples.style import Layout
from kg.samples.tables import table_blocks


def compose(sample: SampleDisclosure, layout: Layout) -> tuple[Block, ...]:
    """Title, contents, four parts and sign-off, with the misprints of the sample.

    Raises :class:`ValueError` when the layout cannot print a figure of the sample, or has not the text of a misprint.
    """
    return tuple(misprinted(_blocks(sample, layout), sample.misprints))


def _blocks(sample: SampleDisclosure, layout: Layout) -> Iterator[Block]:
    overview, tables, explanation, glossary = form.parts(sample)
    yield Heading(f"{sample.fiscal_year}年{sample.issuer}", 0)
    yield Heading(f"{form.word(sample)}预算公开", 0)
    if layout.contents:
        yield from _contents(sample, layout)
    yield Heading(overview, 1)
    yield from overview_blocks(sample)
    yield Heading(tables, 1)
    yield from table_blocks(sample, layout)
    yield Heading(explanation, 1)
    yield from explanation_blocks(sample, layout)
    yield Heading(glossary, 1)
    yield from glossary_blocks(sample)
    yield Paragraph(sample.issuer)
    yield Paragraph(layout.date(sample.signed))


def _contents(sample: SampleDisclosure, layout: Layout) -> Iterator[Block]:
    overview, tables, explanation, glossary = form.parts(sample)
    titles = tuple(form.title(kind, sample) for kind in form.kinds(sample.variant))
    yield Heading("目 录", 1)
    for heading, entries in (
        (overview, form.overview_sections(sample)),
        (tables, titles),
        (explanation, form.sections(sample)),
        (glossary, ()),
    ):
        yield Heading(heading, 2)
        on_page = layout.contents_page if heading == explanation else None
        for number, entry in enumerate(form.numbered(entries)):
            if number == on_page:
                yield PageBreak()
            yield Entry(entry) if on_page is None or number < on_page else Paragraph(entry)
    yield PageBreak()
