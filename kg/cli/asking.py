"""`kg query`, `kg questions`."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from kg.cli.common import examples, guarded, store_option
from kg.errors import RefusedFile


@click.command(
    epilog=examples(
        "kg query q01-departments-by-total",
        "kg query --format json my.rq > answer.json",
        "echo 'SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }' | kg query -",
    )
)
@click.argument("query", default="-")
@store_option
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of a named question; may be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "tsv", "json", "xml", "turtle", "ntriples"]),
    help="Default: a table on a terminal, CSV in a pipe.",
)
@guarded
def query(query: str, store: Path, params: tuple[str, ...], form: str | None) -> None:
    """Ask the store: QUERY is the name of a question, a file, or - for standard input."""
    from kg.query_guard import ask
    from kg.questions import bind, find_question, load_questions
    from kg.store import Snapshot
    from kg.table_output import write_answer

    snapshot = Snapshot(store)
    question = find_question(query) if query in {question.name for question in load_questions()} else None
    if question is not None:
        answer = snapshot.query(question.text, bind(question, dict(_pairs(params))))
    else:
        answer = ask(snapshot, _query_text(query))
    write_answer(answer, form or ("table" if sys.stdout.isatty() else "csv"), sys.stdout)


def _pairs(params: Iterable[str]) -> Iterable[tuple[str, str]]:
    for param in params:
        name, equals, value = param.partition("=")
        if not equals:
            raise click.BadParameter(f"{param!r} is not NAME=VALUE", param_hint="--param")
        yield name, value


def _query_text(source: str) -> str:
    if source == "-":
        return sys.stdin.read()
    try:
        return Path(source).read_text("utf-8")
    except OSError as error:
        raise RefusedFile(
            f"neither a question nor a readable file ({error.strerror}); `kg questions` lists the questions", source
        ) from error


@click.command(epilog=examples("kg questions"))
@guarded
def questions() -> None:
    """List the named questions with their parameters."""
    from kg.questions import load_questions

    for question in load_questions():
        click.echo(f"{question.name}\n    {question.title.zh} - {question.title.en}")
        for param in question.params:
            click.echo(f"    --param {param.name}={param.default}  ({param.label.zh}, {param.label.en})")
