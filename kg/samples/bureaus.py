"""Kinds of departments and units, with the projects they may have: ``bureaus.yaml`` as records."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from kg.samples.record_file import read_record

_FILE = "bureaus.yaml"


@dataclass(frozen=True)
class ProjectPart:
    """What a part of a project's money is for, by economic class; ``entrusted`` parts are paid to others for services."""

    name: str
    economic: str
    entrusted: bool = False


@dataclass(frozen=True)
class Output:
    """A quantity that a project delivers, in a range of usual targets."""

    name: str
    unit: str
    between: tuple[int, ...]


@dataclass(frozen=True)
class Recipients:
    """People who are paid ``standard`` 元 a head and year, or ``once``."""

    who: str
    standard: Decimal
    between: tuple[int, ...]
    once: bool = False


@dataclass(frozen=True)
class ProjectKind:
    """A project; ``{year}`` in its name is the budget year. It has ``people``, or a size in 万元 with parts and outputs."""

    name: str
    item: str
    fund: str
    benefit: str
    served: str
    size: tuple[Decimal, ...] = ()
    parts: tuple[ProjectPart, ...] = ()
    outputs: tuple[Output, ...] = ()
    people: Recipients | None = None


@dataclass(frozen=True)
class Bureau:
    """A kind of department or unit; ``{ordinal}`` in its name counts several of a kind in one region.

    ``admin`` and ``institution`` are the functional items of its administrative and its institution staff, at least
    one of them given; ``notices`` is the 机关代字 of finance notices in its field.
    """

    name: str
    field: str
    notices: str
    offices: tuple[str, ...]
    projects: tuple[ProjectKind, ...]
    admin: str = ""
    institution: str = ""
    unit_only: bool = False


@dataclass(frozen=True)
class _Bureaus:
    bureaus: tuple[Bureau, ...]


@cache
def bureaus() -> tuple[Bureau, ...]:
    """All kinds, in the order of the file."""
    text = (files(__package__) / _FILE).read_text(encoding="utf-8")
    record, _ = read_record(_Bureaus, text, _FILE, "the list")
    assert isinstance(record, _Bureaus)
    return record.bureaus
