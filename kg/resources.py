"""Where the ontology and the shapes are: beside ``kg/`` in a checkout, inside it in a wheel."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_CODE_LISTS = "codes"


def _root() -> Traversable:
    bundled = files("kg") / "_bundled"
    return bundled if bundled.is_dir() else Path(__file__).resolve().parents[1]


def _turtle(folder: Traversable) -> Iterator[Traversable]:
    return (entry for entry in sorted(folder.iterdir(), key=lambda entry: entry.name) if entry.name.endswith(".ttl"))


def _walk(folder: Traversable) -> Iterator[Traversable]:
    yield from _turtle(folder)
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _walk(entry)


def ontology_files() -> list[Traversable]:
    """The Turtle files that declare terms, by name; the code lists are not among them."""
    return list(_turtle(_root() / "ontology"))


def code_list_files() -> list[Traversable]:
    """One Turtle file per code list and edition, by name; the stem names the graph (``graph/codes/{stem}``)."""
    return list(_turtle(_root() / "ontology" / _CODE_LISTS))


def turtle_files(path: Path) -> list[Traversable]:
    """A Turtle file itself, or those of a folder and its subfolders."""
    return [path] if path.is_file() else list(_walk(path))


def shape_files() -> list[Traversable]:
    """The Turtle files of rules, those of a folder before those of its subfolders."""
    return list(_walk(_root() / "shapes"))
