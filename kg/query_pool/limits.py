"""What one installation allows a query and a client, as one frozen value."""

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Seconds, rows, bytes and counts.

    ``time`` is the running time of one query, and the time it may wait before it runs. ``rows`` cuts an answer, and the
    answer says so. ``memory`` is what a worker may take beyond what it has when it is ready. ``answer`` is the size of one
    serialised answer. ``workers`` are the query processes, ``long_slots`` how many of them may be busy with long queries.
    ``queue`` is how many queries may wait in all, ``per_client`` how many of one client may wait or run. ``rate`` is how many
    requests a client may make in a minute, all at once if it likes; 0 is no limit.
    """

    time: float = 30.0
    rows: int = 1_000_000
    memory: int = 1024 * MIB
    answer: int = 2048 * MIB
    workers: int = 8
    long_slots: int = 2
    queue: int = 64
    per_client: int = 10
    rate: int = 6000
    write_time: float = 120.0

    def __post_init__(self) -> None:
        if not 1 <= self.long_slots < max(self.workers, 2):
            raise ValueError("some workers must be left for short queries")
