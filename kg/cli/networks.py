"""`kg network`: paths, rankings, communities, similar departments, outliers."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.common import examples, guarded, say
from kg.cli.stores import endpoint_of, local_option, place_option

if TYPE_CHECKING:
    from kg.networks import Network
    from kg.query_pool.source import Source

_BY = ("grant", "policy", "project", "region", "fund-source", "functional-code", "economic-code")
_LARGEST = 3
_STEP_COLUMNS = ("path", "by", "step", "from", "relation", "to", "year", "amount", "document", "place", "statement")
_POLICY_COLUMNS = ("policy", "name", "money", "share_percent", "centrality", "departments", "projects", "citations")
_SIMILAR_COLUMNS = ("department", "name", "overlap", "functional", "economic", "funds", "shared")
_OUTLIER_COLUMNS = ("department", "year", "measure", "share", "median", "deviations", "peers", "peer", "peer_share", "cell")

year_option = click.option("--year", type=int, default=0, help="The fiscal year. Default: the newest there is.")
limit_option = click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000))
format_option = click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)


def stored(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command here."""
    return format_option(local_option(place_option(guarded(command))))


@click.group()
def network() -> None:
    """Connections between departments, projects, policies, codes, funds and regions. 关联网络。

    A thing is named by its address (as `kg search` prints it) or by its name.
    """


@network.command(
    epilog=examples(
        "kg network paths 阿克陶县医疗保障局 克孜勒苏柯尔克孜自治州医疗保障局",
        "kg network paths 阿克陶县医疗保障局 焉耆回族自治县医疗保障局 --by policy --format json",
    )
)
@click.argument("one")
@click.argument("other")
@click.option("--by", type=click.Choice(_BY), multiple=True, help="Only paths through this kind of thing; may be repeated.")
@stored
def paths(one: str, other: str, by: tuple[str, ...], place: str, local: Path | None, form: str) -> None:
    """How two things are connected: the shortest path of each kind, each step with the place it is printed at."""
    from kg.networks.network import CONNECTING, Kind
    from kg.networks.paths import find_paths
    from kg.networks.records import amount_text, path_records
    from kg.networks.words import relation_name
    from kg.places import cite_all

    source, held = _network(place, local)
    found = find_paths(held, _thing(held, one), _thing(held, other), tuple(map(Kind, by)) or CONNECTING)
    places = cite_all(source, (step.link.statement for path in found for step in path.steps))
    rows: list[tuple[Any, ...]] = []
    for number, path in enumerate(found, 1):
        for position, step in enumerate(path.steps, 1):
            link, place_of = step.link, places.get(step.link.statement)
            forwards = link.source == step.start.iri
            said = " ".join(relation_name(link.relation, language) for language in ("zh", "en"))
            document, where = (place_of.document, place_of.place) if place_of else ("", "")
            start, end = (step.start, step.end) if forwards else (step.end, step.start)
            amount = amount_text(link.amount) or ""
            more = f" and {link.cells - 1} more" if link.cells > 1 else ""
            rows.append(
                (number, path.by or "any", position, start.zh, said, end.zh, link.year or "", amount, document, where, link.statement, more)
            )
    if form == "text":
        for row in rows:
            if row[2] == 1:
                click.echo(f"{row[0]}. {row[1]}")
            click.echo(f"   {row[2]}. {row[3]} —{row[4]}→ {row[5]}" + (f"  {row[7]} 元" if row[7] else ""))
            if row[8]:
                click.echo(click.style(f"      {row[8]}: {row[9]}{row[11]}", dim=True))
    else:
        _write(form, path_records(found, places), _STEP_COLUMNS, [row[:-1] for row in rows])
    say(f"{len(found)} paths")


@network.command(epilog=examples("kg network policies", "kg network policies --year 2026 --limit 50 --format csv > policies.csv"))
@click.option("--year", type=int, default=0, help="The fiscal year. Default: all together.")
@limit_option
@stored
def policies(year: int, limit: int, place: str, local: Path | None, form: str) -> None:
    """The policy documents that move most money: what the projects citing them plan, and their weighted centrality."""
    from kg.networks.rankings import rank_policies
    from kg.networks.records import policy_records
    from kg.places import cite_all

    source, held = _network(place, local)
    ranked = rank_policies(held, year)
    shown = ranked[:limit]
    places = cite_all(source, (link.statement for entry in shown for link in entry.links[:_LARGEST]))
    if form == "text":
        for entry in shown:
            click.echo(
                f"{entry.money:>16,f} 元  {entry.share:>6f} %  {entry.departments:>3} departments  {entry.projects:>3} projects  "
                f"centrality {entry.centrality:f}  {entry.policy.zh}"
            )
            for link in entry.links[:_LARGEST]:
                if link.statement in places:
                    click.echo(click.style(f"{'':18}{places[link.statement].document}: {places[link.statement].place}", dim=True))
    else:
        rows = [
            (
                *(entry.policy.iri, entry.policy.zh, f"{entry.money:f}", entry.share, entry.centrality),
                *(entry.departments, entry.projects, len(entry.links)),
            )
            for entry in shown
        ]
        _write(form, policy_records(shown, places, _LARGEST), _POLICY_COLUMNS, rows)
    say(f"{len(shown)} of {len(ranked)} cited documents; a project that cites several counts with each")


@network.command(epilog=examples("kg network communities", "kg network communities --format json"))
@stored
def communities(place: str, local: Path | None, form: str) -> None:
    """Departments that belong together by what they spend on, their projects and the documents they cite."""
    from kg.networks.communities import find_communities
    from kg.networks.records import community_records

    _, held = _network(place, local)
    said = find_communities(held)
    if form == "text":
        for entry in said.found:
            click.echo(f"{entry.number}. {len(entry.departments)} departments, {entry.projects} projects, {entry.policies} documents")
            for department in entry.departments:
                click.echo(f"   {department.zh}")
            for node, count in entry.held_by:
                click.echo(click.style(f"   {count:>3} share {node.zh}", dim=True))
    else:
        rows = [(entry.number, node.iri, node.zh) for entry in said.found for node in entry.departments]
        _write(form, community_records(said), ("community", "department", "name"), rows)
    say(f"{len(said.found)} communities, {len(said.alone)} departments alone; modularity {said.modularity:.3f}")


@network.command(epilog=examples("kg network similar 阿克陶县医疗保障局", "kg network similar 阿克陶县医疗保障局 --year 2026 --format csv"))
@click.argument("department")
@year_option
@limit_option
@stored
def similar(department: str, year: int, limit: int, place: str, local: Path | None, form: str) -> None:
    """The departments whose budget of the year is made up most alike, and what makes them so."""
    from kg.networks.network import Kind
    from kg.networks.peers import DIMENSIONS, budget_of, most_similar
    from kg.networks.records import similar_records

    _, held = _network(place, local)
    chosen = _thing(held, department, Kind.DEPARTMENT)
    found = most_similar(held, chosen, year, limit)
    if form == "text":
        for entry in found:
            parts = ", ".join(f"{dimension} {_percent(value)}" for dimension, value in entry.dimensions.items())
            click.echo(f"{_percent(entry.overlap):>7}  {entry.department.zh}  ({parts})")
            for each in entry.shared:
                click.echo(click.style(f"         {each.code.zh}: {_percent(each.own)} and {_percent(each.other)}", dim=True))
    else:
        rows = [
            (
                *(entry.department.iri, entry.department.zh, entry.overlap),
                *(entry.dimensions.get(dimension, "") for dimension in DIMENSIONS),
                "; ".join(f"{each.code.zh} {_percent(each.overlap)}" for each in entry.shared),
            )
            for entry in found
        ]
        _write(form, similar_records(found), _SIMILAR_COLUMNS, rows)
    say(f"{len(found)} departments beside {held.nodes[chosen].zh}, {budget_of(held, chosen, year).year}")


@network.command(
    epilog=examples(
        "kg network outliers 阿克陶县医疗保障局", "kg network outliers --year 2026 --format csv", "kg network outliers --deviations 5"
    )
)
@click.argument("department", default="")
@year_option
@click.option("--deviations", type=click.FloatRange(1), default=3, show_default=True, help="How many robust deviations off.")
@stored
def outliers(department: str, year: int, deviations: float, place: str, local: Path | None, form: str) -> None:
    """Shares of a budget that stand out among peers, with the peers; of every department where none is named."""
    from kg.networks.network import Kind
    from kg.networks.peers import outliers as out_of_line
    from kg.networks.records import outlier_records

    _, held = _network(place, local)
    if department:
        chosen = [_thing(held, department, Kind.DEPARTMENT)]
    else:
        year = year or max(held.years, default=0)
        chosen = list(dict.fromkeys(entry.department for entry in held.budgets(year)))
    said = [out_of_line(held, each, year, Decimal(str(deviations))) for each in chosen]
    if form == "text":
        for entry in said:
            if entry.found:
                click.echo(f"{entry.department.zh}, {entry.year}: {entry.peers} peers ({entry.name if entry.kind == 'bureau' else 'all'})")
            for each in entry.found:
                name = held.nodes[each.measure].zh if each.measure in held.nodes else each.measure.rpartition("#")[2]
                click.echo(f"  {each.deviations:+f} deviations  {name} {_percent(each.share)}, median {_percent(each.median)}")
                ends = [*each.peers[:2], *each.peers[-2:]]
                peers = ", ".join(f"{peer.department.zh} {_percent(peer.share)}" for peer in dict.fromkeys(ends))
                click.echo(click.style(f"      {peers}", dim=True))
    else:
        rows = [
            (
                *(entry.department.zh, entry.year, each.measure, each.share, each.median, each.deviations, len(each.peers)),
                *(peer.department.zh, peer.share, peer.cell),
            )
            for entry in said
            for each in entry.found
            for peer in each.peers
        ]
        records = [outlier_records(entry) for entry in said]
        _write(form, records[0] if department else records, _OUTLIER_COLUMNS, rows)
    few = sum(entry.kind == "none" for entry in said)
    say(f"{sum(len(entry.found) for entry in said)} outliers, {len(said)} departments" + (f"; {few} have too few peers" if few else ""))


def _network(place: str, local: Path | None) -> "tuple[Source, Network]":
    from kg.networks import network_of
    from kg.query_pool.source import open_source
    from kg.store.endpoint import is_url

    source = open_source(endpoint_of(place) if is_url(place) else Path(place), local)
    return source, network_of(source)


def _thing(held: "Network", text: str, kind: str = "") -> str:
    from kg.networks.naming import find_thing

    return find_thing(held, text, kind)


def _percent(share: Decimal) -> str:
    return f"{100 * share:.1f} %"


def _write(form: str, record: object, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    if form == "json":
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
        return
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
