"""One room of a store directory, opened for reading alone."""

from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store import oxigraph
from kg.store.faults import reason_of


class Room(oxigraph.Asked):
    """A folder of the engine that nobody writes meanwhile. Raises :class:`StoreError` when it cannot be opened."""

    def __init__(self, folder: Path) -> None:
        try:
            self._store = ox.Store.read_only(str(folder))
        except (OSError, RuntimeError) as error:
            raise StoreError(reason_of(error) or f"cannot be opened: {error}", str(folder)) from error
