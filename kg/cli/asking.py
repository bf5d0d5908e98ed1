"""`kg query`, `kg questions`."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from kg.cli.common import examples, guarded
from kg.cli.stores import open_view, place_option
from kg.errors import RefusedFile


@click.command(
    epilog=examples(
        "kg query q01-departments-by-total",
        "kg query --format json my.rq > answer.json",
        "echo 'SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }' | kg query -",
    )
)
@click.argument("query", default="-")
@place_option
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of a named question; may be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "tsv", "json", "xml", "turtle", "ntriples"]),
    help="Default: a table on a terminal, CSV in a pipe.",
)
@guarded
def query(query: str, place: str, params: tuple[str, ...], form: str | None) -> None:
    """Ask the store: QUERY is the name of a question, a file, or - for standard input."""
    from kg.query_guard import ask
    from kg.questions import bind, find_question, load_questions
    from kg.table_output import write_answer

    store = open_view(place)
    question = find_question(query) if query in {question.name for question in load_questions()} else None
    if question is not None:
        answer = store.query(question.text, bind(question, dict(_pairs(params))))
    else:
        answer = ask(store, _query_text(query))
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


@click.command(
    epilog=examples(
        "kg questions",
        "kg questions --tag staff",
        "kg questions q09-functional-code-across-departments",
        "kg questions --format json | jq '.[].name'",
    )
)
@click.argument("name", default="")
@click.option("--tag", default="", help="Only the questions with this tag.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@guarded
def questions(name: str, tag: str, form: str) -> None:
    """List the named questions; with NAME (or its number) show one: text, parameters, columns. 列出问题，或显示一个问题。"""
    from kg.questions import find_question, load_questions, tagged
    from kg.questions.listing import as_json, described, listed

    chosen = (find_question(name),) if name else tagged(tag) if tag else load_questions()
    if form == "json":
        click.echo(as_json(chosen, with_text=bool(name)))
    elif name:
        click.echo(described(chosen[0]))
    else:
        for question in chosen:
            click.echo(listed(question))
