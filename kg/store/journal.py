"""Which graphs of a store changed since what rests on them was last made: a file of names, written before the change."""

from collections.abc import Iterable
from pathlib import Path

from kg.store.faults import told
from kg.store.rooms import Rooms

_EVERYTHING = "*"


class Journal:
    """The journal of a store directory. A name that is in it without a change is no harm; a change without its name cannot be."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._noted: set[str] = set()

    def note(self, graphs: Iterable[str]) -> None:
        """Note that these graphs are about to change."""
        if new := sorted(set(graphs) - self._noted):
            with told(self._rooms.path), self._rooms.changed.open("a", encoding="utf-8") as file:
                file.write("".join(f"{name}\n" for name in new))
            self._noted.update(new)

    def note_everything(self) -> None:
        """Note that nobody knows what is about to change."""
        self.note([_EVERYTHING])

    def graphs(self) -> frozenset[str] | None:
        """The graphs that may have changed; ``None`` when nobody knows."""
        if not self._rooms.changed.exists():
            return frozenset()
        names = frozenset(self._rooms.changed.read_text("utf-8", "replace").splitlines())
        return None if _EVERYTHING in names else names

    def settle(self) -> None:
        """What rests on the graphs is made."""
        self._rooms.changed.unlink(missing_ok=True)
        self._noted.clear()

    def beside(self, name: str) -> Path:
        """Where a file is kept that follows the changes."""
        return self._rooms.path / name
