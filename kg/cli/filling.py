"""`kg ingest`, `kg stats`, `kg export`: what goes into a store, what is in it, and out again."""

import sys
from pathlib import Path

import click

from kg.cli.common import REFUSED, base_option, examples, guarded, say, store_option
from kg.settings import Settings


@click.command(epilog=examples("kg ingest examples", "kg ingest --store /srv/budgets 2026/*.txt", "kg ingest --no-validate drafts/"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@store_option
@base_option
@click.option("--validate/--no-validate", default=True, show_default=True, help="Run the rules on what came in.")
@guarded
def ingest(paths: tuple[Path, ...], store: Path, base: str, validate: bool) -> None:
    """Take files or folders into the store: one named graph per file, replaced when the file comes again.

    A refused file is named with its reason and leaves the store as it was; the others still go in.
    """
    from kg import ingest as room
    from kg.store import EmbeddedStore
    from kg.validate.jobs import Judge, validate_store

    settings = Settings(base, store)
    with EmbeddedStore(store) as target:
        report = room.ingest(paths, target, settings, room.Toolbox.load(), say)
        if validate and report.ingested:
            list(validate_store(target, settings, Judge.load(), say, only_missing=True))
    say(f"{len(report.ingested)} ingested, {len(report.refused)} refused; store {store}")
    if report.refused:
        sys.exit(REFUSED)


@click.command(epilog=examples("kg stats", "kg stats --store /srv/budgets --format csv"))
@store_option
@click.option("--format", "form", type=click.Choice(["table", "csv"]), help="Default: a table on a terminal, CSV in a pipe.")
@guarded
def stats(store: Path, form: str | None) -> None:
    """Show per disclosure: tables found and expected, figures, triples, findings."""
    from kg.stats import disclosure_stats, write_stats
    from kg.store import Snapshot

    write_stats(disclosure_stats(Snapshot(store)), form or ("table" if sys.stdout.isatty() else "csv"), sys.stdout)


@click.command(epilog=examples("kg export > all.nq", "kg export --graph reference --format turtle", "kg export --file-name budget.txt"))
@store_option
@base_option
@click.option("--graph", default="", help="One graph: `reference`, `ontology`, `disclosure/SHA16`; default all.")
@click.option("--format", "form", type=click.Choice(["nquads", "ntriples", "turtle"]), default="nquads", show_default=True)
@guarded
def export(store: Path, base: str, graph: str, form: str) -> None:
    """Write the store, or one graph of it, to standard output. Personal data is in no export."""
    from kg.export import export_store

    export_store(store, Settings(base, store), graph, form, sys.stdout.buffer)
