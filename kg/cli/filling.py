"""`kg ingest`, `kg stats`, `kg export`: what goes into a store, what is in it, and out again."""

import sys
from pathlib import Path

import click

from kg.cli.common import REFUSED, base_option, examples, guarded, say
from kg.cli.stores import local_option, open_view, open_writer, place_option
from kg.settings import Settings


@click.command(
    epilog=examples(
        "kg ingest examples",
        "kg ingest --store /srv/budgets 2026/*.txt",
        "kg ingest --no-validate drafts/",
        "kg ingest --store http://localhost:7878/query examples",
        "kg ingest --as-one prose.docx tables.xlsx",
    )
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@place_option
@local_option
@base_option
@click.option("--validate/--no-validate", default=True, show_default=True, help="Run the rules on what came in.")
@click.option("--as-one", is_flag=True, help="The files are the parts of one disclosure: the prose in one, the tables in another.")
@guarded
def ingest(paths: tuple[Path, ...], place: str, local: Path | None, base: str, validate: bool, as_one: bool) -> None:
    """Take files or folders into the store: one named graph per file, replaced when the file comes again.

    PDF, DOCX, XLSX, XLS, HTML and text are told apart by their content; DOC needs LibreOffice.
    A refused file is named with its reason and leaves the store as it was; the others still go in.
    """
    from kg import ingest as room
    from kg.validate.jobs import Judge, validate_store

    settings = Settings(base)
    with open_writer(place, local) as target:
        report = room.ingest(paths, target, settings, room.Toolbox.load(), say, as_one=as_one)
        if validate and report.ingested:
            list(validate_store(target, settings, Judge.load(), say, only_missing=True))
    say(f"{len(report.ingested)} ingested, {len(report.refused)} refused; store {place}")
    if report.refused:
        sys.exit(REFUSED)


@click.command(epilog=examples("kg stats", "kg stats --store /srv/budgets --format csv"))
@place_option
@click.option("--format", "form", type=click.Choice(["table", "csv"]), help="Default: a table on a terminal, CSV in a pipe.")
@guarded
def stats(place: str, form: str | None) -> None:
    """Show per disclosure: tables found and expected, figures, triples, findings."""
    from kg.stats import disclosure_stats, write_stats

    write_stats(disclosure_stats(open_view(place)), form or ("table" if sys.stdout.isatty() else "csv"), sys.stdout)


@click.command(epilog=examples("kg export > all.nq", "kg export --graph reference --format turtle", "kg export --file-name budget.txt"))
@place_option
@base_option
@click.option("--graph", default="", help="One graph: `reference`, `ontology`, `disclosure/SHA16`; default all.")
@click.option("--format", "form", type=click.Choice(["nquads", "ntriples", "turtle"]), default="nquads", show_default=True)
@guarded
def export(place: str, base: str, graph: str, form: str) -> None:
    """Write the store, or one graph of it, to standard output. Personal data is in no export."""
    from kg.export import export_store

    export_store(open_view(place), Settings(base), graph, form, sys.stdout.buffer)
