"""Adds unjudged findings to the ledger and takes out those that are no longer reported. Needs the shared data beside the checkout."""

from dataclasses import replace

import click

from tests.ledger import judged, load, save
from tests.ledger.documents import findings


def main() -> None:
    known = load()
    found = list(judged(findings()))
    save(replace(known.get(entry.key, entry), severity=entry.severity) for entry in found)
    new = [entry for entry in found if entry.key not in known or not known[entry.key].verdict]
    for entry in new:
        click.echo("  ".join(("not judged:", *entry.key)))
    gone = known.keys() - {entry.key for entry in found}
    for key in sorted(gone):
        click.echo("  ".join(("gone:", *key)))
    click.echo(f"{len(found)} findings, {len(new)} not judged, {len(gone)} gone")


if __name__ == "__main__":
    main()
