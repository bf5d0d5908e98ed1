"""What an installation may choose, as one frozen value that is passed in."""

from dataclasses import dataclass
from pathlib import Path

DEFAULT_BASE = "https://budget-kg.example/"
DEFAULT_STORE = Path("kg-store")
DEFAULT_LOCAL = Path("kg-remote")


@dataclass(frozen=True)
class Settings:
    """``base`` is the IRI under which instances are minted (ends with a slash); it is fixed by choice, not by host."""

    base: str = DEFAULT_BASE
    store: Path = DEFAULT_STORE

    def __post_init__(self) -> None:
        if not self.base.startswith(("http://", "https://", "urn:")) or not self.base.endswith(("/", ":", "#")):
            raise ValueError(f"the base {self.base!r} must be an absolute IRI that ends with a slash")
