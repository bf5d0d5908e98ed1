"""The store: one interface (``Reader``, ``Writer``) and the rooms behind it: embedded (Oxigraph on disk), in memory, remote."""

from kg.store.embedded import EmbeddedStore
from kg.store.endpoint import Credentials, Endpoint
from kg.store.interface import OWN_DATASET, UNION, Answer, Dataset, Reader, Term, View, Writer
from kg.store.journal import Journal
from kg.store.memory import MemoryStore
from kg.store.oxigraph import canonical
from kg.store.remote import RemoteStore
from kg.store.removal import Removal
from kg.store.room import Room
from kg.store.rooms import SCHEMA_VERSION, Rooms
from kg.store.rows import named_rows
from kg.store.snapshot import Snapshot

__all__ = [
    "OWN_DATASET",
    "SCHEMA_VERSION",
    "UNION",
    "Answer",
    "Credentials",
    "Dataset",
    "EmbeddedStore",
    "Endpoint",
    "Journal",
    "MemoryStore",
    "Reader",
    "RemoteStore",
    "Removal",
    "Room",
    "Rooms",
    "Snapshot",
    "Term",
    "View",
    "Writer",
    "canonical",
    "named_rows",
]
