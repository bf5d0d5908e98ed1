"""Planting faults in samples and telling whether validation reports each of them where it is printed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from types import MappingProxyType

from kg.ingest import Toolbox
from kg.samples import LAYOUTS, SampleDisclosure, write_raw, write_text
from kg.samples.plant import NotPlantable, Planted, plant
from kg.settings import Settings
from kg.validate.finding import Finding, Locator
from kg.validate.jobs import Judge, validate_files

Writer = Callable[[SampleDisclosure], str]


def raw(sample: SampleDisclosure) -> str:
    return write_raw(sample, LAYOUTS[sample.layout])


WRITERS: Mapping[str, Writer] = MappingProxyType({"tabbed": write_text, "raw": raw})
"""The typesettings, each in the house style of the sample."""


def planted_in(samples: Iterable[SampleDisclosure], rule: str, count: int) -> list[tuple[SampleDisclosure, Planted]]:
    """The fault in the first samples that have a place for it."""
    found: list[tuple[SampleDisclosure, Planted]] = []
    for number, sample in enumerate(samples):
        try:
            found.append((sample, plant(sample, rule, Random(number))))
        except NotPlantable:
            continue
        if len(found) == count:
            break
    return found


def missed(
    rule: str, planted: Sequence[tuple[SampleDisclosure, Planted]], write: Writer, folder: Path, judge: Judge, tools: Toolbox
) -> list[str]:
    """Planted faults that validation, by that rule alone, does not report at their place."""
    folder.mkdir()
    texts = [(write(clean), write(each.sample)) for clean, each in planted]
    for number, (_, text) in enumerate(texts):
        (folder / f"{number:05}.txt").write_text(text, encoding="utf-8")
    validations = validate_files([folder], Settings(), tools, Judge(judge.rules.only(rule), judge.context), jobs=1)
    return [
        f"{rule} {each.sample.issuer} {each.sample.fiscal_year} {each.sample.layout} {each.place} {each.before} -> {each.after}"
        for (_, each), (clean, text), validation in zip(planted, texts, validations, strict=True)
        if not found_at(each, validation.findings, clean, text)
    ]


def found_at(planted: Planted, findings: tuple[Finding, ...], clean: str, text: str) -> bool:
    """Whether a finding of the rule has the planted place among its evidence; ``text`` is what was written in place of ``clean``."""
    changed = changed_in(clean, text)
    return any(
        _tells(planted, finding)
        or any(_is_at(planted, locator, text) or _touches(planted, locator, changed) for locator in finding.evidence)
        for finding in findings
        if finding.rule == planted.rule
    )


def changed_in(before: str, after: str) -> tuple[int, int]:
    """The range of the second text outside of which both are the same."""
    start = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), min(len(before), len(after)))
    most = min(len(before), len(after)) - start
    same = next((at for at in range(most) if before[-1 - at] != after[-1 - at]), most)
    return start, len(after) - same


def _tells(planted: Planted, finding: Finding) -> bool:
    """What is not there, or is the whole document's, has no place of its own: the finding names it."""
    place = planted.place
    if planted.rule == "DOC-001":
        return str(finding.value).rstrip(">").endswith(f"/{place.section}")
    if planted.rule == "DOC-003":
        return finding.item == place.section
    if planted.rule in ("COD-002", "EXT-001"):
        return finding.item == (place.row or place.column) and any(locator.table == place.section for locator in finding.evidence)
    return planted.rule in ("TIM-002", "REG-001") and planted.after in (finding.actual, finding.message.zh)


def _touches(planted: Planted, locator: Locator, changed: tuple[int, int]) -> bool:
    """Whether it marks what was changed (in text without columns a figure may be taken for its neighbour), or names a row told wrong."""
    if locator.start is not None and locator.end is not None and locator.start <= changed[1] and changed[0] <= locator.end:
        return True
    in_tables = planted.place.section in {table.kind for table in planted.sample.tables}
    return not in_tables and bool(locator.table) and (locator.row == planted.place.row != "" or locator.label == planted.before != "")


def _is_at(planted: Planted, locator: Locator, text: str) -> bool:
    """A figure by its keys; elsewhere what the locator names, or the planted words within the lines that it marks."""
    place = planted.place
    if locator.table:
        return (locator.table, locator.row) == (place.section, place.row) and place.column in ("", locator.column)
    told = place.row or place.project
    if not told and locator.kind == "PerformanceSheet":
        return place.section == "sheets"
    name = told or place.column.replace("_", "-")
    marked = "".join(text[locator.start : locator.end].split()) if locator.start is not None and locator.end is not None else ""
    named = name != "" and (name in locator.label or name in marked)
    return named or (planted.after != "" and (planted.after in marked or planted.after == locator.label))
