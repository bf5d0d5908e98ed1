"""`kg samples`: disclosures written from facts."""

from pathlib import Path

import click

from kg.cli.common import examples, files_argument, guarded, say


@click.group()
def samples() -> None:
    """Write disclosures from facts."""


@samples.command("set", epilog=examples("kg samples set examples/facts/*.yaml --out examples"))
@files_argument
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the documents go.")
@guarded
def samples_set(files: tuple[Path, ...], out: Path) -> None:
    """Set facts files as documents, one a file."""
    from kg.samples import load_facts, write_text

    out.mkdir(parents=True, exist_ok=True)
    for path in files:
        target = out / f"{path.stem}.txt"
        target.write_text(write_text(load_facts(path)), "utf-8")
        say(str(target))


@samples.command(
    "generate",
    epilog=examples(
        "kg samples generate --out corpus --departments 100",
        "kg samples generate --out corpus --departments 20 --format pdf",
        "kg samples generate --out corpus --departments 20 --years 2025,2026 --layout raw --fault SUM-003 --fault XT-001",
    ),
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where documents and facts go.")
@click.option("--seed", default=1, show_default=True)
@click.option("--departments", default=10, show_default=True, type=click.IntRange(1))
@click.option("--years", default="2024,2025,2026", show_default=True, metavar="YEARS")
@click.option(
    "--format", "suffix", default="txt", show_default=True, help="txt, pdf, docx, xlsx, html or scan.pdf; PDF needs budget-kg[samples]."
)
@click.option("--layout", default="tabbed", show_default=True, help="Of text: tabbed, raw or raw-even.")
@click.option(
    "--fault", "faults", multiple=True, metavar="RULE", help="Plant this rule's fault; may be repeated, one a disclosure in turn."
)
@guarded
def samples_generate(out: Path, seed: int, departments: int, years: str, suffix: str, layout: str, faults: tuple[str, ...]) -> None:
    """Write made-up disclosures with their ground truth beside them, the same for the same seed."""
    from kg.samples.corpus import write_corpus

    try:
        chosen = [int(year) for year in years.split(",")]
        corpus = write_corpus(out, seed, departments, chosen, layout, faults, say, suffix=suffix)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    say(f"{len(corpus.names)} disclosures, {corpus.faults} with a planted fault; {out}")
