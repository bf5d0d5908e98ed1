"""`kg serve`."""

from pathlib import Path

import click

from kg.cli.common import base_option, examples, guarded, say, store_option
from kg.settings import Settings


@click.command(epilog=examples("kg serve", "kg serve --store /srv/budgets --host 0.0.0.0 --port 8080 --workers 4"))
@store_option
@base_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@guarded
def serve(store: Path, base: str, host: str, port: int, workers: int) -> None:
    """Serve the web face and the SPARQL endpoint, read-only."""
    from kg.store import Snapshot
    from web.server import run

    Snapshot(store)
    say(f"http://{host}:{port}/  (SPARQL at /sparql; Ctrl-C stops)")
    run(store, Settings(base, store), host, port, workers)
