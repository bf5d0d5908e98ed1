"""`kg search`."""

import json
import sys
from pathlib import Path

import click

from kg.cli.common import examples, guarded, say
from kg.cli.stores import endpoint_of, local_option, place_option


@click.command(
    epilog=examples("kg search 三公", "kg search 医疗保障 --kind project --year 2026", "kg search 养老 --region 653000 --format jsonl")
)
@click.argument("text")
@place_option
@local_option
@click.option("--kind", default="", help="department, disclosure, project, policy, table, code, rule, target or finding.")
@click.option("--year", type=int, default=0, help="Only what belongs to this fiscal year.")
@click.option("--region", default="", help="A GB/T 2260 code; the regions below it are meant too.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), help="Default: text on a terminal, JSON lines in a pipe.")
@guarded
def search(text: str, place: str, local: Path | None, kind: str, year: int, region: str, limit: int, form: str | None) -> None:
    """Find things by their names: whole words, or parts of Chinese words of any length."""
    from kg.query_pool.source import open_source
    from kg.search import KINDS, SearchIndex, build_index, index_path
    from kg.store.endpoint import is_url

    if kind and kind not in KINDS:
        raise click.BadParameter(f"one of {', '.join(KINDS)}", param_hint="--kind")
    source = open_source(endpoint_of(place) if is_url(place) else Path(place), local)
    if not source.version:
        # a service that another program fills: nothing tells whether an index of it is still right
        build_index(source, index_path(source.rooms, source.version))
    with SearchIndex.of_snapshot(source) as index:
        found = index.search(text, kind=kind, year=year, region=region, limit=limit)
    as_lines = (form or ("text" if sys.stdout.isatty() else "jsonl")) == "jsonl"
    for hit in found.hits:
        if as_lines:
            fields = {"id": hit.thing, "kind": hit.kind, "name": hit.name, "detail": hit.detail, "year": hit.year, "region": hit.region}
            click.echo(json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False))
        else:
            click.echo(f"{hit.kind:<10}  {hit.name}  {click.style(hit.detail, dim=True)}\n            {click.style(hit.thing, dim=True)}")
    say(f"{len(found.hits)} of {found.total}")
