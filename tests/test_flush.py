"""A request to write out that the engine loses (docs/decisions/0044-a-lost-flush.md)."""

import threading
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.store.flush import flush

_SHORT = 0.02


class Forgetful:
    """An engine that loses the first requests, which then wait for one that it hears."""

    def __init__(self, lost: int) -> None:
        self.lost = lost
        self.asked = 0
        self.returned = 0
        self.done = threading.Event()
        self.counting = threading.Lock()

    def flush(self) -> None:
        with self.counting:
            self.asked += 1
            if self.asked > self.lost:
                self.done.set()
        if not self.done.wait(30):
            raise TimeoutError("nobody asked again")
        with self.counting:
            self.returned += 1


class Broken:
    """An engine that cannot write."""

    def flush(self) -> None:
        raise OSError("No space left on device")


def test_a_request_that_is_heard_is_made_once() -> None:
    engine = Forgetful(lost=0)
    flush(engine)
    assert (engine.asked, engine.returned) == (1, 1)


@pytest.mark.parametrize("lost", [1, 3])
def test_a_lost_request_is_made_again_and_all_have_returned(lost: int) -> None:
    """Nothing still holds the store when the caller goes on to close it."""
    engine = Forgetful(lost)
    flush(engine, _SHORT)
    assert engine.asked > lost
    assert engine.returned == engine.asked


def test_what_the_engine_raises_is_raised() -> None:
    with pytest.raises(OSError, match="No space left"):
        flush(Broken())


def test_the_engine_itself_writes_its_tables(tmp_path: Path) -> None:
    store = ox.Store(tmp_path / "store")
    store.load(b"<urn:a> <urn:b> 'c' .", format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("urn:g"))
    before = set((tmp_path / "store").glob("*.sst"))
    flush(store)
    assert set((tmp_path / "store").glob("*.sst")) > before
