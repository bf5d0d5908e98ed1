"""Form packs: families of documents as data. A new province is a new pack, not new code."""

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml
from pydantic import ValidationError

from kg.errors import FormPackError
from kg.forms.pack_file import parsed
from kg.forms.schema import Pack
from kg.forms.statements_schema import StatementsForm, load_statements_form


@dataclass(frozen=True)
class Family:
    """A pack whole: its tables, and what its prose and performance sheets say."""

    pack: Pack
    statements: StatementsForm


def read_pack(source: Traversable) -> Pack:
    """Read one pack (a folder with ``pack.yaml``). Raises :class:`FormPackError` naming the field that is wrong."""
    name = f"{source.name}/pack.yaml"
    try:
        return Pack.model_validate(parsed((source / "pack.yaml").read_text("utf-8")))
    except yaml.YAMLError as error:
        raise FormPackError(f"not YAML: {error}", name) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "whole file"
        raise FormPackError(f"{place}: {first['msg']}", name) from error


def load_families() -> tuple[Family, ...]:
    """All packs that come with the program, by id."""
    folder = files("kg.forms") / "packs"
    packs = sorted((item for item in folder.iterdir() if item.is_dir()), key=lambda item: item.name)
    return tuple(Family(read_pack(item), load_statements_form(item)) for item in packs)
