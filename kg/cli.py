"""The command line: one command a job, each with examples in its ``--help``. Everything is passed in from here."""

import json
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.errors import BudgetError, RefusedFile
from kg.settings import DEFAULT_BASE, DEFAULT_STORE, Settings

if TYPE_CHECKING:
    from kg.validate.finding import Validation

_REFUSED = 2


def _guarded(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what this package refuses into one line and exit status 2."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except BudgetError as error:
            click.echo(f"kg: {error}", err=True)
            sys.exit(_REFUSED)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)

    return run


def _examples(*lines: str) -> str:
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


_store = click.option(
    "--store", type=click.Path(path_type=Path), default=DEFAULT_STORE, show_default=True, envvar="KG_STORE", help="The store directory."
)
_base = click.option("--base", default=DEFAULT_BASE, show_default=True, envvar="KG_BASE", help="The IRI under which instances are minted.")
_files = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="budget-kg")
def main() -> None:
    """Published budgets as a knowledge graph: every printed number a linked, checked fact. 部门预算公开知识图谱。"""


@main.command(epilog=_examples("kg ingest examples", "kg ingest --store /srv/budgets 2026/*.txt", "kg ingest --no-validate drafts/"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@_store
@_base
@click.option("--validate/--no-validate", default=True, show_default=True, help="Run the rules on what came in.")
@_guarded
def ingest(paths: tuple[Path, ...], store: Path, base: str, validate: bool) -> None:
    """Take files or folders into the store: one named graph per file, replaced when the file comes again.

    A refused file is named with its reason and leaves the store as it was; the others still go in.
    """
    from kg import ingest as room
    from kg.store import EmbeddedStore
    from kg.validate.jobs import Judge, validate_store

    settings = Settings(base, store)
    with EmbeddedStore(store) as target:
        report = room.ingest(paths, target, settings, room.Toolbox.load(), _say)
        if validate and report.ingested:
            list(validate_store(target, settings, Judge.load(), _say, only_missing=True))
    _say(f"{len(report.ingested)} ingested, {len(report.refused)} refused; store {store}")
    if report.refused:
        sys.exit(_REFUSED)


@main.command(
    epilog=_examples(
        "kg facts budget.txt",
        "kg facts --format csv examples/*.txt > facts.csv",
        "kg facts --coverage budget.txt | tail -1",
        "kg facts a.txt | jq 'select(.row == \"total\")'",
    )
)
@_files
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--coverage", "covered", is_flag=True, help="Print instead what became of every number of the source.")
@_guarded
def facts(files: tuple[Path, ...], form: str, covered: bool) -> None:
    """Print everything the files state in flat form, one fact a line (docs/flat-form.md). No store is needed."""
    from kg.coverage import coverage, coverage_lines
    from kg.extract.disclosure import extract
    from kg.flat import flat_facts
    from kg.ingest import Toolbox, files_of, load

    tools = Toolbox.load()
    refused = 0
    header_due = True
    for path in files_of(files):
        try:
            document, _ = load(path)
            disclosure = extract(document, tools.families, tools.codes)
        except RefusedFile as error:
            click.echo(f"kg: {error}", err=True)
            refused += 1
            continue
        if covered:
            for line in coverage_lines(document, coverage(document, disclosure)):
                click.echo(json.dumps(line, ensure_ascii=False))
        elif form == "csv":
            _facts_csv(flat_facts(disclosure), header_due)
            header_due = False
        else:
            for fact in flat_facts(disclosure):
                click.echo(json.dumps(fact, ensure_ascii=False))
    if refused:
        sys.exit(_REFUSED)


_CSV_FIELDS = (
    "document", "kind", "issuer", "fiscal_year", "table", "row", "column", "project", "name", "code_printed", "code_official",
    "amount", "printed", "unit", "role", "placement", "line", "table_row", "table_column",
)  # fmt: skip


@main.group()
def forms() -> None:
    """Form packs: which families of documents are known."""


@forms.command("check", epilog=_examples("kg forms check budget.txt"))
@_files
@_guarded
def forms_check(files: tuple[Path, ...]) -> None:
    """Say which pack fits each file, what it found and what it did not."""
    from kg.forms_check import check_lines
    from kg.ingest import Toolbox, files_of, load

    tools = Toolbox.load()
    fits = True
    for path in files_of(files):
        document, _ = load(path)
        lines, fitting = check_lines(document, tools)
        fits = fits and fitting
        for line in lines:
            click.echo(line)
    sys.exit(0 if fits else _REFUSED)


def _facts_csv(rows: Iterable[dict[str, object]], header: bool) -> None:
    import csv

    writer = csv.DictWriter(sys.stdout, _CSV_FIELDS, extrasaction="ignore", lineterminator="\r\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)


@main.command(
    epilog=_examples(
        "kg query q01-departments-by-total",
        "kg query --format json my.rq > answer.json",
        "echo 'SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }' | kg query -",
    )
)
@click.argument("query", default="-")
@_store
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of a named question; may be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "tsv", "json", "xml", "turtle", "ntriples"]),
    help="Default: a table on a terminal, CSV in a pipe.",
)
@_guarded
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


@main.command(epilog=_examples("kg questions"))
@_guarded
def questions() -> None:
    """List the named questions with their parameters."""
    from kg.questions import load_questions

    for question in load_questions():
        click.echo(f"{question.name}\n    {question.title.zh} - {question.title.en}")
        for param in question.params:
            click.echo(f"    --param {param.name}={param.default}  ({param.label.zh}, {param.label.en})")


@main.command(
    epilog=_examples("kg validate budget.txt", "kg validate --format jsonl examples/*.txt", "kg validate --store kg-store --rules SUM,XT")
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    default=None,
    help="Validate every disclosure of a store instead, and keep the results in it.",
)
@_base
@click.option("--rules", default="", metavar="PREFIXES", help="Only rules whose id begins so, comma-separated: SUM,T1-001.")
@click.option(
    "--severity",
    type=click.Choice(["violation", "warning", "info"]),
    default="info",
    show_default=True,
    help="Findings of this severity and above.",
)
@click.option("--format", "form", type=click.Choice(["text", "jsonl", "ntriples"]), default="text", show_default=True)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the text form.")
@_guarded
def validate(files: tuple[Path, ...], store: Path | None, base: str, rules: str, severity: str, form: str, language: str) -> None:
    """Check disclosures against the rules. Exit status: 0 no violation, 1 violations, 2 could not run."""
    from kg.ingest import Toolbox
    from kg.store import EmbeddedStore, Snapshot
    from kg.validate.jobs import Judge, narrowed, validate_files, validate_store
    from kg.validate.rules import Severity

    if bool(files) == (store is not None):
        raise click.UsageError("give FILES or --store, one of them")
    settings = Settings(base, store or DEFAULT_STORE)
    prefixes = tuple(prefix for prefix in rules.split(",") if prefix)
    judge = Judge.load()
    clean = True

    def show(validations: "Iterable[Validation]") -> None:
        nonlocal clean
        for validation in validations:
            chosen = narrowed(validation, prefixes, Severity(severity))
            clean = clean and chosen.conforms
            _print_validation(chosen, form, language)

    if store is not None:
        Snapshot(store)
        with EmbeddedStore(store) as target:
            show(validate_store(target, settings, judge, _say))
    else:
        show(validate_files(files, settings, Toolbox.load(), judge))
    sys.exit(0 if clean else 1)


def _print_validation(validation: "Validation", form: str, language: str) -> None:
    from kg.validate.report import to_json_lines, to_text, to_triples

    if form == "jsonl":
        for line in to_json_lines(validation):
            click.echo(line)
    elif form == "ntriples":
        click.echo(to_triples(validation).data, nl=False)
    else:
        click.echo(to_text(validation, language))


@main.command(epilog=_examples("kg export > all.nq", "kg export --graph reference --format turtle", "kg export --file-name budget.txt"))
@_store
@_base
@click.option("--graph", default="", help="One graph: `reference`, `ontology`, `disclosure/SHA16`; default all.")
@click.option("--format", "form", type=click.Choice(["nquads", "ntriples", "turtle"]), default="nquads", show_default=True)
@_guarded
def export(store: Path, base: str, graph: str, form: str) -> None:
    """Write the store, or one graph of it, to standard output. Personal data is in no export."""
    from kg.export import export_store

    export_store(store, Settings(base, store), graph, form, sys.stdout.buffer)


@main.command(epilog=_examples("kg stats", "kg stats --store /srv/budgets --format csv"))
@_store
@click.option("--format", "form", type=click.Choice(["table", "csv"]), help="Default: a table on a terminal, CSV in a pipe.")
@_guarded
def stats(store: Path, form: str | None) -> None:
    """Show per disclosure: tables found and expected, figures, triples, findings."""
    from kg.stats import disclosure_stats, write_stats
    from kg.store import Snapshot

    write_stats(disclosure_stats(Snapshot(store)), form or ("table" if sys.stdout.isatty() else "csv"), sys.stdout)


@main.command(epilog=_examples("kg serve", "kg serve --store /srv/budgets --host 0.0.0.0 --port 8080 --workers 4"))
@_store
@_base
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@_guarded
def serve(store: Path, base: str, host: str, port: int, workers: int) -> None:
    """Serve the web face and the SPARQL endpoint, read-only."""
    from kg.store import Snapshot
    from web.server import run

    Snapshot(store)
    _say(f"http://{host}:{port}/  (SPARQL at /sparql; Ctrl-C stops)")
    run(store, Settings(base, store), host, port, workers)


@main.group()
def samples() -> None:
    """Write disclosures from facts."""


@samples.command("set", epilog=_examples("kg samples set examples/facts/*.yaml --out examples"))
@_files
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the documents go.")
@_guarded
def samples_set(files: tuple[Path, ...], out: Path) -> None:
    """Set facts files as documents, one a file."""
    from kg.samples import load_facts, write_text

    out.mkdir(parents=True, exist_ok=True)
    for path in files:
        target = out / f"{path.stem}.txt"
        target.write_text(write_text(load_facts(path)), "utf-8")
        _say(str(target))


@samples.command(
    "generate",
    epilog=_examples(
        "kg samples generate --out corpus --departments 100",
        "kg samples generate --out corpus --departments 20 --years 2025,2026 --layout raw --fault SUM-003 --fault XT-001",
    ),
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where documents and facts go.")
@click.option("--seed", default=1, show_default=True)
@click.option("--departments", default=10, show_default=True, type=click.IntRange(1))
@click.option("--years", default="2024,2025,2026", show_default=True, metavar="YEARS")
@click.option("--layout", default="tabbed", show_default=True, help="tabbed, raw or raw-even.")
@click.option(
    "--fault", "faults", multiple=True, metavar="RULE", help="Plant this rule's fault; may be repeated, one a disclosure in turn."
)
@_guarded
def samples_generate(out: Path, seed: int, departments: int, years: str, layout: str, faults: tuple[str, ...]) -> None:
    """Write made-up disclosures with their ground truth beside them, the same for the same seed."""
    from kg.samples.corpus import write_corpus

    try:
        chosen = [int(year) for year in years.split(",")]
        corpus = write_corpus(out, seed, departments, chosen, layout, faults, _say)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _say(f"{len(corpus.names)} disclosures, {corpus.faults} with a planted fault; {out}")


def _say(message: str) -> None:
    click.echo(message, err=True)


if __name__ == "__main__":
    main()
