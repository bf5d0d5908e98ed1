"""`kg links`: what is the same across documents, how sure that is, and what people decide about it."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import base_option, examples, guarded, say
from kg.cli.stores import local_option, open_view, open_writer, place_option
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.links import Built, Status
    from kg.store import Writer

_KINDS = ("department", "project", "notice", "grant", "funding", "indicator", "counterpart", "variant")
_STATUSES = ("settled", "likely", "possible", "accepted", "rejected")


@click.group(
    epilog=examples(
        "kg links build",
        "kg links list --status possible",
        "kg links accept project/0123456789abcdef --note 'same money, new name'",
        "kg links compare 医保专网租赁经费 2026年医疗保障专线租用费",
    )
)
def links() -> None:
    """Links across documents: departments and projects over years, notices, grants, indicators. 跨文件关联：列出、接受、否决。

    Every `kg ingest` brings them up to date with the documents that changed; decisions stay.
    """


@links.command(epilog=examples("kg links build", "kg links build --store /srv/budgets"))
@place_option
@local_option
@base_option
@guarded
def build(place: str, local: Path | None, base: str) -> None:
    """Make the links of a store anew from its documents and the decisions. The same documents and decisions give the same links."""
    from kg.iri import Minter
    from kg.links import build_links

    with open_writer(place, local, must_exist=True) as store:
        told(build_links(store, Minter(base), anew=True))


def told(built: "Built") -> None:
    """Say what links there are."""
    if not built.counts:
        say("links: none")
    for kind in dict.fromkeys(kind for kind, _ in built.counts):
        of_kind = ", ".join(f"{count} {status}" for (each, status), count in built.counts.items() if each is kind)
        say(f"links: {kind}: {of_kind}")


@links.command(
    "list", epilog=examples("kg links list", "kg links list --kind project --status possible --format csv", "kg links list --about 阿克陶")
)
@place_option
@click.option("--kind", type=click.Choice(_KINDS), default=None, help="Only links of this kind.")
@click.option("--status", type=click.Choice(_STATUSES), default=None, help="Only links of this status.")
@click.option("--about", default="", metavar="TEXT", help="Only links one of whose ends or whose evidence has this text.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "csv", "jsonl"]), help="Default: a table on a terminal, CSV in a pipe.")
@guarded
def list_links(place: str, kind: str | None, status: str | None, about: str, language: str, form: str | None) -> None:
    """List the links with their evidence, the least sure first. 列出关联及依据，把握最小的在前。"""
    from kg.links.listing import listed, write_links

    found = [
        link
        for link in listed(open_view(place), language)
        if kind in (None, link["kind"]) and status in (None, link["status"]) and any(about in value for value in link.values())
    ]
    write_links(found, form or ("table" if sys.stdout.isatty() else "csv"), sys.stdout)


_link_arguments = click.argument("link_names", metavar="LINK...", nargs=-1, required=True)
_note_option = click.option("--note", default="", help="Why; kept with the decision.")


@links.command(epilog=examples("kg links accept project/0123456789abcdef"))
@_link_arguments
@_note_option
@place_option
@local_option
@base_option
@guarded
def accept(link_names: tuple[str, ...], note: str, place: str, local: Path | None, base: str) -> None:
    """Accept links: queries follow them from now on, however sure the program is. LINK is as `kg links list` prints it."""
    from kg.links import Status

    _decide(link_names, Status.ACCEPTED, note, place, local, base)


@links.command(epilog=examples("kg links reject notice/0123456789abcdef --note 'another notice of the same title'"))
@_link_arguments
@_note_option
@place_option
@local_option
@base_option
@guarded
def reject(link_names: tuple[str, ...], note: str, place: str, local: Path | None, base: str) -> None:
    """Reject links: they stay listed, and nothing follows them."""
    from kg.links import Status

    _decide(link_names, Status.REJECTED, note, place, local, base)


@links.command(epilog=examples("kg links forget project/0123456789abcdef"))
@_link_arguments
@place_option
@local_option
@base_option
@guarded
def forget(link_names: tuple[str, ...], place: str, local: Path | None, base: str) -> None:
    """Take decisions back: the links are again what the program makes of them."""
    _decide(link_names, None, "", place, local, base)


@links.command(epilog=examples("kg links compare 农村低保补助资金 2026年农村最生活保障补助资金 --code 2081902 --code 2081902"))
@click.argument("first")
@click.argument("second")
@click.option("--code", "codes", multiple=True, help="The functional code of the first name, then that of the second.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@guarded
def compare(first: str, second: str, codes: tuple[str, ...], language: str) -> None:
    """Say whether two project names of one department mean one project, how sure that is, and why. No store is needed."""
    from kg.links import Side, read_name, told
    from kg.links import compare as likeness_of

    sides = [Side(read_name(name), frozenset(codes[index : index + 1])) for index, name in enumerate((first, second))]
    found = likeness_of(*sides)
    click.echo(f"{'same' if found.is_match else 'other'}\t{found.confidence}\t{told(found.reasons)[language == 'en']}")


def _decide(names: Iterable[str], status: "Status | None", note: str, place: str, local: Path | None, base: str) -> None:
    from kg.iri import Minter
    from kg.links import Decision, build_links, decide

    minter = Minter(Settings(base).base)
    decision = Decision(status, note) if status else None
    with open_writer(place, local, must_exist=True) as store:
        decide(store, minter, {_address(name, minter.base): decision for name in names})
        told(build_links(store, minter))


def _address(name: str, base: str) -> str:
    return name if name.startswith(base) else f"{base}link/{name}"


def refresh(store: "Writer", base: str) -> None:
    """Bring the links up to date after documents came in."""
    from kg.iri import Minter
    from kg.links import build_links

    told(build_links(store, Minter(base)))
