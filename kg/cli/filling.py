"""`kg ingest`, `kg stats`, `kg export`: what goes into a store, what is in it, and out again."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import REFUSED, base_option, examples, guarded, say
from kg.cli.stores import local_folder_of, local_option, open_view, open_writer, place_option
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.upkeep.watch import Watched

_NAMED = 20
"""Refused files that are named once more at the end."""


@click.command(
    epilog=examples(
        "kg ingest examples",
        "kg ingest --store /srv/budgets 2026/*.txt",
        "kg ingest --no-validate drafts/",
        "kg ingest --store http://localhost:7878/query examples",
        "kg ingest --as-one prose.docx tables.xlsx",
        "kg ingest --watch --follow-removals incoming",
        "kg ingest --dask tcp://scheduler:8786 --parts /shared/parts /shared/corpus",
        "kg ingest --jobs 4 --report report.csv --publish-every 600 corpus",
    )
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@place_option
@local_option
@base_option
@click.option("--validate/--no-validate", default=True, show_default=True, help="Run the rules on what came in.")
@click.option("--jobs", type=click.IntRange(1), default=None, help="Processes that read files. Default: one a core where it pays.")
@click.option("--publish-every", type=click.IntRange(1), default=None, metavar="SECONDS", help="Publish on the way too, this often.")
@click.option("--watch", is_flag=True, help="PATHS is one folder: go on, and take in what comes or changes there. 监视文件夹。")
@click.option("--follow-removals", is_flag=True, help="With --watch: a document whose file went is removed from the store.")
@click.option("--interval", type=click.FloatRange(0.1), default=5.0, show_default=True, help="With --watch: seconds between two looks.")
@click.option("--again", is_flag=True, help="Read files anew that this program has taken in before.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write what became of each file to this CSV file.")
@click.option("--dask", metavar="ADDRESS", default="", help="Files are read by the workers of this Dask cluster. 由 Dask 集群读取。")
@click.option(
    "--parts", type=click.Path(path_type=Path, file_okay=False), help="With --dask: the folder of the parts. Default: in the store."
)
@click.option("--as-one", is_flag=True, help="The files are the parts of one disclosure: the prose in one, the tables in another.")
@guarded
def ingest(
    paths: tuple[Path, ...],
    place: str,
    local: Path | None,
    base: str,
    validate: bool,
    jobs: int | None,
    publish_every: int | None,
    watch: bool,
    follow_removals: bool,
    interval: float,
    again: bool,
    report: Path | None,
    dask: str,
    parts: Path | None,
    as_one: bool,
) -> None:
    """Take files or folders into the store: one named graph per file, replaced when the file comes again.

    PDF, DOCX, XLSX, XLS, HTML and text are told apart by their content; DOC needs LibreOffice.
    A refused file is named with its reason and leaves the store as it was; the others still go in.
    Files that this program has taken in before are not read again, so an ingest that was broken off goes on
    where it was. Files are read by several processes and written in their order: the result is the same.
    """
    from kg import ingest as room
    from kg.cli.linking import refresh

    settings = Settings(base)
    if watch or follow_removals:
        if not watch or len(paths) != 1 or not paths[0].is_dir() or as_one or again or report or dask:
            raise click.UsageError("--watch takes one folder, and neither --as-one, --again, --report nor --dask")
        from kg.upkeep.watch import Watched

        _watch(place, local, Watched(paths[0], settings, interval, follow_removals, validate, jobs))
        return
    with ExitStack() as stack:
        target = stack.enter_context(open_writer(place, local))
        elsewhere = None
        if dask:
            from kg.cluster import Cluster

            elsewhere = stack.enter_context(Cluster(dask, parts or local_folder_of(place, local).path / "parts")).each_prepared
        done = room.ingest(
            paths,
            target,
            settings,
            room.Toolbox.load(),
            say,
            as_one=as_one,
            jobs=jobs,
            again=again,
            publish_after=publish_every or 0,
            elsewhere=elsewhere,
        )
        if done.ingested:
            refresh(target, settings.base)
        if validate and done.ingested:
            from kg.validate.jobs import Judge, validate_store

            list(validate_store(target, settings, Judge.load(), say, only_missing=True, jobs=jobs))
    if report is not None:
        with report.open("w", encoding="utf-8", newline="") as file:
            room.write_report(done, file)
    for refusal in done.refused[:_NAMED]:
        say(f"refused: {refusal}")
    if len(done.refused) > _NAMED:
        say(f"… and {len(done.refused) - _NAMED} more; --report FILE.csv names them all")
    say(f"{len(done.ingested)} ingested, {len(done.refused)} refused; store {place}")
    if done.refused:
        sys.exit(REFUSED)


def _watch(place: str, local: Path | None, watched: "Watched") -> None:
    """Watch until a signal asks to stop."""
    import signal
    import threading

    from kg.upkeep.watch import Watch

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Watch(watched, lambda: open_writer(place, local), local_folder_of(place, local), say, stop).run()


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
