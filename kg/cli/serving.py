"""`kg serve`."""

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import click

from kg.cli.common import base_option, examples, guarded, say
from kg.cli.stores import endpoint_of, local_option, place_option
from kg.errors import BudgetError
from kg.settings import Settings

_MIN_TOKEN = 16


@click.command(
    epilog=examples(
        "kg serve",
        "kg serve --store /srv/budgets --host 0.0.0.0 --port 8080 --workers 4",
        "kg serve --time-limit 10 --row-limit 100000 --rate-limit 600 --trusted-proxy 127.0.0.1",
        "kg serve --store http://localhost:7878/query",
        "kg serve --writable --token-file /etc/budget-kg/token",
    )
)
@place_option
@local_option
@base_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--query-workers", default=8, show_default=True, type=click.IntRange(2, 256), help="Processes that run queries.")
@click.option("--time-limit", default=30.0, show_default=True, type=click.FloatRange(0.1), help="Seconds that a query may run.")
@click.option("--row-limit", default=1_000_000, show_default=True, type=click.IntRange(1), help="Rows of an answer; a cut is announced.")
@click.option("--memory-limit", default=1024, show_default=True, type=click.IntRange(64), help="MiB that a query may take.")
@click.option("--answer-limit", default=2048, show_default=True, type=click.IntRange(1), help="MiB that an answer may have.")
@click.option("--queue-limit", default=64, show_default=True, type=click.IntRange(1), help="Queries that may wait.")
@click.option("--client-limit", default=10, show_default=True, type=click.IntRange(1), help="Queries of one client under way.")
@click.option("--rate-limit", default=6000, show_default=True, type=click.IntRange(0), help="Requests of one client in a minute; 0: any.")
@click.option(
    "--ready-after",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0),
    help="Seconds without new data until questions are answered ahead of their readers; 0: never.",
)
@click.option("--trusted-proxy", "proxies", multiple=True, metavar="NETWORK", help="Believe X-Forwarded-For of this proxy; repeatable.")
@click.option("--writable", is_flag=True, help="The owner may update, with a token.")
@click.option("--token-file", type=click.Path(path_type=Path), help="The file that holds the owner's token.")
@click.option("--licence", default=None, metavar="IRI", help="The licence of the data, said in the VoID description.")
@click.option("--access-log", default="-", show_default=True, help="A file, - for standard output, empty for none.")
@click.option("--log-queries", is_flag=True, help="Write the texts of queries sent by GET into the access log.")
@guarded
def serve(
    place: str,
    local: Path | None,
    base: str,
    host: str,
    port: int,
    workers: int,
    query_workers: int,
    time_limit: float,
    row_limit: int,
    memory_limit: int,
    answer_limit: int,
    queue_limit: int,
    client_limit: int,
    rate_limit: int,
    ready_after: float,
    proxies: tuple[str, ...],
    writable: bool,
    token_file: Path | None,
    licence: str | None,
    access_log: str,
    log_queries: bool,
) -> None:
    """Serve the web face and the SPARQL endpoint, read-only unless --writable; docs/serving.md has the details."""
    from kg.query_pool.limits import MIB, Limits
    from kg.query_pool.source import open_source
    from kg.store.endpoint import is_url
    from web.endpoint.access import Access, digest_of
    from web.server import Installation, run
    from web.serving import LICENCE

    if writable != (token_file is not None):
        raise click.UsageError("--writable and --token-file belong together")
    if writable and is_url(place):
        raise click.UsageError("a remote store is written to at its own address, not through this server")
    try:
        networks = tuple(ip_network(proxy) for proxy in proxies)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--trusted-proxy") from error
    limits = Limits(
        time=time_limit,
        rows=row_limit,
        memory=memory_limit * MIB,
        answer=answer_limit * MIB,
        workers=query_workers,
        long_slots=max(1, query_workers // 4),
        queue=queue_limit,
        per_client=client_limit,
        rate=rate_limit,
        write_time=max(120.0, time_limit),
    )
    access = Access(digest_of(_token(token_file)) if token_file else None, networks)
    store = replace(endpoint_of(place), seconds=time_limit) if is_url(place) else Path(place)
    open_source(store, local)
    say(f"http://{host}:{port}/  (SPARQL at /sparql; Ctrl-C stops)")
    settings, licence = Settings(base), licence or LICENCE
    run(Installation(store, settings, host, port, workers, limits, access, licence, access_log, log_queries, local, ready_after))


def _token(file: Path) -> str:
    try:
        token = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BudgetError(f"{file}: the token cannot be read: {error}") from error
    if len(token) < _MIN_TOKEN:
        raise BudgetError(f"{file}: a token has {_MIN_TOKEN} characters or more")
    return token
