"""What is to be taken out of a store, as a value that can be written down before it is done."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Removal:
    """Everything that goes with some disclosures.

    ``hashes`` are those of their sources, ``disclosures`` their addresses; ``graphs`` go from the main store, ``archived`` from the
    archive, ``restricted`` from the restricted room. ``successors`` (short hash → address) are superseded revisions whose
    successor goes, with the one that they have now.
    """

    hashes: tuple[str, ...]
    disclosures: tuple[str, ...]
    graphs: tuple[str, ...]
    archived: tuple[str, ...]
    restricted: tuple[str, ...]
    successors: Mapping[str, str]

    def text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> "Removal":
        """What :meth:`text` wrote. Raises :class:`ValueError` for anything else."""
        said = json.loads(text)
        lists = {field.name: tuple(map(str, said[field.name])) for field in fields(cls) if field.name != "successors"}
        return cls(**lists, successors={str(key): str(value) for key, value in said["successors"].items()})
