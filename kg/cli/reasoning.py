"""`kg reason`: consistency, what follows, and why."""

import json
import sys
from pathlib import Path

import click

from kg.cli.common import base_option, examples, guarded, say
from kg.cli.stores import local_option, open_view, open_writer, place_option
from kg.errors import BudgetError
from kg.settings import Settings

reasoner_option = click.option(
    "--reasoner",
    type=click.Choice(["auto", "hermit", "rules"]),
    default="auto",
    show_default=True,
    help="auto is HermiT where there is Java, else the rules of this program (OWL 2 RL).",
)
format_option = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


@click.group()
def reason() -> None:
    """What follows from the definitions of the ontology (docs/reasoning.md). 推理：归类、解释、一致性。"""


@reason.command(epilog=examples("kg reason check", "kg reason check --reasoner rules", "kg reason check our-lists.ttl"))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@reasoner_option
@format_option
@guarded
def check(files: tuple[Path, ...], reasoner: str, form: str) -> None:
    """Is the ontology with its code lists (and with Turtle FILES of your own) free of contradiction?

    Exit status: 0 it is, 1 it is not and what is at fault is named, 2 could not run.
    """
    from kg.reasoning.check import RULES, everything
    from kg.reasoning.check import check as checked

    said = checked(everything(files), reasoner)
    if form == "json":
        record = {
            "reasoner": said.reasoner,
            "consistent": said.consistent,
            "statements": said.statements,
            "clashes": [
                {"thing": each.thing, "reason": each.reason, "statements": each.statements, "axioms": each.axioms} for each in said.clashes
            ],
            "unnamed": [" ".join(term.n3() for term in triple) for triple in said.unnamed],
            "unsatisfiable": said.unsatisfiable,
        }
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        for each in said.clashes:
            click.echo(f"{each.thing}\n  {each.reason}")
            for statement in each.statements:
                click.echo(f"  says     {statement}")
            for axiom in each.axioms:
                click.echo(click.style(f"  forbids  {axiom}", dim=True))
        for triple in said.unnamed:
            click.echo("in contradiction: " + " ".join(term.n3() for term in triple))
        for name in said.unsatisfiable:
            click.echo(f"can have no member: {name}")
        click.echo(f"{'consistent' if said.consistent else 'contradictory'}: {said.statements} statements, {said.reasoner}")
    if said.reasoner == RULES:
        say("decided by the rules of this program, which find common contradictions; HermiT needs Java and finds all")
    sys.exit(0 if said.consistent and not said.unsatisfiable else 1)


@reason.command(epilog=examples("kg reason classify", "kg reason classify --store budgets --reasoner rules", "kg reason classify --again"))
@place_option
@local_option
@base_option
@reasoner_option
@click.option("--again", is_flag=True, help="Also where nothing has changed.")
@format_option
@guarded
def classify(place: str, local: Path | None, base: str, reasoner: str, again: bool, form: str) -> None:
    """Classify disclosures and projects by the definitions; what follows is kept in graphs of its own.

    Only what has changed since the last time is decided again.
    """
    from kg.reasoning.check import RULES
    from kg.reasoning.definitions import own_ontology
    from kg.reasoning.derive import derive

    with open_writer(place, local, must_exist=True) as store:
        done = derive(store, Settings(base), say, reasoner, again=again)
    ontology = own_ontology()
    if form == "json":
        record = {"reasoner": done.reasoner, "made": done.made, "standing": done.standing, "inferences": done.inferences}
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        for definition in ontology.definitions:
            names = f"{ontology.name(definition.iri, 'zh')} {ontology.name(definition.iri, 'en')}"
            click.echo(f"{done.inferences.get(definition.iri, 0):>6}  {names}")
    if done.reasoner == RULES and reasoner == "auto":
        say("no Java on the PATH: decided by the rules of this program instead of HermiT")
    say(f"{done.made} disclosures decided by {done.reasoner}, {done.standing} unchanged; store {place}")


@reason.command(
    epilog=examples(
        "kg reason explain https://budget-kg.example/disclosure/0fe3e11d2a0534e9",
        "kg reason explain 0fe3e11d2a0534e9 --language en --format json",
    )
)
@click.argument("thing")
@place_option
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@format_option
@guarded
def explain(thing: str, place: str, language: str, form: str) -> None:
    """Why THING is what it was inferred to be: an inference, a project, a disclosure (or the digits at its end).

    Shows the definition in words and the facts that it rests on.
    """
    from kg.reasoning.definitions import own_ontology
    from kg.reasoning.explain import explain as explained
    from kg.reasoning.explain import inferences
    from kg.reasoning.telling import told

    store = open_view(place)
    ontology = own_ontology()
    chosen = [
        address
        for address, inferred, disclosure, _ in inferences(store)
        if thing in (address, inferred.thing, disclosure, disclosure.rpartition("/")[2])
    ]
    if not chosen:
        raise BudgetError(f"nothing was inferred of {thing}; `kg reason classify` infers")
    found = [each for address in chosen if (each := explained(store, ontology, address)) is not None]
    if form == "json":
        click.echo(json.dumps([told(store, ontology, each, language) for each in found], ensure_ascii=False, indent=1))
        return
    for each in found:
        said = told(store, ontology, each, language)
        click.echo(f"{said['thing_name']} — {said['class_name']}")
        click.echo(f"  {said['definition']}")
        for fact in said["facts"]:
            click.echo(f"  · {fact['words']}" + (click.style(f"  ({fact['place']})", dim=True) if fact["place"] else ""))
        if not said["follows"]:
            click.echo("  the facts have changed since: run kg reason classify")
