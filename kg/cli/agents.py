"""`kg mcp`."""

from pathlib import Path

import click

from kg.cli.common import examples, guarded
from kg.cli.stores import endpoint_of, local_option, place_option
from kg.errors import BudgetError


@click.command(
    name="mcp",
    epilog=examples(
        "kg mcp --store /srv/budgets",
        "kg mcp --time-limit 10 --row-limit 200",
        'claude mcp add budgets -- kg mcp --store /srv/budgets   # or {"command": "kg", "args": ["mcp", …]} in a client\'s settings',
    ),
)
@place_option
@local_option
@click.option("--time-limit", default=30.0, show_default=True, type=click.FloatRange(0.1), help="Seconds that a query may run.")
@click.option("--row-limit", default=500, show_default=True, type=click.IntRange(1, 500), help="Rows of an answer; a cut is announced.")
@click.option("--memory-limit", default=1024, show_default=True, type=click.IntRange(64), help="MiB that a query may take.")
@guarded
def mcp(place: str, local: Path | None, time_limit: float, row_limit: int, memory_limit: int) -> None:
    """Answer agents over the Model Context Protocol, on standard input and output: read-only, every number with its citation.

    Five tools: search_entity, schema_card, run_query, get_finding, cite_cell (docs/agents.md). Needs the extra budget-kg[mcp].
    """
    try:
        from kg.agents.server import make_server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise BudgetError("the Model Context Protocol needs its SDK: pip install 'budget-kg[mcp]'") from error
    from importlib.metadata import version

    from kg.agents.serving import tools_over
    from kg.query_pool.limits import MIB, Limits
    from kg.store.endpoint import is_url

    store = endpoint_of(place) if is_url(place) else Path(place)
    limits = Limits(time=time_limit, rows=row_limit, memory=memory_limit * MIB, answer=16 * MIB, workers=2, long_slots=1, rate=0)
    with tools_over(store, local, limits) as tools:
        make_server(tools, version("budget-kg")).run("stdio")
