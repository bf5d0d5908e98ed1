"""`kg validate`, `kg explain`: disclosures against the rules, and what a rule says."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import REFUSED, base_option, examples, guarded, say
from kg.cli.shapes import validate_data
from kg.cli.stores import local_option, open_writer
from kg.errors import BudgetError, RefusedFile
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.validate.finding import Validation
    from kg.validate.jobs import Judge

_FORMATS = ("text", "jsonl", "turtle", "ntriples", "sarif", "xlsx", "html")
shapes_option = click.option(
    "--shapes",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    metavar="DIR|FILE",
    help="Rules of your own beside those of the program (docs/own-rules.md); may be repeated.",
)
language_option = click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of what people read.")


@click.command(
    epilog=examples(
        "kg validate budget.txt",
        "kg validate --severity warning --language en drafts/",
        "kg validate --format xlsx --output findings.xlsx examples/*.txt",
        "kg validate --format jsonl examples/*.txt | jq 'select(.outcome == \"failed\")'",
        "kg validate --store kg-store --rules SUM,XT",
        "kg validate --shapes our-rules/ budget.txt",
        "kg validate --data people.ttl --shapes shapes.ttl --format turtle",
    )
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--store",
    "place",
    default=None,
    metavar="DIR|URL",
    help="Validate every disclosure of a store instead, and keep the results in it.",
)
@local_option
@base_option
@shapes_option
@click.option("--rules", default="", metavar="PREFIXES", help="Only rules whose id begins so, comma-separated: SUM,T1-001.")
@click.option(
    "--severity",
    type=click.Choice(["violation", "warning", "info"]),
    default="info",
    show_default=True,
    help="Findings of this severity and above.",
)
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of standard output.")
@language_option
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Any RDF, held against --shapes alone (docs/shacl.md): files, or the folder of a store, all its graphs as one; may be repeated. "
    "Formats: text, turtle, ntriples.",
)
@click.option("--engine", type=click.Choice(["compiled", "reference"]), default="compiled", show_default=True, help="With --data.")
@click.option("--jobs", type=click.IntRange(1), default=None, metavar="N", help="Processes; as many as cores where it pays.")
@click.option("--time-limit", default=300.0, show_default=True, type=click.FloatRange(0.1), help="Seconds, with --data.")
@guarded
def validate(
    files: tuple[Path, ...],
    place: str | None,
    local: Path | None,
    base: str,
    shapes: tuple[Path, ...],
    rules: str,
    severity: str,
    form: str,
    output: Path | None,
    language: str,
    data: tuple[Path, ...],
    engine: str,
    jobs: int | None,
    time_limit: float,
) -> None:
    """Check disclosures against the rules, or with --data any RDF against any SHACL shapes.

    Exit status: 0 no violation, 1 violations, 2 a file or the rules could not be read.

    A file that cannot be read is named; the others are still checked.
    """
    if data:
        if files or place is not None:
            raise click.UsageError("give FILES, --store or --data, one of them")
        sys.exit(0 if validate_data(data, shapes, engine, form, output, time_limit) else 1)
    from kg.ingest import Toolbox
    from kg.validate.jobs import Judge, narrowed, validate_each, validate_store
    from kg.validate.rules import Severity

    if bool(files) == (place is not None):
        raise click.UsageError("give FILES, --store or --data, one of them")
    if form == "xlsx" and output is None and sys.stdout.isatty():
        raise click.UsageError("a workbook needs --output FILE or a pipe")
    settings = Settings(base)
    prefixes = tuple(prefix.strip() for prefix in rules.split(",") if prefix.strip())
    judge = Judge.load(shapes)
    unknown = [prefix for prefix in prefixes if not any(rule.id.startswith(prefix) for rule in judge.rules)]
    if unknown:
        raise BudgetError(f"no rule begins with {', '.join(unknown)}; `kg explain` lists the rules")
    target = _Target(form, output, language, judge)
    refused = 0
    if place is not None:
        with open_writer(place, local, must_exist=True) as writer:
            for validation in validate_store(writer, settings, judge, say, jobs=jobs):
                target.take(narrowed(validation, prefixes, Severity(severity)))
    else:
        for found in validate_each(files, settings, Toolbox.load(), judge, jobs):
            if isinstance(found, RefusedFile):
                say(f"kg: {found}")
                refused += 1
            else:
                target.take(narrowed(found, prefixes, Severity(severity)))
    target.close()
    sys.exit(REFUSED if refused else 0 if target.conforms else 1)


class _Target:
    """Where validations go: lines at once, what is one document when all are there."""

    def __init__(self, form: str, output: Path | None, language: str, judge: "Judge") -> None:
        self.form = form
        self.output = output
        self.language = language
        self.judge = judge
        self.conforms = True
        self._kept: list[Validation] = []
        self._lines: list[str] = []

    def take(self, validation: "Validation") -> None:
        from kg.validate.report import to_json_lines, to_text, to_triples

        self.conforms = self.conforms and validation.conforms
        self._kept.append(validation)
        if self.form == "text":
            self._say(to_text(validation, self.language) + "\n")
        elif self.form == "jsonl":
            self._say("\n".join(to_json_lines(validation)))
        elif self.form == "ntriples":
            self._say(to_triples(validation).data.decode().rstrip("\n"))

    def close(self) -> None:
        from kg.validate.report import summary

        if self.form == "text" and len(self._kept) > 1:
            self._say(summary(self._kept, self.language))
        whole = self._whole()
        if self.output is not None:
            text = click.unstyle("".join(f"{line}\n" for line in self._lines))
            self.output.write_bytes(whole if whole is not None else text.encode())
            say(f"{self.output}")
        elif whole is not None:
            sys.stdout.buffer.write(whole)

    def _whole(self) -> bytes | None:
        """The one document of a form that is no sequence of lines."""
        from kg.validate.report import to_page, to_sarif, to_spreadsheet, to_turtle

        rules = self.judge.rules
        if self.form == "turtle":
            return to_turtle(self._kept)
        if self.form == "sarif":
            return to_sarif(self._kept, rules, self.language).encode()
        if self.form == "xlsx":
            return to_spreadsheet(self._kept, rules, self.language)
        if self.form == "html":
            return to_page(self._kept, rules, self.language).encode()
        return None

    def _say(self, line: str) -> None:
        if self.output is None:
            click.echo(line)
        else:
            self._lines.append(line)


@click.command(epilog=examples("kg explain", "kg explain SUM-003", "kg explain XT --language en", "kg explain SUM-003 --shacl"))
@click.argument("rule_ids", metavar="[RULE]...", nargs=-1)
@shapes_option
@click.option("--shacl", is_flag=True, help="Print the shape itself, in Turtle.")
@language_option
@guarded
def explain(rule_ids: tuple[str, ...], shapes: tuple[Path, ...], shacl: bool, language: str) -> None:
    """Say what a rule checks, by which tolerance, where it comes from; without RULE list them all. A prefix stands for its family."""
    from kg.validate.explain import explained, listed, shape_of
    from kg.validate.jobs import Judge

    rules = Judge.load(shapes).rules
    chosen = [rule for rule in rules if rule.id.startswith(tuple(rule_id.upper() for rule_id in rule_ids) or ("",))]
    if not chosen:
        raise BudgetError(f"no rule {', '.join(rule_ids)}; `kg explain` lists the rules")
    if shacl:
        texts: Sequence[str] = [shape_of(rules.only(*(rule.id for rule in chosen)))]
    elif not rule_ids:
        texts = [listed(rule, language) for rule in chosen]
    else:
        texts = [explained(rule, rules, language) + ("\n" if len(chosen) > 1 else "") for rule in chosen]
    for text in texts:
        click.echo(text)
