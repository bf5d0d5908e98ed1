"""`kg validate`: disclosures against the rules."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.settings import DEFAULT_STORE, Settings

if TYPE_CHECKING:
    from kg.validate.finding import Validation


from kg.cli.common import base_option, examples, guarded, say


@click.command(
    epilog=examples("kg validate budget.txt", "kg validate --format jsonl examples/*.txt", "kg validate --store kg-store --rules SUM,XT")
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    default=None,
    help="Validate every disclosure of a store instead, and keep the results in it.",
)
@base_option
@click.option("--rules", default="", metavar="PREFIXES", help="Only rules whose id begins so, comma-separated: SUM,T1-001.")
@click.option(
    "--severity",
    type=click.Choice(["violation", "warning", "info"]),
    default="info",
    show_default=True,
    help="Findings of this severity and above.",
)
@click.option("--format", "form", type=click.Choice(["text", "jsonl", "ntriples"]), default="text", show_default=True)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the text form.")
@guarded
def validate(files: tuple[Path, ...], store: Path | None, base: str, rules: str, severity: str, form: str, language: str) -> None:
    """Check disclosures against the rules. Exit status: 0 no violation, 1 violations, 2 could not run."""
    from kg.ingest import Toolbox
    from kg.store import EmbeddedStore, Snapshot
    from kg.validate.jobs import Judge, narrowed, validate_files, validate_store
    from kg.validate.rules import Severity

    if bool(files) == (store is not None):
        raise click.UsageError("give FILES or --store, one of them")
    settings = Settings(base, store or DEFAULT_STORE)
    prefixes = tuple(prefix for prefix in rules.split(",") if prefix)
    judge = Judge.load()
    clean = True

    def show(validations: "Iterable[Validation]") -> None:
        nonlocal clean
        for validation in validations:
            chosen = narrowed(validation, prefixes, Severity(severity))
            clean = clean and chosen.conforms
            _print_validation(chosen, form, language)

    if store is not None:
        Snapshot(store)
        with EmbeddedStore(store) as target:
            show(validate_store(target, settings, judge, say))
    else:
        show(validate_files(files, settings, Toolbox.load(), judge))
    sys.exit(0 if clean else 1)


def _print_validation(validation: "Validation", form: str, language: str) -> None:
    from kg.validate.report import to_json_lines, to_text, to_triples

    if form == "jsonl":
        for line in to_json_lines(validation):
            click.echo(line)
    elif form == "ntriples":
        click.echo(to_triples(validation).data, nl=False)
    else:
        click.echo(to_text(validation, language))
