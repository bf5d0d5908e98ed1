"""`kg facts`, `kg forms`: what files say, without a store."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from kg.cli.common import REFUSED, examples, files_argument, guarded
from kg.errors import RefusedFile


@click.command(
    epilog=examples(
        "kg facts budget.txt",
        "kg facts --format csv examples/*.txt > facts.csv",
        "kg facts --coverage budget.txt | tail -1",
        "kg facts a.txt | jq 'select(.row == \"total\")'",
    )
)
@files_argument
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--coverage", "covered", is_flag=True, help="Print instead what became of every number of the source.")
@guarded
def facts(files: tuple[Path, ...], form: str, covered: bool) -> None:
    """Print everything the files state in flat form, one fact a line (docs/flat-form.md). No store is needed."""
    from kg.coverage import coverage, coverage_lines
    from kg.extract.disclosure import extract
    from kg.flat import flat_facts
    from kg.ingest import Toolbox, files_of, load

    tools = Toolbox.load()
    refused = 0
    header_due = True
    for path in files_of(files):
        try:
            document, _ = load(path)
            disclosure = extract(document, tools.families, tools.codes)
        except RefusedFile as error:
            click.echo(f"kg: {error}", err=True)
            refused += 1
            continue
        if covered:
            for line in coverage_lines(document, coverage(document, disclosure)):
                click.echo(json.dumps(line, ensure_ascii=False))
        elif form == "csv":
            _facts_csv(flat_facts(disclosure), header_due)
            header_due = False
        else:
            for fact in flat_facts(disclosure):
                click.echo(json.dumps(fact, ensure_ascii=False))
    if refused:
        sys.exit(REFUSED)


_CSV_FIELDS = (
    "document", "kind", "issuer", "fiscal_year", "table", "row", "column", "project", "name", "code_printed", "code_official",
    "amount", "printed", "unit", "role", "placement", "line", "table_row", "table_column",
)  # fmt: skip


def _facts_csv(rows: Iterable[dict[str, object]], header: bool) -> None:
    import csv

    writer = csv.DictWriter(sys.stdout, _CSV_FIELDS, extrasaction="ignore", lineterminator="\r\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)


@click.group()
def forms() -> None:
    """Form packs: which families of documents are known."""


@forms.command("check", epilog=examples("kg forms check budget.txt"))
@files_argument
@guarded
def forms_check(files: tuple[Path, ...]) -> None:
    """Say which pack fits each file, what it found and what it did not."""
    from kg.forms_check import check_lines
    from kg.ingest import Toolbox, files_of, load

    tools = Toolbox.load()
    fits = True
    for path in files_of(files):
        document, _ = load(path)
        lines, fitting = check_lines(document, tools)
        fits = fits and fitting
        for line in lines:
            click.echo(line)
    sys.exit(0 if fits else REFUSED)
