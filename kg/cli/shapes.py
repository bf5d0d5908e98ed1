"""`kg shapes check`, and `kg validate --data`: SHACL for any RDF."""

import sys
import tempfile
from pathlib import Path

import click

from kg.cli.common import examples, guarded, say

_RDF_FORMS = ("text", "turtle", "ntriples")


@click.group()
def shapes() -> None:
    """Work on SHACL shapes."""


@shapes.command("check", epilog=examples("kg shapes check shapes.ttl", "kg shapes check shapes/*.ttl our-rules/*.ttl"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@guarded
def check(files: tuple[Path, ...]) -> None:
    """Say what SHACL would ignore in silence: misspelt terms, undeclared prefixes, shapes that nothing uses.

    Exit status: 0 nothing, 1 findings.
    """
    from kg.shacl import term_lint

    flaws = term_lint.check(files)
    for flaw in flaws:
        click.echo(str(flaw))
    say(f"{len(files)} files, {len(flaws)} findings")
    sys.exit(1 if flaws else 0)


def validate_data(data: tuple[Path, ...], files: tuple[Path, ...], engine: str, form: str, output: Path | None, seconds: float) -> bool:
    """Hold RDF against shapes and write the report; whether it conforms."""
    import pyoxigraph as ox

    from kg.resources import turtle_files
    from kg.shacl.report import serialised, to_text, to_triples
    from kg.shacl.worker import Task, validate_files

    if form not in _RDF_FORMS:
        raise click.UsageError(f"with --data the format is one of {', '.join(_RDF_FORMS)}")
    if not files:
        raise click.UsageError("--data needs --shapes")
    found = tuple(Path(str(file)) for path in files for file in (turtle_files(path) if path.is_dir() else [path]))
    with tempfile.TemporaryDirectory() as folder:
        given = tuple(_store_as_file(path, Path(folder) / f"{number}.nq") if path.is_dir() else path for number, path in enumerate(data))
        report, read = validate_files(Task(given, found, engine), seconds)
    for fallback in report.fallbacks if engine == "compiled" else ():
        say(f"shape {fallback.shape} was run by the reference engine: {fallback.reason}")
    if form == "text":
        whole = (to_text(report) + "\n").encode()
    else:
        whole = serialised(to_triples(report, read), ox.RdfFormat.TURTLE if form == "turtle" else ox.RdfFormat.N_TRIPLES)
    if output is not None:
        output.write_bytes(whole)
    else:
        sys.stdout.buffer.write(whole)
    return report.conforms


def _store_as_file(path: Path, file: Path) -> Path:
    """The newest snapshot of a store, every graph of it, as a file. Raises :class:`StoreError` for a folder that holds no store."""
    from kg.store import Snapshot

    with file.open("wb") as out:
        out.writelines(Snapshot(path).quads())
    return file
