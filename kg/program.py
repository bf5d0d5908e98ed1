"""What this program is: a digest that changes with anything that may change what it makes of a file."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from kg.resources import code_list_files, ontology_files

_IGNORED = ("__pycache__", ".pyc")


@cache
def program() -> str:
    """The digest of the code, the form packs, the ontology and the code lists."""
    digest = hashlib.sha256()
    for file in (*_under(files("kg")), *ontology_files(), *code_list_files()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _under(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(_IGNORED):
            continue
        if entry.is_dir():
            yield from _under(entry)
        else:
            yield entry
