"""Samples: disclosures written from facts, the one writer behind examples and synthetic corpora."""

from kg.samples.facts import SampleDisclosure
from kg.samples.facts_file import dump_facts, load_facts
from kg.samples.layout_raw import write_raw
from kg.samples.layout_tabbed import write_tabbed
from kg.samples.style import LAYOUTS, Layout

__all__ = ["LAYOUTS", "Layout", "SampleDisclosure", "dump_facts", "load_facts", "write_raw", "write_text"]


def write_text(sample: SampleDisclosure, layout: Layout | None = None) -> str:
    """The disclosure as text, in the house style it names unless another is given."""
    return write_tabbed(sample, layout or LAYOUTS[sample.layout])
