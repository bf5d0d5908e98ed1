"""Facts files: a :class:`SampleDisclosure` as YAML, amounts in 万元 as printed, every error with its line and field."""

from pathlib import Path

from kg.errors import RefusedFile
from kg.samples.facts import SampleDisclosure
from kg.samples.form import TABLES
from kg.samples.record_file import Reading, read_record, write_record
from kg.samples.style import LAYOUTS


def load_facts(path: Path) -> SampleDisclosure:
    """The disclosure that a facts file states.

    Raises :class:`RefusedFile` with the line and the field for text that is no YAML, unknown or missing fields, values
    of the wrong kind, and table kinds, column keys or layouts that nobody knows.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RefusedFile("not UTF-8 text", path.name, f"byte {error.start}") from error
    sample, reading = read_record(SampleDisclosure, text, path.name, "the disclosure")
    assert isinstance(sample, SampleDisclosure)
    _check_keys(sample, reading)
    return sample


def dump_facts(sample: SampleDisclosure) -> str:
    """The facts file of a disclosure without the fields at their default; ``load_facts`` reads it back unchanged."""
    return write_record(SampleDisclosure, sample)


def _check_keys(sample: SampleDisclosure, reading: Reading) -> None:
    if sample.layout not in LAYOUTS:
        raise reading.refusal("layout", f"no layout {sample.layout!r}; there are {', '.join(sorted(LAYOUTS))}")
    for number, table in enumerate(sample.tables):
        form = TABLES.get(table.kind)
        if form is None:
            raise reading.refusal(f"tables[{number}].kind", f"no table kind {table.kind!r}")
        for index, row in enumerate(table.rows):
            for column in row.cells:
                if column not in form.columns:
                    place = f"tables[{number}].rows[{index}].cells.{column}"
                    raise reading.refusal(place, f"table {table.kind} has no column {column!r}")
