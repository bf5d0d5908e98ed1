"""How an installation serves, as one frozen value that is passed in."""

from dataclasses import dataclass
from pathlib import Path

from kg.query_pool.runner import Runner
from web.endpoint.access import PUBLIC, Access

LICENCE = "https://opensource.org/license/mit"
"""The licence of the examples, which come with this program."""


@dataclass(frozen=True)
class Serving:
    """``runner`` has queries from outside run; ``access`` says who may write and whose word on addresses is taken;
    ``licence`` is the IRI of the licence of the data, ``local`` the folder for what a remote store keeps on this machine.
    ``ready_after`` are the seconds that data must have been the same before questions are asked ahead of readers (0: never)."""

    runner: Runner
    access: Access = PUBLIC
    licence: str = LICENCE
    local: Path | None = None
    ready_after: float = 0.0
