"""Which form pack fits a document, what it found and what it did not: for people who write packs."""

from kg.coverage import NumberClass, coverage
from kg.document import Document
from kg.errors import RefusedFile
from kg.extract.disclosure import extract
from kg.extract.locate import locate
from kg.ingest import Toolbox
from kg.records import Disclosure, Placement


def check_lines(document: Document, tools: Toolbox) -> tuple[list[str], bool]:
    """A report for a person, and whether a pack fits."""
    lines = [document.name]
    for family in tools.families:
        kinds = {region.form.kind for region in locate(document, family.pack)}
        lines.append(f"  pack {family.pack.id}: {len(kinds)} of {len(family.pack.tables)} tables by title")
    try:
        disclosure = extract(document, tools.families, tools.codes)
    except RefusedFile as refusal:
        return [*lines, f"  refused: {refusal.reason}"], False
    lines.append(f"  fits {disclosure.pack}: {disclosure.issuer}, {disclosure.fiscal_year}, {disclosure.kind.value}")
    lines += _tables(disclosure)
    counts = coverage(document, disclosure).counts()
    total = sum(counts.values())
    lines.append(f"  numbers: {total}, not extracted: {counts[NumberClass.NOT_EXTRACTED]}")
    return lines, True


def _tables(disclosure: Disclosure) -> list[str]:
    lines = []
    for kind in disclosure.expected:
        table = disclosure.table(kind)
        if table is None:
            lines.append(f"    missing  {kind}")
            continue
        moved = sum(cell.placement is Placement.PLACED for cell in table.observations)
        still_open = sum(not cell.column for cell in table.observations)
        notes = [f"{len(table.observations)} figures"]
        notes += [f"{moved} placed by arithmetic"] if moved else []
        notes += [f"{still_open} open"] if still_open else []
        notes += ["declared empty"] if table.declarations and not table.observations else []
        lines.append(f"    line {table.span.line:>4}  {kind}: {', '.join(notes)}")
    return lines
