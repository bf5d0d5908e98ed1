"""The schema of the two pack files that describe prose and performance sheets, and their loader.

Patterns are written with fragments: ``{number x}`` becomes the fragment ``number`` with ``$`` replaced by ``x``,
``{income subject}`` becomes a group ``subject`` of all printed names of the subjects ``income``. What the pack gets
wrong is told by :class:`kg.errors.FormPackError` with the place in the file.
"""

import re
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from kg.errors import FormPackError
from kg.forms.pack_file import parsed

NARRATIVE_FILE = "narrative.yaml"
PERFORMANCE_FILE = "performance.yaml"

_PLACEHOLDER = re.compile(r"\{([a-z_]+)(?: ([a-z_$]+))?\}")
_UNBOUNDED = re.compile(r"(?<!\\)[*+]")
_CHARACTER_CLASS = re.compile(r"\[(?:\\.|[^\]\\])+\]")
_MAX_NESTING = 6
_M = TypeVar("_M", bound=BaseModel)


def _bounded(pattern: re.Pattern[str]) -> re.Pattern[str]:
    if _UNBOUNDED.search(_CHARACTER_CLASS.sub("[]", pattern.pattern)):
        raise ValueError(f"a quantifier without bound (* or +) in {pattern.pattern!r}")
    return pattern


Pattern = Annotated[re.Pattern[str], AfterValidator(_bounded)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class HeadingForm(_Model):
    """A section: its key and the titles it may have, whole and without ordinal (group ``year`` if they name one)."""

    section: str
    titles: tuple[Pattern, ...]


#: For each kind of record the groups that its pattern must have.
REQUIRED_GROUPS: Mapping[str, frozenset[str]] = {
    "figures": frozenset(),
    "change": frozenset(),
    "list": frozenset({"items"}),
    "use": frozenset({"subject", "amount", "amount_unit"}),
    "declaration": frozenset(),
    "carry-over-item": frozenset({"subject", "amount", "amount_unit"}),
    "offices": frozenset({"items"}),
    "as-of": frozenset({"year"}),
    "item": frozenset({"class", "amount", "amount_unit"}),
    "item-executed": frozenset({"executed", "executed_unit", "base_year"}),
    "item-planned": frozenset({"planned", "planned_unit"}),
    "reason": frozenset(),
}


class TemplateForm(_Model):
    """A sentence, or the beginning of one.

    ``record`` is what it becomes; ``figures`` maps further groups to measures of ``group``, ``keyed`` names a group
    whose measure is the key of the subject. ``at_start``: the match begins a phrase (no Chinese character touches it,
    or a line begins there). ``tail``: what follows belongs to it as far as the next statement of the section, as its
    reason (only after ``because``) or its use. An ``item`` names a functional item with its amount; ``item-executed`` and
    ``item-planned`` add to the item before them, a ``reason`` is that of all changes before it which have none. ``of`` is
    the measure that a share is a share of, ``about`` the key of a declaration.
    """

    id: str
    sections: tuple[str, ...]
    record: Literal[
        "figures",
        "change",
        "list",
        "use",
        "declaration",
        "carry-over-item",
        "offices",
        "as-of",
        "item",
        "item-executed",
        "item-planned",
        "reason",
    ]
    pattern: Pattern
    group: str = ""
    figures: Mapping[str, str] = Field(default_factory=dict)
    keyed: str = ""
    unit: str = ""
    dated: bool = True
    at_start: bool = False
    tail: Literal["", "reason", "use"] = ""
    list_name: str = Field(default="", alias="list")
    about: str = ""
    of: str = ""
    relation: Literal["", "internal", "managed"] = ""

    @model_validator(mode="after")
    def _check_groups(self) -> "TemplateForm":
        groups = set(self.pattern.groupindex)
        missing = (REQUIRED_GROUPS[self.record] | set(self.figures) | ({self.keyed} - {""})) - groups
        if missing:
            raise ValueError(f"template {self.id}: the pattern has no group {', '.join(sorted(missing))}")
        if self.record == "change" and not {"change", "share"} & groups:
            raise ValueError(f"template {self.id}: a change needs a group change or share")
        if (self.figures or self.keyed) and not self.group:
            raise ValueError(f"template {self.id}: figures need a group")
        if self.record == "change" and "share" in groups and not self.of:
            raise ValueError(f"template {self.id}: a share needs 'of'")
        return self


class TextsForm(_Model):
    """Free texts: what begins a duty, and what begins a term of the glossary (group ``term``)."""

    duty_ordinal: Pattern
    glossary_term: Pattern


class ProjectsForm(_Model):
    """Project blocks: ``name`` opens one, ``fields`` are its labels by key; the comments of the pack tell the rest.

    The name follows the opening as far as the first label, or is the group ``name`` of the opening; where neither gives
    one, the first of ``name_inside`` (group ``name``) that the block holds does. ``label_before`` and ``label_after`` stand
    around a label; ``label_lines``: a label is a line of its own. ``one_money_field``: the amount and its parts stand in one
    field; ``whole_amount`` then says what is the whole.
    """

    name: Pattern
    name_inside: tuple[Pattern, ...] = ()
    label_before: str = ""
    label_after: str = ":"
    label_lines: bool = False
    one_money_field: bool = False
    whole_amount: Pattern | None = None
    fields: Mapping[str, tuple[str, ...]]
    amount: Pattern
    date: Pattern
    headcount: Pattern
    standards: tuple[Pattern, ...]
    allocation_total: Pattern
    allocation_funds: Mapping[Literal["fiscal", "other"], Pattern]
    allocation_opening: Pattern
    allocation_closing: Pattern
    generic_words: tuple[str, ...]


class PolicyForm(_Model):
    """Document numbers: who issues them, how they are printed, and how titles stand beside them."""

    regions: tuple[str, ...]
    organs: tuple[str, ...]
    national: tuple[str, ...]
    verbs: tuple[str, ...]
    number: Pattern
    order: Pattern
    quoted_title: Pattern
    plain_title: Pattern
    title_before: Pattern
    title_after: Pattern
    shared: Pattern
    advance: Pattern


class NarrativeForm(_Model):
    """The file ``narrative.yaml``; its comments say what each entry means."""

    fragments: Mapping[str, str]
    units: Mapping[str, int]
    directions: Mapping[Literal["increase", "decrease", "unchanged"], tuple[str, ...]]
    execution_words: tuple[str, ...]
    reason_fillers: tuple[str, ...] = ()
    listed_sources: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    named_uses: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    because: Pattern
    heading_ordinal: Pattern
    headings: tuple[HeadingForm, ...]
    subjects: Mapping[str, Mapping[str, tuple[str, ...]]]
    templates: tuple[TemplateForm, ...]
    texts: TextsForm
    projects: ProjectsForm
    policy: PolicyForm

    @model_validator(mode="after")
    def _check_sections(self) -> "NarrativeForm":
        known = {heading.section for heading in self.headings} | {"sheet-whole", "sheet-project"}
        for template in self.templates:
            if unknown := set(template.sections) - known:
                raise ValueError(f"template {template.id}: no heading for section {', '.join(sorted(unknown))}")
        identifiers = [template.id for template in self.templates]
        if double := {one for one in identifiers if identifiers.count(one) > 1}:
            raise ValueError(f"templates with one id: {', '.join(sorted(double))}")
        return self

    def subject_key(self, printed: str) -> str:
        """The key of a printed subject, or empty."""
        return next((key for group in self.subjects.values() for key, names in group.items() if printed in names), "")


class SheetWords(_Model):
    """The vocabulary of columns that hold little else."""

    basis: tuple[str, ...]
    scoring: tuple[str, ...]
    evidence: tuple[str, ...]
    last: tuple[str, ...]
    qualitative: tuple[str, ...]


class PerformanceForm(_Model):
    """The file ``performance.yaml``; its comments say what each entry means."""

    titles: Mapping[Literal["whole", "project"], Pattern]
    unit: str
    head: Mapping[str, Pattern]
    header: Mapping[str, Pattern]
    columns: Mapping[Literal["whole", "project"], Mapping[str, str]]
    levels: Mapping[str, tuple[str, ...]]
    comparators: Mapping[str, tuple[str, ...]]
    value: Pattern
    date: Pattern
    name_unit: Pattern
    words: SheetWords
    raw: Mapping[Literal["whole", "project"], Pattern]

    @model_validator(mode="after")
    def _check_columns(self) -> "PerformanceForm":
        if missing := {"level1", "level2", "level3", "value", "weight", "scoring"} - set(self.header):
            raise ValueError(f"header: no label for {', '.join(sorted(missing))}")
        if missing := {key for keys in self.columns.values() for key in keys} - set(self.header):
            raise ValueError(f"columns: no header label for {', '.join(sorted(missing))}")
        return self


class StatementsForm(_Model):
    """How a family of documents tells its budget in prose and in performance sheets."""

    name: str
    narrative: NarrativeForm
    performance: PerformanceForm


def load_statements_form(directory: Traversable) -> StatementsForm:
    """Read and check the two files of a pack directory; raises :class:`FormPackError`."""
    narrative = _read(directory, NARRATIVE_FILE)
    performance = _read(directory, PERFORMANCE_FILE)
    expand = _Fragments(narrative, f"{directory.name}/{NARRATIVE_FILE}").expand
    for key in ("headings", "templates", "projects", "policy", "because"):
        narrative[key] = expand(narrative.get(key), key)
    return StatementsForm(
        name=directory.name,
        narrative=_checked(NarrativeForm, narrative, f"{directory.name}/{NARRATIVE_FILE}"),
        performance=_checked(PerformanceForm, performance, f"{directory.name}/{PERFORMANCE_FILE}"),
    )


class _Fragments:
    """Writes fragments and subject names into patterns."""

    def __init__(self, narrative: Mapping[str, Any], pack: str) -> None:
        self._pack = pack
        self._fragments: dict[str, str] = {}
        for name, text in _mapping(narrative.get("fragments"), "fragments", pack).items():
            self._fragments[name] = str(text)
        for name, keys in _mapping(narrative.get("subjects"), "subjects", pack).items():
            printed = sorted((one for names in keys.values() for one in names), key=len, reverse=True)
            self._fragments[name] = f"(?P<$>{'|'.join(map(re.escape, printed))})"

    def expand(self, value: Any, place: str) -> Any:
        """The value with every string in it expanded; ``place`` tells where an unknown fragment stands."""
        if isinstance(value, str):
            return self._text(value, place, 0)
        if isinstance(value, list):
            return [self.expand(one, f"{place}[{index}]") for index, one in enumerate(value)]
        if isinstance(value, dict):
            return {key: self.expand(one, f"{place}.{key}") for key, one in value.items()}
        return value

    def _text(self, text: str, place: str, depth: int) -> str:
        if depth > _MAX_NESTING:
            raise FormPackError(f"{place}: fragments nest too deeply", self._pack)

        def write(match: re.Match[str]) -> str:
            name, group = match.groups()
            if name not in self._fragments:
                raise FormPackError(f"{place}: no fragment {name!r}", self._pack)
            fragment = self._fragments[name]
            if "(?P<$" in fragment and group is None:
                raise FormPackError(f"{place}: fragment {name!r} needs a group name", self._pack)
            return self._text(fragment.replace("$", group or "$"), place, depth + 1)

        return _PLACEHOLDER.sub(write, text)


def _read(directory: Traversable, name: str) -> dict[str, Any]:
    pack = f"{directory.name}/{name}"
    try:
        content = parsed((directory / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise FormPackError(f"cannot be read: {error.strerror}", pack) from error
    except yaml.YAMLError as error:
        raise FormPackError(f"is no YAML: {' '.join(str(error).split())}", pack) from error
    return dict(_mapping(content, "the file", pack))


def _mapping(value: Any, place: str, pack: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise FormPackError(f"{place}: a mapping is expected", pack)
    return value


def _checked(model: type[_M], content: Mapping[str, Any], pack: str) -> _M:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FormPackError(f"{place}: {first['msg']}" if place else first["msg"], pack) from error
