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
    ``licence`` is the IRI of the licence of the data, ``local`` the folder for what a remote store keeps on this machine."""

    runner: Runner
    access: Access = PUBLIC
    licence: str = LICENCE
    local: Path | None = None
